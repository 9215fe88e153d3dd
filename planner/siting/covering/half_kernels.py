"""Compiled search for inequalities that every whole answer keeps and a fractional one breaks.

Half of the sum of an odd number n of covering rows, y_i ≤ Σ_j a_ij x_j and y_i ≤ 1, rounded, is one:
Σ_i y_i ≤ (n - 1) / 2 + Σ_j ⌈k_j / 2⌉ x_j, where site j covers k_j of the rows (zero-half cuts: Caprara & Fischetti
1996; for three rows that all must be covered those of Balas & Ng 1989). A fractional answer breaks it by half of
1 - (slack of the rows) - Σ x_j over the sites with odd k_j.

``x`` are the sites that are open at least in part; the town holds these alone. ``slack`` is that of both inequalities
of a row together. ``share`` is a symmetric sparse matrix: how much of each two rows the same sites cover.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel, step

_LARGEST = 9


@kernel
def broken_triples(row_ptr, row_site, x, slack, share_ptr, share_row, share, least, found, broken):
    """Triples of rows whose inequality is broken by more than ``least``, into ``found`` and ``broken``; how many."""
    rows = len(row_ptr) - 1
    mass = np.zeros(rows)
    for i in range(rows):
        for q in range(row_ptr[i], row_ptr[i + 1]):
            mass[i] += x[row_site[q]]
    alike = np.zeros(rows)
    in_both = np.zeros(len(x), dtype=np.bool_)
    number = 0
    for i in range(rows):
        if slack[i] >= 1.0 - 2.0 * least:
            continue
        for q in range(share_ptr[i], share_ptr[i + 1]):
            alike[share_row[q]] = share[q]
        for q in range(share_ptr[i], share_ptr[i + 1]):
            k = share_row[q]
            if k <= i or share[q] < 0.02:
                continue
            two = 1.0 - slack[i] - slack[k] - mass[i] - mass[k] + 2.0 * share[q]
            marked = False
            for p in range(share_ptr[k], share_ptr[k + 1]):
                r = share_row[p]
                if r <= k or alike[r] < 0.02:
                    continue
                lack = (two - slack[r] - mass[r] + 2.0 * (share[p] + alike[r])) / 2.0
                if lack <= least:
                    continue
                if not marked:
                    marked = True
                    _mark_both(i, k, row_ptr, row_site, in_both)
                for z in range(row_ptr[r], row_ptr[r + 1]):
                    if in_both[row_site[z]]:
                        lack -= 2.0 * x[row_site[z]]
                if lack > least and number < len(broken):
                    found[number, 0], found[number, 1], found[number, 2] = i, k, r
                    broken[number] = lack
                    number += 1
            if marked:
                for z in range(row_ptr[i], row_ptr[i + 1]):
                    in_both[row_site[z]] = False
        for q in range(share_ptr[i], share_ptr[i + 1]):
            alike[share_row[q]] = 0.0
    return number


@step
def _mark_both(i, k, row_ptr, row_site, in_both):
    """Mark the sites that cover both rows; the sites of a row are in order."""
    a, b = row_ptr[i], row_ptr[k]
    while a < row_ptr[i + 1] and b < row_ptr[k + 1]:
        if row_site[a] == row_site[b]:
            in_both[row_site[a]] = True
            a += 1
            b += 1
        elif row_site[a] < row_site[b]:
            a += 1
        else:
            b += 1


@kernel
def grown_sets(row_ptr, row_site, site_ptr, site_row, x, slack, start, found, size_of):
    """Odd sets of rows grown from triples two rows at a time while that breaks more; a row twice in is out again.

    Row t of ``found`` holds the set grown from ``start[t]``, ``size_of[t]`` its size; returned is how much each breaks.
    """
    rows, sites = len(row_ptr) - 1, len(x)
    odd = np.zeros(sites, dtype=np.bool_)
    inside = np.zeros(rows, dtype=np.bool_)
    listed = np.zeros(rows, dtype=np.bool_)
    near = np.empty(rows, dtype=np.int64)
    change = np.empty(rows)
    broken = np.zeros(len(start))
    in_first = np.zeros(sites, dtype=np.bool_)
    for t in range(len(start)):
        size, total = 0, 0.0
        for a in range(3):
            total += _flip(start[t, a], row_ptr, row_site, x, slack, odd, inside)
            found[t, size] = start[t, a]
            size += 1
        while size + 2 <= _LARGEST:
            count = 0
            for a in range(size):
                for q in range(row_ptr[found[t, a]], row_ptr[found[t, a] + 1]):
                    j = row_site[q]
                    if odd[j]:
                        for z in range(site_ptr[j], site_ptr[j + 1]):
                            row = site_row[z]
                            if not listed[row] and slack[row] < 0.5:
                                listed[row] = True
                                near[count] = row
                                count += 1
            for c in range(count):
                row = near[c]
                listed[row] = False
                change[c] = -slack[row] if inside[row] else slack[row]
                for q in range(row_ptr[row], row_ptr[row + 1]):
                    change[c] += -x[row_site[q]] if odd[row_site[q]] else x[row_site[q]]
            best, first, second = -1e-4, -1, -1
            for c in range(count):
                if change[c] > 0.8:
                    continue
                for q in range(row_ptr[near[c]], row_ptr[near[c] + 1]):
                    in_first[row_site[q]] = True
                for e in range(c + 1, count):
                    both = change[c] + change[e]
                    if both > 0.8:
                        continue
                    for q in range(row_ptr[near[e]], row_ptr[near[e] + 1]):
                        j = row_site[q]
                        if in_first[j]:
                            both += 2.0 * x[j] if odd[j] else -2.0 * x[j]
                    if both < best:
                        best, first, second = both, near[c], near[e]
                for q in range(row_ptr[near[c]], row_ptr[near[c] + 1]):
                    in_first[row_site[q]] = False
            if first < 0:
                break
            for row in (first, second):
                was = inside[row]
                total += _flip(row, row_ptr, row_site, x, slack, odd, inside)
                if was:
                    for a in range(size):
                        if found[t, a] == row:
                            found[t, a] = found[t, size - 1]
                            size -= 1
                            break
                else:
                    found[t, size] = row
                    size += 1
        broken[t] = (1.0 - total) / 2.0
        size_of[t] = size
        for a in range(size):
            inside[found[t, a]] = False
            for q in range(row_ptr[found[t, a]], row_ptr[found[t, a] + 1]):
                odd[row_site[q]] = False
    return broken


@step
def _flip(row, row_ptr, row_site, x, slack, odd, inside):
    """Put a row into the set, or take it out; by how much slack and odd sites grow."""
    grown = -slack[row] if inside[row] else slack[row]
    inside[row] = not inside[row]
    for q in range(row_ptr[row], row_ptr[row + 1]):
        j = row_site[q]
        grown += -x[j] if odd[j] else x[j]
        odd[j] = not odd[j]
    return grown
