import csv
import datetime
import errno
import html
import re
import shutil
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

from planner import Scenario, ServiceScenario, make_plan
from planner.errors import OutputError, UnknownNameError
from planner.report import FORMATS, ReportOptions, write, write_report
from planner.report.files.csv_tables import safe_for_spreadsheets
from planner.report.files.page import report_page
from planner.report.tables import grid_table

ALL_FILES = [
    "appeals.csv", "coverage_by_grid.csv", "coverage_by_period.csv", "gaps.csv", "hot_spots.csv", "map.html",
    "plan.gpkg", "report.html", "sites.csv", "summary.csv", "unreached.csv",
]  # fmt: skip


@pytest.fixture(scope="module")
def written(demo_plan, tmp_path_factory):
    """The files that are written where no formats are named, in a folder that was not there."""
    return write_report(demo_plan, tmp_path_factory.mktemp("report") / "new" / "out", language="en")


@pytest.fixture(scope="module")
def folder(written):
    return written[0].parent


@pytest.fixture(scope="module")
def text(folder):
    """What the report says outside the map."""
    page = re.sub(r"srcdoc='[^']*'", "", (folder / "report.html").read_text(encoding="utf-8"))
    return html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.S))


def read(folder, name):
    return pd.read_csv(folder / name, encoding="utf-8-sig", dtype={"grid_code": str})


def test_every_format_is_written_and_named(written, folder):
    assert [path.name for path in written] == ALL_FILES
    assert sorted(path.name for path in folder.iterdir()) == ALL_FILES


def test_the_same_plan_gives_the_same_bytes(demo_plan, folder, tmp_path):
    for path in write_report(demo_plan, tmp_path, language="en"):
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def test_only_the_formats_asked_for_are_written(demo_plan, tmp_path):
    assert [path.name for path in write_report(demo_plan, tmp_path, formats=["map"])] == ["map.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_an_unknown_format_is_named_with_the_known_ones(demo_plan, tmp_path):
    with pytest.raises(UnknownNameError) as error:
        write_report(demo_plan, tmp_path / "out", formats=("html", "papyrus"))
    assert "papyrus" in error.value.message("en")
    assert all(name in error.value.message("en") for name in FORMATS)
    assert not (tmp_path / "out").exists()


def test_an_earlier_report_survives_a_failing_one(demo_plan, folder, tmp_path, monkeypatch):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def disc_is_full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(write, "FORMATS", {**FORMATS, "csv": disc_is_full})
    with pytest.raises(OutputError) as error:
        write_report(demo_plan, tmp_path, language="zh")
    assert "No space left on device" in error.value.message("en")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_made_for_a_report_that_fails_is_taken_back(demo_plan, tmp_path, monkeypatch):
    def disc_is_full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(write, "FORMATS", {**FORMATS, "csv": disc_is_full})
    with pytest.raises(OutputError):
        write_report(demo_plan, tmp_path / "a" / "b", formats=("gpkg", "csv"))
    assert list(tmp_path.iterdir()) == []


def test_old_files_return_where_one_cannot_be_replaced(demo_plan, tmp_path):
    """As where a spreadsheet program holds summary.csv open; a folder of that name stands in for it here."""
    write_report(demo_plan, tmp_path, formats=("map", "csv"), language="en")
    (tmp_path / "summary.csv").unlink()
    (tmp_path / "summary.csv" / "inside").mkdir(parents=True)
    (tmp_path / "gaps.csv").unlink()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    with pytest.raises(OutputError):
        write_report(demo_plan, tmp_path, formats=("map", "csv"), language="zh")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
    assert (tmp_path / "summary.csv" / "inside").is_dir()


def test_a_file_where_the_folder_should_be(demo_plan, tmp_path):
    blocked = tmp_path / "out"
    blocked.write_text("mine")
    for place in (blocked, blocked / "deeper"):
        with pytest.raises(OutputError) as error:
            write_report(demo_plan, place, formats=("csv",))
        assert str(place) in str(error.value)
    assert blocked.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [blocked]


def test_csv_headline_is_the_summary(demo_plan, folder):
    table = read(folder, "summary.csv").set_index("service")
    summary = demo_plan.summary()
    assert list(table.index) == list(summary.index)
    for column in ("covered_share_today", "covered_share_planned", "cost_yuan", "new_sites", "weight_per_day"):
        assert table[column].to_numpy() == pytest.approx(summary[column].to_numpy(dtype=float))


def test_csv_opens_in_a_spreadsheet_as_utf8(folder):
    for path in folder.glob("*.csv"):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf"), path.name


def test_csv_sites_are_the_new_ones_and_the_centres(demo_plan, folder):
    table = read(folder, "sites.csv")
    for service, part in demo_plan.services.items():
        mine = table[table["service"] == service]
        assert list(mine.loc[mine["status"] == "new", "site_id"]) == list(part.new_sites["site_id"])
        assert (mine["status"] == "existing").sum() == len(part.sites.existing)
    degrees = part.new_sites.to_crs(4326)
    new = mine[mine["status"] == "new"]
    assert new["lon"].to_numpy() == pytest.approx(degrees.geometry.x.to_numpy(), abs=1e-6)
    assert new["lat"].to_numpy() == pytest.approx(degrees.geometry.y.to_numpy(), abs=1e-6)


def test_csv_by_grid_adds_up_to_the_headline(demo_plan, folder):
    table = read(folder, "coverage_by_grid.csv")
    for service, part in demo_plan.services.items():
        mine = table[table["service"] == service]
        assert set(mine["grid_code"]) == set(demo_plan.study.grids["grid_code"])
        assert mine["weight_per_day"].sum() == pytest.approx(part.demand.weight.sum())
        assert mine["covered_planned_per_day"].sum() == pytest.approx(part.planned.covered_weight)
        assert mine["covered_today_per_day"].sum() == pytest.approx(part.today.covered_weight)


def test_csv_lists_every_point_that_streets_do_not_reach(demo_plan, folder):
    assert len(read(folder, "unreached.csv")) == sum(len(part.unreached) for part in demo_plan.services.values())


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_text_that_a_spreadsheet_would_run_stays_text(text):
    safe = safe_for_spreadsheets(pd.DataFrame({"name": [text, "plain = x"], "number": [-1.0, 2.0]}))
    assert list(safe["name"]) == [f"'{text}", "plain = x"]
    assert list(safe["number"]) == [-1.0, 2.0]


def test_a_dangerous_name_reaches_no_csv_cell(demo_plan, tmp_path):
    names = ["=HYPERLINK(1)"] * len(demo_plan.study.grids)
    plan = replace(demo_plan, study=replace(demo_plan.study, grids=demo_plan.study.grids.assign(name=names)))
    write_report(plan, tmp_path, formats=("csv",))
    for path in tmp_path.iterdir():
        with path.open(encoding="utf-8-sig", newline="") as lines:
            cells = [cell for row in csv.reader(lines) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "@"))], path.name


def test_gpkg_layers_are_in_wgs84_with_plain_columns(demo_plan, folder):
    names = ("sites", "gaps", "cells", "grids", "appeals", "hot_spots")
    layers = {name: gpd.read_file(folder / "plan.gpkg", layer=name) for name in names}
    assert {name for name, _ in pyogrio.list_layers(folder / "plan.gpkg")} == {*layers, "layer_styles"}
    for frame in layers.values():
        assert frame.crs.to_epsg() == 4326
        assert all(column.isascii() and column.isidentifier() for column in frame.columns)
    assert len(layers["cells"]) == len(demo_plan.study.cells) * len(demo_plan.services)
    assert len(layers["grids"]) == len(demo_plan.study.grids)
    assert set(layers["gaps"]["stage"]) == {"today", "planned"}
    expected = sum(len(part.gaps_today) + len(part.gaps_planned) for part in demo_plan.services.values())
    assert len(layers["gaps"]) == expected
    boundary = gpd.GeoSeries([demo_plan.study.boundary], crs=demo_plan.study.metric_crs)
    west, _, east, _ = boundary.to_crs(4326).total_bounds
    for name in ("sites", "cells", "gaps"):
        x = layers[name].geometry.representative_point().x
        assert x.between(west - 0.05, east + 0.05).all()


def test_gpkg_cells_add_up_to_the_headline(demo_plan, folder):
    cells = gpd.read_file(folder / "plan.gpkg", layer="cells")
    for service, part in demo_plan.services.items():
        mine = cells[cells["service"] == service]
        assert mine["covered_planned_per_day"].sum() == pytest.approx(part.planned.covered_weight)
        dinner = mine[f"planned_{part.demand.periods[3]}"]
        assert (dinner == 1).sum() == (part.planned.covered & (part.demand.weight > 0))[:, 3].sum()


def test_the_page_says_the_headline_of_every_service(demo_plan, text):
    for service, row in demo_plan.summary().iterrows():
        name = demo_plan.study.catalog.services[service].name.en
        line = f"{name}: coverage rises from {row['covered_share_today']:.1%} to {row['covered_share_planned']:.1%}"
        assert line in text
        assert f"{row['cost_yuan']:,.0f} yuan" in text


def test_the_page_tells_every_site_gap_standard_factor_and_file(demo_plan, text):
    study = demo_plan.study
    for part in demo_plan.services.values():
        assert all(name in text for name in part.new_sites["name"])
        assert study.catalog.services[part.service].source.en in text
        assert study.catalog.demands[part.demand.rule].source.en in text
    assert all(source.path in text for source in study.sources)
    assert all(name in text for name in study.grids["name"])
    assert "does not say" in text


def test_the_page_reaches_for_no_other_host(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "http" not in page.replace("http-equiv", "")
    outside = re.sub(r"srcdoc='[^']*'", "", page)
    assert "<script" not in outside
    assert not re.search(r"(?:src|href)=", outside)


def test_the_date_is_printed_only_where_it_is_given(demo_plan):
    day = datetime.date(2026, 5, 4)
    assert "2026-05-04" in report_page(demo_plan, language="zh", options=ReportOptions(made_on=day))
    assert "编制日期" not in report_page(demo_plan, language="zh")


def test_estimates_are_named_at_the_top(demo_plan):
    sources = tuple(replace(source, estimated=source.role in ("cells", "hosts")) for source in demo_plan.study.sources)
    page = report_page(replace(demo_plan, study=replace(demo_plan.study, sources=sources)), language="en")
    assert "estimates, not data: Candidate hosts, Deliveries" in page
    assert "rider-hours/day (estimate)" in page
    assert "Residents per m² of dwelling" in page
    assert "estimates, not data" not in report_page(demo_plan, language="en")


def test_a_report_without_new_sites_or_gaps_says_so(demo_study):
    none = make_plan(demo_study, Scenario(services={"rest_station": ServiceScenario(site_limit=0)}))
    assert "This scenario has no new sites." in report_page(none, language="en")
    part = none.services["rest_station"]
    served = replace(part.planned, covered=np.ones_like(part.planned.covered))
    none.services["rest_station"] = replace(part, planned=served, unreached=part.unreached.iloc[:0])
    page = report_page(none, language="en")
    assert "There is no coherent coverage gap." in page
    assert "Streets reach every demand point" in page


def test_a_report_without_new_sites_writes_every_file(demo_study, tmp_path):
    plan = make_plan(demo_study, Scenario(services={"rest_station": ServiceScenario(site_limit=0)}))
    assert len(write_report(plan, tmp_path)) == len(ALL_FILES)


def test_every_grid_is_in_the_table_with_or_without_demand(demo_plan):
    service = next(iter(demo_plan.services))
    table = grid_table(demo_plan, service)
    assert len(table) == len(demo_plan.study.grids)
    assert table["uncovered_per_day"].is_monotonic_decreasing


def test_a_path_may_be_text(demo_plan, tmp_path):
    assert write_report(demo_plan, str(tmp_path), formats=("csv",))[0].parent == Path(tmp_path)
