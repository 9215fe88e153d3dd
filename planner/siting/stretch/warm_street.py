"""A warm street: the stretch of street along which a site for each of several services covers most.

For one stretch it is the multiple-choice knapsack problem (Sinha, P. & Zoltners, A. A. 1979, Operations Research 27):
one option of each class, of the most worth within a budget; places that hold several services must have room for them.
Pareto fronts of cost and worth (Dudzinski, K. & Walukiewicz, S. 1987, European Journal of Operational Research 28)
bound a depth-first search, which is needed for the room alone. Stretches are taken by what they could cover at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError
from planner.siting.arguments import amounts, cover_matrix, limit, positive_count, search_limits
from planner.siting.solution import proven_gap
from planner.siting.stopping import INTERRUPTED, Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# By so much, relatively, prices may exceed a budget: 0.1 + 0.2 fits into 0.3; and so near two totals are the same.
_LAST_BITS: Final = 1e-12
_NODES_AT_ONCE: Final = 500


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
    town = _town(gain, allowed, cost, budget, need, room, at_least, places.shape[1])
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
            found = town.best_in(_sites(places, stretch), -1.0 if own is None else own.objective, deadline)
        except (KeyboardInterrupt, _OutOfTimeError) as stop:
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


class _OutOfTimeError(Exception):
    """Time was up in the middle of a stretch."""


@dataclass(frozen=True)
class _Town:
    gain: Floats
    allowed: Bools
    cost: Floats
    budget: float
    need: Floats
    room: Floats
    skips: int

    def most(self, sites: Ints) -> float:
        """What a stretch with these sites could gain if neither money nor room were short; -inf where it has too few
        services.
        """
        may = self.allowed[:, sites] & (self.cost[:, sites] <= self.budget)
        if (~may.any(axis=1)).sum() > self.skips:
            return -np.inf
        return float(np.where(may, self.gain[:, sites], 0.0).max(axis=1, initial=0.0).sum())

    def best_in(self, sites: Ints, above: float, deadline: Deadline) -> tuple[Ints, float, float] | None:
        """The best site of each service among ``sites``, its gain and cost; ``None`` where none gains above that.

        Raises ``_OutOfTimeError``, or ``KeyboardInterrupt`` where it was told to stop.
        """
        if deadline.passed():
            raise _OutOfTimeError
        services = [self._options(service, sites) for service in range(len(self.gain))]
        return _Search(self, services, above, deadline).run()

    def _options(self, service: int, sites: Ints) -> Ints:
        """The sites that may hold a service, without those that a cheaper and better one with ample room stands for."""
        may = sites[self.allowed[service, sites] & (self.cost[service, sites] <= self.budget)]
        may = may[np.lexsort((self.cost[service, may], -self.gain[service, may]))]
        ample = self.room[may] >= (self.allowed[:, may] * self.need[:, None]).sum(axis=0)
        kept, cheapest = [], np.inf
        for site, has_room in zip(may, ample, strict=True):
            if self.cost[service, site] >= cheapest:
                continue  # gains no more than one that was kept, and costs no less
            kept.append(site)
            if has_room:
                cheapest = float(self.cost[service, site])
        return np.array(kept, dtype=np.int64)


class _Search:
    """Depth first through the services of one stretch, the most promising option first."""

    def __init__(self, town: _Town, options: list[Ints], above: float, deadline: Deadline) -> None:
        self._town, self._options, self._deadline = town, options, deadline
        self._best: Ints | None = None
        self._above = above
        self._site = np.full(len(options), -1, dtype=np.int64)
        self._room = {int(site): float(town.room[site]) for some in options for site in some}
        self._money = town.budget * (1.0 + _LAST_BITS)
        self._fronts = list(self._suffix_fronts())[::-1]
        self._nodes = 0

    def run(self) -> tuple[Ints, float, float] | None:
        self._visit(0, 0.0, 0.0, self._town.skips)
        if self._best is None:
            return None
        site = self._best
        there = np.flatnonzero(site >= 0)
        return site, float(self._town.gain[there, site[there]].sum()), float(self._town.cost[there, site[there]].sum())

    def _visit(self, service: int, gained: float, spent: float, skips: int) -> None:
        self._nodes += 1
        if self._nodes % _NODES_AT_ONCE == 0 and self._deadline.passed():
            raise _OutOfTimeError
        if service == len(self._options):
            if gained > self._above:
                self._above, self._best = gained, self._site.copy()
            return
        town = self._town
        tries = [(-1, 0.0, 0.0)] if skips else []
        tries += [(int(s), float(town.gain[service, s]), float(town.cost[service, s])) for s in self._options[service]]
        hopes = [gained + gain + self._hope(service + 1, spent + cost) for _, gain, cost in tries]
        for number in sorted(range(len(tries)), key=lambda i: (-hopes[i], tries[i][2])):
            site, gain, cost = tries[number]
            if hopes[number] <= self._above + _LAST_BITS * abs(self._above):
                return  # as of all that follow, which promise less
            if site >= 0:
                if self._room[site] < town.need[service]:
                    continue
                self._room[site] -= town.need[service]
            self._site[service] = site
            self._visit(service + 1, gained + gain, spent + cost, skips - (site < 0))
            self._site[service] = -1
            if site >= 0:
                self._room[site] += town.need[service]

    def _hope(self, service: int, spent: float) -> float:
        """What the services from this one on could gain with the money that is left, if room were no matter."""
        cost, gain = self._fronts[service]
        at = int(np.searchsorted(cost, self._money - spent, side="right")) - 1
        return float(gain[at]) if at >= 0 else -np.inf

    def _suffix_fronts(self) -> Iterator[tuple[Floats, Floats]]:
        """From the last service to the first: the costs at which more can be gained with it and all after it."""
        cost, gain = np.zeros(1), np.zeros(1)
        yield cost, gain
        for service in reversed(range(len(self._options))):
            sites = self._options[service]
            own_cost, own_gain = self._town.cost[service, sites], self._town.gain[service, sites]
            if self._town.skips:
                own_cost, own_gain = np.append(own_cost, 0.0), np.append(own_gain, 0.0)
            cost, gain = (np.add.outer(a, b).ravel() for a, b in ((cost, own_cost), (gain, own_gain)))
            order = np.lexsort((-gain, cost))
            cost, gain = cost[order], gain[order]
            better = np.ones(len(gain), dtype=bool)
            better[1:] = gain[1:] > np.maximum.accumulate(gain)[:-1]
            better &= cost <= self._money
            cost, gain = cost[better], gain[better]
            yield cost, gain


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


def _town(
    gain: ArrayLike,
    allowed: ArrayLike,
    cost: ArrayLike | None,
    budget: float | None,
    need: ArrayLike | None,
    room: ArrayLike | None,
    at_least: int | None,
    sites: int,
) -> _Town:
    gains = np.asarray(gain, dtype=np.float64)
    if gains.ndim != 2 or gains.shape[1] != sites or not len(gains):
        raise ArgumentError("wrong_shape", name="gain", shape=gains.shape, wanted=(max(1, len(gains)), sites))
    shape = gains.shape
    may = np.asarray(allowed, dtype=np.bool_)
    if may.shape != shape:
        raise ArgumentError("wrong_shape", name="allowed", shape=may.shape, wanted=shape)
    money = limit("budget", budget)
    if money is not None and cost is None:
        raise ArgumentError("budget_without_cost")
    costs = np.zeros(shape) if cost is None else np.asarray(cost, dtype=np.float64)
    for name, values in (("gain", gains), ("cost", costs)):
        if values.shape != shape:
            raise ArgumentError("wrong_shape", name=name, shape=values.shape, wanted=shape)
        amounts(name, values.ravel(), values.size)
    needs = amounts("need", np.zeros(shape[0]) if need is None else need, shape[0])
    rooms = np.full(sites, np.inf) if room is None else np.asarray(room, dtype=np.float64)
    if rooms.shape != (sites,):
        raise ArgumentError("wrong_shape", name="room", shape=rooms.shape, wanted=(sites,))
    amounts("room", np.where(np.isposinf(rooms), 0.0, rooms), sites)
    wanted = shape[0] if at_least is None else positive_count("at_least", at_least)
    if wanted > shape[0]:
        raise ArgumentError("too_many_services", wanted=wanted, services=shape[0])
    return _Town(gains, may, costs, np.inf if money is None else money, needs, rooms, shape[0] - wanted)
