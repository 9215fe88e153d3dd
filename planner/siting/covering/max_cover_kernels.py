"""Compiled heart of the covering models: opening and shutting, greedy start and swaps on sparse covers.

A town is given both ways: by row (``row_ptr``, ``row_site``: which sites cover a demand row) and by site (``site_ptr``,
``site_row``: which rows a site covers). ``limit`` is how much the open sites may cost in all; counting is cost 1 each.
Sums of weights and of costs must be exact in any order (``summable`` in
:mod:`planner.siting.covering.max_cover_search`): a search that takes a rounding error for a gain would swap for ever.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc, assignment"
from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel, step


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
        best, best_value = np.int64(-1), 0.0
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
    least, most = np.inf, -np.inf
    for j in range(sites):
        least, most = min(least, cost[j]), max(most, cost[j])
        if is_open[j]:
            opened[number] = j
            position[j] = number
            number += 1
    one_price = most - least <= 1e-12
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
