"""The search for the cheapest sites that cover every row of a reduced town, with a proven bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.covering.branch_and_cut.tree import CoverTree
from planner.siting.covering.set_cover.kernels import bound_cover
from planner.siting.covering.set_cover.search import WORK_AT_ONCE, SetCoverSearch
from planner.siting.covering.site_program import solve_site_program
from planner.siting.draws import seeded
from planner.siting.highs import linear_program
from planner.siting.stopping import INTERRUPTED, Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Steps of local search for every row, and every site not ruled out: at first, before the cuts and before branching.
_FIRST_STEPS: Final = 1
_STEPS: Final = 50
_MORE_STEPS: Final = 200
# The cuts look at all pairs of rows at once; beyond this HiGHS takes the whole.
_MOST_ROWS: Final = 4_000
_BOUND_STEPS: Final = 1_500
# Where the cuts leave so much of the best answer open, HiGHS gets on faster than branching on pairs of rows.
_WIDE_OPEN: Final = 0.04


@dataclass(frozen=True)
class Found:
    """Sites to open, a proven bound on the cost of any set that meets the targets, and how both were found."""

    chosen: Ints
    bound: float
    method: str


def search_core(matrix: sp.csr_array, cost: Floats, paid: float, gap: float, seed: int, deadline: Deadline) -> Found:
    """Columns that cover every row, as cheap as can be found until the deadline; every row has one, every cost is > 0.

    ``paid`` is what sites outside of this core cost, so that the relative ``gap`` is that of the whole.
    """
    search = _CoreSearch(matrix, cost, paid, gap, seed, deadline)
    try:
        search.improve(_FIRST_STEPS)
        search.relax(_BOUND_STEPS)
        if not search.over():
            search.improve(_STEPS)
            search.relax(_BOUND_STEPS)
        if not search.over():
            return search.prove()
    except KeyboardInterrupt:
        return Found(search.chosen, search.bound, INTERRUPTED)
    return Found(search.chosen, search.bound, "Lagrangian bound and local search")


class _CoreSearch:
    """The compiled search with its state: the open sites, the best ones so far, the multipliers and their bound."""

    def __init__(
        self, matrix: sp.csr_array, cost: Floats, paid: float, gap: float, seed: int, deadline: Deadline
    ) -> None:
        self.matrix, self.cost, self.paid, self.gap, self.deadline = matrix, cost, paid, gap, deadline
        self.whole = bool((cost == np.round(cost)).all())
        self.unit = 1.0 - 1e-6 if self.whole else 1e-9 * float(cost.sum())
        self.search = SetCoverSearch(matrix, cost, below=np.inf, unit=self.unit, random=seeded(seed))
        self.search.keep(np.flatnonzero(cover_greedily(matrix, cost)))
        self.bounds_at_once = int(min(50, max(1, WORK_AT_ONCE / (2 * matrix.nnz))))
        # The cheapest price a row that a site would ask of each of its rows (Caprara, Fischetti & Toth 1999).
        each = cost / np.maximum(matrix.count_nonzero(axis=0), 1)
        self.multiplier = np.minimum.reduceat(each[matrix.indices], matrix.indptr[:-1])
        self.best_multiplier, self.mean = self.multiplier.copy(), np.zeros(len(self.multiplier))
        self.relaxation = np.array([-np.inf, 0.3, 0.0])

    @property
    def chosen(self) -> Ints:
        """The best sites so far."""
        return self.search.chosen

    @property
    def value(self) -> float:
        """What the best sites so far cost."""
        return self.search.value

    @property
    def bound(self) -> float:
        """What no set of sites that covers all can cost less than; whole where all costs are."""
        bound = max(0.0, float(self.relaxation[0]))
        return min(self.value, float(np.ceil(bound - 1e-6)) if self.whole else bound)

    def over(self, value: float = np.inf, bound: float = 0.0) -> bool:
        """Whether the best is good enough, or time is up; ``value`` and ``bound`` may be better ones from elsewhere."""
        value, bound = min(value, self.value), max(bound, self.bound)
        self.deadline.tell(self.paid + value, self.paid + bound)
        enough = value - bound <= max(self.gap * (self.paid + value), 1e-12 * value)
        return enough or self.deadline.passed()

    def improve(self, steps: int) -> None:
        """Further steps of local search, so many for every row, and every site that a better answer may have open.

        They are counted, so that a seed gives one answer.
        """
        self.search.improve(steps * (self.matrix.shape[0] + len(self._useful_sites())), self.over)

    def relax(self, steps: int) -> None:
        """Further steps of the Lagrangian bound."""
        for _ in range(0, steps, self.bounds_at_once):
            if self.over() or self.relaxation[1] < 1e-4:
                return
            bound_cover(
                *self.search.by_site, self.cost, self.value, self.multiplier, self.best_multiplier, self.mean,
                self.relaxation, self.bounds_at_once,
            )  # fmt: skip

    def prove(self) -> Found:
        """Branch and cut on the sites that a better answer may have open."""
        may = self._useful_sites()
        part = self.matrix[:, may].tocsr()
        part.sort_indices()
        if (np.diff(part.indptr) == 0).any():
            return Found(self.chosen, self.value, "Lagrangian fixing and local search")
        if part.shape[0] > _MOST_ROWS:
            return self._prove_with_highs(part, may, "HiGHS after Lagrangian fixing")
        cost, ones = self.cost[may], np.ones(part.shape[0])

        def worth(is_open: NDArray[np.bool_]) -> float:
            return float(cost[is_open].sum()) if (part @ is_open > 0.5).all() else np.inf

        tree = CoverTree(
            linear_program(part, ones, np.full(len(ones), np.inf), cost), part, None, worth, self.value, self.unit,
            self.whole, self.deadline, self.over,
        )  # fmt: skip
        method = "branch and cut"
        try:
            tree.strengthen()
            if not tree.over() and tree.value - tree.bound > _WIDE_OPEN * tree.value:
                self._learn(tree, may)
                left = ~tree.relaxation.dropped
                return self._prove_with_highs(part[:, left].tocsr(), may[left], "HiGHS after cuts")
            self._branch(tree, may)
        except KeyboardInterrupt:
            method = INTERRUPTED
        self._learn(tree, may)
        return Found(self.chosen, self.bound, method)

    def _useful_sites(self) -> Ints:
        """The sites that a better answer may have open, by what opening one costs beyond its use in the relaxation."""
        reduced_cost = self.cost - self.matrix.T @ self.best_multiplier
        return np.flatnonzero(self.relaxation[0] + np.maximum(reduced_cost, 0.0) <= self.value - self.unit)

    def _branch(self, tree: CoverTree, may: Ints) -> None:
        """Search and branch in turn. Where costs are whole, ask first for a set at the bound, then for one above.

        The narrower question is answered sooner, since fewer sites can be part of its answer.
        """
        last = False
        while not last and not tree.over():
            self._learn(tree, may)
            self.improve(_MORE_STEPS)
            tree.value = min(tree.value, self.value)
            below = min(tree.value, tree.bound + 1.0) if self.whole else tree.value
            last = below == tree.value
            tree.aim(below)
            if not last:
                tree.strengthen()
            tree.branch()

    def _prove_with_highs(self, part: sp.csr_array, may: Ints, method: str) -> Found:
        rows, is_open = part.shape[0], self.search.best_open[may].astype(np.float64)
        answer = solve_site_program(
            part, np.ones(rows), np.full(rows, np.inf), self.cost[may], part.shape[1], maximise=False,
            start=is_open if (part @ is_open > 0.5).all() else None,
            time_limit_s=self.deadline.left_s, gap=self.gap, whole=self.whole,
        )  # fmt: skip
        self.relaxation[0] = max(self.relaxation[0], self.value if answer.impossible else min(answer.bound, self.value))
        if answer.chosen is not None:
            chosen = may[answer.chosen]
            covers_all = (np.diff(part[:, answer.chosen].tocsr().indptr) > 0).all()
            if covers_all and self.cost[chosen].sum() < self.value:
                self.search.keep(chosen)
        if answer.best:
            self.relaxation[0] = self.value
        return Found(self.chosen, self.bound, INTERRUPTED if answer.interrupted else method)

    def _learn(self, tree: CoverTree, may: Ints) -> None:
        """Take over what the tree has found and proven; a set with a site that it lacks costs at least the best."""
        self.relaxation[0] = max(self.relaxation[0], min(tree.bound, self.value))
        if tree.best is not None and tree.value < self.value:
            self.search.keep(may[tree.best])


def cover_greedily(matrix: sp.csr_array, cost: Floats) -> NDArray[np.bool_]:
    """A first set of columns that covers every row: for each row in turn that is bare its cheapest site a row."""
    by_site = matrix.tocsc()
    is_open = np.zeros(matrix.shape[1], dtype=bool)
    covered = np.zeros(matrix.shape[0], dtype=bool)
    each = cost / np.maximum(np.diff(by_site.indptr), 1)
    for row in range(matrix.shape[0]):
        if not covered[row]:
            sites = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
            site = sites[np.argmin(each[sites])]
            is_open[site] = True
            covered[by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]] = True
    return is_open
