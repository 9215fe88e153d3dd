"""What the office wants printed on its files, filled in once for all of them."""

from __future__ import annotations

import datetime
from typing import Any, Final

import streamlit as st

from planner.errors import PlannerError
from planner.report import DATA_SYSTEMS, ReportOptions, shipped_word_template
from planner.ui.documents import Imprint
from planner.ui.error_view import show_error
from planner.words import Language, say

_HELD: Final = "imprint"


def show_imprint_form(language: Language) -> Imprint:
    """The form, and what is filled in; it is kept while the session lasts."""
    with st.expander(say("hand_on.imprint", language)):
        left, right = st.columns(2)
        with left:
            office = st.text_input(say("hand_on.office", language), key=_key("office", ""))
            made_on = st.date_input(
                say("hand_on.made_on", language), key=_key("made_on", datetime.date.today()), format="YYYY-MM-DD"
            )
            internal = st.checkbox(say("hand_on.internal", language), key=_key("internal", False))
        with right:
            number = st.text_input(
                say("hand_on.review_number", language),
                key=_key("review_number", ""),
                help=say("hand_on.review_number_help", language),
            )
            link = st.text_input(
                say("hand_on.link", language),
                key=_key("link", ""),
                placeholder="https://",
                help=say("hand_on.link_help", language),
            )
            system = st.selectbox(
                say("hand_on.data_system", language),
                DATA_SYSTEMS,
                format_func=lambda name: say(f"hand_on.system_{name}", language),
                key=_key("data_system", DATA_SYSTEMS[0]),
            )
        st.download_button(
            say("hand_on.shipped_template", language),
            lambda: shipped_word_template(language),
            say("hand_on.shipped_template_file", language),
            key="download_template",
            on_click="ignore",
        )
        template = st.file_uploader(say("hand_on.word_template", language), type="docx", key=f"{_HELD}.template")
    texts = {"office": office.strip(), "review_number": number.strip(), "link": link.strip()}
    st.session_state[_HELD] = {**texts, "made_on": made_on, "internal": internal, "data_system": system}
    return Imprint(_options(language), None if template is None else (template.name, template.getvalue()))


def imprint_in_hand(language: Language) -> Imprint:
    """What was filled in last in this session."""
    return Imprint(_options(language))


def _options(language: Language) -> ReportOptions:
    """What was filled in; an address that cannot be a QR code is told and left out."""
    given: dict[str, Any] = {"made_on": datetime.date.today(), **st.session_state.get(_HELD, {})}
    try:
        return ReportOptions(**given)
    except PlannerError as error:
        show_error(error, language)
        return ReportOptions(**{**given, "link": ""})


def _key(name: str, first: object) -> str:
    """The key of a widget, which has what was filled in before another page was shown."""
    key = f"{_HELD}.{name}"
    if key not in st.session_state:
        st.session_state[key] = st.session_state.get(_HELD, {}).get(name, first)
    return key
