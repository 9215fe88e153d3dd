"""``study.toml``: which files make a study, in which coordinates, and which plans to make of it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from planner.catalog import Positive
from planner.crs import System
from planner.errors import Fault, MissingFileError, StudyError
from planner.scenario import Scenario
from planner.words import Text

FILE_NAME = "study.toml"


class FileEntry(BaseModel):
    """One file of a study: where it is, whether its content is an estimate and where it comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    path: str
    estimated: bool = False
    source: Text | None = None


class PlacedFile(FileEntry):
    """A file with coordinates, whose system must be said."""

    crs: System


class CellsFile(PlacedFile):
    """The density cells: squares of one size."""

    cell_size_m: Positive = 100.0


class Files(BaseModel):
    """The files of a study; ``communities`` and ``restricted`` may be left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    boundary: PlacedFile
    grids: PlacedFile
    streets: FileEntry
    cells: CellsFile
    centres: PlacedFile
    hosts: PlacedFile
    communities: PlacedFile | None = None
    restricted: PlacedFile | None = None


class StudyFile(BaseModel):
    """The whole of ``study.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Text
    made_up: bool = False
    files: Files
    catalog: dict[str, Any] = Field(default_factory=dict)
    scenarios: dict[str, Scenario]


def read_study_file(folder: Path) -> StudyFile:
    """What ``folder/study.toml`` says. Raises ``MissingFileError`` or ``StudyError`` with all its faults."""
    path = folder / FILE_NAME
    if not path.is_file():
        raise MissingFileError("no_study", path=folder, file=FILE_NAME)
    try:
        return StudyFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except UnicodeDecodeError as error:
        raise StudyError(folder.name, [Fault(FILE_NAME, "not_utf8")]) from error
    except tomllib.TOMLDecodeError as error:
        raise StudyError(folder.name, [Fault(FILE_NAME, "not_toml", values={"reason": error})]) from error
    except ValidationError as error:
        raise StudyError(folder.name, setting_faults(FILE_NAME, error)) from error


def setting_faults(file: str, error: ValidationError, *, below: str = "") -> list[Fault]:
    """The faults of a settings file, a fault for each thing that pydantic found."""
    faults = []
    for item in error.errors():
        place = ".".join(str(part) for part in item["loc"])
        place = f"{below}.{place}".strip(".")
        shown = "" if isinstance(item["input"], dict) else item["input"]
        faults.append(Fault(file, "setting", column=place, value=shown, values={"reason": item["msg"]}))
    return faults
