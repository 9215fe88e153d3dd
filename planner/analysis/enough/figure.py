"""The figure of how much is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.analysis.drawing import INK, MARK, SERIES, in_shares, in_thousands, sheet
from planner.figures import share_text
from planner.words import Language, say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from planner.analysis.enough.answer import Enough


def draw_curves(enough: Enough, language: Language) -> Figure:
    """A line a curve, its knee ringed, the plan's place a cross; the services that share money are thin lines."""
    names = enough.names(language)["service"]
    with sheet(width_in=7.6, height_in=4.6) as figure:
        axes = figure.add_subplot()
        for style, (service, points) in zip(SERIES, enough.frame.groupby("service", sort=False), strict=False):
            is_curve = service in enough.curves
            look: dict[str, Any] = {"markersize": 4} if is_curve else {"linewidth": 1.0, "markersize": 2.5}
            label = _named(names[service], points, enough, language) if is_curve else names[service]
            axes.plot(points["limit"], points["covered_share"], label=label, **{**style, **look})
        _mark_knees(axes, enough, language)
        _mark_plan(axes, enough, language)
        axes.set_xlabel(say(f"curve.axis_{enough.by}", language))
        axes.set_ylabel(say("term.covered_planned", language))
        in_shares(axes.yaxis)
        in_thousands(axes.xaxis)
        axes.margins(x=0.03)
        axes.legend(loc="lower right")
    return figure


def _named(name: str, points: pd.DataFrame, enough: Enough, language: Language) -> str:
    """A curve's name with its knee: curves lie close, so that the place to say it is the legend."""
    for knee in points[points["is_knee"]].to_dict("records"):
        limit = enough.limit_text(float(knee["limit"]), language)
        share = share_text(float(knee["covered_share"]))
        return say("ask_enough.line", language, service=name, limit=limit, share=share)
    return name


def _mark_knees(axes: Axes, enough: Enough, language: Language) -> None:
    knees = enough.frame[enough.frame["is_knee"]]
    axes.plot(
        knees["limit"], knees["covered_share"], linestyle="", color=MARK, label=say("ask_enough.key_knee", language),
        marker="o", markersize=14, markerfacecolor="none", markeredgewidth=2, zorder=4,
    )  # fmt: skip


def _mark_plan(axes: Axes, enough: Enough, language: Language) -> None:
    x, y = zip(*((enough.plan_limit(name), enough.plan_share(name)) for name in enough.curves), strict=True)
    shares = say("ask_enough.comma", language).join(share_text(share) for share in y)
    axes.plot(
        x, y, linestyle="", color=INK, label=say("curve.here", language, share=shares),
        marker="X", markersize=10, markeredgecolor="white", zorder=5,
    )  # fmt: skip
