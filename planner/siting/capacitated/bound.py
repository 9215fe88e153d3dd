"""Compiled Lagrangian bound of the capacitated models: a knapsack for each site, a price for each demand row.

The rows "all of the demand is allocated" are relaxed with prices (Pirkul 1987; Ceselli & Righini 2005 for the strength
of the bound); what is left falls apart into one knapsack for each site: of whole rows where a row has a single source,
of parts of rows otherwise. Whole loads are rounded down to grains, which can only loosen a knapsack, so the bound stays
true.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc, assignment"
from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel, put, step, unordered_step

# The cost of what cannot be.
FAR = 1e300


# Numba's own sorting takes longer to compile than all of this module.
@step
def rank(values, order):
    """The indices of ``values`` in ascending order, of equals the lower index first (heapsort, Williams 1964)."""
    count = len(values)
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


@step
def holds_grains(j, units, unit, standing, per_grain, largest):
    """How many grains a site holds with some units bought, no more than ``largest``."""
    return min(largest, int(np.floor((standing[j] + units) * unit[j] * per_grain + 1e-9)))


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
def fill_table(table, first, last, site_row, value, grain, largest, least):
    """The knapsack over some pairs: the cheapest ``value`` at each load; at most that load where ``least`` is 0.

    A level of the table for each pair that may be worth taking: where ``least`` is more, also pairs that cost something
    may be needed to reach it. Returns the last level.
    """
    table[0, : largest + 1] = 0.0
    if least > 0:
        table[0, 1 : largest + 1] = FAR
    level = 0
    for k in range(first, last):
        gain = value[k]
        if gain >= 0.0 and least == 0:
            continue
        size = grain[site_row[k]]
        _add_pair(table[level], table[level + 1], size, gain, largest)
        level += 1
    return level


@step
def site_value(
    j, site_ptr, site_row, value, load, grain, least, unit, standing, more, per_grain, unit_price, whole, table, pick
):  # fmt: skip
    """The cheapest use of an open site, without what opening costs, and the units to buy for it.

    ``value`` is what each pair costs less the price of its row. ``pick`` gets the share of each of the site's pairs.
    ``table`` is room for the knapsack, one row more than there are pairs.
    """
    first, last = site_ptr[j], site_ptr[j + 1]
    count, total = 0, 0
    for k in range(first, last):
        pick[k] = 0.0
        if value[k] < 0.0 or least[j] > 0:
            count += 1
            total += grain[site_row[k]]
    if count == 0:
        return (0.0 if least[j] == 0 else FAR), 0
    best, units = np.inf, 0
    if whole:
        largest = holds_grains(j, more[j], unit, standing, per_grain, total)
        level = fill_table(table, first, last, site_row, value, grain, largest, least[j])
        full = 0
        for u in range(more[j] + 1):
            holds = holds_grains(j, u, unit, standing, per_grain, largest)
            at = holds
            for c in range(least[j], holds + 1 if least[j] > 0 else 0):
                if table[level, c] < table[level, at]:
                    at = c
            if at >= least[j] and unit_price[j] * u + table[level, at] < best - 1e-12:
                best, units, full = unit_price[j] * u + table[level, at], u, at
            if holds == largest:
                break
        if best >= 0.5 * FAR:
            return FAR, 0
        for k in range(last - 1, first - 1, -1):
            if value[k] < 0.0 or least[j] > 0:
                if table[level, full] != table[level - 1, full]:
                    pick[k] = 1.0
                    full -= grain[site_row[k]]
                level -= 1
        return best, units
    wanted = np.empty(count, dtype=np.int64)
    gain = np.empty(count)
    count = 0
    for k in range(first, last):
        if value[k] < 0.0:
            wanted[count] = k
            gain[count] = value[k]
            count += 1
    rate = np.empty(count)
    for t in range(count):
        size = load[site_row[wanted[t]]]
        rate[t] = gain[t] / size if size > 0.0 else -np.inf
    ranked = np.empty(count, dtype=np.int64)
    rank(rate, ranked)
    # The value is convex in the room, so units are bought while the next one pays.
    value, at, part, left = 0.0, 0, 1.0, 0.0
    for u in range(more[j] + 1):
        left += unit[j] * standing[j] if u == 0 else unit[j]
        while at < count:
            t = ranked[at]
            size = load[site_row[wanted[t]]]
            if size * part <= left:
                left -= size * part
                value += gain[t] * part
                at, part = at + 1, 1.0
            else:
                share = left / size
                value += gain[t] * share
                part -= share
                left = 0.0
                break
        if unit_price[j] * u + value < best - 1e-12:
            best, units = unit_price[j] * u + value, u
        elif u > 0 and unit_price[j] > 0.0 and u > units + 1:
            break
        if at >= count:
            break
    holds = (standing[j] + units) * unit[j]
    for t in ranked:
        size = load[site_row[wanted[t]]]
        share = 1.0 if size <= holds else holds / size
        pick[wanted[t]] = share
        holds -= size * share
        if share < 1.0:
            break
    return best, units


@step
def _split_value(first, last, site_row, reduced, load, holds):
    """The least that a site's pairs can come to where rows may be split, without the price of units."""
    rate = np.empty(last - first)
    for k in range(first, last):
        size = load[site_row[k]]
        rate[k - first] = min(0.0, reduced[k]) / size if size > 0.0 else (-np.inf if reduced[k] < 0.0 else 0.0)
    total = 0.0
    order = np.empty(last - first, dtype=np.int64)
    rank(rate, order)
    for t in order:
        if rate[t] >= 0.0:
            break
        size = load[site_row[first + t]]
        if size >= holds and size > 0.0:
            return total + rate[t] * holds
        holds -= size
        total += reduced[first + t]
    return total


@kernel
def lagrangian_steps(
    site_ptr, site_row, pair_cost, load, grain, least, left_cost, unit, standing, more, per_grain, opening, unit_price,
    opening_spend, unit_spend, fixed, forced, sites_left, money, whole, target, cutoff,
    price, best_price, drift, state, table, value, units, chosen, pick, mean_pick, steps, sift,
):  # fmt: skip
    """``steps`` steps of the deflected subgradient method on the prices (Camerini, Fratta & Maffioli 1975).

    ``price`` has one entry more than there are rows: what a unit of money costs, where ``money`` is a limit. ``state``
    = (best bound, step factor, stalls, 1 where the last step's choice serves every row once). ``forced`` sites are
    open, but paid for. ``value``, ``units`` and ``chosen`` are those of the last step; ``pick`` are its shares and
    ``mean_pick`` their running mean. Stops where the bound reaches ``cutoff``. ``sift`` leaves the ``value`` of sites
    that cannot be among the best unknown.
    """
    rows, sites = len(load), len(unit)
    slope = np.empty(rows + 1)
    limited = money < np.inf
    # In these units the price of money is of the size of the others.
    per_money = rows / money if limited and money > 0.0 else 0.0
    quick, best_values, order = np.empty(sites), np.empty(sites), np.empty(sites, dtype=np.int64)
    cost = np.empty(sites)
    reduced = np.empty(len(site_row))
    for _ in range(steps):
        dual = price[rows] * per_money
        for k in range(len(site_row)):
            reduced[k] = pair_cost[k] - price[site_row[k]]
        for j in range(sites):
            cost[j] = unit_price[j] + dual * unit_spend[j]
        total = -dual * money if per_money > 0.0 else 0.0
        for i in range(rows):
            total += price[i]
            slope[i] = 1.0
        # A site whose split rows are not worth a place among the best need not be solved for whole ones.
        for j in range(sites):
            best_values[j] = 0.0
            quick[j] = -FAR
            if sift and not fixed[j] and not forced[j]:
                quick[j] = opening[j] + dual * opening_spend[j] + _split_value(
                    site_ptr[j], site_ptr[j + 1], site_row, reduced, load, (standing[j] + more[j]) * unit[j]
                )  # fmt: skip
        places = 0
        for j in range(sites):
            places += forced[j] and not fixed[j]
        places = int(min(sites_left, sites)) - places
        rank(quick, order)
        for j in order:
            if sift and not fixed[j] and not forced[j] and (places == 0 or quick[j] >= best_values[places - 1]):
                value[j], units[j] = FAR, 0
                for k in range(site_ptr[j], site_ptr[j + 1]):
                    pick[k] = 0.0
                continue
            value[j], units[j] = site_value(
                j, site_ptr, site_row, reduced, load, grain, least, unit, standing, more, per_grain, cost, whole,
                table, pick,
            )  # fmt: skip
            if fixed[j]:
                continue
            value[j] += opening[j] + dual * opening_spend[j]
            if not forced[j] and places > 0 and value[j] < best_values[places - 1]:
                at = places - 1
                while at > 0 and best_values[at - 1] > value[j]:
                    best_values[at] = best_values[at - 1]
                    at -= 1
                best_values[at] = value[j]
        opened = 0
        for j in range(sites):
            chosen[j] = fixed[j] or forced[j]
            opened += forced[j] and not fixed[j]
        rank(value, order)
        for j in order:
            if value[j] >= 0.0 or opened >= sites_left:
                break
            if not chosen[j]:
                chosen[j] = True
                opened += 1
        spend = 0.0
        for j in range(sites):
            if chosen[j]:
                total += value[j]
                spend += unit_spend[j] * units[j] + (0.0 if fixed[j] else opening_spend[j])
            for k in range(site_ptr[j], site_ptr[j + 1]):
                if not chosen[j]:
                    pick[k] = 0.0
                slope[site_row[k]] -= pick[k]
                mean_pick[k] = 0.9 * mean_pick[k] + 0.1 * pick[k]
        slope[rows] = (spend - money) * per_money if per_money > 0.0 else 0.0
        if total > state[0]:
            state[2] = 0.0 if total - state[0] > 1e-5 * abs(target - state[0]) else state[2] + 1.0
            state[0] = total
            put(price, best_price)
            if total >= cutoff:
                return
        else:
            state[2] += 1.0
            if state[2] >= 20.0:
                state[1] *= 0.7
                state[2] = 0.0
                put(best_price, price)
                for i in range(rows + 1):
                    drift[i] = 0.0
                continue
        state[3] = 1.0
        for i in range(rows + 1):
            if abs(slope[i]) > 1e-9:
                state[3] = 0.0
        if state[3] > 0.0:
            return
        length = 0.0
        for i in range(rows + 1):
            drift[i] = slope[i] + 0.3 * drift[i]
            length += drift[i] * drift[i]
        if length <= 1e-18:
            for i in range(rows + 1):
                drift[i] = 0.0
            continue
        step = state[1] * max(target - total, 1e-6 * abs(target)) / length
        for i in range(rows):
            price[i] = min(left_cost[i], max(0.0, price[i] + step * drift[i]))
        price[rows] = max(0.0, price[rows] + step * drift[rows])
