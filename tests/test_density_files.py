"""The files that records come in."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from density_world import HEADER, HERE, LUNCH, RULES, counted, five_riders, records, set_aside
from study_world import places

from planner.density import count_deliveries
from planner.errors import ArgumentError, RecordsError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_comes_in_many_encodings_and_line_ends(tmp_path, encoding, end):
    path = records(tmp_path / "r.csv", *five_riders(), *five_riders(kind="快递"), encoding=encoding, end=end)
    assert counted(path) == {("lunch", "meals"): 5, ("lunch", "parcels"): 5}


def test_bytes_that_are_no_text_spoil_their_row_only(tmp_path):
    good = "\n".join([HEADER, *five_riders(), ""]).encode()
    path = tmp_path / "r.csv"
    path.write_bytes(good + f"{LUNCH},{HERE},".encode() + b"\xcd\xe2,r1\n" + "\n".join(five_riders()).encode())
    assert set_aside(path, tmp_path) == [(7, "业务类型", "the kind is not known")]
    assert counted(path) == {("lunch", "meals"): 10}


def test_line_ends_of_several_kinds_do_not_shift_the_rows(tmp_path):
    path = tmp_path / "r.csv"
    path.write_bytes(f"{HEADER}\r\n{LUNCH},{HERE},外卖,r1\n\r\n{LUNCH},0,0,外卖,r1\r\n".encode())
    assert [row for row, *_ in set_aside(path, tmp_path)] == [4]


def test_a_very_long_line_is_a_bad_row(tmp_path):
    path = records(tmp_path / "r.csv", *five_riders(), "x" * 3_000_000, f"{LUNCH},0,0,外卖,r1", *five_riders())
    assert [row for row, *_ in set_aside(path, tmp_path)] == [7, 8]
    assert counted(path) == {("lunch", "meals"): 10}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_titles_above_the_header_and_quotes(tmp_path, delimiter):
    header = ["配送距离（米）", *HEADER.split(",")]
    cells = ['"1,2;3|4\t""5"""', f'"{LUNCH}"', "117.02", "36.66", '"外卖"', "r1"]
    title = delimiter.join(["某平台配送记录", *[""] * 5])
    path = records(tmp_path / "r.csv", delimiter.join(header), delimiter.join(cells), header=title)
    assert counted(path) == {("lunch", "meals"): 1}


def test_several_files_of_several_forms_are_counted_together(tmp_path):
    one = records(tmp_path / "one.csv", *five_riders(), encoding="gb18030")
    table = {"time": [pd.Timestamp(LUNCH)], "lng": [117.02], "latitude": [36.66], "类型": ["快递"], "骑手编号": ["r9"]}
    pa.parquet.write_table(pa.table(table), tmp_path / "two.parquet")
    tally = count_deliveries([one, tmp_path / "two.parquet"], RULES)
    assert tally.files == (("one.csv", 5), ("two.parquet", 1))
    assert tally.deliveries.sum(axis=(0, 1)).tolist() == [5, 1]


def test_all_that_keeps_files_from_being_read_is_told_at_once(tmp_path):
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more")
    (tmp_path / "text.parquet").write_text("time,lon")
    (tmp_path / "empty.csv").write_bytes(b"\n\n")
    lacking = records(tmp_path / "lacking.csv", header="时间,经度,备用")
    unclear = records(tmp_path / "unclear.csv", header="下单时间,送达时间,经度,纬度,类型,骑手编号")
    twice = records(tmp_path / "twice.csv", header="时间,经度,纬度,类型,类型,骑手编号")
    files = [*(tmp_path / n for n in ("broken.parquet", "text.parquet", "empty.csv")), lacking, unclear, twice, unclear]
    with pytest.raises(RecordsError) as error:
        count_deliveries(files, RULES)
    assert places(error.value.faults) == [
        ("broken.parquet", None, None, "not_parquet"),
        ("text.parquet", None, None, "not_parquet"),
        ("empty.csv", None, None, "empty_file"),
        ("lacking.csv", None, "骑手编号", "missing_column"),
        ("lacking.csv", None, None, "no_column_for"),
        ("lacking.csv", None, None, "no_column_for"),
        ("unclear.csv", None, "下单时间, 送达时间", "columns_fit"),
        ("twice.csv", None, "类型", "column_twice"),
        ("unclear.csv", None, None, "file_twice"),
    ]
    assert "--column time=下单时间" in error.value.message("zh")


def test_a_column_may_be_named_outright(tmp_path):
    header = "下单时间,送达时间,经度,纬度,类型,骑手编号"
    path = records(tmp_path / "r.csv", f"2026-03-02 13:50:00,2026-03-02 14:20:00,{HERE},外卖,r1", header=header)
    assert counted(path, columns={"time": "送达时间"}) == {("afternoon", "meals"): 1}
    with pytest.raises(ArgumentError, match="colour"):
        counted(path, columns={"colour": "类型"})
