"""What a session has on its desk: the study it works on, the draft of a plan, and the plan made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from planner.errors import PlannerError
from planner.intake.study import Study
from planner.plan import Plan
from planner.scenario import Scenario
from planner.store import SavedPlan, Store, scenario_of
from planner.ui.error_view import show_error
from planner.ui.picks import Picks
from planner.ui.plans import plan_for, today_for
from planner.ui.saved import is_saved_study, plan_label, saved_study
from planner.ui.studies import StudyChoice, open_study, study_choice, study_choices
from planner.ui.work import Stopped
from planner.words import LANGUAGES, Language, Text, say

_STUDY: Final = "study"


@dataclass(frozen=True)
class Start:
    """What a draft starts from: a scenario of the study, or a saved plan; ``key`` tells it from every other."""

    key: str
    name: Text
    scenario: Scenario
    saved: SavedPlan | None = None


@dataclass(frozen=True)
class Desk:
    """The study in hand and the language of the page; the draft is kept in the session."""

    choice: StudyChoice
    study: Study
    language: Language

    @property
    def starts(self) -> dict[str, Start]:
        """What a draft can start from: the scenarios of the study and the saved plans opened in this session."""
        presets = {key: Start(key, preset.name, preset) for key, preset in self.study.scenarios.items()}
        opened: dict[str, SavedPlan] = st.session_state.get(self._held("opened"), {})
        plans = [_saved_start(saved) for saved in opened.values()]
        return {**presets, **{start.key: start for start in plans}}

    @property
    def start(self) -> Start:
        """What the draft starts from: the first, until another is chosen."""
        starts = self.starts
        return starts.get(st.session_state.get(self._held("start"), ""), next(iter(starts.values())))

    def start_from(self, key: str) -> None:
        """Start from another; what was drafted from it before is as it was left."""
        st.session_state[self._held("start")] = key

    @property
    def draft_key(self) -> str:
        """What tells the entries of this draft from those of others."""
        return self._held(self.start.key)

    @property
    def picks(self) -> Picks:
        """The planner's choices of single places."""
        kept: Picks | None = st.session_state.get(f"{self.draft_key}.picks")
        return Picks.of(self.start.scenario) if kept is None else kept

    def pick(self, picks: Picks) -> None:
        """Keep these choices of single places."""
        st.session_state[f"{self.draft_key}.picks"] = picks

    def unpick(self) -> None:
        """Back to the choices of single places that the start has."""
        st.session_state.pop(f"{self.draft_key}.picks", None)

    @property
    def draft(self) -> Scenario:
        """What was asked for last on the page of the plan."""
        kept: Scenario | None = st.session_state.get(f"{self.draft_key}.asked")
        return self.start.scenario if kept is None else kept

    def ask(self, scenario: Scenario) -> None:
        """Keep what is asked for."""
        st.session_state[f"{self.draft_key}.asked"] = scenario

    def plan(self) -> Plan | None:
        """The plan of the draft. While it is made, where it cannot be made, or where its making was stopped, why, and
        the last one that could be: ``None`` where there is none.
        """
        start = self.start
        saved = start.saved if self.draft == start.scenario else None
        return self._made(lambda: plan_for(self.choice, self.study, self.draft, self.language, saved=saved), "plan")

    def today(self) -> Plan | None:
        """All services as they are today, by the standards of the draft, as a plan that opens nothing; as above."""
        return self._made(lambda: today_for(self.choice, self.study, self.draft, self.language), "today")

    def _made(self, make: Callable[[], Plan | None], what: str) -> Plan | None:
        last_key = f"{self.draft_key}.last_{what}"
        try:
            made = make()
            if made is not None:
                st.session_state[last_key] = made
                return made
        except PlannerError as error:
            show_error(error, self.language)
        except Stopped:
            st.warning(say("work.stopped", self.language))
        last: Plan | None = st.session_state.get(last_key)
        if last is not None:
            st.caption(say("page.still_shown", self.language))
        return last

    def _held(self, what: str) -> str:
        return _held(self.choice, what)


def desk(language: Language) -> Desk | None:
    """The desk of this session; where its study cannot be read, what is wrong is shown and there is none."""
    try:
        choice = _choice()
    except PlannerError as error:
        show_error(error, language)
        return None
    with st.spinner(say("page.reading", language)):
        study = open_study(choice)
    if isinstance(study, PlannerError):
        show_error(study, language)
        return None
    return Desk(choice, study, language)


def open_saved(store: Store, saved: SavedPlan) -> None:
    """Put a saved plan on the desk, with the study it was made of. Raises ``PlannerError`` as the store does."""
    choice = saved_study(store, saved.study_id)
    take_study(choice)
    st.session_state.setdefault(_held(choice, "opened"), {})[saved.id] = saved
    st.session_state[_held(choice, "start")] = _saved_start(saved).key


def take_study(choice: StudyChoice) -> None:
    """Put a study on the desk."""
    st.session_state[_STUDY] = choice.key


def study_taken() -> str | None:
    """The key of the study that was put on the desk; ``None`` while nobody has chosen one."""
    taken: str | None = st.session_state.get(_STUDY)
    return taken


def offered_choices() -> tuple[StudyChoice, ...]:
    """The studies that can be chosen, and the saved one that was opened in this session, if any."""
    choices, wish = study_choices(), study_taken()
    return (*choices, study_choice(Path(wish), "saved")) if wish is not None and is_saved_study(wish) else choices


def _choice() -> StudyChoice:
    """The study that was chosen on the page of the street; else the first there is."""
    choices = offered_choices()
    return next((choice for choice in choices if choice.key == study_taken()), choices[0])


def _held(choice: StudyChoice, what: str) -> str:
    """The key under which a session keeps something of its work on a study."""
    return f"desk.{choice.key}.{what}"


def _saved_start(saved: SavedPlan) -> Start:
    name = {language: plan_label(saved, language) for language in LANGUAGES}
    return Start(f"saved.{saved.id}", Text.model_validate(name), scenario_of(saved), saved)
