"""A service with tiers as the optimizer sees it: who asks for which level, and which site of which tier covers whom."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.catalog import Tier
from planner.coverage import covers_of
from planner.plan import ServicePlan
from planner.scenario import Scenario
from planner.sites import centres_of, hosts_under, open_in_periods
from planner.travel import TOLERANCE, TravelCosts, join_points, network_for, travel_costs

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class TierWorld:
    """``names``: the tiers from the lowest. ``sites``: the centres that stand, then every host that some tier may use:
    ``site_id``, ``name``, ``existing``, ``kind``, ``open_hours``, ``geometry``. ``allowed`` and ``cost``: (tiers,
    sites). ``open``: (tiers, sites, periods). ``covers``: for each tier CSR, rows (level, demand point, period), level
    by level, × sites. ``weight`` and ``level``: (rows,). ``standing``: the tier of each centre that stands.
    """

    names: tuple[str, ...]
    sites: gpd.GeoDataFrame
    allowed: NDArray[np.bool_]
    cost: NDArray[np.float64]
    open: NDArray[np.bool_]
    covers: list[sp.csr_array]
    weight: NDArray[np.float64]
    level: Ints
    periods: tuple[str, ...]
    standing: Ints

    @property
    def existing(self) -> Ints:
        """The indices of the centres that stand."""
        return np.flatnonzero(self.sites["existing"].to_numpy(dtype=bool))

    def covered(self, tier: Ints) -> NDArray[np.bool_]:
        """Which rows are covered where the sites have these tiers, -1 for none: (levels, points, periods)."""
        rows = np.zeros(len(self.weight), dtype=bool)
        for number, covers in enumerate(self.covers):
            rows |= (covers @ (tier == number).astype(float) > 0) & (self.level <= number)
        return rows.reshape(len(self.names), -1, len(self.periods))

    def covered_share(self, tier: Ints) -> float:
        """What is covered of the whole need where the sites have these tiers; no number where there is none."""
        whole = float(self.weight.sum())
        return float(self.weights[self.covered(tier)].sum()) / whole if whole > 0 else float("nan")

    @property
    def weights(self) -> NDArray[np.float64]:
        """``weight`` as (levels, points, periods)."""
        return self.weight.reshape(len(self.names), -1, len(self.periods))


def tier_world(part: ServicePlan, scenario: Scenario) -> TierWorld:
    """The service of ``part`` with the catalog's tiers; the demand is that of the plan."""
    study, service = part.study, part.service
    tiers = study.catalog.tiers[service]
    centres = centres_of(study, service)
    under = [hosts_under(study, tier, service, scenario) for tier in tiers.values()]
    fits = np.array([(hosts["rule"] == "").to_numpy() for hosts in under])
    used = fits.any(axis=0)
    hosts = under[0][used]
    columns = {
        "site_id": ("centre_id", "host_id"),
        "name": ("name", "name"),
        "open_hours": ("open_hours", "open_hours"),
    }
    frame = {name: [*centres[ours], *hosts[theirs]] for name, (ours, theirs) in columns.items()}
    sites = gpd.GeoDataFrame(
        frame
        | {
            "existing": np.arange(len(centres) + len(hosts)) < len(centres),
            "kind": [""] * len(centres) + [*hosts["kind"]],
        },
        geometry=[*centres.geometry, *hosts.geometry],
        crs=study.metric_crs,
    )
    nobody = np.zeros((len(tiers), len(centres)))
    is_open = np.array([_open(sites, tier, part) for tier in tiers.values()])
    costs = _costs(part, sites, tiers)
    weight = np.concatenate([tier.level_share * part.demand.weight.ravel() for tier in tiers.values()])
    holding = next(number for number, tier in enumerate(tiers.values()) if tier.holds_existing_centres)
    return TierWorld(
        names=tuple(tiers),
        sites=sites,
        allowed=np.hstack([nobody.astype(bool), fits[:, used]]),
        cost=np.hstack([nobody, np.array([hosts["cost_yuan"].to_numpy()[used] for hosts in under])]),
        open=is_open,
        covers=[
            sp.csr_array(sp.vstack([covers_of(_within(costs, level), there) for level in tiers.values()], format="csr"))
            for there in is_open
        ],
        weight=weight,
        level=np.repeat(np.arange(len(tiers)), part.demand.weight.size),
        periods=part.demand.periods,
        standing=np.full(len(centres), holding, dtype=np.int64),
    )


def _open(sites: gpd.GeoDataFrame, tier: Tier, part: ServicePlan) -> NDArray[np.bool_]:
    """When each site is open as this tier: (sites, periods); a centre that stands keeps its own hours."""
    catalog, hours = part.study.catalog, sites["open_hours"]
    own = open_in_periods(hours, catalog)
    as_tier = hours if tier.hours.as_host else pd.Series(tier.hours.within, hours.index)
    there = open_in_periods(as_tier, catalog, within=tier.hours.within)
    return np.where(sites["existing"].to_numpy(dtype=bool)[:, None], own, there)


def _costs(part: ServicePlan, sites: gpd.GeoDataFrame, tiers: dict[str, Tier]) -> TravelCosts:
    """Travel from every demand point to every site, as far as the furthest standard."""
    study = part.study
    rules, standards = study.catalog.services[part.service], [tier.standard for tier in tiers.values()]
    network = network_for(study.streets, study.catalog.modes[rules.mode], unit=standards[0].unit)
    off_road_m = study.catalog.rules.max_off_road_m.value
    from_demand = join_points(network, part.demand.xy, max_off_road_m=off_road_m)
    to_sites = join_points(network, np.column_stack([sites.geometry.x, sites.geometry.y]), max_off_road_m=off_road_m)
    return travel_costs(network, from_demand, to_sites, cutoff=max(standard.value for standard in standards))


def _within(costs: TravelCosts, level: Tier) -> TravelCosts:
    cutoff = level.standard.value
    near = costs.cost <= cutoff + TOLERANCE * max(1.0, cutoff)
    return replace(costs, demand=costs.demand[near], site=costs.site[near], cost=costs.cost[near], cutoff=cutoff)
