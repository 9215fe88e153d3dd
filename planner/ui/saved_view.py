"""The saved work of the office on the page of the street: plans to open again, and studies to plan anew."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from planner.errors import PlannerError
from planner.store import SavedPlan, SavedStudy, Store
from planner.ui.desk import open_saved, take_study
from planner.ui.error_view import show_error
from planner.ui.plain_text import plain
from planner.ui.saved import plan_label, saved_line, saved_study, saved_work
from planner.ui.sign_in import who
from planner.words import Language, say

_FAILED = "saved.failed"


def show_saved_work(language: Language) -> None:
    """Saved plans, the latest first, and the saved studies; each with buttons to open it and to put it away."""
    store = saved_work(language)
    if store is None:
        return
    try:
        plans, studies = store.plans(), store.studies()
    except PlannerError as error:
        show_error(error, language)
        return
    failed: PlannerError | None = st.session_state.pop(_FAILED, None)
    if failed is not None:
        show_error(failed, language)
    names = {study.id: study.name.in_language(language) for study in studies}
    st.subheader(say("saved.plans", language), anchor=False)
    if not plans:
        st.caption(say("saved.no_plans", language))
    for plan in plans:
        title = say("saved.plan_of", language, name=plan_label(plan, language), study=names.get(plan.study_id, ""))
        about = " · ".join(part for part in (saved_line(plan, language), plan.note) if part)
        _line(plan.id, title, about, _opening(store, plan), _removing(store, plan), language)
    if studies:
        with st.expander(say("saved.studies", language, count=len(studies))):
            for study in studies:
                title = study.name.in_language(language)
                _line(study.id, title, saved_line(study, language), _opening(store, study), None, language)


def _line(
    key: str,
    title: str,
    about: str,
    on_open: Callable[[], None],
    on_remove: Callable[[], None] | None,
    language: Language,
) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{plain(title)}**  \n:gray[{plain(about)}]", width="stretch")
        st.button(say("saved.open", language), key=f"open.{key}", on_click=on_open)
        if on_remove is not None:
            st.button(say("saved.remove", language), key=f"remove.{key}", on_click=on_remove, type="tertiary")


def _opening(store: Store, saved: SavedPlan | SavedStudy) -> Callable[[], None]:
    if isinstance(saved, SavedPlan):
        return partial(_try, partial(open_saved, store, saved))
    return partial(_try, lambda: take_study(saved_study(store, saved.id)))


def _removing(store: Store, plan: SavedPlan) -> Callable[[], None]:
    return partial(_try, lambda: store.remove_plan(plan.id, removed_by=who() or ""))


def _try(act: Callable[[], None]) -> None:
    """What goes wrong before a page runs is shown when it does."""
    try:
        act()
    except PlannerError as error:
        st.session_state[_FAILED] = error
