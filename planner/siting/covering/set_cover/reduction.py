"""Making a set-covering problem smaller without changing its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.covering.reduction import merged_rows, undominated_sites

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Comparing all pairs of rows costs the sum of the squared column lengths; beyond this it does not pay.
_MOST_PAIRS: Final = 50_000_000


@dataclass(frozen=True)
class Core:
    """What is left to decide: rows that nothing decided covers, the sites that are still free, those that must open."""

    matrix: sp.csr_array
    sites: Ints
    opened: Ints


def reduced(matrix: sp.csr_array, cost: Floats) -> Core:
    """The core of a set-covering problem in which every row has a site and every site a cost above 0.

    In turn, until nothing changes: rows that hold all sites of another row are dropped (what covers that one covers
    them), sites whose rows a site that costs no more covers too are dropped, and the only site of a row is opened
    (Toregas & ReVelle 1973; Beasley 1987).
    """
    sites = np.arange(matrix.shape[1])
    opened: list[int] = []
    part, _, _ = merged_rows(matrix, np.ones(matrix.shape[0]))
    while True:
        before = part.shape
        part = part[needed_rows(part)].tocsr()
        only = np.unique(part.indices[part.indptr[:-1][np.diff(part.indptr) == 1]])
        if only.size:
            opened.extend(sites[only].tolist())
            is_open = np.zeros(part.shape[1])
            is_open[only] = 1.0
            part = part[(part @ is_open) == 0].tocsr()
        useful = undominated_sites(part, cost[sites])
        part, sites = part[:, useful].tocsr(), sites[useful]
        if part.shape == before:
            part.sort_indices()
            return Core(part, sites, np.array(sorted(opened), dtype=np.int64))


def needed_rows(matrix: sp.csr_array) -> Ints:
    """The rows that hold all sites of no other row; of equal rows the first."""
    by_site = matrix.T.tocsr()
    if (np.diff(by_site.indptr).astype(np.float64) ** 2).sum() > _MOST_PAIRS:
        return np.arange(matrix.shape[0])
    shared = (matrix @ by_site).tocoo()
    size = np.diff(matrix.indptr)
    a, b = shared.row, shared.col
    holds = (shared.data >= size[b] - 0.5) & (a != b)
    loser = a[holds & ((size[a] > size[b]) | (b < a))]
    stays = np.ones(matrix.shape[0], dtype=bool)
    stays[loser] = False
    return np.flatnonzero(stays)
