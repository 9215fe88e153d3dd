import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from planner.crs import from_wgs84, gauss_kruger_name, metric_crs, to_wgs84
from planner.crs.projected import is_projected
from planner.errors import ArgumentError

EARTH = Geod(ellps="WGS84")
CHINA = st.tuples(st.floats(73.6, 135.1), st.floats(3.8, 53.6))
BEIJING = (116.35, 40.0)  # 0.65° west of the meridian 117° E of zone 39


def metres_between(one, other):
    return EARTH.inv(*one, *other)[2]


@pytest.mark.parametrize(
    ("name", "epsg"),
    [
        ("cgcs2000_gk_117", 4548),
        ("cgcs2000_gk_75", 4534),
        ("cgcs2000_gk_135", 4554),
        ("cgcs2000_gk", 4527),  # the zone of Beijing, 39, in its eastings
        ("web_mercator", 3857),
        ("EPSG:32650", 32650),
        ("epsg:4548", 4548),
    ],
)
def test_a_name_means_its_epsg_system(name, epsg):
    """EPSG 4534 to 4554 are the 3-degree systems without zone number, 4513 to 4533 those with it."""
    theirs = Transformer.from_crs("EPSG:4326", epsg, always_xy=True)
    assert from_wgs84(*BEIJING, name) == pytest.approx(theirs.transform(*BEIJING), abs=1e-6)
    assert to_wgs84(*theirs.transform(*BEIJING), name) == pytest.approx(BEIJING, abs=1e-11)


def test_the_easting_says_its_zone():
    easting, northing = from_wgs84(*BEIJING, "cgcs2000_gk")
    assert 39_400_000 < easting < 39_500_000
    assert from_wgs84(*BEIJING, "cgcs2000_gk_117") == pytest.approx((easting - 39e6, northing), abs=1e-7)
    # Zone 20 of six degrees has the same meridian as zone 39 of three.
    assert to_wgs84(easting - 19e6, northing, "cgcs2000_gk") == pytest.approx(BEIJING, abs=1e-11)


def test_points_of_several_zones_in_one_file():
    places = np.array([[116.35, 40.0], [113.9, 22.5], [75.0, 39.5], [135.0, 48.4]])
    x, y = from_wgs84(*places.T, "cgcs2000_gk")
    assert (x // 1e6).tolist() == [39, 38, 25, 45]
    np.testing.assert_allclose(np.column_stack(to_wgs84(x, y, "cgcs2000_gk")), places, atol=1e-11)


def test_a_city_with_a_meridian_of_its_own():
    name = gauss_kruger_name(114.3333333)
    easting, northing = from_wgs84(114.3333333, 30.5, name)
    assert easting == pytest.approx(500_000, abs=1e-6)
    theirs = Transformer.from_crs("EPSG:4326", 4547, always_xy=True)  # the arc of the meridian is the same for all
    assert northing == pytest.approx(theirs.transform(114.0, 30.5)[1], abs=1e-6)


@settings(deadline=None)
@given(CHINA, st.sampled_from(["cgcs2000_gk", "web_mercator", "nearest meridian"]))
def test_there_and_back_ends_within_a_micrometre(place, name):
    if name == "nearest meridian":
        name = gauss_kruger_name(3 * round(place[0] / 3))
    assert metres_between(to_wgs84(*from_wgs84(*place, name), name), place) < 1e-6


@settings(deadline=None)
@given(CHINA, st.floats(1.0, 1000.0), st.floats(0, 360))
def test_a_street_keeps_its_length_in_its_zone(place, length_m, azimuth):
    name = gauss_kruger_name(3 * round(place[0] / 3))
    end = EARTH.fwd(*place, azimuth, length_m)[:2]
    drawn_m = np.hypot(*np.subtract(from_wgs84(*end, name), from_wgs84(*place, name)))
    assert drawn_m == pytest.approx(length_m, rel=4e-4)


def test_what_is_no_place_of_the_system_is_no_number():
    for x, y in ((447_000, 4_419_000), (12e6, 4_419_000), (46e6, 4_419_000), (np.nan, 4_419_000), (39.4e6, np.inf)):
        assert np.isnan(to_wgs84(x, y, "cgcs2000_gk")).all(), (x, y)
    assert np.isnan(to_wgs84(1e9, 1e9, "cgcs2000_gk_117")).all()
    assert np.isnan(from_wgs84([-70.0, np.nan], [30.0, 30.0], "cgcs2000_gk")).all()
    assert np.isnan(from_wgs84(np.nan, 30.0, "web_mercator")).all()


@pytest.mark.parametrize("name", ["cgcs2000_gk_20", "cgcs2000_gk_", "cgcs2000_gk_nan", "EPSG:", "EPSG:x", "EPSG:４５"])
def test_names_that_are_none(name):
    assert not is_projected(name)
    with pytest.raises(ArgumentError, match="cgcs2000_gk_117"):
        to_wgs84(0, 0, name)


@pytest.mark.parametrize(
    ("name", "told"),
    [("EPSG:999999", "999999"), ("EPSG:2383", "Xian 1980"), ("EPSG:2435", "Beijing 1954"), ("EPSG:5773", "EPSG:5773")],
)
def test_epsg_systems_that_do_not_exist_or_stand_on_another_datum(name, told):
    for convert in (to_wgs84, from_wgs84):
        with pytest.raises(ArgumentError, match=told):
            convert(500_000, 4_000_000, name)


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
@given(st.tuples(st.floats(73.5, 134.5), st.floats(18.0, 53.5)))
def test_a_kilometre_is_a_kilometre_in_the_metric_system_of_china(place):
    to_metric = Transformer.from_crs("EPSG:4326", metric_crs(*place), always_xy=True)
    east = EARTH.fwd(*place, 90, 1000)[:2]
    length = np.hypot(*np.subtract(to_metric.transform(*east), to_metric.transform(*place)))
    assert abs(length - 1000) < 0.35
