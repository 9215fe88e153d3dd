# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"
"""Compiled parts of the covering decisions of the p-center, on rows and sites as sets of bits."""

from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel
from planner.siting.draws import draw


@kernel
def extremes(bits, size, largest):
    """Which sets are in no other set (``largest``), or hold no other set; of equal sets the first stays.

    ``bits``: sets × words of 64 bits. ``size``: how many elements each has.
    """
    sets, words = bits.shape
    stays = np.ones(sets, dtype=np.bool_)
    for a in range(sets):
        for b in range(sets):
            if a == b or not stays[b]:
                continue
            small, large = (a, b) if largest else (b, a)
            if size[small] > size[large] or (size[small] == size[large] and a < b):
                continue
            inside = True
            for k in range(words):
                if bits[small, k] & ~bits[large, k]:
                    inside = False
                    break
            if inside:
                stays[a] = False
                break
    return stays


@kernel
def greedy_cover(covers, by_rarity):
    """Columns that cover every row, one by one the one with the most rows left (rare rows count more, if wanted).

    ``covers``: dense, rows × columns; every row has a column. Columns that turn out unneeded are left out.
    """
    rows, columns = covers.shape
    share = np.ones(rows)
    if by_rarity:
        for i in range(rows):
            number = 0
            for j in range(columns):
                if covers[i, j]:
                    number += 1
            share[i] = 1.0 / number
    gain = np.zeros(columns)
    for i in range(rows):
        for j in range(columns):
            if covers[i, j]:
                gain[j] += share[i]
    times = np.zeros(rows, dtype=np.int64)
    chosen = np.empty(rows, dtype=np.int64)
    number, left = 0, rows
    while left > 0:
        best = 0
        for j in range(columns):
            if gain[j] > gain[best]:
                best = j
        chosen[number] = best
        number += 1
        for i in range(rows):
            if covers[i, best]:
                times[i] += 1
                if times[i] == 1:
                    left -= 1
                    for j in range(columns):
                        if covers[i, j]:
                            gain[j] -= share[i]
        gain[best] = -1.0
    kept = 0
    for q in range(number):
        needed = False
        for i in range(rows):
            if covers[i, chosen[q]] and times[i] == 1:
                needed = True
                break
        if needed:
            chosen[kept] = chosen[q]
            kept += 1
        else:
            for i in range(rows):
                if covers[i, chosen[q]]:
                    times[i] -= 1
    return chosen[:kept]


@kernel
def weighted_cover(row_ptr, row_column, column_ptr, column_row, chosen, steps, random):
    """Change ``chosen`` (columns, in place) one for one until they cover every row; whether that was reached.

    A row left out weighs more with every step, so that no row is left out for long: row weighting local search of Gao,
    Weise & Li (2015), An efficient local search heuristic with row weighting for the unicost set covering problem.
    European Journal of Operational Research 246.
    """
    rows, columns = len(row_ptr) - 1, len(column_ptr) - 1
    heavy = np.ones(rows)
    times = np.zeros(rows, dtype=np.int64)
    score = np.zeros(columns)
    since = np.zeros(columns, dtype=np.int64)
    barred = np.zeros(columns, dtype=np.bool_)
    is_in = np.zeros(columns, dtype=np.bool_)
    left, place = np.empty(rows, dtype=np.int64), np.empty(rows, dtype=np.int64)
    missing = 0
    for j in chosen:
        is_in[j] = True
        for k in range(column_ptr[j], column_ptr[j + 1]):
            times[column_row[k]] += 1
    for i in range(rows):
        place[i] = -1
        if times[i] == 0:
            left[missing] = i
            place[i] = missing
            missing += 1
        for k in range(row_ptr[i], row_ptr[i + 1]):
            j = row_column[k]
            if times[i] == 0 or (times[i] == 1 and is_in[j]):
                score[j] += 1.0
    for step in range(1, steps + 1):
        if missing == 0:
            return True
        at = -1
        for q in range(len(chosen)):
            j = chosen[q]
            if since[j] == step - 1 and step > 1:
                continue
            if at < 0 or (score[j], since[j]) < (score[chosen[at]], since[chosen[at]]):
                at = q
        if at < 0:
            at = draw(random, len(chosen))
        out = chosen[at]
        is_in[out] = False
        since[out] = step
        barred[out] = True
        for k in range(column_ptr[out], column_ptr[out + 1]):
            i = column_row[k]
            times[i] -= 1
            if times[i] == 0:
                left[missing] = i
                place[i] = missing
                missing += 1
            for q in range(row_ptr[i], row_ptr[i + 1]):
                j = row_column[q]
                if j == out:
                    continue
                barred[j] = False
                if times[i] == 0 or (times[i] == 1 and is_in[j]):
                    score[j] += heavy[i]
        i = left[draw(random, missing)]
        best = -1
        for q in range(row_ptr[i], row_ptr[i + 1]):
            j = row_column[q]
            if barred[j] and row_ptr[i + 1] - row_ptr[i] > 1:
                continue
            if best < 0 or score[j] > score[best] or (score[j] == score[best] and since[j] < since[best]):
                best = j
        if best < 0:
            best = row_column[row_ptr[i]]
        chosen[at] = best
        is_in[best] = True
        since[best] = step
        for k in range(column_ptr[best], column_ptr[best + 1]):
            i = column_row[k]
            times[i] += 1
            if times[i] == 1:
                missing -= 1
                last = left[missing]
                left[place[i]] = last
                place[last] = place[i]
                place[i] = -1
            for q in range(row_ptr[i], row_ptr[i + 1]):
                j = row_column[q]
                if j == best:
                    continue
                barred[j] = False
                if times[i] == 1 or (times[i] == 2 and is_in[j]):
                    score[j] -= heavy[i]
        for q in range(missing):
            i = left[q]
            heavy[i] += 1.0
            for k in range(row_ptr[i], row_ptr[i + 1]):
                score[row_column[k]] += 1.0
    return missing == 0
