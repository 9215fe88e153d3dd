"""Which open appeals a set of sites answers."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.demand import calls_for
from planner.intake.study import Study
from planner.sites import Sites
from planner.travel import Joins, Network, join_points, travel_costs


def answered_appeals(
    study: Study,
    service: str,
    network: Network,
    sites: Sites,
    to_sites: Joins,
    *,
    cutoff: float,
    planned: ArrayLike,
) -> gpd.GeoDataFrame:
    """The open appeals that call for ``service``: ``appeal_id``, ``category``, ``written``, ``date``,
    ``answered_today``, ``answered_planned`` and ``geometry``.

    An appeal is answered where a site that is open in some period is within ``cutoff`` of its own position, in the
    network's unit; ``planned`` are the sites of the plan.
    """
    frame = study.appeals[calls_for(study, service)].drop(columns="open").reset_index(drop=True)
    xy = np.column_stack([frame.geometry.x, frame.geometry.y])
    joins = join_points(network, xy, max_off_road_m=study.catalog.rules.max_off_road_m.value)
    chosen = np.asarray(planned, dtype=np.int64)
    some = Joins(*(np.asarray(values)[chosen] for values in _columns(to_sites)))
    costs = travel_costs(network, joins, some, cutoff=cutoff)
    site = chosen[costs.site]
    opens = sites.open[site].any(axis=1)
    exists = sites.frame["existing"].to_numpy(dtype=bool)[site]
    return frame.assign(
        answered_today=_any(costs.demand[opens & exists], len(frame)),
        answered_planned=_any(costs.demand[opens], len(frame)),
    )[["appeal_id", "category", "written", "date", "answered_today", "answered_planned", "geometry"]]


def _columns(joins: Joins) -> tuple[NDArray[np.generic], ...]:
    return joins.edge, joins.along, joins.off_road_m, joins.component


def _any(rows: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    found = np.zeros(count, dtype=bool)
    found[rows] = True
    return found
