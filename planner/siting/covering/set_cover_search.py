"""Compiled heart of set covering: row-weighting local search, Lagrangian bound, ruin and recreate for shares.

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
    best = -1
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
    row_ptr, row_site, site_ptr, site_row, cost, unit, steps, price, count, is_open, gain, loss, may_open, bare, place,
    changed, best_open, state, random,
):  # fmt: skip
    """``steps`` steps of row-weighting local search (Gao, Weise & Li 2015), here with costs.

    While every row is covered, the site that matters least is shut. Then in each step one more is shut and sites of
    bare rows drawn at random are opened while that stays at least ``unit`` cheaper than the best; rows left bare become
    dearer. ``state`` = (best cost, cost now, bare rows, clock).
    """
    best, spent, bares, clock = state[0], state[1], np.int64(state[2]), state[3]
    for _ in range(steps):
        while bares == 0:
            if spent < best:
                best = spent
                put(is_open, best_open)
            out = _cheapest_to_shut(cost, is_open, loss, changed, _NEVER)
            if out < 0:
                break
            bares = _shut(
                out, row_ptr, row_site, site_ptr, site_row, price, count, is_open, gain, loss, may_open, bare, place,
                bares,
            )  # fmt: skip
            spent -= cost[out]
            changed[out] = clock
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
            into = -1
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


@step
def _help(site, site_ptr, site_row, term_ptr, term_target, term_part, slack, missing, count, added, touched):
    """How much opening a site brings the targets nearer, each target counting 1 in all; the surplus does not count."""
    number = 0
    for k in range(site_ptr[site], site_ptr[site + 1]):
        row = site_row[k]
        if count[row] == 0:
            for q in range(term_ptr[row], term_ptr[row + 1]):
                target = term_target[q]
                if missing[target] > slack[target]:
                    if added[target] == 0.0:
                        touched[number] = target
                        number += 1
                    added[target] += term_part[q]
    total = 0.0
    for t in range(number):
        total += min(added[touched[t]], missing[touched[t]])
        added[touched[t]] = 0.0
    return total


@step
def _toggle(site, site_ptr, site_row, term_ptr, term_target, term_part, missing, count, is_open):
    """Open a shut site, or shut an open one, and keep what the targets miss right."""
    is_open[site] = not is_open[site]
    sign = 1 if is_open[site] else -1
    for k in range(site_ptr[site], site_ptr[site + 1]):
        row = site_row[k]
        count[row] += sign
        if count[row] == (1 if is_open[site] else 0):
            for q in range(term_ptr[row], term_ptr[row + 1]):
                missing[term_target[q]] -= sign * term_part[q]


@kernel
def search_shares(
    site_ptr, site_row, term_ptr, term_target, term_part, slack, cost, dearest, rounds, ruin, missing, count, is_open,
    best_open, state, random,
):  # fmt: skip
    """``rounds`` rounds of ruin and recreate (Schrimpf et al. 2000) for covering targets.

    ``term_*``: which targets a row counts for (CSR over rows) and what part of each it is. A target is met where
    ``missing`` is at most its ``slack``. A round shuts up to ``ruin`` open sites, opens the site that helps most for
    its cost, with costs blurred a little, until all targets are met, and shuts what is not needed, in the order
    ``dearest``.
    ``state`` = (best cost, cost now); the best set is in ``best_open``.
    """
    sites = len(cost)
    added = np.zeros(len(missing))
    touched = np.empty(len(missing), dtype=np.int64)
    blur = np.ones(sites)
    was = np.empty(sites, dtype=np.bool_)
    for _ in range(rounds):
        put(is_open, was)
        before = state[1]
        number = 0
        for j in range(sites):
            number += is_open[j]
        if number > 0:
            for _ in range(min(number, 1 + draw(random, ruin))):
                at = draw(random, number)
                for j in range(sites):
                    if is_open[j]:
                        if at == 0:
                            state[1] -= cost[j]
                            _toggle(j, site_ptr, site_row, term_ptr, term_target, term_part, missing, count, is_open)
                            break
                        at -= 1
                number -= 1
            for j in range(sites):
                blur[j] = 1.0 + draw(random, 1000) / 4000.0
        while True:
            short = False
            for t in range(len(missing)):
                if missing[t] > slack[t]:
                    short = True
            if not short:
                break
            best, best_value = np.int64(-1), 0.0
            for j in range(sites):
                if not is_open[j]:
                    helps = _help(
                        j, site_ptr, site_row, term_ptr, term_target, term_part, slack, missing, count, added,
                        touched,
                    )  # fmt: skip
                    if helps > 0.0 and helps / (cost[j] * blur[j]) > best_value:
                        best, best_value = j, helps / (cost[j] * blur[j])
            if best < 0:
                break
            state[1] += cost[best]
            _toggle(best, site_ptr, site_row, term_ptr, term_target, term_part, missing, count, is_open)
        for t in range(sites):
            j = dearest[t]
            if is_open[j]:
                _toggle(j, site_ptr, site_row, term_ptr, term_target, term_part, missing, count, is_open)
                needed = False
                for q in range(len(missing)):
                    if missing[q] > slack[q]:
                        needed = True
                if needed:
                    _toggle(j, site_ptr, site_row, term_ptr, term_target, term_part, missing, count, is_open)
                else:
                    state[1] -= cost[j]
        if state[1] < state[0] - 1e-12:
            state[0] = state[1]
            put(is_open, best_open)
        if state[1] > before and number > 0:
            for j in range(sites):
                if is_open[j] != was[j]:
                    _toggle(j, site_ptr, site_row, term_ptr, term_target, term_part, missing, count, is_open)
            state[1] = before
