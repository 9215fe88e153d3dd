"""The trade-off between coverage and the worst walk under one budget, each point proven."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.analysis.money import checked_budget, spent_on
from planner.analysis.one_budget.front import SAME_SHARE, Front, Progress, nobody, terms
from planner.analysis.one_budget.shared_hosts import SharedHosts, shared_hosts
from planner.errors import ArgumentError
from planner.figures import amount_text, share_text, yuan_text
from planner.plan import Plan
from planner.siting import HostedSolution
from planner.today import ServiceToday
from planner.travel import join_points, network_for, travel_costs
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Two travel costs that differ by less are one: sums of lengths in another order.
_SAME_TRAVEL: Final = 1e-6
_NAMED: Final = 5
_STEPS: Final = 100


@dataclass(frozen=True)
class WalkFront(Front):
    """``frame``: a row a point, from the most coverage to the least worst travel: ``point`` (from 1),
    ``covered_share``, ``worst_m`` or ``worst_min`` (by the standard's unit), ``new_sites``, ``cost_yuan``,
    ``optimality_gap``.

    ``unreached``: the demand points that no site can be reached from, a row each: ``cell_id``, ``weight_per_day``.
    """

    service: str
    unreached: pd.DataFrame

    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """From where to where the front goes, what worst travel is, and whom it leaves out."""
        language = language or reader_language()
        begin, end = self.frame.iloc[0], self.frame.iloc[-1]
        missing = self.unreached["cell_id"].tolist()
        ids = say("ask_one_budget.comma", language).join(str(cell) for cell in missing[:_NAMED])
        return (
            say(
                "ask_one_budget.front_walk",
                language,
                service=self._service(self.service, language),
                budget=yuan_text(self.budget_yuan, language),
                most=share_text(begin["covered_share"]),
                worst=self._travel(begin, language),
                least=share_text(end["covered_share"]),
                best=self._travel(end, language),
            ),
            self._proof(language) + say("ask_one_budget.front_whole", language),
            say("ask_one_budget.walk_meaning", language),
            say("ask_one_budget.walk_all_reached", language)
            if self.unreached.empty
            else say(
                "ask_one_budget.walk_unreached",
                language,
                count=len(missing),
                ids=ids + ("…" if len(missing) > _NAMED else ""),
                weight=amount_text(float(self.unreached["weight_per_day"].sum())),
            ),
        )

    def figure(self, language: Language | None = None) -> Figure:
        """A point a plan, its number beside it."""
        from planner.analysis.one_budget.front_figure import draw_points

        language = language or reader_language()
        covered = say("ask_one_budget.axis_share", language, service=self._service(self.service, language))
        labels = [say(f"ask_one_budget.column_{self._worst}", language), covered]
        return draw_points(self.frame, (self._worst, "covered_share"), labels)

    @property
    def _worst(self) -> str:
        return f"worst_{self.together.parts[self.service].standard.unit}"

    def _point(self, point: pd.Series[float], language: Language) -> str:
        return say(
            "ask_one_budget.point_walk",
            language,
            point=int(point["point"]),
            share=share_text(point["covered_share"]),
            worst=self._travel(point, language),
        )

    def _travel(self, point: pd.Series[float], language: Language) -> str:
        return say(f"ask_one_budget.travel_{self._worst}", language, value=amount_text(point[self._worst]))


def walk_front(
    plan: Plan,
    service: str,
    *,
    budget_yuan: float | None = None,
    progress: Progress | None = None,
) -> WalkFront:
    """What a shorter worst way costs in coverage, for the same money: the whole Pareto front, each point proven.

    The worst way is that of the demand point with demand that has the furthest to go to its nearest site of
    ``service``, existing or new, at whatever hour that is open; it is measured beyond the standard. Points that no site
    can be reached from are told and left out of it. The epsilon-constraint method (Haimes, Lasdon & Wismer 1971): the
    most coverage while nobody has further to go than just less than in the point before, until no plan can do better.
    A point that covers no more than the next one is only weakly efficient and dropped.

    ``budget_yuan``: by default what the plan spends on the service. ``progress(done, of)``: how far the worst way has
    come, of 100. Raises ``UnknownNameError`` for a service that the plan lacks, ``ArgumentError`` for a budget below 0
    or a service without demand.
    """
    together = shared_hosts(plan, [service])
    part = together.parts[service]
    money = checked_budget(spent_on(plan, [service]) if budget_yuan is None else budget_yuan)
    travel = _travel_to_all(part)
    wants = part.demand.weight.sum(axis=1) > 0
    if not wants.any():
        raise ArgumentError("no_demand", service=part.study.catalog.services[service].name)
    allowed = np.setdiff1d(np.arange(travel.shape[1]), together.decided[service].forbidden)
    reached = np.isfinite(travel[:, allowed]).any(axis=1)
    travel_of = travel[wants & reached]
    points = list(_descending(together, service, money, travel_of, allowed, progress or nobody))
    rows = [
        {
            "point": number,
            "covered_share": together.covered_share(one.selected, service),
            f"worst_{part.standard.unit}": worst,
            **terms(together, one),
        }
        for number, (one, worst) in enumerate(points, start=1)
    ]
    missing = np.flatnonzero(wants & ~reached)
    unreached = pd.DataFrame(
        {
            "cell_id": part.demand.cells["cell_id"].to_numpy()[missing],
            "weight_per_day": part.demand.weight.sum(axis=1)[missing],
        }
    )
    solutions = tuple(one for one, _ in points)
    weights = {service: 1.0}
    return WalkFront(pd.DataFrame(rows), together, solutions, money, weights, service, unreached)


def _descending(
    together: SharedHosts,
    service: str,
    budget_yuan: float,
    travel: NDArray[np.float64],
    allowed: NDArray[np.int64],
    progress: Progress,
) -> Iterator[tuple[HostedSolution, float]]:
    """The points of the front with their worst travel, from the longest on."""
    weights = {service: 1.0}
    solution = together.solve(budget_yuan, weights)
    values = np.unique(travel[np.isfinite(travel)])
    best_of_all = travel[:, allowed].min(axis=1, initial=np.inf).max(initial=0.0)
    first = worst = _worst(travel, solution.selected)
    while True:
        progress(_part_done(first, worst, best_of_all), _STEPS)
        less = values[values < worst - _SAME_TRAVEL]
        if worst <= best_of_all + _SAME_TRAVEL or not less.size:
            break
        near = sp.csr_array(travel <= less[-1] + _SAME_TRAVEL)
        closer = together.solve(budget_yuan, weights, must_cover=near)
        if closer.requirements != "met":
            break
        if together.covered_share(closer.selected, service) < together.covered_share(solution.selected, service) - (
            SAME_SHARE
        ):
            yield solution, worst
        solution, worst = closer, _worst(travel, closer.selected)
    progress(_STEPS, _STEPS)
    yield solution, worst


def _worst(travel: NDArray[np.float64], selected: NDArray[np.int64]) -> float:
    return float(travel[:, selected].min(axis=1, initial=np.inf).max(initial=0.0))


def _part_done(first: float, worst: float, best: float) -> int:
    whole = first - best
    return int(_STEPS * (first - worst) / whole) if np.isfinite(whole) and whole > 0 else 0


def _travel_to_all(part: ServiceToday) -> NDArray[np.float64]:
    """Travel from every demand point to every site, however far: (points, sites), infinite where there is no way."""
    catalog = part.study.catalog
    mode = catalog.modes[catalog.services[part.service].mode]
    network = network_for(part.study.streets, mode, unit=part.standard.unit)
    off_road_m = catalog.rules.max_off_road_m.value
    from_demand = join_points(network, part.demand.xy, max_off_road_m=off_road_m)
    to_sites = join_points(network, part.sites.xy, max_off_road_m=off_road_m)
    # No way is longer than every street of the network.
    costs = travel_costs(network, from_demand, to_sites, cutoff=float(network.cost.sum()))
    travel = np.full(costs.shape, np.inf)
    travel[costs.demand, costs.site] = costs.cost
    return travel
