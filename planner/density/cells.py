"""The cells that deliveries are counted in: squares, hexagons or a file's polygons, each cell a whole number.

Every kind of cells tells in which of them points lie, in which one a whole quadrilateral lies, which cells touch, and
how they look on a map. ``OUTSIDE`` is the number of no cell, ``MIXED`` that of a quadrilateral in more than one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from planner.crs import in_crs, to_metric
from planner.errors import ArgumentError, StudyError

OUTSIDE: Final = -1
MIXED: Final = -2
Degrees = NDArray[np.float64]
Codes = NDArray[np.int64]
_DEGREES: Final = "EPSG:4326"
# Positions nearer to an edge than this are never taken for inside on the strength of their surroundings.
_MARGIN_M: Final = 0.05
_SHIFT: Final = np.int64(1 << 31)


class Cells(Protocol):
    """Some division of the ground into cells."""

    @property
    def spec(self) -> str:
        """What the cells are, in a word: two tallies with the same spec add up."""

    def of(self, lon: Degrees, lat: Degrees) -> Codes:
        """The cell of each WGS-84 point, or ``OUTSIDE``."""

    def of_quads(self, lon: Degrees, lat: Degrees) -> Codes:
        """The cell in which a convex quadrilateral (n, 4) lies with a margin, ``OUTSIDE`` of all, or ``MIXED``."""

    def touching(self, codes: Codes) -> dict[int, list[int]]:
        """For each of these cells those of the others that it touches."""

    def frame(self, codes: Codes) -> gpd.GeoDataFrame:
        """``cell_id``, ``lon`` and ``lat`` of the centre, and the outline in WGS-84, in the order of ``codes``."""


@dataclass(frozen=True)
class Squares:
    """Squares of ``side_m`` metres on whole multiples of the side in a metric system, so that any two files agree."""

    side_m: float
    metric: CRS

    @property
    def spec(self) -> str:
        """Such as ``100 m squares in EPSG:4548``."""
        return f"{self.side_m:g} m squares in {self.metric.to_string()}"

    def of(self, lon: Degrees, lat: Degrees) -> Codes:
        """The cell of each WGS-84 point."""
        return self._code(*np.floor(np.asarray(to_metric(self.metric).transform(lon, lat)) / self.side_m))

    def of_quads(self, lon: Degrees, lat: Degrees) -> Codes:
        """The square that holds the quadrilateral's bounding box and a margin, or ``MIXED``."""
        x, y = to_metric(self.metric).transform(lon, lat)
        low = [np.floor((c.min(axis=1) - _MARGIN_M) / self.side_m) for c in (x, y)]
        high = [np.floor((c.max(axis=1) + _MARGIN_M) / self.side_m) for c in (x, y)]
        whole = (low[0] == high[0]) & (low[1] == high[1])
        return np.where(whole, self._code(*low), MIXED)

    def touching(self, codes: Codes) -> dict[int, list[int]]:
        """The up to eight squares around each."""
        column, row = self._column_row(codes)
        there = set(codes.tolist())
        steps = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]
        around = np.stack([self._code(column + i, row + j) for i, j in steps], axis=1)
        return {c: [n for n in near if n in there] for c, near in zip(codes.tolist(), around.tolist(), strict=True)}

    def frame(self, codes: Codes) -> gpd.GeoDataFrame:
        """The squares, named by their column and row from the metric system's origin."""
        column, row = self._column_row(codes)
        x, y = column * self.side_m, row * self.side_m
        middle = x + self.side_m / 2, y + self.side_m / 2
        lon, lat = to_metric(self.metric).transform(*middle, direction="INVERSE")
        squares = gpd.GeoSeries(shapely.box(x, y, x + self.side_m, y + self.side_m), crs=self.metric)
        outline = in_crs(squares, _DEGREES)
        names = [f"{i}_{j}" for i, j in zip(column.tolist(), row.tolist(), strict=True)]
        return gpd.GeoDataFrame({"cell_id": names, "lon": lon, "lat": lat}, geometry=outline, crs=_DEGREES)

    @staticmethod
    def _code(column: NDArray[Any], row: NDArray[Any]) -> Codes:
        return ((column.astype(np.int64) + _SHIFT) << 31) | (row.astype(np.int64) + (_SHIFT >> 1))

    @staticmethod
    def _column_row(codes: Codes) -> tuple[Codes, Codes]:
        return (codes >> 31) - _SHIFT, (codes & (_SHIFT - 1)) - (_SHIFT >> 1)


@dataclass(frozen=True)
class Hexagons:
    """The hexagons of H3 at one resolution, 0 to 15."""

    resolution: int

    @property
    def spec(self) -> str:
        """Such as ``h3:10``."""
        return f"h3:{self.resolution}"

    def of(self, lon: Degrees, lat: Degrees) -> Codes:
        """The hexagon of each WGS-84 point."""
        from h3.api.basic_int import latlng_to_cell

        found = [latlng_to_cell(y, x, self.resolution) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
        return np.array(found, dtype=np.int64)

    def of_quads(self, lon: Degrees, lat: Degrees) -> Codes:
        """The hexagon of all four corners: hexagons are convex."""
        corner = self.of(*(c.ravel() for c in widened(lon, lat))).reshape(-1, 4)
        return np.where((corner == corner[:, :1]).all(axis=1), corner[:, 0], MIXED)

    def touching(self, codes: Codes) -> dict[int, list[int]]:
        """The six hexagons around each."""
        from h3.api.basic_int import grid_disk

        there = set(codes.tolist())
        return {c: sorted(n for n in grid_disk(c, 1) if n != c and n in there) for c in codes.tolist()}

    def frame(self, codes: Codes) -> gpd.GeoDataFrame:
        """The hexagons, named by their H3 index."""
        from h3.api.basic_int import cell_to_boundary, cell_to_latlng, int_to_str

        centre = np.array([cell_to_latlng(c) for c in codes.tolist()]).reshape(-1, 2)
        outline = [shapely.Polygon([(x, y) for y, x in cell_to_boundary(c)]) for c in codes.tolist()]
        about = {"cell_id": [int_to_str(c) for c in codes.tolist()], "lon": centre[:, 1], "lat": centre[:, 0]}
        return gpd.GeoDataFrame(about, geometry=outline, crs=_DEGREES)


@dataclass(frozen=True)
class Polygons:
    """Polygons with a name each, in WGS-84; where two overlap, the first counts."""

    names: tuple[str, ...]
    outlines: tuple[shapely.Geometry, ...] = field(repr=False)
    metric: CRS

    @property
    def spec(self) -> str:
        """Such as ``212 polygons, 3f2a…``: the number and a digest of names and outlines."""
        import hashlib

        digest = hashlib.sha256("\0".join(self.names).encode())
        for outline in self.outlines:
            digest.update(shapely.to_wkb(outline))
        return f"{len(self.names)} polygons, {digest.hexdigest()[:12]}"

    def of(self, lon: Degrees, lat: Degrees) -> Codes:
        """The first polygon that holds each WGS-84 point, its edge included."""
        x, y = to_metric(self.metric).transform(lon, lat)
        point, polygon = self._tree.query(shapely.points(x, y), predicate="intersects")
        found = np.full(len(lon), len(self.names), dtype=np.int64)
        np.minimum.at(found, point, polygon)
        return np.where(found == len(self.names), OUTSIDE, found)

    def of_quads(self, lon: Degrees, lat: Degrees) -> Codes:
        """The one polygon that a quadrilateral meets and lies within with a margin."""
        quads = np.asarray(shapely.polygons(np.stack(to_metric(self.metric).transform(*widened(lon, lat)), axis=-1)))
        quad, _ = self._tree.query(quads, predicate="intersects")
        met = np.bincount(quad, minlength=len(quads))
        found = np.where(met == 0, OUTSIDE, MIXED).astype(np.int64)
        within, of = self._tree.query(quads, predicate="within")
        sure = met[within] == 1
        found[within[sure]] = of[sure]
        return found

    def touching(self, codes: Codes) -> dict[int, list[int]]:
        """The polygons less than a metre away."""
        outlines = np.asarray(self._tree.geometries)[codes]
        one, other = shapely.STRtree(outlines).query(outlines, predicate="dwithin", distance=1.0)
        near: dict[int, list[int]] = {c: [] for c in codes.tolist()}
        for i, j in zip(codes[one].tolist(), codes[other].tolist(), strict=True):
            if i != j:
                near[i].append(j)
        return {c: sorted(others) for c, others in near.items()}

    def frame(self, codes: Codes) -> gpd.GeoDataFrame:
        """The polygons as they were given."""
        outline = gpd.GeoSeries([self.outlines[c] for c in codes], crs=_DEGREES)
        centre = shapely.point_on_surface(outline.to_numpy())
        about = {"cell_id": [self.names[c] for c in codes], "lon": shapely.get_x(centre), "lat": shapely.get_y(centre)}
        return gpd.GeoDataFrame(about, geometry=outline, crs=_DEGREES)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(in_crs(gpd.GeoSeries(list(self.outlines), crs=_DEGREES), self.metric).to_numpy())

    def __getstate__(self) -> dict[str, object]:
        return {"names": self.names, "outlines": self.outlines, "metric": self.metric}


def widened(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Quadrilaterals (n, 4) drawn apart from their middle by a hundredth, the margin by which one must lie within."""
    wide = [(middle := c.mean(axis=1, keepdims=True)) + (c - middle) * 1.01 for c in (lon, lat)]
    return wide[0], wide[1]


def cells_of(spec: str, metric: CRS, *, polygons_system: str = "wgs84", polygon_column: str = "grid_code") -> Cells:
    """The cells that ``spec`` asks for: ``100m``, ``h3:10``, or a file of polygons with a column of codes.

    Raises ``ArgumentError`` where it asks for none of these, ``StudyError`` with all faults of the polygons.
    """
    text = spec.strip()
    if text.lower().endswith("m") and text[:-1].strip().replace(".", "", 1).isdigit():
        side_m = float(text[:-1])
        if not 10 <= side_m <= 10_000:
            raise ArgumentError("cell_side", value=text)
        return Squares(side_m, metric)
    if text.lower().startswith("h3:"):
        if not text[3:].isdigit() or int(text[3:]) > 15:
            raise ArgumentError("cell_resolution", value=text)
        return Hexagons(int(text[3:]))
    path = Path(text)
    if not path.suffix:
        raise ArgumentError("cell_spec", value=text)
    from planner.intake.shapes import read_shapes
    from planner.intake.values import Column

    if not path.is_file():
        from planner.errors import MissingFileError

        raise MissingFileError("no_file", path=path)
    frame, faults = read_shapes(path, polygons_system, [Column(polygon_column, "code", unique=True)])
    if any(fault.is_error for fault in faults):
        raise StudyError(path.name, faults)
    return Polygons(tuple(frame[polygon_column]), tuple(frame.geometry), metric)
