"""The ways of an OpenStreetMap extract → lines between junctions, in each direction of traffic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, pairwise
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

# Values of `oneway` (https://wiki.openstreetmap.org/wiki/Key:oneway): traffic runs as the way is drawn, or against it.
_ALONG: Final = {"yes", "true", "1", "F"}
_AGAINST: Final = {"-1", "reverse", "T"}

Place = tuple[float, float]


def directed_lines(
    ways: Sequence[Sequence[int]], tags: Sequence[Mapping[str, str]], places: Mapping[int, Place]
) -> gpd.GeoDataFrame:
    """A row for each direction in which a piece of street between two junctions may be driven, in degrees.

    ``ways`` are the node ids of each way and ``tags`` its tags; ``places`` are longitude and latitude of each node.
    Columns: ``u`` and ``v``, the nodes at the ends, ``osmid``, the position of the way in ``ways``, and ``geometry``.
    """
    pieces = list(pieces_between_junctions(ways))
    directions = [_directions(each) for each in tags]
    directed = [(way, nodes if runs_along else nodes[::-1]) for way, nodes in pieces for runs_along in directions[way]]
    xy = np.array([places[node] for node in chain.from_iterable(nodes for _, nodes in directed)]).reshape(-1, 2)
    of_line = np.repeat(np.arange(len(directed)), [len(nodes) for _, nodes in directed])
    ends = {"u": [nodes[0] for _, nodes in directed], "v": [nodes[-1] for _, nodes in directed]}
    lines = np.asarray(shapely.linestrings(xy, indices=of_line), dtype=object)
    return gpd.GeoDataFrame({**ends, "osmid": [way for way, _ in directed]}, geometry=lines, crs="EPSG:4326")


def pieces_between_junctions(ways: Sequence[Sequence[int]]) -> Iterator[tuple[int, list[int]]]:
    """The pieces of each way between junctions: the position of the way in ``ways``, and the node ids of the piece.

    A node is a junction where a way ends or turns back, or that ways pass more than once. A closed way is cut at the
    junctions along it, wherever its drawing began; one without any is cut at every node.
    """
    junctions = _junctions(ways)
    for number, way in enumerate(ways):
        nodes = list(way)
        cuts = [i for i, node in enumerate(nodes) if node in junctions]
        if not cuts:
            cuts = list(range(len(nodes)))
        elif nodes[0] not in junctions:  # a closed way whose drawing began between two junctions
            start = cuts[0]
            nodes = nodes[start:-1] + nodes[: start + 1]
            cuts = [*(cut - start for cut in cuts), len(nodes) - 1]
        for begin, end in pairwise(cuts):
            yield number, nodes[begin : end + 1]


def _junctions(ways: Sequence[Sequence[int]]) -> set[int]:
    passes: Counter[int] = Counter()
    junctions: set[int] = set()
    for way in ways:
        is_closed = way[0] == way[-1]
        passes.update(way[1:] if is_closed else way)
        if not is_closed:
            junctions.update((way[0], way[-1]))
        around = [way[-2], *way] if is_closed else way
        junctions.update(around[i] for i in range(1, len(around) - 1) if around[i - 1] == around[i + 1])
    junctions.update(node for node, times in passes.items() if times > 1)
    return junctions


def _directions(tags: Mapping[str, str]) -> tuple[bool, ...]:
    """Whether traffic runs along the way, against it (False), or both."""
    oneway = tags.get("oneway", "")
    if oneway in _AGAINST:
        return (False,)
    return (True,) if oneway in _ALONG or tags.get("junction") == "roundabout" else (True, False)
