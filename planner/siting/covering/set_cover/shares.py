"""The search for the cheapest sites that cover a share of the weight, or of the weight of every group."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.covering.reduction import undominated_sites
from planner.siting.covering.set_cover.core import Found
from planner.siting.covering.set_cover.fewest import fewest_sites
from planner.siting.covering.set_cover.share_kernels import mend_shares
from planner.siting.covering.set_cover.share_program import ShareProgram
from planner.siting.covering.set_cover.share_task import ShareTask, merged_targets
from planner.siting.covering.set_cover.targets import Targets
from planner.siting.stopping import INTERRUPTED, Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROUNDS: Final = 200
_WORK: Final = 2e9
# A site that the relaxation has wholly open is priced at this less 1 of its cost.
_LIKED: Final = 1.02


def search_for_shares(
    matrix: sp.csr_array, targets: Targets, cost: Floats, gap: float, seed: int, deadline: Deadline
) -> Found:
    """Columns that meet the targets, as cheap as can be found until the deadline; every cost is above 0."""
    task = merged_targets(matrix, targets)
    useful = undominated_sites(task.matrix, cost)
    search = _ShareSearch(task.only(useful), cost[useful], gap, seed, deadline)
    try:
        search.improve()
        found = search.count() if search.counts else search.prove()
    except KeyboardInterrupt:
        found = Found(search.chosen, search.bound, INTERRUPTED)
    return Found(useful[found.chosen], found.bound, found.method)


class _ShareSearch:
    """The search with its state: the open sites, the best ones so far and what the targets miss."""

    def __init__(self, task: ShareTask, cost: Floats, gap: float, seed: int, deadline: Deadline) -> None:
        self.task, self.cost, self.gap, self.deadline = task, cost, gap, deadline
        self.whole = bool((cost == np.round(cost)).all())
        rows, sites = task.matrix.shape
        # The rows that must be covered are one more target; every target counts 1 in all.
        all_parts = sp.vstack([sp.csr_array(task.required[None, :].astype(np.float64)), task.parts], format="csr")
        all_need = np.concatenate([[max(1.0, task.required.sum())], task.need])
        terms = (sp.diags_array(1.0 / all_need) @ all_parts).tocsc()
        by_site = task.matrix.tocsc()
        by_site.sort_indices()
        self.town = (
            by_site.indptr.astype(np.int64), by_site.indices.astype(np.int32),
            terms.indptr.astype(np.int64), terms.indices.astype(np.int32), terms.data,
        )  # fmt: skip
        self.dearest = np.argsort(-cost, kind="stable")
        self.slack = np.concatenate([[0.25], task.slack]) / all_need
        missing = np.ones(len(all_need))
        missing[0] = 1.0 if task.required.any() else 0.0
        self.is_open = np.zeros(sites, dtype=bool)
        self.state: tuple[NDArray[Any], ...] = (missing, np.zeros(rows, dtype=np.int32), self.is_open)
        self.best_open, self.value, self.bound = np.ones(sites, dtype=bool), float(cost.sum()), 0.0
        self.seed, self.random = seed, np.random.default_rng(seed)

    @property
    def chosen(self) -> Ints:
        """The best sites so far."""
        return np.flatnonzero(self.best_open)

    def improve(self) -> None:
        """Greedy, then rounds of ruin and recreate."""
        self.spent = mend_shares(
            *self.town, self.slack, self.cost, self.cost, self.dearest, np.empty(0, dtype=np.int64), *self.state
        )
        self.value, self.best_open = self.spent, self.is_open.copy()
        self._rounds(self.cost)

    def relax(self, program: ShareProgram) -> Floats:
        """The linear relaxation, its bound, and rounds from what it likes; what answers with a site cost at least."""
        relaxed = program.relaxed(self.deadline)
        self.bound = min(self.value, max(0.0, self._rounded(relaxed.bound)))
        if not self.deadline.passed():
            price = self.cost * (_LIKED - relaxed.x)
            self._round(np.flatnonzero(self.is_open), price)
            self._rounds(price)
        return relaxed.bound + np.maximum(relaxed.reduced_cost, 0.0)

    def _rounds(self, price: Floats) -> None:
        """Ruin and recreate (Schrimpf et al. 2000); counted, so that a seed gives one answer on every machine."""
        ruin = max(2, int(self.is_open.sum()) // 4)
        for _ in range(int(min(_ROUNDS, max(3, _WORK / (self.task.matrix.nnz * ruin))))):
            opened = np.flatnonzero(self.is_open)
            if self.deadline.passed() or not len(opened):
                return
            some = min(len(opened), int(self.random.integers(1, ruin + 1)))
            self._round(self.random.choice(opened, some, replace=False), price)

    def _round(self, ruined: Ints, price: Floats) -> None:
        """Shut these sites and open others of little ``price``, some chance in it; taken back where dearer."""
        before = [part.copy() for part in self.state]
        blur = 1.0 + 0.25 * self.random.random(len(self.cost))
        more = mend_shares(
            *self.town, self.slack, self.cost, price * blur, self.dearest, ruined, *self.state,
        )  # fmt: skip
        if more > 0.0:
            for part, was in zip(self.state, before, strict=True):
                part[:] = was
        else:
            self.spent += more
            if self.spent < self.value - 1e-12:
                self.value, self.best_open = self.spent, self.is_open.copy()

    def _rounded(self, bound: float) -> float:
        return float(np.ceil(bound - 1e-6)) if self.whole else bound

    @property
    def counts(self) -> bool:
        """Whether the fewest sites are asked for, and one share of the weight."""
        return len(self.task.need) == 1 and not self.task.required.any() and bool((self.cost == self.cost[0]).all())

    def count(self) -> Found:
        """The fewest sites for the one share."""
        task = self.task
        return fewest_sites(
            task.matrix, task.parts.toarray()[0], float((task.need - task.slack)[0]), float(self.cost[0]), self.chosen,
            self.gap, self.seed, self.deadline,
        )  # fmt: skip

    def prove(self) -> Found:
        """The linear relaxation, and HiGHS on the sites that a better answer may have open."""
        least_with = self.relax(ShareProgram(self.task, self.cost))
        if self.value - self.bound <= self.gap * self.value or self.deadline.passed():
            return Found(self.chosen, self.bound, "linear relaxation and local search")
        unit = 1.0 - 1e-6 if self.whole else 1e-9 * float(self.cost.sum())
        may = np.flatnonzero(least_with <= self.value - unit)
        task = self.task.only(may)
        answer = ShareProgram(task, self.cost[may]).solve(
            self.best_open[may], time_limit_s=self.deadline.left_s, gap=self.gap, whole=self.whole
        )
        bound = self.value if answer.impossible else max(self.bound, min(self.value, answer.bound))
        method = INTERRUPTED if answer.interrupted else "HiGHS and local search"
        if answer.chosen is None:
            return Found(self.chosen, bound, method)
        cost, chosen = float(self.cost[may[answer.chosen]].sum()), may[answer.chosen]
        if answer.best:
            bound = min(self.value, cost)
        if cost < self.value and self.task.met(chosen):
            return Found(chosen, min(bound, cost), INTERRUPTED if answer.interrupted else "HiGHS")
        return Found(self.chosen, bound, method)
