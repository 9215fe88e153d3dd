"""Making a covering problem smaller without changing its answer."""

from __future__ import annotations

from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Comparing all pairs of sites costs the sum of the squared row lengths; beyond this it does not pay.
_MOST_PAIRS: Final = 50_000_000
_ROWS_AT_ONCE: Final = 50_000


def merged_rows(matrix: sp.csr_array, weight: Floats) -> tuple[sp.csr_array, Floats, Ints]:
    """Rows with the same sites as one row with the sum of their weights, and the row that each became (-1: none).

    Rows without sites or without weight are dropped. Rows are told apart by two independent 64-bit sums of random site
    numbers and then compared entry by entry, so a collision cannot merge what differs.
    """
    matrix.sort_indices()
    length = np.diff(matrix.indptr)
    kept = np.flatnonzero((length > 0) & (weight > 0))
    became = np.full(matrix.shape[0], -1, dtype=np.int64)
    if kept.size == 0:
        return sp.csr_array((0, matrix.shape[1])), np.empty(0), became
    part = matrix if kept.size == matrix.shape[0] else matrix[kept]
    sums = _row_sums(part)
    order = np.lexsort((sums[1], sums[0]))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (sums[:, order[1:]] != sums[:, order[:-1]]).any(axis=0)
    new[1:][~new[1:]] = _differ(part, order[:-1][~new[1:]], order[1:][~new[1:]])
    group = np.cumsum(new) - 1
    became[kept[order]] = group
    first = order[new]
    sums_of_weight = np.bincount(group, weights=weight[kept[order]]).astype(np.float64)
    return part[first], sums_of_weight, became


def _row_sums(matrix: sp.csr_array) -> NDArray[np.uint64]:
    """Two sums a row of random numbers of its sites; blocks of rows, so that millions take little room."""
    numbers = np.random.default_rng(0).integers(1, 2**63, (2, matrix.shape[1]), dtype=np.uint64)
    sums = np.empty((2, matrix.shape[0]), dtype=np.uint64)
    for begin in range(0, matrix.shape[0], _ROWS_AT_ONCE):
        at = matrix.indptr[begin : begin + _ROWS_AT_ONCE + 1]
        sites = matrix.indices[at[0] : at[-1]]
        sums[:, begin : begin + _ROWS_AT_ONCE] = np.add.reduceat(numbers[:, sites], at[:-1] - at[0], axis=1)
    return sums


def _differ(matrix: sp.csr_array, left: Ints, right: Ints) -> NDArray[np.bool_]:
    """Which pairs of rows do not hold the same sites."""
    length = np.diff(matrix.indptr)
    differ: NDArray[np.bool_] = length[left] != length[right]
    same = np.flatnonzero(~differ)
    if same.size == 0:
        return differ
    count = length[left[same]]
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    unequal = (
        matrix.indices[np.repeat(matrix.indptr[left[same]], count) + offset]
        != matrix.indices[np.repeat(matrix.indptr[right[same]], count) + offset]
    )
    differ[same] = np.add.reduceat(unequal.astype(np.int64), np.cumsum(count) - count) > 0
    return differ


def undominated_sites(matrix: sp.csr_array, cost: Floats) -> Ints:
    """The sites that some best answer can do with: none whose rows a site that costs no more covers too.

    Of sites that cover the same at the same cost the first stays. Where comparing would take too long, all stay.
    """
    sites = matrix.shape[1]
    length = np.diff(matrix.indptr).astype(np.float64)
    if (length**2).sum() > _MOST_PAIRS:
        return np.arange(sites)
    by_site = matrix.T.tocsr()
    shared = (by_site @ matrix).tocoo()
    size = np.diff(by_site.indptr)
    a, b = shared.row, shared.col
    inside = (shared.data >= size[a] - 0.5) & (a != b) & (cost[b] <= cost[a])
    equal = inside & (size[a] == size[b]) & (cost[a] == cost[b])
    loser = a[inside & (~equal | (b < a))]
    stays = np.ones(sites, dtype=bool)
    stays[loser] = False
    stays[size == 0] = False
    return np.flatnonzero(stays)
