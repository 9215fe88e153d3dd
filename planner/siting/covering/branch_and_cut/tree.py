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

from planner.siting.covering.branch_and_cut.cut import shared_by_rows
from planner.siting.covering.branch_and_cut.half_cuts import HalfCuts
from planner.siting.covering.branch_and_cut.local_cuts import LocalCuts
from planner.siting.covering.branch_and_cut.relaxation import Decisions, Relaxation
from planner.siting.stopping import Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

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
        self.matrix, self.worth, self.enough = matrix, worth, enough
        self.value, self.unit, self.whole = value, unit, whole
        self.below = value
        # By so much a relaxation may be wrong.
        self.tolerance = min(0.1, max(1e-5, 1e-8 * abs(value)))
        self.best: Bools | None = None
        self.relaxation = Relaxation(program, matrix, deadline, bare_rows=served is not None)
        self.root = -np.inf
        self.nodes: list[tuple[float, int, Decisions]] = []
        self.half = HalfCuts(matrix, served)
        self.local = LocalCuts(matrix, deadline) if served is None else None

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
        self.relaxation.drop_slack_cuts()
        if improve is not None:
            for _ in range(_STARTS):
                self.value = min(self.value, improve(x))
        self.relaxation.decide_sites(z, self._cut_off())

    def aim(self, below: float) -> None:
        """From now on ask only for sets that cost less than ``below``, which is at most ``value``.

        What was decided for the last such question, and cuts that rest on it, do not hold beyond it and go.
        """
        self.relaxation.rewind()
        self.below, self.nodes = below, []
        self.half.known.clear()
        if self.local is not None:
            self.local.known.clear()

    def branch(self, improve: Improve | None = None) -> None:
        """Best-first search, each node the relaxation's answer with some pairs decided, until over."""
        z, x = self.relaxation.solve()
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
        self.relaxation.begin_cuts()
        weak, most_weak = 0, _WEAK_ROUNDS if self.local is None else 1
        while x is not None and not self.over() and weak < most_weak:
            self.relaxation.decide_sites(z, self._cut_off())
            self.relaxation.add(self.half.broken(self.relaxation.columns))
            before = z
            z, x = self._solve_root()
            weak += z - before < 2e-4 * max(1.0, abs(z))
        return z, x

    def _add_local_cuts(self, local: LocalCuts, z: float, x: Floats | None) -> tuple[float, Floats | None]:
        kinds, number, now = _FEW_KINDS, 0, x
        while now is not None and not self.over() and z <= self._cut_off():
            self.relaxation.decide_sites(z, self._cut_off())
            self.relaxation.add(local.broken(now, ~self.relaxation.dropped, int(kinds)))
            before, number = z, number + 1
            z, now = self._solve_root()
            if z - before < _GAIN * abs(z):
                if kinds == _MANY_KINDS:
                    break
                kinds = min(_MANY_KINDS, kinds * _MORE_KINDS)
            if now is not None and number % _ROUNDS_A_CLEANING == 0:
                self.relaxation.drop_slack_cuts()
                z, now = self._solve_root()
        return z, now

    def _cut_off(self) -> float:
        """A relaxation above this cannot hold a better answer."""
        return min(self.value, self.below) - self.unit + (self.tolerance if self.whole else 0.0)

    def _children(self, decided: Decisions, improve: Improve | None) -> list[tuple[float, Decisions]] | None:
        """Both sides of the most telling of a few decisions; ``None`` where time ran out."""
        best: list[tuple[float, Decisions]] = []
        best_score = -1.0
        self.relaxation.apply(decided)
        base, values = self.relaxation.solve()
        if self.local is not None and values is not None:
            if self.relaxation.add(self.local.broken(values, ~self.relaxation.dropped, _NODE_KINDS)):
                base, values = self.relaxation.solve()
            if base > self._cut_off():
                return []
        if values is None:
            return None
        basis = self.relaxation.basis()
        if improve is not None:
            self.value = min(self.value, improve(values))
        for choice in self._choices(values):
            sides = []
            for side in (1, 0):
                more = (*decided, (choice, side))
                self.relaxation.apply(more)
                # From the answer without this decision a few steps of the dual simplex method lead to the one with it.
                self.relaxation.start_from(basis)
                z, there = self.relaxation.solve()
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
            chosen.append(self.relaxation.pair(i, k))
            if len(chosen) == _TRIED_PAIRS:
                break
        return chosen

    def _look_at(self, x: Floats) -> None:
        """Keep the relaxation's answer where it is whole and better."""
        is_open = x > 0.5
        if np.abs(x - is_open).max() < 1e-6 and (value := self.worth(is_open)) < self.value:
            self.value, self.best = value, is_open

    def _solve_root(self) -> tuple[float, Floats | None]:
        z, x = self.relaxation.solve(of_the_root=True)
        self.root = max(self.root, min(z, self.below))  # beyond it a set was not asked for
        return z, x
