"""The uploads of this session, which no other sees: the draft that is worked on, and the studies made of drafts."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import streamlit as st

from planner.intake.uploads import Check, Draft, PrivateFolder, check_draft, write_study_file
from planner.store import study_files

_KEY: Final = "uploads"


@dataclass
class _Session:
    """What one session keeps; its folder goes when the session does."""

    home: PrivateFolder = field(default_factory=PrivateFolder)
    draft: Draft | None = None
    number: int = 1
    finished: dict[int, Path] = field(default_factory=dict)
    checked: tuple[Draft, tuple[object, ...], Check] | None = None


def the_draft() -> Draft:
    """The draft of this session; an empty one where there is none yet."""
    session = _session()
    if session.draft is None:
        folder = session.home.path / f"draft-{session.number}"
        folder.mkdir()
        session.draft = Draft(folder)
    return session.draft


def keep(draft: Draft) -> None:
    """Let ``draft`` be the one of this session."""
    _session().draft = draft


def start_afresh() -> None:
    """Put the draft away and begin another; the studies made so far stay."""
    session = _session()
    session.draft, session.checked = None, None
    session.number += 1


def the_check() -> Check:
    """The check of the draft as it is, made anew only after something has changed."""
    session, draft = _session(), the_draft()
    stamps = tuple(sorted((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in draft.folder.iterdir()))
    if session.checked is None or session.checked[:2] != (draft, stamps):
        session.checked = (draft, stamps, check_draft(draft))
    return session.checked[2]


def finish_draft() -> Path:
    """A study folder made of the draft as it is now; working on with the draft does not change it.

    Raises ``StudyError`` where a file of it cannot be read.
    """
    session, draft = _session(), the_draft()
    said = write_study_file(draft)
    contents = study_files(draft.folder)
    said.unlink()
    turn = 1
    while (folder := session.home.path / f"study-{session.number}-{turn}").exists():
        turn += 1
    folder.mkdir()
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    session.finished[session.number] = folder
    return folder


def forget_finished() -> None:
    """Take back the study that was made of the draft, as it cannot be read."""
    session = _session()
    folder = session.finished.pop(session.number, None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def uploaded_studies() -> tuple[Path, ...]:
    """The folders of the studies that this session has made of uploads."""
    session = st.session_state.get(_KEY)
    return tuple(session.finished.values()) if session is not None else ()


def _session() -> _Session:
    if _KEY not in st.session_state:
        st.session_state[_KEY] = _Session()
    session: _Session = st.session_state[_KEY]
    return session
