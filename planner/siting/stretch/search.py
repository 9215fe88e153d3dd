"""The best sites of one stretch: depth first, within what Pareto fronts of cost and gain promise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.siting.arguments import LAST_BITS
from planner.siting.stopping import Deadline
from planner.siting.stretch.town import StretchTown

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NODES_AT_ONCE: Final = 500


class OutOfTimeError(Exception):
    """Time was up in the middle of a stretch."""


def best_in(town: StretchTown, sites: Ints, above: float, deadline: Deadline) -> tuple[Ints, float, float] | None:
    """The best site of each service among ``sites``, its gain and cost; ``None`` where none gains above that.

    Raises ``OutOfTimeError``, or ``KeyboardInterrupt`` where it was told to stop.
    """
    if deadline.passed():
        raise OutOfTimeError
    services = [town.options(service, sites) for service in range(len(town.gain))]
    return _Search(town, services, above, deadline).run()


class _Search:
    """Depth first through the services of one stretch, the most promising option first."""

    def __init__(self, town: StretchTown, options: list[Ints], above: float, deadline: Deadline) -> None:
        self._town, self._options, self._deadline = town, options, deadline
        self._best: Ints | None = None
        self._above = above
        self._site = np.full(len(options), -1, dtype=np.int64)
        self._room = {int(site): float(town.room[site]) for some in options for site in some}
        self._money = town.budget * (1.0 + LAST_BITS)
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
            raise OutOfTimeError
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
            if hopes[number] <= self._above + LAST_BITS * abs(self._above):
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
