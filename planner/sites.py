"""Existing centres and candidates under the siting rules → :class:`Sites`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from planner.catalog import Catalog, NearRoads, SitingRules
from planner.crs import in_crs
from planner.errors import ArgumentError, UnknownNameError
from planner.hours import open_minutes, span_minutes
from planner.intake.study import Study
from planner.scenario import Scenario

WGS84: Final = "EPSG:4326"


@dataclass(frozen=True)
class Sites:
    """Every site of one service: the existing centres first, then the candidates that keep the siting rules.

    ``frame``: ``site_id``, ``name``, ``existing``, ``kind`` (empty for a centre), ``open_hours``, ``cost_yuan`` (a
    year; 0 for a centre), ``geometry``. ``open``: (sites, periods). ``rejected``: ``host_id``, ``name`` and ``rule``,
    the first siting rule that a host breaks.
    """

    frame: gpd.GeoDataFrame
    open: NDArray[np.bool_]
    rejected: pd.DataFrame

    @property
    def existing(self) -> NDArray[np.int64]:
        """The indices of the existing centres."""
        return np.flatnonzero(self.frame["existing"].to_numpy())

    @property
    def xy(self) -> NDArray[np.float64]:
        """Positions (sites, 2), metric."""
        return np.column_stack([self.frame.geometry.x, self.frame.geometry.y])


def sites_for(study: Study, service: str, *, scenario: Scenario | None = None) -> Sites:
    """What offers ``service`` today and what could, with the places and the no-go areas of ``scenario``.

    A candidate's yearly cost is the share of its host that the service needs, and the fit-out.

    Raises ``ArgumentError`` for a proposed site whose id is taken, ``UnknownNameError`` for one of an unknown kind.
    """
    everywhere = hosts_under(study, study.catalog.services[service], service, scenario)
    fits = (everywhere["rule"] == "").to_numpy()
    centres = centres_of(study, service)
    hosts = everywhere[fits]
    frame = gpd.GeoDataFrame(
        {
            "site_id": [*centres["centre_id"], *hosts["host_id"]],
            "name": [*centres["name"], *hosts["name"]],
            "existing": [True] * len(centres) + [False] * len(hosts),
            "kind": [""] * len(centres) + [*hosts["kind"]],
            "open_hours": [*centres["open_hours"], *hosts["open_hours"]],
            "cost_yuan": np.concatenate([np.zeros(len(centres)), hosts["cost_yuan"]]),
        },
        geometry=[*centres.geometry, *hosts.geometry],
        crs=study.metric_crs,
    )
    rejected = everywhere[~fits][["host_id", "name", "rule"]].reset_index(drop=True)
    return Sites(frame=frame, open=open_in_periods(frame["open_hours"], study.catalog), rejected=rejected)


def centres_of(study: Study, service: str) -> gpd.GeoDataFrame:
    """The centres of the study that offer ``service``."""
    offers = study.centres["services"].map(lambda offered: service in offered).astype(bool)
    return study.centres[offers]


def hosts_under(study: Study, rules: SitingRules, service: str, scenario: Scenario | None = None) -> gpd.GeoDataFrame:
    """Every host of :func:`hosts_of` with ``rule``, the first of ``rules`` that it breaks as a host of ``service``
    (empty where it keeps them all), and ``cost_yuan``, what the service would cost there a year.

    Raises as :func:`sites_for`.
    """
    hosts = hosts_of(study, scenario)
    rent = hosts["yearly_cost_yuan"] * (rules.area_m2 / hosts["area_m2"]) * rules.pays_rent
    broken = _broken_rule(study, hosts, rules, service, scenario)
    return hosts.assign(rule=broken, cost_yuan=(rent + rules.fit_out_yuan_per_year).round(2))


def hosts_of(study: Study, scenario: Scenario | None) -> gpd.GeoDataFrame:
    """The hosts of the study and the planner's own: the columns of ``study.hosts``.

    Raises as :func:`sites_for`.
    """
    proposed = scenario.proposed if scenario is not None else ()
    if not proposed:
        return study.hosts
    taken = {*study.hosts["host_id"], *study.centres["centre_id"]}
    for site in proposed:
        if site.site_id in taken:
            raise ArgumentError("proposed_id_taken", site=site.site_id)
        if site.kind not in study.catalog.host_kinds:
            raise UnknownNameError("unknown_host_kind", kind=site.kind, known=", ".join(study.catalog.host_kinds))
    columns = ["name", "kind", "floor", "area_m2", "yearly_cost_yuan", "open_hours"]
    own = gpd.GeoDataFrame(
        {"host_id": [site.site_id for site in proposed], **{c: [getattr(s, c) for s in proposed] for c in columns}},
        geometry=gpd.points_from_xy([s.lon for s in proposed], [s.lat for s in proposed]),
        crs=WGS84,
    )
    hosts = pd.concat([study.hosts, in_crs(own, study.metric_crs)], ignore_index=True)
    return gpd.GeoDataFrame(hosts, crs=study.metric_crs)


def open_in_periods(open_hours: pd.Series[str], catalog: Catalog, *, within: str = "00:00-24:00") -> NDArray[np.bool_]:
    """Whether each site counts as open in each period: (sites, periods); the rule's share is inclusive.

    Only the minutes ``within`` these hours count.
    """
    inside = open_minutes(within)
    periods = np.array([span_minutes(p.start, p.end) for p in catalog.periods.values()])
    need = catalog.rules.open_share_of_period.value * periods.sum(axis=1)
    of_text = {text: (open_minutes(text) & inside) @ periods.T.astype(int) >= need for text in set(open_hours)}
    return np.array([of_text[text] for text in open_hours], dtype=bool).reshape(len(open_hours), len(periods))


def _broken_rule(
    study: Study, hosts: gpd.GeoDataFrame, rules: SitingRules, service: str, scenario: Scenario | None
) -> pd.Series[str]:
    """The first siting rule that each host breaks, empty where it keeps them all."""
    areas = study.restricted[study.restricted["services"].map(lambda some: not some or service in some).astype(bool)]
    own = [area for area in (scenario.no_go if scenario is not None else ()) if service in (area.services or [service])]
    no_go = gpd.GeoSeries([shapely.make_valid(shapely.Polygon(area.ring)) for area in own], crs=WGS84)
    broken = pd.Series("", index=hosts.index)
    for rule, breaks in (
        ("restricted", _within(hosts, areas.geometry)),
        ("no_go", _within(hosts, in_crs(no_go, study.metric_crs))),
        ("roads", _far_from_roads(study, hosts, rules.near_roads)),
        ("area", hosts["area_m2"] < rules.area_m2),
        ("floor", (hosts["floor"] != 1) if rules.ground_floor_only else pd.Series(False, hosts.index)),
        ("kind", ~hosts["kind"].isin(rules.host_kinds)),
    ):
        broken[breaks] = rule
    return broken


def _within(hosts: gpd.GeoDataFrame, areas: gpd.GeoSeries) -> pd.Series[bool]:
    return hosts.geometry.intersects(areas.union_all()) if len(areas) else pd.Series(False, hosts.index)


def _far_from_roads(study: Study, hosts: gpd.GeoDataFrame, near: NearRoads | None) -> pd.Series[bool]:
    if near is None:
        return pd.Series(False, hosts.index)
    edges = study.streets.edges
    wanted = np.zeros(len(edges), dtype=bool)
    for tag, value in (text.split("=", 1) for text in near.tags):
        wanted |= (edges[tag] == value).to_numpy()
    roads = shapely.STRtree(edges.geometry.to_numpy()[wanted])
    close = roads.query(hosts.geometry.to_numpy(), predicate="dwithin", distance=near.within_m)[0]
    return pd.Series(~np.isin(np.arange(len(hosts)), close), hosts.index)
