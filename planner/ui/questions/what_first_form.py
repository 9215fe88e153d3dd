"""What first: over how many years, under which limits, and whether sooner is better."""

from __future__ import annotations

import streamlit as st

from planner.analysis import what_first
from planner.analysis.what_first.years import Money, spread_over
from planner.choosing import By
from planner.curves import kind_of_limit, limit_of
from planner.ui.questions.asking import Asking, Work
from planner.words import say

_YEARS = (2, 3, 4, 5)


def ask_what_first(asking: Asking) -> Work | None:
    """All services by the plan's own limits, or one with a limit for each year."""
    plan, language, key = asking.plan, asking.language, asking.key
    with st.container(horizontal=True, vertical_alignment="bottom"):
        service = _ask_service(asking)
        years = st.selectbox(say("ask_what_first.years", language), _YEARS, index=1, key=f"{key}.years")
        money = _ask_money(asking, service)
        sooner = st.toggle(
            say("ask_what_first.sooner", language),
            help=say("ask_what_first.sooner_help", language),
            key=f"{key}.sooner",
        )
    shared = plan.scenario.budget_yuan is not None
    limits = _ask_limits(asking, service, years, money) if shared or service is not None else None
    if limits is None:
        st.caption(say("ask_what_first.as_planned", language))
    weights = tuple(range(years, 0, -1)) if sooner else None
    return Work(
        (service, years, money, weights, limits),
        lambda progress: what_first(
            plan, service, limits=limits, years=years, money=money, year_weights=weights, progress=progress
        ),
    )


def _ask_service(asking: Asking) -> str | None:
    """One service, or none for all."""
    plan, language = asking.plan, asking.language
    if plan.scenario.budget_yuan is not None:
        return None
    services = plan.study.catalog.services
    options = [None, *plan.services] if len(plan.services) > 1 else list(plan.services)
    chosen: str | None = st.selectbox(
        say("term.service", language),
        options,
        format_func=lambda name: (
            say("ask_what_first.all_services", language) if name is None else services[name].name.in_language(language)
        ),
        key=f"{asking.key}.service",
    )
    return chosen


def _ask_money(asking: Asking, service: str | None) -> Money:
    """What a year's budget pays; asked only where money limits something."""
    plan, language = asking.plan, asking.language
    asked = plan.services if service is None else [service]
    if all(kind_of_limit(plan, name) == "site_limit" for name in asked):
        return "running"
    options: list[Money] = ["running", "new"]
    money: Money = st.segmented_control(
        say("ask_what_first.money", language),
        options,
        default="running",
        required=True,
        format_func=lambda name: say(f"ask_what_first.money_{name}", language),
        key=f"{asking.key}.money",
    )
    return money


def _ask_limits(asking: Asking, service: str | None, years: int, money: Money) -> tuple[float, ...]:
    """The limit of each year, to begin with that of the plan spread over them."""
    plan, language = asking.plan, asking.language
    by: By = "budget_yuan" if service is None else kind_of_limit(plan, service)
    label = "budget_of_year" if by == "budget_yuan" else "limit_of_year"
    limits = []
    with st.container(horizontal=True):
        for year, start in enumerate(spread_over(limit_of(plan, service, by), years, by, money), start=1):
            limits.append(
                st.number_input(
                    say(f"ask_what_first.{label}", language, year=year),
                    min_value=0,
                    value=int(start),
                    step=1 if by == "site_limit" else 10_000,
                    key=f"{asking.key}.limit.{service}.{years}.{money}.{year}",
                )
            )
    return tuple(float(limit) for limit in limits)
