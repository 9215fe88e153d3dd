"""Tiny named worlds, small enough to draw on a napkin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from planner.catalog import Mode, load_catalog
from planner.intake.osm import TAGS
from planner.intake.study import Streets

METRIC = "EPSG:4548"
WALK, EBIKE, DRIVE = (load_catalog().modes[name] for name in ("walk", "ebike", "drive"))


def streets_of(nodes: Mapping[str, tuple[float, float]], ways: Sequence[Mapping[str, Any]]) -> Streets:
    """Streets from named corners (metres) and ways: ``path="A B"``, ``oneway=True`` and tags.

    A way is one edge between its two named ends; ``via`` adds bends.
    """
    number = {name: i for i, name in enumerate(nodes)}
    rows = []
    for way in ways:
        tail, head = way["path"].split()
        line = shapely.LineString([nodes[tail], *way.get("via", []), nodes[head]])
        tags = {tag: way.get(tag, "") for tag in TAGS} | {"highway": way.get("highway", "residential")}
        ends = {"tail": number[tail], "head": number[head], "geometry": line, "length_m": line.length}
        rows.append(ends | {"forward": True, "backward": not way.get("oneway", False)} | tags)
    return Streets(edges=gpd.GeoDataFrame(rows, geometry="geometry", crs=METRIC), node_count=len(nodes))


def crossroads() -> Streets:
    """A plus of four 100 m arms around the middle::

        N
        |
    W --M-- E
        |
        S
    """
    nodes = {"M": (0.0, 0.0), "N": (0.0, 100.0), "E": (100.0, 0.0), "S": (0.0, -100.0), "W": (-100.0, 0.0)}
    return streets_of(nodes, [{"path": f"M {end}"} for end in "NESW"])


def oneway_ring() -> Streets:
    """A square of 100 m sides that runs one way, A → B → C → D → A."""
    nodes = {"A": (0.0, 0.0), "B": (100.0, 0.0), "C": (100.0, 100.0), "D": (0.0, 100.0)}
    return streets_of(nodes, [{"path": path, "oneway": True} for path in ("A B", "B C", "C D", "D A")])


def two_banks() -> Streets:
    """Two streets 40 m apart across a river, joined by one bridge at the east end::

    A ---------------- B      y = 40
                       |      bridge
    C ---------------- D      y = 0
    """
    nodes = {"A": (0.0, 40.0), "B": (300.0, 40.0), "C": (0.0, 0.0), "D": (300.0, 0.0)}
    return streets_of(nodes, [{"path": "A B"}, {"path": "C D"}, {"path": "B D", "bridge": "yes"}])


def random_town(seed: int, *, blocks: int = 4) -> Streets:
    """A jittered lattice with some streets missing and some one-way."""
    rng = np.random.default_rng(seed)
    nodes = {
        f"n{i}_{j}": (100.0 * i + rng.uniform(-30, 30), 100.0 * j + rng.uniform(-30, 30))
        for i in range(blocks)
        for j in range(blocks)
    }
    ways = []
    for i in range(blocks):
        for j in range(blocks):
            for di, dj in ((1, 0), (0, 1)):
                if i + di < blocks and j + dj < blocks and rng.random() < 0.85:
                    ends = [f"n{i}_{j}", f"n{i + di}_{j + dj}"]
                    if rng.random() < 0.5:
                        ends.reverse()
                    ways.append({"path": " ".join(ends), "oneway": rng.random() < 0.3})
    return streets_of(nodes, ways)


def mode_like(mode: Mode, **changes: Any) -> Mode:
    """A catalog mode with some entries changed."""
    return mode.model_copy(update=changes)
