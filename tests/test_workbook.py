"""The Excel workbook: what stands in it, that text stays text, the same bytes, what prints."""

import datetime
import re
import zipfile
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from hostile import HOSTILE, WITH_CONTROLS, WITHOUT_CONTROLS

from planner import Scenario, ServiceScenario, make_plan
from planner.figures import share_text, yuan_text
from planner.report import ReportOptions, write_report
from planner.report.tables import coverage_by_grid_table, site_table

SHEETS = {
    "zh": ["概览", "站点", "网格", "时段", "缺口", "诉求", "热点", "未通达点", "标准与依据", "数据来源"],
    "en": ["Summary", "Sites", "Grids", "Periods", "Gaps", "Appeals", "Hot spots", "Unreached", "Standards", "Sources"],
}


def written(plan, folder, *, language="zh", **options):
    (path,) = write_report(plan, folder, formats=("xlsx",), language=language, options=ReportOptions(**options))
    return path


def rows(book, sheet):
    """The cells of a sheet as dictionaries, by heading."""
    head, *body = book[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


@pytest.fixture(scope="module")
def book(demo_plan, tmp_path_factory):
    return openpyxl.load_workbook(written(demo_plan, tmp_path_factory.mktemp("workbook")))


def text_of(sheet):
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sheets_are_named_in_the_readers_language(demo_plan, book, tmp_path, language):
    found = book if language == "zh" else openpyxl.load_workbook(written(demo_plan, tmp_path, language=language))
    assert found.sheetnames == SHEETS[language]
    heads = [cell.value for name in SHEETS[language][1:] for cell in found[name][1]]
    assert not [head for head in heads if "_" in head]


def test_the_first_sheet_leads_with_the_summary(demo_plan, book):
    body = list(book["概览"].iter_rows(values_only=True))
    start = next(i for i, row in enumerate(body) if row[0] == "服务") + 1
    summary = demo_plan.summary()
    for row, (_, own) in zip(body[start:], summary.iterrows(), strict=False):
        assert row[1] == pytest.approx(own["covered_share_today"])
        assert row[2] == pytest.approx(own["covered_share_planned"])
        assert row[3] == own["new_sites"]
        assert row[4] == pytest.approx(own["cost_yuan"])
        assert row[5] == pytest.approx(own["weight_per_day"])
    assert body[start + len(summary)][4] == pytest.approx(summary["cost_yuan"].sum(), abs=0.01)
    told = text_of(book["概览"])
    for _, own in summary.iterrows():
        assert share_text(own["covered_share_planned"]) in told
        assert yuan_text(own["cost_yuan"], "zh") in told


def test_sites_and_grids_are_those_of_the_tables(demo_plan, book):
    sites, grids = rows(book, "站点"), rows(book, "网格")
    expected = site_table(demo_plan, "zh")
    assert [row["站点代码"] for row in sites] == list(expected["site_id"])
    assert [row["年费用（元）"] for row in sites] == pytest.approx(list(expected["cost_yuan"]))
    expected = coverage_by_grid_table(demo_plan, "zh")
    assert [row["网格编号"] for row in grids] == list(expected["grid_code"])
    assert [row["未覆盖日需求"] for row in grids] == pytest.approx(list(expected["uncovered_per_day"]))


def test_places_are_in_the_system_asked_for_and_say_so(demo_plan, tmp_path):
    found = {}
    for system, name in (("wgs84", "WGS-84"), ("gcj02", "GCJ-02（火星坐标）"), ("cgcs2000", "CGCS2000")):
        made = openpyxl.load_workbook(written(demo_plan, tmp_path / system, data_system=system))
        found[system] = rows(made, "站点")[0][f"经度（{name}）"]
        assert name in text_of(made["概览"])
    assert found["cgcs2000"] == found["wgs84"]
    assert abs(found["gcj02"] - found["wgs84"]) > 0.002


def test_numbers_have_formats_and_codes_are_text(book):
    sheet = book["网格"]
    column = {cell.value: cell.column for cell in sheet[1]}
    for heading, number_format in (("现状覆盖率", "0.0%"), ("日需求", "#,##0.0"), ("网格编号", "@")):
        assert {sheet.cell(row, column[heading]).number_format for row in (2, 9)} == {number_format}
    assert sheet.cell(2, column["网格编号"]).data_type == "s"
    sites = book["站点"]
    column = {cell.value: cell.column for cell in sites[1]}
    assert sites.cell(2, column["年费用（元）"]).number_format == "#,##0"


def test_codes_keep_their_zeros_and_are_not_flagged(demo_plan, tmp_path):
    grids = demo_plan.study.grids
    codes = {code: f"00{number:04d}" for number, code in enumerate(grids["grid_code"])}
    study = replace(demo_plan.study, grids=grids.assign(grid_code=grids["grid_code"].map(codes)))
    path = written(replace(demo_plan, study=study), tmp_path)
    assert {row["网格编号"] for row in rows(openpyxl.load_workbook(path), "网格")} == set(codes.values())
    with zipfile.ZipFile(path) as files:
        assert "numberStoredAsText" in files.read("xl/worksheets/sheet3.xml").decode()


def test_every_sheet_is_frozen_filtered_and_prints_on_a4_across(book):
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0  # as many pages as it takes, one across
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref
        assert sheet.print_title_rows == "$1:$1"


def test_chinese_fits_its_column(book):
    sheet = book["站点"]
    name = next(cell for cell in sheet[1] if cell.value == "名称")
    longest = max(len(sheet.cell(row, name.column).value) for row in range(2, sheet.max_row + 1))
    assert sheet.column_dimensions[name.column_letter].width >= min(2 * longest, 46)


def test_hostile_names_are_text_as_typed(demo_plan, tmp_path):
    grids = demo_plan.study.grids
    typed = [*HOSTILE, "_x0041_", WITH_CONTROLS]
    names = typed + list(grids["name"])[len(typed) :]
    path = written(replace(demo_plan, study=replace(demo_plan.study, grids=grids.assign(name=names))), tmp_path)
    found = {row["网格"] for row in rows(openpyxl.load_workbook(path), "网格")}
    assert {*typed[:-1], WITHOUT_CONTROLS} <= found
    frame = pd.read_excel(path, sheet_name="网格", engine="calamine", dtype=str)
    assert {"_x0041_", *HOSTILE} <= set(frame["网格"])
    with zipfile.ZipFile(path) as files:
        sheets = [files.read(name).decode() for name in files.namelist() if "worksheets/sheet" in name]
        links = [name for name in files.namelist() if "worksheets/_rels" in name]
    assert not [sheet for sheet in sheets if "<f>" in sheet]
    assert not links


def test_a_name_like_a_formula_keeps_its_apostrophe_out_of_sight(demo_plan, tmp_path):
    grids = demo_plan.study.grids
    names = ["=1+1"] * len(grids)
    path = written(replace(demo_plan, study=replace(demo_plan.study, grids=grids.assign(name=names))), tmp_path)
    cell = openpyxl.load_workbook(path)["网格"]["B2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


def test_the_name_of_the_street_cannot_command_the_page_head(demo_plan, tmp_path):
    name = demo_plan.study.name.model_copy(update={"zh": "&R&Z 街道 &"})
    path = written(replace(demo_plan, study=replace(demo_plan.study, name=name)), tmp_path, internal=True)
    with zipfile.ZipFile(path) as files:
        head = re.search("<oddHeader>(.*?)</oddHeader>", files.read("xl/worksheets/sheet1.xml").decode())
    assert head is not None
    assert head.group(1).replace("&amp;", "&") == "&L&&R&&Z 街道 && &A&R内部资料"


def test_estimates_are_marked(demo_plan, tmp_path):
    part = next(iter(demo_plan.services.values()))
    cells = part.demand.cells.assign(estimated=True)
    first = replace(part, demand=replace(part.demand, cells=cells))
    plan = replace(demo_plan, services={**demo_plan.services, part.service: first})
    path = written(plan, tmp_path)
    sheet = openpyxl.load_workbook(path)["时段"]
    column = next(cell.column for cell in sheet[1] if cell.value == "日需求")
    assert "估计" in sheet.cell(2, column).number_format
    assert sheet.cell(2, column).fill.fgColor.rgb.endswith("FFF6CC")
    assert "估计" not in sheet.cell(sheet.max_row, column).number_format
    assert "浅黄" in text_of(openpyxl.load_workbook(path)["概览"])


def test_the_same_plan_gives_the_same_bytes(demo_plan, tmp_path):
    one = written(demo_plan, tmp_path / "one", made_on=datetime.date(2026, 5, 4)).read_bytes()
    assert one == written(demo_plan, tmp_path / "two", made_on=datetime.date(2026, 5, 4)).read_bytes()
    assert one != written(demo_plan, tmp_path / "three").read_bytes()


def test_a_plan_without_new_sites_gaps_and_appeals_is_written(demo_study, tmp_path):
    study = replace(demo_study, appeals=demo_study.appeals.iloc[:0])
    plan = make_plan(study, Scenario(services={"rest_station": ServiceScenario(site_limit=0)}))
    found = openpyxl.load_workbook(written(plan, tmp_path, language="en"))
    assert rows(found, "Appeals") == []
    assert {row["Status"] for row in rows(found, "Sites")} == {"Existing centre"}
