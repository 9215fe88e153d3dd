"""Compiled local search of maximal covering, with kicks.

A town is as in :mod:`planner.siting.covering.max_cover.kernels`.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc, assignment"
from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel, put, step
from planner.siting.covering.max_cover.kernels import open_site, shut_site
from planner.siting.draws import draw

# Swaps of one round that can be taken back; a round that needs more is stopped there.
_LOG = 1024


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

    A round swaps a few sites, ``strength`` at most, around a drawn row at random, then swaps on while that covers more,
    trying the ``likely`` sites near what has changed; with a ``strength`` of 0 it only swaps on, trying them all. A
    round that ends worse is taken back, or kept with the chance exp(-loss / ``heat``).
    ``random`` is the state of a 64-bit generator, changed in place; the best set of sites is kept in ``best_open``.
    """
    rows, sites, cheapest = len(weight), len(gain), np.inf
    opened, number = np.empty(sites, dtype=np.int64), np.int64(0)
    for j in range(sites):
        cheapest = min(cheapest, cost[j])
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
        kicks = 1 + draw(random, strength) if strength > 0 else 0
        if strength == 0:
            for q in range(sites):
                if likely[q]:
                    waiting[q] = True
                    queue[tail] = q
                    tail += 1
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
            put(is_open, best_open)
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
