"""Where the names of streets stand on a map: along the street, again and again where it is long."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from planner.intake.study import Study

_SHORTEST_M: Final = 120.0
_APART_M: Final = 700.0
_BESIDE_M: Final = 150.0
# Over this much of a street its direction is taken, so that a kink does not turn the name.
_REACH_M: Final = 30.0
_UNNAMED: Final = ("footway", "path", "steps", "cycleway", "track", "bridleway", "corridor", "platform")


@dataclass(frozen=True)
class StreetName:
    """A street's name at a metric position; ``angle`` is its rise from the east in degrees, above -90 and up to 90."""

    name: str
    x: float
    y: float
    angle: float


def street_names(study: Study) -> list[StreetName]:
    """The names of the streets that run through the boundary, street by street in the order of their names.

    A street has a name in the middle of each piece of it, and more of them at equal steps where a piece is long.
    Pieces below 120 m and paths have none, nor has the other carriageway of a street beside a name that stands already.
    """
    edges = study.streets.edges
    named = edges[(edges["name"].str.strip() != "") & ~edges["highway"].isin(_UNNAMED)]
    area = study.boundary
    found: list[StreetName] = []
    for name, street in sorted(named.groupby("name").geometry, key=lambda pair: str(pair[0])):
        whole = shapely.line_merge(shapely.intersection(shapely.union_all(street.to_numpy()), area))
        for line in shapely.get_parts(whole):
            if isinstance(line, shapely.LineString) and line.length >= _SHORTEST_M:
                found += [spot for spot in _along(str(name), line) if not _stands_near(spot, found)]
    return found


def _stands_near(spot: StreetName, found: list[StreetName]) -> bool:
    return any(
        other.name == spot.name and math.hypot(other.x - spot.x, other.y - spot.y) < _BESIDE_M for other in found
    )


def _along(name: str, line: shapely.LineString) -> list[StreetName]:
    count = max(1, round(line.length / _APART_M))
    found = []
    for at in (np.arange(count) + 0.5) * line.length / count:
        middle, behind, ahead = (line.interpolate(at + step) for step in (0.0, -_REACH_M, _REACH_M))
        angle = math.degrees(math.atan2(ahead.y - behind.y, ahead.x - behind.x))
        angle += 180 if angle <= -90 else -180 if angle > 90 else 0
        found.append(StreetName(name, middle.x, middle.y, round(angle, 1)))
    return found
