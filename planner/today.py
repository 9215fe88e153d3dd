"""What there is for one service before any plan: who needs it, what stands and could stand, who is covered today."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import scipy.sparse as sp

from planner.answered import answered, appeals_in_reach
from planner.catalog import Standard
from planner.coverage import Coverage, coverage_gaps, covers_of, measure_coverage
from planner.demand import Deliveries, Demand, deliveries_of, demand_for
from planner.errors import UnknownNameError
from planner.intake.study import Study
from planner.scenario import Scenario
from planner.sites import Sites, centres_of, sites_for
from planner.travel import Joins, TravelCosts, join_points, network_for, travel_costs


@dataclass(frozen=True)
class ServiceToday:
    """One service before any plan.

    ``covers``: who can be covered by whom, see :func:`planner.coverage.covers_of`. ``today``: the coverage of the
    existing centres. ``open_appeals`` and ``appeal_covers``: see :func:`planner.answered.appeals_in_reach`.
    ``unreached``: a row for every demand point, centre or candidate that is off the road or cut off from the longest
    connected piece of the network: ``what``, ``id``, ``fault``, ``off_road_m``, ``weight_per_day``.
    """

    study: Study
    service: str
    standard: Standard
    demand: Demand
    sites: Sites
    costs: TravelCosts
    covers: sp.csr_array
    today: Coverage
    open_appeals: gpd.GeoDataFrame
    appeal_covers: sp.csr_array
    unreached: pd.DataFrame

    @cached_property
    def gaps_today(self) -> gpd.GeoDataFrame:
        """The coverage gaps of today, see :func:`planner.coverage.coverage_gaps`."""
        return coverage_gaps(self.today, self.demand.cells, self.study.boundary)

    @cached_property
    def appeals(self) -> gpd.GeoDataFrame:
        """``open_appeals`` with ``answered_today``."""
        return self.open_appeals.assign(answered_today=answered(self.appeal_covers, self.sites.existing))


def service_today(
    study: Study, scenario: Scenario, service: str, *, deliveries: Deliveries | None = None
) -> ServiceToday:
    """What there is for ``service`` of ``scenario``: demand, sites, travel and coverage today.

    ``deliveries`` are those of :func:`planner.demand.deliveries_of`, where they are at hand. Raises
    ``UnknownNameError`` for a service or another name that the study does not know, ``ArgumentError`` for a proposed
    site whose id is taken.
    """
    _check_names(study, scenario)
    deliveries = deliveries_of(study, seed=scenario.seed) if deliveries is None else deliveries
    rules = study.catalog.services[service]
    standard = scenario.services[service].standard_for(rules)
    demand = demand_for(study, service, scenario=scenario, deliveries=deliveries)
    sites = sites_for(study, service, scenario=scenario)
    network = network_for(study.streets, study.catalog.modes[rules.mode], unit=standard.unit)
    off_road_m = study.catalog.rules.max_off_road_m.value
    from_demand = join_points(network, demand.xy, max_off_road_m=off_road_m)
    to_sites = join_points(network, sites.xy, max_off_road_m=off_road_m)
    costs = travel_costs(network, from_demand, to_sites, cutoff=standard.value)
    covers = covers_of(costs, sites.open)
    appeals, appeal_covers = appeals_in_reach(study, service, network, sites, to_sites, cutoff=standard.value)
    return ServiceToday(
        study=study,
        service=service,
        standard=standard,
        demand=demand,
        sites=sites,
        costs=costs,
        covers=covers,
        today=measure_coverage(covers, demand.weight, sites.existing),
        open_appeals=appeals,
        appeal_covers=appeal_covers,
        unreached=_unreached(demand, sites, from_demand, to_sites),
    )


def services_at_hand(study: Study, scenario: Scenario) -> tuple[str, ...]:
    """What a look at the street takes in: the usual services, those that a centre offers, those of ``scenario``."""
    return tuple(
        name
        for name, service in study.catalog.services.items()
        if service.usual or name in scenario.services or len(centres_of(study, name))
    )


def _check_names(study: Study, scenario: Scenario) -> None:
    services, kinds = tuple(study.catalog.services), study.catalog.delivery_kinds()
    for service in [*scenario.services, *(name for area in scenario.no_go for name in area.services)]:
        if service not in services:
            raise UnknownNameError("unknown_service", service=service, known=", ".join(services))
    for kind in scenario.demand_factor:
        if kind not in kinds:
            raise UnknownNameError("unknown_delivery", kind=kind, known=", ".join(kinds))


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
