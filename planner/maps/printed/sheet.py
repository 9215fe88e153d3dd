"""One sheet: title, map in its frame, legend, scale and margin notes, each in a place of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from planner.errors import ArgumentError
from planner.maps.printed.drawing import Drawing, drawn_map
from planner.maps.printed.legend import FURNITURE, Columns, columns_for, furniture, legend
from planner.maps.printed.paper import Box, north_degrees, paper_for
from planner.maps.printed.parts import MapContents
from planner.maps.printed.svg import (
    BOLD,
    INK,
    element,
    fitted,
    one_line,
    svg_page,
    text,
    text_width,
    wrapped,
)
from planner.maps.wording import Wording

LEAST_MM: Final = 100.0
_PADDING_MM: Final = 3.0
_TITLE_MM: Final = 4.4
_NOTE_MM: Final = 2.0
_NOTE_LINE: Final = 1.45
_REVIEW_MM: Final = 2.5
_WIDE: Final = 1.25
_WIDEST_SIDE_MM: Final = 66.0
_FRAME_MM: Final = 1.2
_BLANK: Final = "＿" * 10


@dataclass(frozen=True)
class Margin:
    """What is written around a map: an empty title leaves it out, an empty ``review_number`` is a line to fill in.

    Its letters are ``size`` times as large as on a report's page.
    """

    title: str = ""
    review_number: str = ""
    internal: bool = False
    notes: tuple[str, ...] = ()
    size: float = 1.0


@dataclass(frozen=True)
class Places:
    """Where the parts of a sheet stand."""

    map: Box
    legend: tuple[float, float]
    columns: Columns
    furniture: Box
    notes: Box


def sheet_svg(
    contents: MapContents, margin: Margin, wording: Wording, *, width_mm: float, height_mm: float, size: float = 1.0
) -> str:
    """The whole sheet as SVG; marks and names are ``size`` times as large as on a report's page.

    Raises ``ArgumentError`` where it is narrower or lower than ``LEAST_MM``.
    """
    if min(width_mm, height_mm) < LEAST_MM:
        raise ArgumentError("map_too_small", width=f"{width_mm:g}", height=f"{height_mm:g}", least=f"{LEAST_MM:g}")
    places = _places(contents, margin, wording, Box(0.0, 0.0, width_mm, height_mm))
    paper = paper_for(contents.area, places.map, padding_mm=_PADDING_MM * size)
    drawing = drawn_map(contents, paper, size=size)
    north = north_degrees(contents.crs, paper.x_m, paper.y_m)
    frame = element("rect", x=paper.box.left, y=paper.box.top, width=paper.box.width, height=paper.box.height)
    return svg_page(
        element("title", escape(one_line(margin.title))) if margin.title else "",
        element("defs", element("clipPath", frame, id="map-frame"), *dict.fromkeys(drawing.definitions)),
        element("rect", width=width_mm, height=height_mm, fill="#ffffff"),
        element("g", *drawing.svg, id="map", clip_path="url(#map-frame)"),
        _frames(places.map),
        _heading(margin, wording, width_mm),
        legend(drawing.swatches, places.legend, places.columns, wording),
        furniture(paper, places.furniture, wording, north=north),
        _notes(_told(contents, margin, drawing, wording), margin, wording, places.notes),
        width_mm=width_mm,
        height_mm=height_mm,
    )


def _places(contents: MapContents, margin: Margin, wording: Wording, page: Box) -> Places:
    """The legend stands beside the map on a wide page and below it on a high one, with room for all it could tell."""
    size = margin.size
    signs = [*(layer.sign for layer in contents.layers), *(marks.sign for marks in contents.marks)]
    top = 1.9 * _TITLE_MM * size if margin.title or margin.internal else 0.0
    wide, high = FURNITURE[0] * size, FURNITURE[1] * size
    note_room = page.width - _review_width(margin, wording) - 4
    every_note = _told(contents, margin, Drawing(outside=999, unnumbered=999), wording)
    lines = len(wrapped(every_note, _NOTE_MM * size, note_room))
    foot = max(lines * _NOTE_MM * _NOTE_LINE, 1.6 * _REVIEW_MM) * size + 1.5
    notes = Box(0.0, page.height - foot, page.width, foot)
    if page.width > _WIDE * page.height:
        columns = columns_for(signs, _WIDEST_SIDE_MM * size, size=size)
        side = max(columns.width, wide)
        shown = Box(0.0, top, page.width - side - 3 * size, notes.top - top)
        left = shown.right + 3 * size
        below = Box(left, notes.top - high, wide, high)
        return Places(shown.within(_FRAME_MM), (left, top), columns, below, notes)
    columns = columns_for(signs, page.width - wide - 4 * size, size=size)
    band = max(columns.height, high) + 1.5 * size
    shown = Box(0.0, top, page.width, notes.top - band - top)
    right = Box(page.width - wide, shown.bottom + 1.5 * size, wide, high)
    return Places(shown.within(_FRAME_MM), (0.5, shown.bottom + 1.5 * size), columns, right, notes)


def _frames(box: Box) -> str:
    """The neat line around the map and a strong one around that."""
    drawn = []
    for out, stroke in ((0.0, 0.15), (0.9, 0.5)):
        around = box.within(-out)
        drawn.append(
            element(
                "rect",
                x=around.left,
                y=around.top,
                width=around.width,
                height=around.height,
                fill="none",
                stroke=INK,
                stroke_width=stroke,
            )
        )
    return element("g", *drawn, id="frame")


def _heading(margin: Margin, wording: Wording, width: float) -> str:
    high = _TITLE_MM * margin.size
    drawn, room = [], width
    if margin.internal:
        words = wording.printed("internal")
        small = 0.85 * high
        wide = text_width(words, small) + 2.4
        room -= wide + 3
        drawn.append(
            element(
                "rect",
                x=width - wide - 0.3,
                y=0.3,
                width=wide,
                height=1.55 * small,
                fill="none",
                stroke="#b3261e",
                stroke_width=0.4,
            )
        )
        middle = width - 0.3 - wide / 2
        drawn.append(text(words, middle, 0.3 + 1.12 * small, small, fill="#b3261e", text_anchor="middle", **BOLD))
    if margin.title:
        words = fitted(margin.title, high, room)
        drawn.append(text(words, 0.0, 1.1 * high, high, fill=INK, **BOLD, id="map-title"))
    return element("g", *drawn, id="heading")


def _told(contents: MapContents, margin: Margin, drawing: Drawing, wording: Wording) -> str:
    """Everything that the margin has to say of the map, as one run of text."""
    told = [*margin.notes, wording.printed("system", name=contents.crs.name), contents.credit]
    if drawing.outside:
        told.append(wording.printed("outside", count=drawing.outside))
    if drawing.unnumbered and contents.ranked.digits:
        told.append(wording.printed("unnumbered", count=drawing.unnumbered))
    return "  ".join(words for words in told if words)


def _review(margin: Margin, wording: Wording) -> str:
    return wording.printed("review", number=margin.review_number.strip() or _BLANK)


def _review_width(margin: Margin, wording: Wording) -> float:
    return min(text_width(_review(margin, wording), _REVIEW_MM * margin.size), 90 * margin.size)


def _notes(told: str, margin: Margin, wording: Wording, box: Box) -> str:
    """The notes at the left, the line for the map review number at the right, below the map."""
    size = margin.size
    wide, high = _review_width(margin, wording), _NOTE_MM * size
    lines = wrapped(told, high, box.width - wide - 4)
    drawn = [
        text(line, 0.0, box.top + 1.5 + (i * _NOTE_LINE + 1) * high, high, fill="#52606d")
        for i, line in enumerate(lines)
    ]
    review = fitted(_review(margin, wording), _REVIEW_MM * size, wide + 0.1)
    drawn.append(
        text(
            review,
            box.right,
            box.top + 1.5 + _REVIEW_MM * size,
            _REVIEW_MM * size,
            fill=INK,
            text_anchor="end",
            id="review-number",
        )
    )
    return element("g", *drawn, id="notes")
