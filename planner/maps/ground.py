"""What lies under a plan on a map: water, green, buildings, railways and streets, as one shape for each look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from planner.intake.study import Study

# How far beyond the boundary the ground is drawn, and by how much outlines may be smoothed.
MARGIN_M: Final = 600.0
SMOOTH_M: Final = 1.0
Styled = tuple[Any, dict[str, Any]]
Bounds = tuple[float, float, float, float]

_GREEN: Final = {
    "leisure": ("park", "garden", "pitch", "playground", "golf_course", "nature_reserve", "recreation_ground"),
    "landuse": ("grass", "forest", "meadow", "recreation_ground", "village_green", "cemetery", "orchard", "farmland"),
    "natural": ("wood", "scrub", "grassland", "heath"),
}
_WATER: Final = {"natural": ("water", "bay"), "waterway": ("riverbank", "dock"), "landuse": ("reservoir", "basin")}
_RAILWAY: Final = {"railway": ("rail", "light_rail", "tram", "narrow_gauge")}
_STREAM: Final = {"waterway": ("river", "canal", "stream", "drain", "ditch")}

_STREETS: Final[tuple[tuple[tuple[str, ...], dict[str, Any]], ...]] = (
    (
        ("footway", "path", "steps", "cycleway", "track", "bridleway", "corridor"),
        {"color": "#a39b8b", "weight": 0.8, "dash_array": "2 3"},
    ),
    (("service", "living_street", "pedestrian", "residential", "unclassified", "road"), {"weight": 1.2}),
    (("tertiary", "tertiary_link"), {"weight": 2.2}),
    (("secondary", "secondary_link"), {"weight": 3.2}),
    (("primary", "primary_link"), {"weight": 4.2}),
    (("trunk", "trunk_link", "motorway", "motorway_link"), {"weight": 5, "color": "#8f8676"}),
)


def ground_shapes(study: Study, *, around: Bounds | None = None, smooth_m: float = SMOOTH_M) -> dict[str, Styled]:
    """``green``, ``water``, ``stream``, ``railway`` and ``building``: a metric shape and its style each.

    ``around`` (west, south, east, north) is how far the ground is drawn, by default ``MARGIN_M`` beyond the boundary.
    """
    looks: dict[str, tuple[Callable[[gpd.GeoDataFrame], NDArray[np.bool_]], dict[str, Any]]] = {
        "green": (lambda frame: _has(frame, _GREEN), _fill("#d3e5c5")),
        "water": (lambda frame: _has(frame, _WATER), _fill("#b5d3e7")),
        "stream": (lambda frame: _has(frame, _STREAM), {"color": "#b5d3e7", "weight": 4}),
        "railway": (lambda frame: _has(frame, _RAILWAY), {"color": "#52606d", "weight": 2.5, "dash_array": "8 5"}),
        "building": (
            lambda frame: frame["building"].to_numpy() != "",
            {"stroke": True, "color": "#c9c2b4", "weight": 0.5, "fill_color": "#e3ded4", "fill_opacity": 1},
        ),
    }
    found = {}
    for kind, (belongs, style) in looks.items():
        shapes = study.ground.geometry.to_numpy()[belongs(study.ground)]
        wanted = 1 if kind in ("stream", "railway") else 2
        shapes = shapes[shapely.get_dimensions(shapes) == wanted]
        shape = _drawn(study, shapes, around, smooth_m)
        if shape is not None:
            found[kind] = (shape, {"fill": wanted == 2, **style})
    return found


def street_shapes(study: Study, *, around: Bounds | None = None, smooth_m: float = SMOOTH_M) -> dict[int, Styled]:
    """The streets by the rank of their class, paths (0) first: a metric shape and its style for each that there is."""
    ranks = street_ranks(study)
    lines = study.streets.edges.geometry.to_numpy()
    drawn = [_drawn(study, lines[ranks == rank], around, smooth_m) for rank in range(len(_STREETS))]
    styled = enumerate(zip(drawn, _STREETS, strict=True))
    return {rank: (shape, {"color": "#a39b8b", **style}) for rank, (shape, (_, style)) in styled if shape is not None}


def street_ranks(study: Study) -> NDArray[np.int64]:
    """The rank of each street's class as :func:`street_shapes` counts it, -1 for one that is not drawn."""
    rank_of = {name: rank for rank, (names, _) in enumerate(_STREETS) for name in names}
    ranks: NDArray[np.int64] = study.streets.edges["highway"].map(rank_of).fillna(-1).to_numpy(dtype=np.int64)
    return ranks


def _drawn(study: Study, shapes: NDArray[np.object_], around: Bounds | None, smooth_m: float) -> Any:
    """The shapes near the boundary as one, or None."""
    near = around or shapely.bounds(shapely.buffer(study.boundary, MARGIN_M))
    if (shapely.get_dimensions(shapes) == 1).all():
        cut = shapely.get_parts(shapely.clip_by_rect(shapes, *near))
        joined = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(cut[~shapely.is_empty(cut)])))
        return shapely.multilinestrings(shapely.simplify(joined, smooth_m)) if len(joined) else None
    cut = shapely.clip_by_rect(shapely.simplify(shapely.make_valid(shapes), smooth_m), *near)
    cut = cut[~shapely.is_empty(cut)]
    return shapely.union_all(cut) if len(cut) else None


def _has(frame: gpd.GeoDataFrame, tags: Mapping[str, tuple[str, ...]]) -> NDArray[np.bool_]:
    found = np.zeros(len(frame), dtype=bool)
    for key, values in tags.items():
        found |= frame[key].isin(list(values)).to_numpy()
    return found


def _fill(colour: str) -> dict[str, Any]:
    return {"stroke": False, "fill_color": colour, "fill_opacity": 1}
