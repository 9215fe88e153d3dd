"""A study folder → :class:`Study`: read every file, gather every fault, and only then build."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from planner.catalog import Catalog, combining_of
from planner.combining import Combining
from planner.crs import in_crs
from planner.errors import Fault, StudyError
from planner.intake.catalog_file import read_catalog
from planner.intake.cells import squares
from planner.intake.city_grids import fit_city_grids
from planner.intake.contents import GROUND_KEYS, read_contents
from planner.intake.reading import Reading
from planner.intake.study import Study
from planner.intake.study_file import FILE_NAME, StudyFile, read_study_file, setting_faults


def load_study(folder: str | Path) -> Study:
    """The study in ``folder``, checked. A ``catalog.toml`` in it is used instead of the shipped one.

    Raises ``MissingFileError`` where there is no study, and ``StudyError`` with every fault of every file.
    """
    folder = Path(folder).resolve()
    said = read_study_file(folder)
    catalog = read_catalog(folder, said.catalog)
    try:
        combining = combining_of(catalog, said.demand)
    except ValidationError as error:
        raise StudyError(folder.name, setting_faults(FILE_NAME, error, below="demand")) from error
    faults = [*_scenario_faults(said, catalog), *_combining_faults(said, catalog, combining)]
    missing = [
        Fault(entry.path, "no_such_file", values={"role": role})
        for role, entry in said.files
        if entry is not None and not (folder / entry.path).is_file()
    ]
    if missing:
        raise StudyError(folder.name, [*faults, *missing])
    grids, found = fit_city_grids(FILE_NAME, said.crs)
    if any(fault.is_error for fault in found):
        raise StudyError(folder.name, [*faults, *found])
    return _study(Reading(folder, faults + found, grids), said, catalog, combining)


def _study(reading: Reading, said: StudyFile, catalog: Catalog, combining: Combining) -> Study:
    """Every file in turn; raises ``StudyError`` with all faults at the end."""
    folder = reading.folder
    if not reading.boundary(said.files.boundary, said.files.streets):
        raise StudyError(folder.name, reading.faults)
    read = read_contents(reading, said.files, catalog, combining)
    if reading.has_errors() or read.streets is None:
        raise StudyError(folder.name, reading.faults)

    metric = reading.metric
    grids = in_crs(read.grids, metric)
    cell_squares, centre_xy, deliveries = squares(read.cells, grids, catalog, side_m=read.cell_size_m)
    features = read.features
    return Study(
        name=said.name,
        folder=folder,
        made_up=said.made_up,
        metric_crs=metric,
        catalog=catalog,
        scenarios=said.scenarios,
        boundary=reading.area,
        communities=in_crs(read.communities, metric),
        grids=grids,
        cells=cell_squares,
        centre_xy=centre_xy,
        deliveries=deliveries,
        centres=read.centres,
        hosts=read.hosts,
        restricted=in_crs(read.restricted, metric),
        ground=features[(features[list(GROUND_KEYS)] != "").any(axis=1)].reset_index(drop=True),
        features=features,
        streets=read.streets,
        sources=tuple(reading.sources),
        combining=combining,
        cell_size_m=read.cell_size_m,
        grid_totals=read.totals,
        appeals=read.appeals,
        checkins=read.checkins,
        remarks=tuple(fault for fault in reading.faults if not fault.is_error),
    )


def _scenario_faults(said: StudyFile, catalog: Catalog) -> list[Fault]:
    faults = []
    for name, scenario in said.scenarios.items():
        for key, names, known in (
            ("services", scenario.services, tuple(catalog.services)),
            ("demand_factor", scenario.demand_factor, catalog.delivery_kinds()),
        ):
            faults += _unknown_names(f"scenarios.{name}.{key}", names, known)
    return faults


def _combining_faults(said: StudyFile, catalog: Catalog, combining: Combining) -> list[Fault]:
    """Services that do not exist, and services for which no part that is there weighs anything."""
    faults = _unknown_names("demand.services", combining.services, tuple(catalog.services))
    there = [name for name in ("cells", "grid_totals") if getattr(said.files, name) is not None]
    for service in catalog.services:
        parts = combining.parts_of(service)
        if not any(getattr(parts, name) > 0 for name in there):
            values: dict[str, object] = {"parts": ", ".join(there)}
            faults.append(Fault(FILE_NAME, "no_part_weighs", column=f"demand.services.{service}", values=values))
    return faults


def _unknown_names(place: str, names: Iterable[str], known: tuple[str, ...]) -> list[Fault]:
    about: dict[str, object] = {"known": ", ".join(known)}
    return [
        Fault(FILE_NAME, "unknown_name", column=place, value=name, values=about) for name in names if name not in known
    ]
