"""Compiled allocation of parts of rows, and the greedy start, of the capacitated models.

Open sites are lines ``0 … K-1`` of a dense cost matrix, infinite where a site cannot serve a row; line ``K`` is the lot
of those who are left, with room for all.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc, assignment"
from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel, step

_EPS = 1e-9


@kernel
def transport(cost, tiny, load, room, amount, shift, mover, first, last, along_paths):
    """Add the rows from ``first`` to before ``last`` to ``amount`` (columns × rows), the cheapest allocation of them.

    Costs are per unit of load. Rows come one by one along shortest augmenting paths between columns (Ford & Fulkerson
    1962, with Bellman-Ford), or each to the cheapest column with room, where it is not to go ``along_paths``; ``room``
    is what is left of the columns' room. ``cost`` is columns × rows; what is within ``tiny`` is the same. ``shift``,
    infinite, and ``mover`` are room for columns × columns: what moving a unit on costs, and whose.
    """
    columns, rows = cost.shape
    away = np.empty(columns)
    came = np.empty(columns, dtype=np.int64)
    for i in range(first, last):
        supply = load[i]
        least = 1e-12 * load[i]
        tries = 0
        while supply > least:
            tries += 1
            nearest = 0
            for k in range(columns):
                away[k] = cost[k, i]
                came[k] = -1
                if away[k] < away[nearest]:
                    nearest = k
            if room[nearest] <= 0.0:
                for _ in range(columns if along_paths else 0):
                    changed = False
                    for a in range(columns):
                        if away[a] < np.inf and room[a] <= 0.0:
                            for b in range(columns):
                                if away[a] + shift[a, b] < away[b] - tiny:
                                    away[b] = away[a] + shift[a, b]
                                    came[b] = a
                                    changed = True
                    if not changed:
                        break
                nearest = -1
                for k in range(columns):
                    if room[k] > 0.0 and (nearest < 0 or away[k] < away[nearest]):
                        nearest = k
            flow = min(supply, room[nearest])
            at = nearest
            steps = 0
            while came[at] >= 0 and steps <= columns:
                flow = min(flow, amount[came[at], mover[came[at], at]])
                at = came[at]
                steps += 1
            if steps > columns or tries > 50 * columns:
                # Rounding has bent the paths: the rest is left, which is allowed, if not the best.
                nearest, flow = columns - 1, supply
                came[nearest] = -1
            supply -= flow
            room[nearest] -= flow
            # Along the path each column passes one row on and takes in another, the last one only takes in.
            at, passed_on = nearest, np.int64(-1)
            while True:
                taken_in = i if came[at] < 0 else mover[came[at], at]
                amount[at, taken_in] += flow
                gone = False
                if passed_on >= 0:
                    amount[at, passed_on] -= flow
                    gone = amount[at, passed_on] <= 1e-12 * load[passed_on]
                if gone:
                    amount[at, passed_on] = 0.0
                    for b in range(columns):
                        shift[at, b] = np.inf
                for row in range(rows) if gone else range(taken_in, taken_in + 1):
                    if amount[at, row] > 0.0:
                        for b in range(columns):
                            if b != at and cost[b, row] - cost[at, row] < shift[at, b]:
                                shift[at, b] = cost[b, row] - cost[at, row]
                                mover[at, b] = row
                if came[at] < 0:
                    break
                at, passed_on = came[at], taken_in


@kernel
def capture(
    site_ptr, site_row, load, worth, unit, room, more, is_open, opening, unit_price, opening_spend, unit_spend,
    sites_left, money_left, whole, bought,
):  # fmt: skip
    """Greedy start: buy the units that take in the most worth of what is left for their price, while one fits.

    ``site_row`` has the rows of each site in the order to take them in. ``room`` is what stands open, and shrinks;
    ``bought`` counts the units bought and ``is_open`` the sites opened.
    """
    sites = len(unit)
    left = load.copy()
    taken = np.zeros(len(load), dtype=np.bool_)
    stuck = np.zeros(sites, dtype=np.bool_)
    for j in range(sites):
        if is_open[j]:
            _take_in(j, site_ptr, site_row, left, taken, room, whole)
    while True:
        best, best_units, best_value = np.int64(-1), 0, 0.0
        for j in range(sites):
            if stuck[j] or (not is_open[j] and sites_left < 1):
                continue
            here, here_worth = 0.0, 0.0
            for k in range(site_ptr[j], site_ptr[j + 1]):
                i = site_row[k]
                if not taken[i]:
                    here += left[i]
                    here_worth += worth[i] * (left[i] / load[i] if load[i] > 0.0 else 1.0)
            if here_worth <= 0.0:
                continue
            for u in range(0 if not is_open[j] and more[j] == 0 else 1, more[j] - bought[j] + 1):
                spend = unit_spend[j] * u + (0.0 if is_open[j] else opening_spend[j])
                if spend > money_left + _EPS:
                    break
                price = spend + unit_price[j] * u + (0.0 if is_open[j] else opening[j])
                holds = room[j] + unit[j] * u
                value = here_worth * (min(1.0, holds / here) if here > 0.0 else 1.0)
                # A price of nothing must not drown the worth.
                value /= price + 1e-6 * (1.0 + price)
                if value > best_value * (1.0 + 1e-12):
                    best, best_units, best_value = j, u, value
                if holds >= here:
                    break
        if best < 0:
            return
        if not is_open[best]:
            is_open[best] = True
            sites_left -= 1
            money_left -= opening_spend[best]
        money_left -= unit_spend[best] * best_units
        bought[best] += best_units
        room[best] += unit[best] * best_units
        # Where nothing whole fits it must not be tried for ever.
        stuck[best] = not _take_in(best, site_ptr, site_row, left, taken, room, whole)


@step
def _take_in(j, site_ptr, site_row, left, taken, room, whole):
    """Fill a site with rows as they stand, as far as they fit; whether any did."""
    any_fit = False
    for k in range(site_ptr[j], site_ptr[j + 1]):
        i = site_row[k]
        if taken[i]:
            continue
        if left[i] <= room[j]:
            room[j] -= left[i]
            left[i] = 0.0
            taken[i] = True
            any_fit = True
        elif not whole and room[j] > 0.0:
            left[i] -= room[j]
            room[j] = 0.0
            any_fit = True
    return any_fit
