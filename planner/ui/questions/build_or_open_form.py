"""Build or open: for which service, and for how much money."""

from __future__ import annotations

import streamlit as st

from planner.analysis import build_or_open
from planner.analysis.money import spent_on
from planner.ui.plain_text import plain
from planner.ui.questions.asking import Asking, Work, ask_service
from planner.words import say


def ask_build_or_open(asking: Asking) -> Work | None:
    """The service, its yearly budget, and the ways to choose from."""
    plan, language = asking.plan, asking.language
    with st.container(horizontal=True, vertical_alignment="bottom"):
        service = ask_service(asking)
        budget = st.number_input(
            say("ask_build_or_open.budget", language),
            min_value=0.0,
            value=float(round(spent_on(plan, [service]))),
            step=10_000.0,
            format="%.0f",
            key=f"{asking.key}.budget.{service}",
        )
    known = plan.study.catalog.opening.ways
    ways = st.pills(
        say("ask_build_or_open.ways", language),
        list(known),
        selection_mode="multi",
        default=list(known),
        format_func=lambda name: plain(known[name].name.in_language(language)),
        key=f"{asking.key}.ways",
    )
    if not ways:
        st.caption(say("ask_build_or_open.choose_ways", language))
        return None
    return Work(
        (service, budget, tuple(ways)),
        lambda progress: build_or_open(plan, service, budget_yuan=budget, ways=ways, progress=progress),
    )
