"""The figure of how stations were used: against what was expected, by month and by weekday."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from planner.analysis.drawing import INK, MARK, SOFT, in_shares, sheet
from planner.words import Language, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from planner.analysis.did_it_work.answer import Worked

# A mark and a brightness each, so that a grey print tells them apart.
_MARKS: Final[dict[str, dict[str, Any]]] = {
    "more": {"marker": "^", "color": INK, "markerfacecolor": INK},
    "as_expected": {"marker": "o", "color": SOFT, "markerfacecolor": "white"},
    "less": {"marker": "v", "color": MARK, "markerfacecolor": MARK},
    "unused": {"marker": "X", "color": "#000000", "markerfacecolor": "#000000"},
}
_ROW_IN: Final = 0.2


def draw_worked(answer: Worked, language: Language) -> Figure:
    """Three panels, readable in grey."""
    rows = answer.frame[answer.frame["verdict"].isin(list(_MARKS)) & answer.frame["factor_share"].notna()]
    rows = rows.sort_values("factor_share", kind="stable")
    height = 1.1 + _ROW_IN * len(rows)
    with sheet(width_in=7.2, height_in=height + 2.5) as figure:
        grid = figure.add_gridspec(2, 2, height_ratios=(height, 2.5))
        _stations(figure.add_subplot(grid[0, :]), rows, language)
        months, weekdays = answer.months, answer.weekdays
        names = [_say(f"weekday_{day}", language) for day in weekdays["weekday"]]
        by_month, by_weekday = figure.add_subplot(grid[1, 0]), figure.add_subplot(grid[1, 1])
        _index(by_month, months, list(months["month"]), _say("by_month", language), language)
        _index(by_weekday, weekdays, names, _say("by_weekday", language), language)
    return figure


def _say(key: str, language: Language, **values: object) -> str:
    return say(f"ask_did_it_work.{key}", language, **values)


def _stations(axes: Axes, rows: pd.DataFrame, language: Language) -> None:
    axes.axvline(1.0, color=SOFT, linewidth=1.0, linestyle=":")
    place = np.arange(len(rows))
    for verdict, style in _MARKS.items():
        own = (rows["verdict"] == verdict).to_numpy()
        if not own.any():
            continue
        some = rows[own]
        axes.hlines(place[own], some["low_share"], some["high_share"], color=style["color"], linewidth=1.6)
        label = _say(f"verdict_{verdict}", language)
        axes.plot(some["factor_share"], place[own], label=label, **{**style, "linestyle": "", "markersize": 6})
        axes.plot(some["use_share"], place[own], color=style["color"], marker="|", linestyle="", markersize=9)
    axes.set_yticks(place, rows["name"].tolist(), fontsize=8)
    axes.set_ylim(-0.7, len(rows) - 0.3)
    axes.set_xlim(left=0)
    in_shares(axes.xaxis)
    axes.set_xlabel(_say("axis_factor", language), fontsize=8)
    axes.set_title(_say("by_station", language))
    axes.legend(loc="lower right", fontsize=8)


def _index(axes: Axes, table: pd.DataFrame, names: list[str], title: str, language: Language) -> None:
    place = np.arange(len(table))
    axes.axhline(1.0, color=SOFT, linewidth=1.0, linestyle=":")
    axes.vlines(place, table["low_share"], table["high_share"], color=INK, linewidth=1.6)
    axes.plot(place, table["index_share"], color=INK, marker="o")
    axes.set_xticks(place, names, fontsize=8)
    axes.margins(x=0.1, y=0.25)
    in_shares(axes.yaxis)
    axes.set_ylabel(_say("axis_index", language), fontsize=8)
    axes.set_title(title)
