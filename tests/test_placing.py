from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shared_data import shared_data

from planner.crs import from_wgs84, metric_crs, to_wgs84
from planner.intake.candidates import Candidate
from planner.intake.osm import read_features, read_streets
from planner.intake.placing import Ground, ground_of, weigh_systems
from planner.intake.positions import project
from planner.shipped_files import shipped

DEGREES = [Candidate(name, name) for name in ("wgs84", "gcj02", "bd09")]
SYSTEMS = [candidate.name for candidate in DEGREES]
AT = (116.35, 40.0)
METRIC = metric_crs(*AT)


def best(evidence):
    return evidence.placings[0].system


def degrees(xy, system):
    """Coordinates in ``system`` of places in metres of METRIC."""
    places = gpd.GeoSeries(shapely.points(xy), crs=METRIC).to_crs(4326)
    return from_wgs84(places.x, places.y, system)


# A town drawn with a ruler: streets every 400 m east-west and every 500 m north-south, a house in each corner.
def town(*, with_area=False, with_houses=False):
    east, north = np.array(project(*(np.array([part]) for part in AT), METRIC))[0]
    x, y = np.arange(0, 4001, 500.0) + east, np.arange(0, 4001, 400.0) + north
    lines = [shapely.LineString([(a, y[0]), (a, y[-1])]) for a in x]
    lines += [shapely.LineString([(x[0], b), (x[-1], b)]) for b in y]
    corners = np.array([(a + 20, b + 20) for a in x[:-1] for b in y[:-1]])
    houses = [shapely.box(a - 8, b - 8, a + 8, b + 8) for a, b in corners] if with_houses else []
    edges = gpd.GeoDataFrame({"highway": ["residential"] * len(lines)}, geometry=lines, crs=METRIC)
    area = shapely.box(x[0], y[0], x[-1], y[-1]) if with_area else None
    return ground_of(edges, houses, area), corners


@pytest.mark.parametrize("system", SYSTEMS)
def test_houses_on_corners_say_their_system(system):
    ground, corners = town(with_area=True, with_houses=True)
    evidence = weigh_systems(*degrees(corners, system), DEGREES, ground)
    assert (best(evidence), evidence.is_clear) == (system, True)
    right = evidence.placings[0]
    assert (right.inside_share, right.building_share, right.roadway_share) == (1, 1, 0)
    assert right.street_m == pytest.approx(20, abs=0.5)
    assert all(wrong.inside_share < 1 and wrong.building_share < 0.2 for wrong in evidence.placings[1:])


def test_what_is_not_known_is_not_told():
    ground, corners = town()
    evidence = weigh_systems(*degrees(corners, "gcj02"), DEGREES, ground)
    assert (best(evidence), evidence.is_clear) == ("gcj02", True)
    assert {(p.inside_share, p.building_share) for p in evidence.placings} == {(None, None)}


@pytest.mark.parametrize("system", SYSTEMS)
def test_positions_along_the_carriageway_are_told_too(system):
    """Riders' own positions lie where nothing may stand: most points in the roadway is a sign, not a contradiction."""
    ground, corners = town()
    xy = np.concatenate([np.add(corners, (east - 20, -18.0)) for east in (100, 200, 300)])
    evidence = weigh_systems(*degrees(xy, system), DEGREES, ground)
    assert (best(evidence), evidence.is_clear) == (system, True)
    assert evidence.placings[0].roadway_share == 1


def test_few_points_are_not_clear():
    ground, corners = town(with_area=True, with_houses=True)
    evidence = weigh_systems(*degrees(corners[::12], "gcj02"), DEGREES, ground)
    assert evidence.blocks < 8
    assert not evidence.is_clear


def test_many_points_in_one_yard_are_one_witness():
    ground, corners = town(with_area=True, with_houses=True)
    yard = corners[20] + np.random.default_rng(0).uniform(-8, 8, (500, 2))
    evidence = weigh_systems(*degrees(yard, "gcj02"), DEGREES, ground)
    assert evidence.blocks <= 2  # the yard may lie across an edge
    assert not evidence.is_clear


def test_one_place_told_many_times_counts_once():
    ground, corners = town(with_area=True)
    once, often = (weigh_systems(*degrees(np.repeat(corners, n, axis=0), "bd09"), DEGREES, ground) for n in (1, 7))
    assert once == often


def test_points_scattered_at_random_far_inside_are_not_clear():
    ground, corners = town(with_area=True)
    middle = corners.mean(axis=0) + np.random.default_rng(3).uniform(-700, 700, (300, 2))
    assert not weigh_systems(*degrees(middle, "gcj02"), DEGREES, ground).is_clear


def test_without_streets_the_boundary_alone_speaks():
    full, corners = town(with_area=True)
    none = np.array([], dtype=object)
    ground = Ground(METRIC, none, none, none, full.area)
    spread = np.concatenate([corners, np.add(corners, (250, 200))])
    evidence = weigh_systems(*degrees(spread, "gcj02"), DEGREES, ground)
    assert best(evidence) == "gcj02"
    assert evidence.placings[0].street_m == np.inf


def test_with_neither_streets_nor_boundary_nothing_is_clear():
    none = np.array([], dtype=object)
    evidence = weigh_systems(*degrees(town()[1], "gcj02"), DEGREES, Ground(METRIC, none, none, none))
    assert not evidence.is_clear


@pytest.mark.parametrize("numbers", [[], [np.nan, np.nan]])
def test_no_points_are_no_evidence(numbers):
    evidence = weigh_systems(np.array(numbers), np.array(numbers), DEGREES, town()[0])
    assert (evidence.placings, evidence.is_clear) == ((), False)


def test_no_candidates_are_no_evidence():
    assert not weigh_systems(np.array([1.0]), np.array([2.0]), [], town()[0]).is_clear


def test_the_only_candidate_is_clear_enough():
    """Metres that land near the study in one system alone can be in no other."""
    ground, corners = town(with_area=True)
    x, y = degrees(corners[:2], "cgcs2000_gk_117")
    evidence = weigh_systems(y, x, [Candidate("cgcs2000_gk_117", "cgcs2000_gk_117", northing_first=True)], ground)
    assert evidence.is_clear
    assert evidence.placings[0].northing_first
    assert evidence.placings[0].inside_share == 1


# The demonstration street, as whoever sends files has it.
@pytest.fixture(scope="module")
def demo():
    folder = shipped("data/demo")
    boundary = gpd.read_file(folder / "boundary.geojson")
    metric = metric_crs(*boundary.union_all().centroid.coords[0])
    edges = read_streets(folder / "streets.osm", metric).edges
    houses = read_features(folder / "streets.osm", ("building",)).to_crs(metric).geometry
    return folder, ground_of(edges, houses, boundary.to_crs(metric).union_all())


def outline(path, metric, step_m=30.0):
    """Points along the borders of a file's polygons, in WGS-84."""
    rings = shapely.get_parts(shapely.boundary(gpd.read_file(path).to_crs(metric).geometry.to_numpy()))
    along = [shapely.line_interpolate_point(ring, np.arange(0, ring.length, step_m)) for ring in rings]
    points = gpd.GeoSeries(np.concatenate(along), crs=metric).to_crs(4326)
    return points.x.to_numpy(), points.y.to_numpy()


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("file", ["hosts", "centres", "cells"])
def test_each_table_of_the_demonstration_street(demo, file, system):
    folder, ground = demo
    table = pd.read_csv(folder / f"{file}.csv")
    evidence = weigh_systems(*from_wgs84(table["lon"], table["lat"], system), DEGREES, ground)
    assert (best(evidence), evidence.is_clear) == (system, True)


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("file", ["boundary", "communities", "grids"])
def test_each_map_of_the_demonstration_street(demo, file, system):
    folder, ground = demo
    if file == "boundary":
        ground = Ground(ground.metric, ground.streets, ground.roads, ground.buildings)
    there = from_wgs84(*outline(folder / f"{file}.geojson", ground.metric), system)
    evidence = weigh_systems(*there, DEGREES, ground, outlines=True)
    assert (best(evidence), evidence.is_clear) == (system, True)


@cache
def extract_of(folder):
    points = gpd.read_file(folder / "pois.geojson").geometry.representative_point()
    (extract,) = folder.glob("*.osm.pbf")
    metric = metric_crs(points.x.mean(), points.y.mean())
    houses = read_features(extract, ("building",)).to_crs(metric).geometry
    return points, read_streets(extract, metric).edges, houses


# Real points of interest: 255 and 407 in Beijing, 62 in the suburbs of Shenzhen, where few houses are mapped.
@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("place", ["haidian_xueyuanlu", "haidian_zhongguancun", "shenzhen_longgang"])
def test_real_points_of_interest_moved_to_another_system(place, system):
    points, edges, houses = extract_of(shared_data(f"osm/{place}"))
    there = from_wgs84(points.x, points.y, system)
    evidence = weigh_systems(*there, DEGREES, ground_of(edges, houses))
    assert (best(evidence), evidence.is_clear) == (system, True)
    # A handful of them is too few, and in the suburbs streets without houses are too little.
    handful = weigh_systems(there[0][:6], there[1][:6], DEGREES, ground_of(edges, houses))
    assert not handful.is_clear
    if place == "shenzhen_longgang":
        assert not weigh_systems(*there, DEGREES, ground_of(edges)).is_clear


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_real_street_offices_border_against_its_streets(system):
    """学院路街道 and its neighbours follow the roads of the extract; the border is drawn with some freedom."""
    _, edges, _ = extract_of(shared_data("osm/haidian_xueyuanlu"))
    frame = shapely.box(*edges.total_bounds).buffer(-100)
    zones = gpd.read_file(shared_data("zones/beijing_streets.geojson")).to_crs(METRIC)
    inside = shapely.intersection(shapely.boundary(zones.geometry.to_numpy()), frame)
    lines = shapely.get_parts(inside[~shapely.is_empty(inside)])
    along = np.concatenate([shapely.line_interpolate_point(line, np.arange(0, line.length, 30)) for line in lines])
    evidence = weigh_systems(*degrees(shapely.get_coordinates(along), system), DEGREES, ground_of(edges), outlines=True)
    assert best(evidence) == system


def futian():
    """The drive network of Futian, and the chargers that lie within it in whatever system they are read."""
    metric = metric_crs(114.05, 22.54)
    edges = read_streets(shared_data("roads/shenzhen_futian_drive.graphml"), metric).edges
    table = pd.read_csv(shared_data("stations/shenzhen_ev_chargers_gcj02.csv"))
    lon, lat = table["longitude"].to_numpy(), table["latitude"].to_numpy()
    frame = shapely.box(*edges.total_bounds)
    within = [shapely.contains(frame, shapely.points(project(*to_wgs84(lon, lat, s), metric))) for s in SYSTEMS]
    return edges, lon, lat, np.logical_and.reduce(within)


def test_the_chargers_of_shenzhen_are_gcj02_against_the_streets_of_futian():
    """Read as GCJ-02 none of the 43 stands in a roadway. That is no proof yet, and the planner says so."""
    edges, lon, lat, within = futian()
    assert within.sum() == 43
    evidence = weigh_systems(lon[within], lat[within], DEGREES, ground_of(edges))
    assert best(evidence) == "gcj02"
    roadway = {placing.system: placing.roadway_share for placing in evidence.placings}
    assert roadway["gcj02"] == 0
    assert min(roadway["wgs84"], roadway["bd09"]) > 0.04
    assert not evidence.is_clear


def test_the_chargers_of_shenzhen_are_gcj02_against_the_city_too():
    """The city's border decides: in another system dozens of chargers stand in the sea."""
    edges, lon, lat, _ = futian()
    zones = gpd.read_file(shared_data("zones/shenzhen_taz/SZ_districts.shp"))
    evidence = weigh_systems(lon, lat, DEGREES, ground_of(edges, area=zones.to_crs(edges.crs).union_all()))
    assert (best(evidence), evidence.is_clear) == ("gcj02", True)
    inside = {placing.system: placing.inside_share for placing in evidence.placings}
    assert inside["gcj02"] > 0.999
    assert max(inside["wgs84"], inside["bd09"]) < 0.97


def test_the_rider_stations_of_zhengzhou_without_streets_are_not_clear():
    table = pd.read_csv(shared_data("stations/zhengzhou_rider_stations_gcj02.csv"))
    none = np.array([], dtype=object)
    ground = Ground(metric_crs(113.6, 34.7), none, none, none)
    assert not weigh_systems(table["lng_gcj02"].to_numpy(), table["lat_gcj02"].to_numpy(), DEGREES, ground).is_clear
