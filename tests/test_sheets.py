import datetime
import random
import zipfile
from pathlib import Path

import pytest
from workbooks import workbook

from planner.intake.sheets import read_sheets

XLS = Path(__file__).parent / "files" / "centres.xls"


def rows_of(path, **options):
    sheets, faults = read_sheets(path, **options)
    assert not [fault for fault in faults if fault.is_error]
    (sheet,) = sheets
    return sheet.rows


def write(tmp_path, content, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("编号,名称\n1,甲\n", []),
        ("编号;名称\n1;甲\n", ["split_by"]),
        ("编号\t名称\n1\t甲\n", ["split_by"]),
        ("编号，名称\n1，甲\n", ["split_by"]),
        ("sep=;\n编号;名称\n1;甲\n", ["split_by"]),
        ("编号,名称\n1,甲\n".encode("gb18030"), ["read_as"]),
        ("编号\t名称\r\n1\t甲\r\n".encode("utf-16"), ["read_as", "split_by"]),
    ],
)
def test_a_csv_in_its_varieties(tmp_path, content, told):
    path = write(tmp_path, content)
    first, second = rows_of(path).values()
    assert (first, second) == (["编号", "名称"], ["1", "甲"])
    assert [fault.key for fault in read_sheets(path)[1]] == told


def test_semicolons_within_cells_and_decimal_commas_do_not_mislead_the_split(tmp_path):
    assert rows_of(write(tmp_path, "a,services\n1,tea;rice\n2,tea;rice\n"))[2] == ["1", "tea;rice"]
    assert rows_of(write(tmp_path, "lon;lat\n116,35;39,9\n116,36;39,8\n"))[2] == ["116,35", "39,9"]
    assert rows_of(write(tmp_path, "某街道一览\nlon;lat\n116,35;39,9\n"))[3] == ["116,35", "39,9"]


def test_cells_of_a_workbook_are_texts_as_excel_shows_them(tmp_path):
    path = workbook(
        tmp_path / "t.xlsx",
        [7, 7, 110108001001001, 1234567890123456789, 1.5, 12.0],
        [datetime.time(8, 30), datetime.datetime(2026, 1, 2), True, None, "=1+1", " 甲 "],
        formats={"A1": "000", "B1": "0"},
    )
    rows = rows_of(path)
    assert rows[1] == ["007", "7", "110108001001001", "1.23456789012346E+18", "1.5", "12"]
    assert rows[2] == ["08:30", "2026-01-02", "TRUE", "", "", "甲"]


def test_merged_cells_have_their_text_everywhere_and_are_known(tmp_path):
    path = workbook(tmp_path / "t.xlsx", ["标题", None], ["甲", 1], [None, 2], ["乙", 3], merged=["A1:B1", "A2:A3"])
    (sheet,), _ = read_sheets(path)
    assert sheet.rows == {1: ["标题", "标题"], 2: ["甲", "1"], 3: ["甲", "2"], 4: ["乙", "3"]}
    assert sheet.merged == {(2, 0): (2, 3), (3, 0): (2, 3)}


def test_an_old_workbook_reads_as_a_new_one_does():
    (sheet,), faults = read_sheets(XLS)
    assert (sheet.name, faults) == ("服务点", [])
    assert sheet.rows[1][0] == "某某街道现有服务点一览表"
    assert sheet.rows[4][:5] == ["1", "7", "东门驿站", "116.3488", "40.0001"]
    assert sheet.rows[5][5] == "户外劳动者驿站"  # merged with the row above
    assert sheet.merged[5, 5] == (4, 5)


def test_only_sheets_that_can_be_seen_and_hold_something_count(tmp_path):
    more = {"空": [], "旧": [["x"]], "说明": [["填表说明"]]}
    path = workbook(tmp_path / "t.xlsx", ["a"], [1], more=more, hidden=["旧"])
    assert [sheet.name for sheet in read_sheets(path)[0]] == ["Sheet1", "说明"]
    assert rows_of(path, wanted="说明") == {1: ["填表说明"]}
    _, faults = read_sheets(path, wanted="无")
    assert [fault.key for fault in faults] == ["no_such_sheet"]
    assert "Sheet1, 空, 说明" in faults[0].line("zh")


@pytest.mark.parametrize("name", ["t.csv", "t.xls", "t.txt"])
def test_the_content_decides_not_the_suffix(tmp_path, name):
    made = workbook(tmp_path / "t.xlsx", ["a", "b"], [1, 2])
    assert rows_of(write(tmp_path, made.read_bytes(), name)) == {1: ["a", "b"], 2: ["1", "2"]}
    assert rows_of(write(tmp_path, "a,b\n1,2\n", "t.xlsx")) == {1: ["a", "b"], 2: ["1", "2"]}


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "web_page"),
        (b"PK\x03\x04\xff\xff", "workbook_unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook_unreadable"),
        (b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "locked"),
        (b"\x00\x01\x02", "not_utf8"),
        (b"", "empty_file"),
    ],
)
def test_what_is_no_table_says_what_it_is(tmp_path, content, key):
    sheets, faults = read_sheets(write(tmp_path, content, "t.xls"))
    assert sheets == []
    assert [fault.key for fault in faults] == [key]
    assert faults[0].line("zh") != faults[0].line("en")


def test_an_archive_is_no_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
        archive.writestr("a.csv", "a\n1\n")
    assert [fault.key for fault in read_sheets(tmp_path / "t.xlsx")[1]] == ["not_a_workbook"]


def test_a_workbook_cut_off_half_way_is_a_fault(tmp_path):
    whole = workbook(tmp_path / "t.xlsx", *[[i, i] for i in range(200)]).read_bytes()
    for length in range(10, len(whole), len(whole) // 10):
        sheets, faults = read_sheets(write(tmp_path, whole[:length], "cut.xlsx"))
        assert (sheets, [fault.key for fault in faults]) == ([], ["workbook_unreadable"])


def test_an_old_workbook_spoilt_at_any_byte_is_read_or_refused_and_never_ends_the_program(tmp_path):
    whole = XLS.read_bytes()
    draw = random.Random(1)
    for _ in range(6):
        spoilt = bytearray(whole)
        for _ in range(20):
            spoilt[draw.randrange(8, len(whole))] = draw.randrange(256)
        sheets, faults = read_sheets(write(tmp_path, bytes(spoilt), "t.xls"))
        assert sheets or [fault.key for fault in faults] in (["workbook_unreadable"], ["empty_file"])
