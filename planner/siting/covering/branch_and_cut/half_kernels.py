"""Compiled search for inequalities that every whole answer keeps and a fractional one breaks.

Half of the sum of three covering rows, y_i ≤ Σ_j a_ij x_j and y_i ≤ 1, rounded, is one:
Σ_i y_i ≤ 1 + Σ_j ⌈k_j / 2⌉ x_j, where site j covers k_j of the rows (zero-half cuts: Caprara & Fischetti 1996; for rows
that all must be covered those of Balas & Ng 1989). A fractional answer breaks it by half of 1 - (slack of the rows) -
Σ x_j over the sites with odd k_j.

``x`` are the sites that are open at least in part; the town holds these alone. ``slack`` is that of both inequalities
of a row together. ``share`` is a symmetric sparse matrix: how much of each two rows the same sites cover.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel, step


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
