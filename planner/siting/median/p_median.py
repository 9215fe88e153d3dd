"""The p-median: the sites from which all demand is served with the least weighted travel.

Hakimi, S. L. (1964), Optimum locations of switching centers and the absolute centers and medians of a graph. Operations
Research 12.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError
from planner.siting.arguments import amounts, fixed_and_forbidden, limit, search_limits
from planner.siting.distances import Distances, distance_table, has_gaps, nearest_open, rows_at
from planner.siting.median.phases import SAME, MedianSearch
from planner.siting.solution import Solution
from planner.siting.stopping import INTERRUPTED, Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def p_median(
    distance: ArrayLike,
    weight: ArrayLike,
    *,
    site_limit: int,
    fixed: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    penalty: float | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    seed: int = 0,
) -> Solution:
    """The sites with the least weighted distance from all demand: at most ``site_limit`` new ones.

    ``distance``: demand rows × site columns, dense (inf where there is no way) or a CSR array of the pairs within a
    cutoff, in which a stored 0 is a distance of 0. ``weight``: (rows,), not negative. ``fixed`` sites are open and do
    not count against the limit; ``forbidden`` ones stay shut. The objective is the sum over rows of weight × distance
    to the nearest open site. A row to which none is as near as ``penalty`` (a distance, in the unit of the others) is
    served by none and pays that instead; it is needed with a CSR array, where a dense distance is inf, and where no
    site may be open at all. Sites that would save nobody anything are not opened. The search stops when proven within
    the relative ``gap`` or after ``time_limit_s``, with the best answer in hand; an interrupt gives that answer too.

    Raises ``ArgumentError`` for an argument of the wrong shape or range, or a penalty that is missing.
    """
    deadline = Deadline(time_limit_s)
    table = distance_table(distance)
    row_count, site_count = table.shape
    weights = amounts("weight", weight, row_count)
    stay, never = fixed_and_forbidden(fixed, forbidden, site_count)
    search_limits(time_limit_s, gap)
    most = _count(site_limit)
    unserved = _penalty(penalty)
    may = np.setdiff1d(np.arange(site_count), np.union1d(stay, never))
    asking = weights > 0
    nobody = len(stay) == 0 and (most == 0 or len(may) == 0) and bool(asking.any())
    if penalty is None and (nobody or has_gaps(table)):
        raise ArgumentError("no_penalty")
    _, to_fixed = nearest_open(table, stay)
    cap = np.zeros(row_count)
    cap[asking] = weights[asking] * np.minimum(to_fixed, unserved)[asking]
    search = MedianSearch(table, weights, cap, may, most, gap, seed, deadline)
    try:
        method = search.run()
    except KeyboardInterrupt:
        method = INTERRUPTED
    return _solution(table, weights, unserved, stay, search, gap, method)


def _count(site_limit: int) -> int:
    if site_limit is None:
        raise ArgumentError("bad_limit", name="site_limit", value=site_limit)
    return int(limit("site_limit", site_limit, whole=True) or 0)


def _penalty(penalty: float | None) -> float:
    if penalty is None:
        return np.inf
    if not 0 <= penalty < np.inf:
        raise ArgumentError("bad_penalty", value=penalty)
    return float(penalty)


def _solution(
    table: Distances, weights: Floats, unserved: float, stay: Ints, search: MedianSearch, gap: float, method: str
) -> Solution:  # fmt: skip
    selected = np.union1d(stay, _without_useless(table, weights, unserved, stay, search.chosen))
    site, nearest = nearest_open(table, selected)
    site[nearest > unserved] = -1
    paid = np.minimum(nearest, unserved)
    objective = float((weights[weights > 0] * paid[weights > 0]).sum())
    bound = min(objective, max(0.0, search.bound))
    reached = 0.0 if objective == bound else (objective - bound) / objective
    reached, bound = (0.0, objective) if reached <= 2 * SAME else (reached, bound)
    return Solution(
        selected=selected,
        objective=objective,
        bound=bound,
        gap=reached,
        status="optimal" if reached <= gap else "feasible",
        assignment=site,
        runtime_s=search.deadline.elapsed_s,
        method=method,
    )


def _without_useless(table: Distances, weights: Floats, unserved: float, stay: Ints, chosen: Ints) -> Ints:
    """The chosen sites without those that save nobody anything."""
    _, by_fixed = nearest_open(table, stay)
    _, nearest = nearest_open(table, np.union1d(stay, chosen))
    asking = np.flatnonzero((weights > 0) & (nearest < np.minimum(by_fixed, unserved)))
    at_nearest = [rows_at(table, int(j), asking, nearest) for j in chosen]
    times = np.zeros(table.shape[0], dtype=np.int64)
    for rows in at_nearest:
        times[rows] += 1
    kept = []
    for j, rows in zip(chosen, at_nearest, strict=True):
        if (times[rows] == 1).any():
            kept.append(j)
        else:
            times[rows] -= 1
    return np.array(kept, dtype=np.int64)
