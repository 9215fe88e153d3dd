"""Compiled knapsacks of the capacitated models: the cheapest use of a site at given prices of the demand rows.

Of whole rows where a row has a single source (Pirkul 1987; Ceselli & Righini 2005 for the strength of the bound), of
parts of rows otherwise. Whole loads are rounded down to grains, which can only loosen a knapsack, so the bound stays
true.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc, assignment"
from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel, step, unordered_step

# The cost of what cannot be.
FAR = 1e300


# Numba's own sorting takes longer to compile than all of this module.
@step
def _rank(values, count, order):
    """The indices of the first values in ascending order, of equals the lower index first (heapsort, Williams 1964)."""
    for t in range(count):
        order[t] = t
    begin, end = count // 2, count
    while end > 1:
        if begin > 0:
            begin -= 1
        else:
            end -= 1
            order[0], order[end] = order[end], order[0]
        at = begin
        while 2 * at + 1 < end:
            child = 2 * at + 1
            a, b = order[child], order[child + 1] if child + 1 < end else order[child]
            if values[b] > values[a] or (values[b] == values[a] and b > a):
                child += 1
            a, b = order[at], order[child]
            if values[a] > values[b] or (values[a] == values[b] and a > b):
                break
            order[at], order[child] = b, a
            at = child


@kernel
def split_uses(site_ptr, site_row, reduced, load, unit, standing, more, unit_price, value, units, pick):
    """The cheapest use of each site by parts of rows, without what opening costs, and the units to buy for it.

    ``reduced`` is what each pair costs less the price of its row. ``pick`` gets the share of each pair.
    """
    room = len(site_row)
    rate, wanted, ranked = np.empty(room), np.empty(room, np.int64), np.empty(room, np.int64)
    for j in range(len(unit)):
        count = np.int64(0)
        for k in range(site_ptr[j], site_ptr[j + 1]):
            pick[k] = 0.0
            if reduced[k] < 0.0:
                size = load[site_row[k]]
                rate[count] = reduced[k] / size if size > 0.0 else -np.inf
                wanted[count] = k
                count += 1
        value[j], units[j] = 0.0, 0
        if count == 0:
            continue
        _rank(rate, count, ranked)
        # The value is convex in the room, so units are bought while the next one pays.
        best, total, at, part, left = np.inf, 0.0, 0, 1.0, unit[j] * standing[j]
        for u in range(more[j] + 1):
            if u > 0:
                left += unit[j]
            while at < count:
                k = wanted[ranked[at]]
                size = load[site_row[k]]
                if size * part > left:
                    share = left / size
                    total += reduced[k] * share
                    part -= share
                    left = 0.0
                    break
                left -= size * part
                total += reduced[k] * part
                at, part = at + 1, 1.0
            if unit_price[j] * u + total < best - 1e-12:
                best, units[j] = unit_price[j] * u + total, u
            elif u > units[j] + 1 and unit_price[j] > 0.0:
                break
            if at >= count:
                break
        value[j] = best
        left = (standing[j] + units[j]) * unit[j]
        for t in range(count):
            k = wanted[ranked[t]]
            size = load[site_row[k]]
            pick[k] = 1.0 if size <= left else left / size
            left -= size * pick[k]
            if pick[k] < 1.0:
                break


@unordered_step
def _add_pair(before, after, size, gain, largest):
    """One more level of a knapsack table; on whole lines, so that the processor takes several loads at a time."""
    for c in range(min(size, largest + 1)):
        after[c] = before[c]
    if size > largest:
        return
    stay, go, to = before[size : largest + 1], before[: largest + 1 - size], after[size : largest + 1]
    for c in range(len(to)):
        with_it = go[c] + gain
        to[c] = with_it if with_it < stay[c] else stay[c]


@step
def fill_table(table, first, last, site_row, reduced, grain, largest, least):
    """The knapsack over some pairs: the cheapest use at each load; at most that load where ``least`` is 0.

    A level of the table for each pair that may be worth taking: where ``least`` is more, also pairs that cost something
    may be needed to reach it. Returns the last level.
    """
    for c in range(largest + 1):
        table[0, c] = FAR if c > 0 and least > 0 else 0.0
    level = 0
    for k in range(first, last):
        if reduced[k] < 0.0 or least > 0:
            _add_pair(table[level], table[level + 1], grain[site_row[k]], reduced[k], largest)
            level += 1
    return level


@kernel
def whole_uses(
    order, site_ptr, site_row, reduced, grain, least, holds, per_grain, unit, standing, more, unit_price, fee, free,
    places, table, value, units, pick,
):  # fmt: skip
    """The cheapest use of each site by whole rows, with the ``fee`` for opening it, and the units to buy for it.

    ``order`` has the sites by what their ``value`` is at least. A ``free`` one, which need not be open, is left out,
    as dear as can be, where that is not among the ``places`` best. ``table`` is room for the knapsack, one row more
    than there are pairs of a site; ``holds`` are the grains that a site holds with all its units.
    """
    best_values = np.zeros(max(places, 1))
    for j in order:
        at_least = value[j]
        first, last = site_ptr[j], site_ptr[j + 1]
        total = 0
        for k in range(first, last):
            pick[k] = 0.0
            if reduced[k] < 0.0 or least[j] > 0:
                total += grain[site_row[k]]
        value[j], units[j] = FAR, 0
        if free[j] and (places <= 0 or at_least >= best_values[places - 1]):
            continue
        largest = min(holds[j], total)
        level = fill_table(table, first, last, site_row, reduced, grain, largest, least[j])
        best, full = 0.5 * FAR, 0
        for u in range(more[j] + 1):
            at = min(largest, int(np.floor((standing[j] + u) * unit[j] * per_grain + 1e-9)))
            last_unit = at == largest
            for c in range(least[j], at if least[j] > 0 else 0):
                if table[level, c] < table[level, at]:
                    at = c
            if at >= least[j] and unit_price[j] * u + table[level, at] < best - 1e-12:
                best, units[j], full = unit_price[j] * u + table[level, at], u, at
            if last_unit:
                break
        if best >= 0.5 * FAR:
            continue
        for k in range(last - 1, first - 1, -1):
            if reduced[k] < 0.0 or least[j] > 0:
                if table[level, full] != table[level - 1, full]:
                    pick[k] = 1.0
                    full -= grain[site_row[k]]
                level -= 1
        value[j] = best + fee[j]
        if free[j] and value[j] < best_values[places - 1]:
            at = places - 1
            while at > 0 and best_values[at - 1] > value[j]:
                best_values[at] = best_values[at - 1]
                at -= 1
            best_values[at] = value[j]
