"""The page program: ``streamlit run app.py``, or ``planner app``. It routes to the pages, nothing else."""

from __future__ import annotations

import streamlit as st

from planner.ui.compare_page import show_compare_page
from planner.ui.hand_on_page import show_hand_on_page
from planner.ui.head import show_page
from planner.ui.language import chosen_language
from planner.ui.plan_page import show_plan_page
from planner.ui.sign_in import require_sign_in
from planner.words import say

title = say("page.title", chosen_language())
st.set_page_config(page_title=title, layout="wide")
pages = st.navigation([st.Page(show_plan_page, title=title, default=True)], position="hidden")
if require_sign_in(chosen_language()):
    pages.run()
