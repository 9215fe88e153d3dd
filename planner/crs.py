"""Coordinate systems met in Chinese files, brought to WGS-84 degrees and back, and the metric system of a place.

GCJ-02 moves WGS-84 points by 300 to 700 m; BD-09 moves GCJ-02 points further. CGCS2000 and WGS-84 agree within
centimetres (Cheng et al. 2009), far below what a plan can see, and count as one.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS

from planner.errors import ArgumentError

System = Literal["wgs84", "gcj02", "bd09", "cgcs2000"]
SYSTEMS: Final[tuple[System, ...]] = get_args(System)
Degrees = NDArray[np.float64]

_KRASOVSKY_A_M: Final = 6378245.0
_KRASOVSKY_E2: Final = 0.00669342162296594323
_BD_ANGLE: Final = np.pi * 3000.0 / 180.0
# GCJ-02 is defined inside this box only; outside it the two systems are the same.
_CHINA_WEST, _CHINA_EAST, _CHINA_SOUTH, _CHINA_NORTH = 72.004, 137.8347, 0.8293, 55.8271


def to_wgs84(lon: ArrayLike, lat: ArrayLike, system: str = "gcj02") -> tuple[Degrees, Degrees]:
    """WGS-84 longitude and latitude of points given in ``system``.

    ``lon`` and ``lat`` are degrees, of one shape; the result has that shape. The inverse of GCJ-02 and BD-09 has no
    closed form and is found by fixed-point iteration on :func:`from_wgs84` until it moves less than 1e-12 degrees.

    Raises ``ArgumentError`` for an unknown system.
    """
    wanted_lon, wanted_lat = _pair(lon, lat)
    if _known(system) in ("wgs84", "cgcs2000"):
        return wanted_lon, wanted_lat
    lon84, lat84 = wanted_lon.copy(), wanted_lat.copy()
    for _ in range(30):
        there_lon, there_lat = from_wgs84(lon84, lat84, system)
        step_lon, step_lat = wanted_lon - there_lon, wanted_lat - there_lat
        lon84, lat84 = lon84 + step_lon, lat84 + step_lat
        if not (np.hypot(step_lon, step_lat) >= 1e-12).any():
            break
    return lon84, lat84


def from_wgs84(lon: ArrayLike, lat: ArrayLike, system: str = "gcj02") -> tuple[Degrees, Degrees]:
    """Longitude and latitude in ``system`` of WGS-84 points; degrees in, degrees out, of one shape.

    Raises ``ArgumentError`` for an unknown system.
    """
    lon84, lat84 = _pair(lon, lat)
    match _known(system):
        case "gcj02":
            return _gcj02_from_wgs84(lon84, lat84)
        case "bd09":
            return _bd09_from_gcj02(*_gcj02_from_wgs84(lon84, lat84))
        case _:
            return lon84, lat84


def metric_crs(lon: float, lat: float) -> CRS:
    """The metric system in which a study near this WGS-84 point is computed.

    In China the CGCS2000 3-degree Gauss-Krüger zone, in which surveyors there work (scale within 3.5e-4); elsewhere
    the UTM zone (scale within 1e-3).
    """
    meridian = 3 * round(lon / 3)
    if 75 <= meridian <= 135 and 15 <= lat <= 55:
        return CRS.from_epsg(4534 + (meridian - 75) // 3)
    zone = int((lon + 180) // 6) % 60 + 1
    return CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)


def _gcj02_from_wgs84(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    d_lat += (wave + 20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    d_lat += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    d_lon += (wave + 20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    d_lon += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    w2 = 1.0 - _KRASOVSKY_E2 * np.sin(phi) ** 2
    meridian_m = _KRASOVSKY_A_M * (1.0 - _KRASOVSKY_E2) / (w2 * np.sqrt(w2))
    parallel_m = _KRASOVSKY_A_M / np.sqrt(w2) * np.cos(phi)
    inside = (lon >= _CHINA_WEST) & (lon <= _CHINA_EAST) & (lat >= _CHINA_SOUTH) & (lat <= _CHINA_NORTH)
    return (
        np.where(inside, lon + np.degrees(d_lon / parallel_m), lon),
        np.where(inside, lat + np.degrees(d_lat / meridian_m), lat),
    )


def _bd09_from_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_ANGLE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_ANGLE)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _pair(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if lon.shape != lat.shape:
        raise ArgumentError("lon_lat_shape", lon=lon.shape, lat=lat.shape)
    return lon, lat


def _known(system: str) -> str:
    if system not in SYSTEMS:
        raise ArgumentError("coordinate_system", system=system, known=", ".join(SYSTEMS))
    return system
