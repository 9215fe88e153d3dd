"""The head of every page: its style, the language switch, the study in hand and who is here."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from planner.ui.language import show_language_switch, tell_browser_language
from planner.ui.sign_in import show_who
from planner.words import Language, say

_STYLE: Final = Path(__file__).with_name("page.css")


def show_page(page: StreamlitPage, pages: Sequence[StreamlitPage], language: Language) -> None:
    """A page below its head, and the way to the next of ``pages``.

    A fault of the program itself is told in the reader's language, and in full in the log.
    """
    _show_head(language)
    try:
        page.run()
    except Exception:
        logging.getLogger(__name__).exception("a page failed")
        st.error(say("page.failed", language))
    following = pages[pages.index(page) + 1 :]
    if following:
        st.page_link(
            following[0], label=say("page.next", language, step=following[0].title), icon=":material/arrow_forward:"
        )


def _show_head(language: Language) -> None:
    """One line: what this is, who is here, and the language."""
    st.html(_STYLE)
    tell_browser_language()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="head"):
        st.title(say("page.title", language), anchor=False, width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            show_who(language)
            show_language_switch()
