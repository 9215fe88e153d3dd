import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from planner.crs import SYSTEMS, from_wgs84, metric_crs, to_wgs84
from planner.errors import ArgumentError

EARTH = Geod(ellps="WGS84")
CHINA = st.tuples(st.floats(73.5, 134.5), st.floats(18.0, 53.5))


def metres_between(one, other):
    return EARTH.inv(*one, *other)[2]


# WGS-84 and GCJ-02 of three cities, from the tests of googollee/eviltransform (go/transform_test.go). That library
# takes another earth radius, which is why a millimetre or two may differ.
@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
    ids=["Shanghai", "Shenzhen", "Beijing"],
)
def test_published_gcj02_pairs(wgs84, gcj02):
    assert metres_between(from_wgs84(*wgs84, "gcj02"), gcj02) < 0.02
    assert metres_between(to_wgs84(*gcj02, "gcj02"), wgs84) < 0.02
    assert 300 < metres_between(wgs84, gcj02) < 700


# At (116.404, 39.915), from the README of wandergis/coordtransform, and of its Python port for WGS-84 → BD-09.
def test_published_pairs_at_tiananmen():
    place = (116.404, 39.915)
    assert metres_between(from_wgs84(*place, "gcj02"), (116.41024449916938, 39.91640428150164)) < 1e-4
    assert metres_between(from_wgs84(*place, "bd09"), (116.41662724378733, 39.922699552216216)) < 1e-4
    as_gcj02 = to_wgs84(*place, "gcj02")
    assert metres_between(from_wgs84(*as_gcj02, "bd09"), (116.41036949371029, 39.92133699351021)) < 1e-4
    as_bd09 = to_wgs84(*place, "bd09")  # theirs inverts BD-09 in one step, half a metre from the true inverse
    assert metres_between(from_wgs84(*as_bd09, "gcj02"), (116.39762729119315, 39.90865673957631)) < 1.0


@settings(deadline=None)
@given(CHINA, st.sampled_from(SYSTEMS))
def test_there_and_back_ends_within_a_micrometre(place, system):
    there = from_wgs84(*place, system)
    assert metres_between(to_wgs84(*there, system), place) < 1e-6


@settings(deadline=None)
@given(CHINA)
def test_gcj02_moves_a_point_by_less_than_a_kilometre_and_bd09_further(place):
    gcj02, bd09 = from_wgs84(*place, "gcj02"), from_wgs84(*place, "bd09")
    assert 10 < metres_between(place, gcj02) < 1000
    assert 500 < metres_between(gcj02, bd09) < 1500


@pytest.mark.parametrize("place", [(13.4, 52.5), (-70.65, -33.45), (139.7, 35.7)], ids=["Berlin", "Santiago", "Tokyo"])
def test_outside_china_gcj02_is_wgs84(place):
    assert from_wgs84(*place, "gcj02") == place
    assert to_wgs84(*place, "gcj02") == place


def test_cgcs2000_counts_as_wgs84():
    assert to_wgs84(116.4, 39.9, "cgcs2000") == (116.4, 39.9)


def test_arrays_keep_their_shape_and_are_not_changed():
    lon, lat = np.array([[116.4, 121.5], [113.9, 104.1]]), np.array([[39.9, 31.2], [22.5, 30.7]])
    before = lon.copy(), lat.copy()
    lon84, lat84 = to_wgs84(lon, lat, "bd09")
    assert lon84.shape == lat84.shape == (2, 2)
    assert (lon84[1, 0], lat84[1, 0]) == pytest.approx(to_wgs84(113.9, 22.5, "bd09"), abs=1e-12)
    np.testing.assert_array_equal((lon, lat), before)


def test_no_points_and_unknown_points_stay_what_they_are():
    assert to_wgs84([], [], "gcj02")[0].shape == (0,)
    lon, lat = to_wgs84([np.nan, 116.4], [39.9, 39.9], "gcj02")
    assert np.isnan(lon[0])
    assert metres_between((lon[1], lat[1]), to_wgs84(116.4, 39.9, "gcj02")) < 1e-6


def test_an_unknown_system_and_unequal_arrays_are_refused():
    for convert in (to_wgs84, from_wgs84):
        with pytest.raises(ArgumentError, match="gcj02"):
            convert(116.4, 39.9, "mars")
        with pytest.raises(ArgumentError, match=r"\(2,\).*\(1,\)"):
            convert([116.4, 116.5], [39.9], "gcj02")


@pytest.mark.parametrize(
    ("lon", "lat", "epsg"),
    [
        (116.35, 40.0, 4548),  # 117° E
        (114.05, 22.5, 4547),  # 114° E
        (121.5, 31.2, 4549),  # 120° E: halfway between two meridians
        (75.9, 39.5, 4534),  # 75° E, the first zone
        (134.8, 48.4, 4554),  # 135° E, the last
        (13.4, 52.5, 32633),
        (-70.65, -33.45, 32719),
        (139.7, 35.7, 32654),
        (106.8, -6.2, 32748),
        (180.0, 0.0, 32601),
        (-180.0, 0.0, 32601),
        (179.9, -17.0, 32760),
    ],
)
def test_the_metric_system_of_a_place(lon, lat, epsg):
    assert metric_crs(lon, lat).to_epsg() == epsg


@settings(max_examples=30, deadline=None)
@given(CHINA)
def test_a_kilometre_is_a_kilometre_in_the_metric_system_of_china(place):
    to_metric = Transformer.from_crs("EPSG:4326", metric_crs(*place), always_xy=True)
    east = EARTH.fwd(*place, 90, 1000)[:2]
    length = np.hypot(*np.subtract(to_metric.transform(*east), to_metric.transform(*place)))
    assert abs(length - 1000) < 0.35
