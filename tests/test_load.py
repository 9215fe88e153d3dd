import json
import pickle

import numpy as np
import pytest
import shapely
from osm_world import BEIJING, BERLIN, degrees_at, osm_xml, village
from study_world import CELLS, CENTRES, HOSTS, STUDY_TOML, box, geojson, lon_lat, places, table, write_study
from test_map_files import parts, zipped
from test_shapefile import shapefile
from test_sheets import XLS
from workbooks import workbook

from planner import load_study, make_plan
from planner.crs import from_wgs84
from planner.errors import MissingFileError, StudyError
from planner.intake.point_faults import FAR_FROM_BOUNDARY_M

FILES = ("boundary.geojson", "grids.geojson", "streets.osm", "cells.csv", "centres.csv", "hosts.csv")


def faults_of(tmp_path, **changes):
    folder = write_study(tmp_path / "小村", **changes)
    with pytest.raises(StudyError) as caught:
        load_study(folder)
    assert caught.value.study == "小村"
    for fault in caught.value.faults:
        assert fault.line("zh") != fault.line("en")
    return caught.value.faults


def centre(x=-100, y=0, *, name="S1", services="rest_station", hours="08:00-20:00"):
    return f"{name},一号驿站,{lon_lat(x, y)},{services},{hours},1,"


def host(x=100, y=0, *, name="H1", kind="shop", area="60"):
    return f"{name},小卖部,{kind},{lon_lat(x, y)},1,{area},72000,08:00-22:00"


def test_a_study_comes_in_one_metric_system(tmp_path):
    study = load_study(write_study(tmp_path / "小村"))
    assert study.metric_crs.to_epsg() == 4548
    for frame in (study.grids, study.cells, study.centres, study.hosts, study.restricted, study.communities):
        assert frame.crs == study.metric_crs
    assert study.boundary.area == pytest.approx(600 * 600, rel=1e-4)
    assert np.diff(study.centre_xy[:, 0]) == pytest.approx([200], abs=0.05)
    assert study.cells.area.tolist() == pytest.approx([10_000, 10_000])
    assert study.cells["grid_code"].tolist() == ["W", "E"]
    assert study.centres["services"].tolist() == [("rest_station",)]
    assert study.restricted["services"].tolist() == [("charging_cabinet",)]
    assert len(study.streets.edges) == 4
    assert sorted(study.ground["building"]) == ["apartments", "office"]


def test_deliveries_stand_in_the_periods_of_the_day_and_are_nought_where_no_row_is(tmp_path):
    study = load_study(write_study(tmp_path / "小村"))
    assert list(study.catalog.periods) == ["morning", "lunch", "afternoon", "dinner", "night"]
    assert study.deliveries["meals"].tolist() == [[0, 10, 0, 5, 0], [0, 20, 0, 0, 0]]
    assert study.deliveries["parcels"].tolist() == [[0, 0, 0, 1, 0], [0, 2, 0, 0, 0]]


def test_the_sources_say_what_each_file_is(tmp_path):
    text = STUDY_TOML.replace("cell_size_m = 100", 'estimated = true, source = { zh = "甲", en = "A" }')
    study = load_study(write_study(tmp_path / "小村", study_toml=text))
    rows = {"boundary": 1, "grids": 2, "communities": 1, "restricted": 1, "centres": 1, "hosts": 1, "cells": 3}
    assert {s.role: s.rows for s in study.sources} == rows | {"streets": 4}
    assert study.estimated_roles == ("cells",)
    assert next(s for s in study.sources if s.role == "cells").origin.en == "A"


def test_a_centre_in_gcj02_lands_where_it_stands(tmp_path):
    lon, lat = map(float, lon_lat(-100, 0).split(","))
    there = ",".join(f"{degrees:.7f}" for degrees in from_wgs84(lon, lat, "gcj02"))
    content = table(CENTRES, centre().replace(lon_lat(-100, 0), there))
    toml = STUDY_TOML.replace('"centres.csv", crs = "wgs84"', '"centres.csv", crs = "gcj02"')
    moved = load_study(write_study(tmp_path / "a", centres_csv=content, study_toml=toml)).centres.geometry[2]
    true = load_study(write_study(tmp_path / "b")).centres.geometry[2]
    assert moved.distance(true) < 0.05
    misread = load_study(write_study(tmp_path / "c", centres_csv=content)).centres.geometry[2]
    assert 300 < misread.distance(true) < 700


@pytest.mark.parametrize("text", ['"quoted"', "line\nbreak", '"""', "<b>&", "=1+1", "{x}", "王府井🚲", "a,b;c"])
def test_a_name_may_hold_anything(tmp_path, text):
    quoted = '"' + text.replace('"', '""') + '"'
    study = load_study(
        write_study(
            tmp_path / "小村",
            centres_csv=table(CENTRES, centre().replace("一号驿站", quoted)),
            grids_geojson=geojson(({"grid_code": "W", "name": text, "community_code": "1"}, box(-300, -300, 600))),
        )
    )
    assert study.centres["name"].tolist() == [text]
    assert study.grids["name"].tolist() == [text]


def test_all_faults_of_all_files_are_told_at_once(tmp_path):
    faults = faults_of(
        tmp_path,
        study_toml=STUDY_TOML.replace("rest_station", "tea_house"),
        grids_geojson=geojson(({"grid_code": "W", "name": "W", "community_code": "1"}, None)),
        restricted_geojson=geojson(
            ({"name": "a", "reason": "b", "services": ""}, box(0, 0, 9)),
            ({"name": "a", "reason": "b", "services": "charging_cabinet;chargng"}, box(0, 0, 9)),
        ),
        cells_csv=table(CELLS, f"c1,{lon_lat(0, 0)},brunch,-1,0", f"c1,{lon_lat(0, 0)},lunch,many,0"),
        centres_csv=table(CENTRES, centre(), centre(services="rest_station;tea"), centre(name="S2", hours="late")),
        hosts_csv=table(HOSTS, host(kind="palace"), "", host(name="H2", area="nan")),
        streets_osm="not a map",
    )
    assert sorted(places(faults), key=str) == sorted(
        [
            ("study.toml", None, "scenarios.base.services", "unknown_name"),
            ("grids.geojson", 1, None, "empty_shape"),
            ("restricted.geojson", 2, "services", "unknown_name"),
            ("cells.csv", 2, "period", "unknown_name"),
            ("cells.csv", 2, "meals_per_day", "too_low"),
            ("cells.csv", 3, "meals_per_day", "not_a_number"),
            ("centres.csv", 3, "centre_id", "duplicate"),
            ("centres.csv", 3, "services", "unknown_name"),
            ("centres.csv", 4, "open_hours", "not_hours"),
            ("hosts.csv", 2, "kind", "unknown_name"),
            ("hosts.csv", 4, "area_m2", "not_a_number"),
            ("streets.osm", None, None, "osm_unreadable"),
        ],
        key=str,
    )
    restricted = next(f for f in faults if f.file == "restricted.geojson")
    assert "chargng" in restricted.line("zh")
    assert "charging_cabinet" in restricted.line("zh")


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([f"c1,{lon_lat(0, 0)},lunch,1,0"] * 2, (3, "period", "duplicate_period")),
        ([f"c1,{lon_lat(0, 0)},lunch,1,0", f"c1,{lon_lat(5, 0)},dinner,1,0"], (3, "cell_id", "cell_moves")),
        ([f"c1,{lon_lat(0, FAR_FROM_BOUNDARY_M + 400)},lunch,1,0"], (2, None, "far_away")),
        (["c1,40.0,116.35,lunch,1,0"], (2, None, "position_swapped")),
        (["c1,,40.0,lunch,1,0"], (2, "lon", "empty_value")),
        (["c1,1e300,40.0,lunch,1,0"], (2, None, "position_not_degrees")),
        ([], (None, None, "no_rows")),
    ],
)
def test_faults_of_cells(tmp_path, rows, fault):
    assert places(faults_of(tmp_path, cells_csv=table(CELLS, *rows))) == [("cells.csv", *fault)]


def test_a_cell_without_an_id_has_one_fault_not_two(tmp_path):
    rows = [f",{lon_lat(0, 0)},lunch,1,0", f",{lon_lat(50, 0)},lunch,1,0"]
    assert places(faults_of(tmp_path, cells_csv=table(CELLS, *rows))) == [
        ("cells.csv", 2, "cell_id", "empty_value"),
        ("cells.csv", 3, "cell_id", "empty_value"),
    ]


def test_a_point_just_inside_the_limit_is_no_fault(tmp_path):
    """The boundary's north edge is at y = 300."""
    near = host(0, 300 + FAR_FROM_BOUNDARY_M - 20)
    assert len(load_study(write_study(tmp_path / "小村", hosts_csv=table(HOSTS, near))).hosts) == 1


def test_far_points_and_other_faults_of_a_file_are_told_together(tmp_path):
    rows = [host(60_000, 0), host(name="H2", area="x")]
    assert places(faults_of(tmp_path, hosts_csv=table(HOSTS, *rows))) == [
        ("hosts.csv", 3, "area_m2", "not_a_number"),
        ("hosts.csv", 2, None, "far_away"),
    ]


@pytest.mark.parametrize("file", ["cells.csv", "centres.csv", "hosts.csv"])
@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("", "empty_file"),
        ("編號\n".encode("big5"), "not_utf8"),
        ("a,b\n1,2\n", "missing_column"),
        ('"a', "not_a_table"),
    ],
)
def test_tables_that_are_no_tables(tmp_path, file, content, key):
    faults = faults_of(tmp_path, **{file.replace(".", "_"): content})
    assert {(f.file, f.key) for f in faults} == {(file, key)}


def test_tables_with_a_header_alone_are_a_study_without_centres_or_hosts(tmp_path):
    study = load_study(write_study(tmp_path / "小村", centres_csv=table(CENTRES), hosts_csv=table(HOSTS)))
    plan = make_plan(study, study.scenarios["base"])
    assert plan.summary().loc["rest_station", ["covered_share_planned", "new_sites"]].tolist() == [0, 0]


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_not_there_and_a_folder_in_its_place(tmp_path, file):
    changes = {file.replace(".", "_"): None}
    assert [(f.file, f.key) for f in faults_of(tmp_path, **changes)] == [(file, "no_such_file")]
    (tmp_path / "小村" / file).mkdir()
    assert [(f.file, f.key) for f in faults_of(tmp_path, **changes)] == [(file, "no_such_file")]


def test_all_missing_files_are_told_at_once(tmp_path):
    faults = faults_of(tmp_path, cells_csv=None, grids_geojson=None, restricted_geojson=None)
    assert {f.file for f in faults} == {"cells.csv", "grids.geojson", "restricted.geojson"}


def test_no_study_there(tmp_path):
    with pytest.raises(MissingFileError, match="nowhere"):
        load_study(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("toml", "place"),
    [
        ("[catalog.services.rest_station]\nstandard_m = -5\n", "catalog.services.rest_station.standard_m"),
        ("[catalog.services.tea]\nname = 'tea'\n", "catalog.services.tea.demand"),
        ("[catalog.host_kinds.shop]\nopen_hours = 'late'\n", "catalog.host_kinds.shop.open_hours"),
        ("[catalog.estimate]\nhomes = 'house'\n", "catalog.estimate.homes"),
        ("[catalog]\nservices = 3\n", "catalog.services"),
    ],
)
def test_a_fault_in_the_studys_own_figures_names_the_place(tmp_path, toml, place):
    faults = faults_of(tmp_path, study_toml=STUDY_TOML + toml)
    assert place in {f.column for f in faults}
    assert {f.file for f in faults} == {"study.toml"}
    assert all("Input" not in f.line("zh") for f in faults)


def test_the_studys_own_figures_lie_over_the_shipped_ones(tmp_path):
    study = load_study(
        write_study(tmp_path / "小村", study_toml=STUDY_TOML + "[catalog.services.rest_station]\nstandard_min = 3\n")
    )
    assert (study.catalog.services["rest_station"].standard.unit, len(study.catalog.services)) == ("min", 6)


def test_streets_of_another_place_are_a_fault(tmp_path):
    (fault,) = faults_of(tmp_path, streets_osm=osm_xml(**village(), at=BERLIN))
    assert (fault.file, fault.key) == ("streets.osm", "osm_elsewhere")


def test_a_boundary_at_fault_is_told_first_as_nothing_can_be_placed_without_it(tmp_path):
    bow = json.loads(json.dumps(box(0, 0, 100)))
    ring = bow["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    assert places(faults_of(tmp_path, boundary_geojson=geojson(({}, bow)), cells_csv="")) == [
        ("boundary.geojson", 1, None, "invalid_shape")
    ]


CHINESE_CENTRES = "某某街道服务点,,,,,,\n编号,名称,经度,纬度,服务内容,开放时间,楼层\n"


def test_the_files_of_an_office_as_they_are(tmp_path):
    """GB 18030, Chinese headers, a title above, hours in words, a workbook, and grids in a zipped GBK shapefile."""
    at, there = lon_lat(-100, 0), lon_lat(100, 0)
    cells = [f"c1,{at},午高峰,10,0", f"c1,{at},晚高峰,5,1", f"c2,{there},午高峰,20,2"]
    good = load_study(write_study(tmp_path / "good"))
    made = shapefile(
        tmp_path,
        {"网格编码": ["W", "E"], "名称": ["西网格", "东网格"], "社区编码": ["1", "1"]},
        shapes=list(good.grids.to_crs(4326).geometry),
        prj=False,
    )
    files = {
        "centres_csv": (CHINESE_CENTRES + f"1,一号驿站,{at},户外劳动者驿站,工作日8:00-20:00,一层\n").encode("gb18030"),
        "cells_csv": "\n".join(["单元编号,经度,纬度,时段,外卖单量,快件量", *cells]).encode("utf-16"),
        "grids_geojson": None,
        "hosts_csv": None,
        "study_toml": STUDY_TOML.replace("grids.geojson", "grids.zip").replace("hosts.csv", "场地.xlsx"),
    }
    folder = write_study(tmp_path / "小村", **files)
    zipped(folder / "grids.zip", *parts(made))
    lon, lat = map(float, there.split(","))
    header = ["场地编号", "场地名称", "类型", "经度", "纬度", "楼层", "面积（㎡）", "年租金（万元）", "营业时间"]
    workbook(folder / "场地.xlsx", header, ["H1", "小卖部", "临街商铺", lon, lat, "1层", 60, 7.2, "8:00-22:00"])
    study = load_study(folder)
    for kind in ("meals", "parcels"):
        assert study.deliveries[kind].tolist() == good.deliveries[kind].tolist()
    assert study.grids["grid_code"].tolist() == ["W", "E"]
    assert study.grids["name"].tolist() == ["西网格", "东网格"]
    assert study.hosts[["area_m2", "yearly_cost_yuan"]].iloc[0].tolist() == [60, 72000]
    plans = [make_plan(each, each.scenarios["base"]).summary() for each in (study, good)]
    assert plans[0].equals(plans[1])
    assert {(r.file, r.key) for r in study.remarks} == {
        ("centres.csv", "read_as"),
        ("centres.csv", "hours_some_days"),
        ("cells.csv", "read_as"),
        ("grids.zip", "dbf_read_as"),
        ("grids.zip", "grids_leave_hole"),  # the village's grids lie in its southern half
        ("场地.xlsx", "unit_converted"),
    }


def test_the_old_workbook_of_an_office(tmp_path):
    toml = STUDY_TOML.replace("centres.csv", "centres.xls")
    folder = write_study(tmp_path / "小村", study_toml=toml, centres_csv=None)
    (folder / "centres.xls").write_bytes(XLS.read_bytes())
    study = load_study(folder)
    assert study.centres["centre_id"].tolist() == ["007", "008"]
    assert study.centres["services"].tolist() == [("rest_station",)] * 2
    assert study.centres["open_hours"].tolist() == ["24小时", "工作日9:00-17:30"]
    assert [r.key for r in study.remarks if r.file == "centres.xls"] == [
        "row_left_out",
        "zeros_back",
        "hours_some_days",
    ]


def test_what_study_toml_says_of_columns_layers_and_missing_values(tmp_path):
    entry = 'centres = { path = "centres.csv", crs = "wgs84"'
    said = f'{entry}, columns = {{ name = "简称" }}, fill = {{ floor = 1, services = "驿站" }}'
    text = f"编号,简称,名称,经度,纬度,开放时间\n1,甲,甲站,{lon_lat(-100, 0)},24小时\n"
    toml = STUDY_TOML.replace(entry, said)
    study = load_study(write_study(tmp_path / "小村", study_toml=toml, centres_csv=text))
    assert study.centres.iloc[0][["name", "floor"]].tolist() == ["甲", 1]
    faults = faults_of(tmp_path / "b", study_toml=toml.replace("fill = { floor", "fill = { flor"), centres_csv=text)
    assert sorted((f.file, f.column, f.key) for f in faults) == [
        ("centres.csv", "floor", "missing_column"),
        ("study.toml", "files.centres.fill", "setting_no_such_column"),
    ]


def test_remarks_keep_no_study_from_being_read(tmp_path):
    halves = {"W": box(-300, -300, 320), "E": box(0, -300, 280)}
    features = (({"grid_code": c, "name": c, "community_code": "7"}, half) for c, half in halves.items())
    study = load_study(
        write_study(
            tmp_path / "小村",
            grids_geojson=geojson(*features),
            centres_csv=table(CENTRES, centre(0, 330)),
            hosts_csv=table(HOSTS, *(host(50 * i, 0, name=f"H{i}") for i in range(-4, 5))),
        )
    )
    keys = {(r.file, r.key) for r in study.remarks}
    assert keys == {
        ("grids.geojson", "grids_overlap"),
        ("grids.geojson", "grids_leave_hole"),
        ("grids.geojson", "community_unknown"),
        ("centres.csv", "point_outside"),
        ("hosts.csv", "many_on_a_line"),
        ("hosts.csv", "many_on_a_lattice"),
    }
    assert all(r.line("zh") != r.line("en") for r in study.remarks)


def test_a_study_with_errors_tells_its_remarks_too(tmp_path):
    rows = centre(0, 330), centre(0, 0, name="", hours="迟")
    folder = write_study(tmp_path / "小村", centres_csv=table(CENTRES, *rows))
    with pytest.raises(StudyError) as caught:
        load_study(folder)
    assert [f.key for f in caught.value.faults] == ["empty_value", "not_hours"]
    assert [f.key for f in caught.value.remarks] == ["grids_leave_hole", "point_outside"]
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.faults, again.remarks) == (caught.value.faults, caught.value.remarks)


def test_streets_may_be_a_file_of_road_lines(tmp_path):
    toml = STUDY_TOML.replace("streets.osm", "roads.zip")
    folder = write_study(tmp_path / "小村", study_toml=toml, streets_osm=None)
    lines = [shapely.LineString(degrees_at(BEIJING, line)) for line in ([(-300, 0), (300, 0)], [(0, -300), (0, 300)])]
    made = shapefile(tmp_path, {"道路等级": ["次干道", "支路"]}, shapes=lines, name="roads.shp", prj=False)
    zipped(folder / "roads.zip", *parts(made))
    study = load_study(folder)
    assert sorted(study.streets.edges["highway"]) == ["secondary", "tertiary"]
    assert study.ground.empty
    assert make_plan(study, study.scenarios["base"]).summary().loc["rest_station", "covered_share_today"] == 1
