"""The coordinate systems that Chinese files come in, by name, brought to WGS-84 degrees and back."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.crs.city_grid import CityGrid, city_grid_from_wgs84, city_grid_to_wgs84
from planner.crs.gcj02 import bd09_from_gcj02, gcj02_from_bd09, gcj02_from_wgs84, wgs84_from_gcj02
from planner.crs.projected import holds_metres, is_projected, projected_from_wgs84, projected_to_wgs84
from planner.errors import ArgumentError

System = str | CityGrid
DEGREE_SYSTEMS: Final = ("wgs84", "cgcs2000", "gcj02", "bd09")
# Besides these: cgcs2000_gk_117 (eastings without zone number, about the meridian 117° E) and EPSG:4548.
SYSTEMS: Final = (*DEGREE_SYSTEMS, "cgcs2000_gk", "web_mercator")

Degrees = NDArray[np.float64]
Coordinates = NDArray[np.float64]  # degrees, or metres in a projected system


def to_wgs84(lon: ArrayLike, lat: ArrayLike, system: System = "gcj02") -> tuple[Degrees, Degrees]:
    """WGS-84 longitude and latitude of points given in ``system``.

    ``lon`` and ``lat`` are degrees or, in a projected system and a city's grid, easting and northing in metres; they
    are of one shape, and so is the result. What is not a number, or no place of the system, comes as NaN.

    ``system`` is one of ``SYSTEMS``, ``cgcs2000_gk_`` and a central meridian in degrees (``cgcs2000_gk_117``, eastings
    without zone number), ``EPSG:`` and the code of a system on WGS-84 or CGCS2000, or a :class:`CityGrid`. In
    ``cgcs2000_gk`` the easting starts with the number of its zone: 39512345 lies in the 3-degree zone 39, about 117° E,
    20512345 in the 6-degree zone 20, about the same meridian.

    CGCS2000 and WGS-84 agree within centimetres (Cheng et al. 2009), far below what a plan can see, and count as one.

    Raises ``ArgumentError`` for an unknown system.
    """
    x, y = _pair(lon, lat)
    if isinstance(system, CityGrid):
        lon84, lat84 = city_grid_to_wgs84(x, y, system)
    elif check_system(system) in ("wgs84", "cgcs2000"):
        lon84, lat84 = x.copy(), y.copy()
    elif system == "gcj02":
        lon84, lat84 = wgs84_from_gcj02(x, y)
    elif system == "bd09":
        lon84, lat84 = wgs84_from_gcj02(*gcj02_from_bd09(x, y))
    else:
        lon84, lat84 = projected_to_wgs84(x, y, system)
    return np.asarray(lon84)[()], np.asarray(lat84)[()]  # a single point comes as two numbers


def from_wgs84(lon: ArrayLike, lat: ArrayLike, system: System = "gcj02") -> tuple[Coordinates, Coordinates]:
    """Coordinates in ``system`` of WGS-84 points, degrees or metres as :func:`to_wgs84` takes them.

    Raises ``ArgumentError`` for an unknown system.
    """
    lon84, lat84 = _pair(lon, lat)
    if isinstance(system, CityGrid):
        x, y = city_grid_from_wgs84(lon84, lat84, system)
    elif check_system(system) in ("wgs84", "cgcs2000"):
        x, y = lon84.copy(), lat84.copy()
    elif system == "gcj02":
        x, y = gcj02_from_wgs84(lon84, lat84)
    elif system == "bd09":
        x, y = bd09_from_gcj02(*gcj02_from_wgs84(lon84, lat84))
    else:
        x, y = projected_from_wgs84(lon84, lat84, system)
    return np.asarray(x)[()], np.asarray(y)[()]


def check_system(name: str) -> str:
    """``name``, if it is that of a system. Raises ``ArgumentError`` otherwise."""
    if name not in DEGREE_SYSTEMS and not is_projected(name):
        raise ArgumentError("coordinate_system", system=name, known=", ".join(SYSTEMS))
    return name


def is_in_metres(system: System) -> bool:
    """Whether its coordinates are eastings and northings rather than degrees."""
    return isinstance(system, CityGrid) or (check_system(system) not in DEGREE_SYSTEMS and holds_metres(system))


def _pair(lon: ArrayLike, lat: ArrayLike) -> tuple[Coordinates, Coordinates]:
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if lon.shape != lat.shape:
        raise ArgumentError("lon_lat_shape", lon=lon.shape, lat=lat.shape)
    return lon, lat
