"""A warm street: the stretch of street along which a site for each of several services covers most.

For one stretch it is the multiple-choice knapsack problem (Sinha, P. & Zoltners, A. A. 1979, Operations Research 27):
one option of each class, of the most worth within a budget; places that hold several services must have room for them.
Pareto fronts of cost and worth (Dudzinski, K. & Walukiewicz, S. 1987, European Journal of Operational Research 28)
bound a depth-first search, which is needed for the room alone. Stretches are taken by what they could cover at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError
from planner.siting.arguments import cover_matrix, positive_count, search_limits
from planner.siting.solution import proven_gap
from planner.siting.stopping import INTERRUPTED, Deadline
from planner.siting.stretch.search import OutOfTimeError, best_in
from planner.siting.stretch.town import stretch_town

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class StretchChoice:
    """``site``: (services,), the site of each service, -1 where there is none; ``objective``: what they gain."""

    stretch: int
    site: Ints
    objective: float
    cost: float


@dataclass(frozen=True)
class WarmStreets:
    """``ranked``: the best stretch of each of the best streets, the best first. ``bound``: what no stretch can beat;
    ``gap``: the relative distance of the best to it. ``status``: ``"optimal"`` where the ranking is proven, else
    ``"feasible"``. ``possible``: how many streets have a stretch that could hold as many services as asked for, before
    the budget and the room are looked at.
    """

    ranked: tuple[StretchChoice, ...]
    bound: float
    gap: float
    status: Literal["optimal", "feasible"]
    possible: int
    runtime_s: float
    method: str


def warm_street(
    gain: ArrayLike,
    allowed: ArrayLike,
    stretches: sp.csr_array,
    street: ArrayLike,
    *,
    cost: ArrayLike | None = None,
    budget: float | None = None,
    need: ArrayLike | None = None,
    room: ArrayLike | None = None,
    at_least: int | None = None,
    count: int = 1,
    time_limit_s: float = 30.0,
) -> WarmStreets:
    """The stretches along which a site for each service gains most, the best of each street, ``count`` of them.

    ``gain``: (services, sites), what a site would gain for a service, not negative; services add up. ``allowed``: which
    sites may hold which service. ``stretches``: CSR, stretches × sites, true where a site lies along a stretch.
    ``street``: (stretches,), the number of the street that each is part of. ``cost`` like ``gain``, needed with
    ``budget``, which a stretch's sites may cost in all. ``need``: (services,), the room that a service takes, and
    ``room``: (sites,), what a site has, infinite for enough; without them every site has room for all. ``at_least``: of
    how many services there must be a site, all by default; one that stands already gains and costs nothing.

    Raises ``ArgumentError`` for an argument of the wrong shape or range.
    """
    deadline = Deadline(time_limit_s)
    places = cover_matrix(stretches)
    town = stretch_town(gain, allowed, cost, budget, need, room, at_least, places.shape[1])
    streets = _streets(street, places.shape[0])
    positive_count("count", count)
    search_limits(time_limit_s, 0.0)
    most = np.array([town.most(_sites(places, stretch)) for stretch in range(places.shape[0])])
    best: dict[int, StretchChoice] = {}
    left: float | None = None
    method = "stretch by stretch"
    for stretch in np.argsort(-most, kind="stable"):
        if most[stretch] < _least_wanted(best, count):
            break  # and all that follow, which could gain no more
        own = best.get(int(streets[stretch]))
        if own is not None and most[stretch] <= own.objective:
            continue
        try:
            found = best_in(town, _sites(places, stretch), -1.0 if own is None else own.objective, deadline)
        except (KeyboardInterrupt, OutOfTimeError) as stop:
            left = float(most[stretch])
            method = INTERRUPTED if isinstance(stop, KeyboardInterrupt) else method
            break
        if found is not None:
            best[int(streets[stretch])] = StretchChoice(int(stretch), *found)
    ranked = sorted(best.values(), key=lambda some: (-some.objective, some.cost, some.stretch))[:count]
    value = ranked[0].objective if ranked else 0.0
    gap, bound = proven_gap(value, value if left is None else max(left, value), maximise=True)
    return WarmStreets(
        ranked=tuple(ranked),
        bound=bound,
        gap=gap,
        status="optimal" if left is None else "feasible",
        possible=len(np.unique(streets[np.isfinite(most)])),
        runtime_s=deadline.elapsed_s,
        method=method,
    )


def _least_wanted(best: dict[int, StretchChoice], count: int) -> float:
    """What a further street must gain to be among the best; a tie may be, and is looked at."""
    if len(best) < count:
        return -np.finfo(np.float64).max
    return sorted((some.objective for some in best.values()), reverse=True)[count - 1]


def _sites(places: sp.csr_array, stretch: int) -> Ints:
    sites: Ints = places.indices[places.indptr[stretch] : places.indptr[stretch + 1]].astype(np.int64)
    return np.sort(sites)


def _streets(street: ArrayLike, count: int) -> Ints:
    array = np.asarray(street)
    if array.shape != (count,):
        raise ArgumentError("wrong_shape", name="street", shape=array.shape, wanted=(count,))
    if array.size and array.dtype.kind not in "iu":
        raise ArgumentError("not_indices", name="street", dtype=array.dtype)
    return array.astype(np.int64)
