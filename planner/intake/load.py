"""A study folder → :class:`Study`: read every file, gather every fault, and only then build."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import geopandas as gpd
from pydantic import ValidationError

from planner.catalog import Catalog, combining_of
from planner.combining import Combining
from planner.errors import Fault, StudyError
from planner.intake.appeals import typed_appeals
from planner.intake.catalog_file import read_catalog
from planner.intake.cells import cell_faults, squares
from planner.intake.city_grids import fit_city_grids
from planner.intake.columns import (
    appeal_columns,
    cell_columns,
    centre_columns,
    community_columns,
    grid_columns,
    grid_total_columns,
    host_columns,
    restricted_columns,
)
from planner.intake.grid_totals import grid_totals_of, too_few_grids
from planner.intake.mapped import tag_keys
from planner.intake.reading import Reading
from planner.intake.study import GridTotals, Study
from planner.intake.study_file import FILE_NAME, Files, StudyFile, read_study_file, setting_faults
from planner.intake.tiling import in_communities, tiling_faults

# What maps draw.
_GROUND_KEYS: Final = ("building", "natural", "waterway", "railway", "leisure", "landuse")


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
    files, folder = said.files, reading.folder
    if not reading.boundary(files.boundary, files.streets):
        raise StudyError(folder.name, reading.faults)
    metric, area = reading.metric, reading.area
    streets = reading.streets(files.streets)
    keys = tuple(dict.fromkeys((*_GROUND_KEYS, *tag_keys(catalog, combining))))
    features = reading.ground(files.streets, streets, files.boundary, keys)
    grids = reading.shapes("grids", files.grids, grid_columns())
    communities = reading.shapes("communities", files.communities, community_columns())
    grids, found = in_communities(files.grids.path, grids, communities)
    reading.faults += found + tiling_faults(files.grids.path, grids.to_crs(metric), area)
    restricted = reading.shapes("restricted", files.restricted, restricted_columns(catalog))
    centres = reading.points("centres", files.centres, centre_columns(catalog))
    hosts = reading.points("hosts", files.hosts, host_columns(catalog))
    cell_size_m = files.cells.cell_size_m if files.cells else catalog.estimate.cell_size_m
    cells = reading.points("cells", files.cells, cell_columns(catalog), slack_m=cell_size_m, on_lattice=True)
    if files.cells is not None:
        if cells.empty and not reading.has_errors(files.cells.path):
            reading.faults.append(Fault(files.cells.path, "no_rows"))
        reading.faults += cell_faults(files.cells.path, cells)
    totals = _grid_totals(reading, files, grids, catalog, combining)
    appeals = _appeals(reading, files, catalog)
    if reading.has_errors() or streets is None:
        raise StudyError(folder.name, reading.faults)

    grids = grids.to_crs(metric)
    cell_squares, centre_xy, deliveries = squares(cells, grids, catalog, side_m=cell_size_m)
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
        ground=features[(features[list(_GROUND_KEYS)] != "").any(axis=1)].reset_index(drop=True),
        features=features,
        streets=streets,
        sources=tuple(reading.sources),
        combining=combining,
        cell_size_m=cell_size_m,
        grid_totals=totals,
        appeals=appeals,
        remarks=tuple(fault for fault in reading.faults if not fault.is_error),
    )


def _grid_totals(
    reading: Reading, files: Files, grids: gpd.GeoDataFrame, catalog: Catalog, combining: Combining
) -> GridTotals | None:
    entry = files.grid_totals
    if entry is None or grids.empty:
        return None
    rows = reading.table("grid_totals", entry, grid_total_columns(catalog, set(grids["grid_code"])))
    if reading.has_errors(entry.path):
        return None
    totals, found = grid_totals_of(entry.path, rows, grids, catalog, kinds_elsewhere=files.cells is not None)
    if totals is not None and files.cells is None and combining.grids_without_data == "estimate":
        found = too_few_grids(entry.path, totals)
    reading.faults += found
    return totals


def _appeals(reading: Reading, files: Files, catalog: Catalog) -> gpd.GeoDataFrame:
    rows = reading.points("appeals", files.appeals, appeal_columns())
    typed, found = typed_appeals(files.appeals.path if files.appeals else "", rows.drop(columns="geometry"), catalog)
    reading.faults += found
    return gpd.GeoDataFrame(typed, geometry=rows.geometry, crs=reading.metric).reset_index(drop=True)


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
