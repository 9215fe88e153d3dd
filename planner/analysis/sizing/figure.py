"""The figure of sizes: waits at cabinets, and what known figures are right for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.analysis.drawing import BARS, INK, MARK, SOFT, in_shares, in_thousands, sheet
from planner.words import Language, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from planner.analysis.sizing.answer import EnoughPlaces


def draw_sizes(sizes: EnoughPlaces, language: Language) -> Figure:
    """Left the wait at the busiest cabinets by their number; right for how many riders known figures are right."""
    with sheet(width_in=9.6, height_in=3.8) as figure:
        left, right = figure.subplots(1, 2)
        _draw_wait(left, sizes, language)
        _draw_known(right, sizes, language)
    return figure


def _draw_wait(axes: Axes, sizes: EnoughPlaces, language: Language) -> None:
    wait = f"{sizes.sizing.wait_min.value:g}"
    axes.set_title(say("ask_sizing.figure_wait", language, wait=wait))
    station = sizes.busiest_cabinets
    if station is None:
        axes.text(0.5, 0.5, say("ask_sizing.no_cabinets", language), ha="center", transform=axes.transAxes)
        return
    cabinets = int(station["swap_cabinets"])
    _, load = sizes.rules.swap_queue(sizes.demand_at(station))
    counts = list(range(1, cabinets + 3))
    late = [sizes.rules.swap_wait(count, load)[0] for count in counts]
    axes.plot(counts, late, color=INK, marker="o")
    axes.plot(cabinets, late[cabinets - 1], "o", markersize=14, color=MARK, fillstyle="none", markeredgewidth=2)
    standard = sizes.sizing.late_share.value
    axes.axhline(standard, color=SOFT, linestyle="--", linewidth=1.2)
    axes.text(counts[-1], standard + 0.02, say("ask_sizing.figure_standard", language), ha="right", color=SOFT)
    axes.set_xlabel(say("ask_sizing.figure_cabinets", language, site=station["site_name"]))
    axes.set_xticks(counts)
    axes.set_ylim(-0.03, 1.05)
    in_shares(axes.yaxis)


def _draw_known(axes: Axes, sizes: EnoughPlaces, language: Language) -> None:
    rows = sizes.known.to_dict("records")[::-1]
    names = [say(f"ask_sizing.what_{row['what']}", language, amount=f"{row['amount']:,.0f}") for row in rows]
    riders = [row["riders_per_day"] for row in rows]
    for at, (count, look) in enumerate(zip(riders, BARS, strict=False)):
        axes.barh(at, count, **look)
        axes.text(count, at, f" {count:,.0f}", va="center")
    axes.set_yticks(range(len(names)), names)
    axes.set_title(say("ask_sizing.figure_known", language))
    axes.set_xlabel(say("ask_sizing.figure_riders", language))
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.18)
    in_thousands(axes.xaxis)
