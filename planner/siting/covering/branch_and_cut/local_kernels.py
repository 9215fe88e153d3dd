"""Compiled parts of the search for local cuts: regions of rows, and the covers of one.

Of a region only its rows count, at most 60 of them. A site is what it covers there, a bit for each row: its ``mask``.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc,assignment"

from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel, step
from planner.siting.draws import draw_share

_MOST_ROWS = 60
# So many rows that do not fit end the growth of a region.
_MISSES = 6
_MOST_PIVOTS = 3_000
# A cover that costs so much less than 1 is worth a pivot.
_CHEAPER = 1e-4
_ONE = np.uint64(1)


@kernel
def grow_region(row_ptr, row_site, x, share_ptr, share_row, share, loose, first, most_kinds, random, region):
    """Rows around ``first`` for which the sites are of at most ``most_kinds`` kinds, into ``region``; how many rows.

    Sites that cover the same rows of the region are of one kind. The rows that share most of the open sites ``x`` with
    the region come first, a little blurred; ``loose`` rows, which are covered more than once, stay out.
    """
    rows, sites = len(row_ptr) - 1, len(x)
    near = np.zeros(rows)
    kind = np.full(sites, -1, np.int64)
    size = np.zeros(most_kinds + 1, np.int64)
    inside = np.zeros(most_kinds + 1, np.int64)
    became = np.empty(most_kinds + 1, np.int64)
    kinds, number, misses, row = 0, 0, 0, first
    while row >= 0:
        fresh, splits = 0, 0
        inside[:kinds] = 0
        for q in range(row_ptr[row], row_ptr[row + 1]):
            k = kind[row_site[q]]
            if k < 0:
                fresh += 1
            else:
                inside[k] += 1
        for k in range(kinds):
            splits += 0 < inside[k] < size[k]
        near[row] = -1.0
        if kinds + splits + (fresh > 0) <= most_kinds:
            region[number] = row
            number += 1
            before = kinds
            for k in range(before):
                became[k] = k
                if 0 < inside[k] < size[k]:
                    became[k] = kinds
                    size[k] -= inside[k]
                    size[kinds] = inside[k]
                    kinds += 1
            for q in range(row_ptr[row], row_ptr[row + 1]):
                j = row_site[q]
                kind[j] = became[kind[j]] if kind[j] >= 0 else kinds
            if fresh > 0:
                size[kinds] = fresh
                kinds += 1
            for q in range(share_ptr[row], share_ptr[row + 1]):
                k = share_row[q]
                if near[k] >= 0.0 and not loose[k]:
                    near[k] += share[q] * (1.0 + 0.3 * draw_share(random))
        else:
            misses += 1
        row = -1
        if number < _MOST_ROWS and misses < _MISSES:
            for i in range(rows):
                if near[i] > 1e-9 and (row < 0 or near[i] > near[row]):
                    row = i
    return number


@kernel
def masks_in(row_ptr, row_site, region, mask):
    """Which rows of the region each site covers, into ``mask``."""
    for a in range(len(region)):
        for q in range(row_ptr[region[a]], row_ptr[region[a] + 1]):
            mask[row_site[q]] |= _ONE << np.uint64(a)


@step
def _bits(mask):
    """How many bits are set (Warren 2013, section 5-1)."""
    mask -= (mask >> np.uint64(1)) & np.uint64(0x5555555555555555)
    mask = (mask & np.uint64(0x3333333333333333)) + ((mask >> np.uint64(2)) & np.uint64(0x3333333333333333))
    mask = (mask + (mask >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((mask * np.uint64(0x0101010101010101)) >> np.uint64(56))


@kernel
def drop_idle(mask, cost, chosen):
    """Shut sites that are not needed, the dearest first."""
    out = np.int64(0)
    while out >= 0:
        once, twice = np.uint64(0), np.uint64(0)
        for j in range(len(mask)):
            if chosen[j]:
                twice |= once & mask[j]
                once |= mask[j]
        out = -1
        for j in range(len(mask)):
            if chosen[j] and mask[j] & ~twice == 0 and (out < 0 or cost[j] > cost[out]):
                out = j
        if out >= 0:
            chosen[out] = False


@step
def _some_cover(mask, price, x, rows, spread, random, cost, chosen):
    """A set of sites that covers all rows, at low ``price``, none of its sites idle, into ``chosen``; what it costs.

    Prices are blurred by ``spread``; sites that ``x`` opens are a little cheaper. ``cost`` is room for that.
    """
    sites = len(mask)
    for j in range(sites):
        base = price[j] + 0.02 * (0.2 + draw_share(random)) * (1.2 - min(1.0, x[j]))
        cost[j] = base * (1.0 + spread * draw_share(random))
        chosen[j] = False
    left = (_ONE << np.uint64(rows)) - _ONE
    while left != 0:
        best, most = np.int64(-1), 0.0
        for j in range(sites):
            rows_more = _bits(mask[j] & left)
            if rows_more > most * cost[j]:
                best, most = j, rows_more / cost[j]
        chosen[best] = True
        left &= ~mask[best]
    drop_idle(mask, cost, chosen)
    worth = 0.0
    for j in range(sites):
        if chosen[j]:
            worth += price[j]
    return worth


@step
def _take_times(row, times, other):
    for j in range(len(row)):
        row[j] -= times * other[j]


@kernel
def pivot_greedily(mask, x, rows, enough, random, inverse, share, price, cost, line, chosen, way):
    """Pivots of ``most_broken.most_broken``, of which ``chosen`` is the next column.

    Further columns are made greedily, until none is found. False where the least is more than ``enough``, or there is
    no end. ``cost`` and ``line`` are room for as many numbers as there are sites.
    """
    sites = len(mask)
    into = np.int64(-1)
    for _ in range(_MOST_PIVOTS):
        if into >= 0:
            worth = -price[into]
            for i in range(sites):
                way[i] = inverse[i, into]
        else:
            worth = 1.0
            for i in range(sites):
                way[i] = 0.0
            for j in range(sites):
                if chosen[j]:
                    worth -= price[j]
                    for i in range(sites):
                        way[i] += inverse[i, j]
        out = np.int64(-1)
        for i in range(sites):
            if way[i] > 1e-9 and (out < 0 or share[i] * way[out] < share[out] * way[i]):
                out = i
        if out < 0:
            return False
        part, pivot = share[out] / way[out], way[out]
        way[out] = 0.0
        for j in range(sites):
            line[j] = inverse[out, j] / pivot
        for i in range(sites):
            if way[i] != 0.0:
                share[i] = max(0.0, share[i] - way[i] * part)
                _take_times(inverse[i], way[i], line)
        share[out], total = part, 0.0
        into = np.int64(-1)
        for j in range(sites):
            inverse[out, j] = line[j]
            price[j] += worth * line[j]
            total += price[j] * x[j]
            if price[j] < -1e-9 and (into < 0 or price[j] < price[into]):
                into = j
        if total > enough:
            return False
        if into < 0:
            least = _some_cover(mask, price, x, rows, 0.0, random, cost, chosen)
            if least > 1.0 - _CHEAPER:
                least = _some_cover(mask, price, x, rows, 0.5, random, cost, chosen)
            if least > 1.0 - _CHEAPER:
                return True
    return False
