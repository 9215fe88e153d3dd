"""Three tiers: which service, for how much money, and how many of each tier at least."""

from __future__ import annotations

import math

import streamlit as st

from planner.analysis import three_tiers
from planner.ui.plain_text import plain
from planner.ui.questions.asking import Asking, Work, ask_service
from planner.words import say


def ask_three_tiers(asking: Asking) -> Work | None:
    """A service of the plan that has tiers, with the money that the plan spends on it to begin with."""
    plan, language = asking.plan, asking.language
    catalog = plan.study.catalog
    offered = [name for name in plan.services if name in catalog.tiers]
    if not offered:
        names = [plain(catalog.services[name].name.in_language(language)) for name in catalog.tiers]
        st.info(say("ask_three_tiers.no_tiers", language, services=say("map.list_mark", language).join(names)))
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        service = ask_service(asking, among=offered)
        budget_yuan = st.number_input(
            say("ask_three_tiers.budget", language),
            min_value=0.0,
            value=_first_budget(asking, service),
            step=10_000.0,
            format="%.0f",
            key=f"{asking.key}.{service}.budget_yuan",
        )
        at_least = {
            name: st.number_input(
                say("ask_three_tiers.least", language, tier=plain(tier.name.in_language(language))),
                min_value=0,
                value=tier.at_least,
                step=1,
                key=f"{asking.key}.{service}.{name}.at_least",
            )
            for name, tier in reversed(catalog.tiers[service].items())
        }
    return Work(
        (service, budget_yuan, tuple(at_least.items())),
        lambda progress: three_tiers(plan, service, budget_yuan=budget_yuan, at_least=at_least, progress=progress),
    )


def _first_budget(asking: Asking, service: str) -> float:
    """What the plan spends on the service, in whole ten thousands."""
    spent = float(asking.plan.services[service].new_sites["cost_yuan"].sum())
    return 10_000.0 * math.ceil(spent / 10_000.0)
