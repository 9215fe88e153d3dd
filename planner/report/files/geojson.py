"""A plan as GeoJSON, a file a layer, for web maps and whoever asks for one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from planner.plan import Plan
from planner.report.files.map_layers import GCJ02, definition_of, map_layers
from planner.report.options import ReportOptions
from planner.report.tables import key_text
from planner.words import Language

# RFC 7946 knows WGS-84 alone and no member ``crs``; other systems are told as GeoJSON 2008 did. GCJ-02 goes by its
# definition: GDAL takes a null, or a name that it does not know, for WGS-84.
_CRS_NAME: Final = {"cgcs2000": "urn:ogc:def:crs:EPSG::4490", "gcj02": GCJ02}
_DEGREE_DECIMALS: Final = 7  # a centimetre
_VALUE_DECIMALS: Final = 6
_ROWS_AT_A_TIME: Final = 5000


def write_geojson(plan: Plan, folder: Path, language: Language, options: ReportOptions) -> None:
    """``sites.geojson``, ``gaps.geojson``, ``cells_<service>.geojson`` and so on in ``folder``: a file a layer of
    :func:`planner.report.files.map_layers.map_layers` that has any feature; the cells of a district are many, and have
    a file a service.

    WGS-84 follows RFC 7946. In another system the file is called ``sites_gcj02.geojson``, has a member
    ``coordinate_system`` with its name, and ``crs`` as in GeoJSON 2008, which GDAL and QGIS read.
    Numbers are rounded to the sixth decimal, degrees to a centimetre.
    """
    system = options.data_system
    suffix = "" if system == "wgs84" else f"_{system}"
    layers = map_layers(plan, language, system)
    cells = layers.pop("cells")
    for number, service in enumerate(plan.services):
        layers[f"cells_{key_text(service, 'service', number)}"] = cells[cells["service"] == service]
    for name, frame in layers.items():
        if len(frame):
            _write(folder / f"{name}{suffix}.geojson", frame, system)


def _write(path: Path, frame: gpd.GeoDataFrame, system: str) -> None:
    head: dict[str, object] = {"type": "FeatureCollection", "name": path.stem}
    head["coordinate_system"] = definition_of(system).name
    if system in _CRS_NAME:
        head["crs"] = {"type": "name", "properties": {"name": _CRS_NAME[system]}}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{_coded(head)[:-1]},"features":[\n')
        for number, feature in enumerate(_features(frame)):
            file.write(f",\n{feature}" if number else feature)
        file.write("\n]}\n")


def _features(frame: gpd.GeoDataFrame) -> Iterator[str]:
    """Each row as a feature; what is not a number is null."""
    for start in range(0, len(frame), _ROWS_AT_A_TIME):
        rows = frame.iloc[start : start + _ROWS_AT_A_TIME]
        values = pd.DataFrame(rows.drop(columns="geometry")).round(_VALUE_DECIMALS).astype(object)
        properties = values.where(values.notna(), None).to_dict("records")
        for row, shape in zip(properties, _shapes(rows.geometry.to_numpy()), strict=True):
            yield f'{{"type":"Feature","properties":{_coded(row)},"geometry":{shape}}}'


def _shapes(shapes: NDArray[np.object_]) -> list[str]:
    """Rounded, outer rings counter-clockwise as RFC 7946 wants them."""
    rounded = shapely.transform(shapely.orient_polygons(shapes), lambda xy: xy.round(_DEGREE_DECIMALS))
    return list(shapely.to_geojson(rounded))


def _coded(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
