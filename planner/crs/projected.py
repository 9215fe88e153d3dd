"""Systems in metres: CGCS2000 Gauss-Krüger, with and without zone number, Web Mercator and others with an EPSG code.

Everywhere the first coordinate is the easting. Chinese surveyors call the northing x and the easting y: whoever reads
their columns puts them in this order.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import TransverseMercatorConversion

from planner.errors import ArgumentError

Metres = NDArray[np.float64]
Degrees = NDArray[np.float64]

ZONED: Final = "cgcs2000_gk"
_FALSE_EASTING_M: Final = 500_000.0
_ZONE_M: Final = 1e6  # a zone's number stands before the six digits of the easting
_FIRST_3_DEGREE_ZONE, _LAST_3_DEGREE_ZONE = 25, 45  # meridians 75° to 135° E
_FIRST_6_DEGREE_ZONE, _LAST_6_DEGREE_ZONE = 13, 23  # the same meridians, for maps of the country
_FIRST_MERIDIAN, _LAST_MERIDIAN = 72.0, 138.0
# CGCS2000 and WGS-84 agree within centimetres (Cheng et al. 2009). Other datums lie tens of metres away, by an amount
# that differs from city to city: their files come in by control points.
_SAME_DATUMS: Final = ("World Geodetic System 1984", "World Geodetic System 1984 ensemble", "China 2000")


def is_projected(name: str) -> bool:
    """Whether ``name`` is that of a system of this module, well formed."""
    return name == ZONED or _definition(name) is not None


def projected_to_wgs84(x: Metres, y: Metres, name: str) -> tuple[Degrees, Degrees]:
    """WGS-84 degrees of eastings and northings in metres; NaN where the projection holds no such place.

    Raises ``ArgumentError`` for an EPSG code that does not exist or stands on another datum.
    """
    if name != ZONED:
        return _finite(*_transformer(name).transform(x, y, direction="INVERSE"))
    zone = np.floor(x / _ZONE_M)
    lon, lat = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    for number in np.unique(zone[np.isfinite(zone)]):
        if (meridian := _meridian_of_zone(number)) is not None:
            there = zone == number
            plain = x[there] - number * _ZONE_M, y[there]
            lon[there], lat[there] = projected_to_wgs84(*plain, gauss_kruger_name(meridian))
    return lon, lat


def projected_from_wgs84(lon: Degrees, lat: Degrees, name: str) -> tuple[Metres, Metres]:
    """Eastings and northings in metres of WGS-84 degrees; NaN where the projection holds no such place.

    ``cgcs2000_gk`` puts each point into the 3-degree zone in which it lies.
    """
    if name != ZONED:
        return _finite(*_transformer(name).transform(lon, lat))
    zone = np.floor(lon / 3.0 + 0.5)
    x, y = np.full(lon.shape, np.nan), np.full(lon.shape, np.nan)
    for number in range(_FIRST_3_DEGREE_ZONE, _LAST_3_DEGREE_ZONE + 1):
        there = zone == number
        if there.any():
            plain, y[there] = projected_from_wgs84(lon[there], lat[there], gauss_kruger_name(3.0 * number))
            x[there] = plain + number * _ZONE_M
    return x, y


def holds_metres(name: str) -> bool:
    """Whether a system of this module has eastings and northings; a few EPSG codes are of degrees.

    Raises ``ArgumentError`` as :func:`projected_to_wgs84`.
    """
    definition = _definition(name)
    return not isinstance(definition, str) or _from_epsg(name, definition).is_projected


def gauss_kruger_name(meridian: float) -> str:
    """The name of the CGCS2000 Gauss-Krüger system about a central meridian, without zone number."""
    return f"{ZONED}_{meridian:.12g}"


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


@cache
def to_metric(metric: CRS) -> Transformer:
    """The way from WGS-84 longitudes and latitudes to a metric system, and with ``direction="INVERSE"`` back."""
    return way_between(CRS.from_epsg(4326), metric)


@cache
def way_between(source: CRS, target: CRS) -> Transformer:
    """The way from one system to another, x before y in both.

    PROJ takes a sixth of a second to find it in its database, and looks again in each new thread that uses what it
    found; the steps of the way it takes up at once. Where there are several ways it chooses place by place.
    """
    found = Transformer.from_crs(source, target, always_xy=True)
    steps: str = found.definition
    return Transformer.from_pipeline(steps) if steps.startswith("proj=") else found


def _meridian_of_zone(number: float) -> float | None:
    if _FIRST_3_DEGREE_ZONE <= number <= _LAST_3_DEGREE_ZONE:
        return 3.0 * number
    if _FIRST_6_DEGREE_ZONE <= number <= _LAST_6_DEGREE_ZONE:
        return 6.0 * number - 3.0
    return None


def _definition(name: str) -> str | float | None:
    """What makes the system: an EPSG code, a central meridian, or ``None`` where the name is none of ours."""
    if name == "web_mercator":
        return "EPSG:3857"
    kind, _, rest = name.rpartition("_")
    if kind == ZONED:
        meridian = _number(rest)
        return meridian if meridian is not None and _FIRST_MERIDIAN <= meridian <= _LAST_MERIDIAN else None
    authority, _, code = name.partition(":")
    return f"EPSG:{code}" if authority.upper() == "EPSG" and code.isascii() and code.isdigit() else None


@cache
def _transformer(name: str) -> Transformer:
    """From degrees to the system; WGS-84 and CGCS2000 degrees count as one."""
    definition = _definition(name)
    if isinstance(definition, float):
        conversion = TransverseMercatorConversion(0, definition, _FALSE_EASTING_M, 0, 1)
        system: CRS = ProjectedCRS(conversion, geodetic_crs=CRS.from_epsg(4490))
    else:
        system = _from_epsg(name, str(definition))
    return way_between(system.geodetic_crs, system)


def _from_epsg(name: str, code: str) -> CRS:
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_user_input(code)
    except CRSError as error:
        raise ArgumentError("no_such_epsg", system=name) from error
    datum = getattr(system.geodetic_crs, "datum", None)
    if not (system.is_projected or system.is_geographic) or getattr(datum, "name", None) not in _SAME_DATUMS:
        raise ArgumentError("other_datum", system=name, datum=getattr(datum, "name", "–"))
    return system


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _finite(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    known = np.isfinite(x) & np.isfinite(y)
    return np.where(known, x, np.nan), np.where(known, y, np.nan)
