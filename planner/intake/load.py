"""A study folder → :class:`Study`: read every file, gather every fault, and only then build."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pydantic import ValidationError
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from planner import crs
from planner.catalog import Catalog, combining_of, load_catalog
from planner.combining import Combining
from planner.errors import Fault, StudyError
from planner.intake.appeals import appeal_columns, typed_appeals
from planner.intake.grid_totals import read_grid_totals, too_few_grids
from planner.intake.mapped import tag_keys
from planner.intake.osm import read_features, read_streets
from planner.intake.shapes import empty_shapes, project, read_shapes
from planner.intake.study import GridTotals, Source, Streets, Study
from planner.intake.study_file import FILE_NAME, FileEntry, PlacedFile, StudyFile, read_study_file, setting_faults
from planner.intake.tables import Column, first_faults, read_table, split_names

# Further from the boundary than this, a point was surely read in the wrong coordinates (GCJ-02 is off by 700 m at most,
# but a centre across the street boundary still serves it).
FAR_FROM_BOUNDARY_M: Final = 5000.0
# What maps draw.
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
    return _Reading(folder, said, catalog, combining, faults).study()


class _Reading:
    """One reading of a study folder: the faults found so far and the metric system once the boundary is known."""

    def __init__(
        self, folder: Path, said: StudyFile, catalog: Catalog, combining: Combining, faults: list[Fault]
    ) -> None:
        self.folder, self.said, self.catalog, self.combining, self.faults = folder, said, catalog, combining, faults
        self.sources: list[Source] = []

    def study(self) -> Study:
        """Every file in turn; raises ``StudyError`` with all faults at the end."""
        files = self.said.files
        boundary = self._shapes("boundary", files.boundary, (), None)
        if boundary.empty:
            raise StudyError(self.folder.name, self.faults)  # without a boundary no other file can be placed
        middle = boundary.geometry.union_all().centroid
        metric = crs.metric_crs(middle.x, middle.y)
        area = boundary.to_crs(metric).geometry.union_all()

        grids = self._shapes("grids", files.grids, ("grid_code", "name", "community_code"), "grid_code")
        communities = self._shapes("communities", files.communities, ("community_code", "name"), "community_code")
        restricted = self._shapes("restricted", files.restricted, ("name", "reason", "services"), None)
        restricted["services"] = restricted["services"].map(split_names)
        self._check_services(files.restricted, restricted["services"])
        centres = self._points("centres", files.centres, self._centre_columns(), metric, area)
        hosts = self._points("hosts", files.hosts, self._host_columns(), metric, area)
        cells = self._points("cells", files.cells, self._cell_columns(), metric, area)
        if files.cells is not None:
            self._check_cells(files.cells.path, cells)
        totals = self._grid_totals(grids)
        appeals = self._appeals(metric, area)
        streets = self._streets(metric, area)
        if self.faults or streets is None:
            raise StudyError(self.folder.name, self.faults)
        keys = dict.fromkeys((*_GROUND_KEYS, *tag_keys(self.catalog, self.combining)))
        features = read_features(self.folder / files.streets.path, keys).to_crs(metric)
        ground = features[(features[list(_GROUND_KEYS)] != "").any(axis=1)].reset_index(drop=True)

        grids = grids.to_crs(metric)
        squares, centre_xy, deliveries = self._cells(cells, grids, metric)
        return Study(
            name=self.said.name,
            folder=self.folder,
            made_up=self.said.made_up,
            metric_crs=metric,
            catalog=self.catalog,
            scenarios=self.said.scenarios,
            boundary=area,
            communities=communities.to_crs(metric),
            grids=grids,
            cells=squares,
            centre_xy=centre_xy,
            deliveries=deliveries,
            centres=centres,
            hosts=hosts,
            restricted=restricted.to_crs(metric),
            ground=ground,
            features=features,
            streets=streets,
            sources=tuple(self.sources),
            combining=self.combining,
            cell_size_m=files.cells.cell_size_m if files.cells else self.catalog.estimate.cell_size_m,
            grid_totals=totals,
            appeals=appeals,
        )

    def _shapes(
        self, role: str, entry: PlacedFile | None, texts: tuple[str, ...], unique: str | None
    ) -> gpd.GeoDataFrame:
        if entry is None:
            return empty_shapes(texts)
        frame, found = read_shapes(self.folder / entry.path, entry.crs, texts, unique=unique)
        self.faults += found
        self._note(role, entry, entry.crs, len(frame))
        return frame

    def _grid_totals(self, grids: gpd.GeoDataFrame) -> GridTotals | None:
        entry, has_cells = self.said.files.grid_totals, self.said.files.cells is not None
        if entry is None or grids.empty:
            return None
        totals, rows, found = read_grid_totals(self.folder / entry.path, grids, self.catalog, kinds_elsewhere=has_cells)
        if totals is not None and not has_cells and self.combining.grids_without_data == "estimate":
            found = too_few_grids(entry.path, totals)
        self.faults += found
        self._note("grid_totals", entry, "", rows)
        return totals

    def _appeals(self, metric: CRS, area: BaseGeometry) -> gpd.GeoDataFrame:
        entry = self.said.files.appeals
        rows = self._points("appeals", entry, appeal_columns(), metric, area)
        typed, found = typed_appeals(entry.path if entry else "", rows.drop(columns="geometry"), self.catalog)
        self.faults += found
        return gpd.GeoDataFrame(typed, geometry=rows.geometry, crs=metric).reset_index(drop=True)

    def _check_services(self, entry: PlacedFile | None, services: pd.Series) -> None:
        """A misspelt service would bar nothing."""
        known = ", ".join(self.catalog.services)
        for row, names in enumerate(services, start=1):
            unknown = [name for name in names if name not in self.catalog.services]
            if entry is not None and unknown:
                about: dict[str, object] = {"known": known}
                self.faults.append(Fault(entry.path, "unknown_name", row, "services", "; ".join(unknown), about))

    def _streets(self, metric: CRS, area: BaseGeometry) -> Streets | None:
        entry = self.said.files.streets
        try:
            streets = read_streets(self.folder / entry.path, metric)
        except StudyError as error:
            self.faults += error.faults
            return None
        self._note("streets", entry, "wgs84", len(streets.edges))
        if not streets.edges.intersects(area).any():
            self.faults.append(Fault(entry.path, "osm_elsewhere"))
        return streets

    def _points(
        self, role: str, entry: PlacedFile | None, columns: list[Column], metric: CRS, area: BaseGeometry
    ) -> gpd.GeoDataFrame:
        if entry is None:
            return gpd.GeoDataFrame(
                {column.name: np.array([], dtype=object) for column in columns}, geometry=[], crs=metric
            )
        position = [Column("lon", "number", low=-180, high=180), Column("lat", "number", low=-90, high=90)]
        table, found = read_table(self.folder / entry.path, [*columns, *position])
        self.faults += found
        self._note(role, entry, entry.crs, len(table))
        lon, lat = crs.to_wgs84(table.pop("lon"), table.pop("lat"), entry.crs)
        xy = project(lon, lat, metric)
        known = np.isfinite(xy).all(axis=1)
        geometry = np.full(len(table), None, dtype=object)
        geometry[known] = shapely.points(xy[known])
        far = table.index.to_numpy()[np.asarray(shapely.distance(geometry, area) > FAR_FROM_BOUNDARY_M)]
        about: dict[str, object] = {"km": FAR_FROM_BOUNDARY_M / 1000, "crs": entry.crs}
        self.faults += first_faults(entry.path, None, {r: Fault(entry.path, "far_away", r, values=about) for r in far})
        return gpd.GeoDataFrame(table, geometry=geometry, crs=metric)

    def _centre_columns(self) -> list[Column]:
        return [
            Column("centre_id", unique=True),
            Column("name"),
            Column("services", "names", choices=tuple(self.catalog.services)),
            Column("open_hours", "hours"),
            Column("floor", "whole"),
            Column("address", required=False),
        ]

    def _host_columns(self) -> list[Column]:
        return [
            Column("host_id", unique=True),
            Column("name"),
            Column("kind", choices=tuple(self.catalog.host_kinds)),
            Column("floor", "whole"),
            Column("area_m2", "number", low=0),
            Column("yearly_cost_yuan", "number", low=0),
            Column("open_hours", "hours"),
        ]

    def _cell_columns(self) -> list[Column]:
        counts = [Column(f"{kind}_per_day", "number", low=0) for kind in self.catalog.delivery_kinds()]
        return [Column("cell_id"), Column("period", choices=tuple(self.catalog.periods)), *counts]

    def _check_cells(self, file: str, rows: gpd.GeoDataFrame) -> None:
        """Some cells, one place for each, and one row for each of its periods."""
        if rows.empty and not any(fault.file == file for fault in self.faults):
            self.faults.append(Fault(file, "no_rows"))
        named = rows[rows["cell_id"] != ""]
        twice = named[named.duplicated(["cell_id", "period"])]
        self.faults += first_faults(
            file,
            "period",
            {
                row: Fault(file, "duplicate_period", row, "period", period, {"cell": cell})
                for row, cell, period in zip(twice.index, twice["cell_id"], twice["period"], strict=True)
            },
        )
        first = named.drop_duplicates("cell_id").set_index("cell_id").geometry.reindex(named["cell_id"])
        moved = named[shapely.distance(first.to_numpy(), named.geometry.to_numpy()) > 1.0]
        found = {row: Fault(file, "cell_moves", row, "cell_id", cell) for row, cell in moved["cell_id"].items()}
        self.faults += first_faults(file, "cell_id", found)

    def _cells(
        self, rows: gpd.GeoDataFrame, grids: gpd.GeoDataFrame, metric: CRS
    ) -> tuple[gpd.GeoDataFrame, NDArray[np.float64], dict[str, NDArray[np.float64]]]:
        """Squares with the grid of each, their centres, and deliveries by kind as (cells, periods)."""
        cells = rows.drop_duplicates("cell_id")[["cell_id", "geometry"]].reset_index(drop=True)
        number = pd.Series(cells.index, index=cells["cell_id"])
        period = {name: j for j, name in enumerate(self.catalog.periods)}
        at = number.loc[rows["cell_id"]].to_numpy(), rows["period"].map(period).to_numpy()
        deliveries = {}
        for kind in self.catalog.delivery_kinds():
            table = np.zeros((len(cells), len(period)))
            table[at] = rows[f"{kind}_per_day"].to_numpy()
            deliveries[kind] = table
        xy = shapely.get_coordinates(cells.geometry.to_numpy())
        half = self.said.files.cells.cell_size_m / 2 if self.said.files.cells else 0.0
        squares = shapely.box(*(xy - half).T, *(xy + half).T)
        grid_of = grids.sindex.nearest(cells.geometry.to_numpy(), return_all=False)[1]
        codes = grids["grid_code"].to_numpy()[grid_of]
        frame = gpd.GeoDataFrame({"cell_id": cells["cell_id"], "grid_code": codes}, geometry=squares, crs=metric)
        return frame, xy, deliveries

    def _note(self, role: str, entry: FileEntry, system: str, rows: int) -> None:
        self.sources.append(Source(role, entry.path, system, rows, entry.source, entry.estimated))


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
