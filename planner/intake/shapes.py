"""GeoJSON, GeoPackage and other polygon files → frames in the study's metric system; every fault at once."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from planner import crs
from planner.errors import Fault


def read_shapes(
    path: Path, system: str, texts: Sequence[str], *, unique: str | None = None
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """The polygons of a file in WGS-84 with the text columns asked for, and the faults found.

    ``unique`` is the column that tells the polygons apart. Codes that the file holds as numbers become digits.
    """
    nothing = gpd.GeoDataFrame({name: [] for name in texts}, geometry=[], crs="EPSG:4326")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a file without a projection: `system` states it
            frame = pyogrio.read_dataframe(path)
    except (pyogrio.errors.DataSourceError, UnicodeDecodeError) as error:
        return nothing, [Fault(path.name, "shapes_unreadable", values={"reason": str(error)[:160]})]
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        return nothing, [Fault(path.name, "no_shapes")]
    missing = [name for name in texts if name not in frame.columns]
    if missing:
        there = ", ".join(c for c in frame.columns if c != "geometry")
        return nothing, [Fault(path.name, "missing_column", column=name, values={"there": there}) for name in missing]
    frame = frame[[*texts, "geometry"]].copy()
    for name in texts:
        frame[name] = frame[name].map(_as_text)
    faults = _shape_faults(path.name, frame)
    if unique is not None:
        doubles = frame[unique].duplicated() | (frame[unique] == "")
        for i in np.flatnonzero(doubles):
            value = frame[unique].iloc[i]
            faults.append(Fault(path.name, "duplicate" if value else "empty_value", int(i) + 1, unique, value))
    if faults:
        return nothing, faults
    frame["geometry"] = shapely.transform(
        frame.geometry.to_numpy(), lambda xy: np.column_stack(crs.to_wgs84(xy[:, 0], xy[:, 1], system))
    )
    return frame.set_crs("EPSG:4326", allow_override=True), []


def project(lon: NDArray[np.float64], lat: NDArray[np.float64], metric_crs: CRS) -> NDArray[np.float64]:
    """Metric positions (points, 2) of WGS-84 longitudes and latitudes."""
    x, y = Transformer.from_crs("EPSG:4326", metric_crs, always_xy=True).transform(lon, lat)
    return np.column_stack([x, y])


def _shape_faults(file: str, frame: gpd.GeoDataFrame) -> list[Fault]:
    faults = []
    for i, shape in enumerate(frame.geometry, start=1):
        if shape is None or shape.is_empty:
            faults.append(Fault(file, "empty_shape", i))
        elif shape.geom_type not in ("Polygon", "MultiPolygon"):
            faults.append(Fault(file, "not_a_polygon", i, value=shape.geom_type))
        elif not shape.is_valid:
            faults.append(Fault(file, "invalid_shape", i, values={"reason": shapely.is_valid_reason(shape)}))
        elif np.abs(shape.bounds[0::2]).max() > 180 or np.abs(shape.bounds[1::2]).max() > 90:
            faults.append(Fault(file, "not_degrees", i, value=shape.bounds[:2]))
    return faults


def _as_text(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
