"""``study.toml``: which files make a study, in which coordinates, and which plans to make of it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from planner.catalog import Positive
from planner.crs import System
from planner.errors import Fault, MissingFileError, StudyError
from planner.scenario import Scenario
from planner.words import Text, dictionary

FILE_NAME: Final = "study.toml"


class FileEntry(BaseModel):
    """One file of a study: where it is, whether its content is an estimate and where it comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    path: Annotated[str, Field(min_length=1)]
    estimated: bool = False
    source: Text | None = None


class PlacedFile(FileEntry):
    """A file with coordinates, whose system must be said."""

    crs: System


class CellsFile(PlacedFile):
    """The density cells: squares of one size."""

    cell_size_m: Positive = 100.0


class Files(BaseModel):
    """The files of a study; ``communities``, ``restricted`` and ``appeals`` may be left out, and one of ``cells`` and
    ``grid_totals``. What `planner density` makes of delivery records comes as either.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    boundary: PlacedFile
    grids: PlacedFile
    streets: FileEntry
    cells: CellsFile | None = None
    grid_totals: FileEntry | None = None
    appeals: PlacedFile | None = None
    centres: PlacedFile
    hosts: PlacedFile
    communities: PlacedFile | None = None
    restricted: PlacedFile | None = None

    @model_validator(mode="after")
    def _has_demand(self) -> Self:
        if self.cells is None and self.grid_totals is None:
            raise PydanticCustomError("no_demand", "a study needs cells, grid_totals or both")
        return self


class StudyFile(BaseModel):
    """The whole of ``study.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Text
    made_up: bool = False
    files: Files
    catalog: dict[str, Any] = Field(default_factory=dict)
    demand: dict[str, Any] = Field(default_factory=dict)
    scenarios: Annotated[dict[str, Scenario], Field(min_length=1)]


def read_study_file(folder: Path) -> StudyFile:
    """What ``folder/study.toml`` says. Raises ``MissingFileError`` or ``StudyError`` with all its faults."""
    path = folder / FILE_NAME
    if not path.is_file():
        raise MissingFileError("no_study", path=folder, file=FILE_NAME)
    name = folder.resolve().name
    try:
        return StudyFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except UnicodeDecodeError as error:
        raise StudyError(name, [Fault(FILE_NAME, "text_not_utf8")]) from error
    except OSError as error:
        raise StudyError(name, [Fault(FILE_NAME, "cannot_open", values={"reason": error.strerror or error})]) from error
    except tomllib.TOMLDecodeError as error:
        raise StudyError(name, [Fault(FILE_NAME, "not_toml", values={"reason": error})]) from error
    except ValidationError as error:
        raise StudyError(name, setting_faults(FILE_NAME, error)) from error


def setting_faults(file: str, error: ValidationError, *, below: str = "") -> list[Fault]:
    """The faults of a settings file, a fault for each thing that pydantic found; ``below`` is the table it was in."""
    faults = []
    for item in error.errors():
        place = ".".join([*filter(None, [below]), *(str(part) for part in item["loc"])])
        value = item["input"] if isinstance(item["input"], str | int | float) else ""
        about = {name: str(detail) for name, detail in item.get("ctx", {}).items() if name not in ("error", "reason")}
        about = {name: text.replace(" or ", ", ").replace("'", "") for name, text in about.items()}
        reason = item["msg"].removeprefix("Value error, ")
        key = _words_of(item["type"])
        faults.append(Fault(file, key, column=place or None, value=value, values={**about, "reason": reason}))
    return faults


def _words_of(kind: str) -> str:
    """The words for a kind of pydantic error or for its family (``int_type``, ``int_parsing``); else its own text."""
    for name in (kind, kind.partition("_")[0]):
        if f"fault.setting_{name}" in dictionary("zh"):
            return f"setting_{name}"
    return "setting"
