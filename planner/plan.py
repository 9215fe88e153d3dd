"""``make_plan``: a study and a scenario → a :class:`Plan`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.answered import answered
from planner.choosing import Choice, choose_sites
from planner.coverage import Coverage, coverage_gaps, measure_coverage, times_covered
from planner.demand import appeal_states, deliveries_of
from planner.hotspots import hot_spots
from planner.intake.study import Study
from planner.scenario import Scenario
from planner.siting import Solution
from planner.today import ServiceToday, service_today

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ServicePlan(ServiceToday):
    """The plan of one service: what there is, what is to open, and what that changes.

    ``solution``: its sites. ``joint``: the solution of all services together where they share one budget.
    """

    solution: Solution
    joint: Solution | None
    planned: Coverage

    @property
    def proven(self) -> Solution:
        """The solution that was proven, and so says how good these sites are: the joint one where there is one."""
        return self.joint or self.solution

    @property
    def is_proven_best(self) -> bool:
        """Whether no choice of sites is better, and not only none by more than the gap that was asked for."""
        return self.proven.status == "optimal" and self.proven.gap == 0

    @property
    def opened(self) -> NDArray[np.int64]:
        """The indices of the sites that the plan opens."""
        return np.setdiff1d(self.solution.selected, self.sites.existing)

    @cached_property
    def gaps_planned(self) -> gpd.GeoDataFrame:
        """The coverage gaps that the plan leaves, see :func:`planner.coverage.coverage_gaps`."""
        return coverage_gaps(self.planned, self.demand.cells, self.study.boundary)

    @cached_property
    def new_sites(self) -> gpd.GeoDataFrame:
        """A row a new site, the most useful first: ``number`` from 1, ``site`` (its index in ``sites``), ``site_id``,
        ``name``, ``kind``, ``open_hours``, ``cost_yuan``, ``grid_code``, ``within_reach_per_day`` (the weight within
        the standard while it is open), ``estimated_share`` (of that), ``only_here_per_day`` (the weight that would be
        lost without it), ``geometry``.
        """
        return _new_sites(self)

    @cached_property
    def appeals(self) -> gpd.GeoDataFrame:
        """Those of today, with ``answered_planned``."""
        found = answered(self.appeal_covers, self.solution.selected)
        return super().appeals.assign(answered_planned=found)

    @cached_property
    def hot_spots(self) -> gpd.GeoDataFrame:
        """Where demand is densest, see :func:`planner.hotspots.hot_spots`."""
        return hot_spots(self.demand, self.sites, self.costs, self.planned)


@dataclass(frozen=True)
class Plan:
    """Where the next sites of each service should stand, and what they change."""

    study: Study
    scenario: Scenario
    services: Mapping[str, ServicePlan]

    @cached_property
    def curves(self) -> pd.DataFrame:
        """What more would bring, each point planned anew, see :func:`planner.curves.curves_of`."""
        from planner.curves import curves_of  # which makes plans itself

        return curves_of(self)

    def summary(self) -> pd.DataFrame:
        """A row a service (the index): ``covered_share_today``, ``covered_share_planned``, ``new_sites``,
        ``cost_yuan`` (a year), ``optimality_gap``, ``status``, ``weight_per_day``, ``demand_is_estimate`` (any of it),
        ``estimated_share`` (how much of it), and the open appeals that call for the service: ``open_appeals``,
        ``appeals_answered_today`` and ``appeals_answered_planned``.
        """
        rows = {
            name: {
                "covered_share_today": part.today.covered_share,
                "covered_share_planned": part.planned.covered_share,
                "new_sites": len(part.new_sites),
                "cost_yuan": float(part.new_sites["cost_yuan"].sum()),
                "optimality_gap": part.proven.gap,
                "status": part.proven.status,
                "weight_per_day": float(part.demand.weight.sum()),
                "demand_is_estimate": part.demand.estimated_share > 0 or "cells" in self.study.estimated_roles,
                "estimated_share": part.demand.estimated_share,
                "open_appeals": len(part.appeals),
                "appeals_answered_today": int(part.appeals["answered_today"].sum()),
                "appeals_answered_planned": int(part.appeals["answered_planned"].sum()),
            }
            for name, part in self.services.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("service")

    def appeals(self) -> gpd.GeoDataFrame:
        """Every appeal of the study: its columns, ``state`` (see :func:`planner.demand.appeal_states`), ``services``
        (those of this plan that it calls for while it is open), and whether any of them answers it:
        ``answered_today``, ``answered_planned``.
        """
        frame = self.study.appeals.assign(state=appeal_states(self.study))
        found = {name: part.appeals.set_index("appeal_id") for name, part in self.services.items()}
        ids = frame["appeal_id"]
        frame["services"] = [tuple(name for name, some in found.items() if i in some.index) for i in ids]
        for when in ("answered_today", "answered_planned"):
            served = {i for some in found.values() for i in some.index[some[when]]}
            frame[when] = ids.isin(served).to_numpy()
        return frame


def make_plan(study: Study, scenario: Scenario, *, progress: Progress | None = None) -> Plan:
    """The best sites of every service of ``scenario``, with coverage today and planned.

    ``progress(service, done, of)`` is called before each service is measured and once at the end.

    Raises ``UnknownNameError`` for a service, kind of delivery or site that does not exist, ``ArgumentError`` where
    the planner's own sites or choices cannot be: an id that is taken, required sites beyond the limits.
    """
    deliveries = deliveries_of(study, seed=scenario.seed)
    today = {}
    for done, service in enumerate(scenario.services):
        if progress is not None:
            progress(service, done, len(scenario.services))
        today[service] = service_today(study, scenario, service, deliveries=deliveries)
    plan = plan_from(today, scenario)
    if progress is not None:
        progress("", len(scenario.services), len(scenario.services))
    return plan


def plan_from(
    today: Mapping[str, ServiceToday], scenario: Scenario, *, choices: Mapping[str, Choice] | None = None
) -> Plan:
    """The plan of the services in ``today``, which :func:`planner.today.service_today` measured for ``scenario``.

    ``choices`` are sites chosen before, which are then not searched anew. Raises as :func:`make_plan`.
    """
    choices = choose_sites(today, scenario) if choices is None else choices
    return Plan(
        study=next(iter(today.values())).study,
        scenario=scenario,
        services={name: _planned(part, choices[name]) for name, part in today.items()},
    )


def _planned(part: ServiceToday, choice: Choice) -> ServicePlan:
    known = {field.name: getattr(part, field.name) for field in fields(ServiceToday)}
    planned = measure_coverage(part.covers, part.demand.weight, choice.solution.selected)
    plan = ServicePlan(**known, solution=choice.solution, joint=choice.joint, planned=planned)
    if "gaps_today" in vars(part):  # found already, and the same for every plan
        vars(plan)["gaps_today"] = part.gaps_today
    return plan


def _new_sites(part: ServicePlan) -> gpd.GeoDataFrame:
    new = part.opened
    weight = part.demand.weight.ravel()
    guessed = np.repeat(part.demand.cells["estimated"].to_numpy(dtype=bool), part.demand.weight.shape[1])
    covers = part.covers[:, new].astype(float)
    reach = covers.T @ weight
    estimated = covers.T @ np.where(guessed, weight, 0.0)
    once = times_covered(part.covers, part.solution.selected) == 1
    frame = part.sites.frame.iloc[new].drop(columns="existing")
    frame.insert(0, "site", new)
    frame["within_reach_per_day"] = reach
    frame["estimated_share"] = np.divide(estimated, reach, out=np.zeros(len(new)), where=reach > 0)
    frame["only_here_per_day"] = covers.T @ np.where(once, weight, 0.0)
    grids = part.study.grids
    frame["grid_code"] = grids["grid_code"].to_numpy()[grids.sindex.nearest(frame.geometry, return_all=False)[1]]
    frame = frame.sort_values("only_here_per_day", ascending=False, kind="stable").reset_index(drop=True)
    frame.insert(0, "number", np.arange(1, len(frame) + 1))
    return frame
