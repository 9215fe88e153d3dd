"""``planner fetch``: the streets, buildings and points of interest of a place by its name, where there is internet."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import networkx as nx

from planner.errors import FetchError, OutputError
from planner.intake.new_study import FEATURE_KEYS
from planner.intake.osm import TAGS
from planner.words import Text, say


@dataclass(frozen=True)
class Extract:
    """The files of a fetched place, as :func:`planner.intake.new_study.new_study` takes them."""

    osm: Path
    features: Path
    boundary: Path


def fetch_extract(place: str, folder: str | Path, *, timeout_s: float = 60.0) -> Extract:
    """The place's streets (GraphML), features and boundary (GeoJSON), written into ``folder``.

    Asks OpenStreetMap's Nominatim and Overpass through OSMnx. Raises ``FetchError`` where they do not answer or know
    no such place, and ``OutputError`` where the files cannot be written; files that were there are unchanged then.
    """
    import osmnx as ox
    import requests

    before = {name: getattr(ox.settings, name) for name in ("use_cache", "requests_timeout", "useful_tags_way")}
    try:
        ox.settings.use_cache, ox.settings.requests_timeout = (
            False,
            math.ceil(timeout_s),
        )  # Overpass wants whole seconds
        ox.settings.useful_tags_way = [*dict.fromkeys([*before["useful_tags_way"], *TAGS])]
        boundary = ox.geocode_to_gdf(place)[["display_name", "geometry"]]
        area = boundary.geometry.union_all()
        graph = ox.graph_from_polygon(area, network_type="all", simplify=False, retain_all=True, truncate_by_edge=True)
        features = ox.features_from_polygon(area, dict.fromkeys(FEATURE_KEYS, True)).reset_index()
    except (requests.RequestException, ValueError, TypeError) as error:
        raise FetchError("fetch_failed", place=place, reason=_reason(error)) from error
    finally:
        for name, value in before.items():
            setattr(ox.settings, name, value)
    features.insert(0, "osm_id", features["element"].str[0] + features["id"].astype(str))
    columns = [c for c in ("osm_id", *FEATURE_KEYS, "name", "building:levels", "geometry") if c in features]
    try:
        return _write(Path(folder), graph, features[columns], boundary)
    except OSError as error:
        raise OutputError("output_failed", path=folder, reason=error.strerror or error) from error


def _write(folder: Path, graph: nx.MultiDiGraph, features: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame) -> Extract:
    """The three files, each written aside and moved into place."""
    import osmnx as ox

    found = Extract(folder / "streets.graphml", folder / "features.geojson", folder / "boundary.geojson")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-") as aside:
        ox.save_graphml(graph, Path(aside) / found.osm.name)
        for path, frame in ((found.features, features), (found.boundary, boundary)):
            (Path(aside) / path.name).write_text(frame.to_json(drop_id=True, ensure_ascii=False), encoding="utf-8")
        for path in (found.osm, found.features, found.boundary):
            (Path(aside) / path.name).replace(path)
    return found


def _reason(error: Exception) -> str | Text:
    """What went wrong in one line: in the reader's words where nobody answers, else in the service's own."""
    import requests

    if isinstance(error, requests.ConnectionError | requests.Timeout):
        return Text(zh=say("new.no_connection", "zh"), en=say("new.no_connection", "en"))
    return " ".join(str(error).split())[:160]
