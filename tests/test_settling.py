from functools import cache

import numpy as np
import pytest
import shapely
from study_world import STUDY_TOML, geojson, places, table, write_study

from planner import load_study
from planner.crs import fit_city_grid, from_wgs84
from planner.errors import StudyError
from planner.intake.candidates import candidate_systems, in_its_order
from planner.intake.confirm import confirm_systems
from planner.shipped_files import shipped

BEIJING = (116.35, 40.0)
SPREAD = np.array([BEIJING]) + np.random.default_rng(0).uniform(-0.01, 0.01, (50, 2))
GRID = fit_city_grid(
    "city",
    [(116.3, 39.95), (116.4, 39.95), (116.35, 40.05)],
    [(x - 440_000, y - 4_400_000) for x, y in (from_wgs84(*p, "cgcs2000_gk_117") for p in
     [(116.3, 39.95), (116.4, 39.95), (116.35, 40.05)])],
)  # fmt: skip


def names(x, y, grids=None):
    return [(c.name, c.northing_first) for c in candidate_systems(x, y, BEIJING, grids or {})]


def test_degrees_may_be_three_systems_in_china_and_one_elsewhere():
    assert names(*SPREAD.T) == [("wgs84", False), ("gcj02", False), ("bd09", False)]
    berlin = SPREAD - BEIJING + (13.4, 52.5)
    assert [c.name for c in candidate_systems(*berlin.T, (13.4, 52.5), {})] == ["wgs84"]


@pytest.mark.parametrize("name", ["cgcs2000_gk", "cgcs2000_gk_117", "web_mercator", "cgcs2000_gk_114"])
def test_metres_tell_their_system_and_their_order_by_where_they_land(name):
    x, y = from_wgs84(*SPREAD.T, name)
    assert names(x, y) == [(name, False)]
    assert names(y, x) == [(name, True)]
    assert in_its_order(y, x, name, name, BEIJING).northing_first
    assert not in_its_order(x, y, name, name, BEIJING).northing_first


def test_a_citys_own_grid_is_a_candidate_where_the_study_has_it():
    x, y = from_wgs84(*SPREAD.T, GRID)
    assert names(x, y) == []
    assert names(x, y, {"city": GRID})[0] == ("city", False)
    assert ("city", True) in names(y, x, {"city": GRID})


@pytest.mark.parametrize("numbers", [[], [np.nan]])
def test_no_numbers_could_be_nothing(numbers):
    assert names(np.array(numbers), np.array(numbers)) == []


def test_numbers_of_another_place_fit_nothing():
    assert names(*(SPREAD - BEIJING + (121.5, 31.2)).T) == []
    assert names(np.array([12.0, 13.0]), np.array([700_000.0, 800_000.0])) == []


# The demonstration street with its tables and maps in other systems.
@pytest.fixture
def demo(tmp_path, streets_read_once):  # noqa: ARG001
    folder = tmp_path / "demo"
    folder.mkdir()
    for file in shipped("data/demo").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def move_table(path, name, *, northing_first=False, titles=("lon", "lat")):
    import pandas as pd

    frame = pd.read_csv(path, dtype=str)
    x, y = from_wgs84(frame["lon"].astype(float), frame["lat"].astype(float), name)
    frame["lon"], frame["lat"] = (y, x) if northing_first else (x, y)
    frame.rename(columns=dict(zip(("lon", "lat"), titles, strict=True))).to_csv(path, index=False)


def move_map(path, name):
    import geopandas as gpd

    frame = gpd.read_file(path)
    moved = shapely.transform(frame.geometry.to_numpy(), lambda xy: np.column_stack(from_wgs84(*xy.T, name)))
    rows = frame.drop(columns="geometry").to_dict("records")
    pairs = [(row, shapely.geometry.mapping(shape)) for row, shape in zip(rows, moved, strict=True)]
    path.write_text(geojson(*pairs), encoding="utf-8")


def change(folder, *changes):
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def about(fault, name):
    return vars(fault)["values"][name]


def faults_of(folder):
    with pytest.raises(StudyError) as caught:
        load_study(folder)
    for fault in (*caught.value.faults, *caught.value.remarks):
        assert fault.line("zh") != fault.line("en")
    return caught.value.faults


@cache
def shipped_study():
    return load_study(shipped("data/demo"))


def moved_m(folder, role):
    """How far the places of a role lie from where the shipped street has them."""
    here, there = getattr(load_study(folder), role).geometry, getattr(shipped_study(), role).geometry
    return float(shapely.distance(here.to_numpy(), there.to_numpy()).max())


def test_the_demonstration_street_gives_no_cause_for_remarks():
    keys = {remark.key for remark in shipped_study().remarks}
    assert not keys & {"crs_contradicted", "northing_first", "city_grid_fits"}


def test_a_file_that_states_no_system_is_asked_about_with_figures(demo):
    move_table(demo / "hosts.csv", "gcj02")
    change(demo, ('"hosts.csv", crs = "wgs84"', '"hosts.csv"'))
    (fault,) = faults_of(demo)
    assert (fault.file, fault.key, about(fault, "best")) == ("hosts.csv", "crs_not_stated", "gcj02")
    for told in ('crs = "gcj02"', "hosts", "--confirm", "gcj02：100% 在边界内，距街道 14 米", "wgs84：70%", "bd09："):
        assert told in fault.line("zh"), told
    assert "gcj02: 100% inside the boundary, 14 m from a street" in fault.line("en")


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_a_study_that_states_no_system_at_all_is_worked_out_file_by_file(demo, system):
    """Boundary, grids, communities and tables alike: the streets alone, OpenStreetMap's, are known to be WGS-84."""
    for file in ("boundary", "grids", "communities", "restricted"):
        move_map(demo / f"{file}.geojson", system)
    for file in ("cells", "centres", "hosts", "appeals"):
        move_table(demo / f"{file}.csv", system)
    change(demo, (', crs = "wgs84"', ""))
    asked = faults_of(demo)
    assert {about(fault, "role"): about(fault, "best") for fault in asked} == dict.fromkeys(
        ("boundary", "grids", "communities", "restricted", "cells", "centres", "hosts", "appeals"), system
    )
    assert {fault.key for fault in asked if about(fault, "role") != "restricted"} == {"crs_not_stated"}
    before = (demo / "study.toml").read_text(encoding="utf-8")
    written = confirm_systems(demo, asked)
    assert set(written) >= {"boundary", "grids", "communities", "cells", "centres", "hosts", "appeals"}
    after = (demo / "study.toml").read_text(encoding="utf-8")
    assert after.replace(f', crs = "{system}"', "") == before
    if "restricted" not in written:
        change(demo, ('"restricted.geojson"', f'"restricted.geojson", crs = "{system}"'))
    assert moved_m(demo, "hosts") < 0.05


@pytest.mark.parametrize(
    ("name", "northing_first", "titles"),
    [
        ("cgcs2000_gk_117", False, ("x", "y")),
        ("cgcs2000_gk", False, ("东坐标", "北坐标")),
        ("cgcs2000_gk", True, ("X", "Y")),
        ("EPSG:3857", False, ("x", "y")),
    ],
)
def test_a_table_in_metres(demo, name, northing_first, titles):
    """Surveyors call the northing X: the order is told by where the points land, and said."""
    move_table(demo / "centres.csv", name, northing_first=northing_first, titles=titles)
    change(demo, ('"centres.csv", crs = "wgs84"', f'"centres.csv", crs = "{name}"'))
    remarks = [remark.key for remark in load_study(demo).remarks]
    assert ("northing_first" in remarks) == northing_first
    assert moved_m(demo, "centres") < 0.05


def test_a_table_in_metres_that_states_no_system(demo):
    move_table(demo / "hosts.csv", "cgcs2000_gk", northing_first=True, titles=("X", "Y"))
    change(demo, ('"hosts.csv", crs = "wgs84"', '"hosts.csv"'))
    (fault,) = faults_of(demo)
    assert (fault.key, about(fault, "best")) == ("crs_not_stated", "cgcs2000_gk")
    assert "先北后东" in fault.line("zh")
    confirm_systems(demo, [fault])
    assert moved_m(demo, "hosts") < 0.05


@pytest.mark.parametrize(("file", "name"), [("boundary", "cgcs2000_gk"), ("grids", "web_mercator")])
def test_a_map_in_metres_that_has_no_projection_of_its_own(demo, file, name):
    move_map(demo / f"{file}.geojson", name)
    change(demo, (f'"{file}.geojson", crs = "wgs84"', f'"{file}.geojson", crs = "{name}"'))
    there = shipped_study()
    here = load_study(demo)
    assert here.boundary.symmetric_difference(there.boundary).area < 10
    assert shapely.distance(here.grids.geometry.to_numpy(), there.grids.geometry.to_numpy()).max() < 0.05
    assert here.grids.area.sum() == pytest.approx(there.grids.area.sum(), rel=1e-6)


def test_a_stated_boundary_that_the_streets_contradict_is_a_remark(demo):
    move_map(demo / "boundary.geojson", "gcj02")
    try:
        remarks = load_study(demo).remarks
    except StudyError as error:  # the grids no longer fill the boundary
        remarks = error.remarks
    (remark,) = [r for r in remarks if r.key == "crs_contradicted" and r.file == "boundary.geojson"]
    assert (about(remark, "stated"), about(remark, "best")) == ("wgs84", "gcj02")


def test_a_stated_system_that_the_points_contradict_is_a_remark(demo):
    move_table(demo / "hosts.csv", "gcj02")
    (remark,) = [r for r in load_study(demo).remarks if r.key == "crs_contradicted"]
    assert (remark.file, about(remark, "stated"), about(remark, "best")) == ("hosts.csv", "wgs84", "gcj02")
    assert "gcj02" in remark.line("en")


def test_a_citys_own_grid(demo):
    """Control points in GCJ-02, a table in the city's grid with surveyors' X and Y, and what is told of the fit."""
    study = shipped_study()
    west, south, east, north = study.boundary.bounds
    import geopandas as gpd

    corners = gpd.GeoSeries(shapely.points([(west, south), (east, south), (east, north)]), crs=study.metric_crs)
    known = corners.to_crs(4326)
    gcj = np.column_stack(from_wgs84(known.x, known.y, "gcj02"))
    own = shapely.get_coordinates(corners.to_numpy()) - (west - 3000, south - 7000)
    points = "\n".join(
        f"  {{ lon = {lon:.8f}, lat = {lat:.8f}, easting = {x:.3f}, northing = {y:.3f} }},"
        for (lon, lat), (x, y) in zip(gcj, own, strict=True)
    )
    table_of = f'\n[crs.own]\npoints_crs = "gcj02"\npoints = [\n{points}\n]\n'
    change(demo, ('"centres.csv", crs = "wgs84"', '"centres.csv", crs = "own"'))
    with (demo / "study.toml").open("a", encoding="utf-8") as file:
        file.write(table_of)
    import pandas as pd

    frame = pd.read_csv(demo / "centres.csv", dtype=str)
    xy = shapely.get_coordinates(study.centres.geometry.to_numpy()) - (west - 3000, south - 7000)
    frame["X"], frame["Y"] = xy[:, 1], xy[:, 0]
    frame.drop(columns=["lon", "lat"]).to_csv(demo / "centres.csv", index=False)
    there = load_study(demo)
    assert moved_m(demo, "centres") < 0.05
    assert {"city_grid_fits"} <= {remark.key for remark in there.remarks}
    wrong = table_of.replace(f"easting = {own[1, 0]:.3f}", f"easting = {own[1, 0] + 40:.3f}")
    change(demo, (table_of, wrong))
    (fault,) = faults_of(demo)
    assert (fault.file, fault.column, fault.key) == ("study.toml", "crs.own", "city_grid")


# The village of two crossing streets: too little to tell anything by.
def test_a_village_is_not_clear_and_says_so(tmp_path):
    toml = STUDY_TOML.replace('"hosts.csv", crs = "wgs84"', '"hosts.csv"')
    (fault,) = faults_of(write_study(tmp_path / "小村", study_toml=toml))
    assert (fault.file, fault.key) == ("hosts.csv", "crs_unclear")
    assert confirm_systems(tmp_path / "小村", [fault]) == {}


def test_a_table_of_another_place_fits_nothing(tmp_path):
    toml = STUDY_TOML.replace('"hosts.csv", crs = "wgs84"', '"hosts.csv"')
    hosts = table(
        "host_id,name,kind,lon,lat,floor,area_m2,yearly_cost_yuan,open_hours",
        "H1,小卖部,shop,121.5,31.2,1,60,72000,08:00-22:00",
    )
    faults = faults_of(write_study(tmp_path / "小村", study_toml=toml, hosts_csv=hosts))
    assert ("hosts.csv", None, None, "crs_fits_none") in places(faults)


def test_a_row_that_is_none_of_its_system_is_named(tmp_path):
    toml = STUDY_TOML.replace('"hosts.csv", crs = "wgs84"', '"hosts.csv", crs = "cgcs2000_gk"')
    x, y = from_wgs84(*BEIJING, "cgcs2000_gk")
    head = "host_id,name,kind,x,y,floor,area_m2,yearly_cost_yuan,open_hours"
    rows = [f"H{i},小卖部,shop,{px:.2f},{y:.2f},1,60,72000,08:00-22:00" for i, px in enumerate((x, x + 1, x - 39e6))]
    (fault,) = faults_of(write_study(tmp_path / "小村", study_toml=toml, hosts_csv=table(head, *rows)))
    assert (fault.file, fault.row, fault.key) == ("hosts.csv", 4, "not_in_system")


def test_streets_that_cannot_be_read_leave_an_unstated_boundary_open(tmp_path):
    toml = STUDY_TOML.replace('"boundary.geojson", crs = "wgs84"', '"boundary.geojson"')
    (fault,) = faults_of(write_study(tmp_path / "小村", study_toml=toml, streets_osm="not a map"))
    assert (fault.file, fault.key) == ("streets.osm", "osm_unreadable")


def test_writing_keeps_every_byte_of_the_rest(tmp_path):
    toml = (
        "# 一个街道\r\nname='小村'   # 名称\r\n\r\n[files]\r\n"
        "hosts = { path = 'hosts.csv' , estimated=true } # 场地\r\n"
        '[files.centres]\r\npath = "centres.csv"\r\n# 完\r\n'
    )
    path = tmp_path / "study.toml"
    path.write_bytes(b"\xef\xbb\xbf" + toml.encode())
    from planner.errors import Fault

    asked = [
        Fault(f"{role}.csv", "crs_not_stated", values={"role": role, "best": best, "figures": ""})
        for role, best in (("hosts", "gcj02"), ("centres", "cgcs2000_gk_117"))
    ]
    assert confirm_systems(tmp_path, [*asked, Fault("cells.csv", "no_rows")]) == {
        "hosts": "gcj02",
        "centres": "cgcs2000_gk_117",
    }
    written = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode()
    assert len(path.read_bytes()) - len(written.encode()) == 3
    assert "# 一个街道\r\nname='小村'   # 名称\r\n\r\n[files]\r\n" in written
    assert 'crs = "gcj02"' in written.splitlines()[4]
    assert written.splitlines()[4].startswith("hosts = { path = 'hosts.csv' , estimated=true")
    assert written.splitlines()[4].endswith("# 场地")
    import tomllib

    assert tomllib.loads(written)["files"]["centres"] == {"path": "centres.csv", "crs": "cgcs2000_gk_117"}
    assert [p.name for p in tmp_path.iterdir()] == ["study.toml"]
