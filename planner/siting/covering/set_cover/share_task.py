"""Targets of set covering made smaller: rows of the same sites as one, and what their targets then need."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.covering.reduction import merged_rows
from planner.siting.covering.set_cover.targets import Targets

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ShareTask:
    """Rows of which ``required`` must be covered and targets: ``parts`` (targets × rows) of which ``need`` must be."""

    matrix: sp.csr_array
    required: NDArray[np.bool_]
    parts: sp.csr_array
    need: Floats
    slack: Floats

    def met(self, chosen: Ints) -> bool:
        """Whether these sites are enough."""
        covered = np.diff(self.matrix[:, chosen].tocsr().indptr) > 0
        enough = self.parts @ covered.astype(np.float64) >= self.need - self.slack
        return bool(covered[self.required].all() and enough.all())

    def only(self, sites: Ints) -> ShareTask:
        """The same with some of the sites."""
        return replace(self, matrix=self.matrix[:, sites].tocsr())


def merged_targets(matrix: sp.csr_array, targets: Targets) -> ShareTask:
    """The targets with rows of the same sites as one, and needs rounded up where weights are whole."""
    counts = targets.required | (np.asarray(targets.parts.sum(axis=0)).ravel() > 0)
    small, _, became = merged_rows(matrix, counts.astype(np.float64))
    of = np.flatnonzero(became >= 0)
    join = sp.csr_array((np.ones(len(of)), (of, became[of])), shape=(len(became), small.shape[0]))
    required: NDArray[np.bool_] = np.asarray(join.T @ targets.required.astype(np.float64)) > 0
    parts = (targets.parts @ join).tocsr()
    need, slack = targets.need.copy(), targets.slack.copy()
    need -= np.asarray(parts @ required.astype(np.float64))
    parts = (parts @ sp.diags_array((~required).astype(np.float64))).tocsr()
    parts.eliminate_zeros()
    if (targets.parts.data == np.round(targets.parts.data)).all():
        need, slack = np.ceil(need - slack), np.full(len(need), 0.25)
    still = need > slack
    return ShareTask(small, required, parts[still].tocsr(), need[still], slack[still])
