"""Which open appeals a set of sites answers."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.coverage import times_covered
from planner.demand import calls_for
from planner.intake.study import Study
from planner.sites import Sites
from planner.travel import Joins, Network, join_points, travel_costs


def appeals_in_reach(
    study: Study, service: str, network: Network, sites: Sites, to_sites: Joins, *, cutoff: float
) -> tuple[gpd.GeoDataFrame, sp.csr_array]:
    """The open appeals that call for ``service``, and which site would answer which: (appeals, sites), true where.

    Columns: ``appeal_id``, ``category``, ``written``, ``date`` and ``geometry``. An appeal is answered where a site
    that is open in some period is within ``cutoff`` of its own position, in the network's unit.
    """
    frame = study.appeals[calls_for(study, service)].drop(columns="open").reset_index(drop=True)
    xy = np.column_stack([frame.geometry.x, frame.geometry.y])
    joins = join_points(network, xy, max_off_road_m=study.catalog.rules.max_off_road_m.value)
    costs = travel_costs(network, joins, to_sites, cutoff=cutoff)
    opens = sites.open[costs.site].any(axis=1)
    pairs = (np.ones(opens.sum(), dtype=bool), (costs.demand[opens], costs.site[opens]))
    answers = sp.csr_array(pairs, shape=(len(frame), len(sites.frame)))
    return frame[["appeal_id", "category", "written", "date", "geometry"]], answers


def answered(appeal_covers: sp.csr_array, open_sites: ArrayLike) -> NDArray[np.bool_]:
    """Whether each appeal is answered when ``open_sites`` (site indices) are open: (appeals,)."""
    return times_covered(appeal_covers, open_sites) > 0
