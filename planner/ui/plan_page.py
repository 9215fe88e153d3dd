"""The third step: limits, standards and single places, and the plan that follows from them at once."""

from __future__ import annotations

from typing import Final, Literal, get_args

import streamlit as st

from planner.maps.live import MapEvent
from planner.plan import Plan
from planner.scenario import Scenario
from planner.ui.desk import Desk, desk
from planner.ui.details import show_details
from planner.ui.language import chosen_language
from planner.ui.limits_form import ask_limits
from planner.ui.live_map import Mode
from planner.ui.own_places import note_area, note_point, show_area_upload, show_own_places
from planner.ui.picks_view import show_picks
from planner.ui.plan_map import forget_click, last_click, new_click, show_plan_map
from planner.ui.plan_view import PLAN_TABS, choose_service, show_figures, show_tables
from planner.ui.save_box import show_save_box
from planner.words import Language, say

Tool = Literal["look", "require", "forbid", "propose", "area"]
_MODES: Final[dict[Tool, Mode]] = {
    "look": "look",
    "require": "choose",
    "forbid": "choose",
    "propose": "point",
    "area": "area",
}
_CANDIDATES: Final = ("candidate", "new_site", "proposed")


def show_plan_page() -> None:
    """The form on one side, on the other what comes of it: figures, map and tables."""
    language = chosen_language()
    hand = desk(language)
    if hand is None:
        return
    _act(hand, new_click(hand))
    form_side, plan_side = st.columns([32, 68], gap="medium")
    with form_side:
        _choose_start(hand)
        asked = ask_limits(
            hand.study,
            hand.start.scenario,
            hand.picks,
            on_reset=hand.unpick,
            key=hand.draft_key,
            language=language,
        )
        picks_place = st.container()
        if isinstance(asked, Scenario):
            hand.ask(asked)
    with plan_side:
        if not isinstance(asked, Scenario):
            st.error("\n\n".join(asked))
        plan = hand.plan()
        if plan is None:
            return
        show_figures(plan, language)
        service = choose_service(plan, language)
        tool = _choose_tool(language)
        show_plan_map(hand, plan, service, when="planned", mode=_MODES[tool])
        if tool == "area":
            show_area_upload(hand)
        show_own_places(hand, plan)
        if tool == "look":
            show_details(plan, service, last_click(hand), language, when="planned")
            _offer_verdicts(hand, plan, service)
    with picks_place:
        show_picks(hand, plan)
        show_save_box(hand, plan)
    show_tables(plan, service, PLAN_TABS, language)


def _choose_start(hand: Desk) -> None:
    """What the draft starts from: a scenario of the study or a saved plan."""
    starts, key = hand.starts, f"{hand.choice.key}.start.{hand.language}"
    st.selectbox(
        say("page.scenario", hand.language),
        list(starts),
        list(starts).index(hand.start.key),
        format_func=lambda name: starts[name].name.in_language(hand.language),
        key=key,
        on_change=lambda: hand.start_from(st.session_state[key]),
    )


def _choose_tool(language: Language) -> Tool:
    """What a click on the map does."""
    tools: tuple[Tool, ...] = get_args(Tool)
    chosen: Tool = (
        st.segmented_control(
            say("tools.tool", language),
            tools,
            default="look",
            required=True,
            format_func=lambda name: say(f"tools.{name}", language),
            key="tool",
            persist_state="session",
        )
        or "look"
    )
    st.caption(say(f"tools.help_{chosen}", language))
    return chosen


def _act(hand: Desk, event: MapEvent | None) -> None:
    """What a click on the map changes, before the plan is made."""
    tool: Tool = st.session_state.get("tool") or "look"
    service = st.session_state.get("service")
    if event is None or tool == "look":
        return
    forget_click(hand)
    if tool in ("require", "forbid") and event.kind in _CANDIDATES and service in hand.study.catalog.services:
        hand.pick(hand.picks.toggled(service, event.id, "required" if tool == "require" else "forbidden"))
    elif tool == "propose":
        note_point(hand, event)
    elif tool == "area" and event.kind == "area":
        note_area(hand, event)


def _offer_verdicts(hand: Desk, plan: Plan, service: str) -> None:
    """Buttons for the candidate that was clicked, for those who find the tools later."""
    event, language = last_click(hand), hand.language
    if (
        event is None
        or event.kind not in _CANDIDATES
        or event.id not in set(plan.services[service].sites.frame["site_id"])
    ):
        return
    had = hand.picks.verdict(service, event.id)
    with st.container(horizontal=True):
        for verdict, word in (("required", "require"), ("forbidden", "forbid")):
            st.button(
                say(f"tools.undo_{word}" if had == verdict else f"tools.{word}", language),
                key=f"verdict.{verdict}",
                type="primary" if had == verdict else "secondary",
                on_click=lambda verdict=verdict: hand.pick(hand.picks.toggled(service, event.id, verdict)),
            )
