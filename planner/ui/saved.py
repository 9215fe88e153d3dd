"""The saved work of the office: where it is kept, saving the plan in hand, opening one again."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final

import streamlit as st

from planner.errors import PlannerError
from planner.plan import Plan
from planner.store import SavedPlan, SavedStudy, Store, draft_of, open_store, plan_of, study_files
from planner.ui.error_view import show_error
from planner.ui.shelf import shelf
from planner.ui.studies import StudyChoice, open_study, study_choice
from planner.words import Language, say

# A folder, or a PostgreSQL URL.
STORE_VARIABLE: Final = "PLANNER_STORE"


def saved_work(language: Language) -> Store | None:
    """The store; where it cannot be opened, why is shown and there is none."""
    try:
        return _open(os.environ.get(STORE_VARIABLE, "").strip() or str(Path.home() / ".planner"))
    except PlannerError as error:
        show_error(error, language)
        return None


def save(store: Store, choice: StudyChoice, plan: Plan, name: str, note: str, *, saved_by: str) -> SavedPlan:
    """Save a plan and the files it was made of. Raises ``PlannerError`` as the store does."""
    study = store.save_study(plan.study.name, study_files(choice.folder), saved_by=saved_by)
    return store.save_plan(draft_of(plan, name, note, study.id), saved_by=saved_by)


def saved_study(store: Store, study_id: str) -> StudyChoice:
    """A saved study as one that can be chosen. Raises ``PlannerError`` as the store does."""
    return study_choice(store.study_folder(study_id, _cache()), "saved")


def is_saved_study(choice_key: str) -> bool:
    """Whether a choice is that of a saved study."""
    return Path(choice_key).parent == Path(_cache())


def reopened(store: Store, saved: SavedPlan) -> Plan:
    """A saved plan as it was. Raises ``PlannerError`` as the store does, and where its study cannot be read."""

    def make() -> Plan:
        study = open_study(saved_study(store, saved.study_id))
        if isinstance(study, PlannerError):
            raise study
        return plan_of(saved, study)

    return shelf().get((store.place, "plan", saved.id), make)


def saved_line(saved: SavedPlan | SavedStudy, language: Language) -> str:
    """Who saved it and when, as Chinese offices write a day; in the server's own time."""
    when = saved.saved_at.astimezone()
    return say("saved.by", language, who=saved.saved_by, when=day_text(when, language))


def day_text(when: datetime, language: Language) -> str:
    """A day and a time of day."""
    parts = {"year": when.year, "month": when.month, "day": when.day, "hour": when.hour, "minute": when.minute}
    return say("saved.when", language, **parts)


def plan_label(saved: SavedPlan, language: Language) -> str:
    """The name of a saved plan with its revision where there are several."""
    if saved.revision == 1:
        return saved.name
    return say("saved.revision", language, name=saved.name, revision=saved.revision)


@st.cache_resource(show_spinner=False)
def _open(place: str) -> Store:
    return open_store(place)


def _cache() -> str:
    """A folder for the files of saved studies."""
    return _cache_folder().name


@st.cache_resource(show_spinner=False)
def _cache_folder() -> tempfile.TemporaryDirectory[str]:
    """The folder itself, which goes when the program ends."""
    return tempfile.TemporaryDirectory(prefix="planner-studies-")
