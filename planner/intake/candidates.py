"""The systems that a file of coordinates could be in, by the size of its numbers and the place it should be at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.crs import CityGrid, System, gauss_kruger_name, is_in_metres, to_wgs84

# Within about 50 km of the study; a neighbouring zone or meridian is off by 85 km or more, in China.
_NEAR_DEGREES: Final = 0.5
_MERIDIANS: Final = range(75, 136, 3)

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """A system that a file could be in; surveyors' tables have the northing first, which they call x."""

    name: str
    system: System
    northing_first: bool = False

    @property
    def is_in_metres(self) -> bool:
        """Whether its coordinates are eastings and northings."""
        return is_in_metres(self.system)

    def in_degrees(self, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers, str]:
        """Longitudes, latitudes and the system of these degrees: WGS-84 where the file's numbers are metres."""
        if isinstance(self.system, str) and not self.is_in_metres:
            return x, y, self.system
        return *to_wgs84(*self.in_order(x, y), self.system), "wgs84"

    def in_order(self, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
        """Easting and northing, or longitude and latitude."""
        return (y, x) if self.northing_first else (x, y)


def candidate_systems(
    x: Numbers, y: Numbers, near: tuple[float, float], grids: Mapping[str, CityGrid]
) -> list[Candidate]:
    """The systems in which most of these points lie near the WGS-84 point ``near``; none where the numbers fit nothing.

    Degrees may be WGS-84 (with which CGCS2000 counts as one), GCJ-02 or BD-09. Metres may be CGCS2000 Gauss-Krüger
    with or without zone number, Web Mercator, or one of the study's own ``grids``, either coordinate first.
    """
    if holds_degrees(x, y):
        in_china = float(to_wgs84(*near, "gcj02")[0]) != near[0]  # elsewhere GCJ-02 is WGS-84
        names = ("wgs84", "gcj02", "bd09") if in_china else ("wgs84",)
        return [candidate for candidate in (Candidate(name, name) for name in names) if _lands(x, y, candidate, near)]
    named: dict[str, System] = {name: name for name in ("cgcs2000_gk", "web_mercator")}
    named |= {name: name for name in (gauss_kruger_name(meridian) for meridian in _MERIDIANS)}
    named |= grids
    both = [Candidate(name, system, first) for name, system in named.items() for first in (False, True)]
    return [candidate for candidate in both if _lands(x, y, candidate, near)]


def in_its_order(x: Numbers, y: Numbers, name: str, system: System, near: tuple[float, float]) -> Candidate:
    """The candidate of a known system: northing first where only so the points lie near ``near``."""
    plain, turned = Candidate(name, system), Candidate(name, system, northing_first=True)
    if is_in_metres(system) and not _lands(x, y, plain, near) and _lands(x, y, turned, near):
        return turned
    return plain


def holds_degrees(x: Numbers, y: Numbers) -> bool:
    """Whether most of the numbers can be degrees."""
    known = np.isfinite(x) & np.isfinite(y)
    return bool(np.mean((np.abs(x[known]) <= 180) & (np.abs(y[known]) <= 180)) > 0.5) if known.any() else True


def _lands(x: Numbers, y: Numbers, candidate: Candidate, near: tuple[float, float]) -> bool:
    known = np.isfinite(x) & np.isfinite(y)
    lon, lat = to_wgs84(*candidate.in_order(x[known], y[known]), candidate.system)
    with np.errstate(invalid="ignore"):
        there = np.hypot((lon - near[0]) * np.cos(np.radians(near[1])), lat - near[1]) <= _NEAR_DEGREES
    return bool(there.mean() > 0.5) if known.any() else False
