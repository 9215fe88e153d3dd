"""What a draft lacks, estimated from its OpenStreetMap extract as ``planner new`` does, and marked as such."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd

from planner.crs import in_crs
from planner.errors import StudyError
from planner.intake.new_study import new_study
from planner.intake.positions import DEGREES
from planner.intake.reading import Reading
from planner.intake.study_file import read_study_file
from planner.intake.uploads.draft import Draft, Upload, catalog_of
from planner.intake.uploads.looking import look_into
from planner.words import Language

_MARK = "estimated-"


def can_be_estimated(draft: Draft) -> tuple[str, ...]:
    """The roles that are missing and that the map of the streets can stand in for; none without an OpenStreetMap
    extract, or while the boundary's coordinate system is open.

    Totals by grid are of grids that somebody has drawn: for these no squares can stand in.
    """
    there = draft.by_role
    streets, boundary = there.get("streets"), there.get("boundary")
    if streets is None or streets.seen is None or not streets.seen.is_osm:
        return ()
    if boundary is not None and (boundary.crs is None or boundary.faults):
        return ()
    missing = tuple("cells" if role == "demand" else role for role in draft.missing)
    return tuple(role for role in missing if role != "grids" or "grid_totals" not in there)


def estimate_missing(draft: Draft, language: Language) -> Draft:
    """The draft with a file for each of :func:`can_be_estimated`; existing centres come as an empty table.

    Raises ``PlannerError`` where the extract or the boundary cannot be used.
    """
    roles, there, catalog = can_be_estimated(draft), draft.by_role, catalog_of(draft)
    with tempfile.TemporaryDirectory() as aside:
        boundary = None
        if "boundary" in there:
            boundary = Path(aside) / "boundary.geojson"
            boundary.write_text(_boundary_in_degrees(draft), encoding="utf-8")
        osm = draft.folder / there["streets"].file
        made = new_study(Path(aside) / "study", osm, boundary=boundary, name=draft.name or None, language=language)
        uploads = []
        for role, entry in read_study_file(made).files:
            if role not in roles or entry is None:
                continue
            file = f"{_MARK}{entry.path}"
            (draft.folder / file).write_bytes((made / entry.path).read_bytes())
            parts, _ = look_into(draft.folder / file, catalog)
            uploads.append(
                Upload(
                    file,
                    parts,
                    role=role,
                    crs="wgs84",
                    cell_size_m=getattr(entry, "cell_size_m", None),
                    estimated=entry.estimated,
                    source=entry.source,
                )
            )
    names = {upload.file for upload in uploads}
    kept = tuple(upload for upload in draft.uploads if upload.file not in names)
    return replace(draft, uploads=(*kept, *uploads))


def _boundary_in_degrees(draft: Draft) -> str:
    files = draft.files()
    assert files.boundary is not None
    reading = Reading(draft.folder, [])
    if not reading.boundary(files.boundary, files.streets):
        raise StudyError(files.boundary.path, reading.faults)
    area = in_crs(gpd.GeoSeries([reading.area], crs=reading.metric), DEGREES)
    text: str = gpd.GeoDataFrame(geometry=area).to_json(drop_id=True)
    return text
