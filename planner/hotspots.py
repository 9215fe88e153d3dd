"""Hot spots of demand: where to look for hosts. Suggestions for people; nothing here becomes a candidate by itself."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from planner.coverage import Coverage
from planner.demand import Demand
from planner.sites import Sites
from planner.travel import TravelCosts

# A hot spot holds at least 40 of 2,000 dots, 2 % of the demand; as many around a dot tell how dense it lies there (with
# fewer, chance in how the dots fall makes hot spots of its own).
DOTS: Final = 2000
MIN_DOTS: Final = 40


def hot_spots(demand: Demand, sites: Sites, costs: TravelCosts, planned: Coverage) -> gpd.GeoDataFrame:
    """The places where demand is densest, the most demand first, and whether a host is there for it.

    HDBSCAN (Campello et al. 2013) clusters points without weights, so the weights enter as a dot map: every dot stands
    for the same demand, and a cell has as many as it has demand, laid out evenly over it. Dense dots are dense demand.
    A cell belongs to the hot spot that most of its dots are in, if it is denser than the cells with demand are on the
    whole.

    Columns: ``rank`` from 1, ``weight_per_day``, ``estimated_share`` (of it), ``uncovered_per_day`` (as planned),
    ``reachable_share`` (of the weight that some centre or candidate reaches within the standard, at whatever hour),
    ``advice`` (``covered``: the plan covers at least half of it; ``site``: hosts are in reach, another site would do;
    ``host``: no host is in reach of half of it, look for one here), ``nearest_id``, ``nearest_name`` and ``nearest_m``
    (the nearest centre or candidate as the crow flies, empty and not a number for none), ``grid_codes``, ``geometry``.
    """
    weight = demand.weight.sum(axis=1)
    label = _labels(demand.cells.geometry.to_numpy(), weight)
    reached = np.zeros(len(weight), dtype=bool)
    reached[costs.demand] = True
    estimated = demand.cells["estimated"].to_numpy(dtype=bool)
    uncovered = np.where(planned.covered, 0.0, planned.weight).sum(axis=1)
    rows = []
    for spot in range(label.max(initial=-1) + 1):
        own = np.flatnonzero(label == spot)
        total, lost = float(weight[own].sum()), float(uncovered[own].sum())
        reachable = float(weight[own][reached[own]].sum()) / total
        middle = np.average(demand.xy[own], axis=0, weights=weight[own])
        by_grid = pd.Series(weight[own]).groupby(demand.cells["grid_code"].to_numpy()[own]).sum()
        rows.append(
            {
                "weight_per_day": total,
                "estimated_share": float(weight[own][estimated[own]].sum()) / total,
                "uncovered_per_day": lost,
                "reachable_share": reachable,
                "advice": "covered" if lost <= total / 2 else "site" if reachable >= 0.5 else "host",
                **_nearest(sites, middle),
                "grid_codes": tuple(by_grid.sort_values(ascending=False, kind="stable").index),
                "geometry": shapely.union_all(demand.cells.geometry.to_numpy()[own]),
            }
        )
    columns = [
        "weight_per_day",
        "estimated_share",
        "uncovered_per_day",
        "reachable_share",
        "advice",
        "nearest_id",
        "nearest_name",
    ]
    columns += ["nearest_m", "grid_codes", "geometry"]
    frame = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=demand.cells.crs)
    frame = frame.sort_values("weight_per_day", ascending=False, kind="stable").reset_index(drop=True)
    frame.insert(0, "rank", np.arange(1, len(frame) + 1))
    return frame


def _labels(shapes: NDArray[np.object_], weight: NDArray[np.float64]) -> NDArray[np.int64]:
    """The hot spot of each cell, -1 for none."""
    from sklearn.cluster import HDBSCAN

    count = _dots_of(weight)
    cell = np.repeat(np.arange(len(weight)), count)
    if len(cell) < 2 * MIN_DOTS:
        return np.full(len(weight), -1, dtype=np.int64)
    clustering = HDBSCAN(min_cluster_size=MIN_DOTS, cluster_selection_method="leaf", copy=True)
    dot_label = clustering.fit_predict(_laid_out(shapely.bounds(shapes), cell, count))
    inside = dot_label >= 0
    votes = np.zeros((len(weight), int(dot_label.max(initial=-1)) + 1), dtype=np.int64)
    np.add.at(votes, (cell[inside], dot_label[inside]), 1)
    label = np.full(len(weight), -1, dtype=np.int64)
    area_m2 = shapely.area(shapes)
    is_dense = weight / area_m2 > weight.sum() / area_m2[weight > 0].sum()
    if votes.size:
        label = np.where((votes.max(axis=1) > count / 2) & is_dense, votes.argmax(axis=1), -1)
    # A cluster in which no cell has most of its dots has no cells: number the others anew.
    return np.where(label < 0, -1, np.searchsorted(np.unique(label[label >= 0]), label))


def _dots_of(weight: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many of the dots each cell gets: the whole part of its share, the rest to the largest remainders."""
    if weight.sum() == 0:
        return np.zeros(len(weight), dtype=np.int64)
    exact = weight / weight.sum() * DOTS
    count = np.floor(exact).astype(np.int64)
    left = DOTS - int(count.sum())
    count[np.argsort(-(exact - count), kind="stable")[:left]] += 1
    return np.asarray(count, dtype=np.int64)


def _laid_out(bounds: NDArray[np.float64], cell: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.float64]:
    """Where the dots lie: the R2 sequence (Roberts 2018), evenly over each cell's frame however many there are."""
    number = np.arange(len(cell)) - np.repeat(np.cumsum(count) - count, count) + 1.0
    plastic = 1.3247179572447460  # the root of x³ = x + 1
    along = np.column_stack([number / plastic, number / plastic**2]) % 1.0
    low, high = bounds[cell, :2], bounds[cell, 2:]
    dots: NDArray[np.float64] = low + along * (high - low)
    return dots


def _nearest(sites: Sites, middle: NDArray[np.float64]) -> dict[str, object]:
    if len(sites.frame) == 0:
        return {"nearest_id": "", "nearest_name": "", "nearest_m": np.nan}
    distance = np.hypot(*(sites.xy - middle).T)
    site = sites.frame.iloc[int(np.argmin(distance))]
    return {
        "nearest_id": site["site_id"],
        "nearest_name": site["name"],
        "nearest_m": float(distance.min()),
    }
