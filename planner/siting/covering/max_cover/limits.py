"""The search of maximal covering under one limit after another, with what they have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import highspy
import numpy as np
from numpy.typing import NDArray

from planner.siting.covering.covers import Limits
from planner.siting.covering.max_cover.phases import VERY_FEW_SITES, search_town, without_search
from planner.siting.covering.max_cover.program import cover_program
from planner.siting.covering.max_cover.proof import CoverProof
from planner.siting.covering.max_cover.search import CoverSearch
from planner.siting.covering.max_cover.town import Found, Town
from planner.siting.highs import linear_program, run, solver_for
from planner.siting.stopping import INTERRUPTED, Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Up to so many entries of the matrix its linear relaxation takes tenths of a second; beyond, each limit is searched
# by what needs none.
_MOST_ENTRIES: Final = 50_000
# The cycles of the search at a limit: how warm each begins, in parts of what an open site covers, and its rounds for
# each site to open.
_NEAR_THE_LAST: Final = (0.01, 5)
_NEAR_THE_RELAXATION: Final = ((0.01, 10), (0.003, 20))


class LimitSearch:
    """A reduced town of which one limit, by number or by money, is to be lowered again and again."""

    def __init__(self, town: Town, base: float, gap: float, seed: int) -> None:
        self.town, self.base, self.gap, self.seed = town, base, gap, seed
        self.by_count = town.budget is None
        self.cost = np.ones(town.matrix.shape[1]) if self.by_count else town.cost
        self.relaxation: Relaxation | None = None
        if 0 < town.matrix.nnz <= _MOST_ENTRIES:
            self.relaxation = Relaxation(town, self.cost)

    def at(self, most: float, near: Ints, deadline: Deadline) -> Found:
        """The best columns within ``most``; those of ``near`` are a good answer for a limit somewhat larger."""
        sites = np.flatnonzero(self.cost <= most)
        part, rows = self._with(sites, most)
        found = without_search(part)
        if found is None and self.relaxation is None:
            found = search_town(part, self.base, self.gap, self.seed, deadline)
        elif found is None:
            search = CoverSearch(part.matrix, part.weight, self.cost[sites], most, self.by_count, self.seed)
            found = self._searched(search, part, sites, rows, near, deadline)
        return replace(found, chosen=sites[found.chosen])

    def _with(self, sites: Ints, most: float) -> tuple[Town, Ints]:
        """The town with these sites only, and its rows that are left."""
        town = self.town
        matrix, rows = town.matrix, np.arange(town.matrix.shape[0])
        if len(sites) < matrix.shape[1]:
            matrix = matrix[:, sites].tocsr()
            rows = np.flatnonzero(np.diff(matrix.indptr))
            matrix = matrix[rows]
        site_limit, budget = (most, None) if self.by_count else (None, most)
        return Town(matrix, town.weight[rows], town.cost[sites], site_limit, budget), rows

    def _searched(
        self, search: CoverSearch, part: Town, sites: Ints, rows: Ints, near: Ints, deadline: Deadline
    ) -> Found:
        """A search near the answer of the larger limit and near that of the relaxation, then the proof."""

        def done() -> bool:
            return (
                search.bound - search.value <= max(self.gap * (self.base + search.bound), 1e-9 * search.everything)
                or deadline.passed()
            )

        try:
            search.start()
            assert self.relaxation is not None
            x, multiplier = self.relaxation.at(search.room, deadline)
            search.relax_at(multiplier[rows], deadline)
            cycles = [(np.isin(sites, near).astype(np.float64), *_NEAR_THE_LAST)] if len(near) else []
            cycles += [(x[sites], *cycle) for cycle in _NEAR_THE_RELAXATION]
            for share, heat, effort in cycles:
                if done():
                    break
                search.restart(share)
                search.improve(heat, effort, deadline, done)
            known = Found(search.chosen, search.bound, "linear relaxation and local search")
            if done():
                return known
            free, opened = search.undecided()
            proof = CoverProof(part, free, opened, self.base, self.gap, deadline)
            # Branch and cut is the better one where sites are counted; money has a bound of its own in HiGHS.
            return proof.by_cuts(search) if self.by_count and len(free) > VERY_FEW_SITES else proof.by_highs(known)
        except KeyboardInterrupt:
            return Found(search.chosen, search.bound, INTERRUPTED, interrupted=True)


class Relaxation:
    """The linear relaxation of a town, kept from one limit to the next."""

    def __init__(self, town: Town, cost: Floats) -> None:
        self.weight, self.cost = town.weight, cost
        # HiGHS is told weights around 1, whatever their unit: its tolerances are not relative.
        self.unit = float(town.weight.mean())
        program = cover_program(town.matrix, town.weight / self.unit, Limits(cost[None, :], np.array([cost.sum()])))
        self.solver = solver_for(linear_program(program.constraints, program.lower, program.upper, -program.objective))
        self.limit_row = len(program.upper) - 1

    def at(self, most: float, deadline: Deadline) -> tuple[Floats, Floats]:
        """How far each site is open in the best fractional answer, and the multiplier of each row, at most its weight.

        The multipliers give a bound whatever they are; where time ran out they give a poor one.
        Raises ``KeyboardInterrupt`` where it was told to stop.
        """
        solver, rows, sites = self.solver, len(self.weight), len(self.cost)
        solver.changeColsBounds(
            sites, np.arange(sites, dtype=np.int32), np.zeros(sites), (self.cost <= most).astype(np.float64)
        )
        solver.changeRowBounds(self.limit_row, -highspy.kHighsInf, most)
        solver.setOptionValue("time_limit", solver.getRunTime() + max(0.0, deadline.left_s))
        if run(solver):
            raise KeyboardInterrupt
        answer = solver.getSolution()
        x = np.array(answer.col_value)[:sites] if answer.value_valid else np.zeros(sites)
        duals = np.array(answer.row_dual)[:rows] * self.unit if answer.dual_valid else 0.5 * self.weight
        return x, np.clip(duals, 0.0, self.weight)
