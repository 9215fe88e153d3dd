"""Existing centres and candidates under the siting rules → :class:`Sites`."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.catalog import Catalog
from planner.hours import open_minutes, span_minutes
from planner.intake.study import Study


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


def sites_for(study: Study, service: str) -> Sites:
    """What offers ``service`` today and what could.

    A candidate's yearly cost is the share of its host that the service needs, and the fit-out.
    """
    rules = study.catalog.services[service]
    broken = _broken_rule(study, service)
    fits = (broken == "").to_numpy()
    centres = study.centres[study.centres["services"].map(lambda offered: service in offered).astype(bool)]
    hosts = study.hosts[fits]
    share = rules.area_m2 / hosts["area_m2"]
    frame = gpd.GeoDataFrame(
        {
            "site_id": [*centres["centre_id"], *hosts["host_id"]],
            "name": [*centres["name"], *hosts["name"]],
            "existing": [True] * len(centres) + [False] * len(hosts),
            "kind": [""] * len(centres) + [*hosts["kind"]],
            "open_hours": [*centres["open_hours"], *hosts["open_hours"]],
            "cost_yuan": np.concatenate(
                [np.zeros(len(centres)), hosts["yearly_cost_yuan"] * share + rules.fit_out_yuan_per_year]
            ).round(2),
        },
        geometry=[*centres.geometry, *hosts.geometry],
        crs=study.metric_crs,
    )
    rejected = study.hosts[~fits][["host_id", "name"]].assign(rule=broken[~fits]).reset_index(drop=True)
    return Sites(frame=frame, open=open_in_periods(frame["open_hours"], study.catalog), rejected=rejected)


def open_in_periods(open_hours: pd.Series[str], catalog: Catalog) -> NDArray[np.bool_]:
    """Whether each site counts as open in each period: (sites, periods); the rule's share is inclusive."""
    periods = np.array([span_minutes(p.start, p.end) for p in catalog.periods.values()])
    need = catalog.rules.open_share_of_period.value * periods.sum(axis=1)
    of_text = {text: open_minutes(text) @ periods.T.astype(int) >= need for text in set(open_hours)}
    return np.array([of_text[text] for text in open_hours], dtype=bool).reshape(len(open_hours), len(periods))


def _broken_rule(study: Study, service: str) -> pd.Series[str]:
    """The first siting rule that each host breaks, empty where it keeps them all."""
    rules, hosts = study.catalog.services[service], study.hosts
    areas = study.restricted[study.restricted["services"].map(lambda some: not some or service in some).astype(bool)]
    barred = hosts.geometry.intersects(areas.geometry.union_all()) if len(areas) else pd.Series(False, hosts.index)
    broken = pd.Series("", index=hosts.index)
    for rule, breaks in (
        ("restricted", barred),
        ("area", hosts["area_m2"] < rules.area_m2),
        ("floor", (hosts["floor"] != 1) if rules.ground_floor_only else pd.Series(False, hosts.index)),
        ("kind", ~hosts["kind"].isin(rules.host_kinds)),
    ):
        broken[breaks] = rule
    return broken
