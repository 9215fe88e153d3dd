import pytest
from pydantic import ValidationError

from planner.crs import from_wgs84
from planner.errors import ArgumentError
from planner.intake.city_grids import ControlPoints, fit_city_grids, system_named

PLACES = {"广场": (116.30, 39.95), "桥": (116.40, 39.95), "塔": (116.35, 40.03)}


def control_points(**changes):
    """Three places in a grid that starts 3 km west and 7 km south of the first."""
    xy = {name: from_wgs84(*place, "cgcs2000_gk_117") for name, place in PLACES.items()}
    x0, y0 = xy["广场"]
    points = [
        {"name": name, "lon": lon, "lat": lat, "easting": xy[name][0] - x0 + 3000, "northing": xy[name][1] - y0 + 7000}
        for name, (lon, lat) in PLACES.items()
    ]
    return ControlPoints.model_validate({"points": points} | changes)


def test_a_grid_and_how_well_it_fits():
    grids, told = fit_city_grids("study.toml", {"own": control_points()})
    assert system_named("own", grids) is grids["own"]
    (remark,) = told
    assert (remark.key, remark.column, remark.severity) == ("city_grid_fits", "crs.own", "remark")
    assert "0.00" in remark.line("en")


def test_two_points_are_told_to_be_unchecked():
    two = control_points().model_copy(update={"points": control_points().points[:2]})
    assert [f.key for f in fit_city_grids("study.toml", {"own": two})[1]] == ["city_grid_unchecked"]


@pytest.mark.parametrize(
    ("name", "changes", "told"),
    [
        ("own", {"points": []}, "控制点"),
        ("gcj02", {}, "gcj02"),
        ("cgcs2000_gk_117", {}, "cgcs2000_gk_117"),
        ("own", {"points_crs": "web_mercator"}, "web_mercator"),
        ("own", {"points_crs": "mars"}, "mars"),
    ],
)
def test_grids_that_cannot_be(name, changes, told):
    grids, (fault,) = fit_city_grids("study.toml", {name: control_points(**changes)})
    assert grids == {}
    assert (fault.key, fault.column, fault.is_error) == ("city_grid", f"crs.{name}", True)
    assert told in fault.line("zh")
    assert fault.line("zh") != fault.line("en")


def test_control_points_in_gcj02_are_brought_back_first():
    """Over the 9 km of these points the offset differs by metres."""
    plain = control_points(tolerance_m=50)
    moved = plain.model_copy(update={"points_crs": "gcj02"})
    own, shifted = (fit_city_grids("f", {"own": points})[0]["own"] for points in (plain, moved))
    assert 300 < abs(own.shift - shifted.shift) < 700


@pytest.mark.parametrize(
    "changes", [{"tolerance_m": 0}, {"points": [{"lon": 116, "lat": 95, "easting": 0, "northing": 0}]}]
)
def test_settings_out_of_range(changes):
    with pytest.raises(ValidationError):
        control_points(**changes)


def test_a_system_that_cannot_be_used_is_told():
    for name in ("mars", "EPSG:2383", "EPSG:999999"):
        with pytest.raises(ArgumentError):
            system_named(name, {})
