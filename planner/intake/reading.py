"""One reading of a study folder: file by file into frames, every fault gathered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from planner import crs
from planner.crs import CityGrid, Degrees, to_wgs84
from planner.errors import Fault, StudyError
from planner.intake.city_grids import system_named
from planner.intake.columns import POSITION
from planner.intake.map_files import is_map_file
from planner.intake.osm import read_features, read_streets
from planner.intake.placeholders import placeholder_remarks
from planner.intake.placing import Ground, ground_of
from planner.intake.point_faults import point_faults, system_remarks
from planner.intake.positions import DEGREES, outline_points, project
from planner.intake.road_lines import ROAD_COLUMNS, read_road_lines
from planner.intake.settling import Settling
from planner.intake.shapes import empty_shapes, read_shapes
from planner.intake.study import Source, Streets
from planner.intake.study_file import FILE_NAME, FileEntry, PlacedFile, StreetsFile
from planner.intake.tables import Column, empty_table, read_table


class Reading:
    """The files read so far: their faults and sources. The boundary comes first, and with it the metric system."""

    def __init__(self, folder: Path, faults: list[Fault], grids: Mapping[str, CityGrid] | None = None) -> None:
        self.folder, self.faults = folder, faults
        self.sources: list[Source] = []
        self.metric: CRS
        self.area: BaseGeometry
        self.settling = Settling(grids or {})

    def boundary(self, entry: PlacedFile, streets: StreetsFile | None) -> bool:
        """Whether the boundary could be read; without it no other file can be placed.

        The streets say where it should be, if it does not say itself in degrees.
        """
        if self.needs_streets(entry):
            if streets is None:
                return False
            network, found = self.network(streets, CRS.from_epsg(3857))
            if network is None:
                self.faults += found
                return False
            self.settling = self.settling.about_streets(network.edges)
        frame = self.shapes("boundary", entry, [])
        if frame.empty:
            return False
        middle = frame.geometry.union_all().centroid
        self.metric = crs.metric_crs(middle.x, middle.y)
        self.area = crs.in_crs(frame, self.metric).geometry.union_all()
        return True

    def needs_streets(self, boundary: PlacedFile) -> bool:
        """Whether the streets must say where the boundary is: it does not say so itself in degrees."""
        return boundary.crs is None or crs.is_in_metres(system_named(boundary.crs, self.settling.grids))

    def ground(
        self, entry: StreetsFile | None, streets: Streets | None, boundary: PlacedFile | None, keys: Sequence[str]
    ) -> gpd.GeoDataFrame:
        """What the map has beside streets, in metres; from here on every file's system is held against it all."""
        if entry is None or streets is None:
            nothing = np.array([], dtype=object)
            self.settling = self.settling.about(self.area, Ground(self.metric, nothing, nothing, nothing, self.area))
            return gpd.GeoDataFrame(geometry=[], crs=self.metric)
        mapped = crs.in_crs(read_features(self.folder / entry.path, keys), self.metric)
        houses = mapped.geometry[mapped["building"] != ""]
        self._hold_against_streets(boundary, ground_of(streets.edges, houses))
        self.settling = self.settling.about(self.area, ground_of(streets.edges, houses, self.area))
        return mapped

    def _hold_against_streets(self, boundary: PlacedFile | None, ground: Ground) -> None:
        """A boundary that was taken as stated, before the streets were known, is told of if they speak against it."""
        if self.settling.near is not None or boundary is None or boundary.crs is None:
            return
        lon, lat = outline_points(crs.in_crs(gpd.GeoSeries([self.area], crs=self.metric), DEGREES)).T
        numbers = crs.from_wgs84(lon, lat, system_named(boundary.crs, self.settling.grids))
        settling = self.settling.about(self.area, ground)
        self.faults += settling.settle("boundary", boundary.path, boundary.crs, *numbers, outlines=True)[1]

    def shapes(self, role: str, entry: PlacedFile | None, columns: Sequence[Column]) -> gpd.GeoDataFrame:
        """The polygons of a file in WGS-84; none where the study has no such file or it has faults."""
        if entry is None:
            return empty_shapes(columns)
        found = unknown_columns(role, entry, columns)
        frame, more = read_shapes(
            self.folder / entry.path,
            entry.crs,
            columns,
            named=entry.columns,
            given=entry.fill,
            part=entry.part,
            settle=partial(self.settling.settle, role, entry.path, outlines=True),
        )
        found += more
        self._note(role, entry, entry.crs, len(frame), found)
        return frame

    def table(self, role: str, entry: FileEntry, columns: Sequence[Column]) -> pd.DataFrame:
        """The records of a file without positions, by spreadsheet row; only the columns that the file has."""
        found = unknown_columns(role, entry, columns)
        table, more = read_table(
            self.folder / entry.path, columns, named=entry.columns, given=entry.fill, part=entry.part
        )
        self._note(role, entry, None, len(table), found + more)
        has = {*table.attrs.get("titles", {}), *entry.fill}
        return table[[name for name in table.columns if name in has]]

    def points(
        self,
        role: str,
        entry: PlacedFile | None,
        columns: Sequence[Column],
        *,
        slack_m: float = 0.0,
        on_lattice: bool = False,
    ) -> gpd.GeoDataFrame:
        """The records of a file at their metric positions, by spreadsheet row; what is at fault is NaN or empty. None
        where the study has no such file.

        Points less than ``slack_m`` outside the boundary are not told, nor is made-up looking order in what is
        ``on_lattice`` by its nature.
        """
        if entry is None:
            return gpd.GeoDataFrame(empty_table(columns), geometry=[], crs=self.metric)
        columns = [*columns, *POSITION]
        found = unknown_columns(role, entry, columns)
        table, more = read_table(
            self.folder / entry.path, columns, named=entry.columns, given=entry.fill, part=entry.part
        )
        found += more
        x, y = table.pop("lon"), table.pop("lat")
        numbers = np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)
        told, more = self.settling.settle(role, entry.path, entry.crs, *numbers)
        degrees_x, degrees_y, system = told.in_degrees(*numbers)
        lon, lat = pd.Series(degrees_x, x.index), pd.Series(degrees_y, x.index)
        found += more + [
            Fault(entry.path, "not_in_system", row, None, f"{x[row]:.10g}, {y[row]:.10g}", {"crs": told.name})
            for row in x.index[x.notna() & y.notna() & (lon.isna() | lat.isna())]
        ]

        def place(x: Degrees, y: Degrees) -> NDArray[np.float64]:
            return project(*to_wgs84(x, y, system), self.metric)

        found += point_faults(
            entry.path,
            lon,
            lat,
            place,
            self.area,
            system=told.name,
            titles=table.attrs.get("titles", {}),
            slack_m=slack_m,
        )
        found += system_remarks(entry.path, table.attrs.get("titles", {}), told.name)
        xy = place(degrees_x, degrees_y)
        if not on_lattice:
            found += placeholder_remarks(entry.path, degrees_x, degrees_y, xy)
        known = np.isfinite(xy).all(axis=1)
        geometry = np.full(len(table), None, dtype=object)
        geometry[known] = shapely.points(xy[known])
        self._note(role, entry, entry.crs, len(table), found)
        return gpd.GeoDataFrame(table, geometry=geometry, crs=self.metric)

    def streets(self, entry: StreetsFile | None) -> Streets | None:
        """The street network in metres; none where the study has no such file or it has errors."""
        if entry is None:
            return None
        streets, found = self.network(entry, self.metric)
        if streets is not None and not streets.edges.intersects(self.area).any():
            found.append(Fault(entry.path, "osm_elsewhere"))
        self._note("streets", entry, entry.crs, 0 if streets is None else len(streets.edges), found)
        return streets

    def network(self, entry: StreetsFile, metric: CRS) -> tuple[Streets | None, list[Fault]]:
        """The street network in ``metric``, wherever it lies, and its faults; none where it has errors."""
        path, found = self.folder / entry.path, unknown_columns("streets", entry, ROAD_COLUMNS)
        if is_map_file(path):
            settle = partial(self.settling.settle, "streets", entry.path, outlines=True)
            streets, more = read_road_lines(
                path, metric, entry.crs, named=entry.columns, part=entry.part, settle=settle
            )
            return streets, found + more
        try:
            return read_streets(path, metric), found
        except StudyError as error:
            return None, [*found, *error.faults]

    def has_errors(self, file: str | None = None) -> bool:
        """Whether anything found so far, in one file or in any, keeps the study from being read."""
        return any(fault.is_error and file in (None, fault.file) for fault in self.faults)

    def _note(self, role: str, entry: FileEntry, system: str | None, rows: int, found: list[Fault]) -> None:
        self.faults += found
        self.sources.append(Source(role, entry.path, system or "", rows, entry.source, entry.estimated))


def unknown_columns(role: str, entry: FileEntry, columns: Sequence[Column]) -> list[Fault]:
    """What study.toml says of columns that a file of this role does not have."""
    known = [column.name for column in columns]
    about: dict[str, object] = {"known": ", ".join(known)}
    return [
        Fault(FILE_NAME, "setting_no_such_column", None, f"files.{role}.{setting}", name, about)
        for setting, names in (("columns", entry.columns), ("fill", entry.fill))
        for name in names
        if name not in known
    ]
