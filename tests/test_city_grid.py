import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.crs import fit_city_grid, from_wgs84, to_wgs84
from planner.errors import ArgumentError

# A city surveyed about a meridian of its own, 116.5° E, on a plain 1,500 m up, its axes turned by half a degree and its
# numbers shortened: what the planner must find out from control points alone.
CORNERS = [(116.30, 39.95), (116.42, 39.94), (116.41, 40.03), (116.31, 40.04), (116.35, 39.99)]


def surveyed(lon, lat):
    """Easting and northing in the city's grid."""
    x, y = from_wgs84(lon, lat, "cgcs2000_gk_116.5")
    grown = (1 + 1500 / 6.371e6) * np.exp(-0.5j * np.pi / 180) * (x + 1j * y - (480_000 + 4_420_000j))
    return grown.real, grown.imag


def control_points(places=CORNERS):
    return [tuple(float(part) for part in surveyed(*place)) for place in places]


def misfit_m(grid, place):
    x, y = from_wgs84(*place, "cgcs2000_gk_117")
    there_x, there_y = from_wgs84(*to_wgs84(*surveyed(*place), grid), "cgcs2000_gk_117")
    return float(np.hypot(x - there_x, y - there_y))


def test_a_grid_is_found_from_its_control_points():
    grid = fit_city_grid("city", CORNERS, control_points())
    assert max(grid.residual_m) < 0.05
    assert len(grid.residual_m) == 5
    assert not grid.on_a_line
    assert grid.rotation_deg == pytest.approx(0.5, abs=0.4)  # and the meridians 116.5° and 117° differ by 0.3°
    assert grid.scale == pytest.approx(1 - 1500 / 6.371e6, abs=1e-4)
    for place in [(116.36, 39.97), (116.33, 40.02), (116.40, 39.96)]:
        assert misfit_m(grid, place) < 0.05
        assert from_wgs84(*place, grid) == pytest.approx(surveyed(*place), abs=0.05)


@settings(deadline=None, max_examples=50)
@given(st.floats(-20_000, 20_000), st.floats(-20_000, 20_000))
def test_there_and_back_ends_within_a_micrometre(east, north):
    grid = fit_city_grid("city", CORNERS, control_points())
    assert from_wgs84(*to_wgs84(east, north, grid), grid) == pytest.approx((east, north), abs=1e-6)


def test_arrays_keep_their_shape_and_what_is_no_number():
    grid = fit_city_grid("city", CORNERS, control_points())
    east, north = np.array([[0.0, np.nan], [100.0, 200.0]]), np.array([[0.0, 0.0], [5.0, 6.0]])
    lon, lat = to_wgs84(east, north, grid)
    assert lon.shape == lat.shape == (2, 2)
    assert np.isnan([lon[0, 1], lat[0, 1]]).all()
    assert np.isfinite(lon).sum() == 3


def test_two_points_make_a_grid_that_nothing_checks():
    grid = fit_city_grid("city", CORNERS[:2], control_points()[:2])
    assert grid.residual_m == pytest.approx((0, 0), abs=1e-6)
    assert grid.on_a_line
    assert misfit_m(grid, (116.36, 39.97)) < 0.2


def test_rough_points_are_averaged():
    slips = [(2, 0), (-2, 1), (1, -2), (0, 2), (-1, -1)]
    rough = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(control_points(), slips, strict=True)]
    grid = fit_city_grid("city", CORNERS, rough, tolerance_m=5.0)
    assert 1.0 < max(grid.residual_m) < 4.0
    assert misfit_m(grid, (116.36, 39.99)) < 1.0


def test_a_point_that_misses_is_named():
    wrong = control_points()
    wrong[2] = (wrong[2][0] + 30, wrong[2][1])
    with pytest.raises(ArgumentError, match="水塔") as caught:
        fit_city_grid("city", CORNERS, wrong, labels=["西南", "东南", "水塔", "西北", "广场"])
    assert 10 < caught.value.values["miss_m"] < 30
    assert fit_city_grid("city", CORNERS, wrong, tolerance_m=30.0)


def test_easting_and_northing_exchanged():
    exchanged = [(north, east) for east, north in control_points()]
    with pytest.raises(ArgumentError) as caught:
        fit_city_grid("city", CORNERS, exchanged)
    assert caught.value.key == "mirrored_control_points"


@pytest.mark.parametrize(
    ("lon_lat", "easting_northing", "key"),
    [
        ([], [], "few_control_points"),
        (CORNERS[:1], [(0, 0)], "few_control_points"),
        (CORNERS[:2], [(0, 0)], "few_control_points"),
        ([(116.3, 39.9), (116.301, 39.9)], [(0, 0), (85, 0)], "near_control_points"),
        ([CORNERS[0]] * 3, [(0, 0), (900, 0), (0, 900)], "near_control_points"),
        (CORNERS[:2], [(7, 7), (7, 7)], "near_control_points"),
        (CORNERS[:2], [(0, 0), (10, 0)], "control_points_scale"),
    ],
)
def test_control_points_that_make_no_grid(lon_lat, easting_northing, key):
    with pytest.raises(ArgumentError, match="city") as caught:
        fit_city_grid("city", lon_lat, easting_northing)
    assert caught.value.key == key
    assert caught.value.message("zh") != caught.value.message("en")


def test_points_along_one_road_cannot_show_a_mix_up():
    road = [(116.30 + step, 39.95 + step) for step in (0, 0.03, 0.06, 0.1)]
    assert fit_city_grid("city", road, control_points(road)).on_a_line
