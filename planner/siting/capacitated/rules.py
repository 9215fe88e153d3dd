"""Compiled rules of the capacitated models: what the Lagrangian bound makes needless, and where to branch."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc"
from __future__ import annotations

import numpy as np

from planner.siting.capacitated.bound import FAR, fill_table, holds_grains
from planner.siting.compiled import kernel, step


@kernel
def rule_out(
    site_ptr, site_row, pair_cost, load, grain, least, unit, standing, more, per_grain, opening, unit_price,
    opening_spend, unit_spend, fixed, forced, sites_left, money, whole, price, bound, cutoff, table, behind, value,
    chosen, keep, may_open, must_open,
):  # fmt: skip
    """Which pairs and sites an answer below ``cutoff`` can do without: those that lift the bound to it."""
    rows, sites = len(load), len(unit)
    dual = price[rows] * rows / money if 0.0 < money < np.inf else 0.0
    cost = unit_price + dual * unit_spend
    reduced = np.empty(len(site_row))
    for k in range(len(site_row)):
        reduced[k] = pair_cost[k] - price[site_row[k]]
    opened, worst, runner_up = 0, -np.inf, 0.0
    for j in range(sites):
        if chosen[j] and not fixed[j]:
            opened += 1
            if not forced[j]:
                worst = max(worst, value[j])
        elif not chosen[j]:
            runner_up = min(runner_up, value[j])
    if opened < sites_left:
        worst, runner_up = 0.0, 0.0
    elif worst == -np.inf:
        # Every place is taken by a site that must be open.
        worst = -FAR
    for j in range(sites):
        must_open[j] = forced[j] or (chosen[j] and not fixed[j] and bound - value[j] + runner_up >= cutoff)
        others = bound - (value[j] if chosen[j] else worst)
        may_open[j] = fixed[j] or chosen[j] or (sites_left >= 1 and others + value[j] < cutoff)
        if not whole or not may_open[j]:
            continue
        first, last = site_ptr[j], site_ptr[j + 1]
        total = 0
        for k in range(first, last):
            total += grain[site_row[k]]
        largest = holds_grains(j, more[j], unit, standing, per_grain, total)
        level = fill_table(table, first, last, site_row, reduced, grain, largest, least[j])
        others += 0.0 if fixed[j] else opening[j] + dual * opening_spend[j]
        # What the rows behind a pair can add, at each load.
        behind[: largest + 1] = 0.0
        if least[j] > 0:
            behind[1 : largest + 1] = FAR
        for k in range(last - 1, first - 1, -1):
            size = grain[site_row[k]]
            fee = cost[j] if standing[j] == 0 and load[site_row[k]] > 0.0 else 0.0
            counts = reduced[k] < 0.0 or least[j] > 0
            level -= counts
            best = _best_with(table[level], behind, largest - size, least[j] - size, least[j] > 0)
            keep[k] = others + fee + reduced[k] + best < cutoff
            if counts:
                for c in range(largest, size - 1, -1):
                    behind[c] = min(behind[c], behind[c - size] + reduced[k])


@step
def _best_with(before, behind, most, least, exact):
    """The least of before[a] + behind[b] with least ≤ a + b ≤ most."""
    best = FAR
    if most < 0:
        return best
    if not exact:
        for a in range(most + 1):
            best = min(best, before[a] + behind[most - a])
        return best
    # A window of ``behind`` slides down while ``a`` grows; its lowest entries wait in a queue.
    queue = np.empty(most + 2, dtype=np.int64)
    head, tail, low = 0, 0, most + 1
    for a in range(most + 1):
        top = most - a
        bottom = max(0, least - a)
        while low > bottom:
            low -= 1
            while tail > head and behind[queue[tail - 1]] >= behind[low]:
                tail -= 1
            queue[tail] = low
            tail += 1
        while head < tail and queue[head] > top:
            head += 1
        if head < tail:
            best = min(best, before[a] + behind[queue[head]])
    return best


@kernel
def row_to_split(first, order, cost, mean_pick):
    """The row whose near and far sites the relaxation is most torn between, and after how many of them to cut.

    ``order`` has the pairs by row, then by cost, those of row i from ``first[i]`` on. The pull of a cut is the smaller
    of the two shares times the difference of their mean costs. -1 where every row has one site at most.
    """
    best, best_row, best_cut = -1.0, -1, 0
    for i in range(len(first) - 1):
        begin, end = first[i], first[i + 1]
        if end - begin < 2:
            continue
        mass, worth = 0.0, 0.0
        for t in range(begin, end):
            mass += mean_pick[order[t]] + 1e-6
            worth += (mean_pick[order[t]] + 1e-6) * cost[order[t]]
        near, near_worth, apart, cut, cut_pull = 0.0, 0.0, np.inf, 0, 0.0
        for t in range(begin, end - 1):
            part = mean_pick[order[t]] + 1e-6
            near += part
            near_worth += part * cost[order[t]]
            if abs(near / mass - 0.5) < apart:
                apart = abs(near / mass - 0.5)
                far = mass - near
                cut = t + 1 - begin
                cut_pull = min(near, far) / mass * ((worth - near_worth) / max(far, 1e-12) - near_worth / near)
        if cut_pull > best:
            best, best_row, best_cut = cut_pull, i, cut
    return best_row, best_cut
