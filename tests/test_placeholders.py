import numpy as np
import pytest

from planner.crs import metric_crs
from planner.intake.placeholders import placeholder_remarks
from planner.intake.positions import project

MIDDLE = (116.35, 39.98)
METRIC = metric_crs(*MIDDLE)
DEGREE_M = np.array([85_400.0, 111_000.0])


def remarks(lon_lat):
    lon, lat = np.round(np.asarray(lon_lat, dtype=float), 7).T
    return placeholder_remarks("p.csv", lon, lat, project(lon, lat, METRIC))


def keys(lon_lat):
    return [remark.key for remark in remarks(lon_lat)]


def scattered(count, *, seed=0, within_m=2000):
    return MIDDLE + np.random.default_rng(seed).uniform(-within_m, within_m, (count, 2)) / DEGREE_M


def lattice(columns, rows, *, step_m=200.0, turned=0.0):
    xy = np.array([(x, y) for x in range(columns) for y in range(rows)], dtype=float) * step_m
    turn = np.array([[np.cos(turned), -np.sin(turned)], [np.sin(turned), np.cos(turned)]])
    return MIDDLE + (xy @ turn.T) / DEGREE_M


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("count", [3, 8, 12, 40, 300])
def test_scattered_points_raise_no_alarm(seed, count):
    assert keys(scattered(count, seed=seed)) == []


def test_points_along_a_real_street_raise_no_alarm():
    """Doors stand some metres off a straight street and at uneven distances."""
    draw = np.random.default_rng(1)
    along = np.sort(draw.uniform(0, 1500, 30))
    off = draw.normal(0, 6, 30)
    assert keys(MIDDLE + np.column_stack([along, off]) / DEGREE_M) == []


def test_many_on_one_spot_are_told_with_the_spot():
    spot = (116.351234, 39.987654)
    (remark,) = remarks([*scattered(10), *[spot] * 5])
    assert (remark.key, remark.severity, remark.value) == ("many_on_one_spot", "remark", "116.3512, 39.98765")
    assert (remark.values["count"], remark.values["of"]) == (5, 15)
    assert "5" in remark.line("zh")


def test_a_few_in_one_building_of_many_raise_no_alarm():
    assert keys([*scattered(40), *[MIDDLE] * 5]) == []


def test_many_on_a_line_are_told():
    draw = np.random.default_rng(2)
    line = MIDDLE + draw.uniform(0, 1, (12, 1)) * [0.02, 0.013]
    (remark,) = remarks([*line, *scattered(10)])
    assert (remark.key, remark.values["of"]) == ("many_on_a_line", 22)
    assert remark.values["count"] == 12


@pytest.mark.parametrize("turned", [0.0, 0.3])
def test_a_lattice_is_told_with_its_step_whichever_way_it_is_turned(turned):
    (remark,) = remarks([*lattice(5, 5, turned=turned), *scattered(8)])
    assert remark.key == "many_on_a_lattice"
    assert remark.values["step_m"] == pytest.approx(200, rel=0.01)
    assert remark.values["count"] >= 24


def test_few_decimals_are_told():
    found = remarks(np.round([*scattered(20, within_m=20_000)], 3))
    assert [remark.key for remark in found] == ["few_decimals"]
    assert (found[0].values["decimals"], found[0].values["metres"]) == (3, 110)
    assert keys(np.round([*scattered(20, within_m=20_000)], 5)) == []


def test_points_that_are_nowhere_are_left_out():
    lon = np.array([np.nan] * 9)
    assert placeholder_remarks("p.csv", lon, lon, np.full((9, 2), np.nan)) == []
