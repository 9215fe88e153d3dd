"""Real lists and zones, as they were sent, through the intake: every record, where it stands, and no false alarm."""

import numpy as np
import pytest
import shapely
from shared_data import shared_data

from planner.catalog import load_catalog
from planner.crs import metric_crs, to_wgs84
from planner.hours import open_minutes
from planner.intake.columns import POSITION, centre_columns
from planner.intake.map_files import open_shapes
from planner.intake.placeholders import placeholder_remarks
from planner.intake.positions import project
from planner.intake.shapes import read_shapes
from planner.intake.tables import Column, read_table
from planner.intake.tiling import tiling_faults

ZHENGZHOU = "stations/zhengzhou_rider_stations_gcj02.csv"
SHENZHEN = "stations/shenzhen_ev_chargers_gcj02.csv"


def placed(table):
    """WGS-84 longitudes and latitudes, and metres."""
    lon, lat = to_wgs84(table["lon"].to_numpy(), table["lat"].to_numpy(), "gcj02")
    return lon, lat, project(lon, lat, metric_crs(lon.mean(), lat.mean()))


def zhengzhou():
    columns = [*centre_columns(load_catalog()), *POSITION]
    return read_table(shared_data(ZHENGZHOU), columns, given={"services": "rest_station", "floor": 1})


def test_the_rider_stations_of_zhengzhou_come_in_whole():
    table, faults = zhengzhou()
    assert [(f.key, f.severity, f.values["count"]) for f in faults] == [
        ("hours_some_days", "remark", 17),
        ("hours_stand_in", "remark", 2),
    ]
    assert len(table) == 82
    assert sorted(map(int, table["centre_id"])) == list(range(1, 83))
    assert table.index.tolist() == list(range(2, 84))
    first = table.loc[2]
    assert first["name"] == "上街区中心路工会驿站(金苑社区党群服务中心旁)"
    assert first["address"] == "郑州市上街区中心路97号"
    assert set(table["services"]) == {("rest_station",)}


def test_the_free_text_hours_of_zhengzhou():
    table, _ = zhengzhou()
    hours = table.set_index("centre_id")["open_hours"]
    open_h = hours.map(open_minutes).map(np.sum) / 60
    assert open_h["54"] == 24  # 24小时
    assert open_h["39"] == 6  # 08:00-12:00,14:00-16:00
    assert open_h["11"] == 8  # 周一至周五 08:30-12:00,13:00-17:30
    assert open_h["26"] == 8  # 周一至周五 09:00-17:00
    assert open_h["49"] == 12.5  # 05:00-17:30
    assert hours["45"] == "工作日开放 09:00-17:00"
    assert (open_h == 12).sum() >= 49


def test_the_stations_of_zhengzhou_stand_where_they_are():
    """The tower 中原福塔 stands at 34.722° N, 113.724° E (WGS-84), and the station of that name beside it."""
    table, _ = zhengzhou()
    lon, lat, xy = placed(table)
    at = table["name"].str.contains("中原福塔").to_numpy()
    assert at.sum() == 1
    tower = project(np.array([113.7240]), np.array([34.7222]), metric_crs(lon.mean(), lat.mean()))
    assert np.hypot(*(xy[at] - tower)[0]) < 400
    moved_m = np.hypot(*(xy - project(table["lon"].to_numpy(), table["lat"].to_numpy(), metric_crs(113.6, 34.7))).T)
    assert ((moved_m > 300) & (moved_m < 700)).all()


@pytest.mark.parametrize(("path", "columns"), [(ZHENGZHOU, []), (SHENZHEN, [])])
def test_real_points_raise_no_alarm(path, columns):
    table, _ = read_table(shared_data(path), [*columns, *POSITION])
    _, _, xy = placed(table)
    assert placeholder_remarks(path, table["lon"].to_numpy(), table["lat"].to_numpy(), xy) == []


def test_real_points_moved_onto_a_lattice_raise_one():
    table, _ = read_table(shared_data(SHENZHEN), [*POSITION])
    lon, lat = np.round(table["lon"].to_numpy() * 400) / 400, np.round(table["lat"].to_numpy() * 400) / 400
    wgs = to_wgs84(lon, lat, "gcj02")
    xy = project(*wgs, metric_crs(114, 22.6))
    assert "many_on_a_lattice" in [remark.key for remark in placeholder_remarks("x", lon, lat, xy)]


def test_the_chargers_of_shenzhen_come_in_whole_and_into_the_zones_that_they_name():
    """Each charger names its traffic zone. The zones are drawn on the same shifted map as the chargers: read in one
    system 96 % lie in the zone they name, in two systems fewer than half.
    """
    columns = [Column("centre_id", "code", unique=True), Column("zone", "code"), *POSITION]
    table, faults = read_table(shared_data(SHENZHEN), columns, named={"zone": "TAZID"})
    assert faults == []
    assert len(table) == 1587
    lon, lat, _ = placed(table)
    assert ((lon > 113.7) & (lon < 114.7) & (lat > 22.4) & (lat < 22.9)).all()
    shares = {}
    for system in ("gcj02", "wgs84"):
        path = shared_data("zones/shenzhen_taz/SZ_districts.shp")
        zones, faults = read_shapes(path, system, [Column("zone", "code", unique=True)], named={"zone": "TAZID"})
        assert faults == []
        named = zones.set_index("zone").geometry.loc[table["zone"]].to_numpy()
        shares[system] = shapely.contains_xy(named, lon, lat).mean()
    assert shares["gcj02"] > 0.95
    assert shares["wgs84"] < 0.5


def test_the_streets_of_beijing_tile_their_districts():
    frame, faults = read_shapes(
        shared_data("zones/beijing_streets.geojson"),
        "wgs84",
        [Column("district"), Column("name")],
        named={"name": "street"},
    )
    assert faults == []
    assert len(frame) == 331
    assert frame[frame["name"] == "学院路街道"].iloc[0].geometry.contains(shapely.Point(116.352, 39.998))
    metric = frame.to_crs(metric_crs(116.4, 40)).rename(columns={"name": "grid_code"})
    assert tiling_faults("beijing", metric, metric.geometry.union_all()) == []


def test_the_zones_of_shenzhen_overlap_by_little_and_that_is_told():
    zones, _ = open_shapes(shared_data("zones/shenzhen_taz/SZ_districts.shp"))
    assert len(zones) == 491
    assert zones["TAZID"].is_unique
    metric = zones.to_crs(metric_crs(114, 22.6)).assign(grid_code=zones["TAZID"])
    faults = tiling_faults("zones", metric, metric.geometry.union_all())
    assert {(f.key, f.severity) for f in faults} == {("grids_overlap", "remark")}
    overlap_m2 = sum(f.values["area_m2"] for f in faults)
    assert 0 < overlap_m2 < 0.001 * metric.area.sum()
