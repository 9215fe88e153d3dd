"""A study that is being put together of uploaded files: what each is, and what the planner said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from planner.catalog import Catalog, load_catalog
from planner.errors import Fault, StudyError
from planner.intake.catalog_file import read_catalog
from planner.intake.columns import UNPLACED, columns_of
from planner.intake.map_files import is_map_file
from planner.intake.study_file import (
    FILE_NAME,
    CellsFile,
    FileEntry,
    PlacedFile,
    SomeFiles,
    StreetsFile,
    StudyFile,
    read_study_file,
)
from planner.intake.uploads import accepting
from planner.intake.uploads.accepting import BESIDE_SHP, SETTINGS, accept_upload, flat_path
from planner.intake.uploads.looking import Part, look_into
from planner.words import Text

_ENTRY: Final[dict[str, type[FileEntry]]] = {
    "streets": StreetsFile,
    "cells": CellsFile,
    **dict.fromkeys(UNPLACED, FileEntry),
}
_MOST_FILES: Final = 200


@dataclass(frozen=True)
class Upload:
    """One file, the look into it (``parts``, or ``faults`` where there is none) and what is said of it.

    ``role`` is what it is in the study, ``None`` where it is not told yet or is not wanted. ``part`` is the sheet or
    layer; ``columns`` and ``fill`` as in study.toml. ``crs`` is the coordinate system that the planner has confirmed.
    """

    file: str
    parts: tuple[Part, ...] = ()
    faults: tuple[Fault, ...] = ()
    role: str | None = None
    part: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    fill: Mapping[str, str] = field(default_factory=dict)
    crs: str | None = None
    cell_size_m: float | None = None
    estimated: bool = False
    source: Text | None = None

    @property
    def seen(self) -> Part | None:
        """The part that is chosen."""
        return next((part for part in self.parts if part.name == self.part), None)

    @property
    def has_position(self) -> bool:
        """Whether the planner must confirm its coordinate system: not of OpenStreetMap, nor where it has none."""
        return self.role not in (None, *UNPLACED) and not (self.seen is not None and self.seen.is_osm)

    def entry(self) -> FileEntry:
        """What study.toml says of it."""
        said: dict[str, Any] = {"path": self.file, "estimated": self.estimated, "source": self.source}
        said |= {"columns": dict(self.columns), "fill": dict(self.fill)}
        if self.part and len(self.parts) > 1:
            said["layer" if is_map_file(Path(self.file)) else "sheet"] = self.part
        if self.has_position and self.crs is not None:
            said["crs"] = self.crs
        if self.role == "cells" and self.cell_size_m is not None:
            said["cell_size_m"] = self.cell_size_m
        # The system was held against the study's own grids when it was chosen.
        return _ENTRY.get(str(self.role), PlacedFile).model_validate(said, context={"grids": {self.crs}})


@dataclass(frozen=True)
class Draft:
    """The uploads in ``folder``. ``settings`` is the study.toml that came with them, if one did, as far as it can be
    read, and ``settings_faults`` why it cannot. ``lone`` are parts of shapefiles that wait for their .shp.
    """

    folder: Path
    name: str = ""
    uploads: tuple[Upload, ...] = ()
    lone: tuple[str, ...] = ()
    settings: StudyFile | None = None
    settings_faults: tuple[Fault, ...] = ()

    @property
    def by_role(self) -> dict[str, Upload]:
        """The upload of each role; of two of one role the first."""
        return {upload.role: upload for upload in reversed(self.uploads) if upload.role is not None}

    @property
    def doubled(self) -> tuple[str, ...]:
        """The roles that more than one upload has."""
        roles = [upload.role for upload in self.uploads if upload.role is not None]
        return tuple(dict.fromkeys(role for role in roles if roles.count(role) > 1))

    @property
    def missing(self) -> tuple[str, ...]:
        """The roles that a study still needs; ``demand`` stands for cells or grid totals."""
        there = self.by_role
        needed = [role for role in ("boundary", "grids", "streets", "centres", "hosts") if role not in there]
        return (*needed, *(() if {"cells", "grid_totals"} & there.keys() else ("demand",)))

    def files(self) -> SomeFiles:
        """What study.toml says of all of them."""
        return SomeFiles().model_copy(update={role: upload.entry() for role, upload in self.by_role.items()})


def add_uploads(draft: Draft, incoming: Iterable[tuple[str, bytes]]) -> tuple[Draft, list[Fault]]:
    """The draft with these files (name, content), and what was refused; a file of a name that is there replaces it.

    What was said of a replaced file stays, but for its coordinate system, which is to be confirmed anew.
    """
    catalog, faults, fresh = catalog_of(draft), [], set()
    for name, content in incoming:
        files, refused = accept_upload(name, content)
        faults += refused
        for file, data in files.items():
            for older in draft.folder.iterdir():
                if older.name.casefold() == file.casefold() and older.name != file:
                    older.unlink()
            others = [path for path in draft.folder.iterdir() if path.name != file]
            if len(others) >= _MOST_FILES:
                faults.append(Fault(file, "upload_too_many", values={"most": _MOST_FILES}))
                continue
            if sum(path.stat().st_size for path in others) + len(data) > accepting.MOST_MB_UNPACKED * 10**6:
                faults.append(Fault(file, "upload_too_much", values={"most": accepting.MOST_MB_UNPACKED}))
                continue
            (draft.folder / file).write_bytes(data)
            fresh.add(file)
    if FILE_NAME in fresh:
        draft = _with_settings(draft)
        catalog = catalog_of(draft)
    return _looked_into(draft, fresh, catalog), faults


def remove_upload(draft: Draft, file: str) -> Draft:
    """The draft without a file and what stands beside it."""
    for path in draft.folder.iterdir():
        beside = file.lower().endswith(".shp") and path.stem == Path(file).stem and path.suffix.lower() in BESIDE_SHP
        if path.name == file or beside:
            path.unlink()
    return replace(draft, uploads=tuple(upload for upload in draft.uploads if upload.file != file))


def change_upload(draft: Draft, file: str, **said: Any) -> Draft:
    """The draft with other things said of one file; with another role or part, columns are sought anew."""
    changed = []
    for upload in draft.uploads:
        if upload.file == file:
            if said.keys() & {"role", "part"}:
                said = {"columns": {}, "fill": {}, **said}
            if "part" in said and "role" not in said:
                part = next((part for part in upload.parts if part.name == said["part"]), None)
                said["role"], said["crs"] = (part.role if part else None), None
            upload = replace(upload, **said)
        changed.append(upload)
    return replace(draft, uploads=tuple(changed))


def catalog_of(draft: Draft) -> Catalog:
    """The catalog that the draft's study will have."""
    try:
        return read_catalog(draft.folder, {} if draft.settings is None else draft.settings.catalog)
    except StudyError:  # told by the check
        return load_catalog()


def with_source(draft: Draft, file: str, source: str) -> Draft:
    """The draft with a file said to come from ``source``, in the words of whoever uploaded it."""
    said = Text.model_validate(source.strip()) if source.strip() else None
    return change_upload(draft, file, source=said)


def columns_sought(draft: Draft, upload: Upload) -> list[str]:
    """The columns that a file of this role has or may have, positions included where they stand in columns."""
    names = [column.name for column in columns_of(str(upload.role), catalog_of(draft))]
    in_columns = upload.seen is not None and upload.seen.shapes == "" and upload.role not in (None, *UNPLACED)
    return [*names, *(("lon", "lat") if in_columns else ())]


def _looked_into(draft: Draft, fresh: set[str], catalog: Catalog) -> Draft:
    there = sorted(path.name for path in draft.folder.iterdir() if path.is_file() and path.name not in SETTINGS)
    beside = {name for name in there if name.lower().endswith(BESIDE_SHP)}
    stems = {Path(name).stem for name in there if name.lower().endswith(".shp")}
    known = {upload.file: upload for upload in draft.uploads}
    fresh_stems = {Path(name).stem for name in fresh if name in beside}
    uploads = [upload for upload in draft.uploads if upload.file in there]
    for name in there:
        if name in beside:
            continue
        if name not in known:
            uploads.append(_first_look(draft, name, catalog))
        elif name in fresh or (name.lower().endswith(".shp") and Path(name).stem in fresh_stems):
            place = next(i for i, upload in enumerate(uploads) if upload.file == name)
            uploads[place] = _second_look(draft, known[name], catalog)
    lone = tuple(sorted(name for name in beside if Path(name).stem not in stems))
    return replace(draft, uploads=tuple(uploads), lone=lone)


def _first_look(draft: Draft, file: str, catalog: Catalog) -> Upload:
    """A file that is new: what it seems to be, or what the study.toml that came with it says."""
    parts, faults = look_into(draft.folder / file, catalog)
    best = max(parts, key=lambda part: part.fit, default=None)
    upload = Upload(file, parts, tuple(fault for fault in faults if fault.is_error))
    said = _said_in_settings(draft, file)
    if said is not None:
        return replace(upload, **said)
    if best is None:
        return upload
    return replace(upload, role=best.role, part=best.name)


def _second_look(draft: Draft, upload: Upload, catalog: Catalog) -> Upload:
    """A file that replaces one of its name: what was said stays as far as it can."""
    new = _first_look(draft, upload.file, catalog)
    kept = upload.part in {part.name for part in new.parts}
    part = upload.part if kept else new.part
    titles = next((set(p.titles) for p in new.parts if p.name == part), set())
    columns = {name: title for name, title in upload.columns.items() if title in titles}
    role = upload.role or new.role
    return replace(upload, parts=new.parts, faults=new.faults, part=part, role=role, columns=columns, crs=None)


def _with_settings(draft: Draft) -> Draft:
    """The draft after its study.toml has been read; what that says of a file holds against what was said before."""
    try:
        settings = read_study_file(draft.folder)
    except StudyError as error:
        return replace(draft, settings_faults=error.faults)
    finally:
        (draft.folder / FILE_NAME).unlink(missing_ok=True)  # written anew when the study is whole
    draft = replace(draft, settings=settings, settings_faults=(), name=draft.name or settings.name.zh)
    uploads = []
    for upload in draft.uploads:
        said = _said_in_settings(draft, upload.file)
        uploads.append(replace(upload, **said) if said is not None else upload)
    return replace(draft, uploads=tuple(uploads))


def _said_in_settings(draft: Draft, file: str) -> dict[str, Any] | None:
    if draft.settings is None:
        return None
    for role, entry in draft.settings.files:
        if entry is not None and flat_path(entry.path) == file:
            said: dict[str, Any] = {"role": role, "part": entry.part or "", "columns": entry.columns}
            said |= {"fill": entry.fill, "estimated": entry.estimated, "source": entry.source}
            said |= {"crs": getattr(entry, "crs", None), "cell_size_m": getattr(entry, "cell_size_m", None)}
            return said
    return None
