"""What one more site or more money would bring, as a curve and in words."""

from __future__ import annotations

from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from planner.choosing import By
from planner.curves import coverage_curve, limit_of, limits_around, next_step
from planner.figures import share_text, yuan_text
from planner.plan import Plan
from planner.ui.desk import Desk
from planner.ui.plain_text import plain
from planner.ui.plan_view import show_table
from planner.ui.tables import Table
from planner.ui.work import Job, Stopped, done
from planner.words import Language, say

_BLUE: Final = "#1f5f8b"


def show_curve(hand: Desk, plan: Plan) -> None:
    """The curve of one service, or of all under one budget, drawn when it is asked for."""
    language = hand.language
    st.subheader(say("curve.title", language), anchor=False)
    shared = plan.scenario.budget_yuan is not None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        service = None if shared else _choose_service(plan, language)
        by: By = "budget_yuan" if shared else _choose_by(language)
    limits = limits_around(plan, service, by)
    key = (hand.choice.identity, plan.scenario.model_dump_json(), service, by)
    try:
        curve = done("curve", key, lambda job: _curve(job, plan, service, by, limits, language), language)
    except Stopped:
        st.caption(say("work.stopped", language))
        return
    if curve is None:
        return
    st.markdown(_told(plan, curve, by, service, language))
    for name in curve["service"].unique():
        _draw(plan, curve[curve["service"] == name], name, by, language)


def _curve(
    job: Job[pd.DataFrame], plan: Plan, service: str | None, by: By, limits: list[float], language: Language
) -> pd.DataFrame:
    def tell(done_now: int, of: int) -> None:
        job.go_on()
        job.step = say("work.step_curve", language, done=done_now, of=of)

    return coverage_curve(plan, service, by=by, limits=limits, progress=tell)


def _choose_service(plan: Plan, language: Language) -> str:
    services = plan.study.catalog.services
    return st.selectbox(
        say("term.service", language),
        list(plan.services),
        format_func=lambda name: services[name].name.in_language(language),
        key=f"curve.service.{language}",
    )


def _choose_by(language: Language) -> By:
    options: list[By] = ["site_limit", "budget_yuan"]
    return (
        st.segmented_control(
            say("curve.by", language),
            options,
            default="site_limit",
            required=True,
            format_func=lambda name: say(f"curve.by_{name}", language),
            key=f"curve.by.{language}",
        )
        or "site_limit"
    )


def _told(plan: Plan, curve: pd.DataFrame, by: By, service: str | None, language: Language) -> str:
    """What the next step would bring, a line a service."""
    lines = []
    for step in next_step(curve, limit_of(plan, service, by)).to_dict("records"):
        now = plan.services[step["service"]].planned.covered_share
        more = say("curve.one_site", language) if by == "site_limit" else yuan_text(step["more"], language)
        shares = {"now": share_text(now), "then": share_text(step["covered_share"])}
        title = plan.study.catalog.services[step["service"]].name.in_language(language)
        lines.append(say("curve.next", language, service=plain(title), more=more, **shares))
    return "  \n".join(lines)


def _draw(plan: Plan, points: pd.DataFrame, name: str, by: By, language: Language) -> None:
    """The curve as a drawing, and as a table for those who read it aloud or copy it."""
    title = plan.study.catalog.services[name].name.in_language(language)
    x = alt.X("limit:Q", title=say(f"curve.axis_{by}", language), axis=alt.Axis(format=",.0f", tickMinStep=1))
    y = alt.Y(
        "covered_share:Q",
        title=say("term.covered_planned", language),
        axis=alt.Axis(format=".0%"),
        scale=alt.Scale(zero=False),
    )
    base = alt.Chart(points, title=title).encode(x=x, y=y)
    drawn = base.mark_line(color=_BLUE, interpolate="step-after") + base.mark_point(color=_BLUE, filled=True, size=60)
    st.altair_chart(drawn.properties(height=260), alt=title)
    with st.expander(say("curve.table", language)):
        frame = pd.DataFrame(
            {
                say(f"curve.axis_{by}", language): [f"{value:,.0f}" for value in points["limit"]],
                say("term.covered_planned", language): [share_text(value) for value in points["covered_share"]],
                say("term.new_sites", language): [str(int(value)) for value in points["new_sites"]],
                say("term.cost_yuan", language): [f"{value:,.0f}" for value in points["cost_yuan"]],
                say("term.optimality_gap", language): [share_text(value) for value in points["optimality_gap"]],
            }
        )
        show_table(Table(frame, {}), title, language)
