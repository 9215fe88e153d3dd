"""The figure of one budget: what each service covers today, paid for apart, and sharing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from planner.analysis.drawing import BARS, in_shares, sheet
from planner.figures import share_text
from planner.words import Language, say

if TYPE_CHECKING:
    from planner.analysis.one_budget.answer import OneBudget


def draw_services(answer: OneBudget, language: Language) -> Figure:
    """Three bars a service."""
    names = answer.names(language)["service"]
    columns = ("today_share", "apart_share", "covered_share")
    with sheet() as figure:
        axes = figure.add_subplot()
        for k, (column, style) in enumerate(zip(columns, (BARS[3], BARS[1], BARS[0]), strict=True)):
            at = [i + 0.27 * (k - 1) for i in range(len(answer.frame))]
            bars = axes.bar(
                at, answer.frame[column], width=0.25, label=say(f"ask_one_budget.bar_{column}", language), **style
            )
            axes.bar_label(bars, [share_text(share) for share in answer.frame[column]], padding=2, fontsize=8)
        weight = answer.frame["weight"]
        labels = [
            say("ask_one_budget.weighs", language, service=names[service], weight=value)
            for service, value in zip(answer.frame["service"], weight, strict=True)
        ]
        axes.set_xticks(range(len(labels)), labels)
        axes.set_ylabel(say("term.covered_planned", language))
        axes.set_ylim(0, 1.18)
        axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
        axes.grid(visible=False, axis="x")
        in_shares(axes.yaxis)
        axes.legend(ncols=3, loc="upper center")
    return figure
