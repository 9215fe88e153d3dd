import pytest
from workbooks import workbook

from planner.catalog import load_catalog
from planner.crs import SYSTEMS
from planner.intake.columns import cell_columns, centre_columns, grid_columns, host_columns, restricted_columns
from planner.intake.tables import Column, read_table
from planner.intake.vocabulary import plain, vocabulary

POINTS = [Column("centre_id", "code", unique=True), Column("name"), Column("lon", "number"), Column("lat", "number")]


def read(tmp_path, text, columns=POINTS, **options):
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    return read_table(path, columns, **options)


@pytest.mark.parametrize(
    "header",
    [
        "centre_id,name,lon,lat",
        "驿站编号,驿站名称,经度,纬度",
        "站点 编号,站点名称,经度（GCJ-02）,纬度（GCJ-02）",
        "编号,名称,Lng,Lat",
        "编号*,名称（必填）,经度（必填）,纬度（必填）",
        "ＩＤ,名称,LONGITUDE,LATITUDE",
        "station_id,name,lng_gcj02,lat_gcj02",
        "序号,名称,经度(°),纬度(°)",
    ],
)
def test_a_column_goes_by_many_names(tmp_path, header):
    table, faults = read(tmp_path, f"{header}\n1,甲,116.35,39.98\n")
    assert faults == []
    assert table.loc[2].tolist() == ["1", "甲", 116.35, 39.98]
    assert table.attrs["titles"]["lon"] == header.split(",")[2]


def test_titles_above_the_header_notes_and_totals_are_no_data(tmp_path):
    text = """某某街道服务点一览表,,,
填表日期：2026-03-01,,,
,,,
编号,名称,经度,纬度
centre_id,name,lon,lat
1,甲,116.35,39.98
合计,1,,
注：经纬度取自高德地图,,,
"""
    table, faults = read(tmp_path, text)
    assert table.index.tolist() == [6]
    assert [(f.row, f.key, f.severity) for f in faults] == [
        (7, "row_left_out", "remark"),
        (8, "row_left_out", "remark"),
    ]


def test_a_record_that_looks_a_little_like_a_total_is_a_record(tmp_path):
    table, _ = read(tmp_path, "编号,名称,经度,纬度\n1,合计路驿站,116.35,39.98\n2,说明书店,116.35,39.98\n")
    assert table["name"].tolist() == ["合计路驿站", "说明书店"]


def test_where_two_columns_fit_it_asks_and_the_study_answers(tmp_path):
    text = "编号,名称,经度,纬度,高德经度\n1,甲,116.35,39.98,116.356\n"
    table, (fault,) = read(tmp_path, text)
    assert (fault.row, fault.column, fault.key, len(table)) == (1, "lon", "columns_compete", 0)
    for language in ("zh", "en"):
        assert 'columns = { lon = "经度" }' in fault.line(language)
        assert "高德经度" in fault.line(language)
    for named, lon in (("经度", 116.35), ("高德经度", 116.356)):
        table, faults = read(tmp_path, text, named={"lon": named})
        assert faults == []
        assert table["lon"].tolist() == [lon]


def test_a_running_number_gives_way_to_a_number_of_the_thing(tmp_path):
    table, faults = read(tmp_path, "序号,驿站编号,名称,经度,纬度\n1,S7,甲,116.35,39.98\n")
    assert (faults, table["centre_id"].tolist()) == ([], ["S7"])


def test_a_column_that_fits_two_of_those_needed_is_asked_about(tmp_path):
    columns = [Column("meals_per_day", "number"), Column("deliveries_per_day", "number")]
    _, faults = read(tmp_path, "单量\n5\n", columns)
    assert [(f.column, f.key) for f in faults] == [("单量", "column_fits_several")]


def test_a_name_that_the_study_gives_and_the_file_lacks_is_a_fault(tmp_path):
    _, faults = read(tmp_path, "编号,名称,经度,纬度\n1,甲,116.35,39.98\n", named={"lon": "东经度"})
    assert [(f.column, f.key) for f in faults] == [("lon", "named_column_missing")]
    assert "编号, 名称, 经度, 纬度" in faults[0].line("en")


def test_a_missing_column_says_what_it_may_be_called(tmp_path):
    _, faults = read(tmp_path, "编号,名称,纬度\n1,甲,39.98\n")
    assert [f.key for f in faults] == ["missing_column"]
    assert "经度" in faults[0].line("zh")
    assert "编号, 名称, 纬度" in faults[0].line("zh")


def test_one_value_may_be_given_for_a_column_that_is_not_there(tmp_path):
    table, faults = read(tmp_path, "编号,经度,纬度\n1,116.35,39.98\n2,116.36,39.98\n", given={"name": "驿站"})
    assert (faults, table["name"].tolist()) == ([], ["驿站", "驿站"])


def test_a_unit_in_a_title_is_converted_and_one_that_is_not_known_is_not_read(tmp_path):
    columns = [Column("yearly_cost_yuan", "number"), Column("area_m2", "number")]
    table, faults = read(tmp_path, "年租金（万元）,面积（㎡）\n1.5,20\n", columns)
    assert table.loc[2].tolist() == [15000, 20]
    assert [f.key for f in faults] == ["unit_converted"]
    _, faults = read(tmp_path, "年租金（万美元）,面积（亩）\n1.5,20\n", columns)
    assert [f.key for f in faults] == ["missing_column"] * 2


@pytest.mark.parametrize(
    "cell", ["116.35,39.98", "116.35，39.98", "116.35 39.98", "(116.35, 39.98)", "POINT (116.35 39.98)"]
)
def test_a_column_may_hold_both_longitude_and_latitude(tmp_path, cell):
    table, faults = read(tmp_path, f'编号,名称,经纬度\n1,甲,"{cell}"\n2,乙,不详\n')
    assert table.loc[2, ["lon", "lat"]].tolist() == [116.35, 39.98]
    assert {(f.row, f.key) for f in faults} == {(3, "not_a_number")}


def test_merged_header_and_data_cells_of_a_workbook(tmp_path):
    path = workbook(
        tmp_path / "t.xlsx",
        ["服务点一览", None, None, None],
        ["编号", "名称", "位置", None],
        [None, None, "经度", "纬度"],
        [1, "甲", 116.35, 39.98],
        [2, None, 116.36, 39.98],
        merged=["A1:D1", "C2:D2", "A2:A3", "B2:B3", "B4:B5"],
    )
    table, faults = read_table(path, POINTS)
    assert faults == []
    assert table.to_dict("list") == {
        "centre_id": ["1", "2"],
        "name": ["甲", "甲"],
        "lon": [116.35, 116.36],
        "lat": [39.98, 39.98],
    }


def test_a_number_merged_over_rows_is_not_counted_for_each(tmp_path):
    columns = [Column("grid_code", "code"), Column("meals_per_day", "number")]
    path = workbook(tmp_path / "t.xlsx", ["网格编码", "单量"], ["A", 30], ["B", None], ["C", 5], merged=["B2:B3"])
    _, (fault,) = read_table(path, columns)
    assert (fault.row, fault.column, fault.key) == (2, "单量", "number_merged")
    assert "2 至 3" in fault.line("zh")


def test_of_several_sheets_the_one_with_the_columns_is_read_and_told(tmp_path):
    good = [["编号", "名称", "经度", "纬度"], [1, "甲", 116.35, 39.98]]
    path = workbook(tmp_path / "t.xlsx", ["填表说明"], more={"服务点": good})
    table, faults = read_table(path, POINTS)
    assert [(f.key, f.value, f.severity) for f in faults] == [("sheet_chosen", "服务点", "remark")]
    assert table["name"].tolist() == ["甲"]
    path = workbook(tmp_path / "u.xlsx", *good, sheet="一月", more={"二月": good})
    _, (fault,) = read_table(path, POINTS)
    assert (fault.key, fault.value) == ("several_sheets", "一月, 二月")
    assert 'sheet = "一月"' in fault.line("zh")
    assert read_table(path, POINTS, part="二月")[1] == []


def test_every_name_in_the_vocabulary_is_of_a_column_that_is_read_or_kept_for_one():
    catalog = load_catalog()
    columns = [
        *grid_columns(),
        *restricted_columns(catalog),
        *centre_columns(catalog),
        *host_columns(catalog),
        *cell_columns(catalog),
    ]
    assert {column.name for column in columns} <= set(vocabulary("names"))
    assert set(vocabulary("systems")) <= set(SYSTEMS)
    for column, names in vocabulary("names").items():
        plains = [plain(name) for name in names]
        assert len(plains) == len(set(plains)), f"{column} has a name twice"
    known = {*catalog.services, *catalog.periods, *catalog.host_kinds}
    assert set(vocabulary("choices")) <= known
