"""A street as the ground of a figure: its streets and boundary, in metres, with a scale."""

from __future__ import annotations

from typing import Final

import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from planner.analysis.drawing import SOFT
from planner.intake.study import Study
from planner.words import Language, say

_PATHS: Final = ("footway", "path", "steps", "cycleway", "track", "bridleway", "corridor", "platform")
_ROUND_M: Final = (50, 100, 200, 500, 1000, 2000, 5000)


def draw_street(
    axes: Axes, study: Study, language: Language, *, around: tuple[float, float, float, float] | None = None
) -> None:
    """Draw boundary and streets on ``axes``, north up, a metre as long either way; what is drawn later lies above.

    ``around``: the least x and y and the largest that are seen; the boundary's by default.
    """
    west, south, east, north = study.boundary.bounds if around is None else around
    edges = study.streets.edges
    lines = edges.geometry.to_numpy()[~edges["highway"].isin(_PATHS).to_numpy()]
    seen = lines[shapely.intersects(lines, shapely.box(west, south, east, north))]
    axes.add_collection(
        LineCollection([shapely.get_coordinates(line) for line in seen], colors="#d5dbe1", linewidths=0.8)
    )
    for ring in shapely.get_rings(shapely.get_parts(study.boundary)):
        axes.plot(*shapely.get_coordinates(ring).T, color=SOFT, linewidth=1.2, linestyle=(0, (6, 2)))
    margin = 0.03 * max(east - west, north - south)
    axes.set_xlim(west - margin, east + margin)
    axes.set_ylim(south - margin, north + margin)
    axes.set_aspect("equal")
    axes.set_axis_off()
    _draw_scale(axes, language)


def _draw_scale(axes: Axes, language: Language) -> None:
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    length = max(m for m in _ROUND_M if m <= max(_ROUND_M[0], (east - west) / 4))
    x, y = west + 0.02 * (east - west), south + 0.01 * (north - south)
    axes.plot([x, x + length], [y, y], color=SOFT, linewidth=2.0, solid_capstyle="butt")
    axes.annotate(
        say("ask.scale_m", language, value=length), (x + length / 2, y),
        xytext=(0, 3), textcoords="offset points", ha="center", fontsize=8, color=SOFT,
    )  # fmt: skip
