"""The box in which the plan in hand is saved under a name."""

from __future__ import annotations

import streamlit as st

from planner.errors import PlannerError
from planner.plan import Plan
from planner.ui.desk import Desk
from planner.ui.error_view import show_error
from planner.ui.plain_text import plain
from planner.ui.saved import plan_label, save, saved_line, saved_work
from planner.ui.sign_in import who
from planner.words import say


def show_save_box(hand: Desk, plan: Plan) -> None:
    """Name, note and button; afterwards who saved it and when. A name that is there already becomes a new revision."""
    language = hand.language
    with st.form(f"{hand.draft_key}.save", border=True):
        st.markdown(f"**{say('saved.save', language)}**", help=say("saved.save_help", language))
        name = st.text_input(say("saved.name", language), plan.scenario.name.in_language(language), max_chars=100)
        note = st.text_input(say("saved.note", language), max_chars=200)
        pressed = st.form_submit_button(say("saved.save_button", language))
    if not pressed:
        return
    store = saved_work(language)
    if store is None:
        return
    try:
        saved = save(store, hand.choice, plan, name, note, saved_by=who() or "")
    except PlannerError as error:
        show_error(error, language)
        return
    told = say("saved.done", language, name=plan_label(saved, language), line=saved_line(saved, language))
    st.success(plain(told))
