"""The sixth step: what an analyst asks beyond one plan, each question worked out when it is asked."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

import streamlit as st

from planner.analysis import Answer
from planner.errors import PlannerError
from planner.ui.answer_view import show_answer
from planner.ui.desk import desk
from planner.ui.error_view import show_error
from planner.ui.language import chosen_language
from planner.ui.questions import QUESTIONS
from planner.ui.questions.asking import Asking, Progress, Work
from planner.ui.work import Job, Stopped, done
from planner.words import Language, say

_QUESTION: Final = "ask.question"
# The study that entries and answers are of.
_STUDY: Final = "ask.study"


def show_questions_page() -> None:
    """The choice of a question, its form, and below it the last answer to it."""
    language = chosen_language()
    hand = desk(language)
    if hand is None:
        return
    plan = hand.plan()
    if plan is None:
        return
    _keep_to(hand.choice.identity)
    name = _choose_question(language)
    st.markdown(say(f"ask_{name}.lead", language))
    work = QUESTIONS[name](Asking(plan, language, f"ask.{name}.{language}"))
    key = (hand.choice.identity, plan.scenario.model_dump_json(), name, None if work is None else work.entries)
    if st.button(say("ask.go", language), type="primary", disabled=work is None, key=f"ask.{name}.go"):
        st.session_state[_held(name)] = (key, work)
    asked: tuple[Any, Work] | None = st.session_state.get(_held(name))
    if asked is None:
        return
    answer = _answered(name, *asked, language)
    if answer is None:
        return
    if asked[0] != key:
        st.caption(say("ask.of_earlier_entries", language))
    show_answer(answer, hand.study, name, language)


def _keep_to(study: Hashable) -> None:
    """Forget what was entered and answered for another study: its services, places and figures are not these."""
    if st.session_state.get(_STUDY) != study:
        for key in [str(key) for key in st.session_state]:
            if key.startswith("ask.") and not key.startswith(_QUESTION):
                del st.session_state[key]
        st.session_state[_STUDY] = study


def _choose_question(language: Language) -> str:
    names = list(QUESTIONS)
    remembered = st.session_state.get(_QUESTION)
    chosen: str = st.selectbox(
        say("ask.question", language),
        names,
        index=names.index(remembered) if remembered in names else 0,
        format_func=lambda name: say(f"ask_{name}.title", language),
        key=f"{_QUESTION}.{language}",
    )
    st.session_state[_QUESTION] = chosen
    return chosen


def _answered(name: str, key: Any, work: Work, language: Language) -> Answer | None:
    def make(job: Job[Answer]) -> Answer:
        return work.make(_telling(job, language))

    try:
        return done(f"question.{name}", key, make, language)
    except PlannerError as error:
        show_error(error, language)
    except Stopped:
        st.caption(say("work.stopped", language))
    return None


def _telling(job: Job[Answer], language: Language) -> Progress:
    def tell(done_now: int, of: int) -> None:
        job.go_on()
        job.step = say("work.step_question", language, done=done_now, of=of)

    return tell


def _held(name: str) -> str:
    return f"ask.{name}.asked"
