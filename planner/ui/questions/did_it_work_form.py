"""Did it work: of which service, by which check-ins, and what a day without a row means."""

from __future__ import annotations

import streamlit as st

from planner.analysis import did_it_work
from planner.analysis.did_it_work.answer import Absent
from planner.ui.own_checkins import ask_checkins
from planner.ui.questions.asking import Asking, Work, ask_service
from planner.words import say


def ask_whether_it_worked(asking: Asking) -> Work | None:
    """A service, the study's check-ins or a table of them, and how to read what is not in it."""
    plan, language = asking.plan, asking.language
    own = ask_checkins(plan.study, language, asking.key)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        service = ask_service(asking)
        options: list[Absent] = ["unknown", "zero"]
        absent = st.segmented_control(
            say("ask_did_it_work.absent", language),
            options,
            default="unknown",
            required=True,
            format_func=lambda name: say(f"ask_did_it_work.absent_{name}", language),
            key=f"{asking.key}.absent",
        )
    if own is None and plan.study.checkins.empty:
        st.caption(say("ask_did_it_work.upload_missing", language))
        return None
    checkins = None if own is None else own.checkins
    return Work(
        (service, absent, "" if own is None else own.digest),
        lambda progress: did_it_work(plan, service, checkins=checkins, absent=absent, progress=progress),
    )
