"""The search for the cheapest sites that cover a share of the weight, or of the weight of every group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.covering.reduction import merged_rows, undominated_sites
from planner.siting.covering.set_cover.core import Found
from planner.siting.covering.set_cover.fewest import fewest_sites
from planner.siting.covering.set_cover.share_kernels import mend_shares
from planner.siting.covering.set_cover.targets import Targets
from planner.siting.covering.site_program import solve_site_program
from planner.siting.stopping import INTERRUPTED, Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROUNDS: Final = 200
_WORK: Final = 2e9


def search_for_shares(
    matrix: sp.csr_array, targets: Targets, cost: Floats, gap: float, seed: int, deadline: Deadline
) -> Found:
    """Columns that meet the targets, as cheap as can be found until the deadline; every cost is above 0."""
    task = _merged(matrix, targets)
    useful = undominated_sites(task.matrix, cost)
    search = _ShareSearch(task.only(useful), cost[useful], gap, seed, deadline)
    try:
        search.improve()
    except KeyboardInterrupt:
        return Found(useful[search.chosen], 0.0, INTERRUPTED)
    found = search.count() if search.counts else search.prove()
    return Found(useful[found.chosen], found.bound, found.method)


@dataclass(frozen=True)
class _Task:
    """Rows of which ``required`` must be covered and targets: ``parts`` (targets × rows) of which ``need`` must be."""

    matrix: sp.csr_array
    required: NDArray[np.bool_]
    parts: sp.csr_array
    need: Floats
    slack: Floats

    def only(self, sites: Ints) -> _Task:
        """The same with some of the sites."""
        return replace(self, matrix=self.matrix[:, sites].tocsr())


def _merged(matrix: sp.csr_array, targets: Targets) -> _Task:
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
    return _Task(small, required, parts[still].tocsr(), need[still], slack[still])


class _ShareSearch:
    """The search with its state: the open sites, the best ones so far and what the targets miss."""

    def __init__(self, task: _Task, cost: Floats, gap: float, seed: int, deadline: Deadline) -> None:
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
        self.best_open, self.value = np.ones(sites, dtype=bool), float(cost.sum())
        self.seed, self.random = seed, np.random.default_rng(seed)

    @property
    def chosen(self) -> Ints:
        """The best sites so far."""
        return np.flatnonzero(self.best_open)

    def improve(self) -> None:
        """Greedy, then rounds of ruin and recreate; counted, so that a seed gives one answer on every machine."""
        self.spent = mend_shares(
            *self.town, self.slack, self.cost, self.cost, self.dearest, np.empty(0, dtype=np.int64), *self.state
        )
        self.value, self.best_open = self.spent, self.is_open.copy()
        ruin = max(2, int(self.is_open.sum()) // 4)
        for _ in range(int(min(_ROUNDS, max(3, _WORK / (self.task.matrix.nnz * ruin))))):
            if self.deadline.passed() or not self.is_open.any():
                return
            self._round(ruin)

    def _round(self, ruin: int) -> None:
        """Ruin and recreate (Schrimpf et al. 2000): up to ``ruin`` sites drawn at random; taken back where dearer."""
        before = [part.copy() for part in self.state]
        opened = np.flatnonzero(self.is_open)
        ruined = self.random.choice(opened, min(len(opened), int(self.random.integers(1, ruin + 1))), replace=False)
        blur = 1.0 + 0.25 * self.random.random(len(self.cost))
        more = mend_shares(
            *self.town, self.slack, self.cost, self.cost * blur, self.dearest, ruined, *self.state,
        )  # fmt: skip
        if more > 0.0:
            for part, was in zip(self.state, before, strict=True):
                part[:] = was
        else:
            self.spent += more
            if self.spent < self.value - 1e-12:
                self.value, self.best_open = self.spent, self.is_open.copy()

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
        """HiGHS on min c x with y ≤ Σ x for every row that counts, and enough of y for every target."""
        task, value = self.task, self.value
        must, may = task.matrix[task.required], task.matrix[~task.required]
        parts = task.parts[:, ~task.required]
        rows, sites = may.shape
        whole = bool((parts.data == np.round(parts.data)).all())
        scale = np.ones(len(task.need)) if whole else 1.0 / task.need
        program = sp.vstack(
            [
                sp.hstack([must, sp.csr_array((must.shape[0], rows))]),
                sp.hstack([may, -sp.eye_array(rows)]),
                sp.hstack([sp.csr_array((len(task.need), sites)), sp.diags_array(scale) @ parts]),
            ],
            format="csr",
        )
        lower = np.concatenate([np.ones(must.shape[0]), np.zeros(rows), (task.need - task.slack) * scale])
        is_open = self.best_open.astype(np.float64)
        answer = solve_site_program(
            program, lower, np.full(len(lower), np.inf), np.concatenate([self.cost, np.zeros(rows)]), sites,
            maximise=False, start=np.concatenate([is_open, np.minimum(may @ is_open, 1.0)]),
            time_limit_s=self.deadline.left_s, gap=self.gap, whole=self.whole,
        )  # fmt: skip
        bound = min(value, answer.bound)
        if answer.best and answer.chosen is not None:
            bound = min(value, float(self.cost[answer.chosen].sum()))
        if answer.chosen is not None and self.cost[answer.chosen].sum() < value and self._met(answer.chosen):
            return Found(answer.chosen, bound, INTERRUPTED if answer.interrupted else "HiGHS")
        return Found(self.chosen, bound, INTERRUPTED if answer.interrupted else "HiGHS and local search")

    def _met(self, chosen: Ints) -> bool:
        covered = np.diff(self.task.matrix[:, chosen].tocsr().indptr) > 0
        enough = self.task.parts @ covered.astype(np.float64) >= self.task.need - self.task.slack
        return bool(covered[self.task.required].all() and enough.all())
