"""Grid totals and appeals at the door: what comes in, and every fault of a file at once."""

import numpy as np
import pandas as pd
import pytest
from study_world import APPEALS, STUDY_TOML, lon_lat, places, table, write_study

from planner.errors import StudyError
from planner.intake import load_study

CELLS_LINE = 'cells = { path = "cells.csv", crs = "wgs84", cell_size_m = 100 }'
TOTALS_LINE = 'grid_totals = { path = "totals.csv" }'
TOML = STUDY_TOML.replace(CELLS_LINE, TOTALS_LINE)
HEADER = "grid_code,meals_per_day,parcels_per_day"
PERIODS = ("morning", "lunch", "afternoon", "dinner", "night")


def totals_of(folder, text, toml=TOML):
    return load_study(write_study(folder / "v", study_toml=toml, totals_csv=text)).grid_totals


def faults_of(folder, text, toml=TOML):
    with pytest.raises(StudyError) as caught:
        totals_of(folder, text, toml)
    for fault in caught.value.faults:
        assert fault.line("zh") != fault.line("en")
    return places(caught.value.faults)


def test_totals_stand_in_the_order_of_the_grids(tmp_path):
    totals = totals_of(tmp_path, table(HEADER, "E,3,4", "W,1,0"))
    assert not totals.by_period
    assert totals.per_day["meals"].tolist() == [[1], [3]]
    assert totals.per_day["parcels"].tolist() == [[0], [4]]


def test_a_stated_nought_is_data_and_a_missing_row_or_number_is_none(tmp_path):
    both = STUDY_TOML.replace("[files]", f"[files]\n{TOTALS_LINE}")
    totals = totals_of(tmp_path, table(HEADER, "W,0,"), both)
    assert totals.per_day["meals"][0, 0] == 0
    assert np.isnan(totals.per_day["parcels"][0, 0])
    assert np.isnan(totals.per_day["meals"][1, 0])


def test_periods_may_be_stated(tmp_path):
    rows = [f"{code},{period},{n},1" for code in "WE" for n, period in enumerate(PERIODS)]
    totals = totals_of(tmp_path, table("grid_code,period,meals_per_day,parcels_per_day", *rows))
    assert totals.by_period
    assert totals.per_day["meals"].tolist() == [[0, 1, 2, 3, 4]] * 2


def test_a_grid_in_which_a_kind_may_not_be_shown_is_without_data_of_that_kind(tmp_path):
    """As `planner density` writes grids: every grid and period, empty where too few riders were there."""
    rows = [f"W,{period},1,2" for period in PERIODS] + [f"E,{period},3," for period in PERIODS]
    toml = TOML.replace("[scenarios", '[demand]\ngrids_without_data = "zero"\n\n[scenarios', 1)
    totals = totals_of(tmp_path, table("grid_code,period,meals_per_day,parcels_per_day", *rows), toml)
    assert totals.per_day["meals"].tolist() == [[1] * 5, [3] * 5]
    assert np.isnan(totals.per_day["parcels"]).any(axis=1).tolist() == [False, True]


def test_cells_give_the_kinds_that_totals_leave_out(tmp_path):
    both = STUDY_TOML.replace("[files]", f"[files]\n{TOTALS_LINE}")
    assert list(totals_of(tmp_path, table("grid_code,parcels_per_day", "W,1"), both).per_day) == ["parcels"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (table("grid_code,meals_per_day", "W,1", "E,1"), [("totals.csv", None, "parcels_per_day", "missing_column")]),
        (table(HEADER), [("totals.csv", None, None, "no_rows")]),
        (table(HEADER, "W,1,1", "E,1,1", "X,1,1"), [("totals.csv", 4, "grid_code", "unknown_code")]),
        (table(HEADER, "W,1,1", "E,1,1", "W,2,2"), [("totals.csv", 4, "grid_code", "duplicate")]),
        (table(HEADER, "W,-1,1", "E,many,1"), [("totals.csv", 2, "meals_per_day", "too_low"),
                                               ("totals.csv", 3, "meals_per_day", "not_a_number")]),
        # One grid of two is no school for the other.
        (table(HEADER, "W,1,1"), [("totals.csv", None, "meals_per_day", "too_few_grids"),
                                  ("totals.csv", None, "parcels_per_day", "too_few_grids")]),
        (
            table("grid_code,period,meals_per_day,parcels_per_day", *(f"W,{p},1,1" for p in PERIODS), "E,lunch,1,1"),
            [("totals.csv", 7, "parcels_per_day", "periods_missing")],
        ),
    ],
)  # fmt: skip
def test_faults_of_totals(tmp_path, text, expected):
    assert faults_of(tmp_path, text) == expected


def test_missing_grids_may_count_as_nothing(tmp_path):
    toml = TOML.replace("[scenarios", '[demand]\ngrids_without_data = "zero"\n\n[scenarios', 1)
    assert np.isnan(totals_of(tmp_path, table(HEADER, "W,1,1"), toml).per_day["meals"][1, 0])


@pytest.mark.parametrize(
    ("settings", "place", "key"),
    [
        ("colour = 1", "demand.colour", "setting_extra_forbidden"),
        ('grids_without_data = "guess"', "demand.grids_without_data", "setting_literal_error"),
        ('appeals_as_of = "yesterday"', "demand.appeals_as_of", "setting_date"),
        ("interval = 0.99", "demand.interval", "setting_less_than_equal"),
        ("appeals_max_age_days = 30", "demand", "setting_no_day"),
        ("services.cinema = { cells = 1 }", "demand.services", "unknown_name"),
        ("services.rest_station = { cells = 0 }", "demand.services.rest_station", "no_part_weighs"),
    ],
)
def test_faults_of_the_demand_table(tmp_path, settings, place, key):
    text = STUDY_TOML.replace("[scenarios", f"[demand]\n{settings}\n\n[scenarios", 1)
    with pytest.raises(StudyError) as caught:
        load_study(write_study(tmp_path / "v", study_toml=text))
    assert [(f.column, f.key) for f in caught.value.faults] == [(place, key)]
    assert caught.value.faults[0].line("zh") != caught.value.faults[0].line("en")


# Appeals.

APPEALS_TOML = STUDY_TOML.replace("[files]", '[files]\nappeals = { path = "appeals.csv", crs = "wgs84" }')


def appeals_of(folder, *rows):
    text = table(APPEALS, *rows)
    return load_study(write_study(folder / "v", study_toml=APPEALS_TOML, appeals_csv=text)).appeals


DATES = ("2024-05-06", "2024/5/6", "2024.05.06", "2024年5月6日", "20240506", "2024-05-06 10:30", "２０２４-05-06")


@pytest.mark.parametrize("written", DATES)
def test_dates_as_offices_write_them(tmp_path, written):
    appeals = appeals_of(tmp_path, f"Q1,{lon_lat(0, 0)},停车难,{written},open")
    assert appeals["date"].tolist() == [pd.Timestamp(2024, 5, 6)]


def test_categories_and_states_as_offices_write_them(tmp_path):
    rows = [
        "停车难,2024-05-06,未办结",
        "如厕难,2024-05-06,已办结",
        "噪声扰民,2024-05-06,OPEN",
        "charging,2024-05-06,closed",
    ]
    appeals = appeals_of(tmp_path, *(f"Q{n},{lon_lat(n, 0)},{row}" for n, row in enumerate(rows)))
    assert appeals["category"].tolist() == ["parking", "rest", "", "charging"]
    assert appeals["written"].tolist() == ["停车难", "如厕难", "噪声扰民", "charging"]
    assert appeals["open"].tolist() == [True, False, True, False]
    assert appeals.columns.tolist() == ["appeal_id", "category", "written", "date", "open", "geometry"]


def test_all_faults_of_appeals_at_once(tmp_path):
    rows = [
        f"Q1,{lon_lat(0, 0)},停车难,2024-02-30,open",
        f"Q1,{lon_lat(0, 0)},停车难,2024-05-06,perhaps",
        f"Q3,{lon_lat(0, 20_000)},停车难,soon,",
    ]
    with pytest.raises(StudyError) as caught:
        appeals_of(tmp_path, *rows)
    assert set(places(caught.value.faults)) == {
        ("appeals.csv", 2, "date", "not_a_date"),
        ("appeals.csv", 3, "appeal_id", "duplicate"),
        ("appeals.csv", 3, "status", "unknown_name"),
        ("appeals.csv", 4, "date", "not_a_date"),
        ("appeals.csv", 4, "status", "empty_value"),
        ("appeals.csv", 4, None, "far_away"),
    }


def test_what_else_a_file_of_appeals_says_stays_outside(tmp_path):
    text = "appeal_id,lon,lat,category,date,status,phone\n" + f"Q1,{lon_lat(0, 0)},停车难,2024-05-06,open,13800000000\n"
    study = load_study(write_study(tmp_path / "v", study_toml=APPEALS_TOML, appeals_csv=text))
    assert not study.appeals.astype(str).map(lambda cell: "138" in cell).any(axis=None)
