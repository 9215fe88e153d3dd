"""Will it hold: which service, which bridges and centres to close, and how far the demand may be off."""

from __future__ import annotations

import streamlit as st

from planner.analysis import will_it_hold
from planner.analysis.will_it_hold.answer import bridge_name
from planner.bridges import bridges_of
from planner.ui.questions.asking import Asking, Work, ask_service
from planner.words import say


def ask_will_it_hold(asking: Asking) -> Work | None:
    """One service, or all that share a budget; what is closed is chosen by name."""
    plan, language, key = asking.plan, asking.language, asking.key
    study = plan.study
    service = None if plan.scenario.budget_yuan is not None else ask_service(asking)
    names = {bridge.key: bridge_name(bridge.key, bridge.name, language) for bridge in bridges_of(study.streets)}
    parts = plan.services if service is None else {service: plan.services[service]}
    centres = {
        str(site): str(name)
        for part in parts.values()
        for site, name in part.sites.frame[part.sites.frame["existing"]][["site_id", "name"]].itertuples(index=False)
    }
    hardest = say("ask_will_it_hold.hardest", language)
    with st.container(horizontal=True):
        bridges = tuple(
            st.multiselect(
                say("ask_will_it_hold.bridges", language),
                list(names),
                format_func=names.__getitem__,
                placeholder=hardest,
                disabled=not names,
                key=f"{key}.bridges",
            )
        )
        shut = tuple(
            st.multiselect(
                say("ask_will_it_hold.centres", language),
                list(centres),
                format_func=centres.__getitem__,
                placeholder=hardest,
                disabled=not centres,
                key=f"{key}.centres.{service}",
            )
        )
    with st.container(horizontal=True):
        draws = st.number_input(say("ask_will_it_hold.draws", language), 20, 500, 100, 20, key=f"{key}.draws")
        stated = study.catalog.situations.demand_variation
        percent = st.number_input(
            say("ask_will_it_hold.variation", language),
            min_value=0,
            max_value=200,
            value=round(stated.value * 100),
            step=5,
            help=stated.source.in_language(language),
            key=f"{key}.variation",
        )
    return Work(
        (service, bridges, shut, draws, percent),
        lambda progress: will_it_hold(
            plan,
            service,
            bridges=bridges or None,
            centres=shut or None,
            draws=int(draws),
            variation=percent / 100,
            progress=progress,
        ),
    )
