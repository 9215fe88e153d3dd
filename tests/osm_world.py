"""Tiny OpenStreetMap extracts, written in metres around a named place and small enough to draw on a napkin."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
from pyproj import Transformer

from planner.crs import metric_crs

BEIJING = (116.35, 40.0)
BERLIN = (13.4, 52.5)
SANTIAGO = (-70.65, -33.45)  # south of the equator and west of Greenwich

Nodes = Mapping[str, Sequence[Any]]
Things = Sequence[Mapping[str, Any]]


def degrees_at(at: tuple[float, float], xy: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Longitudes and latitudes of places given in metres east and north of ``at``."""
    to_metric = _to_metric(at)
    east, north = np.add(to_metric.transform(*at), np.reshape(xy, (-1, 2))).T
    lon, lat = to_metric.transform(east, north, direction="INVERSE")
    return list(zip(lon.tolist(), lat.tolist(), strict=True))


@cache
def _to_metric(at: tuple[float, float]) -> Transformer:
    return Transformer.from_crs("EPSG:4326", metric_crs(*at), always_xy=True)


def osm_xml(
    nodes: Nodes,
    ways: Things = (),
    relations: Things = (),
    *,
    at: tuple[float, float] = BEIJING,
    order: str = "node way relation",
    absent: Collection[str] = (),
) -> str:
    """An extract as OSM XML; ids count from 1 in the order given.

    A node is ``(x_m, y_m)`` or ``(x_m, y_m, tags)``; a way has ``path="A B C"`` and tags; a relation has
    ``members=[(way number, role), …]`` and tags. Nodes in ``absent`` are referred to but not written, as in an extract
    that was cut.
    """
    number = {name: i for i, name in enumerate(nodes, start=1)}
    places = degrees_at(at, [tuple(place[:2]) for place in nodes.values()])
    text = {"node": [], "way": [], "relation": []}
    for (name, node), (lon, lat) in zip(nodes.items(), places, strict=True):
        if name not in absent:
            tags = _tags(node[2] if len(node) > 2 else {})
            text["node"].append(f'<node id="{number[name]}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">{tags}</node>')
    for i, way in enumerate(ways, start=1):
        refs = "".join(f'<nd ref="{number[name]}"/>' for name in way["path"].split())
        text["way"].append(f'<way id="{i}" version="1">{refs}{_tags(way, but="path")}</way>')
    for i, relation in enumerate(relations, start=1):
        members = "".join(f'<member type="way" ref="{way}" role="{role}"/>' for way, role in relation["members"])
        text["relation"].append(f'<relation id="{i}" version="1">{members}{_tags(relation, but="members")}</relation>')
    body = "\n".join(line for kind in order.split() for line in text[kind])
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="a test">\n{body}\n</osm>\n'


def write_osm(path: Path, *args: Any, **options: Any) -> Path:
    """:func:`osm_xml` written to ``path``."""
    path.write_text(osm_xml(*args, **options), encoding="utf-8")
    return path


def square(name: str, x: float, y: float, side: float) -> dict[str, tuple[float, float]]:
    """Four corners ``name0`` … ``name3`` of a square whose south-west corner is at (x, y)."""
    return {
        f"{name}{i}": (x + side * right, y + side * up)
        for i, (right, up) in enumerate([(0, 0), (1, 0), (1, 1), (0, 1)])
    }


def around(name: str) -> str:
    """The closed path along the corners of :func:`square`."""
    return " ".join(f"{name}{i}" for i in (0, 1, 2, 3, 0))


def village() -> dict[str, Any]:
    """Two crossing streets of 400 m, a house, an office, a restaurant and a shop::

             N
      house  |  office
    W -------M------- E
     eatery  |  shop
             S
    """
    nodes = {"M": (0, 0), "N": (0, 200), "E": (200, 0), "S": (0, -200), "W": (-200, 0)}
    nodes |= square("h", -120, 40, 30) | square("o", 60, 40, 40)
    nodes |= {
        "eatery": (-60, -20, {"amenity": "restaurant", "name": "面馆"}),
        "shop": (60, -20, {"shop": "convenience", "name": "小卖部"}),
    }
    ways = [
        {"path": "W M E", "highway": "residential", "name": "东西街"},
        {"path": "S M N", "highway": "residential", "name": "南北街"},
        {"path": around("h"), "building": "apartments", "building:levels": "4"},
        {"path": around("o"), "building": "office", "building:levels": "2", "name": "写字楼"},
    ]
    return {"nodes": nodes, "ways": ways}


def _tags(tags: Mapping[str, str], *, but: str = "") -> str:
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items() if k != but)
