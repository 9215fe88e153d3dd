"""Compiled local search of the capacitated models with whole rows: insertion, shifts, swaps and changes of sites."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc"
from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel, put, step
from planner.siting.draws import draw

_EPS = 1e-9


@kernel
def assign_whole(cost, load, room, order, site, rounds):
    """Give each row wholly to one column, then shift and swap rows while that is cheaper; whether more of it may help.

    ``site`` holds a column for each row, or -1 for those to insert in ``order`` (Ross & Soland 1975 for the model,
    Martello & Toth 1981 for the insertion). ``room`` is what is left. ``cost`` is columns × rows, for the whole row.
    After so many ``rounds`` of shifts and swaps it is left, to be called again.
    """
    columns, rows = cost.shape
    usable = np.empty(columns, dtype=np.int64)
    for k in range(columns):
        usable[k] = k
    for t in range(rows):
        i = order[t]
        if site[i] >= 0:
            continue
        best = columns - 1
        for k in range(columns):
            if load[i] <= room[k] and cost[k, i] < cost[best, i]:
                best = k
        site[i] = best
        room[best] -= load[i]
    return shift_and_swap(cost, load, room, usable, site, rounds)


@step
def shift_and_swap(cost, load, room, usable, site, rounds):
    """Move a row to another of the ``usable`` columns, swap two rows, or move one in and another on, while it pays.

    Ends after ``rounds``; whether the last one has changed something.
    """
    rows = len(load)
    improved = True
    while improved and rounds > 0:
        improved = False
        rounds -= 1
        for i in range(rows):
            a = site[i]
            best = a
            for k in usable:
                if load[i] <= room[k] and cost[k, i] < cost[best, i] - _EPS:
                    best = k
            if best != a:
                room[a] += load[i]
                room[best] -= load[i]
                site[i] = best
                improved = True
        for i in range(rows):
            for h in range(i + 1, rows):
                a, b = site[i], site[h]
                if a == b:
                    continue
                if cost[b, i] + cost[a, h] >= cost[a, i] + cost[b, h] - _EPS:
                    continue
                if load[i] <= room[b] + load[h] and load[h] <= room[a] + load[i]:
                    room[a] += load[i] - load[h]
                    room[b] += load[h] - load[i]
                    site[i], site[h] = b, a
                    improved = True
        if not improved:
            # One row in, another out to a third column.
            for i in range(rows):
                a = site[i]
                for h in range(rows):
                    b = site[h]
                    if b == a or cost[b, i] >= cost[a, i] - _EPS or load[i] > room[b] + load[h]:
                        continue
                    saved = cost[a, i] - cost[b, i] + cost[b, h]
                    best = -1
                    for k in usable:
                        if k != a and k != b and load[h] <= room[k] and cost[k, h] < saved - _EPS:
                            best = k
                            saved = cost[k, h]
                    if best >= 0:
                        room[a] += load[i]
                        room[b] += load[h] - load[i]
                        room[best] -= load[h]
                        site[i], site[h] = b, best
                        improved = True
                        break
    return improved


@kernel
def kick_and_mend(cost, load, holds, fee, fixed, candidates, site, is_open, rounds, random):
    """Iterated local search on whole rows: change a site for another, mend the assignment; the least cost found.

    ``cost`` is sites × rows with a last line for leaving a row; ``holds`` and ``fee`` are what a site holds and what
    opening it costs. ``site`` and ``is_open`` hold the best, before and after. New sites are drawn from ``candidates``.
    """
    sites, rows = len(holds), len(load)
    room = np.empty(sites + 1)
    now, now_open = site.copy(), is_open.copy()
    best = _whole_cost(cost, fee, fixed, site, is_open)
    current = best
    _fill_room(room, holds, now, load)
    opened = np.empty(sites, dtype=np.int64)
    for turn in range(rounds):
        before, before_open, before_room = now.copy(), now_open.copy(), room.copy()
        for _ in range(1 + draw(random, 2)):
            number = 0
            for j in range(sites):
                if now_open[j] and not fixed[j]:
                    opened[number] = j
                    number += 1
            new = candidates[draw(random, len(candidates))]
            if number == 0 or now_open[new]:
                continue
            # Mostly a neighbour in the old one's place, now and then any.
            old = opened[draw(random, number)]
            if draw(random, 4) > 0:
                near = np.inf
                for t in range(number):
                    apart = 0.0
                    for i in range(rows):
                        apart += min(abs(cost[opened[t], i] - cost[new, i]), 1e9)
                    if apart < near:
                        near, old = apart, opened[t]
            now_open[old], now_open[new] = False, True
            for i in range(rows):
                if now[i] == old:
                    room[old] += load[i]
                    to = sites
                    if load[i] <= room[new] and cost[new, i] < cost[sites, i]:
                        to = new
                    now[i] = to
                    room[to] -= load[i]
        while True:
            number = 0
            for j in range(sites):
                if now_open[j]:
                    number += 1
            usable = np.empty(number + 1, dtype=np.int64)
            number = 0
            for j in range(sites):
                if now_open[j]:
                    usable[number] = j
                    number += 1
            usable[number] = sites
            shift_and_swap(cost, load, room, usable, now, rows * rows)
            if not _recentre(cost, load, holds, fee, fixed, room, now, now_open):
                break
        value = _whole_cost(cost, fee, fixed, now, now_open)
        if value < best - _EPS:
            best = value
            put(now, site)
            put(now_open, is_open)
        # A little worse is let pass, so that the search does not sit in one valley.
        if value <= current + 0.003 * abs(best) or turn % 100 == 99:
            current = value
        else:
            now, now_open, room = before, before_open, before_room
        if turn % 100 == 99:
            now, now_open, current = site.copy(), is_open.copy(), best
            _fill_room(room, holds, now, load)
    return best


@step
def _fill_room(room, holds, site, load):
    for j in range(len(holds)):
        room[j] = holds[j]
    room[len(holds)] = np.inf
    for i in range(len(load)):
        room[site[i]] -= load[i]


@step
def _recentre(cost, load, holds, fee, fixed, room, site, is_open):
    """Move each new site to where its rows travel less; whether any moved."""
    sites, rows = len(holds), len(load)
    moved = False
    for a in range(sites):
        if not is_open[a] or fixed[a]:
            continue
        used = holds[a] - room[a]
        best, best_cost = a, fee[a] - _EPS
        for i in range(rows):
            if site[i] == a:
                best_cost += cost[a, i]
        for b in range(sites):
            if is_open[b] or holds[b] < used:
                continue
            there = fee[b]
            for i in range(rows):
                if site[i] == a:
                    there += cost[b, i]
                    if there >= best_cost:
                        break
            if there < best_cost:
                best, best_cost = b, there
        if best != a:
            is_open[a], is_open[best] = False, True
            room[best] = holds[best] - used
            room[a] = holds[a]
            for i in range(rows):
                if site[i] == a:
                    site[i] = best
            moved = True
    return moved


@step
def _whole_cost(cost, fee, fixed, site, is_open):
    total = 0.0
    for i in range(len(site)):
        total += cost[site[i], i]
    for j in range(len(fee)):
        if is_open[j] and not fixed[j]:
            total += fee[j]
    return total
