"""The second step: what there is today."""

from __future__ import annotations

import streamlit as st

from planner.figures import amount_text, share_text
from planner.plan import Plan
from planner.report.tables import unit_of
from planner.ui.desk import Desk, desk
from planner.ui.details import show_details
from planner.ui.language import chosen_language
from planner.ui.plan_map import last_click, new_click, show_plan_map
from planner.ui.plan_view import TODAY_TABS, choose_service, show_origin, show_tables
from planner.words import say


def show_today_page() -> None:
    """Coverage today by service, period and grid; the gaps by rank; what stands where and who needs it."""
    language = chosen_language()
    hand = desk(language)
    if hand is None:
        return
    new_click(hand)
    show_origin(hand.study, language)
    plan = hand.today()
    if plan is None:
        return
    service = choose_service(plan, language)
    _show_figures(plan, service, hand)
    left, right = st.columns([64, 36], gap="medium")
    with left:
        show_plan_map(hand, plan, service, when="today")
    with right:
        show_details(plan, service, last_click(hand), language, when="today")
    show_tables(plan, service, TODAY_TABS, language)


def _show_figures(plan: Plan, service: str, hand: Desk) -> None:
    part, language = plan.services[service], hand.language
    unit = unit_of(plan, part, language)
    figures = {
        say("term.covered_today", language): share_text(part.today.covered_share),
        say("today.demand", language, unit=unit): amount_text(float(part.demand.weight.sum())),
        say("today.centres", language): say("today.places", language, count=len(part.sites.existing)),
        say("today.gaps", language): say("today.places", language, count=len(part.gaps_today)),
    }
    for column, (label, value) in zip(st.columns(len(figures)), figures.items(), strict=True):
        column.metric(label, value, border=True)
