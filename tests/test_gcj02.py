import numpy as np
import prcoords
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from planner.crs import from_wgs84, to_wgs84
from planner.crs.gcj02 import in_box

EARTH = Geod(ellps="WGS84")
# Mainland, Hainan and the South China Sea, from the westernmost and northernmost points to the southernmost reef.
CHINA = st.tuples(st.floats(73.4, 135.1), st.floats(3.8, 53.6))
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271


def metres_between(one, other):
    return EARTH.inv(*one, *other)[2]


def grid_of_china(step=0.37):
    lon, lat = np.meshgrid(np.arange(73.4, 135.2, step), np.arange(3.8, 53.7, step))
    return lon.ravel(), lat.ravel()


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


def test_all_of_china_is_where_prcoords_has_it():
    """PRCoords writes the formula out sine by sine; its inverse stops at 1e-5 degrees."""
    lon, lat = grid_of_china(step=1.7)
    theirs = [prcoords.wgs_gcj(prcoords.Coords(b, a), False) for a, b in zip(lon.tolist(), lat.tolist(), strict=True)]
    ours = from_wgs84(lon, lat, "gcj02")
    np.testing.assert_allclose(ours, np.array([(c.lon, c.lat) for c in theirs]).T, rtol=0, atol=1e-11)
    theirs = [prcoords.gcj_bd(c) for c in theirs]
    ours = from_wgs84(lon, lat, "bd09")
    np.testing.assert_allclose(ours, np.array([(c.lon, c.lat) for c in theirs]).T, rtol=0, atol=1e-11)


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_there_and_back_over_all_of_china_ends_within_a_micrometre(system):
    lon, lat = grid_of_china()
    back = to_wgs84(*from_wgs84(lon, lat, system), system)
    assert EARTH.inv(lon, lat, *back)[2].max() < 1e-6
    again = from_wgs84(*to_wgs84(lon, lat, system), system)
    assert EARTH.inv(lon, lat, *again)[2].max() < 1e-6


@settings(deadline=None)
@given(CHINA, st.sampled_from(["gcj02", "bd09"]))
def test_there_and_back_ends_within_a_micrometre(place, system):
    assert metres_between(to_wgs84(*from_wgs84(*place, system), system), place) < 1e-6
    assert metres_between(from_wgs84(*to_wgs84(*place, system), system), place) < 1e-6


@pytest.mark.parametrize("east", [-1e-9, -1e-12, 0, 1e-12, 1e-9, 1e-6])
def test_the_meridian_where_the_slope_of_the_formula_has_a_pole(east):
    place = (105 + east, 30.0)
    assert metres_between(to_wgs84(*from_wgs84(*place, "gcj02"), "gcj02"), place) < 1e-6


@settings(deadline=None)
@given(CHINA)
def test_gcj02_moves_a_point_by_less_than_a_kilometre_and_bd09_further(place):
    gcj02, bd09 = from_wgs84(*place, "gcj02"), from_wgs84(*place, "bd09")
    assert 10 < metres_between(place, gcj02) < 1200
    assert 500 < metres_between(gcj02, bd09) < 1500


@settings(deadline=None)
@given(CHINA, st.floats(1.0, 1000.0), st.floats(0, 360), st.sampled_from(["gcj02", "bd09"]))
def test_a_street_keeps_its_shape_within_three_percent(place, length_m, azimuth, system):
    end = EARTH.fwd(*place, azimuth, length_m)[:2]
    moved = metres_between(from_wgs84(*place, system), from_wgs84(*end, system))
    assert moved == pytest.approx(length_m, rel=0.03)


@settings(deadline=None)
@given(CHINA, st.floats(1e-6, 0.5), st.sampled_from(["gcj02", "bd09"]))
def test_what_lies_further_east_or_north_still_does(place, degrees, system):
    lon, lat = place
    here = from_wgs84(lon, lat, system)
    assert from_wgs84(lon + degrees, lat, system)[0] > here[0]
    assert from_wgs84(lon, lat + degrees, system)[1] > here[1]


@pytest.mark.parametrize("place", [(13.4, 52.5), (-70.65, -33.45), (139.7, 35.7)], ids=["Berlin", "Santiago", "Tokyo"])
def test_outside_china_gcj02_is_wgs84(place):
    assert from_wgs84(*place, "gcj02") == place
    assert to_wgs84(*place, "gcj02") == place


@settings(deadline=None)
@given(st.floats(-180, 180), st.floats(-90, 90))
def test_outside_the_box_nothing_changes_to_the_last_bit(lon, lat):
    if not in_box(np.float64(lon), np.float64(lat)):
        assert from_wgs84(lon, lat, "gcj02") == (lon, lat)
        assert to_wgs84(lon, lat, "gcj02") == (lon, lat)


@pytest.mark.parametrize(
    ("place", "name"), [((114.17, 22.3), "Hong Kong"), ((113.54, 22.19), "Macau"), ((121.56, 25.04), "Taipei")]
)
def test_hong_kong_macau_and_taiwan_lie_inside(place, name):
    assert metres_between(from_wgs84(*place, "gcj02"), place) > 300, name


def test_the_rim_of_the_box():
    """Just outside nothing moves. Just inside points move, some over the rim; from there none comes back."""
    middle = 0.5 * (SOUTH + NORTH)
    for lon, inward in ((WEST, 1), (EAST, -1)):
        outside = (lon - inward * 1e-9, middle)
        assert to_wgs84(*outside, "gcj02") == from_wgs84(*outside, "gcj02") == outside
        deep = (lon + inward * 0.02, middle)
        assert metres_between(to_wgs84(*from_wgs84(*deep, "gcj02"), "gcj02"), deep) < 1e-6
    on_rim = (EAST, middle)
    over = from_wgs84(*on_rim, "gcj02")
    assert over[0] > EAST
    assert to_wgs84(*over, "gcj02") == over


def test_a_point_does_not_depend_on_its_neighbours():
    lon, lat = grid_of_china(step=0.25)
    assert len(lon) > 4096  # more than a block
    whole = to_wgs84(lon, lat, "gcj02")
    alone = to_wgs84(lon[5000], lat[5000], "gcj02")
    assert (whole[0][5000], whole[1][5000]) == pytest.approx(alone, abs=1e-13)


def test_what_is_no_number_stays_so_and_leaves_the_others_alone():
    lon, lat = np.array([np.nan, 116.4, np.inf, 116.4]), np.array([39.9, np.nan, 39.9, 39.9])
    for convert in (to_wgs84, from_wgs84):
        for system in ("gcj02", "bd09"):
            x, y = convert(lon, lat, system)
            assert not np.isfinite(x[[0, 2]]).any()
            assert np.isnan(y[1])
            assert (x[3], y[3]) == pytest.approx(convert(116.4, 39.9, system), abs=1e-12)
