"""Branch and cut for covering: the linear relaxation with cuts, then branching on pairs of rows.

Zero-half cuts come first. Where every row must be covered, local cuts of ever larger regions follow.

Of two rows that the fractional answer covers partly together, a whole one has a site that covers both, or none (after
Ryan & Foster 1981). Both sides raise the bound, where branching on one site raises it on one side only.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from typing import Final

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.covering.cut import Cut, shared_by_rows
from planner.siting.covering.half_cuts import HalfCuts
from planner.siting.covering.local_cuts import LocalCuts
from planner.siting.highs import first_method, run, solver_for
from planner.siting.stopping import Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Where rows may stay bare the interior point method is quicker over the first relaxation from so many sites on.
_MANY_SITES: Final = 400
# Rounds of zero-half cuts that may help little.
_WEAK_ROUNDS: Final = 3
# Local cuts: kinds of sites in a region at first and at most, their growth, and what a round must gain to stay.
_FEW_KINDS: Final = 26.0
_MANY_KINDS: Final = 45.0
_MORE_KINDS: Final = 1.15
_NODE_KINDS: Final = 30
_GAIN: Final = 2.5e-4
_ROUNDS_A_CLEANING: Final = 4
_TRIED_PAIRS: Final = 2
# How often the search starts from the relaxation at the root, and after how many nodes it does so again.
_STARTS: Final = 10
_NODES_A_START: Final = 20


_Decisions = tuple[tuple[int, int], ...]
# Looks for a better set near an answer of the relaxation; what the best that it knows is worth.
Improve = Callable[[Floats], float]


class CoverTree:
    """The relaxation of a covering program with its cuts, the open nodes and the best set found here.

    The first columns of ``program``, which is to be minimised, are the sites, one a column of ``matrix``. Where rows
    may stay bare the columns from ``served`` on say how far each row is covered. ``worth`` is what a set of open sites
    costs, infinite where it is not allowed; ``value`` that of the best that is known, ``unit`` the least by which a
    better one is better. ``enough(value, bound)`` ends the search.
    """

    def __init__(
        self, program: highspy.HighsLp, matrix: sp.csr_array, served: int | None, worth: Callable[[Bools], float],
        value: float, unit: float, whole: bool, deadline: Deadline, enough: Callable[[float, float], bool],
    ) -> None:  # fmt: skip
        self.matrix, self.served, self.worth = matrix, served, worth
        self.value, self.unit, self.whole = value, unit, whole
        self.below = value
        self.deadline, self.enough = deadline, enough
        # By so much a relaxation may be wrong.
        self.tolerance = min(0.1, max(1e-5, 1e-8 * abs(value)))
        self.best: Bools | None = None
        self.dropped, self.needed = np.zeros(matrix.shape[1], dtype=bool), np.zeros(matrix.shape[1], dtype=bool)
        self.pairs: dict[tuple[int, int], int] = {}
        self.root = -np.inf
        self.nodes: list[tuple[float, int, _Decisions]] = []
        self.first_cut = program.num_row_
        self.half = HalfCuts(matrix, served)
        self.local = LocalCuts(matrix, deadline) if served is None else None
        self.before_aim: tuple[int, Bools, Bools] | None = None
        method = first_method(matrix.shape[1])
        if served is not None and matrix.shape[1] > _MANY_SITES:
            method = "ipm"
        self.solver = solver_for(program, solver=method)
        self.applied: _Decisions = ()
        # The last answer of the relaxation, all its columns.
        self.columns = np.zeros(program.num_col_)
        # What opening a site costs beyond its use, at the relaxation with all cuts.
        self.reduced_cost = np.zeros(matrix.shape[1])

    @property
    def bound(self) -> float:
        """What no allowed set costs less than, as far as it is proven."""
        bound = min(self.nodes[0][0] if self.nodes else self.root, self.value)
        return min(self.value, float(np.ceil(bound - self.tolerance)) if self.whole else bound)

    def over(self) -> bool:
        """Whether the best is proven, or time is up."""
        return self.enough(self.value, self.bound)

    def strengthen(self, improve: Improve | None = None) -> None:
        """Cuts at the root until they no longer help, and sites decided whose reduced cost decides them."""
        z, x = self._add_half_cuts()
        if x is not None and self.local is not None:
            z, x = self._add_local_cuts(self.local, z, x)
        if x is None:
            return
        self._drop_slack_cuts()
        if improve is not None:
            for _ in range(_STARTS):
                self.value = min(self.value, improve(x))
        self._decide_sites(z)

    def aim(self, below: float) -> None:
        """From now on ask only for sets that cost less than ``below``, which is at most ``value``.

        What was decided for the last such question, and cuts that rest on it, do not hold beyond it and go.
        """
        self._apply(())
        rows = self.solver.getNumRow()
        if self.before_aim is None:
            self.before_aim = rows, self.dropped.copy(), self.needed.copy()
        first, dropped, needed = self.before_aim
        self.solver.deleteRows(rows - first, np.arange(first, rows, dtype=np.int32))
        self.dropped, self.needed = dropped.copy(), needed.copy()
        sites = np.arange(len(dropped), dtype=np.int32)
        self.solver.changeColsBounds(len(sites), sites, needed.astype(np.float64), (~dropped).astype(np.float64))
        self.below, self.nodes = below, []
        self.pairs.clear()
        self.half.known.clear()
        if self.local is not None:
            self.local.known.clear()

    def branch(self, improve: Improve | None = None) -> None:
        """Best-first search, each node the relaxation's answer with some pairs decided, until over."""
        z, x = self._solve()
        if x is None:
            self.root = max(self.root, min(z, self.below))
            return
        self._look_at(x)
        self.nodes = [(max(min(z, self.below), self.root), 0, ())]
        number = 0
        for popped in itertools.count(1):
            if not self.nodes or self.over():
                break
            bound, _, decided = self.nodes[0]
            if bound > self._cut_off():
                break
            children = self._children(decided, improve if popped % _NODES_A_START == 0 else None)
            if children is None:
                return
            heapq.heappop(self.nodes)
            for z, more in children:
                number += 1
                heapq.heappush(self.nodes, (max(z, bound), number, more))
        if not self.nodes or self.nodes[0][0] > self._cut_off():
            self.nodes, self.root = [], min(self.value, self.below)

    def _add_half_cuts(self) -> tuple[float, Floats | None]:
        z, x = self._solve_root()
        self.solver.setOptionValue("solver", "simplex")  # a few cuts more are a few steps more
        weak, most_weak = 0, _WEAK_ROUNDS if self.local is None else 1
        while x is not None and not self.over() and weak < most_weak:
            self._decide_sites(z)
            self._add(self.half.broken(self.columns))
            before = z
            z, x = self._solve_root()
            weak += z - before < 2e-4 * max(1.0, abs(z))
        return z, x

    def _add_local_cuts(self, local: LocalCuts, z: float, x: Floats | None) -> tuple[float, Floats | None]:
        kinds, number, now = _FEW_KINDS, 0, x
        while now is not None and not self.over() and z <= self._cut_off():
            self._decide_sites(z)
            self._add(local.broken(now, ~self.dropped, int(kinds)))
            before, number = z, number + 1
            z, now = self._solve_root()
            if z - before < _GAIN * abs(z):
                if kinds == _MANY_KINDS:
                    break
                kinds = min(_MANY_KINDS, kinds * _MORE_KINDS)
            if now is not None and number % _ROUNDS_A_CLEANING == 0:
                self._drop_slack_cuts()
                z, now = self._solve_root()
        return z, now

    def _add(self, cuts: list[Cut]) -> bool:
        """Make them rows of the program; whether there are any."""
        for cut in cuts:
            columns = cut.columns.astype(np.int32)
            self.solver.addRow(cut.least, highspy.kHighsInf, len(columns), columns, cut.amounts)
        return bool(cuts)

    def _start_from(self, basis: highspy.HighsBasis) -> None:
        """Begin from a basis that may lack rows which were added since."""
        more = self.solver.getNumRow() - len(basis.row_status)
        if more:
            basis.row_status = [*basis.row_status, *[highspy.HighsBasisStatus.kBasic] * more]
        self.solver.setBasis(basis)

    def _cut_off(self) -> float:
        """A relaxation above this cannot hold a better answer."""
        return min(self.value, self.below) - self.unit + (self.tolerance if self.whole else 0.0)

    def _children(self, decided: _Decisions, improve: Improve | None) -> list[tuple[float, _Decisions]] | None:
        """Both sides of the most telling of a few decisions; ``None`` where time ran out."""
        best: list[tuple[float, _Decisions]] = []
        best_score = -1.0
        self._apply(decided)
        base, values = self._solve()
        if self.local is not None and values is not None:
            if self._add(self.local.broken(values, ~self.dropped, _NODE_KINDS)):
                base, values = self._solve()
            if base > self._cut_off():
                return []
        if values is None:
            return None
        basis = self.solver.getBasis()
        if improve is not None:
            self.value = min(self.value, improve(values))
        for choice in self._choices(values):
            sides = []
            for side in (1, 0):
                more = (*decided, (choice, side))
                self._apply(more)
                # From the answer without this decision a few steps of the dual simplex method lead to the one with it.
                self._start_from(basis)
                z, there = self._solve()
                if there is None and z < np.inf:
                    return None
                if there is not None and z <= self._cut_off():
                    self._look_at(there)
                    sides.append((z, more))
            if len(sides) < 2:
                return sides
            score = max(1e-3, sides[0][0] - base) * max(1e-3, sides[1][0] - base)
            if score > best_score:
                best, best_score = sides, score
        return best

    def _choices(self, x: Floats) -> list[int]:
        """Pairs of rows that are covered together by about half, as rows of the program; a site where there is none."""
        use = np.flatnonzero(x > 1e-6)
        share = sp.triu(shared_by_rows(self.matrix[:, use].tocsr(), x[use]), 1).tocoo()
        partly = (share.data > 0.05) & (share.data < 0.95)
        first, second, mass = share.row[partly], share.col[partly], share.data[partly]
        if not len(first):
            return [~int(use[np.argmin(np.abs(x[use] - 0.5))])]
        off = np.abs(mass - 0.5)
        chosen: list[int] = []
        seen: set[int] = set()
        for at in np.lexsort((second, first, np.round(off, 3))):
            i, k = int(first[at]), int(second[at])
            if i in seen or k in seen:
                continue
            seen |= {i, k}
            chosen.append(self._pair(i, k))
            if len(chosen) == _TRIED_PAIRS:
                break
        return chosen

    def _pair(self, i: int, k: int) -> int:
        """The row of the program that counts the open sites covering both rows."""
        if (i, k) not in self.pairs:
            both = np.intersect1d(self._sites_of(i), self._sites_of(k))
            self.pairs[i, k] = self.solver.getNumRow()
            self.solver.addRow(0.0, highspy.kHighsInf, len(both), both.astype(np.int32), np.ones(len(both)))
        return self.pairs[i, k]

    def _sites_of(self, row: int) -> Ints:
        return self.matrix.indices[self.matrix.indptr[row] : self.matrix.indptr[row + 1]].astype(np.int64)

    def _apply(self, decided: _Decisions) -> None:
        """Make these decisions, and only these, part of the program."""
        for what, _ in set(self.applied) - set(decided):
            if what >= 0:
                self.solver.changeRowBounds(what, 0.0, highspy.kHighsInf)
            else:
                self.solver.changeColBounds(~what, float(self.needed[~what]), float(not self.dropped[~what]))
        for what, side in set(decided) - set(self.applied):
            if what >= 0:
                self.solver.changeRowBounds(what, float(side), highspy.kHighsInf if side else 0.0)
            else:
                self.solver.changeColBounds(~what, float(side), float(side))
        self.applied = decided

    def _look_at(self, x: Floats) -> None:
        """Keep the relaxation's answer where it is whole and better."""
        is_open = x > 0.5
        if np.abs(x - is_open).max() < 1e-6 and (value := self.worth(is_open)) < self.value:
            self.value, self.best = value, is_open

    def _solve(self) -> tuple[float, Floats | None]:
        """The relaxation's bound and its sites; none and an infinite bound where nothing is allowed, none and -infinite
        where time ran out.
        """
        left = max(0.0, self.deadline.left_s)
        self.solver.setOptionValue("time_limit", self.solver.getRunTime() + left)
        if run(self.solver):
            raise KeyboardInterrupt
        status = self.solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return np.inf, None
        if status != highspy.HighsModelStatus.kOptimal:
            return -np.inf, None
        self.columns = np.array(self.solver.getSolution().col_value)
        return self.solver.getInfo().objective_function_value, self.columns[: self.matrix.shape[1]]

    def _solve_root(self) -> tuple[float, Floats | None]:
        z, x = self._solve()
        self.root = max(self.root, min(z, self.below))  # beyond it a set was not asked for
        self.reduced_cost = np.array(self.solver.getSolution().col_dual)[: self.matrix.shape[1]]
        return z, x

    def _decide_sites(self, z: float) -> None:
        """Shut the sites that no better answer has open, and open those that all have."""
        free = ~(self.dropped | self.needed)  # the reduced cost of a decided site says nothing of the other choice
        self.dropped |= free & (z + self.reduced_cost > self._cut_off())
        self.needed |= free & (z - self.reduced_cost > self._cut_off())
        decided = np.flatnonzero(self.dropped | self.needed).astype(np.int32)
        is_open = self.needed[decided].astype(np.float64)
        self.solver.changeColsBounds(len(decided), decided, is_open, is_open)

    def _drop_slack_cuts(self) -> None:
        duals = np.array(self.solver.getSolution().row_dual)
        slack = np.flatnonzero(duals < 1e-9)
        slack = slack[slack >= self.first_cut].astype(np.int32)
        self.solver.deleteRows(len(slack), slack)
