"""The figure of the tiers: where their sites stand, and what is covered of each level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from planner.analysis.drawing import BARS, SOFT, in_shares, sheet
from planner.analysis.street_map import draw_street
from planner.figures import share_text
from planner.words import Language, say

if TYPE_CHECKING:
    from planner.analysis.three_tiers.answer import ThreeTiers

# From the highest tier down: larger and darker, each with a mark of its own.
_MARKS: Final[tuple[dict[str, Any], ...]] = (
    {"marker": "*", "s": 260, "color": "#b3261e"},
    {"marker": "s", "s": 60, "color": "#12355b"},
    {"marker": "o", "s": 30, "color": "#7fb2c6"},
    {"marker": "^", "s": 30, "color": "#c98a00"},
    {"marker": "v", "s": 24, "color": "#6b6b6b"},
)
_BAR: Final = 0.26


def draw_tiers(answer: ThreeTiers, language: Language) -> Figure:
    """A map beside bars of coverage, a group a level."""
    names = answer.names(language)["tier"]
    with sheet(width_in=10.0, height_in=4.8) as figure:
        where, how_much = figure.subplots(1, 2, width_ratios=(1.0, 1.05))
        _draw_sites(where, answer, names, language)
        _draw_shares(how_much, answer, names, language)
    return figure


def _draw_sites(axes: Axes, answer: ThreeTiers, names: Any, language: Language) -> None:
    draw_street(axes, answer.plan.study, language)
    standing = answer.world.sites.iloc[answer.world.existing].geometry
    axes.scatter(
        standing.x, standing.y, marker="s", s=40, facecolor="white", edgecolor=SOFT, linewidth=1.2, zorder=3,
        label=say("ask_three_tiers.stands", language),
    )  # fmt: skip
    for mark, tier in zip(_MARKS, answer.frame["tier"], strict=False):
        points = answer.sites.geometry[answer.sites["tier"] == tier]
        label = say("ask_three_tiers.legend", language, tier=names[tier], count=len(points))
        axes.scatter(points.x, points.y, edgecolor="white", linewidth=0.8, zorder=4, label=label, **mark)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.02), ncols=2, fontsize=9)
    axes.set_title(say("ask_three_tiers.map_title", language))


def _draw_shares(axes: Axes, answer: ThreeTiers, names: Any, language: Language) -> None:
    frame = answer.frame
    place = np.arange(len(frame))
    series = ("covered_share", "covered_share_in_turn", "covered_share_today")
    for number, (look, column) in enumerate(zip(BARS, series, strict=False)):
        at = place + (number - 1) * _BAR
        axes.barh(at, frame[column], height=_BAR, label=say(f"ask_three_tiers.bar_{column}", language), **look)
        for y, share in zip(at, frame[column].fillna(0.0), strict=True):
            axes.text(share + 0.012, y, share_text(share), va="center", fontsize=8.5, color=SOFT)
    axes.set_yticks(place, [say("ask_three_tiers.level_of", language, tier=names[tier]) for tier in frame["tier"]])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.13)
    axes.set_xticks(np.linspace(0, 1, 6))
    in_shares(axes.xaxis)
    axes.grid(visible=False, axis="y")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=3, fontsize=9)
    axes.set_title(say("ask_three_tiers.bars_title", language))
