"""``make_plan``: a study and a scenario → a :class:`Plan`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import scipy.sparse as sp

from planner.answered import answered_appeals
from planner.catalog import Standard
from planner.coverage import Coverage, coverage_gaps, covers_of, measure_coverage
from planner.demand import Deliveries, Demand, appeal_states, deliveries_of, demand_for
from planner.errors import UnknownNameError
from planner.hotspots import hot_spots
from planner.intake.study import Study
from planner.scenario import Scenario
from planner.sites import Sites, sites_for
from planner.siting import Solution, max_cover
from planner.travel import Joins, TravelCosts, join_points, network_for, travel_costs

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ServicePlan:
    """The plan of one service.

    ``new_sites``: a row a new site, the most useful first: ``number`` from 1, ``site`` (its index in ``sites``),
    ``site_id``, ``name``, ``kind``, ``open_hours``, ``cost_yuan``, ``grid_code``, ``within_reach_per_day`` (the weight
    within the standard while it is open), ``estimated_share`` (of that), ``only_here_per_day`` (the weight that would
    be lost without it),
    ``geometry``. ``gaps_today`` and ``gaps_planned``: see :func:`planner.coverage.coverage_gaps`.
    ``appeals``: see :func:`planner.answered.answered_appeals`. ``unreached``: a row for every demand point, centre or
    candidate that is off the road or cut off from the longest connected piece of the network: ``what``, ``id``,
    ``fault``, ``off_road_m``, ``weight_per_day``.
    """

    service: str
    standard: Standard
    demand: Demand
    sites: Sites
    costs: TravelCosts
    solution: Solution
    today: Coverage
    planned: Coverage
    gaps_today: gpd.GeoDataFrame
    gaps_planned: gpd.GeoDataFrame
    new_sites: gpd.GeoDataFrame
    appeals: gpd.GeoDataFrame
    unreached: pd.DataFrame

    @cached_property
    def hot_spots(self) -> gpd.GeoDataFrame:
        """Where demand is densest, see :func:`planner.hotspots.hot_spots`; found when it is first asked for."""
        return hot_spots(self.demand, self.sites, self.costs, self.planned)


@dataclass(frozen=True)
class Plan:
    """Where the next sites of each service should stand, and what they change."""

    study: Study
    scenario: Scenario
    services: Mapping[str, ServicePlan]

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
                "optimality_gap": part.solution.gap,
                "status": part.solution.status,
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
            answered = {i for some in found.values() for i in some.index[some[when]]}
            frame[when] = ids.isin(answered).to_numpy()
        return frame


def make_plan(study: Study, scenario: Scenario, *, progress: Progress | None = None) -> Plan:
    """The best sites of every service of ``scenario``, with coverage today and planned.

    ``progress(service, done, of)`` is called before each service and once at the end.

    Raises ``UnknownNameError`` for a service that is not in the study's catalog.
    """
    _check_names(study, scenario)
    services = {}
    deliveries = deliveries_of(study, seed=scenario.seed)
    for done, service in enumerate(scenario.services):
        if progress is not None:
            progress(service, done, len(scenario.services))
        services[service] = plan_service(study, scenario, service, deliveries=deliveries)
    if progress is not None:
        progress("", len(scenario.services), len(scenario.services))
    return Plan(study=study, scenario=scenario, services=services)


def plan_service(
    study: Study, scenario: Scenario, service: str, *, deliveries: Deliveries | None = None
) -> ServicePlan:
    """One service on its own: demand, sites, travel, siting, coverage. Raises as :func:`make_plan`.

    ``deliveries`` are those of :func:`planner.demand.deliveries_of`, where they are at hand.
    """
    _check_names(study, scenario)
    deliveries = deliveries_of(study, seed=scenario.seed) if deliveries is None else deliveries
    limits = scenario.services[service]
    standard = limits.standard_for(study.catalog.services[service])
    demand, sites = demand_for(study, service, scenario=scenario, deliveries=deliveries), sites_for(study, service)
    network = network_for(study.streets, study.catalog.modes[study.catalog.services[service].mode], unit=standard.unit)
    off_road_m = study.catalog.rules.max_off_road_m.value
    from_demand = join_points(network, demand.xy, max_off_road_m=off_road_m)
    to_sites = join_points(network, sites.xy, max_off_road_m=off_road_m)
    costs = travel_costs(network, from_demand, to_sites, cutoff=standard.value)
    covers = covers_of(costs, sites.open)
    solution = max_cover(
        covers,
        demand.weight.ravel(),
        site_limit=limits.site_limit,
        cost=sites.frame["cost_yuan"].to_numpy(),
        budget=limits.budget_yuan,
        fixed=sites.existing,
        time_limit_s=scenario.time_limit_s,
        gap=scenario.optimality_gap,
        seed=scenario.seed,
    )
    today = measure_coverage(covers, demand.weight, sites.existing)
    planned = measure_coverage(covers, demand.weight, solution.selected)
    return ServicePlan(
        service=service,
        standard=standard,
        demand=demand,
        sites=sites,
        costs=costs,
        solution=solution,
        today=today,
        planned=planned,
        gaps_today=coverage_gaps(today, demand.cells, study.boundary),
        gaps_planned=coverage_gaps(planned, demand.cells, study.boundary),
        new_sites=_new_sites(study, demand, sites, covers, solution),
        appeals=answered_appeals(
            study, service, network, sites, to_sites, cutoff=standard.value, planned=solution.selected
        ),
        unreached=_unreached(demand, sites, from_demand, to_sites),
    )


def _check_names(study: Study, scenario: Scenario) -> None:
    for service in scenario.services:
        if service not in study.catalog.services:
            raise UnknownNameError("unknown_service", service=service, known=", ".join(study.catalog.services))
    kinds = study.catalog.delivery_kinds()
    for kind in scenario.demand_factor:
        if kind not in kinds:
            raise UnknownNameError("unknown_delivery", kind=kind, known=", ".join(kinds))


def _new_sites(
    study: Study, demand: Demand, sites: Sites, covers: sp.csr_array, solution: Solution
) -> gpd.GeoDataFrame:
    """The new sites with why they are there, the one whose loss would cost most first."""
    new = np.setdiff1d(solution.selected, sites.existing)
    planned = measure_coverage(covers, demand.weight, solution.selected)
    frame = sites.frame.iloc[new].drop(columns="existing")
    frame.insert(0, "site", new)
    own = [measure_coverage(covers, demand.weight, [site]) for site in new]
    alone = [coverage.covered_weight for coverage in own]
    guessed = demand.cells["estimated"].to_numpy(dtype=bool)
    estimated = [float(c.weight[guessed][c.covered[guessed]].sum()) for c in own]
    without = [measure_coverage(covers, demand.weight, np.setdiff1d(solution.selected, [s])) for s in new]
    frame["within_reach_per_day"] = np.array(alone, dtype=float)
    frame["estimated_share"] = [
        part / whole if whole > 0 else 0.0 for part, whole in zip(estimated, alone, strict=True)
    ]
    frame["only_here_per_day"] = np.array([planned.covered_weight - w.covered_weight for w in without], dtype=float)
    nearest = study.grids.sindex.nearest(frame.geometry.to_numpy(), return_all=False)[1]
    frame["grid_code"] = study.grids["grid_code"].to_numpy()[nearest]
    frame = frame.sort_values("only_here_per_day", ascending=False, kind="stable").reset_index(drop=True)
    frame.insert(0, "number", np.arange(1, len(frame) + 1))
    return frame


def _unreached(demand: Demand, sites: Sites, from_demand: Joins, to_sites: Joins) -> pd.DataFrame:
    """Every point that the main network does not reach, so that nothing is dropped in silence."""
    what = np.where(sites.frame["existing"], "centre", "candidate")
    frame = pd.DataFrame(
        {
            "what": [*["demand"] * len(demand.xy), *what],
            "id": [*demand.cells["cell_id"], *sites.frame["site_id"]],
            "component": np.concatenate([from_demand.component, to_sites.component]),
            "off_road_m": np.concatenate([from_demand.off_road_m, to_sites.off_road_m]),
            "weight_per_day": np.concatenate([demand.weight.sum(axis=1), np.zeros(len(sites.frame))]),
        }
    )
    frame.insert(2, "fault", np.select([frame["component"] < 0, frame["component"] > 0], ["off_road", "cut_off"], ""))
    frame = frame[(frame["fault"] != "") & ((frame["what"] != "demand") | (frame["weight_per_day"] > 0))]
    order = ["weight_per_day", "what", "id"]
    return frame.drop(columns="component").sort_values(order, ascending=[False, True, True]).reset_index(drop=True)
