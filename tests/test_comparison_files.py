"""The comparison report and the brief, read back from their files."""

import base64
import datetime
import html
import re
from xml.etree import ElementTree

import pytest
import read_back
from everywhere import MARKUP, everywhere
from read_back import run_together as bare

from planner.errors import ArgumentError
from planner.report import COMPARISONS, ReportOptions, write_comparison
from planner.report.contents.briefing import brief_contents
from planner.report.contents.comparing import comparison_contents
from planner.report.files.brief import brief_data
from planner.report.files.comparison import comparison_data
from planner.report.files.page import page_template
from planner.report.files.typesetting import typeset
from planner.words import say

OPTIONS = ReportOptions(made_on=datetime.date(2026, 3, 5), office="长宁街道办事处", internal=True)
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 84 96"/>'
MAPS = {f"map-{letter}.svg": SQUARE for letter in "ABCD"}


def pages_of(pdf):
    return [bare(page) for page in read_back.pages_of(pdf)]


@pytest.fixture(scope="module")
def files(plans, language, tmp_path_factory):
    folder = tmp_path_factory.mktemp("compared")
    written = write_comparison(plans, folder, language=language, options=OPTIONS)
    return {path.name: path.read_bytes() for path in written}


def test_the_three_files_are_written(files):
    assert sorted(files) == ["brief.pdf", "comparison.html", "comparison.pdf"]
    assert set(COMPARISONS) == {"html", "pdf", "brief"}


def figures_of(plans, language):
    told = comparison_contents(plans, language=language, options=OPTIONS)
    totals = [text for head in told.plans for text in (head.name, head.cost)]
    return totals, [text for service in told.services for row in service.figures.rows[:2] for text in row[1:]]


def test_the_same_figures_stand_in_all_three(files, plans, language):
    totals, shares = figures_of(plans, language)
    page = bare(
        html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", files["comparison.html"].decode(), flags=re.S))
    )
    for said in (page, *("".join(pages_of(files[name])) for name in ("comparison.pdf", "brief.pdf"))):
        for text in (*totals, *shares):
            assert bare(text) in said, text


def test_the_page_needs_nothing_else_and_runs_nothing(files, plans):
    page = files["comparison.html"].decode()
    assert not re.search(r"(?:src|href)=\"(?!data:)", page)
    assert "<script" not in page
    maps = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    assert len(maps) == len(plans)
    for svg in maps:
        assert ElementTree.fromstring(base64.b64decode(svg)).tag.endswith("svg")


def test_a_brief_has_two_pages_that_say_what_is_to_be_decided(files, language):
    first, second = pages_of(files["brief.pdf"])
    assert bare(say("brief.problem", language)) in first
    assert bare(say("brief.options", language)) in first
    assert bare(say("brief.decision", language)) in second
    for number, page in enumerate((first, second), start=1):
        assert bare(say("print.page_of", language, page=number, pages=2)) in page
        assert bare(say("report.internal", language)) in page


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_brief_of_any_number_of_options_has_two_pages(plans, language, count, tmp_path):
    some = {f"{i} {name}": plan for i, (name, plan) in enumerate([*plans.items(), ("四", plans["充足"])][:count])}
    (path,) = write_comparison(some, tmp_path, formats=["brief"], language=language, options=OPTIONS)
    first, second = pages_of(path.read_bytes())
    assert all(bare(name) in first and bare(name) in second for name in some)
    assert bare(say("brief.note", language))[-12:] in second


@pytest.mark.parametrize("name", ["长" * 4000, "x" * 4000, "word " * 900, "\n\n", "\u202eabc", "W" * 60])
def test_names_of_any_length_keep_a_brief_at_two_pages(plans, name):
    options = ReportOptions(office=name, review_number=name)
    some = {name + str(i): plan for i, plan in enumerate(plans.values())}
    told = brief_contents(some, language="en", options=options)
    assert len(pages_of(typeset("brief.typ", brief_data(told), pictures=MAPS))) == 2
    if len(name) > 50:
        assert all(option.head.name.endswith("…") for option in told.options)


def test_even_texts_that_nobody_shortened_keep_a_brief_at_two_pages(plans):
    told = everywhere(brief_contents(plans, language="zh", options=OPTIONS), "很长的文字" * 40)
    assert len(pages_of(typeset("brief.typ", brief_data(told), pictures=MAPS))) == 2


def test_names_come_out_as_typed_on_paper(plans):
    added = " " + " ".join(MARKUP)
    told = everywhere(comparison_contents(plans, language="zh", options=OPTIONS), added)
    said = "".join(pages_of(typeset("comparison.typ", comparison_data(told), pictures=MAPS)))
    for name in MARKUP:
        assert said.count(bare(name)) > 20, name


@pytest.mark.parametrize("name", MARKUP)
def test_names_come_out_as_typed_in_a_brief(plans, name):
    some = {name: plans["节俭"], "B": plans["充足"]}
    told = brief_contents(some, language="zh", options=ReportOptions(office=name))
    first, second = pages_of(typeset("brief.typ", brief_data(told), pictures=MAPS))
    shown = bare(told.options[0].head.name)
    assert shown in first
    assert shown in second
    assert bare(told.office) in first


def test_names_come_out_as_typed_on_the_page(plans):
    told = everywhere(comparison_contents(plans, language="zh", options=OPTIONS), " ".join(MARKUP))
    page = page_template("comparison.html.jinja", "zh").render(
        report=told, compare=lambda key, **values: say(f"comparing.{key}", "zh", **values), maps=["data:,"] * 3
    )
    assert "<script>alert" not in page
    said = html.unescape(page)
    assert all(said.count(name) > 20 for name in MARKUP)


def test_plans_that_cannot_be_compared_leave_no_file(plans, tmp_path):
    with pytest.raises(ArgumentError):
        write_comparison({"one": plans["节俭"]}, tmp_path / "out", language="zh")
    assert not (tmp_path / "out").exists()
