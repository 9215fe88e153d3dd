"""The bridges of a network by name, and the network without one."""

import numpy as np
import pytest
from osm_world import BEIJING, osm_xml
from worlds import WALK, streets_of, two_banks

from planner.bridges import bridges_of, without_bridge
from planner.crs import metric_crs
from planner.intake.osm import read_streets
from planner.travel import join_points, network_for, travel_costs


def river():
    """Two banks with a dual bridge 20 m wide in the west, one of its name in the east, and a footbridge without one::

    A=====B-------C----E        y = 100
    |     |       |    |
    D=====F-------G----H        y = 0
    """
    nodes = {"A": (0, 100), "B": (20, 100), "C": (300, 100), "E": (500, 100)}
    nodes |= {"D": (0, 0), "F": (20, 0), "G": (300, 0), "H": (500, 0)}
    ways = [{"path": path} for path in ("A B", "B C", "C E", "D F", "F G", "G H")]
    ways += [{"path": "A D", "oneway": True, "bridge": "yes", "name": "长街"}]
    ways += [{"path": "F B", "oneway": True, "bridge": "yes", "name": "长街"}]
    ways += [{"path": "C G", "bridge": "viaduct", "name": "长街"}, {"path": "E H", "bridge": "yes"}]
    return streets_of(nodes, ways)


def test_bridges_go_by_name_and_place():
    found = bridges_of(river())
    assert [(bridge.key, bridge.name, len(bridge.edges)) for bridge in found] == [
        ("长街", "长街", 2), ("长街 2", "长街", 1), ("#1", "", 1)
    ]  # fmt: skip
    assert [bridge.length_m for bridge in found] == [100.0, 100.0, 100.0]


@pytest.mark.parametrize("value", ["", "no", "F", "False", "0"])
def test_what_says_no_is_no_bridge(value):
    assert bridges_of(streets_of({"A": (0, 0), "B": (9, 0)}, [{"path": "A B", "bridge": value}])) == ()


def test_a_bridge_goes_by_its_own_name_before_that_of_its_street():
    way = {"path": "A B", "bridge": "yes", "name": "长街", "bridge:name": "彩虹桥"}
    (bridge,) = bridges_of(streets_of({"A": (0, 0), "B": (9, 0)}, [way]))
    assert bridge.key == "彩虹桥"


def test_without_its_bridge_a_town_falls_apart():
    streets = two_banks()
    (bridge,) = bridges_of(streets)
    closed = without_bridge(streets, bridge)
    assert len(streets.edges) == len(closed.edges) + 1 == 3
    ends = np.array([[10.0, 40.0], [10.0, 0.0]])
    pairs = {}
    for name, some in (("open", streets), ("closed", closed)):
        network = network_for(some, WALK, unit="m")
        joins = join_points(network, ends, max_off_road_m=5)
        pairs[name] = len(travel_costs(network, joins, joins, cutoff=1000).cost)
    assert pairs == {"open": 4, "closed": 2}


def test_bridges_are_read_from_openstreetmap(tmp_path):
    nodes = {"A": (0, 0), "B": (100, 0), "C": (140, 0), "D": (300, 0)}
    ways = [
        {"path": "A B", "highway": "residential", "name": "东街"},
        {"path": "B C", "highway": "residential", "name": "东街", "bridge": "yes"},
        {"path": "C D", "highway": "residential", "name": "东街"},
    ]
    (tmp_path / "town.osm").write_text(osm_xml(nodes, ways, at=BEIJING), encoding="utf-8")
    (bridge,) = bridges_of(read_streets(tmp_path / "town.osm", metric_crs(*BEIJING)))
    assert bridge.key == "东街"
    assert bridge.length_m == pytest.approx(40, abs=0.1)


def test_the_demonstration_street_has_its_bridges(demo_study):
    keys = [bridge.key for bridge in bridges_of(demo_study.streets)]
    assert {"北园路", "建设路", "示范大街", "滨河人行桥", "过街天桥", "过街天桥 2"} < set(keys)
    assert len(keys) == len(set(keys))
