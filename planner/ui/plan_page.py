"""The page, top-down: choose a study, set limits and standards, plan, see the map and the figures, take the report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import streamlit as st

from planner.errors import PlannerError
from planner.intake.study import Study
from planner.plan import Plan
from planner.scenario import Scenario
from planner.ui.error_view import show_error
from planner.ui.language import chosen_language, show_language_switch, tell_browser_language
from planner.ui.limits_form import ask_limits
from planner.ui.plan_view import show_documents, show_figures, show_map, show_origin, show_tables
from planner.ui.plans import plan_for
from planner.ui.studies import StudyChoice, open_study, study_choices
from planner.words import Language, say

_STYLE: Final = Path(__file__).with_name("page.css")


def show_plan_page() -> None:
    """The whole page; what goes wrong on purpose is shown where it went wrong."""
    language = chosen_language()
    st.html(_STYLE)
    tell_browser_language()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(say("page.title", language), anchor=False, width="content")
        show_language_switch()
    try:
        choices = study_choices()
    except PlannerError as error:
        show_error(error, language)
        return
    left, right = st.columns(2)
    with left:
        choice = _choose_study(choices, language)
    with st.spinner(say("page.reading", language)):
        study = open_study(choice)
    if isinstance(study, PlannerError):
        show_error(study, language)
        return
    with right:
        preset_name = _choose_preset(choice, study, language)
    show_origin(study, language)
    form_side, plan_side = st.columns([35, 65], gap="medium")
    with form_side:
        key = f"{choice.key}.{preset_name}"
        asked = ask_limits(study, study.scenarios[preset_name], key=key, language=language)
    with plan_side:
        plan = _plan_or_last(choice, study, asked, key, language)
        if plan is not None:
            show_figures(plan, language)
            show_documents(plan, language)
        map_place = st.container(key="map")
    if plan is not None:
        show_tables(plan, language)
        with map_place:
            show_map(choice, plan, language)  # last, for it takes longest


def _choose_study(choices: tuple[StudyChoice, ...], language: Language) -> StudyChoice:
    labels = {choice.key: choice.label(language, choices) for choice in choices}
    chosen = _choose("study", say("page.study", language), labels, language)
    return next(choice for choice in choices if choice.key == chosen)


def _choose_preset(choice: StudyChoice, study: Study, language: Language) -> str:
    labels = {name: preset.name.in_language(language) for name, preset in study.scenarios.items()}
    return _choose(f"{choice.key}.scenario", say("page.scenario", language), labels, language)


def _choose(key: str, label: str, labels: Mapping[str, str], language: Language) -> str:
    """One of ``labels``. The browser knows an option by its label, so each language has a list of its own."""
    options, remembered = list(labels), str(st.session_state.get(key))
    index = options.index(remembered) if remembered in labels else 0
    chosen = st.selectbox(label, options, index, format_func=labels.__getitem__, key=f"{key}.{language}")
    st.session_state[key] = chosen
    return chosen


def _plan_or_last(
    choice: StudyChoice, study: Study, asked: Scenario | tuple[str, ...], key: str, language: Language
) -> Plan | None:
    """The plan that was asked for; where it cannot be made, why, and the last one that could be."""
    last_key = f"{key}.last"
    try:
        if isinstance(asked, Scenario):
            plan = plan_for(choice, study, asked, language)
            st.session_state[last_key] = asked
            return plan
        st.error("\n\n".join(asked))
    except PlannerError as error:
        show_error(error, language)
    last = st.session_state.get(last_key)
    if last is None:
        return None
    st.caption(say("page.still_shown", language))
    return plan_for(choice, study, last, language)
