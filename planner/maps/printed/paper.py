"""Where a place lies on paper: metric coordinates → millimetres at a round scale, straight, without any projection."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from planner.crs import to_metric

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]
Bounds = tuple[float, float, float, float]
# Finer than print shows: the ground is smoothed by as much, and areas below this side are left out of it.
SMOOTH_MM: Final = 0.04
LEAST_SIDE_MM: Final = 0.25
_MM_PER_M: Final = 1000.0


@dataclass(frozen=True)
class Box:
    """A rectangle on the page, in millimetres from its upper left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height

    def within(self, inset: float) -> Box:
        """The box that lies inside by ``inset`` on every side."""
        return Box(self.left + inset, self.top + inset, self.width - 2 * inset, self.height - 2 * inset)


@dataclass(frozen=True)
class Paper:
    """A window on the ground at a scale of 1 to ``scale``: its middle (``x_m``, ``y_m``) is the middle of ``box``."""

    box: Box
    x_m: float
    y_m: float
    scale: int

    @property
    def metres_per_mm(self) -> float:
        """How far a millimetre on paper reaches on the ground."""
        return self.scale / _MM_PER_M

    @property
    def window(self) -> Bounds:
        """West, south, east and north of what the box shows, metric."""
        wide, high = self.box.width * self.metres_per_mm / 2, self.box.height * self.metres_per_mm / 2
        return self.x_m - wide, self.y_m - high, self.x_m + wide, self.y_m + high

    def mm(self, at: Floats) -> Floats:
        """Positions (n, 2) on the page, y downwards."""
        x = self.box.left + self.box.width / 2 + (at[:, 0] - self.x_m) / self.metres_per_mm
        y = self.box.top + self.box.height / 2 - (at[:, 1] - self.y_m) / self.metres_per_mm
        return np.column_stack([x, y])

    def metres(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """The metric position of a place on the page."""
        east = self.x_m + (x_mm - self.box.left - self.box.width / 2) * self.metres_per_mm
        north = self.y_m - (y_mm - self.box.top - self.box.height / 2) * self.metres_per_mm
        return east, north

    def drawn(self, shapes: Shapes, *, least_side_mm: float = 0.0) -> Shapes:
        """Lines or areas as they come on the page: cut at the box, in millimetres; empty ones left out.

        Areas smaller than a square of ``least_side_mm`` are left out too.
        """
        cut = shapely.clip_by_rect(shapes, *self.window)
        cut = cut[~shapely.is_empty(cut)]
        if least_side_mm:
            is_seen = shapely.area(cut) >= (least_side_mm * self.metres_per_mm) ** 2
            cut = cut[is_seen | (shapely.get_dimensions(cut) < 2)]
        return np.asarray(shapely.transform(cut, self.mm), dtype=object)

    def holds(self, at: Floats) -> NDArray[np.bool_]:
        """Which positions (n, 2), metric, lie in the window."""
        west, south, east, north = self.window
        inside: NDArray[np.bool_] = (at[:, 0] >= west) & (at[:, 0] <= east) & (at[:, 1] >= south) & (at[:, 1] <= north)
        return inside


def paper_for(area: Bounds, box: Box, *, padding_mm: float) -> Paper:
    """The largest round scale at which ``area`` (west, south, east, north) fits into ``box`` less a padding."""
    west, south, east, north = area
    room = box.within(padding_mm)
    fits = max((east - west) / room.width, (north - south) / room.height, 1e-3) * _MM_PER_M
    return Paper(box=box, x_m=(west + east) / 2, y_m=(south + north) / 2, scale=round_scale(fits))


def round_scale(least: float) -> int:
    """The first number of two significant digits that is not below ``least``: 1:12,000, not 1:11,873."""
    step = int(10 ** max(math.floor(math.log10(least)) - 1, 0))
    return math.ceil(least / step - 1e-9) * step


def round_length_m(most: float) -> float:
    """The longest of 1, 2, 3, 4, 5, 10, 20 … metres that is not above ``most``."""
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in (1, 2, 3, 4, 5) if step * power <= most * (1 + 1e-9))


def north_degrees(crs: CRS, x_m: float, y_m: float) -> float:
    """How far true north lies to the right of the page's upper edge: minus the meridian convergence, in degrees."""
    way = to_metric(crs)
    lon, lat = way.transform(x_m, y_m, direction="INVERSE")
    east, north = way.transform(lon, lat + 1e-3)
    return math.degrees(math.atan2(east - x_m, north - y_m))
