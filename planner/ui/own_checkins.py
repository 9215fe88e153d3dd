"""A table of check-ins that somebody hands over on the page: theirs alone, kept until it is replaced or taken away."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st

from planner.errors import Fault, StudyError
from planner.intake.checkins import read_checkins
from planner.intake.study import Study
from planner.intake.uploads import PrivateFolder
from planner.intake.uploads.accepting import TABLE_SUFFIXES, accept_upload
from planner.ui.error_view import show_faults
from planner.ui.plain_text import plain
from planner.words import Language, say

_KEY: Final = "own_checkins"


@dataclass(frozen=True)
class OwnCheckins:
    """What was handed over: the file's name, a digest of it, and the check-ins in it."""

    file: str
    digest: str
    checkins: pd.DataFrame


@dataclass
class _Held:
    """What a session holds of one study: the last table that could be read, and what is wrong with a later one."""

    own: OwnCheckins | None = None
    faults: tuple[Fault, ...] = ()
    seen: str = ""
    turn: int = 0


def ask_checkins(study: Study, language: Language, key: str) -> OwnCheckins | None:
    """A box for a table of check-ins, and the one that was put in, in this visit to the page or an earlier one.

    A table with faults is told with all of them, and the one before it stays in use.
    """
    held = _held(study)
    box = f"{key}.checkins.{held.turn}"
    kinds = [suffix.removeprefix(".") for suffix in TABLE_SUFFIXES]
    sent = st.file_uploader(say("ask_did_it_work.upload", language), type=kinds, key=box)
    if sent is not None:
        _take(held, study, sent.name, sent.getvalue())
    if held.faults:
        show_faults(held.faults, language, key="checkins")
    if held.own is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            told = say("ask_did_it_work.upload_in_use", language, file=held.own.file, rows=len(held.own.checkins))
            st.caption(plain(told), width="stretch")
            remove = say("ask_did_it_work.upload_remove", language)
            st.button(remove, key=f"{key}.remove", type="tertiary", on_click=_forget, args=(study,))
    return held.own


def _take(held: _Held, study: Study, name: str, content: bytes) -> None:
    """Read a table that was not looked at before."""
    digest = hashlib.sha256(name.encode() + b"\0" + content).hexdigest()
    if digest == held.seen:
        return
    held.seen = digest
    files, faults = accept_upload(name, content)
    held.faults = tuple(faults)
    for file, data in files.items():
        home = PrivateFolder()
        try:
            path = Path(home.path) / file
            path.write_bytes(data)
            held.own = OwnCheckins(file, digest, read_checkins(path, study.centres))
        except StudyError as error:
            held.faults += error.faults
        finally:
            home.remove()


def _forget(study: Study) -> None:
    held = _held(study)
    held.own, held.faults, held.seen, held.turn = None, (), "", held.turn + 1


def _held(study: Study) -> _Held:
    of_study: dict[str, _Held] = st.session_state.setdefault(_KEY, {})
    return of_study.setdefault(str(study.folder), _Held())
