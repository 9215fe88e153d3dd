"""``planner fetch``: the streets, buildings and points of interest of a place by its name, where there is internet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.errors import FetchError
from planner.intake.new_study import FEATURE_KEYS
from planner.intake.osm import TAGS


@dataclass(frozen=True)
class Extract:
    """The files of a fetched place, as :func:`planner.intake.new_study.new_study` takes them."""

    osm: Path
    features: Path
    boundary: Path


def fetch_extract(place: str, folder: str | Path, *, timeout_s: float = 60.0) -> Extract:
    """The place's streets (GraphML), features and boundary (GeoJSON), written into ``folder``.

    Asks OpenStreetMap's Nominatim and Overpass through OSMnx. Raises ``FetchError`` where they do not answer or know
    no such place; nothing is written then.
    """
    import osmnx as ox
    import requests

    before = {name: getattr(ox.settings, name) for name in ("use_cache", "requests_timeout", "useful_tags_way")}
    try:
        ox.settings.use_cache, ox.settings.requests_timeout = False, timeout_s
        ox.settings.useful_tags_way = [*{*before["useful_tags_way"], *TAGS}]
        boundary = ox.geocode_to_gdf(place)[["display_name", "geometry"]]
        area = boundary.geometry.union_all()
        graph = ox.graph_from_polygon(area, network_type="all", simplify=False, retain_all=True, truncate_by_edge=True)
        features = ox.features_from_polygon(area, dict.fromkeys(FEATURE_KEYS, True)).reset_index()
    except (requests.RequestException, ValueError, TypeError) as error:
        raise FetchError("fetch_failed", place=place, reason=_in_one_line(error)) from error
    finally:
        for name, value in before.items():
            setattr(ox.settings, name, value)
    features.insert(0, "osm_id", features["element"].str[0] + features["id"].astype(str))
    columns = [c for c in ("osm_id", *FEATURE_KEYS, "name", "building:levels", "geometry") if c in features]
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    found = Extract(folder / "streets.graphml", folder / "features.geojson", folder / "boundary.geojson")
    ox.save_graphml(graph, found.osm)
    for path, frame in ((found.features, features[columns]), (found.boundary, boundary)):
        path.write_text(frame.to_json(drop_id=True, ensure_ascii=False), encoding="utf-8")
    return found


def _in_one_line(error: Exception) -> str:
    import requests

    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return " ".join(str(error).split())[:160]
