"""Places and areas of the planner's own: clicked or drawn on the map, or read from a file."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import streamlit as st
from pydantic import ValidationError

from planner.catalog import HostKind
from planner.crs import DEGREE_SYSTEMS
from planner.errors import PlannerError
from planner.intake.areas import read_areas
from planner.maps.live import MapEvent
from planner.plan import Plan
from planner.scenario import NoGoArea, ProposedSite
from planner.ui.desk import Desk
from planner.ui.error_view import show_error
from planner.ui.system_names import system_name
from planner.words import say

_AREA_FILES: Final = ("geojson", "json", "kml", "gpkg", "zip")


def note_point(hand: Desk, event: MapEvent) -> None:
    """Remember where a place of the planner's own is to be, until it is named."""
    st.session_state[_held(hand, "point")] = (event.lon, event.lat)


def note_area(hand: Desk, event: MapEvent) -> None:
    """Remember an area that was drawn, until it is named."""
    st.session_state[_held(hand, "area")] = event.ring


def show_area_upload(hand: Desk) -> None:
    """The way to bring no-go areas in a file instead of drawing them."""
    language = hand.language
    turn = st.session_state.setdefault(_held(hand, "turn"), 0)
    with st.expander(say("tools.upload_area", language)):
        system = st.selectbox(
            say("tools.upload_crs", language), DEGREE_SYSTEMS, format_func=lambda name: system_name(name, language)
        )
        file = st.file_uploader(
            say("tools.upload_area_kinds", language), type=list(_AREA_FILES), key=_held(hand, f"file.{turn}")
        )
    if file is None:
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{_stem(file.name)}{Path(file.name).suffix.lower()}"
        path.write_bytes(file.getvalue())
        try:
            areas = read_areas(path, system)
        except PlannerError as error:
            show_error(error, language)
            return
    picks = hand.picks
    for area in areas:
        picks = picks.keeping_free(area)
    hand.pick(picks)
    st.session_state[_held(hand, "turn")] = turn + 1
    st.rerun()


def show_own_places(hand: Desk, plan: Plan) -> None:
    """The form for a place or an area that was put on the map and has no name yet."""
    point = st.session_state.get(_held(hand, "point"))
    if point is not None:
        _ask_place(hand, plan, point)
    ring = st.session_state.get(_held(hand, "area"))
    if ring is not None:
        _ask_area(hand, plan, ring)


def _ask_place(hand: Desk, plan: Plan, point: tuple[float, float]) -> None:
    language, kinds = hand.language, plan.study.catalog.host_kinds
    with st.container(border=True, key="own_place"):
        st.markdown(f"**{say('tools.own_place', language)}**")
        kind = st.selectbox(
            say("map.host_kind", language),
            list(kinds),
            format_func=lambda name: kinds[name].name.in_language(language),
            key=_held(hand, "kind"),
        )
        with st.form(_held(hand, f"place.{kind}"), border=False):
            site = _entries(hand, kind, kinds[kind], point)
            with st.container(horizontal=True):
                added = st.form_submit_button(say("tools.add", language), type="primary")
                dropped = st.form_submit_button(say("tools.drop", language))
    if added and isinstance(site, ProposedSite):
        hand.pick(hand.picks.proposing(site))
    if (added and isinstance(site, ProposedSite)) or dropped:
        del st.session_state[_held(hand, "point")]
        st.rerun()
    if added and isinstance(site, str):
        st.error(site)


def _entries(hand: Desk, name: str, kind: HostKind, point: tuple[float, float]) -> ProposedSite | str:
    """The place as entered, or what is wrong with it."""
    language, site_id = hand.language, hand.picks.next_id()
    number = site_id.rpartition("-")[2]
    called = st.text_input(say("tools.name", language), say("tools.own_name", language, number=number))
    with st.container(horizontal=True):
        area_m2 = st.number_input(say("tools.area_m2", language), min_value=1.0, value=kind.area_m2, step=5.0)
        cost = st.number_input(
            say("tools.rent", language),
            min_value=0.0,
            value=kind.area_m2 * kind.yearly_cost_yuan_per_m2,
            step=1_000.0,
            format="%.0f",
        )
        hours = st.text_input(say("term.open_hours", language), kind.open_hours)
    try:
        return ProposedSite(
            site_id=site_id,
            name=called.strip(),
            lon=point[0],
            lat=point[1],
            kind=name,
            area_m2=area_m2,
            yearly_cost_yuan=cost,
            open_hours=hours.strip(),
        )
    except ValidationError as error:
        wrong = str(error.errors()[0]["loc"][0])
        return say("tools.wrong_hours" if wrong == "open_hours" else "tools.wrong_name", language)


def _ask_area(hand: Desk, plan: Plan, ring: tuple[tuple[float, float], ...]) -> None:
    language, services = hand.language, plan.study.catalog.services
    with st.form(_held(hand, "area_form"), border=True):
        st.markdown(f"**{say('tools.no_go', language)}**")
        count = len(hand.picks.no_go) + 1
        name = st.text_input(say("tools.name", language), say("tools.no_go_name", language, number=count))
        for_services = st.multiselect(
            say("map.applies_to", language),
            list(services),
            placeholder=say("map.all_services", language),
            format_func=lambda key: services[key].name.in_language(language),
        )
        with st.container(horizontal=True):
            added = st.form_submit_button(say("tools.add", language), type="primary")
            dropped = st.form_submit_button(say("tools.drop", language))
    if added and not name.strip():
        st.error(say("tools.wrong_name", language))
    elif added:
        hand.pick(hand.picks.keeping_free(NoGoArea(name=name.strip(), ring=ring, services=tuple(for_services))))
    if (added and name.strip()) or dropped:
        del st.session_state[_held(hand, "area")]
        st.rerun()


def _stem(name: str) -> str:
    """A file's name without its ending, and without what a folder's path needs."""
    return re.sub(r"[^\w\- ]", "_", Path(name).stem)[:60] or "area"


def _held(hand: Desk, what: str) -> str:
    return f"{hand.draft_key}.own.{what}"
