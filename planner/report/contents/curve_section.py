"""What more sites, or more money, would bring: a curve for each service."""

from __future__ import annotations

from typing import Final

import pandas as pd

from planner.curves import By, coverage_curve, limit_of, limits_around, next_step, spread_out
from planner.figures import share_text, yuan_text
from planner.plan import Plan, ServicePlan
from planner.report.contents.parts import Curve
from planner.report.tables import service_name
from planner.words import Language, say

POINTS: Final = 10


def curves_of(plan: Plan) -> pd.DataFrame:
    """Some points of the curve of every service, see :func:`planner.curves.coverage_curve`; each is planned anew."""
    if plan.scenario.budget_yuan is not None:
        return _some_points(plan, None, "budget_yuan")
    return pd.concat([_some_points(plan, name, _by(plan, name)) for name in plan.services], ignore_index=True)


def curve_of(plan: Plan, part: ServicePlan, curves: pd.DataFrame, language: Language) -> Curve | None:
    """The curve of one service, none where it has fewer than two points; ``curves`` as :func:`curves_of` gives them."""
    mine = curves[curves["service"] == part.service]
    if len(mine) < 2:
        return None
    by, share = _by(plan, part.service), part.planned.covered_share
    here = limit_of(plan, None if plan.scenario.budget_yuan is not None else part.service, by)
    told = [
        say(
            "curve.next",
            language,
            service=service_name(plan, part.service, language),
            more=_more(step["more"], by, language),
            now=share_text(share),
            then=share_text(step["covered_share"]),
        )
        for step in next_step(mine, here).to_dict("records")
    ]
    return Curve(
        title=say("curve.title", language),
        x_title=say(f"curve.axis_{by}", language),
        y_title=say("term.covered_planned", language),
        points=list(zip(mine["limit"].astype(float), mine["covered_share"].astype(float), strict=True)),
        here=(here, share),
        here_label=say("curve.here", language, share=share_text(share)),
        note=" ".join(told),
    )


def _some_points(plan: Plan, service: str | None, by: By) -> pd.DataFrame:
    limits = spread_out(limits_around(plan, service, by), limit_of(plan, service, by), at_most=POINTS)
    return coverage_curve(plan, service, by=by, limits=limits)


def _by(plan: Plan, service: str) -> By:
    """By number, but by money where only money limits the plan."""
    limits = plan.scenario.services[service]
    money = plan.scenario.budget_yuan is not None or (limits.budget_yuan is not None and limits.site_limit is None)
    return "budget_yuan" if money else "site_limit"


def _more(more: float, by: By, language: Language) -> str:
    if by == "budget_yuan":
        return yuan_text(more, language)
    return say("curve.one_site", language) if more == 1 else say("curve.sites", language, count=more)
