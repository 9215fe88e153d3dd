"""A plan as a GeoPackage in WGS-84, for QGIS and other mapping programs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from planner.plan import Plan
from planner.report.demand_tables import appeal_table, hot_spot_table
from planner.report.options import ReportOptions
from planner.report.tables import cell_table, gap_table, site_table
from planner.words import Language

# GDAL stamps each layer with the time; a fixed one makes the same plan the same bytes.
_STAMP: Final = "2000-01-01T00:00:00.000Z"


def write_geopackage(plan: Plan, folder: Path, language: Language, _: ReportOptions) -> None:
    """``plan.gpkg`` in ``folder``: layers ``sites``, ``gaps``, ``cells``, ``grids``, ``appeals`` and ``hot_spots``;
    columns as in :mod:`planner.report.tables` and :mod:`planner.report.demand_tables`.

    ``gaps`` and ``hot_spots`` are multipolygons with ``service`` and ``stage``; ``cells`` has a row a cell and service.
    """
    study, path = plan.study, folder / "plan.gpkg"
    layers = {
        "sites": site_table(plan, language),
        "gaps": gap_table(plan, language),
        "cells": cell_table(plan, language),
        "grids": study.grids[["grid_code", "name", "community_code", "geometry"]],
        "appeals": appeal_table(plan, language),
        "hot_spots": hot_spot_table(plan, language),
    }
    with _fixed_stamp():
        for name, frame in layers.items():
            kind = "Point" if name in ("sites", "appeals") else "MultiPolygon"
            pyogrio.write_dataframe(
                _in_degrees(frame, kind), path, layer=name, driver="GPKG", geometry_type=kind, append=path.exists()
            )


def _in_degrees(frame: gpd.GeoDataFrame, kind: str) -> gpd.GeoDataFrame:
    degrees = frame.to_crs(4326)
    if kind == "MultiPolygon":
        shapes = [_multi(shape) for shape in degrees.geometry]
        degrees = degrees.set_geometry(gpd.GeoSeries(shapes, index=degrees.index, crs=4326))
    text = [c for c in degrees.columns if c != "geometry" and pd.api.types.is_object_dtype(degrees[c])]
    return degrees.astype(dict.fromkeys(text, "str")) if len(degrees) else degrees


def _multi(shape: shapely.Geometry) -> shapely.Geometry:
    """The polygons of a shape; a line or point left over where a cell only touches the boundary is no area."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)


@contextmanager
def _fixed_stamp() -> Iterator[None]:
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _STAMP})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
