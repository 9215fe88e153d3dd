"""``study.toml``: which files make a study, in which coordinates, and which plans to make of it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from planner.catalog import Positive
from planner.errors import ArgumentError, Fault, MissingFileError, StudyError
from planner.intake.city_grids import ControlPoints, system_named
from planner.scenario import Scenario
from planner.words import Text, dictionary

FILE_NAME: Final = "study.toml"
Name = Annotated[str, Field(min_length=1)]


class FileEntry(BaseModel):
    """One file of a study: where it is, whether its content is an estimate and where it comes from.

    ``columns`` says what the file calls a column, where several would fit; ``fill`` gives a column that it lacks the
    same value in every row; ``layer`` and ``sheet`` name the one to read of several.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    path: Name
    estimated: bool = False
    source: Text | None = None
    columns: dict[str, Name] = Field(default_factory=dict)
    fill: dict[str, str | int | float] = Field(default_factory=dict)
    layer: Name | None = None
    sheet: Name | None = None

    @property
    def part(self) -> str | None:
        """The layer or sheet to read of several."""
        return self.layer or self.sheet


def _known_system(name: str, info: ValidationInfo) -> str:
    if name not in (info.context or {}).get("grids", ()):
        try:
            system_named(name, {})
        except ArgumentError as error:
            datum = error.values.get("datum", "")
            raise PydanticCustomError(error.key, "{datum}", {"datum": datum}) from error
    return name


SystemName = Annotated[str, AfterValidator(_known_system)]  # the study's own grids are the context's ``grids``


class PlacedFile(FileEntry):
    """A file with coordinates, and the system that they are in, where it is said."""

    crs: SystemName | None = None


class StreetsFile(FileEntry):
    """An OpenStreetMap extract, which is WGS-84, or a file of road lines, which may be in another system."""

    crs: SystemName = "wgs84"


class CellsFile(PlacedFile):
    """The density cells: squares of one size."""

    cell_size_m: Positive = 100.0


class SomeFiles(BaseModel):
    """The files of a study as far as they are there. What `planner density` makes of delivery records comes as
    ``cells`` or ``grid_totals``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    boundary: PlacedFile | None = None
    grids: PlacedFile | None = None
    streets: StreetsFile | None = None
    cells: CellsFile | None = None
    grid_totals: FileEntry | None = None
    appeals: PlacedFile | None = None
    checkins: FileEntry | None = None
    centres: PlacedFile | None = None
    hosts: PlacedFile | None = None
    communities: PlacedFile | None = None
    restricted: PlacedFile | None = None


class Files(SomeFiles):
    """The files of a whole study; ``communities``, ``restricted``, ``appeals`` and ``checkins`` may be left out, and
    one of ``cells`` and ``grid_totals``.
    """

    boundary: PlacedFile
    grids: PlacedFile
    streets: StreetsFile
    centres: PlacedFile
    hosts: PlacedFile

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
    crs: dict[str, ControlPoints] = Field(default_factory=dict)
    catalog: dict[str, Any] = Field(default_factory=dict)
    demand: dict[str, Any] = Field(default_factory=dict)
    scenarios: Annotated[dict[str, Scenario], Field(min_length=1)]


def read_study_file(folder: Path) -> StudyFile:
    """What ``folder/study.toml`` says. Raises ``MissingFileError`` or ``StudyError`` with all its faults."""
    path = folder / FILE_NAME
    if not path.is_file():
        raise MissingFileError("no_study", path=folder, file=FILE_NAME)
    content = read_toml(folder, FILE_NAME)
    grids = content.get("crs", {})
    try:
        return StudyFile.model_validate(content, context={"grids": grids if isinstance(grids, dict) else ()})
    except ValidationError as error:
        raise StudyError(folder.resolve().name, setting_faults(FILE_NAME, error)) from error


def read_toml(folder: Path, file: str) -> dict[str, Any]:
    """What a settings file of the study in ``folder`` says. Raises ``StudyError`` where it cannot be read as TOML."""
    name = folder.resolve().name
    try:
        return tomllib.loads((folder / file).read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise StudyError(name, [Fault(file, "text_not_utf8")]) from error
    except OSError as error:
        raise StudyError(name, [Fault(file, "cannot_open", values={"reason": error.strerror or error})]) from error
    except tomllib.TOMLDecodeError as error:
        raise StudyError(name, [Fault(file, "not_toml", values={"reason": error})]) from error


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
