"""What a printed map is made of before it has a scale: shapes, marks and names in metric coordinates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]
MarkShape = Literal["circle", "hexagon", "diamond", "small_diamond", "square", "small_square", "alert"]


@dataclass(frozen=True)
class Look:
    """How lines or areas are drawn; widths and dashes in mm. ``hatch`` is the colour of lines over a fill."""

    stroke: str | None = None
    width: float = 0.0
    dash: str | None = None
    fill: str | None = None
    opacity: float = 1.0
    hatch: str | None = None

    def thinner(self, part: float) -> Look:
        """The same with thinner lines and closer dashes."""
        dash = " ".join(f"{float(step) * part:.2f}" for step in self.dash.split()) if self.dash else None
        return replace(self, width=self.width * part, dash=dash)


@dataclass(frozen=True)
class Sign:
    """A line of the legend: ``order`` is its place in it, an empty ``label`` keeps it out."""

    order: int = 0
    label: str = ""


@dataclass(frozen=True)
class Layer:
    """Lines or areas of one look, not drawn at scales below 1 to ``until``. ``is_ground``: areas that print cannot show
    are left out.
    """

    name: str
    shapes: Shapes
    look: Look
    sign: Sign = Sign()
    is_ground: bool = False
    until: float = math.inf


@dataclass(frozen=True)
class Marks:
    """Marks of one shape at ``at`` (n, 2), each with its ``digits`` in it. Those that may move make room for others
    and are tied to their place by a line.
    """

    name: str
    at: Floats
    shape: MarkShape
    fill: str
    radius_mm: float
    sign: Sign
    digits: Sequence[str] = ()
    may_move: bool = False


@dataclass(frozen=True)
class Ranked:
    """Areas with a number to stand in each, the first the most important."""

    shapes: Shapes = field(default_factory=lambda: np.empty(0, dtype=object))
    digits: Sequence[str] = ()


@dataclass(frozen=True)
class AreaName:
    """A name to stand inside an area where it fits, in letters of ``letters_mm``."""

    name: str
    shape: BaseGeometry
    letters_mm: float
    colour: str


@dataclass(frozen=True)
class StreetName:
    """A name to stand along its lines, streets of a higher ``rank`` first."""

    name: str
    rank: int
    lines: Shapes


@dataclass(frozen=True)
class MapContents:
    """All that one map shows: ``layers`` from the lowest to the highest, then names, then ``marks``.

    ``area`` is what has to be on the page: west, south, east, north, metric in ``crs``.
    """

    crs: CRS
    area: tuple[float, float, float, float]
    layers: Sequence[Layer]
    marks: Sequence[Marks]
    ranked: Ranked = field(default_factory=Ranked)
    street_names: Sequence[StreetName] = ()
    area_names: Sequence[AreaName] = ()
    credit: str = ""


def area_of(boundary: BaseGeometry, marks: Sequence[Marks], *, margin_m: float) -> tuple[float, float, float, float]:
    """The bounds of the boundary and of every mark that is not further from it than ``margin_m``."""
    at = np.concatenate([some.at for some in marks] or [np.empty((0, 2))])
    near = at[shapely.dwithin(shapely.points(at), boundary, margin_m)]
    corners = np.concatenate([near, np.reshape(boundary.bounds, (2, 2))])
    (west, south), (east, north) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return west, south, east, north
