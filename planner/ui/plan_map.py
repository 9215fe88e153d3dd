"""The map of a page: which layers it shows, and what was clicked last."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import streamlit as st

from planner.maps.live import (
    LiveLayer,
    MapEvent,
    appeal_layers,
    grid_layers,
    hot_spot_layers,
    new_site_layers,
    planned_layers,
    proposal_layers,
    site_layers,
    street_layers,
    today_layers,
)
from planner.plan import Plan
from planner.ui.desk import Desk
from planner.ui.live_map import Mode, live_map
from planner.ui.shelf import shelf

When = Literal["today", "planned"]


def show_plan_map(
    hand: Desk,
    plan: Plan,
    service: str,
    *,
    when: When,
    mode: Mode = "look",
    on_event: Callable[[MapEvent], None] | None = None,
    key: str = "map",
) -> None:
    """The map of one service, as things stand or as planned. A click is remembered, see :func:`clicked`.

    ``on_event`` is called with each event before the page runs anew. The maps of all pages with one ``key`` share view
    and layers.
    """

    def told(event: MapEvent) -> None:
        st.session_state[_held(hand)] = event
        if on_event is not None:
            on_event(event)

    live_map(
        _layers(hand, plan, service, when),
        key=key,
        scope=hand.choice.key,
        mode=mode,
        language=hand.language,
        on_event=told,
    )


def clicked(hand: Desk) -> MapEvent | None:
    """What was clicked last on a map of this study."""
    found: MapEvent | None = st.session_state.get(_held(hand))
    return found


def forget_click(hand: Desk) -> None:
    """As if nothing had been clicked."""
    st.session_state.pop(_held(hand), None)


def _held(hand: Desk) -> str:
    return f"clicked.{hand.choice.key}"


def _layers(hand: Desk, plan: Plan, service: str, when: When) -> tuple[LiveLayer, ...]:
    study, part, language = plan.study, plan.services[service], hand.language
    make = partial(street_layers, study, language)
    layers = [*shelf().get((hand.choice.identity, "street_layers", language), make)]
    layers += grid_layers(study, {service: part}, language)
    if when == "today":
        layers += today_layers(study, part, language)
        layers += site_layers(study, part, plan.scenario, language)
    else:
        layers += planned_layers(plan, service, language)
        layers += today_layers(study, part, language, shown=False)
        layers += site_layers(study, part, plan.scenario, language, chosen=part.solution.selected)
        layers += new_site_layers(plan, service, language)
    layers += proposal_layers(study, plan.scenario, language)
    layers += appeal_layers(plan, language)
    layers += hot_spot_layers(plan, service, language)
    return tuple(layers)
