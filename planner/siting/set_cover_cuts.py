"""Compiled search for inequalities that every set cover keeps and a fractional one breaks.

Half of the sum of an odd number n of covering rows, rounded up, is one: Σ ⌈k_j / 2⌉ x_j ≥ (n + 1) / 2, where site j
covers k_j of the rows (zero-half cuts: Caprara & Fischetti 1996; for three rows those of Balas & Ng 1989). The
relaxation answer x breaks it by half of 1 - (slack of the rows) - Σ x_j over the sites with odd k_j.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel, step

_LARGEST = 9


@kernel
def pair_masses(site_ptr, site_row, x, rows):
    """How much of each two rows the same sites cover: rows × rows."""
    mass = np.zeros((rows, rows), dtype=np.float32)
    for j in range(len(x)):
        for a in range(site_ptr[j], site_ptr[j + 1]):
            for b in range(site_ptr[j], site_ptr[j + 1]):
                mass[site_row[a], site_row[b]] += x[j]
    return mass


@kernel
def broken_triples(row_ptr, row_site, site_ptr, site_row, x, mass, least, found, broken):
    """Triples of rows whose inequality is broken by more than ``least``, into ``found`` and ``broken``; how many."""
    rows = len(row_ptr) - 1
    near = np.empty(rows, dtype=np.int64)
    all_three = np.zeros(rows)
    in_first = np.zeros(len(x), dtype=np.bool_)
    number = 0
    for i in range(rows):
        count = 0
        for k in range(i + 1, rows):
            if mass[i, k] > 0.02:
                near[count] = k
                count += 1
        for q in range(row_ptr[i], row_ptr[i + 1]):
            in_first[row_site[q]] = True
        for a in range(count):
            k = near[a]
            all_three[:] = 0.0
            for q in range(row_ptr[k], row_ptr[k + 1]):
                j = row_site[q]
                if in_first[j]:
                    for t in range(site_ptr[j], site_ptr[j + 1]):
                        all_three[site_row[t]] += x[j]
            for b in range(a + 1, count):
                r = near[b]
                if mass[k, r] > 0.0:
                    twice = mass[i, k] + mass[i, r] + mass[k, r] - 2.0 * all_three[r]
                    lack = 2.0 - (mass[i, i] + mass[k, k] + mass[r, r] - twice)
                    if lack > least and number < len(broken):
                        found[number, 0], found[number, 1], found[number, 2] = i, k, r
                        broken[number] = lack
                        number += 1
        for q in range(row_ptr[i], row_ptr[i + 1]):
            in_first[row_site[q]] = False
    return number


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
