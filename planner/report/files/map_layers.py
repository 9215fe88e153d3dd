"""The layers of a plan for a mapping program, in the coordinate system that the office asked for."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from planner.crs import from_wgs84, in_crs
from planner.plan import Plan
from planner.report.demand_tables import appeal_table, hot_spot_table
from planner.report.files.plain_text import printable
from planner.report.tables import cell_table, gap_table, site_table
from planner.words import Language

POINT_LAYERS: Final = ("sites", "appeals")
# No register has a code for GCJ-02, and nothing but its own formula leads to WGS-84: a name that says so keeps a
# mapping program from taking its degrees for WGS-84.
GCJ02: Final = (
    'GEOGCS["GCJ-02 (AMap)",DATUM["GCJ-02",SPHEROID["WGS 84",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
)
_DEFINITIONS: Final = {"wgs84": "EPSG:4326", "cgcs2000": "EPSG:4490", "gcj02": GCJ02}


def map_layers(plan: Plan, language: Language, system: str) -> dict[str, gpd.GeoDataFrame]:
    """``sites``, ``gaps``, ``cells``, ``grids``, ``appeals`` and ``hot_spots``, in degrees of ``system``, which is one
    of :data:`planner.report.options.DATA_SYSTEMS`; columns as in :mod:`planner.report.tables` and
    :mod:`planner.report.demand_tables`.

    ``sites`` and ``appeals`` are points, all others multipolygons. ``cells`` has a row a cell and service.
    """
    layers = {
        "sites": site_table(plan, language),
        "gaps": gap_table(plan, language),
        "cells": cell_table(plan, language),
        "grids": plan.study.grids[["grid_code", "name", "community_code", "geometry"]],
        "appeals": appeal_table(plan, language),
        "hot_spots": hot_spot_table(plan, language),
    }
    return {name: _in_degrees(frame, name, system) for name, frame in layers.items()}


def layer_kind(name: str) -> str:
    """The kind of geometry of a layer, as GDAL names it."""
    return "Point" if name in POINT_LAYERS else "MultiPolygon"


def definition_of(system: str) -> pyproj.CRS:
    """A coordinate system of degrees as mapping programs define it."""
    return pyproj.CRS.from_user_input(_DEFINITIONS[system])


def degrees_of(frame: gpd.GeoDataFrame, system: str) -> NDArray[np.object_]:
    """The shapes of a metric frame in degrees of ``system``."""
    shapes = in_crs(frame.geometry, "EPSG:4326").to_numpy()
    if system == "wgs84":
        return np.asarray(shapes, dtype=object)
    moved: NDArray[np.object_] = shapely.transform(
        shapes, lambda xy: np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], system))
    )
    return moved


def _in_degrees(frame: gpd.GeoDataFrame, name: str, system: str) -> gpd.GeoDataFrame:
    shapes = degrees_of(frame, system)
    if layer_kind(name) == "MultiPolygon":
        shapes = _areas(shapes)
    degrees = gpd.GeoDataFrame(
        pd.DataFrame(frame.drop(columns=frame.geometry.name)), geometry=shapes, crs=definition_of(system)
    )
    text = degrees.drop(columns="geometry").select_dtypes(["object", "string"]).columns
    return degrees.assign(**{column: degrees[column].astype("str").map(printable) for column in text})


def _areas(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """The polygons of each shape; a line or point left over where a cell only touches the boundary is no area."""
    parts, shape_of = shapely.get_parts(shapes, return_index=True)
    is_area = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    areas = np.full(len(shapes), shapely.MultiPolygon(), dtype=object)
    shapely.multipolygons(parts[is_area], indices=shape_of[is_area], out=areas)
    return areas
