"""The figure of how plans hold: each plan in each situation, and how often each site is chosen."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from planner.analysis.drawing import BARS, INK, SERIES, SOFT, in_shares, sheet
from planner.analysis.will_it_hold.answer import SAFE_SHARE, WillItHold
from planner.words import Language, say

# So many sites are drawn, those that are chosen most often.
_MOST: Final = 16
_ROW_IN: Final = 0.44
_SITE_IN: Final = 0.27
_OTHERS_IN: Final = 1.3


def draw_holding(answer: WillItHold, language: Language) -> Figure:
    """Above the plans in each situation, below the sites."""
    above = _OTHERS_IN + _ROW_IN * len(answer.situations)
    below = _OTHERS_IN + _SITE_IN * min(len(answer.sites), _MOST)
    with sheet(height_in=above + below) as figure:
        upper, lower = figure.subplots(2, 1, height_ratios=(above, below))
        _draw_situations(upper, answer, language)
        _draw_sites(lower, answer, language)
    return figure


def _draw_situations(axes: Axes, answer: WillItHold, language: Language) -> None:
    names, plans = answer.names(language)["situation"], answer.names(language)["plan"]
    keys = [situation.key for situation in answer.situations]
    for at, ((held, label), style) in enumerate(zip(plans.items(), SERIES, strict=False)):
        own = answer.frame[answer.frame["plan"] == held].set_index("situation").loc[keys]
        place = np.arange(len(keys)) + (at - (len(plans) - 1) / 2) * 0.19
        look = {"color": style["color"], "marker": style["marker"], "markersize": 6}
        axes.plot(own["covered_share"], place, linestyle="", label=label, **look)
    best = answer.frame.drop_duplicates("situation").set_index("situation").loc[keys, "best_share"]
    ends = np.arange(len(keys))
    axes.vlines(best, ends - 0.42, ends + 0.42, color=SOFT, linewidth=1.6, label=say("ask_will_it_hold.best", language))
    axes.set_yticks(ends, [names[key] for key in keys])
    axes.invert_yaxis()
    axes.set_title(say("ask_will_it_hold.figure_situations", language))
    in_shares(axes.xaxis)
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.1), ncols=3, fontsize=9)


def _draw_sites(axes: Axes, answer: WillItHold, language: Language) -> None:
    sites = answer.sites.head(_MOST)
    place = np.arange(len(sites))
    share = sites["chosen_share"].to_numpy(dtype=float)
    reach = np.abs(np.vstack([share - sites["low_share"], sites["high_share"] - share]))
    in_hand = sites["in_hand"].to_numpy(dtype=bool)
    for some, bars, key in ((in_hand, BARS[1], "in_hand"), (~in_hand, BARS[3], "not_in_hand")):
        axes.barh(place[some], share[some], 0.62, label=say(f"ask_will_it_hold.{key}", language), **bars)
    axes.errorbar(share, place, xerr=reach, fmt="none", ecolor=INK, elinewidth=1.6, capsize=3)
    axes.axvline(SAFE_SHARE, color=SERIES[1]["color"], linestyle="--", linewidth=1.6, label=f"{SAFE_SHARE:.0%}")
    axes.set_yticks(place, list(sites["name"]), fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(0.0, 1.02)
    axes.grid(axis="y", visible=False)
    axes.set_title(say("ask_will_it_hold.figure_sites", language, draws=answer.draws))
    in_shares(axes.xaxis)
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.1), ncols=3, fontsize=9)
