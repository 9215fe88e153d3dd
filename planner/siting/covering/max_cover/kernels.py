"""Compiled heart of the covering models: opening and shutting, and a greedy start, on sparse covers.

A town is given both ways: by row (``row_ptr``, ``row_site``: which sites cover a demand row) and by site (``site_ptr``,
``site_row``: which rows a site covers). ``limit`` is how much the open sites may cost in all; counting is cost 1 each.
Sums of weights and of costs must be exact in any order (``summable`` in
:mod:`planner.siting.covering.max_cover.search`): a search that takes a rounding error for a gain would swap for ever.
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
