"""The proof that an answer of maximal covering is the best, or how far it is from it at most."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.siting.covering.branch_and_cut.tree import CoverTree
from planner.siting.covering.covers import Limits, covered_by, limits_of
from planner.siting.covering.max_cover.program import cover_program, solve_cover_program
from planner.siting.covering.max_cover.search import CoverSearch
from planner.siting.covering.max_cover.town import Found, Town
from planner.siting.covering.reduction import merged_rows
from planner.siting.highs import linear_program
from planner.siting.stopping import INTERRUPTED, Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Larger whole weights are left to the solver's tolerances.
_MOST_WHOLE: Final = 1e7
# The search near an answer of the relaxation: how warm, in parts of what an open site covers, and its rounds a site.
_HEAT: Final = 0.003
_EFFORT: Final = 10


class CoverProof:
    """What is left of a town once some sites are ``opened`` and only the ``free`` ones may be beside them.

    With a ``target`` it is enough that so much of the town is covered, or proven to be too much.
    """

    def __init__(
        self, town: Town, free: Ints, opened: Ints, base: float, gap: float, deadline: Deadline,
        *, target: float | None = None,
    ) -> None:  # fmt: skip
        left = ~covered_by(town.matrix, opened)
        self.town, self.free, self.opened, self.gap, self.deadline = town, free, opened, gap, deadline
        self.target = target
        self.matrix, self.weight, _ = merged_rows(town.matrix[left][:, free].tocsr(), town.weight[left])
        self.paid = float(town.weight[~left].sum())
        self.outside = base
        self.limits: Limits = limits_of(
            town.cost[free],
            None if town.site_limit is None else town.site_limit - len(opened),
            None if town.budget is None else town.budget - float(town.cost[opened].sum()),
        )

    def by_cuts(self, search: CoverSearch) -> Found:
        """Branch and cut; the search looks for better answers near those of the relaxation."""
        everything = float(self.weight.sum())
        whole = everything < _MOST_WHOLE and bool((self.weight == np.round(self.weight)).all())
        program = cover_program(self.matrix, self.weight, self.limits)

        def enough(value: float, bound: float) -> bool:
            close = max(self.gap * (self.outside + self.paid - bound), 1e-9 * (self.paid - value))
            self.deadline.tell(self.outside + self.paid - value, self.outside + min(search.bound, self.paid - bound))
            settled = self.target is not None and not self.paid - value < self.target <= self.paid - bound
            return settled or value - bound <= close or self.deadline.passed()

        tree = CoverTree(
            linear_program(program.constraints, program.lower, program.upper, -program.objective),
            self.matrix, self.matrix.shape[1], self._worth, self.paid - search.value,
            1.0 - 1e-6 if whole else 1e-9 * everything, whole, self.deadline, enough,
        )  # fmt: skip

        def improve(x: Floats) -> float:
            share, liking = np.zeros(len(search.cost)), np.full(len(search.cost), -np.inf)
            share[self.opened], share[self.free] = 1.0, x
            liking[self.opened], liking[self.free] = np.inf, -tree.relaxation.reduced_cost
            search.restart(share)
            search.improve(_HEAT, _EFFORT, self.deadline, tree.over, liking=liking)
            return self.paid - search.value

        interrupted = False
        try:
            tree.strengthen(improve)
            tree.branch(improve)
        except KeyboardInterrupt:
            interrupted = True
        answer = search.chosen
        if tree.best is not None:
            answer = max(answer, np.union1d(self.opened, self.free[tree.best]), key=self._value)
        bound = min(search.bound, max(self._value(answer), self.paid - tree.bound))
        return Found(
            answer, bound, INTERRUPTED if interrupted else "branch and cut after Lagrangian fixing", interrupted
        )

    def by_highs(self, known: Found) -> Found:
        """HiGHS on the whole program; what is known stands where it finds no better."""
        found = solve_cover_program(
            self.matrix, self.weight, self.limits,
            start=np.flatnonzero(np.isin(self.free, known.chosen)),
            time_limit_s=self.deadline.left_s,
            gap=self.gap,
        )  # fmt: skip
        answer, most = known.chosen, self._value(known.chosen)
        if found.chosen is not None:
            answer = max(answer, np.union1d(self.opened, self.free[found.chosen]), key=self._value)
            most = self._value(answer)
        # Sites that were ruled out are in no better answer than the one that is known.
        bound = min(known.bound, most if found.best else max(most, self.paid + found.bound))
        method = INTERRUPTED if found.interrupted else f"HiGHS after {known.method}"
        return Found(answer, bound, method, found.interrupted)

    def _value(self, chosen: Ints) -> float:
        return float(self.town.weight[covered_by(self.town.matrix, chosen)].sum())

    def _worth(self, is_open: Bools) -> float:
        if (self.limits.use @ is_open > self.limits.most * (1.0 + 1e-12)).any():
            return np.inf
        return -float(self.weight[self.matrix @ is_open > 0].sum())
