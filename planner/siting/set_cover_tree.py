"""Branch and cut for set covering: the linear relaxation with zero-half cuts, then branching on pairs of rows.

Of two rows that the fractional answer covers partly together, a whole one has a site that covers both, or none (after
Ryan & Foster 1981). Both sides raise the bound, where branching on one site raises it on one side only.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from typing import Final

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.highs import linear_program, run, solver_for
from planner.siting.set_cover_cuts import broken_triples, grown_sets, pair_masses

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_CUTS_A_ROUND: Final = 300
_USES_OF_A_ROW: Final = 4
_MOST_TRIPLES: Final = 200_000
_STARTS: Final = 1000
_GROW_ROUNDS: Final = 40
_TRIED_PAIRS: Final = 2
_TOLERANCE: Final = 1e-5


_Decisions = tuple[tuple[int, int], ...]


class CoverTree:
    """The relaxation of a core with its cuts, the open nodes and the best set found here."""

    def __init__(
        self, matrix: sp.csr_array, cost: Floats, value: float, unit: float, deadline: float,
        enough: Callable[[float, float], bool],
    ) -> None:  # fmt: skip
        self.matrix, self.cost, self.value, self.unit = matrix, cost, value, unit
        self.deadline, self.enough = deadline, enough
        self.whole = bool((cost == np.round(cost)).all())
        self.best: NDArray[np.bool_] | None = None
        self.dropped = np.zeros(matrix.shape[1], dtype=bool)
        self.random = np.random.default_rng(0)
        self.sets: set[tuple[int, ...]] = set()
        self.pairs: dict[tuple[int, int], int] = {}
        self.root = 0.0
        self.nodes: list[tuple[float, int, _Decisions]] = []
        self.solver = _relaxation(matrix, cost)
        self.applied: _Decisions = ()

    @property
    def bound(self) -> float:
        """What no cover costs less than, as far as it is proven."""
        bound = min(self.nodes[0][0] if self.nodes else self.root, self.value)
        return min(self.value, float(np.ceil(bound - _TOLERANCE)) if self.whole else bound)

    def over(self) -> bool:
        """Whether the best is proven, or time is up."""
        return self.enough(self.value, self.bound)

    def strengthen(self) -> None:
        """Cuts at the root until they no longer help, and sites dropped whose reduced cost rules them out."""
        z, x = self._solve()
        if x is None:
            return
        self.root = max(self.root, z)
        grown, idle = 0, 0
        while not self.over() and grown < _GROW_ROUNDS and idle < 3:
            self._drop_sites(z)
            found = self._cuts(x, grow=grown > 0)
            for rows in found:
                times = np.asarray(self.matrix[list(rows)].sum(axis=0)).ravel()
                sites = np.flatnonzero(times)
                self.solver.addRow(
                    (len(rows) + 1) / 2,
                    highspy.kHighsInf,
                    len(sites),
                    sites.astype(np.int32),
                    np.ceil(times[sites] / 2),
                )
            before = z
            z, x = self._solve()
            if x is None:
                return
            self.root = max(self.root, z)
            if grown or z - before < 0.02 * max(1.0, z) / 100:
                grown += 1
            idle = idle + 1 if z - before < 1e-4 * z else 0
        self._drop_slack_cuts()

    def branch(self) -> None:
        """Best-first search, each node the relaxation's answer with some pairs decided, until over."""
        z, x = self._solve()
        if x is None:
            return
        self._look_at(x)
        self.nodes = [(max(z, self.root), 0, ())]
        number = 0
        while self.nodes and not self.over():
            bound, _, decided = self.nodes[0]
            if bound > self._cut_off():
                break
            children = self._children(decided)
            if children is None:
                return
            heapq.heappop(self.nodes)
            for z, more in children:
                number += 1
                heapq.heappush(self.nodes, (max(z, bound), number, more))
        if not self.nodes or self.nodes[0][0] > self._cut_off():
            self.nodes, self.root = [], self.value

    def _start_from(self, basis: highspy.HighsBasis) -> None:
        """Begin from a basis that may lack rows which were added since."""
        more = self.solver.getNumRow() - len(basis.row_status)
        if more:
            basis.row_status = [*basis.row_status, *[highspy.HighsBasisStatus.kBasic] * more]
        self.solver.setBasis(basis)

    def _cut_off(self) -> float:
        """A relaxation above this cannot hold a better answer."""
        return self.value - self.unit + (_TOLERANCE if self.whole else 0.0)

    def _children(self, decided: _Decisions) -> list[tuple[float, _Decisions]] | None:
        """Both sides of the most telling of a few decisions; ``None`` where time ran out."""
        best: list[tuple[float, _Decisions]] = []
        best_score = -1.0
        self._apply(decided)
        base, values = self._solve()
        if values is None:
            return None
        basis = self.solver.getBasis()
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
        part = self.matrix[:, use].tocsc()
        part.sort_indices()
        mass = np.triu(pair_masses(part.indptr, part.indices, x[use], part.shape[0]), 1)
        first, second = np.nonzero((mass > 0.05) & (mass < 0.95))
        if not len(first):
            return [~int(use[np.argmin(np.abs(x[use] - 0.5))])]
        off = np.abs(mass[first, second] - 0.5)
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
                self.solver.changeColBounds(~what, 0.0, 0.0 if self.dropped[~what] else 1.0)
        for what, side in set(decided) - set(self.applied):
            if what >= 0:
                self.solver.changeRowBounds(what, float(side), highspy.kHighsInf if side else 0.0)
            else:
                self.solver.changeColBounds(~what, float(side), float(side))
        self.applied = decided

    def _look_at(self, x: Floats) -> None:
        """Keep the relaxation's answer where it is whole and better."""
        rounded = np.round(x)
        if np.abs(x - rounded).max() < 1e-6 and (self.matrix @ rounded > 0.5).all():
            value = float(self.cost @ rounded)
            if value < self.value:
                self.value, self.best = value, rounded > 0.5

    def _solve(self) -> tuple[float, Floats | None]:
        """The relaxation's bound and answer; where there is none the bound is infinite, where time ran out it is 0."""
        left = max(0.0, self.deadline - time.perf_counter())
        self.solver.setOptionValue("time_limit", self.solver.getRunTime() + left)
        if run(self.solver):
            raise KeyboardInterrupt
        status = self.solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return np.inf, None
        if status != highspy.HighsModelStatus.kOptimal:
            return 0.0, None
        return self.solver.getInfo().objective_function_value, np.array(self.solver.getSolution().col_value)

    def _drop_sites(self, z: float) -> None:
        duals = np.array(self.solver.getSolution().col_dual)
        for site in np.flatnonzero(z + duals > self._cut_off()):
            self.dropped[site] = True
            self.solver.changeColBounds(int(site), 0.0, 0.0)

    def _drop_slack_cuts(self) -> None:
        duals = np.array(self.solver.getSolution().row_dual)
        slack = np.flatnonzero(duals < 1e-9)
        slack = slack[slack >= self.matrix.shape[0]].astype(np.int32)
        self.solver.deleteRows(len(slack), slack)

    def _cuts(self, x: Floats, *, grow: bool) -> list[tuple[int, ...]]:
        """Sets of rows whose inequality is broken, the most broken first, no row in many of them."""
        use = np.flatnonzero(x > 1e-6)
        by_row = self.matrix[:, use].tocsr()
        by_row.sort_indices()
        by_site = by_row.tocsc()
        by_site.sort_indices()
        town = by_row.indptr, by_row.indices, by_site.indptr, by_site.indices, x[use]
        mass = pair_masses(by_site.indptr, by_site.indices, x[use], by_row.shape[0])
        triple, broken = np.empty((_MOST_TRIPLES, 3), dtype=np.int64), np.empty(_MOST_TRIPLES)
        count = broken_triples(*town, mass, -0.15 if grow else 0.02, triple, broken)
        if grow:
            start = triple[np.sort(self.random.permutation(count)[:_STARTS])]
            found, size = np.empty((len(start), 12), dtype=np.int64), np.empty(len(start), dtype=np.int64)
            slack = np.maximum(self.matrix @ x - 1.0, 0.0)
            broken = grown_sets(*town, slack, start, found, size)
            sets = [tuple(sorted(found[t, : size[t]].tolist())) for t in range(len(start))]
        else:
            broken = broken[:count]
            sets = [tuple(rows) for rows in triple[:count].tolist()]
        kept: list[tuple[int, ...]] = []
        uses = np.zeros(self.matrix.shape[0], dtype=np.int64)
        for t in np.argsort(-broken, kind="stable"):
            rows = sets[t]
            if broken[t] < 0.01 or len(kept) == _CUTS_A_ROUND:
                break
            if rows not in self.sets and uses[list(rows)].max() < _USES_OF_A_ROW:
                self.sets.add(rows)
                uses[list(rows)] += 1
                kept.append(rows)
        return kept


def _relaxation(matrix: sp.csr_array, cost: Floats) -> highspy.Highs:
    rows = matrix.shape[0]
    return solver_for(linear_program(matrix, np.ones(rows), np.full(rows, highspy.kHighsInf), cost))
