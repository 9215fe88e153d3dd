"""Delivery records → deliveries per cell and period, from files to what may be shown."""

import pickle
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from delivery_records import record_batches, write_records
from interrupts import interrupted_after
from pyproj import Transformer
from study_world import CELLS, box, geojson, places, write_study

from planner import load_study
from planner.crs import from_wgs84, metric_crs, to_wgs84
from planner.density import Rules, count_deliveries, density, publish, write_density
from planner.density.writing import study_line
from planner.errors import ArgumentError, MissingFileError, OutputError, RecordsError

RULES = Rules(system="gcj02", cell="100m", rider="骑手编号", metric="EPSG:4548")
HEADER = "下单时间,经度,纬度,业务类型,骑手编号"
HERE = "117.02,36.66"
LUNCH = "2026-03-02 12:00:00"
PERIOD_HOURS = {"morning": (6, 10), "lunch": (10, 14), "afternoon": (14, 17), "dinner": (17, 21)}


def records(path, *rows, header=HEADER, encoding="utf-8", end="\n"):
    path.write_bytes(end.join([header, *rows, ""]).encode(encoding))
    return path


def five_riders(at=HERE, time=LUNCH, kind="外卖"):
    return [f"{time},{at},{kind},r{i}" for i in range(5)]


def counted(path, **changes):
    """What a file holds as {(period, kind): deliveries}, in whatever cells."""
    tally = count_deliveries([path], rules(**changes))
    by_layer = tally.deliveries.sum(axis=0)
    return {
        (period, kind): int(by_layer[i, j])
        for i, period in enumerate(tally.periods)
        for j, kind in enumerate(tally.kinds)
        if by_layer[i, j]
    }


def rules(**changes):
    return Rules(**(vars(RULES) | changes))


def set_aside(path, tmp_path, **changes):
    """(row, column, reason in English) of each row set aside."""
    out = tmp_path / "aside.csv"
    count_deliveries([path], rules(**changes), set_aside=out, language="en")
    table = pd.read_csv(out, encoding="utf-8-sig", keep_default_na=False)
    return list(zip(table["row"], table["column"], table["reason"], strict=True))


def by_hand(tables):
    """Deliveries by (cell, period, kind), riders of each, and bad rows, one row at a time: the slow plain way."""
    table = pd.concat([t.to_pandas() for t in tables])
    lon, lat = (pd.to_numeric(table[name]).to_numpy() for name in ("经度", "纬度"))
    x, y = Transformer.from_crs(4326, 4548, always_xy=True).transform(*to_wgs84(lon, lat, "gcj02"))
    times = pd.to_datetime(table["下单时间"], errors="coerce").to_list()
    deliveries, riders, bad = Counter(), {}, 0
    for i, row in enumerate(table.itertuples(index=False)):
        kind = {"外卖": "meals", "快递": "parcels", "包裹": "parcels"}.get(row.业务类型)
        time = times[i]
        if kind is None or pd.isna(time) or not (73 < lon[i] < 136 and 3 < lat[i] < 54):
            bad += 1
            continue
        period = next((p for p, (start, end) in PERIOD_HOURS.items() if start <= time.hour < end), "night")
        figure = (f"{int(x[i] // 100)}_{int(y[i] // 100)}", period, kind)
        deliveries[figure] += 1
        riders.setdefault(figure, set()).add(row.骑手编号)
    return deliveries, riders, bad


def figures(tally):
    """A tally as {(cell, period, kind): deliveries}."""
    names = tally.cells.frame(tally.codes)["cell_id"].tolist()
    return {
        (names[c], tally.periods[p], tally.kinds[k]): int(tally.deliveries[c, p, k])
        for c, p, k in zip(*np.nonzero(tally.deliveries), strict=True)
    }


# ---- Counting


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_every_delivery_is_counted_in_its_cell_period_and_kind(tmp_path, suffix):
    path = write_records(tmp_path / f"r{suffix}", 4_000, seed=3, spread_km=0.6)
    deliveries, riders, bad = by_hand(record_batches(4_000, 3, spread_km=0.6))
    tally = count_deliveries([path], RULES)
    assert figures(tally) == dict(deliveries)
    assert sum(tally.reasons.values()) == bad > 5
    assert tally.rows_read == 4_000 == tally.rows_used + bad
    known = tally.riders.groupby(["cell", "layer"]).size().sort_index()
    names = dict(zip(tally.codes, tally.cells.frame(tally.codes)["cell_id"], strict=True))
    for (cell, layer), count in known.items():
        figure = (names[cell], tally.periods[layer // 2], tally.kinds[layer % 2])
        assert count == min(len(riders[figure]), 5)
    assert len(known) == len(deliveries)


@pytest.mark.parametrize("system", ["wgs84", "gcj02", "bd09", "cgcs2000"])
def test_the_same_place_in_each_system_is_in_the_same_cell(tmp_path, system):
    lon, lat = from_wgs84(117.02, 36.66, system)
    path = records(tmp_path / "r.csv", f"{LUNCH},{lon:.9f},{lat:.9f},外卖,r1")
    tally = count_deliveries([path], rules(system=system))
    x, y = Transformer.from_crs(4326, 4548, always_xy=True).transform(117.02, 36.66)
    assert list(figures(tally)) == [(f"{int(x // 100)}_{int(y // 100)}", "lunch", "meals")]


def test_tallies_of_the_parts_add_up_to_that_of_the_whole(tmp_path):
    tables = list(record_batches(3_000, 5, spread_km=0.6))
    whole, first, second = (tmp_path / f"{name}.parquet" for name in ("whole", "first", "second"))
    table = pa.concat_tables(tables)
    for path, part in ((whole, table), (first, table[:1_100]), (second, table[1_100:])):
        pa.parquet.write_table(part, path)
    together = count_deliveries([first, second], RULES)
    apart = count_deliveries([first], RULES) + pickle.loads(pickle.dumps(count_deliveries([second], RULES)))
    at_once = count_deliveries([whole], RULES)
    for tally in (together, apart):
        assert figures(tally) == figures(at_once)
        assert (tally.days, tally.reasons, tally.first_s) == (at_once.days, at_once.reasons, at_once.first_s)
        pd.testing.assert_frame_equal(publish(tally).rows, publish(at_once).rows)


def test_tallies_counted_by_other_rules_do_not_add_up(tmp_path):
    path = records(tmp_path / "r.csv", *five_riders())
    with pytest.raises(ArgumentError, match=r"100 m.*200 m"):
        count_deliveries([path], RULES) + count_deliveries([path], rules(cell="200m"))
    with pytest.raises(ArgumentError, match="k"):
        count_deliveries([path], RULES) + count_deliveries([path], rules(k=6))


def test_rules_can_be_handed_to_another_process():
    assert pickle.loads(pickle.dumps(RULES)) == RULES


@pytest.mark.parametrize(
    ("clock", "period"),
    [
        ("05:59:59", "night"), ("06:00:00", "morning"), ("09:59:59", "morning"), ("10:00:00", "lunch"),
        ("13:59:59.999", "lunch"), ("14:00:00", "afternoon"), ("17:00:00", "dinner"), ("20:59:59", "dinner"),
        ("21:00:00", "night"), ("23:59:59", "night"), ("00:00:00", "night"),
    ],
)  # fmt: skip
def test_a_period_begins_with_its_first_minute_and_ends_before_the_next(tmp_path, clock, period):
    path = records(tmp_path / "r.csv", f"2026-03-02 {clock},{HERE},外卖,r1")
    assert counted(path) == {(period, "meals"): 1}


def test_periods_come_from_the_catalog(tmp_path):
    path = records(tmp_path / "r.csv", f"2026-03-02 10:30:00,{HERE},外卖,r1")
    later = {"periods": {"morning": {"end": "11:00"}, "lunch": {"start": "11:00"}}}
    assert counted(path, catalog=later) == {("morning", "meals"): 1}
    with pytest.raises(ArgumentError, match="lunch"):
        counted(path, catalog={"periods": {"morning": {"end": "11:00"}}})


@pytest.mark.parametrize(
    "time",
    [
        "2026-03-02 12:34:56", "2026-03-02T12:34:56", "2026/3/2 12:34", "2026-03-02 12:34", "2026-03-02 12:34:56.789",
        "20260302123456", "2026年3月2日 12:34", "2026年03月02日12时34分", "2026.03.02 12:34:56",
        "2026-03-02T04:34:56Z", "2026-03-02T12:34:56+08:00", "2026-03-02 04:34:56 +0000", "2026-03-02 04:34 UTC",
        "1772426096", "1772426096000",
    ],
)  # fmt: skip
def test_times_are_read_as_they_are_written(tmp_path, time):
    tally = count_deliveries([records(tmp_path / "r.csv", f"{time},{HERE},外卖,r1")], RULES)
    assert tally.rows_used == 1, tally.reasons
    when = pd.Timestamp(tally.first_s, unit="s")
    assert when.floor("min") == pd.Timestamp("2026-03-02 12:34")


@pytest.mark.parametrize(
    "values",
    [
        pa.array([pd.Timestamp("2026-03-02 12:34:56")]),
        pa.array([pd.Timestamp("2026-03-02 04:34:56", tz="UTC")]),
        pa.array([1772426096]),
        pa.array([1772426096000]),
        pa.array(["2026-03-02 12:34:56"]),
        pa.array(["2026-03-02 12:34:56"]).dictionary_encode(),
        pa.array([pd.Timestamp("2026-03-02 12:34:56")], pa.timestamp("ns")),
    ],
)
def test_a_parquet_file_may_hold_times_numbers_and_riders_of_any_type(tmp_path, values):
    table = {
        "下单时间": values,
        "lng": pa.array([117.02], pa.float32()),
        "lat": [36.66],
        "kind": ["meals"],
        "骑手编号": [7],
    }
    pa.parquet.write_table(pa.table(table), tmp_path / "r.parquet")
    tally = count_deliveries([tmp_path / "r.parquet"], RULES)
    assert pd.Timestamp(tally.first_s, unit="s") == pd.Timestamp("2026-03-02 12:34:56")


def test_a_date_without_the_time_of_day_is_no_time(tmp_path):
    pa.parquet.write_table(
        pa.table(
            {"time": pa.array([1], pa.date32()), "lon": [117.0], "lat": [36.6], "kind": ["meals"], "骑手编号": [1]}
        ),
        tmp_path / "r.parquet",
    )
    assert count_deliveries([tmp_path / "r.parquet"], RULES).rows_used == 0
    path = records(tmp_path / "r.csv", *(f"{day},{HERE},外卖,r1" for day in ("2026-03-02", "2026/3/2", "20260302")))
    assert count_deliveries([path], RULES).reasons == {"no_clock": 3}


def test_days_are_those_with_records_and_partial_ones_count_where_they_can(tmp_path):
    """Monday from 15:00, nothing on Tuesday, Wednesday until 11:00."""
    times = ["2026-03-02 15:00:00", "2026-03-02 18:00:00", "2026-03-04 08:00:00", "2026-03-04 11:00:00"]
    path = records(tmp_path / "r.csv", *(row for time in times for row in five_riders(time=time)))
    found = density([path], RULES)
    assert found.days == {"morning": 1, "lunch": 1, "afternoon": 1, "dinner": 1, "night": 2}
    assert (found.first_day, found.last_day, found.days_without) == ("2026-03-02", "2026-03-04", 1)
    assert found.rows["meals_per_day"].tolist() == [5.0] * 4


def test_weekdays_or_weekends_alone(tmp_path):
    """2 March 2026 is a Monday."""
    rows = [f"2026-03-{day:02} 12:00:00,{HERE},外卖,r1" for day in range(2, 9)]
    path = records(tmp_path / "r.csv", *rows)
    weekdays, weekends = (count_deliveries([path], rules(days=days)) for days in ("weekdays", "weekends"))
    assert (weekdays.rows_used, weekdays.reasons) == (5, {"other_time": 2})
    assert (weekends.rows_used, len(weekends.days)) == (2, 2)


@pytest.mark.parametrize("word", ["外卖", "餐饮", " 外卖 ", "Food", "meals", "TAKEAWAY"])
def test_platforms_have_many_words_for_a_meal(tmp_path, word):
    assert counted(records(tmp_path / "r.csv", f"{LUNCH},{HERE},{word},r1")) == {("lunch", "meals"): 1}


def test_a_word_may_be_given_a_kind_and_a_file_one_kind(tmp_path):
    path = records(tmp_path / "r.csv", f"{LUNCH},{HERE},生鲜,r1")
    assert counted(path) == {}
    assert counted(path, kinds={"生鲜": "parcels"}) == {("lunch", "parcels"): 1}
    assert counted(path, kinds="meals") == {("lunch", "meals"): 1}
    with pytest.raises(ArgumentError, match="soup"):
        counted(path, kinds={"生鲜": "soup"})


def test_a_position_may_stand_in_one_column(tmp_path):
    path = records(tmp_path / "r.csv", f'{LUNCH},"117.02, 36.66",外卖,r1', header="时间,坐标,类型,骑手编号")
    assert figures(count_deliveries([path], RULES)) == figures(
        count_deliveries([records(tmp_path / "two.csv", f"{LUNCH},{HERE},外卖,r1")], RULES)
    )


# ---- Bad rows


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (f",{HERE},外卖,r1", "下单时间", "no time is given"),
        (f"noon,{HERE},外卖,r1", "下单时间", "cannot be read"),
        (f"infinity,{HERE},外卖,r1", "下单时间", "cannot be read"),
        (f"2026-02-30 12:00:00,{HERE},外卖,r1", "下单时间", "cannot be read"),
        (f"1970-01-01 08:00:00,{HERE},外卖,r1", "下单时间", "2000 to 2099"),
        (f"2026-03-02,{HERE},外卖,r1", "下单时间", "time of day"),
        (f"{LUNCH},,36.66,外卖,r1", "经度, 纬度", "no position"),
        (f"{LUNCH},117.02,east,外卖,r1", "经度, 纬度", "not a number"),
        (f"{LUNCH},nan,36.66,外卖,r1", "经度, 纬度", "not a number"),
        (f"{LUNCH},0,0.0,外卖,r1", "经度, 纬度", "0, 0"),
        (f"{LUNCH},36.66,117.02,外卖,r1", "经度, 纬度", "swapped"),
        (f"{LUNCH},1170.2,36.66,外卖,r1", "经度, 纬度", "out of range"),
        (f"{LUNCH},2.35,48.86,外卖,r1", "经度, 纬度", "not in China"),
        (f"{LUNCH},{HERE},,r1", "业务类型", "no kind"),
        (f"{LUNCH},{HERE},跑腿,r1", "业务类型", "not known"),
        (f"{LUNCH},{HERE},外卖", "", "another number of cells"),
        (f"{LUNCH},{HERE},外卖,r1,,", "", "another number of cells"),
        (f'{LUNCH},{HERE},"外卖,r1', "", "another number of cells"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_reason_and_the_next_one_is_counted(tmp_path, row, column, reason):
    path = records(tmp_path / "r.csv", *five_riders(), row, "", *five_riders())
    ((number, about, said),) = set_aside(path, tmp_path)
    assert (number, about) == (7, column)
    assert reason in said
    assert counted(path) == {("lunch", "meals"): 10}


def test_what_was_set_aside_names_no_value_of_its_rows(tmp_path):
    path = records(tmp_path / "r.csv", f"张三,{HERE},外卖,secret", f"{LUNCH},{HERE},李四,secret")
    count_deliveries([path], RULES, set_aside=tmp_path / "aside.csv")
    text = (tmp_path / "aside.csv").read_text(encoding="utf-8-sig")
    assert len(text.splitlines()) == 3
    assert not any(secret in text for secret in ("张三", "李四", "secret", "117"))


def test_a_value_that_cannot_be_read_is_told_only_where_many_rows_share_it(tmp_path):
    rows = [f"{LUNCH},{HERE},生鲜,r{i}" for i in range(7)] + [f"{LUNCH},{HERE},张三,r1"]
    found = density([records(tmp_path / "r.csv", *rows, *five_riders())], RULES)
    assert found.unreadable == {"odd_kind": {"生鲜": 7}}
    assert found.set_aside == {"odd_kind": 8}


def test_full_width_digits_and_a_decimal_comma_are_numbers(tmp_path):
    path = records(tmp_path / "r.csv", f'{LUNCH},１１７．０２,"36,66",外卖,r1')
    assert counted(path) == {("lunch", "meals"): 1}


def test_rows_outside_the_boundary_are_set_aside(tmp_path):
    """Eleven metres inside and outside of the west edge of a box, which lies at 117° E."""
    edge = {"type": "Polygon", "coordinates": [[[117, 36], [118, 36], [118, 37], [117, 37], [117, 36]]]}
    (tmp_path / "b.geojson").write_text(geojson(({"name": "街道"}, edge)), encoding="utf-8")
    inside, outside = (f"{LUNCH},{lon},36.5,外卖,r1" for lon in (117.000_12, 116.999_88))
    path = records(tmp_path / "r.csv", inside, outside)
    ((number, column, reason),) = set_aside(path, tmp_path, boundary=tmp_path / "b.geojson", system="wgs84")
    assert (number, column) == (3, "经度, 纬度")
    assert "outside the boundary" in reason


def test_nothing_in_a_file_and_nothing_good_in_it_are_answers_too(tmp_path):
    for rows in ((), (f"{LUNCH},0,0,外卖,r1",) * 3):
        found = density([records(tmp_path / "r.csv", *rows)], RULES)
        assert (found.rows_read, found.rows_published, len(found.rows)) == (len(rows), 0, 0)
        assert list(found.rows) == CELLS.replace("cell_id,lon,lat,period", "cell_id,period,lon,lat").split(",")


# ---- Files


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


# ---- Persons


@pytest.mark.parametrize(
    "column",
    [
        "收件人",
        "骑手姓名",
        "联系电话",
        "收货地址",
        "订单编号",
        "运单号",
        "身份证号",
        "车牌",
        "order_id",
        "phone",
        "user_name",
        "设备ID",
    ],
)
def test_a_column_with_a_personal_name_is_refused_unless_dropped(tmp_path, column):
    path = records(tmp_path / "r.csv", *(f"{row},x" for row in five_riders()), header=f"{HEADER},{column}")
    with pytest.raises(RecordsError) as error:
        count_deliveries([path], RULES)
    assert places(error.value.faults) == [("r.csv", None, column, "personal_column")]
    assert f"--drop {column}" in str(error.value)
    assert counted(path, drop=[column]) == {("lunch", "meals"): 5}


@pytest.mark.parametrize(
    "value",
    ["13812345678", "请打 138 后缀13812345678", "+86-13812345678", "11010519491231002X", "a.b@c.cn", "鲁A12345"],
)
def test_a_column_with_an_innocent_name_is_refused_for_what_it_holds(tmp_path, value):
    rows = [f"{row},{'好' if i else value}" for i, row in enumerate(five_riders())]
    with pytest.raises(RecordsError) as error:
        count_deliveries([records(tmp_path / "r.csv", *rows, header=f"{HEADER},评价")], RULES)
    assert places(error.value.faults) == [("r.csv", None, "评价", "personal_column")]


def test_a_column_of_names_is_told_by_surnames(tmp_path):
    people = ["王伟", "李娜", "张**", "刘某某", "陈静"]
    rows = [f"{row},{name}" for row, name in zip(five_riders(), people, strict=True)]
    with pytest.raises(RecordsError):
        count_deliveries([records(tmp_path / "r.csv", *rows, header=f"{HEADER},组别")], RULES)


@pytest.mark.parametrize("column", ["网格编码", "商圈ID", "配送距离", "天气", "社区名称"])
def test_columns_of_areas_and_amounts_are_no_matter(tmp_path, column):
    values = ["370102001", "370102002", "12345678901234", "晴", "110105194912310021"]  # the last: a wrong check digit
    rows = [f"{row},{value}" for row, value in zip(five_riders(), values, strict=True)]
    assert counted(records(tmp_path / "r.csv", *rows, header=f"{HEADER},{column}")) == {("lunch", "meals"): 5}


def test_riders_must_be_pseudonyms(tmp_path):
    rows = [f"{LUNCH},{HERE},外卖,1381234567{i}" for i in range(5)]
    with pytest.raises(RecordsError) as error:
        count_deliveries([records(tmp_path / "r.csv", *rows)], RULES)
    assert places(error.value.faults) == [("r.csv", None, "骑手编号", "rider_in_clear")]


def test_without_riders_it_must_be_said_that_deliveries_count_in_their_place(tmp_path):
    far = "117.12,36.66"
    rows = [f"{LUNCH},{HERE},外卖"] * 5 + [f"{LUNCH},{far},外卖"] * 6 + [f"{LUNCH},{HERE},快递"] * 4
    path = records(tmp_path / "r.csv", *rows, header="时间,经度,纬度,类型")
    with pytest.raises(ArgumentError, match="--no-rider"):
        density([path], rules(rider=None))
    found = density([path], rules(rider=None, counted="deliveries"))
    # Four parcels alone may not be told, nor found by subtraction: the smallest other figure is withheld with them.
    assert found.rows[["meals_per_day", "parcels_per_day"]].to_numpy().tolist() == [[6.0, 0.0]]
    assert (found.rows_published, found.rows_withheld, found.figures_withheld) == (6, 9, 2)


def test_a_rider_without_a_number_counts_as_none(tmp_path):
    rows = [*five_riders()[:4], f"{LUNCH},{HERE},外卖,", f"{LUNCH},{HERE},外卖,"]
    with pytest.raises(ArgumentError, match="5"):
        density([records(tmp_path / "r.csv", *rows)], RULES)


# ---- What comes out


def test_what_is_written_is_ready_for_a_study(tmp_path):
    """Three squares of five riders each in the small world; the study reads what was counted."""
    x, y = Transformer.from_crs(4326, metric_crs(116.35, 39.98), always_xy=True).transform(116.35, 39.98)
    back = Transformer.from_crs(metric_crs(116.35, 39.98), 4326, always_xy=True)
    spots = [back.transform(x // 100 * 100 + 50 + 100 * i, y // 100 * 100 + 50) for i in range(3)]
    rows = [row for lon, lat in spots for row in five_riders(at=f"{lon:.8f},{lat:.8f}")]
    path = records(tmp_path / "r.csv", *rows)
    found, written = write_density([path], tmp_path / "out", rules(system="wgs84", metric=None))
    assert [p.name for p in written] == ["cells.csv", "cells.geojson", "density.json", "set_aside.csv"]
    assert study_line(found).startswith('cells = { path = "cells.csv", crs = "wgs84", cell_size_m = 100')
    study = load_study(write_study(tmp_path / "study", cells_csv=(tmp_path / "out" / "cells.csv").read_bytes()))
    assert study.deliveries["meals"].sum() == 15
    np.testing.assert_allclose(
        np.sort(study.centre_xy[:, 0]), [x // 100 * 100 + 50 + 100 * i for i in range(3)], atol=0.02
    )


def test_polygons_give_grid_totals_for_every_grid_and_period(tmp_path):
    """Of three grids the west has five riders, the middle none at all, the east two, too far away to go elsewhere."""
    shapes = [({"grid_code": code}, box(x, 0, 100)) for code, x in (("011", 0), ("012", 200), ("013", 400))]
    (tmp_path / "grids.geojson").write_text(geojson(*shapes), encoding="utf-8")
    at = {code: ",".join(map(str, np.mean(shape["coordinates"][0][:4], axis=0))) for (_, shape), code in
          zip(shapes, ("011", "012", "013"), strict=True)}  # fmt: skip
    rows = five_riders(at["011"]) + five_riders(at["011"], kind="快递") + five_riders(at["013"])[:2]
    rows += [f"{LUNCH},116.0,39.0,外卖,r1"]
    polygon_rules = rules(system="wgs84", cell=str(tmp_path / "grids.geojson"), metric=None)
    with pytest.raises(ArgumentError, match="不足"):
        density([records(tmp_path / "few.csv", *five_riders(at["013"])[:2])], polygon_rules)
    found = density([records(tmp_path / "r.csv", *rows, *five_riders(at["012"]))], polygon_rules)
    table = found.rows.set_index(["grid_code", "period"])
    assert len(table) == 15
    assert table.loc[("011", "lunch"), "parcels_per_day"] == 5
    assert table.loc[("011", "dinner"), "parcels_per_day"] == 0
    assert np.isnan(table.loc[("013", "lunch"), "meals_per_day"])
    assert found.set_aside == {"outside_cells": 1}
    assert study_line(found).startswith("grid_totals = ")


def test_hexagons_are_those_of_h3(tmp_path):
    import h3

    found = density([records(tmp_path / "r.csv", *five_riders())], rules(cell="h3:10", system="wgs84"))
    assert found.rows["cell_id"].tolist() == [h3.latlng_to_cell(36.66, 117.02, 10)]
    assert found.shapes["meals_lunch"].tolist() == [5.0]
    assert study_line(found) is None


@pytest.mark.parametrize("cell", ["5m", "100", "h3:16", "h3:x", "hexagons"])
def test_cells_that_cannot_be_are_refused(tmp_path, cell):
    with pytest.raises(ArgumentError, match=cell):
        counted(records(tmp_path / "r.csv"), cell=cell)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"system": "mars"}, "mars"), ({"k": 0}, "k"), ({"threads": 0}, "threads"), ({"memory_gb": 0.1}, "0.1"),
    ],
)  # fmt: skip
def test_rules_that_cannot_be_are_refused(tmp_path, changes, says):
    with pytest.raises(ArgumentError, match=says):
        counted(records(tmp_path / "r.csv"), **changes)


def test_a_file_that_is_not_there_is_said(tmp_path):
    for changes in ({}, {"boundary": tmp_path / "none.geojson"}, {"cell": str(tmp_path / "none.geojson")}):
        path = records(tmp_path / "r.csv") if changes else tmp_path / "none.csv"
        with pytest.raises(MissingFileError, match="none"):
            count_deliveries([path], rules(**changes))


def test_what_was_there_before_a_fault_is_still_there(tmp_path):
    out = tmp_path / "out"
    write_density([records(tmp_path / "r.csv", *five_riders())], out, RULES)
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    with pytest.raises(RecordsError):
        write_density([records(tmp_path / "bad.csv", header="x,y")], out, RULES)
    (out / "cells.csv").unlink()
    (out / "cells.csv").mkdir()
    with pytest.raises(OutputError):
        write_density([tmp_path / "r.csv"], out, RULES)
    after = {p.name: p.read_bytes() for p in out.iterdir() if p.is_file()}
    assert after == {name: content for name, content in before.items() if name != "cells.csv"}
    with pytest.raises(RecordsError):
        write_density([tmp_path / "bad.csv"], tmp_path / "never", RULES)
    assert not (tmp_path / "never").exists()


def test_an_interrupt_leaves_nothing_half_written(tmp_path):
    path = write_records(tmp_path / "r.csv", 300_000, seed=1)

    def stop(*_):
        raise KeyboardInterrupt

    def again_and_again():
        for _ in range(1_000):
            write_density([path], tmp_path / "out", RULES)

    with pytest.raises(KeyboardInterrupt):
        write_density([path], tmp_path / "out", RULES, progress=stop)
    assert not (tmp_path / "out").exists()
    with pytest.raises(KeyboardInterrupt), interrupted_after(0.3):
        again_and_again()
    assert not [p for p in tmp_path.rglob("*") if p.name.startswith(".writing-")]


def test_the_same_files_give_the_same_bytes(tmp_path):
    path = write_records(tmp_path / "r.parquet", 20_000, seed=2, spread_km=1.0)
    for name in ("one", "two"):
        write_density([path], tmp_path / name, RULES)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes(), file.name


def test_the_generator_gives_the_same_records_for_the_same_seed(tmp_path):
    one, two, other = (write_records(Path(tmp_path / f"{i}.csv"), 500, seed=s) for i, s in enumerate((1, 1, 2)))
    assert one.read_bytes() == two.read_bytes() != other.read_bytes()
