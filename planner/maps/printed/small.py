"""``small_map``: where the new sites of a plan stand, small enough for several plans side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from planner.maps.printed.drawing import drawn_map
from planner.maps.printed.legend import FURNITURE, columns_for, furniture, legend
from planner.maps.printed.paper import Box, north_degrees, paper_for
from planner.maps.printed.parts import Sign
from planner.maps.printed.planned import map_contents
from planner.maps.printed.svg import INK, element, svg_page
from planner.maps.wording import Wording
from planner.plan import Plan
from planner.words import Language

_SIZE: Final = 0.8
# A map of this width has marks as large as on a report's page.
_WIDTH_OF_MARKS_MM: Final = 85.0
_PADDING_MM: Final = 2.0
_GAP_MM: Final = 1.5


def small_map(plan: Plan, *, language: Language, width_mm: float, height_mm: float) -> str:
    """The sites of all services as SVG of ``width_mm`` by ``height_mm``: the map, its legend, its scale and north.

    No street and no grid is named, and the legend tells the sites only. Plans of one study with the same services are
    drawn at one scale, so that they can be laid side by side.
    """
    wording = Wording(plan.study, language, markup=False)
    page = Box(0.0, 0.0, width_mm, height_mm)
    whole = map_contents(plan, None, wording, page)
    ground = [replace(layer, sign=Sign()) for layer in whole.layers]
    contents = replace(whole, layers=ground, street_names=(), area_names=())
    columns = columns_for([marks.sign for marks in contents.marks], width_mm, size=_SIZE)
    wide, high = FURNITURE[0] * _SIZE, FURNITURE[1] * _SIZE
    beside = columns.width + wide <= width_mm
    foot = max(columns.height, high) if beside else columns.height + high
    shown = Box(0.3, 0.3, width_mm - 0.6, height_mm - foot - _GAP_MM - 0.6)
    paper = paper_for(contents.area, shown, padding_mm=_PADDING_MM)
    drawing = drawn_map(contents, paper, size=min(_SIZE, width_mm / _WIDTH_OF_MARKS_MM))
    frame = {"x": shown.left, "y": shown.top, "width": shown.width, "height": shown.height}
    below = shown.bottom + _GAP_MM
    scale = Box(width_mm - wide if beside else 0.0, below if beside else below + columns.height, wide, high)
    north = north_degrees(contents.crs, paper.x_m, paper.y_m)
    return svg_page(
        element(
            "defs", element("clipPath", element("rect", **frame), id="map-frame"), *dict.fromkeys(drawing.definitions)
        ),
        element("rect", width=width_mm, height=height_mm, fill="#ffffff"),
        element("g", *drawing.svg, id="map", clip_path="url(#map-frame)"),
        element("rect", **frame, fill="none", stroke=INK, stroke_width=0.3),
        legend(drawing.swatches, (0.5, below), columns, wording),
        furniture(paper, scale, wording, north=north),
        width_mm=width_mm,
        height_mm=height_mm,
    )
