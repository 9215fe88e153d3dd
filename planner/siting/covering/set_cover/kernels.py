"""Compiled heart of set covering: row-weighting local search and Lagrangian bound.

A town is given both ways: by row (``row_ptr``, ``row_site``: which sites cover a demand row) and by site (``site_ptr``,
``site_row``: which rows a site covers).
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc,assignment"

from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel, put, step
from planner.siting.draws import draw

_NEVER = 1e300


@step
def _open(site, row_ptr, row_site, site_ptr, site_row, price, count, is_open, gain, loss, may_open, bare, place, bares):
    """Open a site and keep scores, the list of bare rows and who may open right; the number of bare rows."""
    is_open[site] = True
    loss[site] = 0.0
    for k in range(site_ptr[site], site_ptr[site + 1]):
        row = site_row[k]
        count[row] += 1
        if count[row] == 1:
            loss[site] += price[row]
            for q in range(row_ptr[row], row_ptr[row + 1]):
                gain[row_site[q]] -= price[row]
            bares -= 1
            last = bare[bares]
            bare[place[row]] = last
            place[last] = place[row]
        elif count[row] == 2:
            for q in range(row_ptr[row], row_ptr[row + 1]):
                other = row_site[q]
                if is_open[other] and other != site:
                    loss[other] -= price[row]
                    break
        for q in range(row_ptr[row], row_ptr[row + 1]):
            may_open[row_site[q]] = True
    return bares


@step
def _shut(site, row_ptr, row_site, site_ptr, site_row, price, count, is_open, gain, loss, may_open, bare, place, bares):
    """Shut a site, the reverse of :func:`_open`; it may not open again before something near it has changed."""
    is_open[site] = False
    for k in range(site_ptr[site], site_ptr[site + 1]):
        row = site_row[k]
        count[row] -= 1
        if count[row] == 0:
            for q in range(row_ptr[row], row_ptr[row + 1]):
                gain[row_site[q]] += price[row]
            bare[bares] = row
            place[row] = bares
            bares += 1
        elif count[row] == 1:
            for q in range(row_ptr[row], row_ptr[row + 1]):
                other = row_site[q]
                if is_open[other]:
                    loss[other] += price[row]
                    break
        for q in range(row_ptr[row], row_ptr[row + 1]):
            may_open[row_site[q]] = True
    may_open[site] = False
    return bares


@step
def _cheapest_to_shut(cost, is_open, loss, changed, before):
    """The open site that loses least for its cost, of equals the one unchanged for longest; -1 if there is none."""
    best = np.int64(-1)
    for j in range(len(cost)):
        if is_open[j] and changed[j] < before:
            if best < 0:
                best = j
                continue
            less = loss[j] * cost[best] - loss[best] * cost[j]
            if less < 0.0 or (less == 0.0 and changed[j] < changed[best]):
                best = j
    return best


@kernel
def search_cover(
    row_ptr, row_site, site_ptr, site_row, cost, unit, enough, steps, price, count, is_open, gain, loss, may_open, bare,
    place, changed, best_open, state, random,
):  # fmt: skip
    """``steps`` steps of row-weighting local search (Gao, Weise & Li 2015), here with costs.

    While every row is covered, the site that matters least is shut. Then in each step one more is shut and sites of
    bare rows drawn at random are opened while that stays at least ``unit`` cheaper than the best; rows left bare become
    dearer. Ends where the best costs ``enough``. ``state`` = (best cost, cost now, bare rows, clock).
    """
    best, spent, bares, clock = state[0], state[1], np.int64(state[2]), state[3]
    for _ in range(steps):
        while bares == 0:
            if spent < best:
                best = spent
                put(is_open, best_open)
            out = _cheapest_to_shut(cost, is_open, loss, changed, _NEVER)
            if out < 0 or best <= enough:
                break
            bares = _shut(
                out, row_ptr, row_site, site_ptr, site_row, price, count, is_open, gain, loss, may_open, bare, place,
                bares,
            )  # fmt: skip
            spent -= cost[out]
            changed[out] = clock
        if best <= enough:
            break
        clock += 1.0
        if best < _NEVER:
            out = _cheapest_to_shut(cost, is_open, loss, changed, clock - 1.0)
            if out >= 0:
                bares = _shut(
                    out, row_ptr, row_site, site_ptr, site_row, price, count, is_open, gain, loss, may_open, bare,
                    place, bares,
                )  # fmt: skip
                spent -= cost[out]
                changed[out] = clock
        while bares > 0:
            row = bare[draw(random, bares)]
            into = np.int64(-1)
            for q in range(row_ptr[row], row_ptr[row + 1]):
                j = row_site[q]
                if may_open[j] and spent + cost[j] <= best - unit:
                    if into < 0:
                        into = j
                        continue
                    more = gain[j] * cost[into] - gain[into] * cost[j]
                    if more > 0.0 or (more == 0.0 and changed[j] < changed[into]):
                        into = j
            if into < 0:
                break
            bares = _open(
                into, row_ptr, row_site, site_ptr, site_row, price, count, is_open, gain, loss, may_open, bare,
                place, bares,
            )  # fmt: skip
            spent += cost[into]
            changed[into] = clock
        for t in range(bares):
            row = bare[t]
            price[row] += 1.0
            for q in range(row_ptr[row], row_ptr[row + 1]):
                gain[row_site[q]] += 1.0
    state[0], state[1], state[2], state[3] = best, spent, bares, clock


@kernel
def bound_cover(site_ptr, site_row, cost, target, multiplier, best_multiplier, mean, state, steps):
    """``steps`` steps of the volume algorithm (Barahona & Anbil 2000) on the relaxed covering rows.

    The relaxation is that of Caprara, Fischetti & Toth (1999): Σ u + Σ min(0, c - Σ a u), true for every u ≥ 0.
    ``state`` = (best bound, step factor, stalls).
    """
    rows, sites = len(multiplier), len(cost)
    covered = np.empty(rows)
    bound, factor, stalls = state[0], state[1], state[2]
    for _ in range(steps):
        value = 0.0
        for i in range(rows):
            value += multiplier[i]
            covered[i] = 0.0
        for j in range(sites):
            left = cost[j]
            for k in range(site_ptr[j], site_ptr[j + 1]):
                left -= multiplier[site_row[k]]
            if left < 0.0:
                value += left
                for k in range(site_ptr[j], site_ptr[j + 1]):
                    covered[site_row[k]] += 1.0
        first = bound == -np.inf
        if value > bound + 1e-12:
            stalls = 0.0 if first or value - bound > 1e-5 * abs(target - bound) else stalls + 1.0
            bound = value
            put(multiplier, best_multiplier)
        else:
            stalls += 1.0
            if stalls >= 40.0:
                factor *= 0.8
                stalls = 0.0
        share = 1.0 if first else 0.06
        norm = 0.0
        for i in range(rows):
            mean[i] = share * (1.0 - covered[i]) + (1.0 - share) * mean[i]
            norm += mean[i] * mean[i]
        if norm <= 1e-18 or factor < 1e-4:
            break
        step = factor * max(target - value, 1e-9 * abs(target)) / norm
        for i in range(rows):
            multiplier[i] = max(0.0, best_multiplier[i] + step * mean[i])
    state[0], state[1], state[2] = bound, factor, stalls
