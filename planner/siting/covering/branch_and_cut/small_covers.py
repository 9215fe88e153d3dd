"""Compiled search for the cheapest sites that cover a region of up to 60 rows.

A site is what it covers of the region, a bit for each row: its ``mask``.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel, step

_ONE = np.uint64(1)
_FAR = 1e300
# A site costs nothing up to here.
_NOTHING = 1e-12


@step
def _dual_bound(ptr, of_row, cost, shut, left, rest):
    """What covering the rows that are left costs at least: each row in turn takes what its sites have to spare."""
    for j in range(len(cost)):
        rest[j] = _FAR if shut[j] else cost[j]
    bound = 0.0
    for few in (True, False):
        for i in range(len(ptr) - 1):
            if (left >> np.uint64(i)) & _ONE and (ptr[i + 1] - ptr[i] <= 8) == few:
                spare = _FAR
                for q in range(ptr[i], ptr[i + 1]):
                    spare = min(spare, rest[of_row[q]])
                if spare > 0.0:
                    bound += spare
                    for q in range(ptr[i], ptr[i + 1]):
                        rest[of_row[q]] -= spare
    return bound


@kernel
def cheapest_cover(mask, price, order, rows, need, best, most_nodes, chosen):
    """What the cheapest set of sites that covers the rows of ``need`` costs, or ``best`` if that is less.

    -1 where ``most_nodes`` of the search are not enough. Its sites into ``chosen``, with all that cost nothing.
    ``order`` are the sites by ascending ``price``. Depth first, on the row with the fewest sites, below a dual bound.
    """
    sites = len(mask)
    left, spent = np.zeros(rows + 1, np.uint64), np.zeros(rows + 1)
    left[0] = need
    for j in range(sites):
        chosen[j] = price[j] <= _NOTHING
        if chosen[j]:
            left[0] &= ~mask[j]
    ptr = np.zeros(rows + 1, np.int64)
    of_row = np.empty(rows * sites, np.int64)
    number = 0
    for i in range(rows):
        if (left[0] >> np.uint64(i)) & _ONE:
            for j in order:
                if (mask[j] >> np.uint64(i)) & _ONE:
                    of_row[number] = j
                    number += 1
        ptr[i + 1] = number
    row_of, at, site_of = np.zeros(rows + 1, np.int64), np.zeros(rows + 1, np.int64), np.zeros(rows + 1, np.int64)
    shut = np.zeros((rows + 1, sites), np.bool_)
    rest = np.empty(sites)
    deep, nodes, new = 0, 0, True
    while deep >= 0:
        if new:
            new = False
            nodes += 1
            if nodes > most_nodes:
                return -1.0
            if left[deep] == 0:
                if spent[deep] < best - 1e-9:
                    best = spent[deep]
                    for j in range(sites):
                        chosen[j] = price[j] <= _NOTHING
                    for e in range(deep):
                        chosen[site_of[e]] = True
                deep -= 1
                continue
            row, fewest = -1, sites + 1
            for i in range(rows):
                if (left[deep] >> np.uint64(i)) & _ONE:
                    number = 0
                    for q in range(ptr[i], ptr[i + 1]):
                        number += not shut[deep, of_row[q]]
                    if number < fewest:
                        row, fewest = i, number
            if (
                fewest == 0
                or _dual_bound(ptr, of_row, price, shut[deep], left[deep], rest) >= best - spent[deep] - 1e-9
            ):
                deep -= 1
                continue
            row_of[deep], at[deep] = row, ptr[row]
        q = at[deep]
        if q > ptr[row_of[deep]]:
            shut[deep, of_row[q - 1]] = True
        while q < ptr[row_of[deep] + 1] and shut[deep, of_row[q]]:
            q += 1
        if q == ptr[row_of[deep] + 1]:
            deep -= 1
            continue
        j = of_row[q]
        at[deep], site_of[deep] = q + 1, j
        if spent[deep] + price[j] < best - 1e-9:
            left[deep + 1], spent[deep + 1] = left[deep] & ~mask[j], spent[deep] + price[j]
            for k in range(sites):
                shut[deep + 1, k] = shut[deep, k]
            deep += 1
            new = True
    return best
