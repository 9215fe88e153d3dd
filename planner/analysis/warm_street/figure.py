"""The figure of a warm street: the best stretch with its sites, and what the best streets gain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import offset_copy

from planner.analysis.drawing import BARS, INK, SERIES, SOFT, in_shares, sheet
from planner.analysis.street_map import draw_street
from planner.figures import share_text
from planner.words import Language, say

if TYPE_CHECKING:
    from planner.analysis.warm_street.answer import WarmStreetAnswer

# So much ground around the stretch is seen, and at least so much in all.
_AROUND_M: Final = 200.0
_LEAST_M: Final = 700.0
# Marks of services that share a place stand side by side.
_STEP_POINTS: Final = 11.0


def draw_warm_street(answer: WarmStreetAnswer, language: Language) -> Figure:
    """A map of the best stretch beside bars of what each street gains; an empty map where there is none."""
    names = answer.names(language)["service"]
    with sheet(width_in=10.0, height_in=4.8) as figure:
        where, how_much = figure.subplots(1, 2, width_ratios=(1.0, 1.05))
        _draw_stretch(where, answer, names, language)
        _draw_gains(how_much, answer, names, language)
    return figure


def _draw_stretch(axes: Axes, answer: WarmStreetAnswer, names: Mapping[object, str], language: Language) -> None:
    study = answer.plan.study
    if not answer.lines:
        draw_street(axes, study, language)
        return
    best = answer.frame[answer.frame["rank"] == 1]
    draw_street(axes, study, language, around=_around(answer.lines[0]))
    axes.plot(
        *shapely.get_coordinates(answer.lines[0]).T, color="#c98a00", linewidth=7, alpha=0.45, solid_capstyle="round"
    )
    at = answer.places.frame.set_index("site_id")["geometry"]
    here: dict[str, int] = {}
    for number, name in enumerate(answer.services):
        for row in best[best["service"] == name].to_dict("records"):
            look, stands = SERIES[number % len(SERIES)], row["stands"]
            step = here[row["site_id"]] = here.get(row["site_id"], -1) + 1
            moved = offset_copy(axes.transData, axes.get_figure(root=True), x=_STEP_POINTS * step, units="points")
            point = at[row["site_id"]]
            axes.scatter(
                [point.x], [point.y], marker=look["marker"], s=90, transform=moved, zorder=4, linewidth=1.4,
                facecolor="white" if stands else look["color"], edgecolor=look["color"] if stands else "white",
                label=say(f"ask_warm_street.{'mark_stands' if stands else 'mark'}", language, service=names[name]),
            )  # fmt: skip
    middle = answer.lines[0].interpolate(0.5, normalized=True)
    axes.annotate(
        best["street"].iloc[0], (middle.x, middle.y), xytext=(0, -22), textcoords="offset points", ha="center",
        color=INK, fontsize=10, bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.5},
    )  # fmt: skip
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.02), ncols=2, fontsize=9)
    title = say("ask_warm_street.map_title", language, street=best["street"].iloc[0], length=best["length_m"].iloc[0])
    axes.set_title(title)


def _around(line: shapely.LineString) -> tuple[float, float, float, float]:
    west, south, east, north = line.bounds
    x, y = (west + east) / 2, (south + north) / 2
    half = max(east - west + 2 * _AROUND_M, north - south + 2 * _AROUND_M, _LEAST_M) / 2
    return x - half, y - half, x + half, y + half


def _draw_gains(axes: Axes, answer: WarmStreetAnswer, names: Mapping[object, str], language: Language) -> None:
    ranking = answer.ranking()
    place = np.arange(float(len(ranking)))
    done = np.zeros(len(ranking))
    frame = answer.frame.assign(gain=answer.gains())
    for number, name in enumerate(answer.services):
        own = frame[frame["service"] == name].set_index("rank")["gain"]
        part = own.reindex(ranking["rank"]).fillna(0.0).to_numpy(dtype=float)
        look: dict[str, Any] = BARS[number % len(BARS)]
        axes.barh(place, part, left=done, height=0.6, label=names[name], **look)
        done += part
    for y, total in zip(place, done, strict=True):
        axes.text(
            total + 0.02 * max(done.max(), 1e-9), float(y), share_text(total), va="center", fontsize=9, color=SOFT
        )
    axes.set_yticks(place, [_short(street) for street in ranking["street"]])
    axes.invert_yaxis()
    axes.margins(x=0.15)
    in_shares(axes.xaxis)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(say("ask_warm_street.axis_gain", language))
    if len(ranking):
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3, fontsize=9)
    axes.set_title(say("ask_warm_street.bars_title", language))


def _short(street: str) -> str:
    return street if len(street) <= 18 else f"{street[:17]}…"
