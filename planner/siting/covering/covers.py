"""What sites cover: the questions that every covering model asks of its matrix (demand rows × site columns)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Limits:
    """What the open columns may take in all: of each limit ``use`` (limits × columns), at most ``most`` (limits,)."""

    use: Floats
    most: Floats


def limits_of(cost: Floats, site_limit: float | None, budget: float | None) -> Limits:
    """A number of columns and an amount of money; ``None`` is no limit."""
    both = ((np.ones(len(cost)), site_limit), (cost, budget))
    kept = [(use, float(most)) for use, most in both if most is not None]
    return Limits(
        np.array([use for use, _ in kept]).reshape(len(kept), len(cost)), np.array([most for _, most in kept])
    )


def covered_by(matrix: sp.csr_array, selected: Ints) -> NDArray[np.bool_]:
    """Which demand rows at least one of the selected sites covers."""
    is_open = np.zeros(matrix.shape[1])
    is_open[selected] = 1.0
    covered: NDArray[np.bool_] = (matrix @ is_open) > 0
    return covered


def first_covering(matrix: sp.csr_array, selected: Ints) -> Ints:
    """The lowest-numbered selected site that covers each row, -1 for none."""
    site_of = np.full(matrix.shape[0], -1, dtype=np.int64)
    part = matrix[:, selected].tocsr()
    part.sort_indices()
    has = np.diff(part.indptr) > 0
    site_of[has] = selected[part.indices[part.indptr[:-1][has]]]
    return site_of


def greedily_within(matrix: sp.csr_array, weight: Floats, limits: Limits) -> Ints:
    """Columns opened one by one, each the one of the largest gain that all limits still allow."""
    chosen: list[int] = []
    left = limits.most.copy()
    bare = np.ones(len(weight), dtype=bool)
    while True:
        allowed = (limits.use <= left[:, None]).all(axis=0)
        gain = np.where(allowed, matrix.T @ np.where(bare, weight, 0.0), 0.0)
        if not gain.size or gain.max() <= 0.0:
            return np.array(chosen, dtype=np.int64)
        best = int(np.argmax(gain))
        chosen.append(best)
        left -= limits.use[:, best]
        bare &= ~covered_by(matrix, np.array([best]))


def without_useless(matrix: sp.csr_array, chosen: Ints) -> Ints:
    """The chosen columns without those whose rows the others cover: a site that adds nothing is not opened."""
    by_site = matrix[:, chosen].tocsc()
    times_covered = np.asarray(by_site.sum(axis=1)).ravel()
    needed = []
    for i in range(len(chosen)):
        rows = by_site.indices[by_site.indptr[i] : by_site.indptr[i + 1]]
        if (times_covered[rows] == 1).any():
            needed.append(i)
        else:
            times_covered[rows] -= 1
    return chosen[needed]
