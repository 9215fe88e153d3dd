"""The map of a page: which layers it shows, and what was clicked last."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Literal

import streamlit as st

from planner.maps.live import (
    LiveLayer,
    MapEvent,
    appeal_layers,
    cell_bodies,
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
from planner.ui.live_map import clicked as clicked_on
from planner.ui.shelf import Thing, shelf

When = Literal["today", "planned"]


def new_click(hand: Desk, key: str = "map") -> MapEvent | None:
    """What was clicked since the last run, if anything; to be asked before the plan is made. It is remembered."""
    event = clicked_on(key)
    if event is not None:
        st.session_state[_held(hand)] = event
    return event


def last_click(hand: Desk) -> MapEvent | None:
    """What was clicked last on a map of this study."""
    found: MapEvent | None = st.session_state.get(_held(hand))
    return found


def show_plan_map(
    hand: Desk, plan: Plan, service: str, *, when: When, mode: Mode = "look", key: str = "map", height_px: int = 640
) -> None:
    """The map of one service, as things stand or as planned; what was clicked last stands out."""
    event = last_click(hand)
    marked = None if event is None or not event.id else (event.kind, event.id)
    layers = _layers(hand, plan, service, when)
    live_map(layers, key=key, mode=mode, height_px=height_px, language=hand.language, marked=marked)


def forget_click(hand: Desk) -> None:
    """As if nothing had been clicked."""
    st.session_state.pop(_held(hand), None)


def _held(hand: Desk) -> str:
    return f"clicked.{hand.choice.key}"


def _layers(hand: Desk, plan: Plan, service: str, when: When) -> tuple[LiveLayer, ...]:
    study, part, language = plan.study, plan.services[service], hand.language
    layers = [*_kept(study, ("street_layers", language), lambda: street_layers(study, language))]
    layers += _kept(part.today, ("grid_layers", language), lambda: grid_layers(study, {service: part}, language))
    cells = _kept(part.demand, ("cells", language), lambda: cell_bodies(part, language))
    if when == "today":
        layers += today_layers(part, language, cells=cells)
        layers += site_layers(part, plan.scenario, language)
    else:
        layers += planned_layers(plan, service, language, cells=cells)
        layers += today_layers(part, language, cells=cells, shown=False)
        layers += site_layers(part, plan.scenario, language, chosen=part.solution.selected)
        layers += new_site_layers(plan, service, language)
    layers += proposal_layers(study, plan.scenario, language)
    layers += appeal_layers(plan, language)
    layers += hot_spot_layers(plan, service, language)
    return tuple(layers)


def _kept(of: object, what: Hashable, make: Callable[[], Thing]) -> Thing:
    """What is made of a thing, kept with it: while it is kept, the thing's number tells it from every other."""
    return shelf().get((id(of), what), lambda: (make(), of))[0]
