"""Compiled heart of the covering models: greedy start, swap search and Lagrangian bound on sparse covers.

A town is given both ways: by row (``row_ptr``, ``row_site``: which sites cover a demand row) and by site (``site_ptr``,
``site_row``: which rows a site covers). ``limit`` is how much the open sites may cost in all; counting is cost 1 each.
Sums of weights and of costs must be exact in any order (:func:`planner.siting.cover_search.summable`): a search that
takes a rounding error for a gain would swap for ever.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc"
from __future__ import annotations

import numpy as np
from numba import njit

from planner.siting.draws import draw


@njit(cache=True)
def open_site(site, row_ptr, row_site, site_ptr, site_row, weight, count, owner, is_open, gain, loss):
    """Open a site and keep ``count`` (open sites a row), ``gain`` and ``loss`` of every site right; the weight gained.

    ``owner`` is the sum of the numbers of a row's open sites: the open site itself where there is but one.
    """
    is_open[site] = True
    gained = gain[site]
    own = 0.0
    for k in range(site_ptr[site], site_ptr[site + 1]):
        row = site_row[k]
        count[row] += 1
        if count[row] == 1:
            w = weight[row]
            own += w
            for q in range(row_ptr[row], row_ptr[row + 1]):
                gain[row_site[q]] -= w
        elif count[row] == 2:
            loss[owner[row]] -= weight[row]
        owner[row] += site
    loss[site] = own
    return gained


@njit(cache=True)
def shut_site(site, row_ptr, row_site, site_ptr, site_row, weight, count, owner, is_open, gain, loss):
    """Shut a site; the reverse of :func:`open_site`. The weight lost."""
    is_open[site] = False
    lost = loss[site]
    for k in range(site_ptr[site], site_ptr[site + 1]):
        row = site_row[k]
        count[row] -= 1
        owner[row] -= site
        if count[row] == 0:
            w = weight[row]
            for q in range(row_ptr[row], row_ptr[row + 1]):
                gain[row_site[q]] += w
        elif count[row] == 1:
            loss[owner[row]] += weight[row]
    return lost


@njit(cache=True)
def fill(
    row_ptr, row_site, site_ptr, site_row, weight, cost, limit, spent, by_ratio, count, owner, is_open, gain, loss
):
    """Open the site of the largest gain (for its cost, if ``by_ratio``) while one fits and helps; the money spent."""
    sites = len(gain)
    while True:
        best, best_value = -1, 0.0
        for j in range(sites):
            if not is_open[j] and gain[j] > 0.0 and spent + cost[j] <= limit:
                value = gain[j] / max(cost[j], 1e-12) if by_ratio else gain[j]
                if value > best_value:
                    best, best_value = j, value
        if best < 0:
            return spent
        spent += cost[best]
        open_site(best, row_ptr, row_site, site_ptr, site_row, weight, count, owner, is_open, gain, loss)


@njit(cache=True)
def swap_until_stuck(
    row_ptr, row_site, site_ptr, site_row, weight, cost, limit, spent, order, count, owner, is_open, gain, loss
):
    """Swap an open site for a shut one while that covers more, trying shut sites in ``order``.

    The best site to shut for one to open is found in one pass over the opened site's rows, as in the swap evaluation
    of Resende & Werneck (2007) for the p-median: only sites that alone cover some of these rows lose less than their
    ``loss``; of the others the one with the smallest loss counts. The money spent and the weight gained.
    """
    sites, tried = len(gain), len(order)
    credit = np.zeros(sites)
    touched = np.empty(sites, dtype=np.int64)
    opened = np.empty(sites, dtype=np.int64)
    position = np.empty(sites, dtype=np.int64)
    number, gained = 0, 0.0
    for j in range(sites):
        if is_open[j]:
            opened[number] = j
            position[j] = number
            number += 1
    one_price = cost.max() - cost.min() <= 1e-12
    cheapest = -1
    since, at = 0, 0
    while since < tried:
        j = order[at]
        at = (at + 1) % tried
        since += 1
        if is_open[j]:
            continue
        if gain[j] > 0.0 and spent + cost[j] <= limit:
            gained += open_site(j, row_ptr, row_site, site_ptr, site_row, weight, count, owner, is_open, gain, loss)
            spent += cost[j]
            opened[number] = j
            position[j] = number
            number += 1
            since, cheapest = 0, -1
            continue
        if number == 0:
            continue
        used = 0
        for k in range(site_ptr[j], site_ptr[j + 1]):
            row = site_row[k]
            if count[row] == 1:
                s = owner[row]
                if credit[s] == 0.0:
                    touched[used] = s
                    used += 1
                credit[s] += weight[row]
        best, best_value = -1, 0.0
        if one_price:
            if cheapest < 0:
                cheapest = opened[0]
                for t in range(1, number):
                    if loss[opened[t]] < loss[cheapest]:
                        cheapest = opened[t]
            value = gain[j] - loss[cheapest] + credit[cheapest]
            if value > best_value and spent - cost[cheapest] + cost[j] <= limit:
                best, best_value = cheapest, value
            for t in range(used):
                s = touched[t]
                value = gain[j] - loss[s] + credit[s]
                if value > best_value and spent - cost[s] + cost[j] <= limit:
                    best, best_value = s, value
        else:
            for t in range(number):
                s = opened[t]
                value = gain[j] - loss[s] + credit[s]
                if value > best_value and spent - cost[s] + cost[j] <= limit:
                    best, best_value = s, value
        for t in range(used):
            credit[touched[t]] = 0.0
        if best >= 0:
            gained -= shut_site(best, row_ptr, row_site, site_ptr, site_row, weight, count, owner, is_open, gain, loss)
            gained += open_site(j, row_ptr, row_site, site_ptr, site_row, weight, count, owner, is_open, gain, loss)
            spent += cost[j] - cost[best]
            opened[position[best]] = j
            position[j] = position[best]
            since, cheapest = 0, -1
    return spent, gained


@njit(cache=True)
def lagrangian_steps(
    site_ptr, site_row, weight, cost, limit, is_count, target,
    multiplier, best_multiplier, mean_covered, mean_wanted, state, steps,
):  # fmt: skip
    """``steps`` steps of the volume algorithm (Barahona & Anbil 2000) on the relaxed covering rows.

    ``state`` = (best bound, step factor, stalls); ``multiplier`` lie in [0, weight]. For a count limit the sites of the
    largest sums are open; for money the linear knapsack bounds them. Both bounds equal the linear relaxation's at best.
    """
    rows, sites = len(weight), len(cost)
    sums = np.empty(sites)
    use = np.empty(sites)
    covered = np.empty(rows)
    bound, factor, stalls = state[0], state[1], state[2]
    for _ in range(steps):
        for j in range(sites):
            s = 0.0
            for k in range(site_ptr[j], site_ptr[j + 1]):
                s += multiplier[site_row[k]]
            sums[j] = s
        value = 0.0
        for i in range(rows):
            value += weight[i] - multiplier[i]
        use[:] = 0.0
        left = limit
        ranked = np.argsort(-sums) if is_count else np.argsort(-sums / np.maximum(cost, 1e-12))
        for t in range(sites):
            j = ranked[t]
            if sums[j] <= 0.0 or (left <= 0.0 and cost[j] > 0.0):
                break
            part = 1.0 if cost[j] <= left else left / cost[j]
            use[j] = part
            left -= part * cost[j]
            value += part * sums[j]
        covered[:] = 0.0
        for j in range(sites):
            if use[j] > 0.0:
                for k in range(site_ptr[j], site_ptr[j + 1]):
                    covered[site_row[k]] += use[j]
        first = bound == np.inf
        if value < bound - 1e-12:
            stalls = 0.0 if bound - value > 1e-5 * abs(bound - target) or first else stalls + 1.0
            bound = value
            best_multiplier[:] = multiplier
        else:
            stalls += 1.0
            if stalls >= 40.0:
                factor *= 0.8
                stalls = 0.0
        alpha = 1.0 if first else 0.06
        norm = 0.0
        for i in range(rows):
            wanted = 1.0 if multiplier[i] < weight[i] else 0.0
            mean_wanted[i] = alpha * wanted + (1.0 - alpha) * mean_wanted[i]
            mean_covered[i] = alpha * covered[i] + (1.0 - alpha) * mean_covered[i]
            d = mean_wanted[i] - mean_covered[i]
            norm += d * d
        if norm <= 1e-18 or factor < 1e-4:
            break
        step = factor * max(value - target, 1e-9 * abs(value)) / norm
        for i in range(rows):
            m = best_multiplier[i] + step * (mean_wanted[i] - mean_covered[i])
            multiplier[i] = min(max(m, 0.0), weight[i])
    state[0], state[1], state[2] = bound, factor, stalls


@njit(cache=True)
def kick_and_mend(
    row_ptr, row_site, site_ptr, site_row, weight, cost, limit, spent, value, candidates, best_open, best_value, rounds,
    strength, random, count, owner, is_open, gain, loss,
):  # fmt: skip
    """Iterated local search: shut a few sites, open likely ones at random, swap until stuck, keep what is better.

    ``candidates`` are tried in a drawn order each round. A round that ends worse is taken back.
    ``random`` is the state of a 64-bit generator, changed in place. The best set of sites is kept in ``best_open``.
    The money spent and the weight covered by what is open last, and the best weight.
    """
    sites = len(gain)
    opened = np.empty(sites, dtype=np.int64)
    was = np.empty(sites, dtype=np.bool_)
    for _ in range(rounds):
        was[:] = is_open
        old_spent, old_value = spent, value
        number = 0
        for j in range(sites):
            if is_open[j]:
                opened[number] = j
                number += 1
        some = min(1 + draw(random, strength), number)
        for _ in range(some):
            t = draw(random, number)
            j = opened[t]
            number -= 1
            opened[t] = opened[number]
            spent -= cost[j]
            value -= shut_site(j, row_ptr, row_site, site_ptr, site_row, weight, count, owner, is_open, gain, loss)
        # Open again: the best of a few sites drawn at random, while one fits.
        for _ in range(some):
            best, best_gain = -1, 0.0
            for _ in range(12):
                j = candidates[draw(random, len(candidates))]
                if not is_open[j] and gain[j] > best_gain and spent + cost[j] <= limit:
                    best, best_gain = j, gain[j]
            if best >= 0:
                spent += cost[best]
                value += open_site(
                    best, row_ptr, row_site, site_ptr, site_row, weight, count, owner, is_open, gain, loss
                )
        for t in range(len(candidates) - 1, 0, -1):
            q = draw(random, t + 1)
            candidates[t], candidates[q] = candidates[q], candidates[t]
        spent, gained = swap_until_stuck(
            row_ptr, row_site, site_ptr, site_row, weight, cost, limit, spent, candidates, count, owner, is_open, gain,
            loss,
        )  # fmt: skip
        value += gained
        if value > best_value:
            best_value = value
            best_open[:] = is_open
        if value < old_value:
            for j in range(sites):
                if is_open[j] and not was[j]:
                    shut_site(j, row_ptr, row_site, site_ptr, site_row, weight, count, owner, is_open, gain, loss)
            for j in range(sites):
                if was[j] and not is_open[j]:
                    open_site(j, row_ptr, row_site, site_ptr, site_row, weight, count, owner, is_open, gain, loss)
            spent, value = old_spent, old_value
    return spent, value, best_value
