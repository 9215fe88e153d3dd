"""``planner new``: an OpenStreetMap extract → a study folder, with everything that it estimates marked as such."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from planner.catalog import Catalog, load_catalog
from planner.crs import metric_crs
from planner.errors import ArgumentError, Fault, MissingFileError, OutputError, PlannerError, StudyError
from planner.intake.estimate import estimate_deliveries, hosts_at_corners, hosts_from_features, lattice
from planner.intake.osm import OSM_SUFFIXES, read_features, read_streets
from planner.intake.study import Streets
from planner.intake.study_file import FILE_NAME
from planner.words import Language, reader_language, say

FEATURE_KEYS: Final = ("building", "amenity", "shop", "office", "landuse")
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
    language = language or reader_language()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError("output_exists", path=folder)
    for path in (osm, *(Path(p) for p in (boundary, features) if p is not None)):
        if not path.is_file():
            raise MissingFileError("no_file", path=path)
    if not osm.name.endswith(OSM_SUFFIXES):
        raise ArgumentError("osm_suffix", path=osm, known=" ".join(OSM_SUFFIXES))
    mapped = read_features(osm, FEATURE_KEYS) if features is None else _read_feature_file(Path(features))
    given = None if boundary is None else _read_boundary(Path(boundary), boundary_name)
    middle = given.centroid if given is not None else _middle(mapped, osm)
    crs = metric_crs(middle.x, middle.y)
    streets, mapped = read_streets(osm, crs), mapped.to_crs(crs)
    area = _hull(mapped, streets) if given is None else _to(crs, given)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-study-") as aside:
            draft = Path(aside) / "study"
            draft.mkdir()
            shutil.copyfile(osm, draft / osm.name)
            _write(draft, osm.name, name or folder.resolve().name, area, streets, mapped, given is None, language)
            if folder.is_dir():
                folder.rmdir()
            draft.replace(folder)
    except PlannerError:
        raise
    except OSError as error:
        raise OutputError("output_failed", path=folder, reason=error.strerror or error) from error
    return folder


def _write(
    draft: Path,
    osm_name: str,
    name: str,
    area: BaseGeometry,
    streets: Streets,
    mapped: gpd.GeoDataFrame,
    boundary_is_estimate: bool,
    language: Language,
) -> None:
    catalog, crs = load_catalog(), streets.edges.crs
    rules = catalog.estimate
    cells = lattice(area, rules.cell_size_m)
    deliveries = estimate_deliveries(mapped, streets, cells, catalog)
    if not sum(table.sum() for table in deliveries.values()):
        raise StudyError(name, [Fault(osm_name, "nothing_to_estimate")])
    hosts = hosts_from_features(mapped, area, catalog, language)
    if hosts.empty:
        hosts = hosts_at_corners(streets, area, catalog, "street_corner", language)
    _write_shapes(draft / "boundary.geojson", gpd.GeoDataFrame({"name": [name]}, geometry=[area], crs=crs))
    _write_shapes(draft / "grids.geojson", _square_grids(area, rules.grid_side_m, crs, language))
    _cell_rows(cells, deliveries, catalog, crs).to_csv(draft / "cells.csv", index=False, lineterminator="\n")
    columns = ["host_id", "name", "kind", "lon", "lat", "floor", "area_m2", "yearly_cost_yuan", "open_hours"]
    _with_degrees(hosts)[columns].to_csv(draft / "hosts.csv", index=False, lineterminator="\n")
    (draft / "centres.csv").write_text("centre_id,name,lon,lat,services,open_hours,floor,address\n", encoding="utf-8")
    (draft / FILE_NAME).write_text(_study_toml(name, osm_name, boundary_is_estimate, catalog), encoding="utf-8")
    (draft / "README.md").write_text(
        "\n".join(say("new.readme", each, name=name, osm=osm_name) for each in ("zh", "en")), encoding="utf-8"
    )


def _study_toml(name: str, osm_name: str, boundary_is_estimate: bool, catalog: Catalog) -> str:
    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)  # a JSON string is a TOML string

    def origin(key: str) -> str:
        zh, en = (quoted(say(f"new.{key}", language, osm=osm_name)) for language in ("zh", "en"))
        return f"source = {{ zh = {zh}, en = {en} }}"

    estimated = "estimated = true, " if boundary_is_estimate else ""
    lines = [
        f"name = {quoted(name)}",
        "",
        "[files]",
        f'boundary = {{ path = "boundary.geojson", crs = "wgs84", {estimated}{origin("boundary")} }}',
        f'grids = {{ path = "grids.geojson", crs = "wgs84", estimated = true, {origin("grids")} }}',
        f"streets = {{ path = {quoted(osm_name)}, {origin('streets')} }}",
        f'cells = {{ path = "cells.csv", crs = "wgs84", cell_size_m = {catalog.estimate.cell_size_m:g}, '
        f"estimated = true, {origin('cells')} }}",
        f'centres = {{ path = "centres.csv", crs = "wgs84", {origin("centres")} }}',
        f'hosts = {{ path = "hosts.csv", crs = "wgs84", estimated = true, {origin("hosts")} }}',
        "",
        "[scenarios.base]",
        f"name = {{ zh = {quoted(say('new.base', 'zh'))}, en = {quoted(say('new.base', 'en'))} }}",
    ]
    for service in catalog.services:
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
    pieces = [p for p in pieces if p.area > 0]
    large = [p for p in pieces if p.area >= 0.1 * side_m**2] or pieces
    joined = [[p] for p in large]
    for small in (p for p in pieces if p not in large):
        joined[int(np.argmin(shapely.distance(large, small.centroid)))].append(small)
    shapes = [shapely.union_all(group) for group in joined]
    codes = [f"E{i:04d}" for i in range(1, len(shapes) + 1)]
    names = [say("new.grid_name", language, code=code) for code in codes]
    return gpd.GeoDataFrame({"grid_code": codes, "name": names, "community_code": ""}, geometry=shapes, crs=crs)


def _read_boundary(path: Path, wanted: str | None) -> BaseGeometry:
    """The polygon of a boundary file in WGS-84; of several, those that carry the wanted name."""
    try:
        frame = pyogrio.read_dataframe(path)
    except (pyogrio.errors.DataSourceError, UnicodeDecodeError) as error:
        fault = Fault(path.name, "shapes_unreadable", values={"reason": str(error)[:160]})
        raise StudyError(path.name, [fault]) from error
    if not isinstance(frame, gpd.GeoDataFrame) or frame.geometry.is_empty.all():
        raise StudyError(path.name, [Fault(path.name, "no_shapes")])
    if frame.crs is not None:
        frame = frame.to_crs("EPSG:4326")
    texts = frame.drop(columns="geometry").astype(str)
    if wanted is not None:
        frame = frame[(texts == wanted).any(axis=1)]
        if frame.empty:
            raise StudyError(path.name, [Fault(path.name, "no_such_polygon", value=wanted)])
    elif len(frame) > 1:
        raise StudyError(path.name, [Fault(path.name, "several_polygons", value=len(frame))])
    for i, shape in enumerate(frame.geometry, start=1):
        if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon"):
            raise StudyError(path.name, [Fault(path.name, "not_a_polygon", i, value=getattr(shape, "geom_type", ""))])
        if not shape.is_valid:
            reason = {"reason": shapely.is_valid_reason(shape)}
            raise StudyError(path.name, [Fault(path.name, "invalid_shape", i, values=reason)])
    area: BaseGeometry = frame.geometry.union_all()
    return area


def _read_feature_file(path: Path) -> gpd.GeoDataFrame:
    try:
        frame = gpd.read_file(path)
    except (pyogrio.errors.DataSourceError, UnicodeDecodeError) as error:
        fault = Fault(path.name, "shapes_unreadable", values={"reason": str(error)[:160]})
        raise StudyError(path.name, [fault]) from error
    columns = ["osm_id", *FEATURE_KEYS, "name", "building:levels"]
    texts = {c: frame[c].fillna("").astype(str) if c in frame else "" for c in columns}
    return gpd.GeoDataFrame(texts, geometry=frame.geometry, crs=frame.crs or "EPSG:4326").to_crs("EPSG:4326")


def _middle(mapped: gpd.GeoDataFrame, osm: Path) -> shapely.Point:
    """The middle of what is mapped in WGS-84, of the streets where there is nothing else."""
    shapes = mapped.geometry
    if mapped.empty:
        shapes = read_streets(osm, CRS.from_epsg(3857)).edges.geometry.to_crs("EPSG:4326")
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
    there: BaseGeometry = gpd.GeoSeries([shape], crs="EPSG:4326").to_crs(crs).iloc[0]
    return there


def _with_degrees(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    degrees = frame.geometry.to_crs("EPSG:4326")
    return pd.DataFrame(frame.drop(columns="geometry")).assign(lon=degrees.x.round(7), lat=degrees.y.round(7))


def _write_shapes(path: Path, frame: gpd.GeoDataFrame) -> None:
    path.write_text(frame.to_crs("EPSG:4326").to_json(drop_id=True, ensure_ascii=False), encoding="utf-8")
