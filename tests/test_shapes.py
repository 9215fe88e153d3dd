import json

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shared_data import shared_data
from study_world import geojson

from planner.crs import from_wgs84
from planner.errors import shown_faults
from planner.intake.positions import project
from planner.intake.shapes import read_shapes
from planner.intake.tables import Column

SQUARE = shapely.box(116.0, 40.0, 116.1, 40.1)
BOW = {"type": "Polygon", "coordinates": [[[116, 40], [116.1, 40.1], [116.1, 40], [116, 40.1], [116, 40]]]}


def read(tmp_path, content, texts=("name",), *, unique=None, system="wgs84", name="zones.geojson"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_shapes(path, system, columns_of(texts, unique=unique))


def columns_of(texts, *, unique=None):
    return [Column(name, "code", required=name == unique, unique=name == unique) for name in texts]


def feature(name, shape=SQUARE):
    return {"name": name}, shape if shape is None or isinstance(shape, dict) else shape.__geo_interface__


def polygon(*rings):
    return {"type": "Polygon", "coordinates": [list(ring) for ring in rings]}


def test_polygons_come_in_degrees_with_the_texts_asked_for(tmp_path):
    frame, faults = read(tmp_path, geojson(({"name": " 甲 ", "colour": "red"}, SQUARE.__geo_interface__)))
    assert faults == []
    assert list(frame) == ["name", "geometry"]
    assert frame["name"].tolist() == ["甲"]
    assert frame.crs == "EPSG:4326"
    assert frame.geometry[0].equals(SQUARE)


def test_all_faults_of_a_file_at_once_with_the_number_of_the_feature(tmp_path):
    point = shapely.Point(116, 40)
    content = geojson(feature("a"), feature("a", BOW), feature("", None), feature("b", point), feature("c"))
    _, faults = read(tmp_path, content, ("name", "code"), unique="name")
    assert [(f.row, f.column, f.key) for f in faults] == [
        (None, "code", "missing_column"),
        (2, "name", "duplicate"),
        (3, "name", "empty_value"),
        (2, None, "invalid_shape"),
        (3, None, "empty_shape"),
        (4, None, "not_a_polygon"),
    ]
    assert "Self-intersection" in faults[3].line("en")
    assert all(f.line("zh") for f in faults)


@pytest.mark.parametrize(
    "ring",
    [[], [[116, 40]], [[116, 40], [117, 41]], [[116, 40], [116.1, 40], [116.1, 40.1], [116, 40.1]]],
    ids=["no points", "one point", "two points", "not closed"],
)
def test_an_outline_that_does_not_close_is_the_fault_of_its_feature(tmp_path, ring):
    _, faults = read(tmp_path, geojson(feature("a"), feature("b", polygon(ring))))
    assert [(f.row, f.key) for f in faults] == [(2, "empty_shape")]


@pytest.mark.parametrize(
    ("corner", "key"),
    [((40.0, 116.0), "shape_swapped"), ((4e5, 4.4e6), "not_degrees"), ((190.0, 40.0), "not_degrees")],
    ids=["swapped", "metres", "too far"],
)
def test_what_is_not_degrees_is_told_with_the_coordinates(tmp_path, corner, key):
    _, faults = read(tmp_path, geojson(feature("a", shapely.box(*corner, corner[0] + 0.1, corner[1] + 0.1))))
    assert [(f.row, f.key) for f in faults] == [(1, key)]
    assert f"({corner[0]:g}, {corner[1]:g})" in faults[0].line("zh")


def test_very_many_faults_are_counted(tmp_path):
    _, faults = read(tmp_path, geojson(*(feature(str(i), None) for i in range(50))))
    assert [f.key for f in shown_faults(faults)] == ["empty_shape"] * 20 + ["more_alike"]


def test_degrees_of_another_system_come_back_to_wgs84(tmp_path):
    moved = shapely.transform(SQUARE, lambda xy: np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], "gcj02")))
    frame, _ = read(tmp_path, geojson(feature("a", moved)), system="gcj02")
    assert shapely.hausdorff_distance(frame.geometry[0], SQUARE) < 1e-9
    assert shapely.hausdorff_distance(moved, SQUARE) > 1e-3


def test_heights_are_dropped(tmp_path):
    frame, faults = read(tmp_path, geojson(feature("a", shapely.force_3d(SQUARE, 5.0))))
    assert faults == []
    assert not frame.geometry.has_z.any()


def test_a_projection_that_the_file_states_is_undone(tmp_path):
    there = gpd.GeoDataFrame({"name": ["a"]}, geometry=[SQUARE], crs="EPSG:4326").to_crs("EPSG:4548")
    there.to_file(tmp_path / "z.gpkg")
    frame, faults = read_shapes(tmp_path / "z.gpkg", "cgcs2000", columns_of(["name"]))
    assert faults == []
    assert shapely.hausdorff_distance(frame.geometry[0], SQUARE) < 1e-8


def test_a_shapefile_without_a_projection_is_in_the_system_that_is_said(tmp_path):
    gpd.GeoDataFrame({"name": ["a"]}, geometry=[SQUARE], crs="EPSG:4326").to_file(tmp_path / "z.shp")
    (tmp_path / "z.prj").unlink()
    frame, faults = read_shapes(tmp_path / "z.shp", "wgs84", columns_of(["name"]))
    assert faults == []
    assert frame.geometry[0].equals(SQUARE)


def test_codes_that_are_numbers_become_digits(tmp_path):
    content = geojson(*(({"name": code}, SQUARE.__geo_interface__) for code in (110108001001001, None)))
    assert read(tmp_path, content)[0]["name"].tolist() == ["110108001001001", ""]
    content = geojson(*(({"name": code}, SQUARE.__geo_interface__) for code in (12, "A7", 1.5)))
    assert read(tmp_path, content)[0]["name"].tolist() == ["12", "A7", "1.5"]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("", "shapes_unreadable"),
        ("hello", "shapes_unreadable"),
        ("{}", "shapes_unreadable"),
        (geojson(({"name": "a"}, None))[:60], "shapes_unreadable"),
        (geojson(), "no_shapes"),
        (geojson(feature("café")).encode("latin-1"), "shapes_not_utf8"),
        (geojson(feature("中關村街道辦事處")).encode("big5"), "shapes_not_utf8"),
    ],
    ids=["empty", "text", "other JSON", "cut off", "no features", "Latin-1", "Big5"],
)
def test_what_is_no_map_file(tmp_path, content, key):
    frame, faults = read(tmp_path, content)
    assert [(f.file, f.key) for f in faults] == [("zones.geojson", key)]
    assert list(frame) == ["name", "geometry"]
    assert str(tmp_path) not in faults[0].line("zh")


def test_a_byte_order_mark_does_no_harm(tmp_path):
    assert read(tmp_path, "\ufeff" + geojson(feature("甲")))[0]["name"].tolist() == ["甲"]


def test_a_table_without_shapes_says_so(tmp_path):
    assert [f.key for f in read(tmp_path, "name,code\na,b\n", name="zones.csv")[1]] == ["no_shapes"]


def test_a_file_of_several_layers_is_not_guessed_at(tmp_path):
    frame = gpd.GeoDataFrame({"name": ["a"]}, geometry=[SQUARE], crs="EPSG:4326")
    for layer in ("old", "new"):
        frame.to_file(tmp_path / "z.gpkg", layer=layer)
    _, faults = read_shapes(tmp_path / "z.gpkg", "wgs84", columns_of(["name"]))
    assert [f.key for f in faults] == ["several_layers"]
    assert "old, new" in faults[0].line("en")


def test_a_bare_polygon_is_a_boundary(tmp_path):
    frame, faults = read(tmp_path, json.dumps(SQUARE.__geo_interface__), ())
    assert faults == []
    assert frame.geometry[0].equals(SQUARE)


def test_project_gives_metres():
    """From (117° E, 40° N), on the central meridian, a thousandth of a degree north is 111.0 m."""
    xy = project(np.array([117.0, 117.0]), np.array([40.0, 40.001]), "EPSG:4548")
    assert xy[0, 0] == pytest.approx(500_000, abs=1e-6)
    assert np.subtract(*xy[::-1]) == pytest.approx([0, 111.035], abs=0.01)


def test_the_streets_of_beijing():
    frame, faults = read_shapes(
        shared_data("zones/beijing_streets.geojson"), "wgs84", columns_of(["district", "street"])
    )
    assert faults == []
    assert len(frame) == 331
    assert "学院路街道" in set(frame["street"])


def test_the_traffic_zones_of_shenzhen_come_out_of_web_mercator():
    frame, faults = read_shapes(shared_data("zones/shenzhen_taz/SZ_districts.shp"), "wgs84", [])
    assert faults == []
    assert len(frame) == 491
    west, south, east, north = frame.total_bounds
    assert 113 < west < east < 115
    assert 22 < south < north < 23
