"""The report for paper, read back from the PDF."""

import datetime
import io
import math
import re
from dataclasses import replace

import pypdf
import pytest
import read_back
from everywhere import MARKUP, everywhere
from read_back import run_together as bare
from small_street import scenario_of, with_few_hosts

from planner import make_plan
from planner.report import ReportOptions, write_report
from planner.report.contents import report_contents
from planner.report.contents.printed import PrintedTable
from planner.report.files.on_paper import share_data, table_data, width_em
from planner.report.files.pdf import report_data, report_maps, report_pictures
from planner.report.files.plain_text import printable
from planner.report.files.typesetting import typeset
from planner.words import say

OPTIONS = ReportOptions(
    made_on=datetime.date(2026, 3, 5), office="长宁街道办事处", review_number="鲁S(2026)001号", internal=True
)
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 172 100"/>'


def pages_of(pdf):
    return [bare(page) for page in read_back.pages_of(pdf)]


@pytest.fixture(scope="module")
def contents(demo_plan, language):
    return report_contents(demo_plan, language=language, options=OPTIONS)


@pytest.fixture(scope="module")
def pdf(demo_plan, language, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pdf")
    (path,) = write_report(demo_plan, folder, formats=["pdf"], language=language, options=OPTIONS)
    assert path.name == "report.pdf"
    return path.read_bytes()


@pytest.fixture(scope="module")
def pages(pdf):
    return pages_of(pdf)


@pytest.fixture(scope="module")
def tiny(demo_study):
    return make_plan(with_few_hosts(demo_study), scenario_of(rest_station={"site_limit": 0}))


@pytest.fixture(scope="module")
def tiny_contents(tiny):
    return report_contents(tiny, language="zh", options=OPTIONS)


def with_square_maps(contents):
    return report_pictures(contents, {None: SQUARE, **{s.headline.service: SQUARE for s in contents.services}})


def test_the_headline_figures_are_those_of_the_report(contents, pages):
    said = "".join(pages)
    for service in contents.services:
        head = service.headline
        for figure in (head.name, head.today, head.planned, head.cost, head.demand, head.status, head.sentence):
            assert bare(figure) in said, figure
    assert bare(contents.total_cost) in said


def test_every_page_is_numbered_and_marked(contents, pages):
    for number, page in enumerate(pages, start=1):
        told = say("print.page_of", contents.language, page=number, pages=len(pages))
        assert bare(told) in page
        assert bare(contents.internal) in page
        assert bare(contents.review_line) in page
        assert "2026-03-05" in page or number > 1
        assert bare(contents.street) in page


def test_the_table_of_contents_names_the_pages(contents, pdf, pages):
    lines = read_back.pages_of(pdf)[0].splitlines()
    for key in ("summary", "map", "services", "basis", "sources", "limits", "appendix"):
        title = say(f"report.{key}", contents.language)
        found = [
            int(line[len(title) :].strip(" .")) for line in lines if re.fullmatch(re.escape(title) + r"[ .]*\d+", line)
        ]
        there = [number for number, page in enumerate(pages, start=1) if bare(title) in page]
        assert found == there[-1:], key


def test_no_card_goes_over_a_page(contents, pages):
    for service in contents.services:
        for card in service.cards:
            told = [bare(text) for text in (card.name, card.why, *(value for _, value in card.facts))]
            # Cards stand two in a row, and the lines of both are read in turn: ask for what is on one line.
            assert any(all(text[:12] in page for text in told) for page in pages), card.number


def test_a_table_that_goes_on_repeats_its_header(contents, pages):
    head = bare(contents.services[0].grids.heads[1])
    rows = [row[1] for service in contents.services for row in service.grids.rows]
    with_rows = [page for page in pages if sum(code in page for code in rows[:120]) > 5]
    assert len(with_rows) > 1
    assert all(head in page for page in with_rows)


def test_all_that_the_report_tells_is_there(contents, pages):
    said = "".join(pages)
    for warning in contents.warnings:
        assert bare(warning)[:20] in said
    for limit in contents.limits:
        assert bare(limit)[:20] in said
    for row in contents.sources.rows:
        assert bare(row[1])[:12] in said
    for service in contents.services:
        assert bare(service.proof)[:15] in said
        assert bare(service.curve.note)[:15] in said
        for row in service.grids.rows:
            assert row[1] in said


def test_the_document_says_what_it_is(contents, pdf):
    document = pypdf.PdfReader(io.BytesIO(pdf))
    assert document.metadata.title == f"{contents.street} – {contents.title}"
    assert document.metadata.author == OPTIONS.office
    assert document.metadata.creation_date.date() == OPTIONS.made_on
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith(contents.language)
    assert all(abs(float(page.mediabox.width) - 595.28) < 0.1 for page in document.pages)


def test_the_same_plan_gives_the_same_bytes(demo_plan, language, pdf, tmp_path):
    (path,) = write_report(demo_plan, tmp_path, formats=["pdf"], language=language, options=OPTIONS)
    assert path.read_bytes() == pdf


def test_names_come_out_as_typed(tiny_contents):
    told = everywhere(tiny_contents, " " + " ".join(MARKUP))
    said = "".join(pages_of(typeset("report.typ", report_data(told), pictures=with_square_maps(told))))
    for name in MARKUP:
        assert said.count(bare(name)) > 20, name


@pytest.mark.parametrize("name", ["长" * 4000, "x" * 4000, "a b " * 1000, "a\x00b\x1b", "\n\n\n"])
def test_names_of_any_length_and_make_are_set(tiny_contents, name):
    told = tiny_contents
    table = PrintedTable(["a", "b", "c"], [["1", name, "2"]] * 2, frozenset({0, 2}))
    service = replace(told.services[0], sites=table, gaps=table, appeals=name)
    told = replace(told, services=[service], street=name, office=name, scenario=name, sources=table)
    pages = pages_of(typeset("report.typ", report_data(told), pictures=with_square_maps(told)))
    assert "".join(pages).count(bare(printable(name))) > 3


def test_a_name_that_turns_the_writing_around_turns_nothing_else(tiny_contents):
    told = replace(tiny_contents, scenario="\u202eabc")
    pages = pages_of(typeset("report.typ", report_data(told), pictures=with_square_maps(told)))
    assert "2026-03-05" in pages[0]


def test_a_plan_without_anything_new_is_reported_too(tiny, tmp_path):
    (path,) = write_report(tiny, tmp_path, formats=["pdf"], language="zh")
    said = "".join(pages_of(path.read_bytes()))
    assert bare(say("report.no_new_sites", "zh")) in said
    assert pypdf.PdfReader(path).metadata.creation_date is None


def test_there_is_a_map_of_all_services_and_of_each(demo_plan):
    maps = report_maps(demo_plan, "zh", OPTIONS)
    assert set(maps) == {None, *demo_plan.services}
    assert all(svg.startswith("<svg") and OPTIONS.review_number in svg for svg in maps.values())


def test_figures_have_room_and_texts_share_the_rest():
    table = PrintedTable(["名称", "需求（件/日）"], [["一" * 20, "1,234,567"], ["二", "8"]], frozenset({1}))
    widths = table_data(table)["widths"]
    assert widths[0]["em"] == 0
    assert widths[0]["fr"] > 0
    assert widths[1]["em"] > width_em("1,234,567")


def test_a_share_that_is_no_number_has_no_bar():
    assert share_data(math.nan) is None
    assert share_data(1.2) == 1.0
    assert share_data(0.25) == 0.25
