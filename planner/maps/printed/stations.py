"""``station_map``: where riders find every station of a plan, on paper, each by its number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from planner.maps.ground import MARGIN_M
from planner.maps.printed.paper import Box
from planner.maps.printed.parts import MapContents, Marks, Sign, area_of
from planner.maps.printed.sheet import Margin, sheet_svg
from planner.maps.printed.street import edge_layers, ground_around, ground_layers, network_layers, street_names
from planner.maps.wording import Wording
from planner.plan import Plan
from planner.stations import Station
from planner.words import Language

STATION_COLOURS: Final = {"open": "#12355b", "planned": "#b4530a"}
_RADIUS_MM: Final = 2.6


def station_map(
    plan: Plan,
    stations: Sequence[Station],
    *,
    language: Language,
    width_mm: float,
    height_mm: float,
    review_number: str = "",
    size: float = 1.0,
    margin_size: float = 1.0,
) -> str:
    """A map of all stations of a plan as SVG: open ones as discs, planned ones as hexagons, each with its number.

    Otherwise as :func:`planner.maps.printed.printed_map`, without coverage, grids and a title. Marks and names are
    ``size`` times as large as on a report's page, legend and scale ``margin_size`` times. Raises ``ArgumentError``
    where the sheet is too small.
    """
    study, wording = plan.study, Wording(plan.study, language, markup=False)
    marks = [
        Marks(
            f"station-{state}",
            np.array([[station.geometry.x, station.geometry.y] for station in some]),
            "hexagon" if state == "planned" else "circle",
            STATION_COLOURS[state],
            _RADIUS_MM,
            Sign(order, wording.printed(f"station_{state}")),
            [str(station.number) for station in some],
            may_move=True,
        )
        for order, state in enumerate(STATION_COLOURS)
        if (some := [station for station in stations if station.state == state])
    ]
    area = area_of(study.boundary, marks, margin_m=MARGIN_M)
    around, smooth_m = ground_around(area, Box(0.0, 0.0, width_mm, height_mm))
    contents = MapContents(
        crs=study.metric_crs,
        area=area,
        layers=[
            *ground_layers(study, wording, around=around, smooth_m=smooth_m),
            *network_layers(study, wording, around=around, smooth_m=smooth_m),
            *edge_layers(study, wording, around=around, grids=False),
        ],
        marks=marks,
        street_names=street_names(study),
        credit="" if study.made_up else wording.words("credit"),
    )
    notes = (wording.term("made_up_note"),) if study.made_up else ()
    margin = Margin(review_number=review_number, notes=notes, size=margin_size)
    return sheet_svg(contents, margin, wording, width_mm=width_mm, height_mm=height_mm, size=size)
