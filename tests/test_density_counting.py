"""Delivery records → deliveries per cell, period and kind."""

import pickle

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from delivery_records import record_batches, write_records
from density_world import (
    HERE,
    LUNCH,
    RULES,
    by_hand,
    counted,
    figures,
    five_riders,
    records,
    rules,
)
from pyproj import Transformer

from planner.crs import from_wgs84
from planner.density import count_deliveries, density, publish
from planner.errors import ArgumentError


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
