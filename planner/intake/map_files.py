"""Map files of every kind (GeoJSON, GeoPackage, GeoParquet, shapefile, zip, KML, tables with outlines) → frames."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from planner.crs import in_crs
from planner.errors import Fault
from planner.intake.archives import unpacked
from planner.intake.encodings import decode
from planner.intake.header import find_header, fits
from planner.intake.positions import DEGREES
from planner.intake.shapefile import read_shapefile
from planner.intake.sheets import Sheet, read_sheets
from planner.intake.text import as_text
from planner.intake.values import Column

_ZIPS: Final = (".zip", ".kmz")
_JSON: Final = (".geojson", ".json")
_PARQUET: Final = (".parquet", ".geoparquet")
_TABLES: Final = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls")
_PLAIN_MAPS: Final = (*_JSON, *_PARQUET, ".gpkg", ".shp", ".kml", ".fgb", ".gml", ".tab", ".mif")
_PAIR: Final = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*[,，\s]\s*([-+]?\d+(?:\.\d+)?)")


def is_map_file(path: Path) -> bool:
    """Whether a file's name says that it holds shapes rather than a table."""
    return path.suffix.lower() in (*_PLAIN_MAPS, *_ZIPS)


def open_shapes(
    path: Path, *, layer: str | None = None, in_degrees: bool = True
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Whatever a map file holds, in degrees, and what keeps it from being read; its index counts features from 1.

    ``layer`` is the one to read of several: a layer of a GeoPackage or KML, a file of a zip. A projection that the file
    itself states is undone, and ``attrs["was_projected"]`` says so. Outlines that do not close come as ``None``. Where
    not ``in_degrees``, the file may hold metres of a system that it does not state, and these are no faults.
    """
    try:
        with warnings.catch_warnings():
            # A broken shape becomes a fault of its feature, and numbers among texts become texts.
            warnings.simplefilter("ignore", RuntimeWarning)
            warnings.filterwarnings("ignore", "Could not parse column", UserWarning)
            opened = _open_zip if path.suffix.lower() in _ZIPS else _open_alone
            frame, faults = opened(path, layer)
    except (RuntimeError, ValueError, OSError, shapely.errors.GEOSException) as error:
        reason = str(error).replace(str(path), path.name).split(";")[0].split("\n")[0][:200]
        return _nothing(), [Fault(path.name, "shapes_unreadable", values={"reason": reason})]
    if any(fault.is_error for fault in faults):
        return _nothing(), faults
    if frame.empty:
        return _nothing(), [*faults, Fault(path.name, "no_shapes")]
    cut = frame.attrs.get("cut", [])
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    was_projected = frame.crs is not None and frame.crs.is_projected
    frame = frame if frame.crs is None else in_crs(frame, DEGREES)
    frame.attrs |= {"cut": cut, "was_projected": was_projected}
    return frame, faults + (degree_faults(path.name, frame) if in_degrees else [])


def layers_of(path: Path) -> list[str]:
    """The names of a map file's layers: more than one where there is something to choose.

    Raises ``ValueError`` or ``RuntimeError`` where the file cannot be read.
    """
    if path.suffix.lower() in (*_TABLES, *_PARQUET, *_ZIPS, ".shp"):
        return [path.stem]
    return [str(name) for name in pyogrio.list_layers(path)[:, 0]]


def degree_faults(file: str, frame: gpd.GeoDataFrame) -> list[Fault]:
    """The features whose coordinates cannot be degrees of longitude and latitude, are swapped, or are (0, 0)."""
    bounds = frame.bounds
    faults = []
    for row in frame.index[(bounds.abs() > [180, 90, 180, 90]).any(axis=1)]:
        west, south, east, north = bounds.loc[row]
        corner = f"({west:g}, {south:g})"
        is_swapped = max(abs(west), abs(east)) <= 90 and max(abs(south), abs(north)) <= 180
        faults.append(Fault(file, "shape_swapped" if is_swapped else "not_degrees", row, value=corner))
    xy, of_row = shapely.get_coordinates(frame.geometry.to_numpy(), return_index=True)
    at_zero = np.unique(of_row[(xy == 0).all(axis=1)])
    faults += [Fault(file, "shape_at_zero", int(frame.index[i])) for i in at_zero]
    return faults


def records_of(frame: gpd.GeoDataFrame, name: str = "") -> Sheet:
    """The columns of a map file as a table: its names in row 0, a row a feature, all texts."""
    titles = [str(column) for column in frame.columns if column != frame.geometry.name]
    texts = [frame[title].map(as_text).tolist() for title in titles]
    rows = {0: titles} | dict(zip((int(row) for row in frame.index), map(list, zip(*texts, strict=True)), strict=False))
    for row in frame.index:
        rows.setdefault(int(row), [])
    cut = frozenset(i for i, title in enumerate(titles) if title in frame.attrs.get("cut", []))
    return Sheet(name, rows, cut=cut, fixed_header=True)


def point_sheet(path: Path, *, layer: str | None = None) -> tuple[list[Sheet], list[Fault]]:
    """The points of a map file as one table with ``lon`` and ``lat`` from the points themselves."""
    frame, faults = open_shapes(path, layer=layer, in_degrees=False)
    if frame.empty:
        return [], faults
    rows = dict(records_of(frame).rows)
    # What the table beside the points says of their position gives way to the points.
    kept = [i for i, title in enumerate(rows[0]) if not any(fits(title, name) for name in ("lon", "lat", "lon_lat"))]
    cut = frozenset(kept.index(i) for i in records_of(frame).cut if i in kept)
    rows[0] = [rows[0][i] for i in kept] + ["lon", "lat"]
    for row, shape in frame.geometry.items():
        point = shape
        if shape is not None and shape.geom_type == "MultiPoint" and len(shape.geoms) == 1:
            point = shape.geoms[0]
        if point is None or point.is_empty:
            faults.append(Fault(path.name, "empty_point", row))
            position = ["", ""]
        elif point.geom_type != "Point":
            faults.append(Fault(path.name, "not_a_point", row, value=shape.geom_type))
            position = ["", ""]
        else:
            position = [repr(float(point.x)), repr(float(point.y))]
        rows[row] = [rows[row][i] for i in kept] + position
    return [Sheet("", rows, cut=cut, fixed_header=True)], faults


def _open_zip(path: Path, layer: str | None) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    with unpacked(path) as files:
        maps = [file for file in files if file.suffix.lower() in _PLAIN_MAPS]
        if not maps:
            there = ", ".join(file.name for file in files[:10])
            return _nothing(), [Fault(path.name, "zip_without_map", values={"there": there})]
        if len(maps) == 1:
            return _open_one(maps[0], path.name, layer)
        chosen = [file for file in maps if layer in (file.stem, file.name)]
        if len(chosen) != 1:
            names = ", ".join(dict.fromkeys(file.stem for file in maps))
            return _nothing(), [_which(path.name, names, layer)]
        return _open_one(chosen[0], path.name, None)


def _open_alone(path: Path, layer: str | None) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    return _open_one(path, path.name, layer)


def _open_one(path: Path, file: str, layer: str | None) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """One map file, told of as ``file``."""
    suffix = path.suffix.lower()
    faults: list[Fault] = []
    source: Path | bytes = path
    if suffix in _TABLES:
        return _outlines(path, file, layer)
    if suffix in _PARQUET:
        frame = gpd.read_parquet(path)
        return _plain(frame), faults
    if suffix == ".shp":
        frame, faults = read_shapefile(path)
        return frame, [Fault(file, f.key, f.row, f.column, f.value, f.values, f.severity) for f in faults]
    if suffix in _JSON:
        content = path.read_bytes()
        try:
            text, encoding = decode(content)
        except ValueError:
            return _nothing(), [Fault(file, "shapes_not_utf8")]
        if encoding != "utf-8":  # GDAL reads other encodings without a word, as wrong characters
            source = text.encode("utf-8")
            faults.append(Fault(file, "read_as", value=encoding.upper(), severity="remark"))
    layers = [str(name) for name in pyogrio.list_layers(source)[:, 0]]
    if (layer is None and len(layers) > 1) or (layer is not None and len(layers) > 1 and layer not in layers):
        return _nothing(), [_which(file, ", ".join(layers), layer)]
    chosen = layer if len(layers) > 1 else None
    frame = pyogrio.read_dataframe(source, layer=chosen, force_2d=True, on_invalid="ignore")
    return (frame if isinstance(frame, gpd.GeoDataFrame) else _nothing()), faults


def _outlines(path: Path, file: str, sheet_name: str | None) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """A table in which a column has outlines, as WKT or as ``lon,lat;lon,lat;…``."""
    sheets, faults = read_sheets(path, wanted=sheet_name)
    wanted = [Column("wkt")]
    for sheet in sheets:
        header, missing = find_header(file, sheet, wanted, {})
        if missing:
            continue
        place = header.place["wkt"]
        rows = {row: cells for row, cells in sheet.rows.items() if row > header.row}
        shapes = [_outline(cells[place] if place < len(cells) else "") for cells in rows.values()]
        others = {title: i for i, title in enumerate(header.titles) if title and i != place}
        texts = {t: [cells[i] if i < len(cells) else "" for cells in rows.values()] for t, i in others.items()}
        return gpd.GeoDataFrame(texts, geometry=shapes), faults
    return _nothing(), faults


def _outline(text: str) -> shapely.Geometry | None:
    if re.match(r"\s*(SRID=\d+;)?\s*[A-Za-z]", text):
        shape: shapely.Geometry | None = shapely.from_wkt(text.split(";")[-1], on_invalid="ignore")
        return None if shape is None else shapely.force_2d(shape)
    corners = [(float(x), float(y)) for x, y in _PAIR.findall(text)]
    return shapely.Polygon(corners) if len(corners) > 2 else None


def _plain(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The frame with one shape column, flat."""
    others = [c for c in frame.columns if c != frame.geometry.name and frame[c].dtype != "geometry"]
    return gpd.GeoDataFrame(
        frame[others].reset_index(drop=True), geometry=shapely.force_2d(frame.geometry.to_numpy()), crs=frame.crs
    )


def _which(file: str, names: str, asked: str | None) -> Fault:
    key = "several_layers" if asked is None else "no_such_layer"
    return Fault(file, key, value=asked or names, values={"there": names, "first": names.split(", ")[0]})


def _nothing() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[], crs=DEGREES)
