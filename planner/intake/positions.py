"""Where things are: what a file says of positions, in the system that it is in, → WGS-84 degrees and metres."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer

from planner import crs

DEGREES = "EPSG:4326"


def points_in_wgs84(lon: ArrayLike, lat: ArrayLike, system: str) -> tuple[crs.Degrees, crs.Degrees]:
    """WGS-84 longitudes and latitudes of a file's points given in ``system``; not finite where the file's are not."""
    return crs.to_wgs84(lon, lat, system)


def shapes_in_wgs84(frame: gpd.GeoDataFrame, system: str) -> gpd.GeoDataFrame:
    """The frame in WGS-84; ``system`` is that of its degrees."""
    moved = shapely.transform(
        frame.geometry.to_numpy(), lambda xy: np.column_stack(points_in_wgs84(xy[:, 0], xy[:, 1], system))
    )
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=moved, crs=DEGREES)


def project(lon: NDArray[np.float64], lat: NDArray[np.float64], metric_crs: CRS) -> NDArray[np.float64]:
    """Metric positions (points, 2) of WGS-84 longitudes and latitudes."""
    x, y = Transformer.from_crs(DEGREES, metric_crs, always_xy=True).transform(lon, lat)
    return np.column_stack([x, y])
