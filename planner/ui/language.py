"""In which language a session reads the page: Chinese first, English at the switch."""

from __future__ import annotations

from typing import Final

import streamlit as st

from planner.words import LANGUAGES, Language, say

_KEY: Final = "language"


def chosen_language() -> Language:
    """The language of this session: what the switch says, else ``?lang=`` in the address, else Chinese."""
    wish = st.session_state.get(_KEY, st.query_params.get("lang"))
    return next((language for language in LANGUAGES if language == wish), LANGUAGES[0])


def tell_browser_language() -> None:
    """Name the page's language to the browser, so that it speaks it aloud rightly and offers no translation of it."""
    code = {"zh": "zh-CN", "en": "en"}[chosen_language()]
    st.html(f"<script>document.documentElement.lang = '{code}'</script>", unsafe_allow_javascript=True)


def show_language_switch() -> None:
    """The switch itself; the choice is kept in the session and in the address."""
    language = chosen_language()
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
