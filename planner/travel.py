"""The street network of one mode of travel, and the costs between points along it, within a cutoff.

A point joins the nearest place on the nearest street that its mode may use; the way along that street counts, the few
metres from the point to the street do not. Costs run from demand to site: a rider goes to the station, so one-way
streets bind in that direction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
import shapely
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components, dijkstra

from planner.catalog import Mode, Unit
from planner.intake.study import Streets

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A cost that equals the cutoff is within it, whatever the last bits of a sum of lengths.
TOLERANCE: Final = 1e-6
_BATCH_BYTES: Final = 64 * 2**20


@dataclass(frozen=True)
class Network:
    """The streets that one mode may use. Per edge: ``tail`` and ``head`` nodes, ``cost`` in ``unit`` to pass it,
    ``forward`` and ``backward`` (whether the mode may pass it that way), ``line`` (metric) and ``component``, the
    number of the connected piece it belongs to, 0 being the longest.
    """

    unit: Unit
    node_count: int
    tail: Ints
    head: Ints
    cost: Floats
    forward: NDArray[np.bool_]
    backward: NDArray[np.bool_]
    line: NDArray[np.object_]
    component: Ints


@dataclass(frozen=True)
class Joins:
    """Where points join a network. Per point: ``edge`` (-1 for none), ``along`` (0 at the edge's tail to 1 at its
    head), ``off_road_m`` (how far the point is from that street) and ``component`` (-1 for none).
    """

    edge: Ints
    along: Floats
    off_road_m: Floats
    component: Ints


@dataclass(frozen=True)
class TravelCosts:
    """The pairs within ``cutoff``: ``demand`` row, ``site`` column and ``cost`` in ``unit``, sorted by row and column.

    Triples, not a sparse array: a site on its own demand point costs 0 and is a pair like any other.
    """

    demand: Ints
    site: Ints
    cost: Floats
    unit: Unit
    cutoff: float
    shape: tuple[int, int]


def network_for(streets: Streets, mode: Mode, *, unit: Unit) -> Network:
    """The network of ``streets`` for one mode, its costs in metres or minutes."""
    frame = streets.edges
    usable = _is_usable(streets, mode)
    frame = frame[usable]
    forward = frame["forward"].to_numpy(dtype=bool)
    backward = frame["backward"].to_numpy(dtype=bool)
    if not mode.follows_oneway:
        forward = backward = np.ones(len(frame), dtype=bool)
    for tag in mode.oneway_exception_tags:
        exempt = (frame[tag] == "no").to_numpy()
        forward, backward = forward | exempt, backward | exempt
    cost = frame["length_m"].to_numpy(dtype=float)
    if unit == "min":
        speed_kmh = frame["highway"].map(mode.speed_kmh_by_highway).fillna(mode.speed_kmh).to_numpy(dtype=float)
        cost = cost / (speed_kmh * 1000.0 / 60.0)
    tail, head = frame["tail"].to_numpy(dtype=np.int64), frame["head"].to_numpy(dtype=np.int64)
    return Network(
        unit=unit,
        node_count=streets.node_count,
        tail=tail,
        head=head,
        cost=cost,
        forward=forward,
        backward=backward,
        line=frame.geometry.to_numpy(),
        component=_components(streets.node_count, tail, head, frame["length_m"].to_numpy(dtype=float)),
    )


def join_points(network: Network, xy: Floats, *, max_off_road_m: float) -> Joins:
    """Where points at ``xy`` (points, 2), metric, join the network; those further than the limit join nothing.

    A point exactly at the limit joins. ``off_road_m`` is told for every point, infinite on an empty network.
    """
    count = len(xy)
    if count == 0 or len(network.line) == 0:
        nowhere = np.full(count, -1, dtype=np.int64)
        return Joins(nowhere, np.zeros(count), np.full(count, np.inf), nowhere.copy())
    points = shapely.points(xy)
    edge = shapely.STRtree(network.line).query_nearest(points, all_matches=False)[1].astype(np.int64)
    line = network.line[edge]
    off_road_m = shapely.distance(points, line)
    along = shapely.line_locate_point(line, points, normalized=True)
    joined = off_road_m <= max_off_road_m + TOLERANCE
    component = np.where(joined, network.component[edge], -1)
    return Joins(np.where(joined, edge, -1), along, off_road_m, component)


def travel_costs(network: Network, demand: Joins, sites: Joins, *, cutoff: float) -> TravelCosts:
    """Costs from every demand point to every site within ``cutoff`` (inclusive, in the network's unit).

    Dijkstra's algorithm (1959) from the sites against the direction of travel, in batches that bound the memory, cut
    off by ``limit``; each site is a node of its own, tied to the two ends of its street.
    """
    reach = cutoff + TOLERANCE * max(1.0, cutoff)
    joined_sites = np.flatnonzero(sites.edge >= 0)
    joined_demand = np.flatnonzero(demand.edge >= 0)
    batch = max(1, int(_BATCH_BYTES // (8 * max(1, network.node_count + len(joined_demand)))))
    against = _arcs_against_travel(network)
    rows: list[Ints] = []
    columns: list[Ints] = []
    costs: list[Floats] = []
    for start in range(0, len(joined_sites), batch):
        some = joined_sites[start : start + batch]
        to_site = _costs_to_sites(network, against, sites, some, reach)
        found = _costs_from_demand(network, demand, joined_demand, sites, some, to_site)
        which_site, which_demand = np.nonzero(found <= reach)
        rows.append(joined_demand[which_demand])
        columns.append(some[which_site])
        costs.append(found[which_site, which_demand])
    row = np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)
    column = np.concatenate(columns) if columns else np.empty(0, dtype=np.int64)
    cost = np.concatenate(costs) if costs else np.empty(0)
    order = np.lexsort((column, row))
    shape = (len(demand.edge), len(sites.edge))
    return TravelCosts(row[order], column[order], cost[order], network.unit, cutoff, shape)


def _is_usable(streets: Streets, mode: Mode) -> NDArray[np.bool_]:
    """A tag for this very mode decides; else a general ban; else the class of the street."""
    frame = streets.edges
    usable: NDArray[np.bool_] = ~frame["highway"].isin(mode.barred).to_numpy()
    for tag in reversed(mode.access_tags):
        value = frame[tag]
        usable &= ~value.isin(["no", "use_sidepath"]).to_numpy()
        if tag != "access":  # a street open to the public is not thereby open to every mode
            usable |= value.isin(["yes", "designated", "permissive"]).to_numpy()
    return usable


def _components(node_count: int, tail: Ints, head: Ints, length_m: Floats) -> Ints:
    """The connected piece of each edge, numbered from the longest."""
    if len(tail) == 0:
        return np.empty(0, dtype=np.int64)
    links = sp.csr_array((np.ones(len(tail)), (tail, head)), shape=(node_count, node_count))
    label = connected_components(links, directed=False)[1][tail]
    length_of = np.bincount(label, weights=length_m)
    rank = np.empty(len(length_of), dtype=np.int64)
    rank[np.argsort(-length_of, kind="stable")] = np.arange(len(length_of))
    return rank[label]


def _arcs_against_travel(network: Network) -> tuple[Ints, Ints, Floats]:
    """Arcs of the reversed graph: one may go from y to x at the cost of travelling from x to y."""
    ahead, back = network.forward, network.backward
    start = np.concatenate([network.head[ahead], network.tail[back]])
    end = np.concatenate([network.tail[ahead], network.head[back]])
    return start, end, np.concatenate([network.cost[ahead], network.cost[back]])


def _costs_to_sites(
    network: Network, against: tuple[Ints, Ints, Floats], sites: Joins, some: Ints, reach: float
) -> Floats:
    """Cost from every node to each of ``some`` sites: (sites, nodes), infinite beyond ``reach``."""
    nodes = network.node_count
    edge, along = sites.edge[some], sites.along[some]
    own = nodes + np.arange(len(some))
    ahead, back = network.forward[edge], network.backward[edge]
    start = np.concatenate([against[0], own[ahead], own[back]])
    end = np.concatenate([against[1], network.tail[edge][ahead], network.head[edge][back]])
    to_tail, to_head = network.cost[edge] * along, network.cost[edge] * (1.0 - along)
    cost = np.concatenate([against[2], to_tail[ahead], to_head[back]])
    graph = _cheapest_arcs(start, end, cost, nodes + len(some))
    return dijkstra(graph, directed=True, indices=own, limit=reach)[:, :nodes]


def _costs_from_demand(
    network: Network, demand: Joins, which: Ints, sites: Joins, some: Ints, to_site: Floats
) -> Floats:
    """Cost from each demand point, by either end of its street or straight along it: (sites, demand points)."""
    edge, along = demand.edge[which], demand.along[which]
    cost = network.cost[edge]
    by_head = np.where(network.forward[edge], cost * (1.0 - along), np.inf) + to_site[:, network.head[edge]]
    by_tail = np.where(network.backward[edge], cost * along, np.inf) + to_site[:, network.tail[edge]]
    best = np.minimum(by_head, by_tail)
    site, point = np.nonzero(sites.edge[some][:, None] == edge[None, :])
    ahead = sites.along[some][site] - along[point]
    allowed = np.where(ahead >= 0, network.forward[edge[point]], network.backward[edge[point]]) | (ahead == 0)
    straight = np.where(allowed, np.abs(ahead) * cost[point], np.inf)
    best[site, point] = np.minimum(best[site, point], straight)
    return best


def _cheapest_arcs(start: Ints, end: Ints, cost: Floats, size: int) -> sp.csr_array:
    """A CSR graph that keeps the cheapest of parallel arcs, and arcs of cost 0 as stored entries."""
    order = np.lexsort((cost, end, start))
    start, end, cost = start[order], end[order], cost[order]
    first = np.ones(len(start), dtype=bool)
    first[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    start, end, cost = start[first], end[first], cost[first]
    indptr = np.searchsorted(start, np.arange(size + 1))
    return sp.csr_array((cost, end, indptr), shape=(size, size))
