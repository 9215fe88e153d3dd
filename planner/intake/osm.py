"""OpenStreetMap extracts (.osm, .osm.pbf, their .gz and .bz2, and OSMnx .graphml) → streets and features."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import networkx as nx
import numpy as np
import osmium
import pandas as pd
import shapely
from osmium.osm import Area, Node, Relation, Way
from pyproj import CRS

from planner.crs import in_crs
from planner.errors import Fault, MissingFileError, StudyError
from planner.intake.study import Streets

OSM_SUFFIXES: Final = (".osm", ".osm.pbf", ".pbf", ".osm.gz", ".osm.bz2", ".graphml")
TAGS: Final = (
    "highway", "name", "access", "foot", "bicycle", "vehicle", "motor_vehicle", "motorcar", "oneway:bicycle", "hgv",
    "bridge", "bridge:name",
)  # fmt: skip
# `highway` values that are not (yet, or any more) a way to move along.
NOT_A_STREET: Final = {"construction", "proposed", "planned", "abandoned", "razed", "disused", "no"} | {
    "platform", "elevator", "services", "rest_area", "escape",
}  # fmt: skip

EDGE_COLUMNS: Final = ["tail", "head", "geometry", "length_m", "forward", "backward", *TAGS]
_FIRST_NEW_ID: Final = 2**36  # above every id of OpenStreetMap


def read_streets(path: Path, metric_crs: CRS) -> Streets:
    """The street network of an extract, in ``metric_crs``.

    Lengths are those of the projected lines. Ways cut at the extract's edge keep the part whose nodes are there.

    Raises ``MissingFileError``, or ``StudyError`` where the file is damaged or has no streets.
    """
    _check_there(path)
    try:
        graph, tags = _graph_from_graphml(path) if path.suffix == ".graphml" else _graph_from_osm(path)
        edges = _undirected(graph, tags, metric_crs)
    except (RuntimeError, KeyError, ValueError, nx.NetworkXException, SyntaxError, AttributeError) as error:
        raise StudyError(
            path.name, [Fault(path.name, "osm_unreadable", values={"reason": _first_line(error)})]
        ) from error
    if edges.empty:
        raise StudyError(path.name, [Fault(path.name, "osm_no_streets")])
    node_of = {node: i for i, node in enumerate(sorted({*edges["tail"], *edges["head"]}))}
    edges["tail"], edges["head"] = edges["tail"].map(node_of), edges["head"].map(node_of)
    return Streets(edges=edges, node_count=len(node_of))


def read_features(path: Path, keys: Iterable[str]) -> gpd.GeoDataFrame:
    """Points, lines and areas of an extract that have one of the tag ``keys``, in WGS-84.

    Columns: ``osm_id`` (``n1``, ``w1``, ``r1``), ``geometry`` and one for each of ``keys`` plus ``name`` and
    ``building:levels``, empty where unset. A .graphml or a file of road lines holds streets alone and no features.
    """
    _check_there(path)
    keys = tuple(keys)
    columns = [*dict.fromkeys((*keys, "name", "building:levels"))]
    rows: list[dict[str, Any]] = []
    if path.name.endswith(OSM_SUFFIXES) and path.suffix != ".graphml":
        with tempfile.TemporaryDirectory() as folder:
            try:
                for osm_id, tags, geometry in _tagged_objects(_in_order(path, Path(folder)), keys):
                    texts = {key: " ".join(tags.get(key, "").split()) for key in columns}
                    rows.append({"osm_id": osm_id, "geometry": geometry, **texts})
            except RuntimeError as error:
                fault = Fault(path.name, "osm_unreadable", values={"reason": _first_line(error)})
                raise StudyError(path.name, [fault]) from error
    return gpd.GeoDataFrame(rows, columns=["osm_id", *columns, "geometry"], geometry="geometry", crs="EPSG:4326")


def _graph_from_osm(path: Path) -> tuple[nx.MultiDiGraph, dict[int, dict[str, str]]]:
    """An OSMnx graph in which no edge joins two ways, and the tags of each way."""
    import osmnx as ox  # loads matplotlib where it is installed, so only when streets are read

    tags: dict[int, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        source = _in_order(path, Path(folder))
        streets_only = Path(folder) / "streets.osm"
        with osmium.BackReferenceWriter(str(streets_only), ref_src=str(source), overwrite=True) as writer:
            ways = osmium.FileProcessor(str(source)).with_locations()
            for way in ways.with_filter(osmium.filter.KeyFilter("highway")):
                if not isinstance(way, Way) or way.tags["highway"] in NOT_A_STREET or way.tags.get("area") == "yes":
                    continue
                for run in _runs_of_known_nodes(way.nodes):
                    number = len(tags) + 1
                    tags[number] = {key: way.tags.get(key) or "" for key in TAGS}
                    writer.add(way.replace(id=number, nodes=run))
        if not tags:
            return nx.MultiDiGraph(crs="EPSG:4326"), tags
        graph = ox.graph_from_xml(streets_only, bidirectional=False, simplify=False, retain_all=True)
    return ox.simplify_graph(graph, edge_attrs_differ=["osmid"], remove_rings=False), tags


def _graph_from_graphml(path: Path) -> tuple[nx.MultiDiGraph, dict[int, dict[str, str]]]:
    """An OSMnx graph as saved, in which edges of the same way and tags share a number that finds these tags."""
    import osmnx as ox

    graph = ox.load_graphml(path)
    number_of: dict[tuple[str, ...], int] = {}
    for _, _, data in graph.edges(data=True):
        own = (*(_one_value(data.get(key)) for key in TAGS),)
        data["osmid"] = number_of.setdefault((str(sorted(_values(data.get("osmid")))), *own), len(number_of))
    tags = {number: dict(zip(TAGS, own, strict=True)) for (_, *own), number in number_of.items()}
    if not graph.graph.get("simplified"):
        graph = ox.simplify_graph(graph, edge_attrs_differ=["osmid"], remove_rings=False)
    return graph, tags


def _values(value: object) -> list[str]:
    """The values of a merged edge, which has a list of them, or of another, as texts."""
    return [str(each) for each in (value if isinstance(value, list) else [value]) if each is not None]


def _one_value(value: object) -> str:
    """The first in the alphabet speaks for a merged edge: the two directions of a street list theirs in two orders."""
    return min(_values(value), default="")


def _undirected(graph: nx.MultiDiGraph, tags: dict[int, dict[str, str]], metric_crs: CRS) -> gpd.GeoDataFrame:
    """A row for each piece of street: the two directed edges of a two-way street become one."""
    if graph.number_of_edges() == 0:
        return gpd.GeoDataFrame(columns=EDGE_COLUMNS, geometry="geometry", crs=metric_crs)
    import osmnx as ox

    directed = in_crs(ox.graph_to_gdfs(graph, nodes=False, fill_edge_geometry=True), metric_crs).reset_index()
    return pieces_of_street(directed, tags)


def pieces_of_street(directed: gpd.GeoDataFrame, tags: Mapping[int, Mapping[str, str]]) -> gpd.GeoDataFrame:
    """The ``edges`` of :class:`Streets` for directed lines, those of the two directions of a street in one.

    ``directed`` has ``u`` and ``v``, the nodes at its ends, ``osmid``, the number of its ``tags``, and a metric line.
    """
    lines = shapely.set_precision(directed.geometry.to_numpy(), 1e-4, mode="pointwise")
    # Of a line and its reverse one stands for both. (`shapely.normalize` would turn a loop away from its junction.)
    turned = shapely.reverse(lines)
    ahead, back = shapely.to_wkb(lines), shapely.to_wkb(turned)
    as_it_runs = (ahead <= back).astype(bool)
    edges = pd.DataFrame(
        {
            "tail": np.where(as_it_runs, directed["u"], directed["v"]),
            "head": np.where(as_it_runs, directed["v"], directed["u"]),
            "geometry": np.where(as_it_runs, lines, turned),
            "forward": as_it_runs,
            "backward": ~as_it_runs,
            "way": directed["osmid"].astype(int),
            "shape": np.where(as_it_runs, ahead, back),
        }
    )
    merged = edges.groupby(["tail", "head", "shape", "way"], sort=True, as_index=False).agg(
        {"geometry": "first", "forward": "any", "backward": "any"}
    )
    of_way = pd.DataFrame([tags[way] for way in merged["way"]], columns=list(TAGS))
    merged = pd.concat([merged.drop(columns=["shape", "way"]), of_way], axis=1)
    frame = gpd.GeoDataFrame(merged, geometry="geometry", crs=directed.crs)
    frame["length_m"] = frame.length
    return frame[frame["length_m"] > 0].reset_index(drop=True)[EDGE_COLUMNS]


def _runs_of_known_nodes(nodes: Any) -> Iterator[list[int]]:
    """The node ids of a way, cut where the extract lacks a node; runs of one node are no street."""
    run: list[int] = []
    for node in nodes:
        if node.location.valid():
            run.append(node.ref)
        else:
            if len(run) > 1:
                yield run
            run = []
    if len(run) > 1:
        yield run


def _tagged_objects(path: Path, keys: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str], Any]]:
    make = osmium.geom.WKBFactory()
    wanted = osmium.filter.KeyFilter(*keys)
    for thing in osmium.FileProcessor(str(path)).with_areas(wanted).with_filter(wanted):
        if isinstance(thing, Node):
            found = f"n{thing.id}", _geometry(make.create_point, thing)
        elif isinstance(thing, Area):
            found = f"{'w' if thing.from_way() else 'r'}{thing.orig_id()}", _geometry(make.create_multipolygon, thing)
        elif isinstance(thing, Way) and not thing.is_closed():
            found = f"w{thing.id}", _geometry(make.create_linestring, thing)
        else:
            continue
        if found[1] is not None:
            yield found[0], {tag.k: tag.v for tag in thing.tags}, found[1]


def _geometry(create: Callable[[Any], str], thing: Any) -> Any:
    """The shape of an object, or None where the extract lacks the nodes for it."""
    try:
        geometry = shapely.from_wkb(create(thing))
    except (RuntimeError, osmium.InvalidLocationError):
        return None
    parts = shapely.get_parts(geometry)
    return parts[0] if len(parts) == 1 else geometry


def _in_order(path: Path, folder: Path) -> Path:
    """The extract itself, or a copy in which nodes come before ways (Overpass may send them otherwise) and ids are
    positive (editors number what is new below zero).
    """
    seen_way = False
    for thing in osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY):
        if thing.id < 0 or (seen_way and isinstance(thing, Node)):
            break
        seen_way = seen_way or isinstance(thing, Way)
    else:
        return path
    positive, ordered = folder / "positive.osm.pbf", folder / "ordered.osm.pbf"
    with osmium.SimpleWriter(str(positive)) as writer:
        for thing in osmium.FileProcessor(str(path)):
            writer.add(_with_positive_ids(thing))
    reader = osmium.MergeInputReader()
    reader.add_file(str(positive))
    with osmium.SimpleWriter(str(ordered)) as writer:
        reader.apply(writer)
    return ordered


def _with_positive_ids(thing: Any) -> Any:
    def positive(number: int) -> int:
        return number if number > 0 else _FIRST_NEW_ID - number

    number = positive(thing.id)
    if isinstance(thing, Way):
        return thing.replace(id=number, nodes=[positive(node.ref) for node in thing.nodes])
    if isinstance(thing, Relation):
        return thing.replace(id=number, members=[(m.type, positive(m.ref), m.role) for m in thing.members])
    return thing.replace(id=number)


def _check_there(path: Path) -> None:
    if not path.is_file():
        raise MissingFileError("no_file", path=path)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:200] or type(error).__name__
