"""Ways → lines between junctions, on towns of nine corners, held against OSMnx."""

from itertools import pairwise

import networkx as nx
import osmnx as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.intake.osm_ways import directed_lines, pieces_between_junctions

CORNERS = {3 * row + column: (float(column), float(row)) for row in range(3) for column in range(3)}
ONE_WAY = [{}, {"oneway": "no"}, {"oneway": "yes"}, {"oneway": "-1"}, {"junction": "roundabout"}]


@pytest.mark.parametrize(
    ("ways", "pieces"),
    [
        ([[1, 2, 3]], [[1, 2, 3]]),
        ([[1, 2, 3], [2, 4]], [[1, 2], [2, 3], [2, 4]]),
        ([[1, 2, 3, 4, 2]], [[1, 2], [2, 3, 4, 2]]),  # a lasso
        ([[1, 2, 3, 1], [3, 4]], [[3, 1, 2, 3], [3, 4]]),  # drawn from a corner where nothing meets
        ([[1, 2, 3, 1]], [[1, 2], [2, 3], [3, 1]]),  # a ring on its own
        ([[1, 2, 1]], [[1, 2], [2, 1]]),  # there and back
        ([[1, 2, 3, 2]], [[1, 2], [2, 3], [3, 2]]),
    ],
)
def test_ways_are_cut_where_they_meet_end_or_turn(ways, pieces):
    assert [nodes for _, nodes in pieces_between_junctions(ways)] == pieces


@st.composite
def towns(draw):
    """Up to four ways, each through several of nine corners and perhaps back to its first."""
    ways = []
    for _ in range(draw(st.integers(1, 4))):
        nodes = draw(st.lists(st.sampled_from(sorted(CORNERS)), min_size=2, max_size=6, unique=True))
        ways.append(nodes + nodes[:1] if len(nodes) > 2 and draw(st.booleans()) else nodes)
    return ways, [draw(st.sampled_from(ONE_WAY)) for _ in ways]


@given(town=towns())
@settings(max_examples=150, deadline=None)
def test_the_lines_are_those_of_osmnx(town):
    ways, tags = town
    found = directed_lines(ways, tags, CORNERS)
    assert sorted(zip(found["osmid"], found.geometry.to_wkt(), strict=True)) == theirs(ways, tags)
    for line in found.itertuples():
        assert (CORNERS[line.u], CORNERS[line.v]) == (line.geometry.coords[0], line.geometry.coords[-1])


def theirs(ways, tags):
    graph = nx.MultiDiGraph(crs="EPSG:4326", simplified=False)
    graph.add_nodes_from((node, {"x": x, "y": y}) for node, (x, y) in CORNERS.items())
    for number, (nodes, said) in enumerate(zip(ways, tags, strict=True)):
        along = list(pairwise(nodes))
        against = [(b, a) for a, b in along]
        runs = [against] if said.get("oneway") == "-1" else [along]
        runs += [against] if said in ({}, {"oneway": "no"}) else []
        for edge in (edge for run in runs for edge in run):
            graph.add_edge(*edge, osmid=number, length=1.0)
    graph.remove_nodes_from(list(nx.isolates(graph)))
    lines = ox.graph_to_gdfs(
        ox.simplify_graph(graph, edge_attrs_differ=["osmid"], remove_rings=False), nodes=False, fill_edge_geometry=True
    )
    return sorted(zip(lines["osmid"], lines.geometry.to_wkt(), strict=True))
