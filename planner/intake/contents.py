"""What the files of a study hold, as far as they are there, each at its place; every fault gathered on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import pandas as pd

from planner.catalog import Catalog
from planner.combining import Combining
from planner.crs import in_crs
from planner.errors import Fault
from planner.intake.appeals import typed_appeals
from planner.intake.cells import cell_faults
from planner.intake.checkins import empty_checkins, typed_checkins
from planner.intake.columns import checkin_columns, columns_of, grid_total_columns
from planner.intake.facilities import typed_offers
from planner.intake.grid_totals import grid_totals_of, too_few_grids
from planner.intake.mapped import tag_keys
from planner.intake.reading import Reading
from planner.intake.study import GridTotals, Streets
from planner.intake.study_file import SomeFiles
from planner.intake.tiling import in_communities, tiling_faults

# What maps draw.
GROUND_KEYS: Final = ("building", "natural", "waterway", "railway", "leisure", "landuse")


@dataclass(frozen=True)
class Contents:
    """The records of the files, empty where there is no such file or it has faults.

    Polygons are in WGS-84, the others in metres. ``features`` and ``streets`` are what the map of the streets holds.
    """

    streets: Streets | None
    features: gpd.GeoDataFrame
    grids: gpd.GeoDataFrame
    communities: gpd.GeoDataFrame
    restricted: gpd.GeoDataFrame
    centres: gpd.GeoDataFrame
    hosts: gpd.GeoDataFrame
    cells: gpd.GeoDataFrame
    cell_size_m: float
    totals: GridTotals | None
    appeals: gpd.GeoDataFrame
    checkins: pd.DataFrame


def read_contents(reading: Reading, files: SomeFiles, catalog: Catalog, combining: Combining) -> Contents:
    """Every file beside the boundary, which is read already, in turn."""
    streets = reading.streets(files.streets)
    keys = tuple(dict.fromkeys((*GROUND_KEYS, *tag_keys(catalog, combining))))
    features = reading.ground(files.streets, streets, files.boundary, keys)
    grids = reading.shapes("grids", files.grids, columns_of("grids", catalog))
    communities = reading.shapes("communities", files.communities, columns_of("communities", catalog))
    if files.grids is not None:
        grids, found = in_communities(files.grids.path, grids, communities)
        reading.faults += found + tiling_faults(files.grids.path, in_crs(grids, reading.metric), reading.area)
    cell_size_m = files.cells.cell_size_m if files.cells else catalog.estimate.cell_size_m
    centres = _centres(reading, files, catalog)
    return Contents(
        streets=streets,
        features=features,
        grids=grids,
        communities=communities,
        restricted=reading.shapes("restricted", files.restricted, columns_of("restricted", catalog)),
        centres=centres,
        hosts=reading.points("hosts", files.hosts, columns_of("hosts", catalog)),
        cells=_cells(reading, files, catalog, cell_size_m),
        cell_size_m=cell_size_m,
        totals=_grid_totals(reading, files, grids, catalog, combining),
        appeals=_appeals(reading, files, catalog),
        checkins=_checkins(reading, files, centres),
    )


def _centres(reading: Reading, files: SomeFiles, catalog: Catalog) -> gpd.GeoDataFrame:
    centres = reading.points("centres", files.centres, columns_of("centres", catalog))
    path = files.centres.path if files.centres else ""
    offers, found = typed_offers(path, centres["offers"], centres["services"], catalog)
    reading.faults += found
    return centres.assign(offers=offers)


def _cells(reading: Reading, files: SomeFiles, catalog: Catalog, cell_size_m: float) -> gpd.GeoDataFrame:
    cells = reading.points("cells", files.cells, columns_of("cells", catalog), slack_m=cell_size_m, on_lattice=True)
    if files.cells is not None:
        if cells.empty and not reading.has_errors(files.cells.path):
            reading.faults.append(Fault(files.cells.path, "no_rows"))
        reading.faults += cell_faults(files.cells.path, cells)
    return cells


def _grid_totals(
    reading: Reading, files: SomeFiles, grids: gpd.GeoDataFrame, catalog: Catalog, combining: Combining
) -> GridTotals | None:
    entry = files.grid_totals
    if entry is None or (grids.empty and files.grids is not None):
        return None
    codes = None if files.grids is None else set(grids["grid_code"])
    rows = reading.table("grid_totals", entry, grid_total_columns(catalog, codes))
    if reading.has_errors(entry.path) or codes is None:
        return None
    totals, found = grid_totals_of(entry.path, rows, grids, catalog, kinds_elsewhere=files.cells is not None)
    if totals is not None and files.cells is None and combining.grids_without_data == "estimate":
        found = too_few_grids(entry.path, totals)
    reading.faults += found
    return totals


def _appeals(reading: Reading, files: SomeFiles, catalog: Catalog) -> gpd.GeoDataFrame:
    rows = reading.points("appeals", files.appeals, columns_of("appeals", catalog))
    typed, found = typed_appeals(files.appeals.path if files.appeals else "", rows.drop(columns="geometry"), catalog)
    reading.faults += found
    return gpd.GeoDataFrame(typed, geometry=rows.geometry, crs=reading.metric).reset_index(drop=True)


def _checkins(reading: Reading, files: SomeFiles, centres: gpd.GeoDataFrame) -> pd.DataFrame:
    entry = files.checkins
    if entry is None:
        return empty_checkins()
    rows = reading.table("checkins", entry, checkin_columns())
    no_stations = files.centres is None or reading.has_errors(files.centres.path)
    if no_stations or len(rows.columns) < len(checkin_columns()):
        return empty_checkins()
    checkins, found = typed_checkins(entry.path, rows, centres)
    if checkins.empty and not found and not reading.has_errors(entry.path):
        found = [Fault(entry.path, "no_rows")]
    reading.faults += found
    return checkins
