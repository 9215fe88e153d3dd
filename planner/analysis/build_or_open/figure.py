"""The figure of building or opening: each way alone beside the mix, and what the mix is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from planner.analysis.build_or_open.answer import MIX, BuildOrOpen
from planner.analysis.drawing import BARS, SOFT, in_shares, in_thousands, sheet
from planner.figures import share_text
from planner.words import Language, say


def draw_mix(answer: BuildOrOpen, language: Language) -> Figure:
    """Left what each way covers, right what the mix spends."""
    styles = {way: BARS[k % len(BARS)] for k, way in enumerate([*answer.plan.study.catalog.opening.ways, MIX])}
    with sheet(width_in=9.6, height_in=4.2) as figure:
        left, right = figure.subplots(1, 2, width_ratios=(1.1, 1.0))
        _draw_alone(left, answer, styles, language)
        _draw_spent(right, answer, styles, language)
    return figure


def _draw_alone(axes: Axes, answer: BuildOrOpen, styles: Mapping[str, dict[str, Any]], language: Language) -> None:
    names, shown = answer.names(language)["way"], answer.alone.iloc[::-1]
    for at, row in enumerate(shown.to_dict("records")):
        bar = axes.barh(at, row["covered_share"], height=0.62, **styles[row["way"]])
        axes.bar_label(bar, [share_text(row["covered_share"])], padding=3, fontsize=9)
    today = answer.today.covered_share
    axes.axvline(today, color=SOFT, linestyle="--", linewidth=1.2)
    axes.set_title(say("ask_build_or_open.title_alone", language, today=share_text(today)), fontsize=10)
    axes.set_yticks(range(len(shown)), [names[way] for way in shown["way"]])
    axes.set_xlim(0, 1.12)
    axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    axes.grid(visible=False, axis="y")
    in_shares(axes.xaxis)


def _draw_spent(axes: Axes, answer: BuildOrOpen, styles: Mapping[str, dict[str, Any]], language: Language) -> None:
    names = answer.names(language)["way"]
    spent = answer.by_budget.pivot_table(index="budget_yuan", columns="way", values="cost_yuan", aggfunc="sum")
    bottom = np.zeros(len(spent))
    for way in answer.alone["way"]:
        if way == MIX:
            continue
        if spent[way].sum() > 0:
            axes.bar(range(len(spent)), spent[way], 0.62, bottom, label=names[way], **styles[way])
        bottom += spent[way].to_numpy()
    shares = answer.by_budget.groupby("budget_yuan")["covered_share"].first()
    for at, share in enumerate(shares):
        axes.annotate(share_text(share), (at, bottom[at]), (0, 3), textcoords="offset points", ha="center")
    axes.set_xticks(range(len(spent)), [f"{budget:,.0f}" for budget in spent.index])
    axes.set_xlabel(say("ask_build_or_open.column_budget_yuan", language))
    axes.set_ylabel(say("ask_build_or_open.spent", language))
    axes.set_title(say("ask_build_or_open.title_mix", language), fontsize=10)
    axes.set_ylim(0, max(1.0, bottom.max()) * 1.45)
    axes.grid(visible=False, axis="x")
    in_thousands(axes.yaxis)
    if axes.patches:
        axes.legend(loc="upper left", fontsize=9)
