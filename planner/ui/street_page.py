"""The street page: choose a study, see what it holds, or make one of uploaded files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from planner.errors import PlannerError
from planner.ui.desk import offered_choices, study_taken, take_study
from planner.ui.error_view import show_error
from planner.ui.language import chosen_language
from planner.ui.plain_text import plain
from planner.ui.plan_view import show_origin
from planner.ui.saved_view import show_saved_work
from planner.ui.studies import StudyChoice, open_study
from planner.ui.study_view import show_study
from planner.ui.upload_steps import show_upload_steps
from planner.words import Language, say

_WAYS: Final = ("choose", "upload")


def show_street_page() -> None:
    """The whole page: the streets there are, what the chosen one holds, and the saved work of the office."""
    language = chosen_language()
    st.header(say("street.title", language), anchor=False)
    way = st.segmented_control(
        say("street.title", language),
        _WAYS,
        default=st.session_state.get("street.way", _WAYS[0]),
        required=True,
        format_func=lambda name: say(f"street.way_{name}", language),
        key=f"street.way.{language}.{st.session_state.setdefault('street.turn', 0)}",
        label_visibility="collapsed",
    )
    st.session_state["street.way"] = way
    if way == "upload":
        finished = show_upload_steps(language)
        if finished is not None:
            _choose(finished)
            st.rerun()
        return
    try:
        choices = offered_choices()
    except PlannerError as error:
        show_error(error, language)
        return
    _show_choices(choices, language)
    chosen = next((choice for choice in choices if choice.key == study_taken()), None)
    if chosen is not None:
        _show_chosen(chosen, choices, language)
    show_saved_work(language)


def _show_choices(choices: Sequence[StudyChoice], language: Language) -> None:
    """A row a study with the button that chooses it; the one to begin with comes first."""
    chosen = study_taken()
    if chosen is None:
        st.markdown(say("street.begin", language))
    with st.container(height=420 if len(choices) > 6 else "content", border=False, gap="xsmall", key="studies"):
        for number, choice in enumerate(choices):
            with (
                st.container(border=True, key=f"study-{number}"),
                st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"),
            ):
                name = plain(choice.label(language, choices))
                st.markdown(f"**{name}**  \n:gray[{say(f'street.origin_{choice.origin}', language)}]", width="stretch")
                st.button(
                    say("street.chosen" if choice.key == chosen else "street.choose", language),
                    key=f"choose.{choice.key}",
                    type="primary" if chosen is None and choice.origin == "shipped" else "secondary",
                    icon=":material/check:" if choice.key == chosen else None,
                    disabled=choice.key == chosen,
                    on_click=_choose,
                    args=(choice,),
                )


def _show_chosen(choice: StudyChoice, choices: Sequence[StudyChoice], language: Language) -> None:
    with st.spinner(say("page.reading", language)):
        study = open_study(choice)
    st.subheader(say("street.holds", language, study=plain(choice.label(language, choices))), anchor=False)
    if isinstance(study, PlannerError):
        show_error(study, language)
        return
    show_origin(study, language)
    show_study(study, language, key=choice.key)


def _choose(choice: StudyChoice) -> None:
    """Put a study on the desk for all pages; back to the list, where it is shown."""
    take_study(choice)
    st.session_state["street.way"] = _WAYS[0]
    st.session_state["street.turn"] += 1
