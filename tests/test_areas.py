"""Files of polygons that become areas where nothing may stand."""

import json

import pytest
from osm_world import BEIJING, degrees_at

from planner.crs import from_wgs84
from planner.errors import StudyError
from planner.intake.areas import read_areas


def ring(x, y, side=100.0, *, system="wgs84"):
    corners = degrees_at(BEIJING, [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)])
    lon, lat = from_wgs84([c[0] for c in corners], [c[1] for c in corners], system=system)
    return [[float(a), float(b)] for a, b in zip(lon, lat, strict=True)]


def write(path, *geometries):
    features = [{"type": "Feature", "properties": {}, "geometry": shape} for shape in geometries]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_each_polygon_is_an_area_named_after_the_file(tmp_path):
    two = {"type": "MultiPolygon", "coordinates": [[ring(0, 0)], [ring(300, 0)]]}
    one = {"type": "Polygon", "coordinates": [ring(0, 500)]}
    areas = read_areas(write(tmp_path / "湖面.geojson", two, one), "wgs84")
    assert [area.name for area in areas] == ["湖面 1", "湖面 2", "湖面 3"]
    assert [len(area.ring) for area in areas] == [4, 4, 4]
    assert all(area.services == () for area in areas)
    alone = read_areas(write(tmp_path / "公园.geojson", one), "wgs84")
    assert [area.name for area in alone] == ["公园"]
    assert {tuple(round(c, 7) for c in corner) for corner in alone[0].ring} == {
        tuple(round(c, 7) for c in corner) for corner in ring(0, 500)
    }


def test_other_coordinates_are_brought_to_wgs84(tmp_path):
    shifted = {"type": "Polygon", "coordinates": [ring(0, 0, system="gcj02")]}
    area = read_areas(write(tmp_path / "a.geojson", shifted), "gcj02")[0]
    true = {tuple(round(c, 6) for c in corner) for corner in ring(0, 0)}
    assert {tuple(round(c, 6) for c in corner) for corner in area.ring} == true


@pytest.mark.parametrize(
    ("shape", "key"),
    [
        ({"type": "Polygon", "coordinates": [ring(0, 0), ring(20, 20, 30)[::-1]]}, "area_with_hole"),
        ({"type": "Point", "coordinates": ring(0, 0)[0]}, "not_a_polygon"),
    ],
)
def test_what_is_no_plain_area_is_a_fault_with_its_row(tmp_path, shape, key):
    good = {"type": "Polygon", "coordinates": [ring(500, 0)]}
    with pytest.raises(StudyError) as error:
        read_areas(write(tmp_path / "a.geojson", good, shape), "wgs84")
    assert [fault.key for fault in error.value.faults] == [key]
    assert error.value.faults[0].row == 2


def test_a_file_that_is_no_map_is_a_fault(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text("no map", encoding="utf-8")
    with pytest.raises(StudyError):
        read_areas(path, "wgs84")
