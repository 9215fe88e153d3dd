"""In which language a session reads the page: Chinese first, English at the switch."""

from __future__ import annotations

from typing import Final

import streamlit as st

from planner.words import LANGUAGES, Language, say

_KEY: Final = "language"
_BEFORE: Final = "language.before"


def chosen_language() -> Language:
    """The language of this session: that of the switch, else of ``?lang=``, else as before, else Chinese."""
    wishes = (st.session_state.get(_KEY), st.query_params.get("lang"), st.session_state.get(_BEFORE))
    found = next((wish for wish in wishes if wish in LANGUAGES), LANGUAGES[0])
    st.session_state[_BEFORE] = found
    return found


def tell_browser_language() -> None:
    """Name the page's language to the browser, so that it speaks it aloud rightly and offers no translation of it."""
    code = {"zh": "zh-CN", "en": "en"}[chosen_language()]
    st.html(f"<script>document.documentElement.lang = '{code}'</script>", unsafe_allow_javascript=True)


def show_language_switch() -> None:
    """The switch itself; the choice is kept in the session and in the address."""
    language = chosen_language()
    if language != st.query_params.get("lang", LANGUAGES[0]):
        _note_in_address()  # a link to another page does not carry it
    st.segmented_control(
        say("page.language", language),
        LANGUAGES,
        default=language,
        required=True,
        format_func=lambda name: say("page.language_name", name),
        key=_KEY,
        on_change=_note_in_address,
        label_visibility="collapsed",
    )


def _note_in_address() -> None:
    st.query_params["lang"] = chosen_language()
