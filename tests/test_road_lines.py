import geopandas as gpd
import numpy as np
import pytest
import shapely
from osm_world import BEIJING, degrees_at
from pyproj import CRS
from shared_data import shared_data

from planner.catalog import load_catalog
from planner.intake.road_lines import read_road_lines
from planner.travel import join_points, network_for, travel_costs

METRIC = CRS.from_epsg(4548)


def roads(tmp_path, *lines, suffix=".geojson", **columns):
    """Lines of places in metres around Beijing."""
    shapes = [shapely.LineString(degrees_at(BEIJING, line)) for line in lines]
    path = tmp_path / f"roads{suffix}"
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4326).to_file(path)
    return path


def read(path, **options):
    return read_road_lines(path, METRIC, "wgs84", **options)


CROSS = [(-100, 0), (0, 0), (100, 0)], [(0, -100), (0, 0), (0, 100)]


def test_lines_meet_where_they_share_a_vertex_and_run_both_ways(tmp_path):
    streets, faults = read(roads(tmp_path, *CROSS, highway=["primary", "service"]))
    assert [f.key for f in faults] == ["roads_two_way"]
    assert (len(streets.edges), streets.node_count) == (4, 5)
    assert streets.edges[["forward", "backward"]].to_numpy().all()
    assert streets.edges["length_m"].tolist() == pytest.approx([100] * 4, rel=1e-3)
    assert sorted(streets.edges["highway"]) == ["primary", "primary", "service", "service"]


def test_lines_that_merely_cross_are_a_bridge(tmp_path):
    streets, _ = read(roads(tmp_path, [(-100, 0), (100, 0)], [(0, -100), (0, 100)]))
    assert (len(streets.edges), streets.node_count) == (2, 4)


def test_directed_edges_come_both_ways_and_one_alone_is_a_oneway_street(tmp_path):
    there, back = [(0, 0), (50, 20), (100, 0)], [(100, 0), (50, 20), (0, 0)]
    streets, faults = read(roads(tmp_path, there, back, [(100, 0), (200, 0)]))
    assert [f.key for f in faults if f.key.startswith("roads_d")] == ["roads_directed"]
    edges = streets.edges.sort_values("length_m")
    assert (edges["forward"] & edges["backward"]).tolist() == [False, True]
    one = edges.iloc[0]
    start = shapely.get_point(one.geometry, 0 if one["forward"] else -1)
    end = shapely.get_point(one.geometry, -1 if one["forward"] else 0)
    assert end.x - start.x == pytest.approx(100, abs=1)


@pytest.mark.parametrize(
    ("oneway", "eastward", "westward"),
    [
        ("yes", True, False),
        ("-1", False, True),
        ("F", True, False),
        ("否", True, True),
        ("", True, True),
        ("是", True, False),
    ],
)
def test_a_column_may_say_what_is_oneway(tmp_path, oneway, eastward, westward):
    streets, _ = read(roads(tmp_path, [(0, 0), (100, 0)], [(100, 0), (200, 0)], 单行道=[oneway, "yes"]))
    west = streets.edges[streets.edges.centroid.x == streets.edges.centroid.x.min()].iloc[0]
    runs_east = shapely.get_coordinates(west.geometry)[0, 0] < shapely.get_coordinates(west.geometry)[-1, 0]
    ways = (west["forward"], west["backward"]) if runs_east else (west["backward"], west["forward"])
    assert ways == (eastward, westward)


def test_road_classes_in_chinese_and_what_is_no_road(tmp_path):
    lines = [[(0, i * 50), (100, i * 50)] for i in range(4)]
    classes = ["主干道", "支路", "construction", "Residential"]
    streets, _ = read(roads(tmp_path, *lines, 道路等级=classes, 道路名称=list("甲乙丙丁")), named={"name": "道路名称"})
    assert dict(zip(streets.edges["name"], streets.edges["highway"], strict=True)) == {
        "甲": "primary",
        "乙": "tertiary",
        "丁": "residential",
    }


def test_other_shapes_are_faults_and_a_file_without_class_says_so(tmp_path):
    path = tmp_path / "r.geojson"
    gpd.GeoDataFrame(geometry=[shapely.Point(116, 40), shapely.LineString([(116, 40), (116.1, 40)])], crs=4326).to_file(
        path
    )
    streets, faults = read(path)
    assert streets is None
    assert [(f.row, f.key, f.value) for f in faults] == [(1, "not_a_line", "Point")]
    assert "roads_without_class" in [f.key for f in read(roads(tmp_path, *CROSS))[1]]


def test_a_loop_and_a_doubled_line_do_no_harm(tmp_path):
    loop = [(0, 0), (50, 50), (100, 0), (50, -50), (0, 0)]
    streets, _ = read(roads(tmp_path, loop, [(-100, 0), (0, 0)], [(-100, 0), (0, 0)]))
    assert streets.edges["length_m"].sum() == pytest.approx(100 + 4 * np.hypot(50, 50), rel=1e-3)


def test_the_roads_of_jinan():
    """A shapefile without .prj, 28,597 directed edges between 12,766 junctions, 5,127 km in both directions."""
    streets, faults = read_road_lines(shared_data("roads/jinan/edges.shp"), METRIC, "wgs84")
    assert [(f.key, f.severity) for f in faults] == [("roads_directed", "remark")]
    edges = streets.edges
    assert streets.node_count == 12_766
    directions = edges["forward"].astype(int) + edges["backward"]
    assert abs(directions.sum() - 28_597) <= 2
    assert (edges["length_m"] * directions).sum() / 1000 == pytest.approx(5_127, rel=1e-3)
    assert edges["highway"].value_counts()["residential"] == 4_826
    lon, lat = edges.to_crs(4326).total_bounds[[0, 2]], edges.to_crs(4326).total_bounds[[1, 3]]
    assert 116.7 < lon[0] < 117.0 < lon[1] < 117.6  # Jinan
    assert 36.2 < lat[0] < 36.7 < lat[1] < 37.3
    network = network_for(streets, load_catalog().modes["ebike"], unit="m")
    ends = np.array([shapely.get_coordinates(edges.geometry.iloc[i])[0] for i in (0, 500)])
    joins = join_points(network, ends, max_off_road_m=150)
    costs = travel_costs(network, joins, joins, cutoff=1e6)
    crow_m = float(np.hypot(*(ends[0] - ends[1])))
    there = costs.cost[(costs.demand == 0) & (costs.site == 1)]
    assert crow_m <= there[0] < 2.5 * crow_m
