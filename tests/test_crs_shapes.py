import threading

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from planner.crs import in_crs, metric_crs

HOLE = [(117.004, 36.004), (117.006, 36.004), (117.004, 36.006)]
COURT = shapely.Polygon([(117, 36), (117.02, 36), (117, 36.02)], [HOLE])
SHAPES = [shapely.Point(117.1, 36.6), shapely.LineString([(117, 36), (117.1, 36.2)]), COURT, shapely.Point(), None]
EVERYWHERE = [metric_crs(117.1, 36.6), CRS.from_epsg(3857), CRS.from_epsg(4490), CRS.from_epsg(2154)]


@pytest.mark.parametrize("system", EVERYWHERE, ids=lambda crs: crs.name)
def test_shapes_come_as_geopandas_brings_them(system):
    """The last system has several ways from WGS-84, among which PROJ chooses place by place."""
    frame = gpd.GeoDataFrame({"name": list("abcde")}, geometry=SHAPES, crs="EPSG:4326", index=[7, 5, 3, 1, 0])
    there = in_crs(frame, system)
    theirs = frame.to_crs(system)
    assert there.crs == theirs.crs
    assert there.equals(theirs)
    back = in_crs(there.geometry, "EPSG:4326")
    assert back.index.tolist() == frame.index.tolist()
    assert back[frame.index[:3]].geom_equals_exact(frame.geometry[frame.index[:3]], 1e-9).all()


def test_shapes_in_the_system_already_are_a_copy():
    shapes = gpd.GeoSeries(SHAPES, crs="EPSG:4326", name="place")
    same = in_crs(shapes, "EPSG:4326")
    assert same is not shapes
    assert same.equals(shapes)
    assert in_crs(shapes, "EPSG:3857").name == "place"


def test_another_thread_brings_them_to_the_same_place():
    shapes = gpd.GeoSeries(SHAPES, crs="EPSG:4326")
    found = [in_crs(shapes, metric_crs(117, 36))]
    other = threading.Thread(target=lambda: found.append(in_crs(shapes, metric_crs(117, 36))))
    other.start()
    other.join()
    assert found[0].equals(found[1])


def test_shapes_of_no_known_system_are_refused():
    with pytest.raises(CRSError):
        in_crs(gpd.GeoSeries(SHAPES), "EPSG:4326")
