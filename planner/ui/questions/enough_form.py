"""How much is enough: which service, and counted by what."""

from __future__ import annotations

import streamlit as st

from planner.analysis import how_much_is_enough
from planner.choosing import By
from planner.ui.questions.asking import Asking, Work
from planner.words import say


def ask_how_much(asking: Asking) -> Work | None:
    """One service by number or by money, or all under the budget that they share."""
    plan, language = asking.plan, asking.language
    if plan.scenario.budget_yuan is not None:
        return Work("shared", lambda progress: how_much_is_enough(plan, by="budget_yuan", progress=progress))
    services = plan.study.catalog.services
    with st.container(horizontal=True, vertical_alignment="bottom"):
        service = st.selectbox(
            say("term.service", language),
            list(plan.services),
            format_func=lambda name: services[name].name.in_language(language),
            key=f"{asking.key}.service",
        )
        options: list[By] = ["site_limit", "budget_yuan"]
        by = st.segmented_control(
            say("curve.by", language),
            options,
            default="site_limit",
            required=True,
            format_func=lambda name: say(f"curve.by_{name}", language),
            key=f"{asking.key}.by",
        )
    return Work((service, by), lambda progress: how_much_is_enough(plan, service, by=by, progress=progress))
