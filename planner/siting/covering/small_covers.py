"""Compiled search for the cheapest sites that cover a region of up to 60 rows.

A site is what it covers of the region, a bit for each row: its ``mask``.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel, step

_ONE = np.uint64(1)
_FAR = 1e300


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


@step
def _search_cover(mask, cost, rows, best, chosen, most_nodes):
    """Depth first, on the row with the fewest sites, below a dual bound; what the best costs, -1 beyond the nodes.

    Sites are in order of ``cost``, which is above 0; ``best`` is a cost that some set is known to have, or more.
    """
    sites = len(mask)
    ptr = np.zeros(rows + 1, np.int64)
    of_row = np.empty(rows * sites, np.int64)
    number = 0
    for i in range(rows):
        for j in range(sites):
            if (mask[j] >> np.uint64(i)) & _ONE:
                of_row[number] = j
                number += 1
        ptr[i + 1] = number
    left = np.zeros(rows + 1, np.uint64)
    spent = np.zeros(rows + 1)
    row_of, at, site_of = np.zeros(rows + 1, np.int64), np.zeros(rows + 1, np.int64), np.zeros(rows + 1, np.int64)
    shut = np.zeros((rows + 1, sites), np.bool_)
    rest = np.empty(sites)
    for j in range(sites):
        left[0] |= mask[j]
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
                    chosen[:] = False
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
            if fewest == 0 or _dual_bound(ptr, of_row, cost, shut[deep], left[deep], rest) >= best - spent[deep] - 1e-9:
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
        if spent[deep] + cost[j] < best - 1e-9:
            left[deep + 1], spent[deep + 1] = left[deep] & ~mask[j], spent[deep] + cost[j]
            for k in range(sites):
                shut[deep + 1, k] = shut[deep, k]
            deep += 1
            new = True
    return best


@kernel
def cheapest_cover(mask, price, rows, need, best, most_nodes, chosen):
    """What the cheapest set of sites that covers the rows of ``need`` costs, or ``best`` if that is less.

    -1 where ``most_nodes`` of the search are not enough. Its sites into ``chosen``, with all that cost nothing.
    """
    sites = len(mask)
    left = need
    for j in range(sites):
        chosen[j] = price[j] <= 1e-12
        if chosen[j]:
            left &= ~mask[j]
    if left == 0:
        return 0.0
    order = np.empty(sites, np.int64)
    number, more = 0, 1.0
    for j in range(sites):
        if not chosen[j] and mask[j] & left != 0:
            more += price[j]
            k = number
            while k > 0 and price[order[k - 1]] > price[j]:
                order[k] = order[k - 1]
                k -= 1
            order[k] = j
            number += 1
    order = order[:number]
    some = np.zeros(number, np.bool_)
    part = np.empty(number, np.uint64)
    cost = np.empty(number)
    for k in range(number):
        part[k], cost[k] = mask[order[k]] & left, price[order[k]]
    value = _search_cover(part, cost, rows, min(best, more), some, most_nodes)
    for k in range(number):
        chosen[order[k]] = some[k]
    return value
