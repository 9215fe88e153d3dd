"""A warm street: which services, how long the street may be, and for how much money."""

from __future__ import annotations

import streamlit as st

from planner.analysis import warm_street
from planner.ui.questions.asking import Asking, Work
from planner.words import say


def ask_warm_street(asking: Asking) -> Work | None:
    """Two services at least, those of the plan to begin with; without a limit in money unless one is given."""
    plan, language = asking.plan, asking.language
    catalog = plan.study.catalog
    services = st.multiselect(
        say("ask_warm_street.services", language),
        list(catalog.services),
        default=list(plan.services),
        format_func=lambda name: catalog.services[name].name.in_language(language),
        key=f"{asking.key}.services",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        longest_m = st.number_input(
            say("ask_warm_street.longest", language),
            min_value=50.0,
            value=max(50.0, catalog.warm_street.longest_m.value),
            step=50.0,
            format="%.0f",
            key=f"{asking.key}.longest_m",
        )
        budget_yuan = st.number_input(
            say("ask_warm_street.budget", language),
            min_value=0.0,
            value=None,
            step=10_000.0,
            format="%.0f",
            placeholder=say("ask_warm_street.unlimited", language),
            key=f"{asking.key}.budget_yuan",
        )
    if len(services) < 2:
        st.warning(say("ask_warm_street.too_few", language))
        return None
    return Work(
        (tuple(services), longest_m, budget_yuan),
        lambda progress: warm_street(plan, services, longest_m=longest_m, budget_yuan=budget_yuan, progress=progress),
    )
