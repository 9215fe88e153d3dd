"""Whom does it serve: coverage and accessibility by community and grid, how equal they are, and what floors cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.accessibility import accessibility
from planner.analysis.answer import Answer
from planner.choosing import Choice, problem_alone
from planner.coverage import Coverage, measure_coverage
from planner.equity import gini
from planner.errors import ArgumentError, UnknownNameError
from planner.figures import amount_text, share_text
from planner.intake.study import Study
from planner.plan import Plan, ServicePlan, plan_from
from planner.scenario import Scenario
from planner.siting import FairSolution, Solution, fair_cover, max_cover
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
Level = Literal["community", "grid"]

# Accessibility is told for so many units of demand.
PER: Final = 1000.0
_SAME: Final = 1e-9
_NAMES_TOLD: Final = 5
_READ: Final = (
    *("name", "weight_per_day", "today_share", "planned_share", "floor_share", "reach_share", "alone_share"),
    *("today_per_1000", "planned_per_1000"),
)


@dataclass(frozen=True)
class Served(Answer):
    """``frame``: a row a community and then a row a grid with demand: ``level``, ``code``, ``name``,
    ``weight_per_day``; the covered share of its demand ``today_share``, ``planned_share`` and, with a floor for every
    place of ``level``, ``floor_share``; ``reach_share``, with every candidate open, and ``alone_share``, if all that
    the limits allow were for it alone (only where the floor is not met); ``today_per_1000`` and ``planned_per_1000``,
    the supply within reach for 1,000 units of demand, see :func:`planner.accessibility.accessibility`, the mean over
    points and periods by demand.

    ``level``: what the floors are for. ``floor``: what was asked for each. ``free``: the best without floors,
    ``fair``: the best with them, ``fairest``: that of the highest floor.
    ``price``: a row a floor: ``floor_share`` (that every place has, or all within its reach), ``covered_share``, what
    the floor costs of the best coverage without it (``price_share``, Bertsimas, Farias & Trichakis 2011) and
    ``optimality_gap``.
    """

    words: ClassVar[str] = "ask_whom_it_serves"
    plan: Plan
    service: str
    level: Level
    floor: float
    free: Solution
    fair: FairSolution
    fairest: FairSolution
    price: pd.DataFrame

    @property
    def part(self) -> ServicePlan:
        """The plan of the service that was asked about."""
        return self.plan.services[self.service]

    @property
    def places(self) -> pd.DataFrame:
        """The rows of the places that the floors are for."""
        return self.frame[self.frame["level"] == self.level].reset_index(drop=True)

    @property
    def grids(self) -> pd.DataFrame:
        """The rows of the grids."""
        return self.frame[self.frame["level"] == "grid"].reset_index(drop=True)

    @cached_property
    def gini(self) -> pd.DataFrame:
        """The Gini coefficient over grids, each at its demand: rows ``covered`` and ``accessibility``, columns
        ``today`` and ``planned``.
        """
        grids = self.grids
        columns = {"covered": "share", "accessibility": f"per_{PER:.0f}"}
        table = {
            when: {of: gini(grids[f"{when}_{unit}"], grids["weight_per_day"]) for of, unit in columns.items()}
            for when in ("today", "planned")
        }
        return pd.DataFrame(table)

    @property
    def short(self) -> pd.DataFrame:
        """The places that do not have the floor, the worst-off first."""
        places = self.places
        return places[places["floor_share"] < self.floor - _SAME].sort_values("floor_share", kind="stable")

    @cached_property
    def fair_plan(self) -> Plan:
        """The plan with the floors kept as far as they can be; the other services as they are."""
        parts = self.plan.services
        choices = {name: Choice(part.solution, part.joint) for name, part in parts.items()}
        return plan_from(parts, self.plan.scenario, choices=choices | {self.service: Choice(self.fair)})

    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """The worst-off, how unequal it is, the highest floor with its price, and who falls short of the floor."""
        language = language or reader_language()
        return (
            self._worst(language),
            self._worst_grid(language),
            self._inequality(language),
            self._highest(language),
            *self._shortfall(language),
            self._assumed(language),
        )

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:
        """What the levels are called."""
        return {"level": {level: say(f"ask_whom_it_serves.{level}", language) for level in ("community", "grid")}}

    def table(self, language: Language | None = None) -> pd.DataFrame:
        """What a reader asks for first; ``data`` has every column."""
        language = language or reader_language()
        return super().table(language)[[self._heading(column, language) for column in _READ]]

    def figure(self, language: Language | None = None) -> Figure:
        """Lorenz curves, the price of fairness, and accessibility by grid today and as planned."""
        from planner.analysis.served_figure import draw_served

        return draw_served(self, language or reader_language())

    def _say(self, key: str, language: Language, **values: object) -> str:
        return say(f"ask_whom_it_serves.{key}", language, **values)

    def _worst(self, language: Language) -> str:
        places = self.places
        worst = places.iloc[int(places["planned_share"].argmin())]
        shares = {when: share_text(worst[f"{when}_share"]) for when in ("today", "planned")}
        whole = share_text(self.part.planned.covered_share)
        return self._say(f"worst_{self.level}", language, name=worst["name"], whole=whole, **shares)

    def _worst_grid(self, language: Language) -> str:
        grids = self.grids
        bare = grids[grids["planned_share"] <= 0]
        if bare.empty:
            worst = grids.iloc[int(grids["planned_share"].argmin())]
            return self._say("worst_of_grids", language, name=worst["name"], share=share_text(worst["planned_share"]))
        largest = bare.iloc[int(bare["weight_per_day"].argmax())]
        amount = amount_text(largest["weight_per_day"], self._unit(language))
        return self._say(
            "bare_grids", language, count=len(bare), today=int((grids["today_share"] <= 0).sum()),
            of=len(grids), name=largest["name"], amount=amount,
        )  # fmt: skip

    def _inequality(self, language: Language) -> str:
        covered, access = self.gini.loc["covered"], self.gini.loc["accessibility"]
        return self._say(
            "gini", language, covered_today=covered["today"], covered_planned=covered["planned"],
            access_today=access["today"], access_planned=access["planned"],
        )  # fmt: skip

    def _highest(self, language: Language) -> str:
        found = self.fairest
        last = self.price.iloc[-1]
        key = f"highest_{self.level}" if found.is_floor_proven else f"highest_so_far_{self.level}"
        return self._say(
            key, language, floor=share_text(found.floor), bound=share_text(found.floor_bound),
            share=share_text(last["covered_share"]), free=share_text(self._share_of(self.free)),
            price=share_text(last["price_share"]), proof=self._proof(found, language),
        )  # fmt: skip

    def _shortfall(self, language: Language) -> list[str]:
        short, floor = self.short, share_text(self.floor)
        price = share_text(_price(self.free.objective, self.fair.objective))
        if short.empty:
            share, proof = share_text(self._share_of(self.fair)), self._proof(self.fair, language)
            return [self._say(f"met_{self.level}", language, floor=floor, price=price, share=share, proof=proof)]
        told = [self._say(f"unmet_{self.level}", language, floor=floor, count=len(short), price=price)]
        for row in short.head(_NAMES_TOLD).to_dict("records"):
            key = "out_of_reach" if row["reach_share"] < self.floor - _SAME else "beyond_limits"
            key = key if row["alone_share"] < self.floor - _SAME else "not_together"
            shares = {name: share_text(row[f"{name}_share"]) for name in ("reach", "alone", "floor")}
            told.append(self._say(key, language, name=row["name"], **shares))
        if len(short) > _NAMES_TOLD:
            told.append(self._say("more_short", language, count=len(short) - _NAMES_TOLD))
        return told

    def _assumed(self, language: Language) -> str:
        zones = self.plan.study.catalog.accessibility
        weights = "、" if language == "zh" else ", "
        return self._say(
            "assumed", language, weights=weights.join(f"{zone.weight:g}" for zone in zones.zones),
            source=zones.source.in_language(language), per=int(PER), unit=self._unit(language),
        )  # fmt: skip

    def _proof(self, found: Solution, language: Language) -> str:
        return self._say("proven", language) if found.gap == 0 else self._say("gap", language, gap=found.gap)

    def _share_of(self, found: Solution) -> float:
        total = float(self.part.demand.weight.sum())
        return found.objective / total if total > 0 else float("nan")

    def _unit(self, language: Language) -> str:
        return self.plan.study.catalog.demands[self.part.demand.rule].unit.in_language(language)


def whom_it_serves(
    plan: Plan,
    service: str,
    *,
    floor: float = 0.6,
    level: Level | None = None,
    steps: int = 8,
    supply: Mapping[str, float] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Served:
    """Who is covered by the plan of ``service`` and who is not, what a floor for every community costs, and who cannot
    have it.

    ``floor``: the share of its demand that every community is to have covered, as far as possible, under the plan's
    limits and choices (the money that it spends on the service where all services share a budget). ``level``: what the
    floors are for; communities, or grids where a study has no communities. ``steps``: how many floors up to the highest
    the price is worked out for, each solved to proof within the scenario's time limit and gap. ``supply``: site id →
    its seats, slots or what else it has, 1 for each other site. ``progress(done, of)`` is called after each step.

    Raises ``UnknownNameError`` for a service that the plan does not have, ``ArgumentError`` for a floor or a number of
    steps that cannot be, for a supply of an unknown site, and for a service without any demand.
    """
    part = plan.services.get(service)
    if part is None:
        raise UnknownNameError("unknown_service", service=service, known=", ".join(plan.services))
    if not 0 <= floor <= 1:
        raise ArgumentError("bad_share", name="floor", value=floor)
    if steps < 1:
        raise ArgumentError("not_a_count", name="steps", value=steps)
    if not part.demand.weight.sum() > 0:
        raise ArgumentError("no_demand_for", service=plan.study.catalog.services[service].name)
    groups = _groups(plan, part)
    level = level or ("community" if "community" in groups else "grid")
    if level not in groups:
        raise ArgumentError("no_communities")
    access = _access(part, plan, supply or {})
    of = steps + 4
    tell = _counting(progress, of)

    problem = problem_alone(part, _limited_alone(plan, service))
    codes, number = np.unique(groups[level], return_inverse=True)
    rows = np.repeat(number, part.demand.weight.shape[1])
    free = tell(max_cover(**problem))
    fairest = tell(fair_cover(**problem, group=rows))
    fair = tell(fair_cover(**problem, group=rows, group_share=floor))
    floors = fairest.floor * np.arange(steps + 1) / steps
    price = _price_of_floors(part, problem, rows, floors, free, fairest, tell)

    covered = {"floor_share": measure_coverage(part.covers, part.demand.weight, fair.selected)}
    frame = _places(plan, part, groups, covered, access)
    own = frame["level"] == level
    frame["reach_share"] = np.nan
    frame["alone_share"] = np.nan
    frame.loc[own, "reach_share"] = frame.loc[own, "code"].map(dict(zip(codes, fairest.reach, strict=True)))
    below = frame[own & (frame["floor_share"] < floor - _SAME)]
    for row, code in zip(below.index, below["code"], strict=True):
        frame.loc[row, "alone_share"] = _alone(problem, rows == np.flatnonzero(codes == code)[0])
    tell(None)
    columns = ["level", "code", "name", "weight_per_day", "today_share", "planned_share", "floor_share"]
    columns += ["reach_share", "alone_share", "today_per_1000", "planned_per_1000"]
    return Served(frame[columns], plan, service, level, floor, free, fair, fairest, price)


def has_communities(study: Study) -> bool:
    """Whether every grid of a study is said to be in a community."""
    return len(study.communities) > 0 and bool((study.grids["community_code"] != "").all())


def _counting(progress: Callable[[int, int], None] | None, of: int) -> Callable[[Any], Any]:
    """What passes a result on and tells that one more is done."""
    done = 0

    def tell(result: Any) -> Any:
        nonlocal done
        done += 1
        if progress is not None:
            progress(min(done, of), of)
        return result

    return tell


def _limited_alone(plan: Plan, service: str) -> Scenario:
    """The plan's scenario with limits for this service: its own, or the money that the plan spends on it."""
    scenario = plan.scenario
    if scenario.budget_yuan is None:
        return scenario
    spent = float(plan.services[service].new_sites["cost_yuan"].sum())
    own = scenario.services[service].model_copy(update={"budget_yuan": spent})
    return scenario.model_copy(update={"budget_yuan": None, "services": {service: own}})


def _groups(plan: Plan, part: ServicePlan) -> dict[Level, NDArray[np.object_]]:
    """The grid and, where the study has communities, the community of each demand point."""
    grids = part.demand.cells["grid_code"].to_numpy()
    found: dict[Level, NDArray[np.object_]] = {"grid": grids}
    if has_communities(plan.study):
        community = plan.study.grids.set_index("grid_code")["community_code"]
        found = {"community": community.loc[grids].to_numpy(), **found}
    return found


def _price_of_floors(
    part: ServicePlan,
    problem: Mapping[str, Any],
    rows: NDArray[np.int64],
    floors: Floats,
    free: Solution,
    fairest: FairSolution,
    tell: Callable[[Any], Any],
) -> pd.DataFrame:
    """A row a floor; what keeps the next floor too is the best there as well, and is not searched anew."""
    total = float(part.demand.weight.sum())
    best, kept = free, _floor_kept(part, rows, free, fairest)
    points = []
    for floor in floors:
        if floor >= fairest.floor - _SAME:
            best = fairest
        elif floor > kept + _SAME:
            best = fair_cover(**problem, group=rows, group_share=float(floor))
            kept = _floor_kept(part, rows, best, fairest) if best.gap == 0 else float(floor)
        price = _price(free.objective, best.objective)
        points.append((float(floor), best.objective / total, price, best.gap))
        if floor > 0:
            tell(None)
    return pd.DataFrame(points, columns=["floor_share", "covered_share", "price_share", "optimality_gap"])


def _floor_kept(part: ServicePlan, rows: NDArray[np.int64], found: Solution, fairest: FairSolution) -> float:
    """The highest floor that some sites keep: every group has it, or all that is in its reach."""
    coverage = measure_coverage(part.covers, part.demand.weight, found.selected)
    share = coverage.by_group(rows.reshape(part.demand.weight.shape)[:, 0])["covered_share"].to_numpy()
    short = share < fairest.reach - _SAME  # without demand it is no number, and so never short
    return float(share[short].min()) if short.any() else 1.0


def _price(free: float, fair: float) -> float:
    return max(0.0, 1.0 - fair / free) if free > 0 else 0.0


def _alone(problem: Mapping[str, Any], own: NDArray[np.bool_]) -> float:
    """The most of one place's demand that the limits allow to be covered if nothing else counted."""
    weight = np.where(own, problem["weight"], 0.0)
    return max_cover(**{**problem, "weight": weight}).objective / float(weight.sum())


def _access(part: ServicePlan, plan: Plan, supply: Mapping[str, float]) -> dict[str, Floats]:
    """The accessibility of every point and period, today and as planned, for ``PER`` units of demand."""
    ids = part.sites.frame["site_id"]
    unknown = sorted(set(supply) - set(ids))
    if unknown:
        service = plan.study.catalog.services[part.service].name
        raise UnknownNameError("unknown_site", site=unknown[0], service=service)
    each = ids.map(lambda site: supply.get(site, 1.0)).to_numpy(dtype=np.float64)
    zones = plan.study.catalog.accessibility.zones
    found = {}
    for when, is_open in (("today", part.sites.existing), ("planned", part.solution.selected)):
        there = np.zeros(len(ids))
        there[is_open] = each[is_open]
        found[when] = PER * accessibility(part.costs, part.demand.weight, there[:, None] * part.sites.open, zones)
    return found


def _places(
    plan: Plan,
    part: ServicePlan,
    groups: Mapping[Level, NDArray[np.object_]],
    covered: Mapping[str, Coverage],
    access: Mapping[str, Floats],
) -> pd.DataFrame:
    """The rows of the answer but for what floors are about."""
    weight = part.demand.weight
    covered = {"today_share": part.today, "planned_share": part.planned, **covered}
    frames = []
    for level, group in groups.items():
        frame = pd.DataFrame({"weight_per_day": pd.Series(weight.sum(axis=1)).groupby(group).sum()})
        for column, coverage in covered.items():
            frame[column] = coverage.by_group(group)["covered_share"]
        for when, table in access.items():
            sums = pd.Series((weight * table).sum(axis=1)).groupby(group).sum()
            frame[f"{when}_per_1000"] = sums / frame["weight_per_day"]
        source = plan.study.communities if level == "community" else plan.study.grids
        named = source.set_index(f"{level}_code")["name"]
        frame = frame[frame["weight_per_day"] > 0].rename_axis("code").reset_index()
        names = frame["code"].map(named).fillna("")
        frame["name"] = names.where(names != "", frame["code"])
        frames.append(frame.assign(level=level))
    return pd.concat(frames, ignore_index=True)
