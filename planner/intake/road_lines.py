"""Road lines of a map file (shapefile, GeoPackage, GeoJSON …) → streets, as an OpenStreetMap extract gives them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from planner.crs import in_crs
from planner.errors import Fault
from planner.intake.map_files import degree_faults, open_shapes, records_of
from planner.intake.osm import NOT_A_STREET, TAGS, pieces_of_street
from planner.intake.positions import Settle, as_stated, shapes_in_degrees, shapes_in_wgs84
from planner.intake.study import Streets
from planner.intake.tables import Column, read_sheet
from planner.intake.vocabulary import plain, vocabulary

# Of a file of directed edges at least this share is there in both directions; lines drawn once run both ways.
_DIRECTED_SHARE: Final = 0.1
# Ends closer than this (1e-7 degrees are about a centimetre) are one junction.
_SAME_PLACE_DEGREES: Final = 1e-7
_ALONG: Final = {"yes", "true", "1", "t", "f", "ft", "是", "单行", "单向"}
_AGAINST: Final = {"-1", "reverse", "tf"}
ROAD_COLUMNS: Final = tuple(Column(tag, required=False, may_be_absent=True) for tag in (*TAGS, "oneway"))


def read_road_lines(
    path: Path,
    metric_crs: CRS,
    system: str,
    *,
    named: Mapping[str, str] | None = None,
    part: str | None = None,
    settle: Settle = as_stated,
) -> tuple[Streets | None, list[Fault]]:
    """The street network of a file of lines in ``metric_crs``, and its faults; none where it has errors.

    Lines meet where they share a vertex, as in OpenStreetMap: where they merely cross, one is a bridge. A file in which
    lines come in both directions is one of directed edges, in which a line alone is a one-way street; in any other file
    a street runs both ways unless a column ``oneway`` says otherwise. Which it is is told.
    """
    frame, faults = open_shapes(path, layer=part, in_degrees=False)
    if frame.empty:
        return None, faults
    frame, system, told = shapes_in_degrees(frame, system, settle)
    faults += told + degree_faults(path.name, frame)
    table, found = read_sheet(path.name, records_of(frame), ROAD_COLUMNS, named=named)
    faults += found
    shapes = frame.geometry.loc[table.index]
    is_line = shapes.geom_type.isin(["LineString", "MultiLineString"]) & ~shapes.is_empty
    others = shapes[~is_line & shapes.notna()]
    faults += [Fault(path.name, "not_a_line", int(row), value=kind) for row, kind in others.geom_type.items()]
    if any(fault.is_error for fault in faults):
        return None, faults
    table["highway"] = table["highway"].map(_class_of)
    kept = is_line & ~table["highway"].isin(list(NOT_A_STREET))
    lines = shapes_in_wgs84(gpd.GeoDataFrame(table[kept], geometry=shapes[kept], crs=frame.crs), system)
    lines = lines.explode(ignore_index=True)
    directed, remark = _directed(path.name, lines)
    edges, node_count = _edges(directed, metric_crs)
    if edges.empty:
        return None, [*faults, Fault(path.name, "no_road_lines")]
    if not (table["highway"] != "").any():
        faults.append(Fault(path.name, "roads_without_class", severity="remark"))
    return Streets(edges=edges, node_count=node_count), [*faults, remark]


def _class_of(text: str) -> str:
    """The value of ``highway`` that a road class means; a class of another kind stays as it is."""
    classes = {plain(name): value for value, names in vocabulary("highways").items() for name in names}
    return classes.get(plain(text), text.strip().lower())


def _directed(file: str, lines: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, Fault]:
    """A row for each direction in which a line may be used."""
    geometry = shapely.set_precision(lines.geometry.to_numpy(), _SAME_PLACE_DEGREES, mode="pointwise")
    lines = lines.set_geometry(gpd.GeoSeries(geometry, index=lines.index, crs=lines.crs))
    there = set(shapely.to_wkb(geometry))
    both = np.array([wkb in there for wkb in shapely.to_wkb(shapely.reverse(geometry))], dtype=bool)
    oneway = lines["oneway"].str.strip().str.lower()
    says = bool(oneway.isin([*_ALONG, *_AGAINST]).any())
    if not says and both.mean() >= _DIRECTED_SHARE:
        about: dict[str, object] = {"of": len(lines), "alone": int((~both).sum())}
        return lines, Fault(file, "roads_directed", values=about, severity="remark")
    against = oneway.isin(list(_AGAINST)).to_numpy()
    along = oneway.isin(list(_ALONG)).to_numpy()
    turned = lines[~along].set_geometry(shapely.reverse(geometry[~along]), crs=lines.crs)
    about = {"of": len(lines), "oneway": int((along | against).sum())}
    directed = gpd.GeoDataFrame(pd.concat([lines[~against], turned], ignore_index=True), crs=lines.crs)
    return directed, Fault(file, "roads_two_way", values=about, severity="remark")


def _edges(directed: gpd.GeoDataFrame, metric_crs: CRS) -> tuple[gpd.GeoDataFrame, int]:
    """The pieces between junctions, metric, both directions in one, and how many junctions there are."""
    line, row = _cut_at_junctions(directed.geometry.to_numpy())
    ends = np.concatenate([_end(line, 0), _end(line, -1)])
    _, node = np.unique(np.round(ends / _SAME_PLACE_DEGREES).astype(np.int64), axis=0, return_inverse=True)
    node = node.ravel()
    tags = directed[list(TAGS)].iloc[row].reset_index(drop=True)
    way, kinds = pd.factorize(pd.MultiIndex.from_frame(tags))
    pieces = gpd.GeoDataFrame(
        {"u": node[: len(line)], "v": node[len(line) :], "osmid": way}, geometry=line, crs=directed.crs
    )
    of_way = {number: dict(zip(TAGS, kind, strict=True)) for number, kind in enumerate(kinds)}
    edges = pieces_of_street(in_crs(pieces, metric_crs), of_way)
    used = np.unique(np.concatenate([edges["tail"], edges["head"]]).astype(np.int64))
    edges["tail"], edges["head"] = np.searchsorted(used, edges["tail"]), np.searchsorted(used, edges["head"])
    return edges, len(used)


def _cut_at_junctions(lines: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """The lines cut at each vertex that another line has too, and the line that each piece is of."""
    xy, of_line = shapely.get_coordinates(lines, return_index=True)
    _, place = np.unique(np.round(xy / _SAME_PLACE_DEGREES).astype(np.int64), axis=0, return_inverse=True)
    place = place.ravel()
    first, last = np.flatnonzero(np.diff(of_line, prepend=-1)), np.flatnonzero(np.diff(of_line, append=-1))
    # A place is a junction where a line ends or where lines of different courses meet: the two directions of one street
    # pass the same vertices, with the same two neighbours.
    neighbours = pd.DataFrame({"place": place, "before": np.roll(place, 1), "after": np.roll(place, -1)})
    inner = np.ones(len(place), dtype=bool)
    inner[first] = inner[last] = False
    pair = np.sort(neighbours[["before", "after"]].to_numpy(), axis=1)
    courses = pd.DataFrame({"place": place, "a": pair[:, 0], "b": pair[:, 1]})[inner].drop_duplicates()
    is_junction = np.zeros(place.max() + 1, dtype=bool)
    is_junction[place[~inner]] = True
    is_junction[courses["place"][courses["place"].duplicated()].to_numpy()] = True
    cut = inner & is_junction[place]
    # A vertex at a cut ends one piece and begins the next, so it is there twice.
    times = np.where(cut, 2, 1)
    twice = np.repeat(np.arange(len(place)), times)
    begins = np.zeros(len(twice), dtype=bool)
    position = np.cumsum(times) - times
    begins[position[first]] = True
    begins[position[cut] + 1] = True
    piece = np.cumsum(begins) - 1
    pieces: NDArray[np.object_] = np.asarray(shapely.linestrings(xy[twice], indices=piece))
    return pieces, of_line[twice][begins]


def _end(lines: NDArray[np.object_], index: int) -> NDArray[np.float64]:
    return shapely.get_coordinates(shapely.get_point(lines, index))
