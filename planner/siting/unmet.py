"""What cannot be met, named: who nobody reaches, how far their nearest candidate is, the smallest change that would do.

The smallest radius is found by bisection over the distances that occur, as for the p-center (Daskin 1995), here with
maximal covering as the test; the smallest number of sites, or budget, is a set-covering problem.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.siting.arguments import amounts, cover_matrix, fixed_and_forbidden, limit, search_limits, shares
from planner.siting.covering.covers import covered_by
from planner.siting.covering.max_cover.max_cover import max_cover
from planner.siting.covering.set_cover.set_cover import set_cover
from planner.siting.distances import finite_pairs
from planner.siting.solution import Solution
from planner.siting.stopping import Deadline, watch

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SLACK = 1e-9


@dataclass(frozen=True)
class Unmet:
    """The demand rows that no allowed site reaches, in ascending order.

    ``weight``: their weight. ``nearest``: the nearest site that is not forbidden, the lowest-numbered of equals, -1
    where no distance is known. ``distance``: how far that is, in the unit of the distances, infinite where unknown.
    """

    rows: Ints
    weight: Floats
    nearest: Ints
    distance: Floats


@dataclass(frozen=True)
class SmallestRadius:
    """The smallest radius at which the limits allow the share to be covered.

    ``radius`` is one of the distances or 0, infinite where no radius does; ``bound``: every radius below it is proven
    too small; where both are equal the radius is proven. ``share`` is what ``solution`` covers at ``radius``.
    """

    radius: float
    bound: float
    share: float
    solution: Solution


@dataclass(frozen=True)
class SmallestLimit:
    """The fewest new sites, or the smallest budget, that cover the share.

    ``limit`` is infinite where not even all allowed sites do: ``largest_share`` is what they cover together, and
    ``solution`` then is the cheapest that covers as much. No limit below ``bound`` can do.
    """

    limit: float
    bound: float
    largest_share: float
    solution: Solution


def unmet(
    distance: ArrayLike | sp.csr_array,
    radius: float,
    *,
    weight: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
) -> Unmet:
    """The demand rows that no site reaches within ``radius``, inclusive, and the nearest site of each of them.

    ``distance``: demand rows × sites, dense, or CSR of the known pairs, which may go beyond the radius (a stored 0 is
    a distance of 0; a pair that is not stored is unknown). ``weight``: (rows,), 1 each if not given. ``forbidden``
    sites serve nobody.

    Raises ``ArgumentError`` for an argument of the wrong shape or range.
    """
    pairs = _pairs(distance)
    _, never = fixed_and_forbidden(None, forbidden, pairs.shape[1])
    weights = amounts("weight", np.ones(pairs.shape[0]) if weight is None else weight, pairs.shape[0])
    reach = limit("radius", radius)
    assert reach is not None
    nearest, far = _nearest(pairs, never)
    rows = np.flatnonzero(~(far <= reach))
    return Unmet(rows=rows, weight=weights[rows], nearest=nearest[rows], distance=far[rows])


@watch(None)
def smallest_radius(
    distance: ArrayLike | sp.csr_array,
    weight: ArrayLike,
    *,
    target_share: float,
    site_limit: int | None = None,
    cost: ArrayLike | None = None,
    budget: float | None = None,
    fixed: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    time_limit_s: float = 30.0,
    seed: int = 0,
) -> SmallestRadius:
    """The smallest radius at which sites within the limits cover ``target_share`` (0 to 1) of the weight.

    ``distance`` as for :func:`unmet`; the limits are those of :func:`planner.siting.max_cover`, and without any all
    sites may open. A radius that could not be decided in time counts as too small, but not as proven so.

    Raises ``ArgumentError`` for an argument of the wrong shape or range.
    """
    deadline = Deadline(time_limit_s)
    pairs = _pairs(distance)
    weights = amounts("weight", weight, pairs.shape[0])
    share = float(shares("target_share", target_share, 1)[0])
    search_limits(time_limit_s, 0.0)
    stay, never = fixed_and_forbidden(fixed, forbidden, pairs.shape[1])
    if site_limit is None and budget is None:
        site_limit = pairs.shape[1]
    total = float(weights.sum())
    need = share * total * (1.0 - _SLACK)

    def best_at(radius: float, remaining_s: float) -> Solution:
        return max_cover(
            _within(pairs, radius), weights, site_limit=site_limit, cost=cost, budget=budget, fixed=stay,
            forbidden=never, time_limit_s=max(0.02, remaining_s), seed=seed,
        )  # fmt: skip

    known = np.unique(np.append(pairs.data, 0.0))
    # Sites within the limits cannot do what all sites together cannot: below this no search is needed.
    _, far = _nearest(pairs, never)
    order = np.argsort(far, kind="stable")
    enough = np.flatnonzero(np.cumsum(weights[order]) >= need)
    low = int(np.searchsorted(known, far[order][enough[0]])) if need > 0 and enough.size else 0
    # Radii below ``low`` are ruled out, below ``proven`` proven too small; at ``high`` the share is covered.
    high = len(known)
    solution = best_at(known[-1], time_limit_s / 4)
    if solution.objective >= need:
        high -= 1
        proven = low
    else:
        low, proven = high, high if solution.bound < need else low
    while low < high and not deadline.ended:
        middle = (low + high) // 2
        answer = best_at(known[middle], deadline.left_s / 3)
        if answer.objective >= need:
            high, solution = middle, answer
        else:
            low = middle + 1
            proven = low if answer.bound < need else proven
    radii = np.append(known, np.inf)
    return SmallestRadius(
        radius=float(radii[high]),
        bound=float(radii[proven]),
        share=solution.objective / total if total > 0 else 1.0,
        solution=solution,
    )


def smallest_limit(
    covers: sp.csr_array,
    weight: ArrayLike,
    *,
    target_share: float,
    cost: ArrayLike | None = None,
    fixed: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    seed: int = 0,
) -> SmallestLimit:
    """The fewest new sites, or with ``cost`` the smallest budget, that cover ``target_share`` of the weight.

    Arguments as for :func:`planner.siting.set_cover`, whose answer is in ``solution``.

    Raises ``ArgumentError`` for an argument of the wrong shape or range.
    """
    solution = set_cover(
        covers, weight=weight, cost=cost, target_share=target_share, fixed=fixed, forbidden=forbidden,
        time_limit_s=time_limit_s, gap=gap, seed=seed,
    )  # fmt: skip
    matrix = cover_matrix(covers)
    weights = amounts("weight", weight, matrix.shape[0])
    _, never = fixed_and_forbidden(fixed, forbidden, matrix.shape[1])
    reached = float(weights[covered_by(matrix, np.setdiff1d(np.arange(matrix.shape[1]), never))].sum())
    total = float(weights.sum())
    out_of_reach = reached < target_share * total * (1.0 - _SLACK)
    return SmallestLimit(
        limit=np.inf if out_of_reach else solution.objective,
        bound=np.inf if out_of_reach else solution.bound,
        largest_share=reached / total if total > 0 else 1.0,
        solution=solution,
    )


def _pairs(distance: ArrayLike | sp.csr_array) -> sp.csr_array:
    """The known distances; a stored 0 stays."""
    known = finite_pairs(distance)
    return sp.csr_array((known.distance, (known.row, known.site)), shape=known.shape)


def _within(pairs: sp.csr_array, radius: float) -> sp.csr_array:
    """Which pairs are at most ``radius`` apart."""
    near = pairs.data <= radius
    row = np.repeat(np.arange(pairs.shape[0]), np.diff(pairs.indptr))[near]
    return sp.csr_array((np.ones(len(row), dtype=bool), (row, pairs.indices[near])), shape=pairs.shape)


def _nearest(pairs: sp.csr_array, never: Ints) -> tuple[Ints, Floats]:
    """The nearest allowed site of each row, -1 for none, and how far it is."""
    row = np.repeat(np.arange(pairs.shape[0]), np.diff(pairs.indptr))
    allowed = ~np.isin(pairs.indices, never)
    row, site, values = row[allowed], pairs.indices[allowed], pairs.data[allowed]
    order = np.lexsort((site, values, row))
    rows, first = np.unique(row[order], return_index=True)
    nearest, far = np.full(pairs.shape[0], -1, dtype=np.int64), np.full(pairs.shape[0], np.inf)
    nearest[rows], far[rows] = site[order][first], values[order][first]
    return nearest, far
