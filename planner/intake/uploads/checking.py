"""All that can be told of uploads before they are a whole study: faults by row, evidence of their coordinates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from pyproj import CRS

from planner.catalog import Catalog, combining_of
from planner.combining import Combining
from planner.errors import Fault, StudyError
from planner.intake.catalog_file import read_catalog
from planner.intake.city_grids import fit_city_grids
from planner.intake.columns import POSITION, UNPLACED, columns_of
from planner.intake.contents import read_contents
from planner.intake.placing import Evidence
from planner.intake.reading import Reading
from planner.intake.settling import WitnessedSettling
from planner.intake.shapes import read_shapes
from planner.intake.study_file import FILE_NAME, FileEntry, PlacedFile, StreetsFile, setting_faults
from planner.intake.tables import read_table
from planner.intake.uploads.draft import Draft, Upload, catalog_of

QUESTIONS: Final = ("crs_not_stated", "crs_unclear", "crs_fits_none")
_POLYGONS: Final = ("boundary", "grids", "communities", "restricted")


@dataclass(frozen=True)
class FileCheck:
    """What is to be told of one file.

    ``question`` is that about its coordinate system, while that is not confirmed; ``evidence`` is where its
    points fall in each system that fits, once the study's place is known.
    ``rows`` are those read, 0 where it has faults.
    """

    faults: tuple[Fault, ...] = ()
    remarks: tuple[Fault, ...] = ()
    question: Fault | None = None
    evidence: Evidence | None = None
    rows: int = 0

    @property
    def proposed(self) -> str:
        """The system that the question proposes; empty where there is no question or no proposal."""
        return "" if self.question is None else str(self.question.values.get("best", ""))


@dataclass(frozen=True)
class Check:
    """What is to be told of a draft: of each file, of study.toml, and whether the files could be placed at all."""

    files: Mapping[str, FileCheck]
    settings: tuple[Fault, ...]
    is_placed: bool

    @property
    def is_clean(self) -> bool:
        """Whether nothing is at fault and no coordinate system is open."""
        return not self.settings and all(not (file.faults or file.question) for file in self.files.values())


def check_draft(draft: Draft) -> Check:
    """The check of every upload that has a role.

    Once the boundary can be placed, the same reading as that of a whole study goes through the files that are there;
    before that, each file is read for itself.
    """
    catalog, files = catalog_of(draft), draft.files()
    combining, settings = _combining(draft, catalog)
    settings += _catalog_faults(draft)
    tables = {} if draft.settings is None else draft.settings.crs
    grids, found = fit_city_grids(FILE_NAME, tables)
    settings += [fault for fault in found if fault.is_error]
    reading = Reading(draft.folder, [], grids)
    witness = WitnessedSettling(grids)
    reading.settling = witness
    is_placed = files.boundary is not None and reading.boundary(files.boundary, files.streets)
    if is_placed:
        read_contents(reading, files, catalog, combining)
    else:
        told = {fault.file for fault in reading.faults}
        for role, entry in files:
            if entry is not None and entry.path not in told:
                reading.faults += _alone(reading, role, entry, catalog)
    rows = {source.path: source.rows for source in reading.sources}
    checks = {}
    for upload in draft.uploads:
        own = [fault for fault in reading.faults if fault.file == upload.file]
        checks[upload.file] = _file_check(upload, own, witness.seen, rows.get(upload.file, 0))
    settings += [fault for fault in reading.faults if fault.file == FILE_NAME and fault.is_error]
    return Check(checks, (*draft.settings_faults, *settings), is_placed)


def _file_check(upload: Upload, found: list[Fault], seen: Mapping[str, Evidence], rows: int) -> FileCheck:
    if upload.faults:
        return FileCheck(faults=upload.faults)
    question = next((fault for fault in found if fault.key in QUESTIONS), None)
    if question is None and upload.has_position and upload.crs is None:
        question = Fault(upload.file, "crs_unclear", values={"role": upload.role, "best": "wgs84", "figures": ""})
    faults = tuple(fault for fault in found if fault.is_error and fault.key not in QUESTIONS)
    if faults and question is not None and question.key == "crs_fits_none":
        question = None  # without rows that can be read, no system can fit
    return FileCheck(
        faults=faults,
        remarks=tuple(fault for fault in found if not fault.is_error),
        question=question,
        evidence=seen.get(str(upload.role)),
        rows=rows,
    )


def _alone(reading: Reading, role: str, entry: FileEntry, catalog: Catalog) -> list[Fault]:
    """The faults of a file whose place is not known: of all that it says but its coordinates."""
    path = reading.folder / entry.path
    columns = columns_of(role, catalog)
    if isinstance(entry, StreetsFile):
        return reading.network(entry, CRS.from_epsg(3857))[1]
    if role in _POLYGONS and isinstance(entry, PlacedFile):
        _, found = read_shapes(path, entry.crs, columns, named=entry.columns, given=entry.fill, part=entry.part)
        return [fault for fault in found if fault.key != "not_degrees"]  # metres, perhaps
    if role not in UNPLACED:
        columns = [*columns, *POSITION]
    return read_table(path, columns, named=entry.columns, given=entry.fill, part=entry.part)[1]


def _catalog_faults(draft: Draft) -> list[Fault]:
    try:
        read_catalog(draft.folder, {} if draft.settings is None else draft.settings.catalog)
    except StudyError as error:
        return list(error.faults)
    return []


def _combining(draft: Draft, catalog: Catalog) -> tuple[Combining, list[Fault]]:
    said = {} if draft.settings is None else draft.settings.demand
    try:
        return combining_of(catalog, said), []
    except ValidationError as error:
        return combining_of(catalog, {}), setting_faults(FILE_NAME, error, below="demand")
