"""The sixth step: what the planner hands on."""

from __future__ import annotations

from functools import partial

import streamlit as st

from planner.ui.desk import desk
from planner.ui.language import chosen_language
from planner.ui.plan_view import show_figures
from planner.ui.plans import all_documents, document
from planner.words import say


def show_hand_on_page() -> None:
    """The plan's figures once more, and its report, map and data to take along; each is made when it is asked for."""
    language = chosen_language()
    hand = desk(language)
    if hand is None:
        return
    plan = hand.plan()
    if plan is None:
        return
    show_figures(plan, language)
    name = "".join("-" if letter in '\\/:*?"<>|' else letter for letter in plan.study.name.in_language(language))
    documents = {
        "report": ("text/html", partial(document, plan, language, "html")),
        "map": ("text/html", partial(document, plan, language, "map")),
        "all": ("application/zip", partial(all_documents, plan, language)),
    }
    for what, (media_type, make) in documents.items():
        with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(say(f"page.about_{what}", language), width="stretch")
            st.download_button(
                say(f"page.download_{what}", language),
                make,
                say(f"page.file_{what}", language, study=name),
                media_type,
                key=f"download_{what}",
                on_click="ignore",
                type="primary" if what == "report" else "secondary",
            )
