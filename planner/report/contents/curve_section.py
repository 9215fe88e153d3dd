"""What more sites, or more money, would bring: a curve for each service."""

from __future__ import annotations

from planner.choosing import By
from planner.curves import kind_of_limit, limit_of, next_step
from planner.figures import share_text, yuan_text
from planner.plan import Plan, ServicePlan
from planner.report.contents.parts import Curve
from planner.report.tables import service_name
from planner.words import Language, say


def curve_of(plan: Plan, part: ServicePlan, language: Language) -> Curve | None:
    """The curve of one service, none where it has fewer than two points."""
    mine = plan.curves[plan.curves["service"] == part.service]
    if len(mine) < 2:
        return None
    by, share = kind_of_limit(plan, part.service), part.planned.covered_share
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


def _more(more: float, by: By, language: Language) -> str:
    if by == "budget_yuan":
        return yuan_text(more, language)
    return say("curve.one_site", language) if more == 1 else say("curve.sites", language, count=more)
