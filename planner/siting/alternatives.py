"""The plans that come next: the best that differs enough from the best plan, from the second, and so on.

Modelling to generate alternatives (Brill, Chang & Hopkins 1982), each plan proven the best of those that are left.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.siting.arguments import amounts, cover_matrix, fixed_and_forbidden, positive_count
from planner.siting.covering.covers import (
    Limits,
    covered_by,
    first_covering,
    greedily_within,
    limits_of,
    without_useless,
)
from planner.siting.covering.max_cover.max_cover import max_cover
from planner.siting.covering.max_cover.program import solve_cover_program
from planner.siting.covering.reduction import merged_rows
from planner.siting.solution import Solution, proven_gap
from planner.siting.stopping import INTERRUPTED, Deadline, watch

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A plan that may use less than one site more of an earlier one may not use it.
_TOLERANCE: Final = 1e-9


@dataclass(frozen=True)
class Alternative:
    """A plan and ``difference``: how many of the best plan's new sites it does without (0 for the best itself)."""

    solution: Solution
    difference: int


@watch(None)
def alternatives(
    covers: sp.csr_array,
    weight: ArrayLike,
    *,
    count: int,
    min_difference: int,
    site_limit: int | None = None,
    cost: ArrayLike | None = None,
    budget: float | None = None,
    fixed: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    seed: int = 0,
) -> list[Alternative]:
    """The best plan for covering weight, and the plans that come next: up to ``count`` in all, best first.

    Each is the best among the plans that do without at least ``min_difference`` of the new sites of every plan before
    it; sites that add nothing are no part of a plan. The list is shorter where no further plan differs that much: where
    a plan has fewer new sites than that, none can follow it. The other arguments are those of
    :func:`planner.siting.max_cover`; the time limit is for all plans together. A bound is for the plans that differ as
    asked from those listed before.

    Raises ``ArgumentError`` for an argument of the wrong shape or range.
    """
    deadline = Deadline(time_limit_s)
    wanted, least = positive_count("count", count), positive_count("min_difference", min_difference)
    limits = {"site_limit": site_limit, "cost": cost, "budget": budget, "fixed": fixed, "forbidden": forbidden}
    best = max_cover(covers, weight, **limits, time_limit_s=time_limit_s / wanted, gap=gap, seed=seed)  # type: ignore[arg-type]
    matrix = cover_matrix(covers)
    weights = amounts("weight", weight, matrix.shape[0])
    stay, never = fixed_and_forbidden(fixed, forbidden, matrix.shape[1])
    optional = np.setdiff1d(np.arange(matrix.shape[1]), np.concatenate([stay, never]))
    already = covered_by(matrix, stay)
    small, small_weight, _ = merged_rows(matrix[~already][:, optional].tocsr(), weights[~already])
    costs = np.zeros(len(optional)) if cost is None else np.asarray(cost, dtype=np.float64)[optional]
    task = _Task(small, small_weight, optional, limits_of(costs, site_limit, budget))
    base = float(weights[already].sum())
    plans = [best]
    while len(plans) < wanted and not deadline.stopped:
        begun = time.perf_counter()
        earlier = [np.setdiff1d(plan.selected, stay) for plan in plans]
        found = task.after(earlier, least, deadline.left_s / (wanted - len(plans)), gap)
        if found is None:
            break
        selected = np.union1d(stay, found.new)
        objective = float(weights[covered_by(matrix, selected)].sum())
        reached, bound = proven_gap(objective, min(base + found.bound, plans[-1].bound), maximise=True)
        plans.append(
            Solution(
                selected=selected,
                objective=objective,
                bound=bound,
                gap=reached,
                status="optimal" if reached <= gap else "feasible",
                assignment=first_covering(matrix, selected),
                runtime_s=time.perf_counter() - begun,
                method=INTERRUPTED if found.interrupted else "HiGHS with cuts",
            )
        )
        if found.interrupted:
            break
    new = np.setdiff1d(best.selected, stay)
    return [Alternative(plan, len(np.setdiff1d(new, plan.selected))) for plan in plans]


@dataclass(frozen=True)
class _Next:
    """The new sites of a plan, a proven bound on the weight that they can cover, and whether the user stopped it."""

    new: Ints
    bound: float
    interrupted: bool


@dataclass(frozen=True)
class _Task:
    """Rows that the fixed sites leave, the sites that may open, and what limits them."""

    matrix: sp.csr_array
    weight: Floats
    sites: Ints
    limits: Limits

    def after(self, earlier: list[Ints], least: int, time_limit_s: float, gap: float) -> _Next | None:
        """The best sites that do without at least ``least`` of each earlier plan; ``None`` where none can."""
        if any(len(plan) < least for plan in earlier):
            return None
        uses = np.array([np.isin(self.sites, plan) for plan in earlier], dtype=np.float64)
        may_use = uses.sum(axis=1) - least
        limits = Limits(np.vstack([uses, self.limits.use]), np.concatenate([may_use, self.limits.most]))
        chosen = greedily_within(self.matrix, self.weight, limits)
        answer = solve_cover_program(
            self.matrix, self.weight, limits, start=chosen, time_limit_s=time_limit_s, gap=gap, tolerance=_TOLERANCE
        )
        if answer.chosen is not None and self._value(answer.chosen) > self._value(chosen):
            chosen = answer.chosen
        bound = self._value(chosen) if answer.best else answer.bound
        return _Next(self.sites[without_useless(self.matrix, chosen)], bound, answer.interrupted)

    def _value(self, chosen: Ints) -> float:
        return float(self.weight[covered_by(self.matrix, chosen)].sum())
