"""The figure of what first: the covered share of each year, by each order of opening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matplotlib.figure import Figure

from planner.analysis.drawing import BARS, INK, SOFT, in_shares, sheet
from planner.words import Language, say

if TYPE_CHECKING:
    from planner.analysis.what_first.answer import WhatFirst

_COLUMNS: Final = ("covered_share", "year_by_year_share", "end_first_share")
_ORDERS: Final = ("best", "year_by_year", "end_first")
_WIDTH: Final = 0.29
_MOST_COLUMNS: Final = 3


def draw_years(answer: WhatFirst, language: Language) -> Figure:
    """A part a service: bars for each year, one an order, over the line of today."""
    services = answer.names(language)["service"]
    columns = min(len(services), _MOST_COLUMNS)
    lines = -(-len(services) // columns)
    with sheet(height_in=1.0 + 3.0 * lines) as figure:
        parts = figure.subplots(lines, columns, sharey=True, squeeze=False).ravel()
        for axes in parts[len(services) :]:
            axes.remove()
        for axes, (service, name) in zip(parts, services.items(), strict=False):
            rows = answer.frame[answer.frame["service"] == service]
            for at, (order, column) in enumerate(zip(_ORDERS, _COLUMNS, strict=True)):
                place = rows["year"] + (at - 1) * _WIDTH
                label = say(f"ask_what_first.{order}", language)
                bars = axes.bar(place, rows[column], _WIDTH, label=label, **BARS[at])
                axes.bar_label(bars, [f"{share:.1%}" for share in rows[column]], fontsize=7, rotation=90, padding=3,
                               color=INK)  # fmt: skip
            today = answer.plan.services[str(service)].today.covered_share
            axes.axhline(today, color=SOFT, linestyle="--", linewidth=1.2, label=say("term.covered_today", language))
            axes.set_title(name)
            axes.set_xticks(
                rows["year"], [say("ask_what_first.year_short", language, year=year) for year in rows["year"]]
            )
            axes.set_ylim(0.0, 1.12)
            axes.grid(axis="x", visible=False)
            in_shares(axes.yaxis)
        parts[0].set_yticks([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
        parts[0].set_ylabel(say("ask.column_covered_share", language))
        figure.legend(*parts[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure
