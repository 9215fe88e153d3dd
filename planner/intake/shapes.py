"""GeoJSON, GeoPackage and other map files → frames in WGS-84 degrees; every fault at once."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from planner import crs
from planner.errors import Fault
from planner.intake.tables import first_faults

_DEGREES: Final = "EPSG:4326"


def read_shapes(
    path: Path, system: str, texts: Sequence[str], *, unique: str | None = None
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """The polygons of a file in WGS-84 with the text columns asked for, and the faults found.

    ``system`` is that of the file's degrees. ``unique`` is the column that tells the polygons apart. Codes that the
    file holds as numbers become digits. Where there are faults the frame is empty.
    """
    nothing = empty_shapes(texts)
    frame, faults = open_shapes(path)
    if frame.empty:
        return nothing, faults
    there = ", ".join(c for c in frame.columns if c != "geometry")
    faults += [
        Fault(path.name, "missing_column", column=name, values={"there": there})
        for name in texts
        if name not in frame.columns
    ]
    faults += shape_faults(path.name, frame)
    for name in texts:
        if name in frame.columns:
            frame[name] = frame[name].map(as_text)
    if unique in frame.columns:
        doubles = frame.index[frame[unique].duplicated() | (frame[unique] == "")]
        kinds = {row: "duplicate" if frame[unique][row] else "empty_value" for row in doubles}
        found = {row: Fault(path.name, key, row, unique, frame[unique][row]) for row, key in kinds.items()}
        faults += first_faults(path.name, unique, found)
    if faults:
        return nothing, faults
    geometry = shapely.transform(
        frame.geometry.to_numpy(), lambda xy: np.column_stack(crs.to_wgs84(xy[:, 0], xy[:, 1], system))
    )
    return gpd.GeoDataFrame(frame[list(texts)], geometry=geometry, crs=_DEGREES).reset_index(drop=True), []


def empty_shapes(texts: Sequence[str]) -> gpd.GeoDataFrame:
    """No polygons, with these text columns."""
    return gpd.GeoDataFrame({name: [] for name in texts}, geometry=[], crs=_DEGREES)


def open_shapes(path: Path) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Whatever a map file holds, in degrees, and what keeps it from being read; its index counts features from 1.

    A projection that the file itself states is undone. Outlines that do not close come as ``None``.
    """
    try:
        if path.suffix in (".geojson", ".json"):
            path.read_bytes().decode("utf-8-sig")  # GDAL reads other encodings without a word, as wrong characters
        layers = pyogrio.list_layers(path)[:, 0]
        if len(layers) > 1:
            return empty_shapes(()), [Fault(path.name, "several_layers", value=", ".join(layers))]
        with warnings.catch_warnings():
            # A broken shape becomes a fault of its feature, and numbers among texts become texts.
            warnings.filterwarnings("ignore", "Non closed ring|Unsupported geometry type", RuntimeWarning)
            warnings.filterwarnings("ignore", "Could not parse column", UserWarning)
            frame = pyogrio.read_dataframe(path, force_2d=True, on_invalid="ignore")
    except UnicodeDecodeError:
        return empty_shapes(()), [Fault(path.name, "shapes_not_utf8")]
    except (RuntimeError, OSError, UnicodeEncodeError) as error:  # the last: a path that GDAL cannot take
        reason = str(error).replace(str(path), path.name).split(";")[0]
        return empty_shapes(()), [Fault(path.name, "shapes_unreadable", values={"reason": reason})]
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        return empty_shapes(()), [Fault(path.name, "no_shapes")]
    frame.index += 1
    frame = frame if frame.crs is None else frame.to_crs(_DEGREES)
    bounds = frame.bounds
    outside = frame.index[(bounds.abs() > [180, 90, 180, 90]).any(axis=1)]
    corners = {row: "({:g}, {:g})".format(*bounds.loc[row]) for row in outside}
    faults = {row: Fault(path.name, "not_degrees", row, value=corner) for row, corner in corners.items()}
    return frame, first_faults(path.name, None, faults)


def shape_faults(file: str, frame: gpd.GeoDataFrame) -> list[Fault]:
    """What keeps the features of ``frame`` from being polygons; its index counts them."""
    faults = {}
    for row, shape in frame.geometry.items():
        if shape is None or shape.is_empty:
            faults[row] = Fault(file, "empty_shape", row)
        elif shape.geom_type not in ("Polygon", "MultiPolygon"):
            faults[row] = Fault(file, "not_a_polygon", row, value=shape.geom_type)
        elif not shape.is_valid:
            faults[row] = Fault(file, "invalid_shape", row, values={"reason": shapely.is_valid_reason(shape)})
    return first_faults(file, None, faults)


def project(lon: NDArray[np.float64], lat: NDArray[np.float64], metric_crs: CRS) -> NDArray[np.float64]:
    """Metric positions (points, 2) of WGS-84 longitudes and latitudes."""
    x, y = Transformer.from_crs(_DEGREES, metric_crs, always_xy=True).transform(lon, lat)
    return np.column_stack([x, y])


def as_text(value: object) -> str:
    """A value of a map file as text: nothing as empty, a whole number without a decimal point."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
