import numpy as np
import pytest

from planner.crs import DEGREE_SYSTEMS, SYSTEMS, check_system, from_wgs84, to_wgs84
from planner.errors import ArgumentError

EVERY_KIND = (*SYSTEMS, "cgcs2000_gk_117", "EPSG:4548")
BEIJING = (116.4, 39.9)


def test_cgcs2000_counts_as_wgs84():
    assert to_wgs84(*BEIJING, "cgcs2000") == BEIJING
    assert from_wgs84(*BEIJING, "cgcs2000") == BEIJING


def test_gcj02_is_meant_where_no_system_is_said():
    assert to_wgs84(*BEIJING) == to_wgs84(*BEIJING, "gcj02") != BEIJING
    assert from_wgs84(*BEIJING) == from_wgs84(*BEIJING, "gcj02") != BEIJING


@pytest.mark.parametrize("system", EVERY_KIND)
def test_there_and_back(system):
    assert check_system(system) == system
    assert to_wgs84(*from_wgs84(*BEIJING, system), system) == pytest.approx(BEIJING, abs=1e-11)
    is_in_degrees = max(from_wgs84(*BEIJING, system)) < 180
    assert is_in_degrees == (system in DEGREE_SYSTEMS)


@pytest.mark.parametrize("system", EVERY_KIND)
def test_arrays_keep_their_shape_and_are_not_changed(system):
    lon, lat = np.array([[116.4, 118.5], [116.9, 117.1]]), np.array([[39.9, 31.2], [22.5, 30.7]])
    x, y = from_wgs84(lon, lat, system)
    before = x.copy(), y.copy()
    lon84, lat84 = to_wgs84(x, y, system)
    assert x.shape == y.shape == lon84.shape == lat84.shape == (2, 2)
    np.testing.assert_allclose((lon84, lat84), (lon, lat), rtol=0, atol=1e-11)
    lon84[:], lat84[:] = 0, 0  # the result is the caller's own
    np.testing.assert_array_equal((x, y), before)


@pytest.mark.parametrize("system", EVERY_KIND)
def test_no_points_and_unknown_points_stay_what_they_are(system):
    for convert in (to_wgs84, from_wgs84):
        assert [part.shape for part in convert([], [], system)] == [(0,), (0,)]
        x, y = convert([np.nan, np.nan], [39.9, np.nan], system)
        assert np.isnan(x).all()
        assert np.isnan(y[1])


def test_an_unknown_system_and_unequal_arrays_are_refused():
    for convert in (to_wgs84, from_wgs84):
        with pytest.raises(ArgumentError, match="gcj02"):
            convert(116.4, 39.9, "mars")
        with pytest.raises(ArgumentError, match=r"\(2,\).*\(1,\)"):
            convert([116.4, 116.5], [39.9], "gcj02")
