"""An answer on the page: what it says, its figure, its table, and both to take along."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from planner.analysis import Answer
from planner.analysis.drawing import png_of
from planner.intake.study import Study
from planner.report.files.csv_tables import csv_bytes
from planner.ui.documents import file_name
from planner.ui.plain_text import plain
from planner.ui.plan_view import show_table
from planner.ui.tables import Table
from planner.words import Language, say

# The picture drawn last, with the answer and the language that it is of.
_DRAWN: Final = "ask.drawn"
# Half of what is drawn, so that it is sharp on every screen.
_WIDTH_PX: Final = 720


def show_answer(answer: Answer, study: Study, name: str, language: Language) -> None:
    """The sentences, the figure, the table behind it, and the buttons that save the last two."""
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in answer.told(language)))
    title, picture = say(f"ask_{name}.title", language), _picture(answer, language)
    st.image(picture, width=_WIDTH_PX)
    show_table(Table(answer.table(language), {}), title, language)
    _show_what_is_behind(answer, name, language)
    with st.container(horizontal=True):
        st.download_button(
            say("ask.download_figure", language),
            picture,
            file_name(study, language, title, "png"),
            "image/png",
            on_click="ignore",
            key=f"ask.{name}.png",
        )
        st.download_button(
            say("ask.download_table", language),
            partial(csv_bytes, answer.data(language)),
            file_name(study, language, title, "csv"),
            "text/csv",
            on_click="ignore",
            key=f"ask.{name}.csv",
        )


def _show_what_is_behind(answer: Answer, name: str, language: Language) -> None:
    behind = answer.behind(language)
    if not behind:
        return
    chosen = st.selectbox(say("ask.behind", language), list(behind), key=f"ask.{name}.behind.{language}")
    show_table(Table(behind[chosen], {}), chosen, language)


def _picture(answer: Answer, language: Language) -> bytes:
    """The figure, drawn anew only for another answer or in another language."""
    of, spoken, picture = st.session_state.get(_DRAWN, (None, None, b""))
    if of is not answer or spoken != language:
        picture = png_of(answer.figure(language))
        st.session_state[_DRAWN] = (answer, language, picture)
    drawn: bytes = picture
    return drawn
