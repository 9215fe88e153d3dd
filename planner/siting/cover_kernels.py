"""Compiled heart of the covering models: greedy start, swap search and Lagrangian bound on sparse covers.

A town is given both ways: by row (``row_ptr``, ``row_site``: which sites cover a demand row) and by site (``site_ptr``,
``site_row``: which rows a site covers). ``limit`` is how much the open sites may cost in all; counting is cost 1 each.
Sums of weights and of costs must be exact in any order (:func:`planner.siting.cover_search.summable`): a search that
takes a rounding error for a gain would swap for ever.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc, assignment"
from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel, step
from planner.siting.draws import draw

# Swaps of one round that can be taken back; a round that needs more is stopped there.
_LOG = 1024


@step
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


@step
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


@kernel
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


@kernel
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


@kernel
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
    key, use = np.empty(sites), np.empty(sites)
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
        for j in range(sites):
            key[j] = -sums[j] if is_count else -sums[j] / max(cost[j], 1e-12)
        ranked = np.argsort(key)
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


@step
def _wait(site, row_ptr, row_site, site_ptr, site_row, likely, waiting, queue, tail):
    """Let every likely site that shares a row with ``site`` wait to be tried; the end of the queue."""
    for k in range(site_ptr[site], site_ptr[site + 1]):
        row = site_row[k]
        for q in range(row_ptr[row], row_ptr[row + 1]):
            j = row_site[q]
            if likely[j] and not waiting[j]:
                waiting[j] = True
                queue[tail % len(queue)] = j
                tail += 1
    return tail


@step
def _best_to_shut(j, site_ptr, site_row, weight, cost, limit, spent, opened, number, count, owner, gain, loss, credit):
    """The place of the open site whose swap for ``j`` covers most more, -1 where none covers more.

    In one pass over the rows of ``j``: only sites that alone cover some of these lose less than their ``loss``, as in
    the swap evaluation of Resende & Werneck (2007) for the p-median. ``credit`` is scratch, all 0.
    """
    for k in range(site_ptr[j], site_ptr[j + 1]):
        if count[site_row[k]] == 1:
            credit[owner[site_row[k]]] += weight[site_row[k]]
    best, best_value = -1, 0.0
    for t in range(number):
        s = opened[t]
        value = gain[j] - loss[s] + credit[s]
        if value > best_value and spent - cost[s] + cost[j] <= limit:
            best, best_value = t, value
    for k in range(site_ptr[j], site_ptr[j + 1]):
        if count[site_row[k]] == 1:
            credit[owner[site_row[k]]] = 0.0
    return best


@kernel
def kick_and_mend(
    row_ptr, row_site, site_ptr, site_row, weight, cost, limit, spent, value, likely, best_open, best_value, rounds,
    strength, heat, random, count, owner, is_open, gain, loss,
):  # fmt: skip
    """Iterated local search, a neighbourhood at a time; the money spent, the weight covered, and the most weight.

    A round swaps a few sites around a drawn row at random, then swaps on while that covers more, trying the ``likely``
    sites near what has changed. A round that ends worse is taken back, or kept with the chance exp(-loss / ``heat``).
    ``random`` is the state of a 64-bit generator, changed in place; the best set of sites is kept in ``best_open``.
    """
    rows, sites, cheapest = len(weight), len(gain), cost.min()
    opened, number = np.empty(sites, dtype=np.int64), 0
    for j in range(sites):
        if is_open[j]:
            opened[number] = j
            number += 1
    queue, waiting, credit = np.empty(sites, dtype=np.int64), np.zeros(sites, dtype=np.bool_), np.zeros(sites)
    # What was shut and opened in a round, -1 for nothing, so that it can be taken back.
    shut_log, open_log = np.empty(_LOG, dtype=np.int64), np.empty(_LOG, dtype=np.int64)
    for _ in range(rounds):
        old_spent, old_value = spent, value
        head, tail, logged = np.int64(0), np.int64(0), 0
        base = draw(random, rows)
        kicks = 1 + draw(random, strength)
        while logged < _LOG:
            j, t = np.int64(-1), np.int64(-1)
            if kicks > 0:
                kicks -= 1
                near = row_site[row_ptr[base] + draw(random, row_ptr[base + 1] - row_ptr[base])]
                row = site_row[site_ptr[near] + draw(random, site_ptr[near + 1] - site_ptr[near])]
                j = np.int64(row_site[row_ptr[row] + draw(random, row_ptr[row + 1] - row_ptr[row])])
                if is_open[j] or not likely[j]:
                    continue
                if spent + cost[j] > limit:
                    # Make room with a site nearby, where there is one.
                    out = draw(random, number)
                    for _ in range(4):
                        row = site_row[site_ptr[j] + draw(random, site_ptr[j + 1] - site_ptr[j])]
                        other = row_site[row_ptr[row] + draw(random, row_ptr[row + 1] - row_ptr[row])]
                        if count[row] == 1 or is_open[other]:
                            s = owner[row] if count[row] == 1 else other
                            for q in range(number):
                                if opened[q] == s:
                                    out = q
                            break
                    t = np.int64(out)
                    if spent - cost[opened[out]] + cost[j] > limit:
                        j = np.int64(-1)
            elif head < tail:
                # In a drawn order: else those near the first kick would always have the first say.
                a, b = head % sites, (head + draw(random, tail - head)) % sites
                queue[a], queue[b] = queue[b], queue[a]
                j = queue[head % sites]
                head += 1
                waiting[j] = False
                # No swap covers more than what the opened site adds.
                if is_open[j] or gain[j] <= 0.0:
                    continue
                if spent + cost[j] > limit:
                    t = np.int64(
                        _best_to_shut(
                            j, site_ptr, site_row, weight, cost, limit, spent, opened, number, count, owner, gain, loss,
                            credit,
                        )
                    )  # fmt: skip
                    if t < 0:
                        continue
            elif spent + cheapest <= limit:
                # Room for one more, which may be far from what has changed.
                for q in range(sites):
                    if likely[q] and gain[q] > 0.0 and spent + cost[q] <= limit and (j < 0 or gain[q] > gain[j]):
                        j = np.int64(q)
                if j < 0:
                    break
            else:
                break
            shut_log[logged], open_log[logged] = -1, j
            if t >= 0:
                out = opened[t]
                shut_log[logged] = out
                spent -= cost[out]
                value -= shut_site(
                    out, row_ptr, row_site, site_ptr, site_row, weight, count, owner, is_open, gain, loss
                )
                tail = _wait(out, row_ptr, row_site, site_ptr, site_row, likely, waiting, queue, tail)
                number -= 1
                opened[t] = opened[number]
            if j >= 0:
                opened[number] = j
                number += 1
                spent += cost[j]
                value += open_site(j, row_ptr, row_site, site_ptr, site_row, weight, count, owner, is_open, gain, loss)
                tail = _wait(j, row_ptr, row_site, site_ptr, site_row, likely, waiting, queue, tail)
            logged += 1
        while head < tail:
            waiting[queue[head % sites]] = False
            head += 1
        if value > best_value:
            best_value = value
            best_open[:] = is_open
        chance = np.log((draw(random, 1 << 30) + 1) / (1 << 30)) if heat > 0.0 else 0.0
        if value < old_value + heat * chance:
            while logged > 0:
                logged -= 1
                j, out = open_log[logged], shut_log[logged]
                if j >= 0:
                    shut_site(j, row_ptr, row_site, site_ptr, site_row, weight, count, owner, is_open, gain, loss)
                    at = number - 1
                    while opened[at] != j:
                        at -= 1
                    number -= 1
                    opened[at] = opened[number]
                if out >= 0:
                    open_site(out, row_ptr, row_site, site_ptr, site_row, weight, count, owner, is_open, gain, loss)
                    opened[number] = out
                    number += 1
            spent, value = old_spent, old_value
    return spent, value, best_value
