"""Where a file's points fall in each system that it could be in: the evidence by which an unstated system is proposed.

Read in the wrong system of degrees, everything moves by 300 to 1,300 m at once. Then points leave the boundary, stand
in the middle of roads or far from any street, and no longer in houses. Such a sign is weak for one point and strong for
many.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from planner.crs import to_wgs84
from planner.intake.candidates import Candidate
from planner.intake.positions import project

# A point this far outside the boundary counts as outside: lines drawn on two maps differ by as much.
_EDGE_M: Final = 30.0
_ROADWAY_M: Final = 5.0  # from the middle of a road for cars: where lanes are, and nothing stands
_FAR_M: Final = 150.0  # further from a street is no worse
_ROADS: Final = ("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential")
# How much each sign weighs, as the logarithm of how much rarer it is in the right system than in a wrong one.
_OUTSIDE, _IN_ROADWAY, _FAR, _ON_BUILDING = 3.0, 1.5, 1.5, 1.0
_BLOCK_M: Final = 250.0  # points of one block move over the same pattern of streets, so that a block is one witness
_MOST_POINTS: Final = 4000
# Clear is a lead over every other system of three standard errors, among this many blocks or more.
_CLEAR_ERRORS: Final = 3.0
_LEAST_BLOCKS: Final = 8


@dataclass(frozen=True)
class Ground:
    """What the points are held against, in metres of ``metric``; ``area`` and ``buildings`` where they are known."""

    metric: CRS
    streets: NDArray[np.object_]
    roads: NDArray[np.object_]
    buildings: NDArray[np.object_]
    area: BaseGeometry | None = None

    # Each file of a study is held against the same ground, in every system it could be in: searched often, sorted once.
    @cached_property
    def street_tree(self) -> shapely.STRtree:
        """The streets, to be searched by place."""
        return shapely.STRtree(self.streets)

    @cached_property
    def road_tree(self) -> shapely.STRtree:
        """The roads, to be searched by place."""
        return shapely.STRtree(self.roads)

    @cached_property
    def building_tree(self) -> shapely.STRtree:
        """The buildings, to be searched by place."""
        return shapely.STRtree(self.buildings)


@dataclass(frozen=True)
class Placing:
    """Where the points fall if they are in ``system``, the first coordinate being the northing where that is said.

    ``inside_share`` is of the points within the boundary (``None`` where there is none), ``street_m`` the median
    distance to the nearest street, ``roadway_share`` of the points in the middle of a road for cars,
    ``building_share`` of those on a building (``None`` where the map has none). ``misfit`` sums up: lower is better.
    """

    system: str
    northing_first: bool
    inside_share: float | None
    street_m: float
    roadway_share: float
    building_share: float | None
    misfit: float


@dataclass(frozen=True)
class Evidence:
    """The systems that a file could be in, the best first, and by how many standard errors it leads the second."""

    placings: tuple[Placing, ...]
    lead: float
    blocks: int

    @property
    def is_clear(self) -> bool:
        """Whether the best system can be told from every other; the only one in which the points land near is."""
        leads = self.lead >= _CLEAR_ERRORS and self.blocks >= _LEAST_BLOCKS
        return len(self.placings) == 1 or (len(self.placings) > 1 and leads)


def ground_of(
    edges: gpd.GeoDataFrame, buildings: Iterable[BaseGeometry] = (), area: BaseGeometry | None = None
) -> Ground:
    """The ground of a street network in metres (``Streets.edges``), with buildings and the boundary where known."""
    lines = edges.geometry.to_numpy()
    is_road = edges["highway"].str.removesuffix("_link").isin(_ROADS).to_numpy()
    return Ground(edges.crs, lines, lines[is_road], np.array(list(buildings), dtype=object), area)


def weigh_systems(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    candidates: Iterable[Candidate],
    ground: Ground,
    *,
    outlines: bool = False,
) -> Evidence:
    """The evidence for each candidate as the system of points with coordinates ``x`` and ``y``.

    ``outlines`` says that the points are taken along the borders of polygons: borders run along roads and not through
    buildings, while what stands in a table stands off the road and often in a building.

    Two systems are compared block by block (250 m), so that many points in one yard count once, by Student's t of the
    difference. Points that are nowhere (NaN) in some system are left out.
    """
    candidates = list(candidates)
    x, y = _thinned(x, y)
    places = [_place(x, y, candidate, ground.metric) for candidate in candidates]
    known = np.logical_and.reduce([np.isfinite(xy).all(axis=1) for xy in places]) if places else np.zeros(0, dtype=bool)
    if not known.any():
        return Evidence((), 0.0, 0)
    measured = [_measured(xy[known], ground) for xy in places]
    on_streets = not outlines and max(each.in_roadway.mean() for each in measured) > 0.5
    misfits = [_misfit(each, outlines=outlines, on_streets=on_streets) for each in measured]
    order = sorted(range(len(candidates)), key=lambda i: float(misfits[i].mean()))
    best = order[0]
    blocks = np.unique(places[best][known] // _BLOCK_M, axis=0, return_inverse=True)[1]
    leads = [_lead(misfits[i] - misfits[best], blocks) for i in order[1:]]
    placings = tuple(_placing(candidates[i], measured[i], float(misfits[i].mean()), ground) for i in order)
    return Evidence(placings, min(leads, default=np.inf), int(blocks.max()) + 1)


def _thinned(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The points that are somewhere, each place once, and of very many an even choice."""
    xy = np.column_stack([x, y])
    xy = np.unique(xy[np.isfinite(xy).all(axis=1)], axis=0)
    step = -(-len(xy) // _MOST_POINTS) if len(xy) else 1
    return xy[::step, 0], xy[::step, 1]


def _place(x: NDArray[np.float64], y: NDArray[np.float64], candidate: Candidate, metric: CRS) -> NDArray[np.float64]:
    lon, lat = to_wgs84(*candidate.in_order(x, y), candidate.system)
    xy = project(lon, lat, metric)
    return np.where(np.isfinite(xy), xy, np.nan)


@dataclass(frozen=True)
class _Measured:
    """For each point: metres to the nearest street, and whether it is outside, in a roadway, on a building."""

    street_m: NDArray[np.float64]
    outside: NDArray[np.bool_]
    in_roadway: NDArray[np.bool_]
    on_building: NDArray[np.bool_]


def _measured(xy: NDArray[np.float64], ground: Ground) -> _Measured:
    points = np.asarray(shapely.points(xy))
    outside = np.zeros(len(points), dtype=bool)
    if ground.area is not None:
        shapely.prepare(ground.area)
        outside = ~shapely.dwithin(points, ground.area, _EDGE_M)
    return _Measured(
        street_m=_nearest_m(points, ground.street_tree),
        outside=outside,
        in_roadway=_nearest_m(points, ground.road_tree, within_m=_ROADWAY_M) < _ROADWAY_M,
        on_building=_nearest_m(points, ground.building_tree, within_m=_ROADWAY_M) == 0,
    )


def _nearest_m(
    points: NDArray[np.object_], tree: shapely.STRtree, *, within_m: float | None = None
) -> NDArray[np.float64]:
    """Metres from each point to the nearest shape; infinite without any ``within_m``, which spares a long search."""
    distance = np.full(len(points), np.inf)
    if len(tree):
        (at, _), found = tree.query_nearest(points, max_distance=within_m, return_distance=True, all_matches=False)
        distance[at] = found
    return distance


def _misfit(measured: _Measured, *, outlines: bool, on_streets: bool) -> NDArray[np.float64]:
    roadway = 0.0 if outlines or on_streets else _IN_ROADWAY
    building = -_ON_BUILDING if outlines else _ON_BUILDING
    far = np.minimum(measured.street_m, _FAR_M) / _FAR_M
    misfit = _OUTSIDE * measured.outside + roadway * measured.in_roadway + _FAR * far
    return np.asarray(misfit - building * measured.on_building, dtype=np.float64)


def _lead(difference: NDArray[np.float64], blocks: NDArray[np.intp]) -> float:
    """By how many standard errors the mean of the blocks' differences is above nought."""
    means = np.bincount(blocks, difference) / np.bincount(blocks)
    if len(means) < 2:
        return 0.0
    error = means.std(ddof=1) / np.sqrt(len(means))
    return float(means.mean() / error) if error > 0 else (np.inf if means.mean() > 0 else 0.0)


def _placing(candidate: Candidate, measured: _Measured, misfit: float, ground: Ground) -> Placing:
    return Placing(
        candidate.name,
        candidate.northing_first,
        None if ground.area is None else 1.0 - float(measured.outside.mean()),
        float(np.median(measured.street_m)),
        float(measured.in_roadway.mean()),
        float(measured.on_building.mean()) if len(ground.buildings) else None,
        misfit,
    )
