import math
from dataclasses import replace

import geopandas as gpd
import pytest
from shapely import LineString, box

from planner.maps.street_names import street_names


def world(study, *streets):
    """The study with only these streets (name, class, line) in a square of 2 km."""
    edges = gpd.GeoDataFrame(
        {"name": [name for name, _, _ in streets], "highway": [kind for _, kind, _ in streets]},
        geometry=[LineString(line) for _, _, line in streets],
        crs=study.metric_crs,
    )
    return replace(study, streets=replace(study.streets, edges=edges), boundary=box(0, 0, 2000, 2000))


@pytest.mark.parametrize(
    ("line", "angle"),
    [
        ([(0, 100), (400, 100)], 0),
        ([(400, 100), (0, 100)], 0),
        ([(100, 0), (100, 400)], 90),
        ([(100, 400), (100, 0)], 90),
        ([(0, 0), (300, 300)], 45),
        ([(0, 300), (300, 0)], -45),
        ([(300, 0), (0, 300)], -45),
    ],
)
def test_a_name_stands_in_the_middle_and_reads_from_left_to_right(demo_study, line, angle):
    (spot,) = street_names(world(demo_study, ("和平路", "tertiary", line)))
    assert (spot.x, spot.y) == pytest.approx(LineString(line).interpolate(0.5, normalized=True).coords[0])
    assert spot.angle == pytest.approx(angle)
    assert spot.name == "和平路"


def test_pieces_of_a_street_are_one_and_a_long_one_has_its_name_again(demo_study):
    pieces = [("长街", "primary", [(x, 500), (x + 100, 500)]) for x in range(0, 2000, 100)]
    assert [spot.x for spot in street_names(world(demo_study, *pieces))] == pytest.approx([1000 / 3, 1000, 5000 / 3])


def test_short_streets_paths_and_those_without_a_name_have_none(demo_study):
    streets = [
        ("短巷", "residential", [(0, 0), (100, 0)]),
        ("小径", "footway", [(0, 0), (900, 0)]),
        ("", "primary", [(0, 9), (900, 9)]),
    ]
    assert street_names(world(demo_study, *streets)) == []


def test_the_second_carriageway_does_not_repeat_the_name(demo_study):
    both = [("大街", "primary", [(0, y), (500, y)]) for y in (100, 130)]
    assert len(street_names(world(demo_study, *both))) == 1


def test_only_what_runs_inside_the_boundary_is_named(demo_study):
    (spot,) = street_names(world(demo_study, ("外路", "primary", [(-3000, 50), (400, 50)])))
    assert (spot.x, spot.y) == pytest.approx((200, 50))


def test_names_of_the_demo_are_of_its_streets(demo_study):
    spots = street_names(demo_study)
    assert {spot.name for spot in spots} <= set(demo_study.streets.edges["name"])
    assert len(spots) > 50
    assert all(-90 < spot.angle <= 90 and math.isfinite(spot.x) for spot in spots)
