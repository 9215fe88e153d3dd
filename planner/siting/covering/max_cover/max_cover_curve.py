"""Maximal covering along a curve: the most that can be covered under each of many limits, each one proven.

What is known at one limit is used at the next smaller one: the problem is reduced once; an optimum that fits into the
smaller limit is the optimum there too; else the search begins near it, and no smaller limit covers more. One linear
relaxation is kept for all limits (Church & ReVelle 1974 found it to be whole mostly), so that the next one is a few
steps of the dual simplex method away; its duals are multipliers of the Lagrangian bound, which rules most sites in or
out, and only what is left goes to branch and bound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError
from planner.siting.arguments import LAST_BITS, amounts, cover_matrix, limit, search_limits
from planner.siting.covering.allowed import allowed_sites
from planner.siting.covering.max_cover.limits import LimitSearch
from planner.siting.covering.max_cover.town import Found, Reduced, reduced
from planner.siting.solution import Solution, proven_gap
from planner.siting.stopping import INTERRUPTED, Deadline, watch


@watch(None)
def max_cover_curve(
    covers: sp.csr_array,
    weight: ArrayLike,
    *,
    site_limits: Sequence[int] | None = None,
    cost: ArrayLike | None = None,
    budgets: Sequence[float] | None = None,
    fixed: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Solution, ...]:
    """For each of ``site_limits``, or of ``budgets``, the solution of :func:`planner.siting.max_cover`.

    All other arguments are as there; ``time_limit_s`` is for each limit. Limits come in any order. A larger one never
    covers less, and its bound is never lower. ``progress(done, of)`` is called after each limit; what it raises ends
    the curve.

    Raises ``ArgumentError`` for an argument of the wrong shape or range, and unless there is one kind of limits.
    """
    matrix = cover_matrix(covers)
    row_count, site_count = matrix.shape
    weights = amounts("weight", weight, row_count)
    search_limits(time_limit_s, gap)
    if (site_limits is None) == (budgets is None):
        raise ArgumentError("one_kind_of_limits")
    if budgets is not None and cost is None:
        raise ArgumentError("budget_without_cost")
    by_count = budgets is None
    name, said = ("site_limits", site_limits) if by_count else ("budgets", budgets)
    assert said is not None
    limits = [float(limit(name, one, whole=by_count) or 0.0) for one in said]
    most = max(limits, default=0.0)
    allowed = allowed_sites(
        site_count, site_limit=most if by_count else None, cost=None if by_count else cost,
        budget=None if by_count else most, fixed=fixed, forbidden=forbidden,
    )  # fmt: skip
    if not limits:
        return ()
    price = np.ones(site_count) if by_count else allowed.cost
    found = _downwards(reduced(matrix, weights, allowed), price, limits, gap, seed, time_limit_s, progress)
    return _upwards(found, limits, gap)


def _downwards(
    problem: Reduced, cost: NDArray[np.float64], limits: list[float], gap: float, seed: int, time_limit_s: float,
    progress: Callable[[int, int], None] | None,
) -> list[Solution]:  # fmt: skip
    """The limits from the largest down, each with the help of the one before."""
    search = LimitSearch(problem.town, problem.base, gap, seed)
    solutions: dict[float, Solution] = {}
    last, known = None, Found(np.empty(0, dtype=np.int64), np.inf, "")
    for done, most in enumerate(sorted(limits, reverse=True), start=1):
        if most not in solutions:
            new = () if last is None else np.setdiff1d(last.selected, problem.stay)
            fits = last is not None and float(cost[new].sum()) <= most * (1.0 + LAST_BITS)
            if last is not None and fits and last.status == "optimal":
                last = replace(last, runtime_s=0.0)
            else:
                deadline = Deadline(0.0 if known.interrupted else time_limit_s)
                found = search.at(most, known.chosen, deadline)
                if known.interrupted:
                    found = replace(found, method=INTERRUPTED, interrupted=True)
                known = replace(found, bound=min(found.bound, known.bound))
                last = problem.solution(known, gap=gap, runtime_s=deadline.elapsed_s)
            solutions[most] = last
        if progress is not None:
            progress(done, len(limits))
    return [solutions[most] for most in limits]


def _upwards(found: list[Solution], limits: list[float], gap: float) -> tuple[Solution, ...]:
    """Where a search ended before its proof, a smaller limit may have found more, which the larger one allows too."""
    better = list(found)
    best: Solution | None = None
    for at in np.argsort(limits, kind="stable"):
        mine = better[at]
        if best is not None and best.objective > mine.objective:
            reached, bound = proven_gap(best.objective, mine.bound, maximise=True)
            mine = replace(best, bound=bound, gap=reached, status="optimal" if reached <= gap else "feasible")
        best = better[at] = mine
    return tuple(better)
