"""Where things are: what a file says of positions, in the system that it is in, → WGS-84 degrees and metres."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from planner.crs import is_in_metres, to_metric, to_wgs84
from planner.errors import Fault
from planner.intake.candidates import Candidate

DEGREES = "EPSG:4326"


# The system of a file with these coordinates, of which this one is stated, and what is to be told of it.
Settle = Callable[[str | None, NDArray[np.float64], NDArray[np.float64]], tuple[Candidate, list[Fault]]]

_OUTLINE_STEP_M: Final = 30.0


def as_stated(system: str | None, *_coordinates: NDArray[np.float64]) -> tuple[Candidate, list[Fault]]:
    """The system that is stated, or WGS-84, without a look at the coordinates."""
    return Candidate(system or "wgs84", system or "wgs84"), []


def shapes_in_degrees(
    frame: gpd.GeoDataFrame, system: str | None, settle: Settle
) -> tuple[gpd.GeoDataFrame, str, list[Fault]]:
    """The frame in degrees, the system of these degrees, and what is to be told of the file's system."""
    stated = system
    if frame.attrs.get("was_projected") and system is not None and is_in_metres(system):
        stated = "wgs84"  # the file's own word of its projection is enough
    candidate, faults = settle(stated, *outline_points(frame.geometry).T)
    if not candidate.is_in_metres:
        return frame, candidate.name, faults
    moved = shapely.transform(
        frame.geometry.to_numpy(), lambda xy: np.column_stack(candidate.in_degrees(xy[:, 0], xy[:, 1])[:2])
    )
    attrs, frame = frame.attrs, frame.set_geometry(gpd.GeoSeries(moved, index=frame.index, crs=DEGREES))
    frame.attrs = attrs
    return frame, "wgs84", faults


def outline_points(shapes: gpd.GeoSeries) -> NDArray[np.float64]:
    """Points (n, 2) along the borders of polygons, about 30 m apart, corners included, in the shapes' own numbers."""
    every = shapes.to_numpy()
    known = every[~(shapely.is_missing(every) | shapely.is_empty(every))]
    if not len(known):
        return np.zeros((0, 2))
    west, south, east, north = shapely.total_bounds(known)
    holds_degrees = max(abs(west), abs(south), abs(east), abs(north)) <= 180
    step = _OUTLINE_STEP_M / 111_000 if holds_degrees else _OUTLINE_STEP_M
    return np.asarray(shapely.get_coordinates(shapely.segmentize(shapely.boundary(known), step)))


def shapes_in_wgs84(frame: gpd.GeoDataFrame, system: str) -> gpd.GeoDataFrame:
    """The frame in WGS-84; ``system`` is that of its degrees."""
    moved = shapely.transform(
        frame.geometry.to_numpy(), lambda xy: np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], system))
    )
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=moved, crs=DEGREES)


def project(lon: NDArray[np.float64], lat: NDArray[np.float64], metric_crs: CRS) -> NDArray[np.float64]:
    """Metric positions (points, 2) of WGS-84 longitudes and latitudes."""
    x, y = to_metric(metric_crs).transform(lon, lat)
    return np.column_stack([x, y])
