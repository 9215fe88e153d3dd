"""Who is covered by a set of open sites, when, and where the gaps are; the same code counts today and the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import scipy.sparse as sp
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from planner.travel import TravelCosts

Shapes = NDArray[np.object_]

# By so much cells are grown to find out which of them touch, and what they must have in common then.
_GROWN_M: Final = 0.5
_COMMON_M2: Final = 2.0
_CORNER_STEPS: Final = 16


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
    covered = times_covered(covers, open_sites) > 0
    return Coverage(covered=covered.reshape(weight.shape), weight=weight)


def times_covered(covers: sp.csr_array, open_sites: ArrayLike) -> NDArray[np.int64]:
    """How many of ``open_sites`` (site indices) cover each row of ``covers``."""
    is_open = np.zeros(covers.shape[1], dtype=np.int64)
    is_open[np.asarray(open_sites, dtype=np.int64)] = 1
    times: NDArray[np.int64] = covers.astype(np.int64) @ is_open
    return times


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
    shapes, open_weight, lost = cells.geometry.to_numpy()[in_gap], open_weight[in_gap], lost[in_gap]
    estimated = cells["estimated"].to_numpy(dtype=bool)[in_gap] if "estimated" in cells else np.zeros(len(lost), bool)
    patch_of = _patches(shapes)
    patches = _members(patch_of)
    areas = _within(_joined(shapes, patches), boundary)
    grids = _grids(patch_of, cells["grid_code"].to_numpy()[in_gap], lost)
    rows = []
    for patch, shape, codes in zip(patches, areas, grids, strict=True):
        total = float(lost[patch].sum())
        row = {"uncovered_per_day": total, "area_m2": shape.area, "geometry": shape}
        row["estimated_share"] = _share(float(lost[patch][estimated[patch]].sum()), total)
        row["grid_codes"] = codes
        rows.append(row | {f"uncovered_{j}": v for j, v in enumerate(open_weight[patch].sum(axis=0))})
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=cells.crs)
    frame = frame.sort_values("uncovered_per_day", ascending=False, kind="stable").reset_index(drop=True)
    frame.insert(0, "rank", np.arange(1, len(frame) + 1))
    return frame


def _patches(shapes: Shapes) -> NDArray[np.int64]:
    """The number of each shape's patch: shapes that share an edge or overlap; a common corner does not join.

    Two shapes share an edge where one of them, grown by 0.5 m, has more than 2 m² in common with the other. Most pairs
    are decided by their bounds: what they have in common is inside the common part of those, and of two upright
    rectangles it is all of it but for four rounded corners, which are less than 1 m².
    """
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_GROWN_M)
    one, other = one[one < other], other[one < other]
    bounds = shapely.bounds(shapes)
    upright = _upright(shapes, bounds)
    most = np.maximum(_common_area(bounds[one], bounds[other]), _common_area(bounds[other], bounds[one]))
    joined = upright[one] & upright[other] & (most > _COMMON_M2 + 1.0)
    asked = np.flatnonzero(~joined & (most > _COMMON_M2))
    # Grown with cut corners a shape has less in common, but that is quickly found, and mostly enough.
    for corner_steps in (1, _CORNER_STEPS):
        of = np.unique(np.concatenate([one[asked], other[asked]]))
        grown = np.empty_like(shapes)
        grown[of] = shapely.buffer(shapes[of], _GROWN_M, quad_segs=corner_steps)
        for a, b in ((one, other), (other, one)):
            joined[asked] = shapely.area(shapely.intersection(grown[a[asked]], shapes[b[asked]])) > _COMMON_M2
            asked = asked[~joined[asked]]
    links = sp.csr_array((np.ones(joined.sum()), (one[joined], other[joined])), shape=(len(shapes), len(shapes)))
    _, number = connected_components(links, directed=False)
    return number.astype(np.int64)


def _common_area(bounds: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """What boxes, grown, have in common with others, two by two; rows are (least x, least y, largest x, largest y)."""
    low = np.maximum(bounds[:, :2] - _GROWN_M, others[:, :2])
    high = np.minimum(bounds[:, 2:] + _GROWN_M, others[:, 2:])
    area: NDArray[np.float64] = np.maximum(0.0, high - low).prod(axis=1)
    return area


def _upright(shapes: Shapes, bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which shapes are rectangles with sides along the axes: those that fill their bounds."""
    fills: NDArray[np.bool_] = shapely.area(shapes) >= (1.0 - 1e-9) * (bounds[:, 2:] - bounds[:, :2]).prod(axis=1)
    return fills


def _members(patch_of: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The shapes of each patch."""
    order = np.argsort(patch_of, kind="stable")
    return np.split(order, np.cumsum(np.bincount(patch_of))[:-1])


def _joined(shapes: Shapes, patches: list[NDArray[np.int64]]) -> Shapes:
    """The union of each patch without the hairlines that centimetres of rounding leave between cells."""
    grown = shapely.buffer(shapes, _GROWN_M, join_style="mitre")
    unions = np.array([grown[patch[0]] if len(patch) == 1 else shapely.union_all(grown[patch]) for patch in patches])
    joined: Shapes = shapely.buffer(unions, -_GROWN_M, join_style="mitre")
    return joined


def _within(areas: Shapes, boundary: BaseGeometry) -> Shapes:
    """The areas inside the boundary; those with nothing inside it as they are."""
    shapely.prepare(boundary)
    cut = np.flatnonzero(~shapely.covers(boundary, areas))
    inside = shapely.intersection(areas[cut], boundary)
    within = areas.copy()
    within[cut] = np.where(shapely.is_empty(inside), areas[cut], inside)
    return within


def _grids(patch_of: NDArray[np.int64], codes: NDArray[np.object_], lost: NDArray[np.float64]) -> list[tuple[str, ...]]:
    """The grids of each patch, those with the most uncovered weight first."""
    by_grid = pd.Series(lost).groupby([patch_of, codes]).sum()
    patch, code = (by_grid.index.get_level_values(level).to_numpy() for level in (0, 1))
    order = np.lexsort((-by_grid.to_numpy(), patch))
    ends = np.cumsum(np.bincount(patch, minlength=patch_of.max() + 1))[:-1]
    return [tuple(part) for part in np.split(code[order], ends)]


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
