"""The figure of whom a plan serves: Lorenz curves, the price of floors, and accessibility by grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from matplotlib.ticker import PercentFormatter
from shapely.geometry.base import BaseGeometry

from planner.analysis.drawing import INK, MARK, SERIES, SOFT, in_shares, sheet
from planner.equity import lorenz_curve
from planner.words import Language, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from planner.analysis.whom_it_serves.answer import Served

# Accessibility against the street's mean: none, then up to these parts of it and above; the more, the darker.
_UP_TO: Final = (0.5, 1.0, 2.0)
_SHADES: Final = ("#ffffff", "#d5e3ee", "#9fc0d8", "#4f86ad", "#12355b")
_NONE_HATCH: Final = "////"


def draw_served(answer: Served, language: Language) -> Figure:
    """Four panels, readable in grey."""
    with sheet(width_in=7.2, height_in=7.4) as figure:
        grid = figure.add_gridspec(2, 2, height_ratios=(1.0, 1.15))
        _lorenz(figure.add_subplot(grid[0, 0]), answer, language)
        _price(figure.add_subplot(grid[0, 1]), answer, language)
        maps = [figure.add_subplot(grid[1, i]) for i in range(2)]
        for axes, when in zip(maps, ("today", "planned"), strict=True):
            _map(axes, answer, when, language)
        figure.legend(handles=_legend(language), loc="outside lower center", ncols=5, fontsize=8, handlelength=1.6)
    return figure


def _say(key: str, language: Language, **values: object) -> str:
    return say(f"ask_whom_it_serves.{key}", language, **values)


def _lorenz(axes: Axes, answer: Served, language: Language) -> None:
    grids = answer.grids
    axes.plot([0, 1], [0, 1], color=SOFT, linewidth=1.0, linestyle=":")
    for style, when in zip(SERIES, ("planned", "today"), strict=False):
        people, held = lorenz_curve(grids[f"{when}_per_1000"], grids["weight_per_day"])
        value = answer.gini.loc["accessibility", when]
        label = _say(f"lorenz_{when}", language, gini=value)
        axes.plot(people, held, label=label, **{**style, "marker": ""})
    axes.set_title(_say("lorenz", language))
    axes.set_xlabel(_say("axis_demand", language))
    axes.set_ylabel(_say("axis_supply", language))
    for axis in (axes.xaxis, axes.yaxis):
        in_shares(axis)
    axes.legend(loc="upper left", fontsize=8)


def _price(axes: Axes, answer: Served, language: Language) -> None:
    price = answer.price
    axes.step(price["floor_share"], price["covered_share"], where="pre", color=INK)
    axes.plot(price["floor_share"], price["covered_share"], color=INK, linestyle="", marker="o")
    last = price.iloc[-1]
    axes.plot([last["floor_share"]], [last["covered_share"]], color=MARK, linestyle="", marker="s", markersize=8)
    axes.annotate(
        _say("highest_floor", language), (last["floor_share"], last["covered_share"]), xytext=(4, -10),
        textcoords="offset points", ha="right", va="top", color=MARK, fontsize=8,
    )  # fmt: skip
    axes.set_title(_say("price", language))
    axes.set_xlabel(_say(f"axis_floor_{answer.level}", language))
    axes.set_ylabel(say("term.covered_planned", language))
    axes.margins(y=0.3)
    in_shares(axes.xaxis)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=1))


def _map(axes: Axes, answer: Served, when: str, language: Language) -> None:
    study, grids = answer.plan.study, answer.grids
    value = grids.set_index("code")[f"{when}_per_1000"].reindex(study.grids["grid_code"]).fillna(0.0).to_numpy()
    for shape, number in zip(study.grids.geometry, _classes(value, _mean(answer)), strict=True):
        axes.add_patch(PathPatch(_path(shape), **_face(int(number))))
    if len(study.communities):
        for shape in study.communities.geometry:
            axes.add_patch(PathPatch(_path(shape), facecolor="none", edgecolor=INK, linewidth=0.9))
    part = answer.part
    open_sites = part.sites.existing if when == "today" else part.solution.selected
    xy = part.sites.xy[open_sites]
    axes.scatter(xy[:, 0], xy[:, 1], s=16, marker="o", color="white", edgecolor=MARK, linewidth=1.2, zorder=3)
    west, south, east, north = study.grids.total_bounds
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.set_title(_say(f"map_{when}", language))


def _mean(answer: Served) -> float:
    """What a unit of demand has on average under the plan."""
    grids = answer.grids
    return float(np.average(grids["planned_per_1000"], weights=grids["weight_per_day"]))


def _classes(value: np.ndarray[Any, Any], mean: float) -> np.ndarray[Any, Any]:
    """0 for nothing, then a number more for each bound that is passed."""
    found: np.ndarray[Any, Any] = np.where(value > 0, 1 + np.searchsorted(np.array(_UP_TO) * mean, value), 0)
    return found


def _face(number: int) -> dict[str, Any]:
    hatch = _NONE_HATCH if number == 0 else ""
    return {"facecolor": _SHADES[number], "edgecolor": "#8a97a3", "linewidth": 0.4, "hatch": hatch}


def _legend(language: Language) -> list[Any]:
    bounds = [_say("class_none", language)]
    bounds += [_say("class_up_to", language, times=f"{times:g}") for times in _UP_TO]
    bounds.append(_say("class_above", language, times=f"{_UP_TO[-1]:g}"))
    return [Patch(label=label, **_face(number)) for number, label in enumerate(bounds)]


def _path(shape: BaseGeometry) -> Path:
    """A polygon, or several, with their holes."""
    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    return Path.make_compound_path(*(Path(shapely.get_coordinates(ring), closed=True) for ring in rings))
