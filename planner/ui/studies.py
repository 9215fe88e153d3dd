"""Which studies can be chosen, and opening one: read once, and again only after one of its files has changed."""

from __future__ import annotations

import os
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import streamlit as st

from planner.catalog import CATALOG_NAME
from planner.errors import PlannerError
from planner.intake.load import load_study
from planner.intake.study import Study
from planner.intake.study_file import FILE_NAME, read_study_file
from planner.shipped_files import shipped
from planner.ui.drafts import uploaded_studies
from planner.words import Language, Text

STUDIES_VARIABLE: Final = "PLANNER_STUDIES"

Stamps = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class StudyChoice:
    """A study that can be chosen: its folder, its name if that can be read, the state of its files, and whence it is:
    shipped, named in ``PLANNER_STUDIES``, uploaded in this session or saved.
    """

    folder: Path
    name: Text | None
    stamps: Stamps
    origin: Literal["shipped", "named", "uploaded", "saved"] = "named"

    @property
    def key(self) -> str:
        """What tells this choice from every other."""
        return str(self.folder)

    @property
    def identity(self) -> Hashable:
        """What tells this choice, in the state its files are in, from every other."""
        return self.key, self.stamps

    def label(self, language: Language, among: Sequence[StudyChoice]) -> str:
        """Its name, with the folder where another choice has the same name."""
        name = self._own_name(language)
        alike = [other for other in among if other._own_name(language) == name]
        return name if len(alike) == 1 else f"{name} ({self.folder.name if self.origin == 'uploaded' else self.folder})"

    def _own_name(self, language: Language) -> str:
        return self.folder.name if self.name is None else self.name.in_language(language)


def study_choices() -> tuple[StudyChoice, ...]:
    """The folders named in ``PLANNER_STUDIES``, in their order, the demo street, and what this session has uploaded."""
    named = [Path(part) for part in os.environ.get(STUDIES_VARIABLE, "").split(os.pathsep) if part.strip()]
    demo = shipped("data/demo").absolute()
    folders = [folder.expanduser().absolute() for folder in [*named, demo]]
    choices = [study_choice(folder, "shipped" if folder == demo else "named") for folder in dict.fromkeys(folders)]
    return (*choices, *(study_choice(folder, "uploaded") for folder in uploaded_studies()))


def open_study(choice: StudyChoice) -> Study | PlannerError:
    """The study, or what is wrong with it. Both are kept until a file of the study changes."""
    return _open(choice.key, choice.stamps)


@st.cache_resource(max_entries=4, show_spinner=False)
def _open(folder: str, stamps: Stamps) -> Study | PlannerError:  # noqa: ARG001  (the stamps are part of the key)
    try:
        return load_study(folder)
    except PlannerError as error:
        return error


def study_choice(folder: Path, origin: Literal["shipped", "named", "uploaded", "saved"]) -> StudyChoice:
    """The study in ``folder`` as a choice."""
    try:
        said = read_study_file(folder)
    except PlannerError:
        return StudyChoice(folder, None, _stamps(folder, [FILE_NAME]), origin)
    paths = [entry.path for _, entry in said.files if entry is not None]
    return StudyChoice(folder, said.name, _stamps(folder, [FILE_NAME, CATALOG_NAME, *paths]), origin)


def _stamps(folder: Path, names: Sequence[str]) -> Stamps:
    """Name, time of last change and size of each file that is there."""
    found = [(name, folder / name) for name in names if (folder / name).is_file()]
    return tuple((name, path.stat().st_mtime_ns, path.stat().st_size) for name, path in found)
