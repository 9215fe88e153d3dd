"""The page program: ``streamlit run app.py``, or ``planner app``. It routes to the pages, nothing else."""

from __future__ import annotations

import streamlit as st

from planner.ui.compare_page import show_compare_page
from planner.ui.hand_on_page import show_hand_on_page
from planner.ui.head import show_page
from planner.ui.language import chosen_language
from planner.ui.plan_page import show_plan_page
from planner.ui.questions_page import show_questions_page
from planner.ui.sign_in import require_sign_in
from planner.ui.street_page import show_street_page
from planner.ui.today_page import show_today_page
from planner.ui.why_page import show_why_page
from planner.words import say

PAGES = {
    "street": show_street_page,
    "today": show_today_page,
    "plan": show_plan_page,
    "why": show_why_page,
    "compare": show_compare_page,
    "questions": show_questions_page,
    "hand_on": show_hand_on_page,
}

language = chosen_language()
st.set_page_config(page_title=say("page.title", language), layout="wide")
pages = [
    st.Page(show, title=say(f"page.step_{name}", language), url_path=name, default=name == "street")
    for name, show in PAGES.items()
]
page = st.navigation(pages, position="top")
if require_sign_in(language):
    show_page(page, pages, language)
