"""Who is covered by a set of open sites, when, and where the gaps are; the same code counts today and the plan."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import scipy.sparse as sp
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from planner.travel import TravelCosts


@dataclass(frozen=True)
class Coverage:
    """Who is covered: ``covered`` and ``weight`` are (demand points, periods)."""

    covered: NDArray[np.bool_]
    weight: NDArray[np.float64]

    @property
    def covered_weight(self) -> float:
        """The weight covered, over all points and periods."""
        return float(self.weight[self.covered].sum())

    @property
    def covered_share(self) -> float:
        """The covered share of all weight, 0 to 1; not a number where there is no weight."""
        return _share(self.covered_weight, float(self.weight.sum()))

    def share_by_period(self) -> NDArray[np.float64]:
        """The covered share of each period's weight: (periods,)."""
        covered = np.where(self.covered, self.weight, 0.0).sum(axis=0)
        return np.array([_share(c, w) for c, w in zip(covered, self.weight.sum(axis=0), strict=True)])

    def by_group(self, group: ArrayLike) -> pd.DataFrame:
        """``weight_per_day``, ``covered_per_day`` and ``covered_share`` of the points of each group (e.g. grid)."""
        frame = pd.DataFrame(
            {
                "weight_per_day": self.weight.sum(axis=1),
                "covered_per_day": np.where(self.covered, self.weight, 0.0).sum(axis=1),
            }
        )
        sums = frame.groupby(np.asarray(group), sort=True).sum()
        sums["covered_share"] = sums["covered_per_day"] / sums["weight_per_day"].where(sums["weight_per_day"] > 0)
        return sums


def covers_of(costs: TravelCosts, is_open: NDArray[np.bool_]) -> sp.csr_array:
    """Who can be covered by whom: CSR, rows (demand point, period), point by point, × sites.

    A site covers a row where it is within the standard and open in the period; ``is_open`` is (sites, periods).
    """
    points, sites = costs.shape
    period_count = is_open.shape[1]
    pair, period = np.nonzero(is_open[costs.site])
    row, column = costs.demand[pair] * period_count + period, costs.site[pair]
    return sp.csr_array((np.ones(len(row), dtype=bool), (row, column)), shape=(points * period_count, sites))


def measure_coverage(covers: sp.csr_array, weight: NDArray[np.float64], open_sites: ArrayLike) -> Coverage:
    """Who is covered when ``open_sites`` (site indices) are open: the one function that counts it.

    ``covers`` is from :func:`covers_of`; ``weight`` is (demand points, periods).
    """
    is_open = np.zeros(covers.shape[1], dtype=np.int64)
    is_open[np.asarray(open_sites, dtype=np.int64)] = 1
    covered = (covers.astype(np.int64) @ is_open) > 0
    return Coverage(covered=covered.reshape(weight.shape), weight=weight)


def coverage_gaps(coverage: Coverage, cells: gpd.GeoDataFrame, boundary: BaseGeometry) -> gpd.GeoDataFrame:
    """The coverage gaps as areas, ranked by the demand in them.

    A gap is a patch of cells that touch and in which more than half of the day's weight is uncovered. Columns:
    ``rank`` from 1, ``uncovered_per_day``, ``uncovered_<period number>`` for each period, ``estimated_share`` (of the
    uncovered weight, where ``cells`` say by ``estimated`` which are estimates), ``area_m2``, ``grid_codes``
    (the grids of its cells, the most uncovered first) and ``geometry``, inside the boundary where any of it is.
    """
    open_weight = np.where(coverage.covered, 0.0, coverage.weight)
    lost = open_weight.sum(axis=1)
    in_gap = np.flatnonzero(lost > 0.5 * coverage.weight.sum(axis=1))
    columns = ["rank", "uncovered_per_day", "estimated_share", "area_m2", "grid_codes", "geometry"]
    if in_gap.size == 0:
        return gpd.GeoDataFrame(columns=columns, geometry="geometry", crs=cells.crs)
    shapes = cells.geometry.to_numpy()[in_gap]
    codes = cells["grid_code"].to_numpy()[in_gap]
    estimated = cells["estimated"].to_numpy(dtype=bool)[in_gap] if "estimated" in cells else np.zeros(len(codes), bool)
    rows = []
    for patch in _patches(shapes):
        shape = _joined(shapes[patch])
        inside = shape.intersection(boundary)
        shape = shape if inside.is_empty else inside
        by_grid = pd.Series(lost[in_gap][patch]).groupby(codes[patch]).sum().sort_values(ascending=False, kind="stable")
        total = float(lost[in_gap][patch].sum())
        row = {"uncovered_per_day": total, "area_m2": shape.area, "geometry": shape}
        row["estimated_share"] = _share(float(lost[in_gap][patch][estimated[patch]].sum()), total)
        row["grid_codes"] = tuple(by_grid.index)
        rows.append(row | {f"uncovered_{j}": v for j, v in enumerate(open_weight[in_gap][patch].sum(axis=0))})
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=cells.crs)
    frame = frame.sort_values("uncovered_per_day", ascending=False, kind="stable").reset_index(drop=True)
    frame.insert(0, "rank", np.arange(1, len(frame) + 1))
    return frame


def _patches(shapes: NDArray[np.object_]) -> list[NDArray[np.int64]]:
    """Groups of shapes that share an edge or overlap; a common corner does not join."""
    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=0.5)
    joined = shapely.area(shapely.intersection(shapely.buffer(shapes[left], 0.5), shapes[right])) > 2.0
    links = sp.csr_array((np.ones(joined.sum()), (left[joined], right[joined])), shape=(len(shapes), len(shapes)))
    label = connected_components(links, directed=False)[1]
    return [np.flatnonzero(label == i) for i in range(label.max() + 1)]


def _joined(shapes: NDArray[np.object_]) -> BaseGeometry:
    """The union of cells without the hairlines that centimetres of rounding leave between them."""
    grown = shapely.buffer(shapes, 0.5, join_style="mitre")
    joined: BaseGeometry = shapely.buffer(shapely.union_all(grown), -0.5, join_style="mitre")
    return joined


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
