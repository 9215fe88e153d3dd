"""Whom does it serve: of which service, and the floor that every place is to have."""

from __future__ import annotations

import streamlit as st

from planner.analysis import whom_it_serves
from planner.analysis.whom_it_serves.answer import Level
from planner.analysis.whom_it_serves.question import has_communities
from planner.ui.questions.asking import Asking, Work, ask_service
from planner.words import say


def ask_whom(asking: Asking) -> Work | None:
    """A service, a floor, and whether it is for communities or for grids."""
    plan, language = asking.plan, asking.language
    levels: list[Level] = ["community", "grid"] if has_communities(plan.study) else ["grid"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        service = ask_service(asking)
        level = st.segmented_control(
            say("ask_whom_it_serves.level", language),
            levels,
            default=levels[0],
            required=True,
            format_func=lambda name: say(f"ask_whom_it_serves.{name}", language),
            key=f"{asking.key}.level",
        )
        percent = st.number_input(
            say("ask_whom_it_serves.floor", language), 0, 100, 60, 5, key=f"{asking.key}.floor", width=220
        )
    return Work(
        (service, level, percent),
        lambda progress: whom_it_serves(plan, service, floor=percent / 100, level=level, progress=progress),
    )
