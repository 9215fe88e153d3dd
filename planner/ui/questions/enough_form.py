"""How much is enough: which service, counted by what, and what each counts where they share the money."""

from __future__ import annotations

from typing import Final

import streamlit as st

from planner.analysis import how_much_is_enough
from planner.analysis.enough.answer import TOGETHER
from planner.choosing import By
from planner.ui.questions.asking import Asking, Work
from planner.words import say

_EACH: Final = "each"


def ask_how_much(asking: Asking) -> Work | None:
    """One service, each on its own by number or by money, or all under one budget with their weights."""
    plan, language = asking.plan, asking.language
    services = plan.study.catalog.services

    def named(what: str) -> str:
        return services[what].name.in_language(language) if what in services else say(f"ask_enough.{what}", language)

    together = [TOGETHER] if len(plan.services) > 1 else []
    options = [*plan.services, *([_EACH] if together else []), *together]
    shared = plan.scenario.budget_yuan is not None and bool(together)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        what = st.selectbox(
            say("term.service", language),
            options,
            index=options.index(TOGETHER) if shared else 0,
            format_func=named,
            key=f"{asking.key}.service",
        )
        by: By = "budget_yuan" if what == TOGETHER else _choose_by(asking)
    if what == TOGETHER:
        weights = _choose_weights(asking)
        return Work(
            (what, *weights.items()),
            lambda progress: how_much_is_enough(plan, by=by, together=True, weights=weights, progress=progress),
        )
    service = None if what == _EACH else what
    return Work((what, by), lambda progress: how_much_is_enough(plan, service, by=by, progress=progress))


def _choose_by(asking: Asking) -> By:
    options: list[By] = ["site_limit", "budget_yuan"]
    chosen: By = st.segmented_control(
        say("curve.by", asking.language),
        options,
        default="site_limit",
        required=True,
        format_func=lambda name: say(f"curve.by_{name}", asking.language),
        key=f"{asking.key}.by",
    )
    return chosen


def _choose_weights(asking: Asking) -> dict[str, float]:
    """What each service's covered share counts; at first what the scenario says."""
    services, language = asking.plan.study.catalog.services, asking.language
    weights = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name in asking.plan.services:
            label = services[name].name.in_language(language)
            weights[name] = st.number_input(
                say("ask_enough.weight", language, service=label),
                min_value=0.1,
                value=float(asking.plan.scenario.services[name].weight),
                step=0.5,
                format="%g",
                key=f"{asking.key}.weight.{name}",
            )
    return weights
