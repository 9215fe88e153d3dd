"""A study folder → the files that make the study, as they are saved."""

from __future__ import annotations

from pathlib import Path

from planner.catalog import CATALOG_NAME, shipped_catalog
from planner.errors import Fault, StudyError
from planner.intake.beside import files_beside
from planner.intake.study_file import FILE_NAME, StudyFile, read_study_file
from planner.store.contents import is_safe_path


def study_files(folder: str | Path) -> dict[str, bytes]:
    """The content of each file that makes the study in ``folder``, by its path within it.

    These are ``study.toml``, the files that it names with all that belongs to them (the ``.dbf`` and ``.prj`` beside a
    ``.shp``), and the catalog: the study's own, else the one shipped with this version.

    Raises ``MissingFileError`` where there is no study, and ``StudyError`` with all files that are not there, cannot be
    read or are not below ``folder``: what lies elsewhere on the disc is never saved along.
    """
    folder = Path(folder).resolve()
    said = read_study_file(folder)
    contents: dict[str, bytes] = {}
    faults = _faults(folder, said)
    named = [Path(entry.path) for _, entry in said.files if entry is not None]
    for path in [Path(FILE_NAME), *(named if not faults else [])]:
        for file in (folder / path, *files_beside(folder / path)):
            try:
                contents[file.relative_to(folder).as_posix()] = file.read_bytes()
            except OSError as error:
                faults.append(Fault(file.name, "cannot_open", values={"reason": error.strerror or error}))
    if faults:
        raise StudyError(folder.name, faults)
    own = folder / CATALOG_NAME
    contents[CATALOG_NAME] = own.read_bytes() if own.is_file() else shipped_catalog()
    return contents


def _faults(folder: Path, said: StudyFile) -> list[Fault]:
    faults = []
    for role, entry in said.files:
        if entry is None:
            continue
        if not is_safe_path(Path(entry.path).as_posix()):
            faults.append(Fault(FILE_NAME, "file_elsewhere", column=f"files.{role}.path", value=entry.path))
        elif not (folder / entry.path).is_file():
            faults.append(Fault(entry.path, "no_such_file", values={"role": role}))
    return faults
