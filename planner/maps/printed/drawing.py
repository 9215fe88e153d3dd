"""One map drawn into its box on the page: the shapes, then names and ranks where there is room, then the marks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from planner.maps.printed.labels import Place, Span, Taken, around, rings
from planner.maps.printed.marks import hatch, mark, outlined
from planner.maps.printed.paper import LEAST_SIDE_MM, Floats, Paper
from planner.maps.printed.parts import AreaName, Layer, MapContents, Marks, Sign
from planner.maps.printed.street_text import place_street_names
from planner.maps.printed.svg import BOLD, INK, element, halo, text, text_width

# On a map of many marks they are smaller, but never so that their digits cannot be read.
_MANY_MARKS: Final = 60
_LEAST_SIZE: Final = 0.62
_STREET_SCALE: Final = 15_000
_RANK_MM: Final = 3.0


@dataclass(frozen=True)
class Swatch:
    """A drawn thing as the legend shows it: an example of a mark, a line or an area at (x, y), its middle."""

    name: str
    sign: Sign
    example: Callable[[float, float], str]


@dataclass
class Drawing:
    """A map that was drawn: its SVG, what the legend has to tell, and what did not find room."""

    svg: list[str] = field(default_factory=list)
    definitions: list[str] = field(default_factory=list)
    swatches: list[Swatch] = field(default_factory=list)
    outside: int = 0
    unnumbered: int = 0


def drawn_map(contents: MapContents, paper: Paper, *, size: float = 1.0) -> Drawing:
    """The map in ``paper.box``; marks and their digits are ``size`` times as large as on a report's page."""
    drawing = Drawing()
    box = paper.box
    taken = Taken((box.left, box.top, box.right, box.bottom))
    for layer in contents.layers:
        _draw_layer(drawing, layer, paper)
    marks = [_shown(drawing, some, paper) for some in contents.marks]
    count = sum(len(some.at) for some in marks if some.digits)
    scale = size * _crowding(count)
    placed = [_placed(some, taken, scale) for some in marks]
    ranks = _ranks(drawing, contents, paper, taken, size)
    names = place_street_names(contents.street_names, paper, taken, size=size)
    names += _area_names(contents.area_names, paper, taken, size)
    drawing.svg += [element("g", *part, id=name) for name, part in (("names", names), ("ranks", ranks)) if part]
    _draw_leads(drawing, marks, placed)
    for some, at in zip(marks, placed, strict=True):
        _draw_marks(drawing, some, at, scale)
    return drawing


def _crowding(count: int) -> float:
    """How much smaller marks and ranks are where there are many."""
    return max(_LEAST_SIZE, min(1.0, math.sqrt(math.sqrt(_MANY_MARKS / max(count, 1)))))


def _draw_layer(drawing: Drawing, layer: Layer, paper: Paper) -> None:
    if paper.scale > layer.until:
        return
    layer = replace(layer, look=layer.look.thinner(_thinness(paper)))
    svg = outlined(layer.name, paper.drawn(layer.shapes, least_side_mm=LEAST_SIDE_MM * layer.is_ground), layer.look)
    if not svg:
        return
    drawing.svg.append(svg)
    if layer.look.hatch:
        drawing.definitions.append(hatch(layer.look))
    if layer.sign.label:
        drawing.swatches.append(Swatch(layer.name, layer.sign, _example(layer)))


def _thinness(paper: Paper) -> float:
    """By how much lines are thinner than on the map of one street."""
    return min(max(math.sqrt(_STREET_SCALE / paper.scale), 0.4), 1.2)


def _example(layer: Layer) -> Callable[[float, float], str]:
    """A short line, or a small rectangle, of a layer's look."""
    is_area = layer.look.fill is not None or layer.name in _OUTLINES

    def example(x: float, y: float) -> str:
        line = shapely.linestrings([[x - 3, y], [x + 3, y]])
        shape = shapely.box(x - 3, y - 1.35, x + 3, y + 1.35) if is_area else line
        return outlined(f"legend-{layer.name}", np.array([shape], dtype=object), layer.look)

    return example


_OUTLINES: Final = ("gap", "cell-estimated")


# Marks.


def _shown(drawing: Drawing, marks: Marks, paper: Paper) -> Marks:
    """The marks of the window, on paper; the others are counted."""
    inside = paper.holds(marks.at)
    drawing.outside += int((~inside).sum())
    digits = [digit for digit, is_in in zip(marks.digits, inside, strict=True) if is_in] if marks.digits else ()
    return replace(marks, at=paper.mm(marks.at[inside]), digits=digits)


def _placed(marks: Marks, taken: Taken, scale: float) -> list[Place]:
    """Where each mark stands: at its place, or near it where another has it."""
    side = 2 * marks.radius_mm * scale
    places = []
    for x, y in marks.at.tolist():
        free = (at for at in rings(x, y, 0.7 * side) if taken.is_free([around(at, side, side)]))
        at = next(free, (x, y)) if marks.may_move else (x, y)
        taken.take([around(at, side, side)])
        places.append(at)
    return places


def _draw_leads(drawing: Drawing, marks: Sequence[Marks], placed: Sequence[list[Place]]) -> None:
    """A line from where a mark stands to its place, below every mark."""
    moved = [
        (*place, *at)
        for some, places in zip(marks, placed, strict=True)
        for place, at in zip(some.at.tolist(), places, strict=True)
        if math.dist(place, at) > 0.05
    ]
    for stroke, width in (("#ffffff", 0.8), (INK, 0.3)) if moved else ():
        lines = [element("line", x1=x, y1=y, x2=to_x, y2=to_y) for x, y, to_x, to_y in moved]
        drawing.svg.append(element("g", *lines, stroke=stroke, stroke_width=width))
    dots = [element("circle", cx=x, cy=y, r=0.55, fill=INK, stroke="#ffffff", stroke_width=0.2) for x, y, *_ in moved]
    drawing.svg += [element("g", *dots, id="leads")] if dots else []


def _draw_marks(drawing: Drawing, marks: Marks, places: Sequence[Place], scale: float) -> None:
    if not places:
        return
    digits = marks.digits or [""] * len(places)
    radius = marks.radius_mm * scale
    drawn = [
        mark(marks.shape, x, y, radius, fill=marks.fill, digits=d) for (x, y), d in zip(places, digits, strict=True)
    ]
    drawing.svg.append(element("g", *drawn, id=marks.name))

    def example(x: float, y: float) -> str:
        one = mark(marks.shape, x, y, min(marks.radius_mm, 1.9), fill=marks.fill, digits=digits[0])
        return element("g", one, id=f"legend-{marks.name}")

    drawing.swatches.append(Swatch(marks.name, marks.sign, example))


# Words inside areas.


def _ranks(drawing: Drawing, contents: MapContents, paper: Paper, taken: Taken, size: float) -> list[str]:
    """The number of each gap, the first first; the gaps without room for one are counted."""
    written = []
    high = _RANK_MM * size * _crowding(len(contents.ranked.digits))
    shapes = shapely.clip_by_rect(contents.ranked.shapes, *paper.window)
    for shape, digits in zip(shapes, contents.ranked.digits, strict=True):
        if shapely.is_empty(shape):
            continue
        wide = text_width(digits, high)
        at = next((p for p in _inside(shape, paper, high) if taken.is_free([around(p, wide, 0.8 * high)])), None)
        if at is None:
            drawing.unnumbered += 1
            continue
        taken.take([around(at, wide, 0.8 * high)])
        written.append(haloed(digits, at, high, fill="#7a120a", weight=BOLD))
    return written


def _area_names(names: Iterable[AreaName], paper: Paper, taken: Taken, size: float) -> list[str]:
    """The names that fit into their areas."""
    written = []
    for area in names:
        high = area.letters_mm * size
        wide = text_width(area.name, high)
        if wide**2 > 4 * shapely.area(area.shape) / paper.metres_per_mm**2:
            continue
        shape = shapely.clip_by_rect(area.shape, *paper.window)
        if shapely.is_empty(shape):
            continue
        for x, y in _inside(shape, paper, high):
            box = around((x, y), wide + 0.6, high + 0.4)
            if taken.is_free([box]) and _covers(shape, box, paper):
                taken.take([box])
                written.append(haloed(area.name, (x, y), high, fill=area.colour))
                break
    return written


def _inside(shape: BaseGeometry, paper: Paper, step_mm: float) -> Iterator[Place]:
    """Places on the page inside a shape: its middle, then a lattice, the nearest to the middle first."""
    yield (middle := _on_page(paper, shapely.get_coordinates(shape.representative_point()))[0])
    west, south, east, north = shape.bounds
    step = max(step_mm * paper.metres_per_mm, (east - west) / 12, (north - south) / 12)
    x, y = np.meshgrid(np.arange(west + step / 2, east, step), np.arange(south + step / 2, north, step))
    at = np.column_stack([x.ravel(), y.ravel()])
    at = at[shapely.contains_xy(shape, at)]
    yield from sorted(_on_page(paper, at), key=lambda place: math.dist(place, middle))


def _on_page(paper: Paper, at: Floats) -> list[Place]:
    return [(x, y) for x, y in paper.mm(at).tolist()]


def _covers(shape: BaseGeometry, box: Span, paper: Paper) -> bool:
    west, north = paper.metres(box[0], box[1])
    east, south = paper.metres(box[2], box[3])
    return bool(shapely.covers(shape, shapely.box(west, south, east, north)))


def haloed(words: str, at: Place, size: float, *, fill: str, weight: Mapping[str, str] | None = None) -> str:
    """A text with its middle at a place, on a white halo that parts it from what lies below."""
    middle = {"text_anchor": "middle", **halo(size), **(weight or {})}
    return text(words, at[0], at[1] + 0.36 * size, size, fill=fill, **middle)
