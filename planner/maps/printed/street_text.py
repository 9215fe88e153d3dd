"""The names of streets, written along them: a Chinese name runs down a steep street, character by character."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

import numpy as np
import shapely

from planner.maps.printed.labels import Taken, along
from planner.maps.printed.paper import Paper
from planner.maps.printed.parts import StreetName
from planner.maps.printed.svg import Shapes, element, halo, number, one_line, text_width

# Letters in mm by the rank of the street (see planner.maps.ground): lanes, local, secondary, primary, trunk.
_LETTERS_MM: Final = (0.0, 1.7, 2.0, 2.2, 2.4, 2.4)
_STRAIGHT_MM: Final = 0.5
_LONGEST_NAME: Final = 24
_INK: Final = "#2f2a20"
_STEEP_DEGREES: Final = 50.0


def place_street_names(names: Sequence[StreetName], paper: Paper, taken: Taken, *, size: float) -> list[str]:
    """The names that fit along a straight piece of their street, streets of a higher rank first."""
    written = []
    for street in sorted(names, key=lambda some: (-some.rank, some.name)):
        name = one_line(street.name)
        high = _LETTERS_MM[street.rank] * size
        if not name or len(name) > _LONGEST_NAME:
            continue
        is_chinese = text_width(name, 1.0) >= len(name)
        wide = (1.15 if is_chinese else 1.0) * text_width(name, high)
        for x, y, degrees in _straight_places(street.lines, paper, wide + high):
            boxes = along(x, y, wide + 0.5, 1.1 * high, degrees)
            if taken.is_free(boxes):
                taken.take(boxes)
                written.append(_along_street(name, x, y, high, degrees, is_chinese=is_chinese))
                break
    return written


def _straight_places(lines: Shapes, paper: Paper, length: float) -> list[tuple[float, float, float]]:
    """Middles and angles of straight pieces at least as long as ``length``, the longest first; along each piece its
    middle, then further off.
    """
    joined = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(list(lines))))
    shapes = shapely.simplify(shapely.get_parts(paper.drawn(joined)), _STRAIGHT_MM)
    at, line = shapely.get_coordinates(shapes, return_index=True)
    same = line[1:] == line[:-1]
    tail, head = at[:-1][same], at[1:][same]
    lengths = np.hypot(*(head - tail).T)
    places = []
    for i in np.argsort(-lengths, kind="stable"):
        if lengths[i] < length:
            break
        degrees = math.degrees(math.atan2(head[i, 1] - tail[i, 1], head[i, 0] - tail[i, 0]))
        free = (lengths[i] - length) / lengths[i] / 2
        for off in (0.0, 0.5, -0.5, 1.0, -1.0):
            x, y = tail[i] + (0.5 + off * free) * (head[i] - tail[i])
            places.append((float(x), float(y), degrees))
    return places


def _along_street(name: str, x: float, y: float, high: float, degrees: float, *, is_chinese: bool) -> str:
    """A name through (x, y): turned with its street, or its characters one below the other on a steep one."""
    slant = (degrees + 90) % 180 - 90
    is_steep = is_chinese and abs(slant) > _STEEP_DEGREES
    spread = 1.15 * high if is_chinese else 0.0
    offsets = [(i - (len(name) - 1) / 2) * spread for i in range(len(name))]
    if is_steep:
        turned = slant - 90 if slant > 0 else slant + 90
        xs, ys = ["0"] * len(name), [number(o + 0.36 * high) for o in offsets]
    else:
        turned = slant
        xs, ys = [number(o) for o in offsets], [number(0.36 * high)] * len(name)
    at = {"x": " ".join(xs), "y": " ".join(ys)} if is_chinese else {"x": "0", "y": number(0.36 * high)}
    place = f"translate({number(x)} {number(y)}) rotate({number(turned)})"
    written = element("text", escape(name), **at, font_size=high, text_anchor="middle", fill=_INK, **halo(high))
    return element("g", written, transform=place)
