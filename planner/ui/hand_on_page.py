"""The seventh step: what the planner hands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import streamlit as st

from planner.errors import PlannerError
from planner.plan import Plan
from planner.report import FORMATS
from planner.ui.desk import desk
from planner.ui.documents import KINDS, ZIP, Imprint, check_template, document, file_name
from planner.ui.error_view import show_error
from planner.ui.imprint_form import show_imprint_form
from planner.ui.language import chosen_language
from planner.ui.plan_view import show_figures
from planner.words import Language, say

# The plan and imprint whose template was looked at last, and what was found.
_CHECKED: Final = "hand_on.checked"
# For whom, and the formats.
_SHELVES: Final[Mapping[str, Sequence[str]]] = {
    "readers": ("html", "pdf", "docx", "map"),
    "riders": ("life_map", "poster"),
    "analysts": ("xlsx", "gpkg", "geojson", "csv"),
}


def show_hand_on_page() -> None:
    """The plan's figures once more, and its files to take along; each is made when it is asked for."""
    language = chosen_language()
    hand = desk(language)
    if hand is None:
        return
    plan = hand.plan()
    if plan is None:
        return
    show_figures(plan, language)
    imprint = _with_usable_template(plan, language, show_imprint_form(language))
    for column, (shelf, formats) in zip(st.columns(len(_SHELVES)), _SHELVES.items(), strict=True):
        with column:
            st.subheader(say(f"hand_on.for_{shelf}", language), anchor=False)
            for name in formats:
                _offer(plan, language, imprint, name, (name,), KINDS[name])
    _offer(plan, language, imprint, "all", tuple(FORMATS), ZIP)


def _with_usable_template(plan: Plan, language: Language, imprint: Imprint) -> Imprint:
    """Without a template that cannot be used, which is told here and not by a download that fails."""
    if imprint.word_template is None:
        return imprint
    of, key, found = st.session_state.get(_CHECKED, (None, None, None))
    if of is not plan or key != (imprint, language):
        with st.spinner(say("hand_on.checking_template", language)):
            found = _template_fault(plan, language, imprint)
        st.session_state[_CHECKED] = (plan, (imprint, language), found)
    if found is None:
        return imprint
    show_error(found, language)
    return replace(imprint, word_template=None)


def _template_fault(plan: Plan, language: Language, imprint: Imprint) -> PlannerError | None:
    try:
        check_template(plan, language, imprint)
    except PlannerError as error:
        return error
    return None


def _offer(
    plan: Plan, language: Language, imprint: Imprint, name: str, formats: Sequence[str], kind: tuple[str, str]
) -> None:
    media_type, ending = kind
    with st.container(border=True):
        st.markdown(say(f"hand_on.about_{name}", language))
        what = say(f"hand_on.name_{name}", language)
        st.download_button(
            say("hand_on.download", language, what=what),
            partial(document, plan, language, imprint, formats),
            file_name(plan.study, language, what, ending),
            media_type,
            key=f"download_{name}",
            on_click="ignore",
            type="primary" if name == "html" else "secondary",
        )
