"""What a reader did on the map, checked at the door: a browser may send anything."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

Kind = Literal[
    "candidate", "centre", "grid", "gap", "cell", "new_site", "proposed", "rejected", "no_go", "appeal", "empty", "area"
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_MOST_CORNERS: Final = 1000


@dataclass(frozen=True)
class MapEvent:
    """A click, or an area drawn, in WGS-84 degrees.

    ``kind`` and ``id`` tell what was hit (``id`` is empty for ``"empty"`` and ``"area"``; a gap's is its rank); ``lon``
    and ``lat`` are where, for an area its first corner; ``ring`` are an area's corners, the first not repeated.
    ``number`` grows with every event of a browser, so that one seen before can be told.
    """

    kind: Kind
    id: str
    lon: float
    lat: float
    ring: tuple[tuple[float, float], ...]
    number: int


def read_event(told: object) -> MapEvent | None:
    """The event as the browser told it, or None where that is no event."""
    if not isinstance(told, Mapping) or told.get("kind") not in KINDS:
        return None
    name, number, ring = told.get("id"), told.get("number"), told.get("ring")
    if not isinstance(name, str) or type(number) is not int or not isinstance(ring, list):
        return None
    corners = [_position(corner) for corner in ring[: _MOST_CORNERS + 1]]
    place = _position([told.get("lon"), told.get("lat")])
    if place is None or None in corners or len(corners) > _MOST_CORNERS:
        return None
    if (told["kind"] == "area") != (len(corners) >= 3):
        return None
    kept = tuple(corner for corner in corners if corner is not None)
    return MapEvent(cast(Kind, told["kind"]), name, *place, kept, number)


def _position(told: object) -> tuple[float, float] | None:
    if not isinstance(told, list) or len(told) != 2:
        return None
    lon, lat = told
    if not all(type(part) in (int, float) and math.isfinite(part) for part in (lon, lat)):
        return None
    return (float(lon), float(lat)) if abs(lon) <= 180 and abs(lat) <= 90 else None
