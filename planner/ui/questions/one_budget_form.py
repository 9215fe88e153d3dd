"""One budget, several services: how much money, what each service weighs, or which trade-off to look at."""

from __future__ import annotations

import streamlit as st

from planner.analysis import one_budget, services_front, walk_front
from planner.analysis.money import spent_on
from planner.ui.plain_text import plain
from planner.ui.questions.asking import Asking, Work
from planner.words import say

_KINDS = ("plan", "services", "walk")
_MOST_POINTS = 15


def ask_one_budget(asking: Asking) -> Work | None:
    """The plan for one budget, or one of the two trade-offs."""
    language = asking.language
    kind = st.segmented_control(
        say("ask_one_budget.ask", language),
        _KINDS,
        default="plan",
        required=True,
        format_func=lambda name: plain(say(f"ask_one_budget.ask_{name}", language)),
        key=f"{asking.key}.kind",
    )
    if kind == "walk":
        return _ask_walk(asking)
    if len(asking.plan.services) < 2:
        st.caption(say("ask_one_budget.needs_two", language))
        return None
    return _ask_services(asking) if kind == "services" else _ask_plan(asking)


def _ask_plan(asking: Asking) -> Work:
    plan, language = asking.plan, asking.language
    with st.container(horizontal=True, vertical_alignment="bottom"):
        budget = _budget(asking, spent_on(plan), "all")
        weights = {
            name: st.number_input(
                plain(say("ask_one_budget.weight_of", language, service=_name(asking, name))),
                min_value=0.01,
                value=plan.scenario.services[name].weight,
                step=0.5,
                key=f"{asking.key}.weight.{name}",
            )
            for name in plan.services
        }
    return Work(
        ("plan", budget, tuple(weights.items())),
        lambda progress: one_budget(plan, budget_yuan=budget, weights=weights, progress=progress),
    )


def _ask_services(asking: Asking) -> Work:
    plan, language = asking.plan, asking.language
    names = list(plan.services)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = _service(asking, "first", names)
        second = _service(asking, "second", [name for name in names if name != first])
        budget = _budget(asking, spent_on(plan, [first, second]), f"{first}.{second}")
        points = st.number_input(
            say("ask_one_budget.points", language), 2, _MOST_POINTS, value=5, key=f"{asking.key}.points"
        )
    st.caption(say("ask_one_budget.takes_long", language))
    return Work(
        ("services", first, second, budget, points),
        lambda progress: services_front(plan, first, second, budget_yuan=budget, points=points, progress=progress),
    )


def _ask_walk(asking: Asking) -> Work:
    plan = asking.plan
    with st.container(horizontal=True, vertical_alignment="bottom"):
        service = _service(asking, "walk", list(plan.services))
        budget = _budget(asking, spent_on(plan, [service]), service)
    return Work(
        ("walk", service, budget),
        lambda progress: walk_front(plan, service, budget_yuan=budget, progress=progress),
    )


def _service(asking: Asking, which: str, names: list[str]) -> str:
    label = "term.service" if which == "walk" else f"ask_one_budget.{which}"
    chosen: str = st.selectbox(
        say(label, asking.language),
        names,
        format_func=lambda name: _name(asking, name),
        key=f"{asking.key}.{which}",
    )
    return chosen


def _budget(asking: Asking, default: float, of: str) -> float:
    return st.number_input(
        say("ask_one_budget.budget", asking.language),
        min_value=0.0,
        value=float(round(default)),
        step=10_000.0,
        format="%.0f",
        key=f"{asking.key}.budget.{of}",
    )


def _name(asking: Asking, service: str) -> str:
    return asking.plan.study.catalog.services[service].name.in_language(asking.language)
