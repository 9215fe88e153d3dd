"""The local search for the cheapest sites that cover every row, with its state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.covering.set_cover.kernels import search_cover

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Steps are handed to compiled code in lots of about this many memory accesses, to look at the clock between them.
WORK_AT_ONCE: Final = 5e6


class SetCoverSearch:
    """Row-weighting local search over the columns of a covering matrix, in which every row has one.

    It looks for sets that cost at least ``unit`` less than ``value``: than the best so far, or, before there is one,
    than ``below``. Every cost is above 0.
    """

    def __init__(
        self, matrix: sp.csr_array, cost: Floats, *, below: float, unit: float, random: NDArray[np.uint64]
    ) -> None:
        matrix.sort_indices()
        by_site = matrix.tocsc()
        by_site.sort_indices()
        rows, sites = matrix.shape
        self.cost, self.unit, self.random = cost, unit, random
        self.by_row = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32)
        self.by_site = by_site.indptr.astype(np.int64), by_site.indices.astype(np.int32)
        self.best_open = np.zeros(sites, dtype=bool)
        price = np.ones(rows)
        self._state = (
            price, np.zeros(rows, dtype=np.int32), np.zeros(sites, dtype=bool), np.asarray(matrix.T @ price),
            np.zeros(sites), np.ones(sites, dtype=bool), np.arange(rows), np.arange(rows), np.full(sites, -2.0),
        )  # fmt: skip
        self._figures = np.array([below, 0.0, rows, 0.0])
        row_work, site_work = matrix.nnz / rows, matrix.nnz / sites
        self._steps_at_once = int(min(5_000, max(1, WORK_AT_ONCE / (2 * sites + 4 * row_work * site_work))))

    @property
    def chosen(self) -> Ints:
        """The best sites so far; none before there are any."""
        return np.flatnonzero(self.best_open)

    @property
    def value(self) -> float:
        """What the best sites so far cost."""
        return float(self._figures[0])

    def keep(self, chosen: Ints) -> None:
        """Take a better set from elsewhere for the best."""
        self._figures[0] = self.cost[chosen].sum()
        self.best_open[:] = False
        self.best_open[chosen] = True

    def improve(self, steps: int, over: Callable[[], bool], enough: float = 0.0) -> None:
        """Further ``steps``, counted so that a seed gives one answer, until ``over``, which is asked now and then.

        Ends where the best costs no more than ``enough``.
        """
        for _ in range(0, steps, self._steps_at_once):
            if self.value <= enough or over():
                return
            search_cover(
                *self.by_row, *self.by_site, self.cost, self.unit, float(enough), min(steps, self._steps_at_once),
                *self._state, self.best_open, self._figures, self.random,
            )  # fmt: skip
