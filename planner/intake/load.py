"""A study folder → :class:`Study`: read every file, gather every fault, and only then build."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pydantic import ValidationError

from planner.catalog import Catalog, load_catalog
from planner.errors import Fault, StudyError
from planner.intake.cells import cell_faults, squares
from planner.intake.city_grids import fit_city_grids
from planner.intake.columns import (
    cell_columns,
    centre_columns,
    community_columns,
    grid_columns,
    host_columns,
    restricted_columns,
)
from planner.intake.reading import Reading
from planner.intake.study import Study
from planner.intake.study_file import FILE_NAME, StudyFile, read_study_file, setting_faults
from planner.intake.tiling import in_communities, tiling_faults

_GROUND_KEYS: Final = ("building", "natural", "waterway", "railway", "leisure", "landuse")


def load_study(folder: str | Path) -> Study:
    """The study in ``folder``, checked.

    Raises ``MissingFileError`` where there is no study, and ``StudyError`` with every fault of every file.
    """
    folder = Path(folder).resolve()
    said = read_study_file(folder)
    try:
        catalog = load_catalog(said.catalog)
    except ValidationError as error:
        raise StudyError(folder.name, setting_faults(FILE_NAME, error, below="catalog")) from error
    faults = _scenario_faults(said, catalog)
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
    return _study(Reading(folder, faults + found, grids), said, catalog)


def _study(reading: Reading, said: StudyFile, catalog: Catalog) -> Study:
    """Every file in turn; raises ``StudyError`` with all faults at the end."""
    files, folder = said.files, reading.folder
    if not reading.boundary(files.boundary, files.streets):
        raise StudyError(folder.name, reading.faults)
    metric, area = reading.metric, reading.area
    streets = reading.streets(files.streets)
    ground = reading.ground(files.streets, streets, files.boundary, _GROUND_KEYS)
    grids = reading.shapes("grids", files.grids, grid_columns())
    communities = reading.shapes("communities", files.communities, community_columns())
    grids, found = in_communities(files.grids.path, grids, communities)
    reading.faults += found + tiling_faults(files.grids.path, grids.to_crs(metric), area)
    restricted = reading.shapes("restricted", files.restricted, restricted_columns(catalog))
    centres = reading.points("centres", files.centres, centre_columns(catalog))
    hosts = reading.points("hosts", files.hosts, host_columns(catalog))
    cells = reading.points(
        "cells", files.cells, cell_columns(catalog), slack_m=files.cells.cell_size_m, on_lattice=True
    )
    if cells.empty and not reading.has_errors(files.cells.path):
        reading.faults.append(Fault(files.cells.path, "no_rows"))
    reading.faults += cell_faults(files.cells.path, cells)
    if reading.has_errors() or streets is None:
        raise StudyError(folder.name, reading.faults)

    grids = grids.to_crs(metric)
    cell_squares, centre_xy, deliveries = squares(cells, grids, catalog, side_m=files.cells.cell_size_m)
    return Study(
        name=said.name,
        folder=folder,
        made_up=said.made_up,
        metric_crs=metric,
        catalog=catalog,
        scenarios=said.scenarios,
        boundary=area,
        communities=communities.to_crs(metric),
        grids=grids,
        cells=cell_squares,
        centre_xy=centre_xy,
        deliveries=deliveries,
        centres=centres,
        hosts=hosts,
        restricted=restricted.to_crs(metric),
        ground=ground,
        streets=streets,
        sources=tuple(reading.sources),
        remarks=tuple(fault for fault in reading.faults if not fault.is_error),
    )


def _scenario_faults(said: StudyFile, catalog: Catalog) -> list[Fault]:
    known = ", ".join(catalog.services)
    return [
        Fault(FILE_NAME, "unknown_name", column=f"scenarios.{name}.services", value=service, values={"known": known})
        for name, scenario in said.scenarios.items()
        for service in scenario.services
        if service not in catalog.services
    ]
