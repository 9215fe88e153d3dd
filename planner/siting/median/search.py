# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc,assignment"
"""Compiled local search for the p-median: greedy start, swaps and iterated local search on sorted neighbour lists.

A ``town`` is one tuple, see :class:`planner.siting.median.town.MedianTown`: by row the sites in ascending cost, by site
its rows, what a row pays where no listed site is open (``cap``), and the whole distances for rows whose list was cut.

The ``state`` of a search, changed in place, is the tuple (``slot`` of each site among the open ones or -1, ``opened``
site of each slot, ``first`` and ``second`` open site of each row with their costs, ``gain`` of opening a site, ``loss``
of shutting the site of a slot, ``extra`` of doing both at once): the profit of a swap is gain - loss + extra, as in
Resende & Werneck (2007), A fast swap-based local search procedure for location problems. Annals of OR 150.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.siting.compiled import kernel, step
from planner.siting.draws import draw

Ints = NDArray[np.int64]
Lists = tuple[NDArray[Any], ...]

# Swaps of one round that can be taken back; a round that needs more is stopped there.
_LOG = 2048


def greedy(town: Lists, most: int) -> Ints:
    """Up to ``most`` sites, each the one that lowers the total most; then any, so that there are ``most``."""
    row_ptr, row_cost, cap = town[0], town[2], town[6]
    paid, gain = np.minimum(cap, row_cost[row_ptr[1:] - 1]), np.zeros(len(town[3]) - 1)
    opened = np.empty(most, dtype=np.int64)
    _greedy(town[:6], paid, gain, opened)
    return opened


@kernel
def _greedy(town, paid, gain, opened):
    row_ptr, row_site, row_cost, site_ptr, site_row, site_cost = town
    for i in range(len(paid)):
        for k in range(row_ptr[i], row_ptr[i + 1]):
            gain[row_site[k]] += paid[i] - row_cost[k]
    for t in range(len(opened)):
        j = 0
        for q in range(len(gain)):
            if gain[q] > gain[j]:
                j = q
        opened[t] = j
        gain[j] = -np.inf
        for k in range(site_ptr[j], site_ptr[j + 1]):
            i = site_row[k]
            before, new = paid[i], site_cost[k]
            if new < before:
                for q in range(row_ptr[i], row_ptr[i + 1]):
                    if row_cost[q] >= before:
                        break
                    gain[row_site[q]] -= before - max(row_cost[q], new)
                paid[i] = new


@step
def _nearest_two(town, i, slot, opened):
    row_ptr, row_site, row_cost = town[:3]
    cap, ceiling, weight, row_id, site_id, full = town[6:]
    s1, c1, s2, c2 = -1, cap[i], -1, cap[i]
    for k in range(row_ptr[i], row_ptr[i + 1]):
        j = row_site[k]
        if slot[j] >= 0:
            if s1 < 0:
                s1, c1 = j, row_cost[k]
            else:
                return s1, c1, j, row_cost[k]
    if ceiling[i] < cap[i]:
        s1, c1 = -1, cap[i]
        for t in range(len(opened)):
            j = opened[t]
            c = weight[i] * full[row_id[i], site_id[j]]
            if c < c1:
                s1, c1, s2, c2 = j, c, s1, c1
            elif c < c2:
                s2, c2 = j, c
    return s1, c1, s2, c2


@step
def _count_row(town, state, i, sign, queue, tail, waiting):
    """Add (or take away) what a row contributes to gain, loss and extra; sites it touches wait to be tried again."""
    row_ptr, row_site, row_cost = town[:3]
    slot, first, cost1, cost2, gain, loss, extra = state[0], state[2], state[4], state[5], state[6], state[7], state[8]
    c1, c2 = cost1[i], cost2[i]
    t = -1 if first[i] < 0 else slot[first[i]]
    if t >= 0:
        loss[t] += sign * (c2 - c1)
    for k in range(row_ptr[i], row_ptr[i + 1]):
        c = row_cost[k]
        if c >= c2:
            break
        j = row_site[k]
        if c < c1:
            gain[j] += sign * (c1 - c)
            if t >= 0:
                extra[j, t] += sign * (c2 - c1)
        else:
            extra[j, t] += sign * (c2 - c)
        if not waiting[j]:
            waiting[j] = True
            queue[tail % len(queue)] = j
            tail += 1
    return tail


@step
def _swap(town, state, j, t, new, touched, queue, tail, waiting):
    """Open site ``j`` in place of the site of slot ``t``. ``new`` and ``touched`` are scratch, ``new`` all inf."""
    site_ptr, site_row, site_cost = town[3:6]
    ceiling, weight, row_id, site_id, full = town[7:]
    slot, opened, first, second, cost1, cost2 = state[:6]
    loss = state[7]
    s = opened[t]
    for k in range(site_ptr[j], site_ptr[j + 1]):
        new[site_row[k]] = site_cost[k]
    number = 0
    for i in range(len(first)):
        if cost2[i] > ceiling[i]:
            new[i] = weight[i] * full[row_id[i], site_id[j]]
        if first[i] == s or second[i] == s or new[i] < cost2[i]:
            touched[number] = i
            number += 1
            tail = _count_row(town, state, i, -1.0, queue, tail, waiting)
        else:
            new[i] = np.inf
    slot[s] = -1
    slot[j] = t
    opened[t] = j
    loss[t] = 0.0
    for q in range(number):
        i = touched[q]
        if first[i] == s or second[i] == s:
            first[i], cost1[i], second[i], cost2[i] = _nearest_two(town, i, slot, opened)
        elif new[i] < cost1[i]:
            second[i], cost2[i] = first[i], cost1[i]
            first[i], cost1[i] = j, new[i]
        else:
            second[i], cost2[i] = j, new[i]
        tail = _count_row(town, state, i, 1.0, queue, tail, waiting)
        new[i] = np.inf
    return tail


def swap_search(
    town: Lists, state: Lists, least: float, order: Ints, span: int, strength: int, rounds: int,
    random: NDArray[np.uint64], best: Ints, best_total: float,
) -> float:  # fmt: skip
    """Swaps until none helps, then ``rounds`` of iterated local search; the total of the best sites, left in ``best``.

    First every site is tried in ``order`` (none where that is empty). A round swaps a few neighbouring sites at random,
    at most ``strength``, mends that by swaps, and goes back where the total is no better. ``span`` is how far down a
    row's list the random sites are taken from. A swap has to save more than ``least``.
    """
    slot, opened = state[:2]
    rows, sites = len(state[2]), len(slot)
    slot.fill(-1)
    slot[opened] = np.arange(len(opened))
    for counted in state[6:]:
        counted.fill(0.0)
    queue = np.empty(sites, dtype=np.int64)
    queue[: len(order)] = order
    log_site, log_slot = np.empty(_LOG, dtype=np.int64), np.empty(_LOG, dtype=np.int64)
    # All wait already while rows are counted for the first time, so that only ``order`` is in the queue.
    scratch = (queue, np.ones(sites, dtype=bool), np.full(rows, np.inf), np.empty(rows, dtype=np.int64))
    total: float = _searched(
        town, state, scratch, log_site, log_slot, least, len(order), span, strength, rounds, random, best, best_total
    )
    return total


@kernel
def _searched(town, state, scratch, log_site, log_slot, least, tail, span, strength, rounds, random, best, best_total):
    row_ptr, row_site, site_ptr, site_row = town[0], town[1], town[3], town[4]
    slot, opened, first, second, cost1, cost2, gain, loss, extra = state
    queue, waiting, new, touched = scratch
    rows, sites, places = len(first), len(slot), len(opened)
    before = 0.0
    for i in range(rows):
        first[i], cost1[i], second[i], cost2[i] = _nearest_two(town, i, slot, opened)
        _count_row(town, state, i, 1.0, queue, tail, waiting)
        before += cost1[i]
    for j in range(sites):
        waiting[j] = False
    for k in range(tail):
        waiting[queue[k]] = True
    for turn in range(-1, rounds):
        head, logged, kicks, base = 0, 0, 0, 0
        if turn >= 0:
            tail = 0
            base = draw(random, rows)
            kicks = 1 + draw(random, strength)
        undoing = False
        while True:
            j, t = -1, -1
            if undoing:
                if logged == 0:
                    break
                logged -= 1
                j, t = log_site[logged], log_slot[logged]
            elif kicks > 0:
                kicks -= 1
                site = row_site[row_ptr[base] + draw(random, min(span, row_ptr[base + 1] - row_ptr[base]))]
                i = site_row[site_ptr[site] + draw(random, site_ptr[site + 1] - site_ptr[site])]
                j = row_site[row_ptr[i] + draw(random, min(span, row_ptr[i + 1] - row_ptr[i]))]
                if slot[j] < 0:
                    t = slot[first[i]] if first[i] >= 0 else draw(random, places)
            elif head < tail and (logged < _LOG or turn < 0):
                if turn >= 0:
                    # In a drawn order: else those near the first kick would always have the first say.
                    a, b = head % sites, (head + draw(random, tail - head)) % sites
                    queue[a], queue[b] = queue[b], queue[a]
                j = queue[head % sites]
                head += 1
                waiting[j] = False
                if slot[j] < 0:
                    at, cheapest = -1, gain[j] - least
                    for q in range(places):
                        price = loss[q] - extra[j, q]
                        if price < cheapest:
                            at, cheapest = q, price
                    t = at
            else:
                # Summed anew: what swaps save, added up, would drift.
                total = 0.0
                for i in range(rows):
                    total += cost1[i]
                if total < best_total - least:
                    best_total = total
                    for q in range(places):
                        best[q] = opened[q]
                while head < tail:
                    waiting[queue[head % sites]] = False
                    head += 1
                if turn < 0 or total <= before + least:
                    before = total
                    break
                undoing = True
                for q in range(sites):
                    waiting[q] = True
            if t >= 0:
                if not undoing:
                    log_site[logged % _LOG], log_slot[logged % _LOG] = opened[t], t
                    logged += 1
                tail = _swap(town, state, j, t, new, touched, queue, tail, waiting)
        if undoing:
            for j in range(sites):
                waiting[j] = False
    return best_total
