import itertools

import networkx as nx
import numpy as np
import pytest
import shapely
from worlds import DRIVE, EBIKE, WALK, crossroads, oneway_ring, random_town, streets_of, two_banks

from planner.travel import Network, join_points, network_for, travel_costs


def costs(streets, demand_xy, site_xy, *, mode=WALK, cutoff=1000.0, unit="m", max_off_road_m=150.0):
    """(demand, site) → cost of every pair within the cutoff."""
    network = network_for(streets, mode, unit=unit)
    joins = [
        join_points(network, np.array(xy, dtype=float), max_off_road_m=max_off_road_m) for xy in (demand_xy, site_xy)
    ]
    found = travel_costs(network, *joins, cutoff=cutoff)
    assert len(set(zip(found.demand.tolist(), found.site.tolist(), strict=True))) == len(found.cost)
    return dict(zip(zip(found.demand.tolist(), found.site.tolist(), strict=True), found.cost.tolist(), strict=True))


def test_the_way_along_the_edge_counts_not_the_nearest_node():
    # 40 m up the northern arm to 70 m along the eastern one: 40 + 70.
    assert costs(crossroads(), [(5, 40)], [(70, -3)]) == {(0, 0): pytest.approx(110)}


def test_two_points_on_one_street_go_straight():
    assert costs(crossroads(), [(20, 0)], [(90, 0)]) == {(0, 0): pytest.approx(70)}


def test_a_site_on_its_own_demand_point_keeps_its_zero():
    assert costs(crossroads(), [(20, 8), (0, 0)], [(20, 8), (0, 0)], cutoff=5) == {(0, 0): 0.0, (1, 1): 0.0}


def test_the_cutoff_is_inclusive():
    assert (0, 0) in costs(crossroads(), [(0, 60)], [(40, 0)], cutoff=100.0)
    assert costs(crossroads(), [(0, 60)], [(40, 0)], cutoff=99.99) == {}


def test_the_river_is_walked_around():
    # From A's end down to C's end: 300 to the bridge, 40 over it, 300 back; as the crow flies it is 40.
    assert costs(two_banks(), [(0, 40)], [(0, 0)]) == {(0, 0): pytest.approx(640)}


def test_one_way_streets_bind_from_demand_to_site():
    # Demand in the middle of A→B, site 20 m behind it: once around the ring.
    assert costs(oneway_ring(), [(50, 0)], [(30, 0)], mode=EBIKE) == {(0, 0): pytest.approx(380)}
    assert costs(oneway_ring(), [(30, 0)], [(50, 0)], mode=EBIKE) == {(0, 0): pytest.approx(20)}
    assert costs(oneway_ring(), [(50, 0)], [(30, 0)], mode=WALK) == {(0, 0): pytest.approx(20)}


def test_a_contraflow_exception_lets_riders_through():
    streets = streets_of(
        {"A": (0.0, 0.0), "B": (100.0, 0.0)}, [{"path": "A B", "oneway": True, "oneway:bicycle": "no"}]
    )
    assert costs(streets, [(80, 0)], [(20, 0)], mode=EBIKE) == {(0, 0): pytest.approx(60)}
    assert costs(streets, [(80, 0)], [(20, 0)], mode=DRIVE) == {}


def test_each_mode_uses_its_own_streets():
    nodes = {"A": (0.0, 0.0), "B": (100.0, 0.0)}
    for highway, open_to in {
        "motorway": {"drive"},
        "footway": {"walk", "ebike"},
        "steps": {"walk"},
        "cycleway": {"walk", "ebike"},
        "residential": {"walk", "ebike", "drive"},
    }.items():
        streets = streets_of(nodes, [{"path": "A B", "highway": highway}])
        usable = {
            name
            for name, mode in {"walk": WALK, "ebike": EBIKE, "drive": DRIVE}.items()
            if costs(streets, [(10, 0)], [(30, 0)], mode=mode)
        }
        assert usable == open_to, highway


@pytest.mark.parametrize(
    ("tags", "open_to"),
    [
        ({"access": "no"}, set()),
        ({"access": "no", "foot": "yes"}, {"walk"}),
        ({"access": "private"}, {"walk", "ebike", "drive"}),  # a compound behind its gate is still a way
        ({"foot": "no"}, {"ebike", "drive"}),
        ({"bicycle": "no"}, {"walk", "drive"}),
        ({"motor_vehicle": "no"}, {"walk", "ebike"}),
        ({"motor_vehicle": "no", "motorcar": "yes"}, {"walk", "ebike", "drive"}),
        ({"highway": "steps", "bicycle": "designated"}, {"walk", "ebike"}),
        ({"highway": "motorway", "access": "yes"}, {"drive"}),
    ],
)
def test_access_tags_overrule_the_class_of_a_street(tags, open_to):
    streets = streets_of({"A": (0.0, 0.0), "B": (100.0, 0.0)}, [{"path": "A B", **tags}])
    modes = {"walk": WALK, "ebike": EBIKE, "drive": DRIVE}
    assert {n for n, m in modes.items() if costs(streets, [(10, 0)], [(30, 0)], mode=m)} == open_to


def test_minutes_follow_the_speed_of_the_mode_and_the_street():
    # 90 m at 4 km/h is 1.35 min; a primary is driven at 40 km/h: 0.135 min.
    streets = streets_of({"A": (0.0, 0.0), "B": (100.0, 0.0)}, [{"path": "A B", "highway": "primary"}])
    assert costs(streets, [(0, 0)], [(90, 0)], unit="min") == {(0, 0): pytest.approx(1.35)}
    assert costs(streets, [(0, 0)], [(90, 0)], mode=DRIVE, unit="min") == {(0, 0): pytest.approx(0.135)}


def test_an_ebike_is_pushed_along_a_footway():
    streets = streets_of({"A": (0.0, 0.0), "B": (100.0, 0.0)}, [{"path": "A B", "highway": "footway"}])
    assert costs(streets, [(0, 0)], [(100, 0)], mode=EBIKE, unit="min") == {(0, 0): pytest.approx(1.5)}


def test_the_cheaper_of_two_parallel_streets_counts():
    nodes = {"A": (0.0, 0.0), "B": (100.0, 0.0), "Z": (-50.0, 0.0), "Y": (150.0, 0.0)}
    ways = [{"path": "A B", "via": [(50.0, 80.0)]}, {"path": "A B"}, {"path": "Z A"}, {"path": "B Y"}]
    assert costs(streets_of(nodes, ways), [(-50, 0)], [(150, 0)]) == {(0, 0): pytest.approx(200)}


def test_a_loop_street_is_passed_either_way():
    # A loop of 4 × 100 m that starts and ends at A.
    ring = [{"path": "A A", "via": [(100.0, 0.0), (100.0, 100.0), (0.0, 100.0)]}]
    streets = streets_of({"A": (0.0, 0.0)}, ring)
    assert costs(streets, [(50, 0)], [(0, 50)]) == {(0, 0): pytest.approx(100)}
    streets.edges["backward"] = False
    assert costs(streets, [(50, 0)], [(0, 50)], mode=EBIKE) == {(0, 0): pytest.approx(300)}
    assert costs(streets, [(0, 50)], [(50, 0)], mode=EBIKE) == {(0, 0): pytest.approx(100)}


def test_points_beyond_the_limit_join_nothing_and_say_how_far_they_are():
    network = network_for(crossroads(), WALK, unit="m")
    joins = join_points(network, np.array([[50.0, 30.0], [50.0, 30.01], [400.0, 0.0]]), max_off_road_m=30)
    assert (joins.edge >= 0).tolist() == [True, False, False]
    assert joins.off_road_m.tolist() == pytest.approx([30, 30.01, 300])
    assert joins.component.tolist() == [0, -1, -1]


def test_a_piece_cut_off_from_the_rest_has_a_component_of_its_own():
    streets = streets_of(
        {"A": (0.0, 0.0), "B": (100.0, 0.0), "C": (0.0, 500.0), "D": (300.0, 500.0)}, [{"path": "A B"}, {"path": "C D"}]
    )
    network = network_for(streets, WALK, unit="m")
    joins = join_points(network, np.array([[50.0, 0.0], [50.0, 500.0]]), max_off_road_m=50)
    assert joins.component.tolist() == [1, 0]  # the longer piece is the main one
    assert costs(streets, [(50, 0)], [(50, 500)], cutoff=1e6) == {}


def test_no_streets_no_points_no_sites():
    empty = streets_of({"A": (0.0, 0.0), "B": (1.0, 0.0)}, [{"path": "A B", "highway": "motorway"}])
    assert costs(empty, [(0, 0)], [(0, 0)]) == {}
    assert costs(crossroads(), np.empty((0, 2)), [(0, 0)]) == {}
    assert costs(crossroads(), [(0, 0)], np.empty((0, 2))) == {}


@pytest.mark.parametrize("mode", [WALK, EBIKE], ids=["walk", "ebike"])
@pytest.mark.parametrize("seed", range(15))
def test_agrees_with_networkx_on_the_split_graph(seed, mode):
    streets = random_town(seed)
    rng = np.random.default_rng(1000 + seed)
    demand_xy, site_xy = rng.uniform(-20, 320, (12, 2)), rng.uniform(-20, 320, (9, 2))
    network = network_for(streets, mode, unit="m")
    expected = split_graph_costs(network, demand_xy, site_xy)
    found = costs(streets, demand_xy, site_xy, mode=mode, cutoff=350, max_off_road_m=1000)
    wanted = {pair: cost for pair, cost in expected.items() if cost <= 350}
    assert found.keys() == wanted.keys()
    assert len(wanted) > 5
    for pair, cost in wanted.items():
        assert found[pair] == pytest.approx(cost, abs=1e-6)


def test_batches_do_not_change_the_answer(monkeypatch):
    streets = random_town(3)
    rng = np.random.default_rng(0)
    demand_xy, site_xy = rng.uniform(0, 300, (20, 2)), rng.uniform(0, 300, (17, 2))
    whole = costs(streets, demand_xy, site_xy)
    monkeypatch.setattr("planner.travel._BATCH_BYTES", 1)
    assert costs(streets, demand_xy, site_xy) == whole


def split_graph_costs(network: Network, demand_xy, site_xy):
    """All pairs by networkx, on a graph in which every point is a node that splits its edge."""
    points = {("d", i): xy for i, xy in enumerate(demand_xy)} | {("s", j): xy for j, xy in enumerate(site_xy)}
    on_edge: dict[int, list[tuple[float, object]]] = {e: [] for e in range(len(network.line))}
    for name, xy in points.items():
        distances = [line.distance(shapely.Point(xy)) for line in network.line]
        edge = int(np.argmin(distances))
        on_edge[edge].append((network.line[edge].project(shapely.Point(xy)), name))
    graph = nx.MultiDiGraph()
    for e, line in enumerate(network.line):
        stops = [
            (0.0, ("n", network.tail[e])),
            *sorted(on_edge[e], key=lambda s: s[0]),
            (line.length, ("n", network.head[e])),
        ]
        for (at, a), (further, b) in itertools.pairwise(stops):
            if network.forward[e]:
                graph.add_edge(a, b, cost=further - at)
            if network.backward[e]:
                graph.add_edge(b, a, cost=further - at)
    pairs = {}
    for i in range(len(demand_xy)):
        reach = nx.single_source_dijkstra_path_length(graph, ("d", i), weight="cost") if ("d", i) in graph else {}
        pairs |= {(i, j): reach[("s", j)] for j in range(len(site_xy)) if ("s", j) in reach}
    return pairs
