"""The bridges of a street network, by name, and the network without one of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd
import numpy as np
import scipy.sparse as sp
import shapely
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from planner.intake.study import Streets

# The carriageways of one bridge lie no further apart; what says that a way is no bridge, as map files write it.
_APART_M: Final = 60.0
_NO: Final = ("", "no", "f", "false", "0")


@dataclass(frozen=True)
class Bridge:
    """A bridge: ``key`` tells it from every other of its network, ``name`` is empty where it has none.

    ``edges``: the rows of the network's edges that run over it. ``length_m``: of the longest of them.
    """

    key: str
    name: str
    edges: NDArray[np.int64]
    length_m: float


def bridges_of(streets: Streets) -> tuple[Bridge, ...]:
    """The bridges by name, those without one last; of several with one name the westernmost first.

    Edges of one name that lie near each other are one bridge: two carriageways, the pieces of a viaduct. A bridge goes
    by its own name (``bridge:name``), else by that of its street; the second of a name is ``name 2``, and one without
    any is ``#1``.
    """
    edges = streets.edges
    over = np.flatnonzero(~edges["bridge"].str.lower().isin(list(_NO)).to_numpy())
    if len(over) == 0:
        return ()
    names = np.where(edges["bridge:name"].iloc[over] != "", edges["bridge:name"].iloc[over], edges["name"].iloc[over])
    found: list[Bridge] = []
    for name in sorted(set(names), key=lambda name: (name == "", name)):
        own = over[names == name]
        groups = _near_each_other(edges.geometry.iloc[own])
        lines = [own[groups == group] for group in range(groups.max() + 1)]
        lines.sort(key=lambda rows: float(edges.geometry.iloc[rows].total_bounds[0]))
        for number, rows in enumerate(lines, start=1):
            key = f"#{number}" if name == "" else name if number == 1 else f"{name} {number}"
            found.append(Bridge(key, str(name), rows, float(edges["length_m"].iloc[rows].max())))
    return tuple(found)


def without_bridge(streets: Streets, bridge: Bridge) -> Streets:
    """The network with the bridge closed to every mode."""
    kept = np.ones(len(streets.edges), dtype=bool)
    kept[bridge.edges] = False
    return replace(streets, edges=streets.edges[kept].reset_index(drop=True))


def _near_each_other(lines: gpd.GeoSeries) -> NDArray[np.int64]:
    """The number of the group of each line."""
    shapes = lines.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_APART_M)
    links = sp.csr_array((np.ones(len(one)), (one, other)), shape=(len(shapes), len(shapes)))
    return connected_components(links, directed=False)[1].astype(np.int64)
