"""``planner new``: an OpenStreetMap extract → a study folder, with everything that it estimates marked as such."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from planner.catalog import Catalog, load_catalog
from planner.crs import in_crs, metric_crs
from planner.errors import ArgumentError, Fault, MissingFileError, OutputError, StudyError
from planner.intake.estimate import estimate_deliveries, hosts_at_corners, hosts_from_features, lattice
from planner.intake.mapped import tag_keys
from planner.intake.osm import OSM_SUFFIXES, read_features, read_streets
from planner.intake.shapes import open_shapes, shape_faults
from planner.intake.study import Streets
from planner.intake.study_file import FILE_NAME
from planner.intake.text import as_text
from planner.words import LANGUAGES, Language, reader_language, say

FEATURE_KEYS: Final = tag_keys(load_catalog(), load_catalog().combining)
_EDGE_M: Final = 50.0


def new_study(
    folder: str | Path,
    osm: str | Path,
    *,
    boundary: str | Path | None = None,
    boundary_name: str | None = None,
    features: str | Path | None = None,
    name: str | None = None,
    language: Language | None = None,
) -> Path:
    """A study folder made from an OpenStreetMap extract (.osm, .osm.pbf, .graphml); the folder it wrote.

    ``boundary`` is a polygon file in WGS-84 (by default the hull of what is mapped); where it holds several polygons
    ``boundary_name`` picks those that carry this text in any column. ``features`` are buildings and points of interest
    in a file of their own, for a .graphml that has none. The folder appears only when it is complete.

    Raises ``OutputError`` where ``folder`` is in use, ``MissingFileError``, ``ArgumentError`` and ``StudyError`` for
    input that is not there or not usable.
    """
    folder, osm = Path(folder), Path(osm)
    if boundary is None and boundary_name is not None:
        raise ArgumentError("boundary_name_alone")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError("output_exists", path=folder)
    for path in (osm, *(Path(p) for p in (boundary, features) if p is not None)):
        if not path.is_file():
            raise MissingFileError("no_file", path=path)
    suffix = next((ending for ending in OSM_SUFFIXES if osm.name.endswith(ending)), None)
    if suffix is None:
        raise ArgumentError("osm_suffix", path=osm, known=" ".join(OSM_SUFFIXES))
    mapped = read_features(osm, FEATURE_KEYS) if features is None else _read_feature_file(Path(features))
    given = None if boundary is None else _read_boundary(Path(boundary), boundary_name)
    middle = given.centroid if given is not None else _middle(mapped, osm)
    crs = metric_crs(middle.x, middle.y)
    streets, mapped = read_streets(osm, crs), in_crs(mapped, crs)
    area = _hull(mapped, streets) if given is None else _to(crs, given)
    contents = _estimates(osm.name, area, streets, mapped, language or reader_language())
    name = _writable(name or folder.resolve().name)
    contents["boundary.geojson"] = _geojson(gpd.GeoDataFrame({"name": [name]}, geometry=[area], crs=crs))
    made_from = {"osm": osm, "boundary": boundary, "mapped": features or osm}
    origin = {role: _writable(Path(path).name) for role, path in made_from.items() if path is not None}
    contents[FILE_NAME] = _study_toml(name, f"streets{suffix}", origin)
    contents["README.md"] = "\n".join(say("new.readme", each, name=name, **origin) for each in LANGUAGES)
    try:
        _write(folder.resolve(), contents, osm, f"streets{suffix}")
    except OSError as error:
        raise OutputError("output_failed", path=folder, reason=error.strerror or error) from error
    return folder


def _write(folder: Path, contents: Mapping[str, str], osm: Path, streets_file: str) -> None:
    """The whole folder, written aside and moved into place."""
    home = next(parent for parent in folder.parents if parent.is_dir())
    with tempfile.TemporaryDirectory(dir=home, prefix=".new-study-") as aside:
        draft = Path(aside) / "study"
        draft.mkdir()
        shutil.copyfile(osm, draft / streets_file)
        for name, text in contents.items():
            (draft / name).write_text(text, encoding="utf-8", newline="\n")
        if folder.is_dir():  # perhaps where somebody stands, so it stays; what makes it a study comes last
            for file in sorted(draft.iterdir(), key=lambda file: file.name == FILE_NAME):
                file.replace(folder / file.name)
        else:
            folder.parent.mkdir(parents=True, exist_ok=True)
            draft.replace(folder)


def _estimates(
    osm_name: str, area: BaseGeometry, streets: Streets, mapped: gpd.GeoDataFrame, language: Language
) -> dict[str, str]:
    """What is estimated of ``area``, and the empty table of centres, by file name."""
    catalog, crs = load_catalog(), streets.edges.crs
    rules = catalog.estimate
    cells = lattice(area, rules.cell_size_m)
    deliveries = estimate_deliveries(mapped, streets, cells, catalog)
    if not sum(table.sum() for table in deliveries.values()):
        raise StudyError(osm_name, [Fault(osm_name, "nothing_to_estimate")])
    hosts = hosts_from_features(mapped, area, catalog, language)
    if hosts.empty:
        hosts = hosts_at_corners(streets, area, catalog, "street_corner", language)
    columns = ["host_id", "name", "kind", "lon", "lat", "floor", "area_m2", "yearly_cost_yuan", "open_hours"]
    return {
        "grids.geojson": _geojson(_square_grids(area, rules.grid_side_m, crs, language)),
        "cells.csv": _csv(_cell_rows(cells, deliveries, catalog, crs)),
        "hosts.csv": _csv(_with_degrees(hosts)[columns]),
        "centres.csv": "centre_id,name,lon,lat,services,open_hours,floor,address,offers,access\n",
    }


def _study_toml(name: str, streets_file: str, origin: Mapping[str, str]) -> str:
    """``study.toml``; ``origin`` names the files that the study was made from, by role."""
    catalog = load_catalog()

    def quoted(text: str) -> str:
        # A JSON string is a TOML string, but for the one control character that JSON leaves as it is.
        return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

    def source(key: str) -> str:
        zh, en = (quoted(say(f"new.{key}", language, **origin)) for language in LANGUAGES)
        return f"source = {{ zh = {zh}, en = {en} }}"

    drawn = source("boundary_given") if "boundary" in origin else f"estimated = true, {source('boundary')}"
    lines = [
        f"name = {quoted(name)}",
        "",
        "[files]",
        f'boundary = {{ path = "boundary.geojson", crs = "wgs84", {drawn} }}',
        f'grids = {{ path = "grids.geojson", crs = "wgs84", estimated = true, {source("grids")} }}',
        f'streets = {{ path = "{streets_file}", {source("streets")} }}',
        f'cells = {{ path = "cells.csv", crs = "wgs84", cell_size_m = {catalog.estimate.cell_size_m:g}, '
        f"estimated = true, {source('cells')} }}",
        f'centres = {{ path = "centres.csv", crs = "wgs84", {source("centres")} }}',
        f'hosts = {{ path = "hosts.csv", crs = "wgs84", estimated = true, {source("hosts")} }}',
        "",
        "[scenarios.base]",
        f"name = {{ zh = {quoted(say('new.base', 'zh'))}, en = {quoted(say('new.base', 'en'))} }}",
    ]
    for service in catalog.usual_services():
        lines += [f"[scenarios.base.services.{service}]", f"site_limit = {catalog.estimate.new_sites}"]
    return "\n".join(lines) + "\n"


def _cell_rows(cells: np.ndarray, deliveries: dict[str, np.ndarray], catalog: Catalog, crs: CRS) -> pd.DataFrame:
    """A row a cell and period; cells in which nothing is delivered are left out."""
    used = np.flatnonzero(sum(table.sum(axis=1) for table in deliveries.values()))
    places = _with_degrees(gpd.GeoDataFrame(geometry=shapely.points(cells[used]), crs=crs))
    parts = []
    for j, period in enumerate(catalog.periods):
        part = pd.DataFrame({"cell_id": [f"e{i:05d}" for i in used], "lon": places["lon"], "lat": places["lat"]})
        part["period"] = period
        for kind, table in deliveries.items():
            part[f"{kind}_per_day"] = table[used, j]
        parts.append(part)
    return pd.concat(parts).sort_values("cell_id", kind="stable")


def _square_grids(area: BaseGeometry, side_m: float, crs: CRS, language: Language) -> gpd.GeoDataFrame:
    """Squares in place of administrative grids, cut at the boundary; pieces of less than a tenth join a neighbour."""
    west, south, east, north = area.bounds
    x, y = np.arange(west, east, side_m), np.arange(south, north, side_m)
    corner = np.array(np.meshgrid(x, y)).reshape(2, -1).T
    pieces = shapely.intersection(shapely.box(*corner.T, *(corner + side_m).T), area)
    size_m2 = shapely.area(pieces)
    is_large = size_m2 >= min(0.1 * side_m**2, size_m2.max())
    joined = [[piece] for piece in pieces[is_large]]
    for small in pieces[~is_large & (size_m2 > 0)]:
        joined[int(np.argmin(shapely.distance(pieces[is_large], small.centroid)))].append(small)
    shapes = [shapely.union_all(group) for group in joined]
    codes = [f"E{i:04d}" for i in range(1, len(shapes) + 1)]
    names = [say("new.grid_name", language, code=code) for code in codes]
    return gpd.GeoDataFrame({"grid_code": codes, "name": names, "community_code": ""}, geometry=shapes, crs=crs)


def _read_boundary(path: Path, wanted: str | None) -> BaseGeometry:
    """The polygon of a boundary file in WGS-84; of several, those that carry the wanted name."""
    frame, faults = open_shapes(path)
    if wanted is not None and not frame.empty:
        texts = frame.drop(columns="geometry").map(as_text)
        frame = frame[(texts == wanted.strip()).any(axis=1)]
        if frame.empty:
            faults.append(Fault(path.name, "no_such_polygon", value=wanted))
    elif len(frame) > 1:
        faults.append(Fault(path.name, "several_polygons", value=len(frame)))
    faults = [fault for fault in faults if fault.is_error] or shape_faults(path.name, frame)
    if faults:
        raise StudyError(path.name, faults)
    area: BaseGeometry = frame.geometry.union_all()
    return area


def _read_feature_file(path: Path) -> gpd.GeoDataFrame:
    """Buildings and points of interest as :func:`planner.intake.osm.read_features` gives them; broken shapes are left
    out, and those without an id of their own are numbered.
    """
    frame, faults = open_shapes(path)
    if any(fault.is_error for fault in faults):
        raise StudyError(path.name, faults)
    frame = frame[shapely.is_valid(frame.geometry.to_numpy()) & ~frame.geometry.is_empty]
    columns = ["osm_id", *FEATURE_KEYS, "name", "building:levels"]
    texts = pd.DataFrame({c: frame[c].map(as_text) if c in frame else "" for c in columns}, index=frame.index)
    if texts["osm_id"].duplicated().any() or (texts["osm_id"] == "").any():
        texts["osm_id"] = [f"f{row}" for row in frame.index]
    return gpd.GeoDataFrame(texts, geometry=frame.geometry.to_numpy(), crs="EPSG:4326")


def _middle(mapped: gpd.GeoDataFrame, osm: Path) -> shapely.Point:
    """The middle of what is mapped in WGS-84, of the streets where there is nothing else."""
    shapes = mapped.geometry
    if mapped.empty:
        shapes = in_crs(read_streets(osm, CRS.from_epsg(3857)).edges.geometry, "EPSG:4326")
    west, south, east, north = shapes.total_bounds
    return shapely.Point((west + east) / 2, (south + north) / 2)


def _hull(mapped: gpd.GeoDataFrame, streets: Streets) -> BaseGeometry:
    """The convex hull of buildings and points of interest (ways and campuses reach far beyond an extract's frame), else
    of the streets.
    """
    placed = (mapped["building"] != "") | (mapped.geom_type == "Point")
    shapes = mapped.geometry[placed] if placed.sum() >= 3 else streets.edges.geometry
    hull: BaseGeometry = shapes.union_all().convex_hull.buffer(_EDGE_M)
    return hull


def _to(crs: CRS, shape: BaseGeometry) -> BaseGeometry:
    there: BaseGeometry = in_crs(gpd.GeoSeries([shape], crs="EPSG:4326"), crs).iloc[0]
    return there


def _with_degrees(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    degrees = in_crs(frame.geometry, "EPSG:4326")
    return pd.DataFrame(frame.drop(columns="geometry")).assign(lon=degrees.x.round(7), lat=degrees.y.round(7))


def _geojson(frame: gpd.GeoDataFrame) -> str:
    text: str = in_crs(frame, "EPSG:4326").to_json(drop_id=True, ensure_ascii=False)
    return text


def _csv(frame: pd.DataFrame) -> str:
    return frame.to_csv(index=False, lineterminator="\n")


def _writable(text: str) -> str:
    """The name of a file or folder as text; of bytes that are not UTF-8 a question mark is left."""
    return text.encode("utf-8", "replace").decode("utf-8")
