import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog import load_catalog
from planner.errors import FAULTS_SHOWN_PER_KIND, shown_faults
from planner.hours import open_minutes
from planner.intake.columns import cell_columns, centre_columns
from planner.intake.tables import Column, read_table

SHOPS = [
    Column("id", unique=True),
    Column("kind", choices=("shop", "lobby")),
    Column("area", "number", low=0),
    Column("lat", "number", low=-90, high=90),
    Column("floor", "whole"),
    Column("hours", "hours"),
    Column("sells", "names", choices=("tea", "rice")),
    Column("note", required=False),
]
HEADER = "id,kind,area,lat,floor,hours,sells,note"
GOOD = "a,shop,12.5,40,1,08:00-20:00,tea;rice,"


def read(tmp_path, content, columns=SHOPS):
    path = tmp_path / "shops.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, columns)


def faults_of(tmp_path, *rows):
    return [(f.row, f.column, f.key) for f in read(tmp_path, "\n".join([HEADER, *rows]))[1]]


def test_a_good_table_is_typed_and_numbered_as_the_spreadsheet_is(tmp_path):
    table, faults = read(tmp_path, f"{HEADER}\n{GOOD}\nb,lobby,0,-90,-1,00:00-24:00,rice,二层\n")
    assert faults == []
    assert table.index.tolist() == [2, 3]
    assert table["area"].tolist() == [12.5, 0.0]
    assert table["floor"].tolist() == [1.0, -1.0]
    assert table["sells"].tolist() == [("tea", "rice"), ("rice",)]
    assert table["note"].tolist() == ["", "二层"]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",shop,1,1,1,08:00-20:00,tea,", ("id", "empty_value")),
        ("b,pub,1,1,1,08:00-20:00,tea,", ("kind", "unknown_name")),
        ("b,shop,,1,1,08:00-20:00,tea,", ("area", "empty_value")),
        ("b,shop,-1,1,1,08:00-20:00,tea,", ("area", "too_low")),
        ("b,shop,nan,1,1,08:00-20:00,tea,", ("area", "not_a_number")),
        ("b,shop,inf,1,1,08:00-20:00,tea,", ("area", "not_a_number")),
        ("b,shop,1e999,1,1,08:00-20:00,tea,", ("area", "not_a_number")),
        ('b,shop,"1,00,0",1,1,08:00-20:00,tea,', ("area", "not_a_number")),
        ("b,shop,12㎡,1,1,08:00-20:00,tea,", ("area", "not_a_number")),
        ("b,shop,0x1F,1,1,08:00-20:00,tea,", ("area", "not_a_number")),
        ("b,shop,1_000,1,1,08:00-20:00,tea,", ("area", "not_a_number")),
        ("b,shop,1,116.35,1,08:00-20:00,tea,", ("lat", "out_of_range")),
        ("b,shop,1,1,1.5,08:00-20:00,tea,", ("floor", "not_whole")),
        ("b,shop,1,1,1,早到晚,tea,", ("hours", "not_hours")),
        ("b,shop,1,1,1,,tea,", ("hours", "empty_value")),
        ("b,shop,1,1,1,08:00-20:00,tea;coffee,", ("sells", "unknown_name")),
        ("b,shop,1,1,1,08:00-20:00,;,", ("sells", "empty_value")),
        ("a,shop,1,1,1,08:00-20:00,tea,", ("id", "duplicate")),
        ("b,shop,1,1,1,08:00-20:00,tea,x,y", (None, "extra_cells")),
        ("b,shop,1,1", ("floor", "empty_value")),
    ],
)
def test_a_fault_names_its_row_and_column(tmp_path, row, fault):
    assert (3, *fault) in faults_of(tmp_path, GOOD, row)


def test_all_faults_are_told_at_once_each_with_its_own_row(tmp_path):
    """Blank rows, rows of commas and line breaks in quotes count as a spreadsheet counts them."""
    rows = [GOOD, "", '"b\nb",shop,x,1,1,08:00-20:00,tea,', ",,,,,,,", "c,pub,1,100,1,08:00-20:00,tea,", GOOD]
    assert faults_of(tmp_path, *rows) == [
        (7, "id", "duplicate"),
        (6, "kind", "unknown_name"),
        (4, "area", "not_a_number"),
        (6, "lat", "out_of_range"),
    ]


def test_a_cell_has_one_fault_at_a_time(tmp_path):
    assert faults_of(tmp_path, "a,shop,1,1,1.5e400,08:00-20:00,tea,") == [(2, "floor", "not_a_number")]


def test_of_many_faults_of_a_column_a_screen_shows_the_first_and_a_count(tmp_path):
    _, faults = read(tmp_path, "n\n" + "x\n" * 50, [Column("n", "number")])
    assert len(faults) == 50
    shown = shown_faults(faults)
    assert len(shown) == FAULTS_SHOWN_PER_KIND + 1
    assert shown[-1].key == "more_alike"
    assert shown[-1].values == {"count": 50 - FAULTS_SHOWN_PER_KIND}


@pytest.mark.parametrize("content", [b"", b"\n\n", b" , ,\n", "\ufeff".encode()])
def test_an_empty_file_is_one_fault(tmp_path, content):
    assert [f.key for f in read(tmp_path, content)[1]] == ["empty_file"]


def test_a_header_alone_is_a_table_without_rows(tmp_path):
    table, faults = read(tmp_path, HEADER)
    assert (len(table), faults) == (0, [])
    assert list(table) == HEADER.split(",")


@pytest.mark.parametrize(
    "content",
    [f"{HEADER}\n中關村,shop".encode("big5"), HEADER.encode("utf-16-le"), f"{HEADER}\ncafé".encode("latin-1")],
    ids=["Big5", "UTF-16 without a mark", "Latin-1"],
)
def test_another_encoding_is_one_fault_with_the_remedy(tmp_path, content):
    _, faults = read(tmp_path, content)
    assert [f.key for f in faults] == ["not_utf8"]
    assert "UTF-8" in faults[0].line("zh")
    assert "UTF-8" in faults[0].line("en")


def test_a_quote_that_never_closes_names_the_line(tmp_path):
    _, faults = read(tmp_path, f'{HEADER}\n{GOOD}\nb,"shop,1\n')
    assert [f.key for f in faults] == ["not_a_table"]
    assert "line 3" in faults[0].line("en")


def test_missing_and_doubled_columns_are_told_with_the_faults_of_the_rest(tmp_path):
    _, faults = read(tmp_path, "id,kind,area,lat,lat ,floor,hours\na,pub,1,1,1,1,08:00-20:00\n")
    assert [(f.row, f.column, f.key) for f in faults] == [
        (1, "lat", "column_twice"),
        (None, "sells", "missing_column"),
        (None, "note", "missing_column"),
        (2, "kind", "unknown_name"),
    ]
    assert "id, kind, area, lat, lat, floor, hours" in faults[1].line("en")


@pytest.mark.parametrize(
    "content",
    [
        f"\ufeff{HEADER}\n{GOOD}\n",
        f"{HEADER}\r\n{GOOD}\r\n",
        f"{HEADER}\r{GOOD}\r",
        f"{HEADER}\n{GOOD}",
        f" {HEADER.replace(',', ' , ')} \n {GOOD.replace(',', '　,  ')}\n",
        f"{HEADER},,\n{GOOD},,\n",
        f"{HEADER},colour\n{GOOD},red\n",
        f"\n{HEADER}\n\n{GOOD}\n\n",
        f"{HEADER}\na,shop,１２．５,４０,１,０８：００－２０：００,tea；rice,\n",
    ],
    ids=["BOM", "CRLF", "CR", "no last newline", "spaces", "trailing commas", "more columns", "blank lines", "wide"],
)
def test_harmless_variety_reads_the_same(tmp_path, content):
    table, faults = read(tmp_path, content)
    assert faults == []
    row = table.iloc[0]
    assert (row["id"], row["area"], row["lat"], row["floor"]) == ("a", 12.5, 40.0, 1.0)
    assert (row["hours"], row["sells"]) == ("08:00-20:00", ("tea", "rice"))


def test_a_name_keeps_its_wide_characters_and_its_quotes(tmp_path):
    table, faults = read(tmp_path, 'id\n"甲（１）号, ""店"""\n', [Column("id")])
    assert faults == []
    assert table["id"].tolist() == ['甲（１）号, "店"']


def test_two_spellings_of_one_character_are_one_id(tmp_path):
    _, faults = read(tmp_path, "id\né\ne\u0301\n", [Column("id", unique=True)])
    assert [(f.row, f.key) for f in faults] == [(3, "duplicate")]


def test_a_number_at_fault_is_nan_so_that_nothing_is_computed_with_it(tmp_path):
    table, _ = read(tmp_path, "n\n1\n-5\nx\n99\n", [Column("n", "number", low=0, high=10)])
    np.testing.assert_array_equal(table["n"], [1.0, np.nan, np.nan, np.nan])


def test_a_fault_says_in_both_languages_what_is_there_and_what_may_be(tmp_path):
    _, faults = read(tmp_path, f"{HEADER}\na,pub,-3,116,1,08:00-20:00,tea,\n")
    zh, en = ([f.line(language) for f in faults] for language in ("zh", "en"))
    assert zh[0].startswith("shops.csv 第 2 行 “kind”列：“pub”不在名单中：shop, lobby。")
    assert en[0].startswith('shops.csv row 2 column "kind": "pub" is not one of: shop, lobby.')
    assert "“-3”小于 0" in zh[1]
    assert '"116" is out of range (-90 to 90)' in en[2]


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_whatever_break_the_reader(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(content)
    table, faults = read_table(path, SHOPS)
    assert faults or len(table) == 0
    assert all(f.line("zh") and f.line("en") for f in faults)


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20))
def test_numbers_come_back_as_they_were_written(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("numbers") / "n.csv"
    path.write_text("n\n" + "".join(f"{number!r}\n" for number in numbers), encoding="utf-8")
    table, faults = read_table(path, [Column("n", "number")])
    assert faults == []
    assert table["n"].tolist() == pytest.approx(numbers, rel=1e-15)


def test_choices_go_by_their_names_in_both_languages(tmp_path):
    catalog = load_catalog()
    rows = "1,甲,户外劳动者驿站、充换电柜,24小时,一层\n2,乙,Rest station；分拣点,全天,1楼\n"
    table, faults = read(tmp_path, f"编号,名称,服务内容,开放时间,楼层\n{rows}", centre_columns(catalog))
    assert [f for f in faults if f.is_error] == []
    assert table["services"].tolist() == [("rest_station", "charging_cabinet"), ("rest_station", "sorting_point")]
    assert table["floor"].tolist() == [1, 1]
    rows = "".join(f"c,{name},1,1\n" for name in ("午高峰", "lunch", "Dinner", "中午"))
    table, faults = read(tmp_path, f"单元编号,时段,单量,件量\n{rows}", cell_columns(catalog))
    assert (faults, table["period"].tolist()) == ([], ["lunch", "lunch", "dinner", "lunch"])


def test_an_unknown_choice_lists_what_there_is_in_chinese_too(tmp_path):
    _, faults = read(tmp_path, "单元编号,时段,单量,件量\nc,宵夜,1,1\n", cell_columns(load_catalog()))
    assert [(f.row, f.column, f.key) for f in faults] == [(2, "时段", "unknown_name")]
    assert "lunch (午高峰)" in faults[0].line("zh")


def test_hours_that_hold_on_some_days_are_kept_as_written_and_told(tmp_path):
    column = Column("open_hours", "hours", unstated_hours="09:00-17:00")
    text = "开放时间\n24小时\n周一至周五 09:00-17:00\n工作日开放\n"
    table, faults = read(tmp_path, text, [column])
    assert table["open_hours"].tolist() == ["24小时", "周一至周五 09:00-17:00", "工作日开放 09:00-17:00"]
    assert open_minutes(table["open_hours"][4]).sum() == 8 * 60
    assert [(f.key, f.severity, f.values["count"]) for f in faults] == [
        ("hours_some_days", "remark", 2),
        ("hours_stand_in", "remark", 1),
    ]
    assert "09:00-17:00" in faults[1].line("zh")


def test_days_without_hours_are_a_fault_where_nothing_stands_in(tmp_path):
    _, faults = read(tmp_path, "开放时间\n工作日开放\n", [Column("open_hours", "hours")])
    assert [(f.row, f.key) for f in faults] == [(2, "hours_unstated")]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALUE!"])
@pytest.mark.parametrize("kind", ["text", "code", "number", "hours"])
def test_an_error_of_excel_is_no_value_of_any_kind(tmp_path, error, kind):
    _, faults = read(tmp_path, f"名称\n{error}\n", [Column("name", kind)])
    assert [(f.row, f.key) for f in faults] == [(2, "excel_error")]
