"""The local plane in metres, its bend, and its way to WGS-84 degrees."""

import math

Point = tuple[float, float]

LON0 = 117.0
LAT0 = 36.66

_AXIS = 6378137.0
_E2 = (1 / 298.257223563) * (2 - 1 / 298.257223563)
_TURN = math.radians(-6.5)
_SCALE = 1.025


def _radii(latitude: float) -> tuple[float, float]:
    """Radii of curvature (prime vertical, meridian) at a latitude in radians."""
    w = 1 - _E2 * math.sin(latitude) ** 2
    return _AXIS / math.sqrt(w), _AXIS * (1 - _E2) / w**1.5


def to_degrees(point: Point) -> Point:
    """Longitude and latitude of a point of the plane.

    The x² and parallel terms keep the corners within a centimetre of EPSG:4548, whose central
    meridian is LON0.
    """
    x, y = point
    lat0 = math.radians(LAT0)
    n, m = _radii(lat0)
    lat = lat0 + y / m
    lat -= x * x * math.tan(lat) / (2 * m * n)
    n_here, _ = _radii(lat)
    return LON0 + math.degrees(x / (n_here * math.cos(lat))), math.degrees(lat)


def bend(point: Point) -> Point:
    """Move a point of the straight drawing to the plane, so that no street stays ruler-straight.

    Rounded to the millimetre: a last-digit difference between two C libraries must not reach a decision.
    """
    u, v = point
    x = u + 24 * math.sin(v / 330 + 0.4) + 10 * math.sin((u + v) / 170 + 1.0)
    y = v + 20 * math.sin(u / 360 - 0.7) + 9 * math.sin((u - 1.4 * v) / 190)
    c, s = math.cos(_TURN), math.sin(_TURN)
    return round(_SCALE * (c * x - s * y), 3), round(_SCALE * (s * x + c * y), 3)
