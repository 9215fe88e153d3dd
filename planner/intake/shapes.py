"""Polygons of map files → frames in WGS-84 degrees; every fault at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import shapely

from planner.errors import Fault
from planner.intake.map_files import degree_faults, open_shapes, records_of
from planner.intake.positions import DEGREES, Settle, as_stated, shapes_in_degrees, shapes_in_wgs84
from planner.intake.tables import Column, empty_table, read_sheet

__all__ = ["empty_shapes", "open_shapes", "read_shapes", "shape_faults"]


def read_shapes(
    path: Path,
    system: str | None,
    columns: Sequence[Column],
    *,
    named: Mapping[str, str] | None = None,
    given: Mapping[str, object] | None = None,
    part: str | None = None,
    settle: Settle = as_stated,
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """The polygons of a file in WGS-84 with the columns asked for, in their order, and the faults found.

    ``system`` is that of the file's coordinates, or of the degrees that are left where it states its own projection;
    ``settle`` finds it out where it is ``None``. ``named``, ``given`` and ``part`` as in
    :func:`planner.intake.tables.read_table`. Where there are errors the frame is empty.
    """
    frame, faults = open_shapes(path, layer=part, in_degrees=False)
    if frame.empty:
        return empty_shapes(columns), faults
    frame, system, asked = shapes_in_degrees(frame, system, settle)
    faults += degree_faults(path.name, frame)
    table, found = read_sheet(path.name, records_of(frame), columns, named=named, given=given)
    faults += found + shape_faults(path.name, frame)
    if any(fault.is_error for fault in faults):
        return empty_shapes(columns), faults + asked
    shapes = gpd.GeoDataFrame(table, geometry=frame.geometry.loc[table.index], crs=DEGREES)
    return shapes_in_wgs84(shapes, system).reset_index(drop=True), faults + asked


def empty_shapes(columns: Sequence[Column]) -> gpd.GeoDataFrame:
    """No polygons, with these columns."""
    return gpd.GeoDataFrame(empty_table(columns), geometry=[], crs=DEGREES)


def shape_faults(file: str, frame: gpd.GeoDataFrame) -> list[Fault]:
    """What keeps the features of ``frame`` from being polygons; its index counts them."""
    faults = []
    for row, shape in frame.geometry.items():
        if shape is None or shape.is_empty:
            faults.append(Fault(file, "empty_shape", row))
        elif shape.geom_type not in ("Polygon", "MultiPolygon"):
            faults.append(Fault(file, "not_a_polygon", row, value=shape.geom_type))
        elif not shape.is_valid:
            faults.append(Fault(file, "invalid_shape", row, values={"reason": shapely.is_valid_reason(shape)}))
    return faults
