"""Trade-offs under one budget: between two services, and between coverage and the worst walk; each point proven."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.analysis.answer import Answer
from planner.analysis.one_budget import checked_budget
from planner.analysis.shared_hosts import SharedHosts, shared_hosts, spent_on
from planner.errors import ArgumentError
from planner.figures import amount_text, share_text, yuan_text
from planner.plan import Plan
from planner.siting import HostedSolution
from planner.today import ServiceToday
from planner.travel import join_points, network_for, travel_costs
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Progress = Callable[[int, int], None]

# What the other objective counts against the first, so that of equal answers the better is taken (AUGMECON).
_AUGMENTED: Final = 1e-3
_SAME_SHARE: Final = 1e-9
# Two travel costs that differ by less are one: sums of lengths in another order.
_SAME_TRAVEL: Final = 1e-6
_NAMED: Final = 5
_STEPS: Final = 100


@dataclass(frozen=True)
class Front(Answer):
    """A Pareto front: of each point no plan for the same money is better in one respect and as good in the other.

    ``solutions``: what is open, a point; ``together``: the problem that they solve.
    """

    words: ClassVar[str] = "ask_one_budget"
    together: SharedHosts
    solutions: tuple[HostedSolution, ...]
    budget_yuan: float
    weights: Mapping[str, float]

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """The plan behind each point, in the order of the frame."""
        return tuple(self.together.plan(solution, self.budget_yuan, self.weights) for solution in self.solutions)

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:
        """The services' names; a tuple of services as a list of names."""
        of = {name: self._service(name, language) for name in self.together.parts}
        between = say("ask_one_budget.and", language)
        keys = [*((name,) for name in of), tuple(of)]
        return {"services": {key: between.join(of[name] for name in key) for key in keys}}

    def behind(self, language: Language) -> Mapping[str, pd.DataFrame]:
        """The places of the plan behind each point."""
        return {
            self._point(point, language): self.read(
                self.together.places(solution.selected).drop(columns="site_id"), language
            )
            for (_, point), solution in zip(self.frame.iterrows(), self.solutions, strict=True)
        }

    def _point(self, point: pd.Series[float], language: Language) -> str:
        raise NotImplementedError

    def _service(self, name: str, language: Language) -> str:
        part = self.together.parts[name]
        return part.study.catalog.services[name].name.in_language(language)

    def _proof(self, language: Language) -> str:
        gap = float(self.frame["optimality_gap"].max())
        key = "front_proven" if gap == 0 else "front_not_proven"
        return say(f"ask_one_budget.{key}", language, points=len(self.frame), gap=max(gap, 1e-3))


@dataclass(frozen=True)
class ServicesFront(Front):
    """``frame``: a row a point, from the most of ``first`` to the most of ``second``: ``point`` (from 1),
    ``first_share``, ``second_share`` (the covered shares), ``new_sites``, ``cost_yuan``, ``optimality_gap``.
    """

    first: str
    second: str

    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """From where to where the front goes, and what is proven."""
        language = language or reader_language()
        begin, end = self.frame.iloc[0], self.frame.iloc[-1]
        return (
            say(
                "ask_one_budget.front_services",
                language,
                budget=yuan_text(self.budget_yuan, language),
                first=self._service(self.first, language),
                second=self._service(self.second, language),
                first_most=share_text(begin["first_share"]),
                second_least=share_text(begin["second_share"]),
                first_least=share_text(end["first_share"]),
                second_most=share_text(end["second_share"]),
            ),
            self._proof(language),
            say("ask_one_budget.front_between", language),
        )

    def figure(self, language: Language | None = None) -> Figure:
        """A point a plan, its number beside it."""
        language = language or reader_language()
        labels = [
            say("ask_one_budget.axis_share", language, service=self._service(name, language))
            for name in (self.first, self.second)
        ]
        return _points_drawn(self.frame, ("first_share", "second_share"), labels)

    def _point(self, point: pd.Series[float], language: Language) -> str:
        first, second = self._service(self.first, language), self._service(self.second, language)
        return say(
            "ask_one_budget.point_services",
            language,
            point=int(point["point"]),
            first=f"{first} {share_text(point['first_share'])}",
            second=f"{second} {share_text(point['second_share'])}",
        )

    def _heading(self, column: str, language: Language) -> str:
        if column in ("first_share", "second_share"):
            name = self.first if column == "first_share" else self.second
            return say("ask_one_budget.axis_share", language, service=self._service(name, language))
        return super()._heading(column, language)


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
        language = language or reader_language()
        covered = say("ask_one_budget.axis_share", language, service=self._service(self.service, language))
        labels = [say(f"ask_one_budget.column_{self._worst}", language), covered]
        return _points_drawn(self.frame, (self._worst, "covered_share"), labels)

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


def services_front(
    plan: Plan,
    first: str,
    second: str,
    *,
    budget_yuan: float | None = None,
    points: int = 7,
    opening_yuan: float | None = None,
    progress: Progress | None = None,
) -> ServicesFront:
    """What more of one service costs the other, for the same money: points of their Pareto front, each proven.

    The epsilon-constraint method (Haimes, Lasdon & Wismer 1971) on ``points`` floors for ``second``, evenly from what
    the best plan for ``first`` covers to the most that can be covered, augmented so that no point is only weakly
    efficient, and floors that a point meets already are passed over (AUGMECON, Mavrotas 2009). Each point is exact and
    efficient; between two of them there may be more.

    Both services share ``budget_yuan`` (by default what the plan spends on the two) and the opening of a place as in
    :func:`planner.analysis.one_budget`. ``progress(done, of)`` is called after each search.

    Raises ``UnknownNameError`` for a service that the plan lacks, ``ArgumentError`` for the same one twice, fewer than
    two points, or a budget below 0.
    """
    together = shared_hosts(plan, [first, second], opening_yuan=opening_yuan)
    if first == second:
        raise ArgumentError("services_alike", service=first)
    if isinstance(points, bool) or points != int(points) or points < 2:
        raise ArgumentError("bad_limit", name="points", value=points)
    money = checked_budget(spent_on(plan, [first, second]) if budget_yuan is None else budget_yuan)
    tell = progress or _nobody
    for_first, for_second = {first: 1.0, second: _AUGMENTED}, {first: _AUGMENTED, second: 1.0}
    begin = together.solve(money, for_first)
    tell(1, points)
    end = together.solve(money, for_second)
    tell(2, points)
    found = [begin]
    low, high = (together.covered_share(one.selected, second) for one in (begin, end))
    for done, floor in enumerate(np.linspace(low, high, points)[1:-1], start=3):
        if together.covered_share(found[-1].selected, second) < floor - _SAME_SHARE:
            answer = together.solve(money, for_first, least_shares={second: float(floor)})
            if answer.requirements == "met":
                found.append(answer)
        tell(done, points)
    if together.covered_share(found[-1].selected, second) < high - _SAME_SHARE:
        found.append(end)
    rows = [
        {
            "point": number,
            "first_share": together.covered_share(one.selected, first),
            "second_share": together.covered_share(one.selected, second),
            **_terms(together, one),
        }
        for number, one in enumerate(found, start=1)
    ]
    weights = {first: 1.0, second: 1.0}
    return ServicesFront(pd.DataFrame(rows), together, tuple(found), money, weights, first, second)


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
    allowed = np.setdiff1d(np.arange(travel.shape[1]), together.decided[service][1])
    reached = np.isfinite(travel[:, allowed]).any(axis=1)
    travel_of = travel[wants & reached]
    points = list(_descending(together, service, money, travel_of, allowed, progress or _nobody))
    rows = [
        {
            "point": number,
            "covered_share": together.covered_share(one.selected, service),
            f"worst_{part.standard.unit}": worst,
            **_terms(together, one),
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
            _SAME_SHARE
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


def _terms(together: SharedHosts, solution: HostedSolution) -> dict[str, float]:
    places = together.places(solution.selected)
    return {
        "new_sites": int(places["services"].map(len).sum()),
        "cost_yuan": float(places["cost_yuan"].sum()),
        "optimality_gap": solution.gap,
    }


def _points_drawn(frame: pd.DataFrame, columns: tuple[str, str], labels: Sequence[str]) -> Figure:
    """The points, numbered, and between them a thin line that leads the eye."""
    from planner.analysis.drawing import SERIES, SOFT, in_shares, in_thousands, sheet

    with sheet() as figure:
        axes = figure.add_subplot()
        across, up = (frame[column] for column in columns)
        axes.plot(across, up, **(SERIES[0] | {"linestyle": ":", "linewidth": 1.0}))
        for point, x, y in zip(frame["point"], across, up, strict=True):
            axes.annotate(str(point), (x, y), xytext=(5, 5), textcoords="offset points", color=SOFT, fontsize=9)
        axes.margins(0.08)
        for column, label, axis in zip(columns, labels, (axes.xaxis, axes.yaxis), strict=True):
            axis.set_label_text(label)
            if column.endswith("_share"):
                in_shares(axis)
            elif column.endswith("_m"):
                in_thousands(axis)
    return figure


def _nobody(done: int, of: int) -> None:
    """Told nothing."""
