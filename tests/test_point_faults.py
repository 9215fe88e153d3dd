import numpy as np
import pandas as pd
import pytest
from shapely import box

from planner.intake.point_faults import FAR_FROM_BOUNDARY_M, point_faults, system_remarks

# A toy earth: a degree is 1,000 m and the street is the square kilometre at 116° E, 40° N.
AREA = box(116_000, 40_000, 117_000, 41_000)


def place(lon, lat):
    return np.column_stack([lon * 1000, lat * 1000])


def found(*lon_lat, slack_m=0.0):
    lon, lat = np.array(lon_lat, dtype=float).reshape(-1, 2).T
    rows = range(2, 2 + len(lon))
    titles = {"lon": "经度", "lat": "纬度"}
    return point_faults(
        "p.csv", pd.Series(lon, rows), pd.Series(lat, rows), place, AREA, system="wgs84", titles=titles, slack_m=slack_m
    )


def told(faults):
    return [(f.row, f.key, f.severity) for f in faults]


GOOD = (116.5, 40.5)


def test_points_inside_have_no_faults():
    assert found(GOOD, (116, 40), (117, 41)) == []


@pytest.mark.parametrize(
    ("point", "key"),
    [
        ((0, 0), "position_at_zero"),
        ((40.5, 116.5), "position_swapped"),
        ((20.0, 40.5), "far_away"),
        ((500_000, 4_000_000), "position_not_degrees"),
        ((1e300, 40), "position_not_degrees"),
    ],
)
def test_a_position_that_cannot_be_is_an_error(point, key):
    faults = found(GOOD, point)
    assert told(faults) == [(3, key, "error")]
    assert faults[0].line("zh") != faults[0].line("en")


def test_what_is_missing_has_its_fault_elsewhere():
    assert found(GOOD, (np.nan, 40.5), (116.5, np.nan)) == []


def test_a_swap_that_is_possible_as_degrees_is_found_by_the_boundary():
    """In the far west of China longitudes are below 90 too; here 40° E, 79° N is a place in the Arctic."""
    area = box(79_000, 40_000, 80_000, 41_000)
    lon, lat = pd.Series([79.5, 40.5], [2, 3]), pd.Series([40.5, 79.5], [2, 3])
    faults = point_faults("p.csv", lon, lat, place, area, system="wgs84", titles={})
    assert told(faults) == [(3, "position_swapped", "error")]


def test_columns_that_are_swapped_throughout_are_one_fault_with_what_to_write():
    faults = found((40.5, 116.5), (40.6, 116.6), (0, 0))
    assert told(faults) == [(4, "position_at_zero", "error"), (None, "positions_swapped", "error")]
    for language in ("zh", "en"):
        assert 'columns = { lon = "纬度", lat = "经度" }' in faults[1].line(language)


def test_a_point_across_the_boundary_is_a_remark_with_its_distance():
    faults = found((117.05, 40.5), (117.05, 40.5), GOOD)
    assert told(faults) == [(2, "point_outside", "remark")]  # told once for one place
    assert faults[0].values["distance_m"] == pytest.approx(50)
    assert found((117.05, 40.5), slack_m=60) == []


def test_the_limit_is_inclusive():
    limit = 117 + FAR_FROM_BOUNDARY_M / 1000
    assert told(found((limit, 40.5))) == [(2, "point_outside", "remark")]
    assert told(found((limit + 0.001, 40.5))) == [(2, "far_away", "error")]


@pytest.mark.parametrize(
    ("title", "system", "told_of"),
    [
        ("lng_gcj02", "gcj02", []),
        ("lng_gcj02", "wgs84", ["gcj02"]),
        ("百度经度", "gcj02", ["bd09"]),
        ("经度（WGS-84）", "cgcs2000", []),
        ("经度", "bd09", []),
    ],
)
def test_a_column_that_speaks_of_another_system_is_told(title, system, told_of):
    remarks = system_remarks("p.csv", {"lon": title}, system)
    assert [remark.values["spoken"] for remark in remarks] == told_of
    assert all(not remark.is_error and title in remark.line("zh") for remark in remarks)
