"""Zero-half cuts of a covering program, from three rows each."""

from __future__ import annotations

from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.covering.branch_and_cut.cut import Cut, shared_by_rows
from planner.siting.covering.branch_and_cut.half_kernels import broken_triples

Floats = NDArray[np.float64]

_CUTS_A_ROUND: Final = 300
_USES_OF_A_ROW: Final = 4
_MOST_TRIPLES: Final = 200_000
# Cuts that are broken by less than this are left.
_LEAST: Final = 0.02


class HalfCuts:
    """The search for zero-half cuts.

    Where rows may stay bare, the columns from ``served`` on say how far each is covered.
    """

    def __init__(self, matrix: sp.csr_array, served: int | None) -> None:
        self.matrix, self.served = matrix, served
        self.known: set[tuple[int, ...]] = set()

    def broken(self, columns: Floats) -> list[Cut]:
        """Cuts that the relaxation's answer ``columns`` breaks, the most broken first, no row in many of them."""
        x = columns[: self.matrix.shape[1]]
        use = np.flatnonzero(x > 1e-6)
        by_row = self.matrix[:, use].tocsr()
        by_row.sort_indices()
        share = shared_by_rows(by_row, x[use])
        bare = 0.0 if self.served is None else 1.0 - columns[self.served :]
        slack = np.maximum(by_row @ x[use] - 1.0 + bare, 0.0) + bare
        triple, broken = np.empty((_MOST_TRIPLES, 3), dtype=np.int64), np.empty(_MOST_TRIPLES)
        count = broken_triples(
            by_row.indptr, by_row.indices, x[use], slack, share.indptr, share.indices, share.data,
            _LEAST, triple, broken,
        )  # fmt: skip
        triples = [tuple(rows) for rows in triple[:count].tolist()]
        kept: list[tuple[int, ...]] = []
        uses = np.zeros(self.matrix.shape[0], dtype=np.int64)
        for t in np.argsort(-broken[:count], kind="stable"):
            rows = triples[t]
            if len(kept) == _CUTS_A_ROUND:
                break
            if rows not in self.known and uses[list(rows)].max() < _USES_OF_A_ROW:
                self.known.add(rows)
                uses[list(rows)] += 1
                kept.append(rows)
        return [self._cut_of(rows) for rows in kept]

    def _cut_of(self, rows: tuple[int, ...]) -> Cut:
        times = np.asarray(self.matrix[list(rows)].sum(axis=0)).ravel()
        columns = np.flatnonzero(times)
        amounts = np.ceil(times[columns] / 2)
        if self.served is None:
            return Cut(2.0, columns, amounts)
        return Cut(-1.0, np.append(columns, self.served + np.array(rows)), np.append(amounts, -np.ones(len(rows))))
