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
# Drawn finer than shown, so that it is sharp on every screen.
_PX_PER_IN: Final = 100


def show_answer(answer: Answer, study: Study, name: str, language: Language) -> None:
    """The sentences, the figure, the table behind it, and the buttons that save the last two."""
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in answer.told(language)))
    title = say(f"ask_{name}.title", language)
    picture, width_px = _picture(answer, language)
    st.image(picture, width=width_px)
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
    if len(behind) == 1:
        (chosen,) = behind
        st.markdown(f"**{plain(chosen)}**")
    else:
        chosen = st.selectbox(say("ask.behind", language), list(behind), key=f"ask.{name}.behind.{language}")
    show_table(Table(behind[chosen], {}), chosen, language)


def _picture(answer: Answer, language: Language) -> tuple[bytes, int]:
    """The figure and how wide it is shown, drawn anew only for another answer or in another language."""
    of, spoken, drawn = st.session_state.get(_DRAWN, (None, None, (b"", 0)))
    if of is not answer or spoken != language:
        figure = answer.figure(language)
        drawn = (png_of(figure), round(figure.get_figwidth() * _PX_PER_IN))
        st.session_state[_DRAWN] = (answer, language, drawn)
    picture: tuple[bytes, int] = drawn
    return picture
