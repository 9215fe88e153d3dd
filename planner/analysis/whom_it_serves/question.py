"""Whom does it serve: coverage and accessibility by community and grid, how equal they are, and what floors cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.accessibility import accessibility
from planner.analysis.whom_it_serves.answer import PER, SAME, Level, Served, price_of
from planner.choosing import problem_alone
from planner.coverage import Coverage, measure_coverage
from planner.errors import ArgumentError, UnknownNameError
from planner.intake.study import Study
from planner.plan import Plan, ServicePlan
from planner.scenario import Scenario
from planner.siting import FairSolution, Solution, fair_cover, max_cover
from planner.siting.arguments import one_of

Floats = NDArray[np.float64]


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
    if level is not None:
        one_of("level", level, get_args(Level))
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
    below = frame[own & (frame["floor_share"] < floor - SAME)]
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
        if floor >= fairest.floor - SAME:
            best = fairest
        elif floor > kept + SAME:
            best = fair_cover(**problem, group=rows, group_share=float(floor))
            kept = _floor_kept(part, rows, best, fairest) if best.gap == 0 else float(floor)
        price = price_of(free.objective, best.objective)
        points.append((float(floor), best.objective / total, price, best.gap))
        if floor > 0:
            tell(None)
    return pd.DataFrame(points, columns=["floor_share", "covered_share", "price_share", "optimality_gap"])


def _floor_kept(part: ServicePlan, rows: NDArray[np.int64], found: Solution, fairest: FairSolution) -> float:
    """The highest floor that some sites keep: every group has it, or all that is in its reach."""
    coverage = measure_coverage(part.covers, part.demand.weight, found.selected)
    share = coverage.by_group(rows.reshape(part.demand.weight.shape)[:, 0])["covered_share"].to_numpy()
    short = share < fairest.reach - SAME  # without demand it is no number, and so never short
    return float(share[short].min()) if short.any() else 1.0


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
