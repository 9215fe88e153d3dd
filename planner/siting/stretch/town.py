"""The services and sites of a warm street: what may stand where, and what a stretch could gain at most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError
from planner.siting.arguments import amounts, limit, positive_count

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class StretchTown:
    """What may stand where: ``gain``, ``allowed`` and ``cost`` are (services, sites), ``need`` is (services,) and
    ``room`` (sites,). ``skips``: how many services may go without a site.
    """

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

    def options(self, service: int, sites: Ints) -> Ints:
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


def stretch_town(
    gain: ArrayLike,
    allowed: ArrayLike,
    cost: ArrayLike | None,
    budget: float | None,
    need: ArrayLike | None,
    room: ArrayLike | None,
    at_least: int | None,
    sites: int,
) -> StretchTown:
    """The arguments of :func:`planner.siting.warm_street`, checked."""
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
    return StretchTown(gains, may, costs, np.inf if money is None else money, needs, rooms, shape[0] - wanted)
