"""A study made of uploads, in three steps: upload, look through each file, take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import streamlit as st

from planner.errors import Fault, PlannerError
from planner.intake.uploads import (
    MOST_MB_A_FILE,
    MOST_MB_UNPACKED,
    Check,
    Draft,
    add_uploads,
    can_be_estimated,
    estimate_missing,
)
from planner.ui.drafts import finish_draft, forget_finished, keep, start_afresh, the_check, the_draft
from planner.ui.error_view import show_error, show_faults
from planner.ui.studies import StudyChoice, open_study, study_choice
from planner.ui.upload_file import asks_for_something, show_upload
from planner.words import Language, say

_TURN: Final = "uploads.turn"
_REFUSED: Final = "uploads.refused"


def show_upload_steps(language: Language) -> StudyChoice | None:
    """The steps; the study when the last one is done."""
    _take_in(language)
    draft = the_draft()
    if not draft.uploads and not draft.settings_faults:
        return None
    with st.spinner(say("street.checking", language)):
        check = the_check()
    _look_through(draft, check, language)
    return _finish(draft, check, language)


def _take_in(language: Language) -> None:
    _heading(1, language)
    st.markdown(say("street.what_to_upload", language))
    turn = st.session_state.setdefault(_TURN, 0)
    sent = st.file_uploader(
        say("street.uploader", language, mb=MOST_MB_A_FILE, unpacked_mb=MOST_MB_UNPACKED),
        accept_multiple_files=True,
        key=f"uploader.{turn}",
        max_upload_size=MOST_MB_A_FILE,
    )
    if sent:
        with st.spinner(say("street.taking_in", language)):
            draft, refused = add_uploads(the_draft(), [(file.name, file.getvalue()) for file in sent])
        keep(draft)
        st.session_state[_REFUSED] = refused
        st.session_state[_TURN] = turn + 1  # the uploader is emptied: the list below is what is there
        st.rerun()
    refused = st.session_state.get(_REFUSED, [])
    if refused:
        st.error(say("street.refused", language, count=len(refused)))
        show_faults(refused, language, key="refused")


def _look_through(draft: Draft, check: Check, language: Language) -> None:
    _heading(2, language)
    clear = [
        (file, each.proposed)
        for file, each in check.files.items()
        if each.question is not None and each.question.key == "crs_not_stated"
    ]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(say("street.look_through", language), width="stretch")
        if len(clear) > 1:
            st.button(
                say("street.confirm_clear", language, count=len(clear)),
                key="confirm_clear",
                help=say("street.confirm_clear_help", language),
                on_click=_confirm,
                args=(clear,),
            )
    if check.settings:
        st.error(say("street.settings_at_fault", language))
        show_faults(check.settings, language, key="settings")
    asking = [upload.file for upload in draft.uploads if asks_for_something(upload, check)]
    asking.sort(key=lambda file: not check.files[file].faults)
    for upload in draft.uploads:
        show_upload(draft, upload, check, language, is_open=upload.file in asking[:1])
    if draft.lone:
        lone = [Fault(file, "upload_part_alone") for file in draft.lone]
        show_faults(lone, language, key="lone")


def _finish(draft: Draft, check: Check, language: Language) -> StudyChoice | None:
    _heading(3, language)
    name = st.text_input(
        say("street.name", language),
        draft.name,
        key=f"uploads.name.{draft.folder.name}",
        max_chars=60,
        placeholder=say("street.name_example", language),
    ).strip()
    if name != draft.name:
        draft = replace(draft, name=name)
        keep(draft)
    left = _left_to_do(draft, check, language)
    if left:
        st.info("\n".join([say("street.left", language), "", *(f"- {line}" for line in left)]))
    _offer_estimates(draft, language)
    with st.container(horizontal=True):
        pressed = st.button(say("street.finish", language), type="primary", disabled=bool(left), key="finish")
        st.button(
            say("street.afresh", language),
            type="tertiary",
            key="afresh",
            help=say("street.afresh_help", language),
            on_click=_begin_anew,
        )
    if not pressed:
        return None
    try:
        with st.spinner(say("page.reading", language)):
            choice = study_choice(finish_draft(), "uploaded")
            study = open_study(choice)
    except PlannerError as error:
        study = error
    if isinstance(study, PlannerError):
        forget_finished()
        show_error(study, language)
        return None
    return choice


def _left_to_do(draft: Draft, check: Check, language: Language) -> list[str]:
    """What keeps the draft from being a study, a line each."""
    mark = say("street.list_mark", language)
    left = []
    if draft.missing:
        roles = mark.join(say(f"street.need_{role}", language) for role in draft.missing)
        left.append(say("street.left_missing", language, roles=roles))
    if draft.doubled:
        roles = mark.join(say(f"page.role_{role}", language) for role in draft.doubled)
        left.append(say("street.left_doubled", language, roles=roles))
    open_questions = sum(file.question is not None and not file.faults for file in check.files.values())
    if open_questions:
        left.append(say("street.left_systems", language, count=open_questions))
    at_fault = sum(bool(file.faults) for file in check.files.values())
    if at_fault:
        left.append(say("street.left_faults", language, count=at_fault))
    if check.settings:
        left.append(say("street.settings_at_fault", language))
    if not draft.name:
        left.append(say("street.left_name", language))
    return left


def _offer_estimates(draft: Draft, language: Language) -> None:
    roles = can_be_estimated(draft)
    if not roles:
        return
    names = say("street.list_mark", language).join(say(f"page.role_{role}", language) for role in roles)
    with st.container(border=True):
        st.markdown(say("street.may_estimate", language, roles=names))
        if st.button(say("street.estimate_them", language), key="estimate"):
            try:
                with st.spinner(say("street.estimating", language)):
                    keep(estimate_missing(draft, language))
            except PlannerError as error:
                show_error(error, language)
                return
            st.rerun()


def _heading(step: int, language: Language) -> None:
    st.subheader(say(f"street.step_{step}", language), anchor=False)


def _confirm(clear: Sequence[tuple[str, str]]) -> None:
    draft = the_draft()
    systems = dict(clear)
    uploads = tuple(
        replace(upload, crs=systems[upload.file]) if upload.file in systems else upload for upload in draft.uploads
    )
    keep(replace(draft, uploads=uploads))


def _begin_anew() -> None:
    start_afresh()
    st.session_state.pop(_REFUSED, None)
