"""Covering in several scenarios at once: the best on average, in the worst of them, or with the least regret.

Serra, D. & Marianov, V. (1998), The p-median problem in a changing network. Location Science 6; Kouvelis, P. & Yu, G.
(1997), Robust discrete optimization and its applications; reviewed by Snyder, L. (2006), Facility location under
uncertainty. IIE Transactions 38.

On average it is maximal covering with the scenarios' rows side by side. For the other two, weights on the scenarios
give such a problem whose answer bounds every plan; weights that move towards the scenarios which fare worst find plans
and lower the bound (Lagrangian relaxation; the multiplicative weights of Arora, Hazan & Kale 2012), swaps improve the
plans, and HiGHS proves the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError
from planner.siting.arguments import amounts, cover_matrix, search_limits
from planner.siting.covering.allowed import Allowed, allowed_sites
from planner.siting.covering.covers import covered_by
from planner.siting.covering.reduction import merged_rows, undominated_sites
from planner.siting.covering.robust_cover.program import prove_least
from planner.siting.covering.robust_cover.search import RobustSearch
from planner.siting.covering.robust_cover.town import RobustTown
from planner.siting.solution import proven_gap
from planner.siting.stopping import INTERRUPTED, Deadline, watch

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Goal = Literal["average", "worst", "regret"]


@dataclass(frozen=True)
class RobustSolution:
    """A set of open sites, how it fares in each scenario, and how well it is proven.

    ``selected``: site indices in ascending order, fixed ones included. ``share``: (scenarios,) the covered share of
    each scenario's weight. ``best_share`` and ``best_bound``: (scenarios,) what the best plan found for that scenario
    alone covers, and what no plan can exceed in it; the regret in a scenario is ``best_share`` less ``share``.
    ``objective``: the average share, the least share, or the largest regret. ``gap``: the distance from ``bound``,
    relative, of a regret in shares. ``status``: ``"optimal"`` where the gap is within the one asked for.
    """

    selected: Ints
    share: Floats
    best_share: Floats
    best_bound: Floats
    objective: float
    bound: float
    gap: float
    status: Literal["optimal", "feasible"]
    runtime_s: float
    method: str


@watch(None)
def robust_cover(
    covers: Sequence[sp.csr_array],
    weight: Sequence[ArrayLike],
    *,
    goal: Goal,
    likelihood: ArrayLike | None = None,
    site_limit: int | None = None,
    cost: ArrayLike | None = None,
    budget: float | None = None,
    fixed: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    seed: int = 0,
) -> RobustSolution:
    """The sites that fare best over all scenarios, by ``goal``.

    ``covers``: of each scenario, CSR, demand rows × site columns, true where covered; rows may differ in number, the
    sites are the same in all, and one that is shut in a scenario covers nothing in it. ``weight``: of each scenario,
    (rows,), not negative and not all 0. ``goal``: ``"average"`` for the largest covered share on average, each scenario
    by its ``likelihood`` ((scenarios,), 1 if not given; their sum does not matter); ``"worst"`` for the largest least
    share; ``"regret"`` for the smallest largest regret, which is what a plan covers less than the best plan for that
    scenario alone. Of equally good plans one with a larger average is preferred, which is not proven. The other
    arguments are those of :func:`planner.siting.max_cover`. Where the best plan for a scenario alone is not proven, its
    bound stands in for it and the answer is not called optimal.

    Raises ``ArgumentError`` for an argument of the wrong shape or range.
    """
    deadline = Deadline(time_limit_s)
    if goal not in get_args(Goal):
        raise ArgumentError("unknown_goal", goal=goal, known=", ".join(get_args(Goal)))
    matrices, weights = _scenarios(covers, weight)
    count, sites = len(matrices), matrices[0].shape[1]
    chance = amounts("likelihood", np.ones(count) if likelihood is None else likelihood, count)
    if not chance.sum() > 0:
        raise ArgumentError("no_likelihood")
    search_limits(time_limit_s, gap)
    allowed = allowed_sites(sites, site_limit=site_limit, cost=cost, budget=budget, fixed=fixed, forbidden=forbidden)
    town, optional = _town(matrices, weights, allowed)
    search = RobustSearch(town, goal, chance / chance.sum(), gap, seed)
    interrupted = False
    try:
        method = search.run(deadline)
        if not search.done() and not deadline.passed():
            method, interrupted = prove_least(town, search, gap, deadline)
    except KeyboardInterrupt:
        interrupted = True
    selected = np.union1d(allowed.fixed, optional[search.best])
    share = np.array([w[covered_by(m, selected)].sum() / w.sum() for m, w in zip(matrices, weights, strict=True)])
    best = np.maximum(search.alone, share)
    most = np.maximum(search.alone_bound, best)
    if goal == "regret":
        objective = float((most - share).max())
        bound = min(objective, max(0.0, 1.0 - search.bound - float((most - best).max())))
        reached = objective - bound if objective - bound > 1e-9 else 0.0
        bound = objective if reached == 0.0 else bound
    else:
        objective = float(share.min() if goal == "worst" else (share * chance).sum() / chance.sum())
        reached, bound = proven_gap(objective, search.bound, maximise=True)
    return RobustSolution(
        selected=selected,
        share=share,
        best_share=best,
        best_bound=most,
        objective=objective,
        bound=bound,
        gap=reached,
        status="optimal" if reached <= gap else "feasible",
        runtime_s=deadline.elapsed_s,
        method=INTERRUPTED if interrupted else method,
    )


def _scenarios(covers: Sequence[sp.csr_array], weight: Sequence[ArrayLike]) -> tuple[list[sp.csr_array], list[Floats]]:
    """The covers and the weights of each scenario, checked."""
    if len(covers) == 0 or len(covers) != len(weight):
        raise ArgumentError("scenarios_differ", covers=len(covers), weights=len(weight))
    matrices = [cover_matrix(each) for each in covers]
    if len({matrix.shape[1] for matrix in matrices}) > 1:
        raise ArgumentError("scenario_sites_differ", sites=", ".join(str(matrix.shape[1]) for matrix in matrices))
    weights = [amounts("weight", each, matrix.shape[0]) for each, matrix in zip(weight, matrices, strict=True)]
    for number, each in enumerate(weights):
        if not each.sum() > 0:
            raise ArgumentError("scenario_without_weight", index=number)
    return matrices, weights


def _town(matrices: list[sp.csr_array], weights: list[Floats], allowed: Allowed) -> tuple[RobustTown, Ints]:
    """What the fixed sites leave, rows with the same sites as one whatever their scenarios; and the sites left."""
    already, optional = [covered_by(matrix, allowed.fixed) for matrix in matrices], allowed.optional
    base = np.array([w[done].sum() / w.sum() for w, done in zip(weights, already, strict=True)])
    left = [matrix[~done][:, optional] for matrix, done in zip(matrices, already, strict=True)]
    shares = [w[~done] / w.sum() for w, done in zip(weights, already, strict=True)]
    small, _, became = merged_rows(sp.csr_array(sp.vstack(left)), np.concatenate(shares))
    row_share = np.zeros((len(matrices), small.shape[0]))
    ends = np.cumsum([len(some) for some in shares])[:-1]
    for of, some, group in zip(row_share, shares, np.split(became, ends), strict=True):
        np.add.at(of, group[group >= 0], some[group >= 0])
    useful = undominated_sites(small, allowed.cost[optional])
    optional = optional[useful]
    matrix = small[:, useful].tocsr()
    return RobustTown(matrix, row_share, base, allowed.cost[optional], allowed.site_limit, allowed.budget), optional
