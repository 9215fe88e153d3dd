"""The page from which results are taken along."""

import datetime
import io
import zipfile
from dataclasses import replace

import pytest
from page_runs import entry, opened, planned_shares, shares, turned_to

from planner.report import FORMATS, ReportOptions, shipped_word_template
from planner.ui.documents import KINDS, Imprint, document, file_name
from planner.ui.plain_text import plain
from planner.words import Text, say

OFFERED = [*("html", "pdf", "docx", "map"), *("life_map", "poster"), *("xlsx", "gpkg", "geojson", "csv"), "all"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_figures_stand_above_what_can_be_taken_along(demo_plan, language):
    page = opened("hand_on", language)
    assert shares(page) == planned_shares(demo_plan)
    told = [text.value for text in page.markdown]
    for name in OFFERED:
        assert say(f"hand_on.about_{name}", language) in told
    labels = [button.proto.label for button in page.get("download_button")]
    files = [say("hand_on.download", language, what=say(f"hand_on.name_{name}", language)) for name in OFFERED]
    assert labels == [say("hand_on.shipped_template", language), *files]
    assert len(set(labels)) == len(labels)


def test_every_format_is_offered():
    assert set(OFFERED) - {"all"} == set(FORMATS)
    assert set(FORMATS) <= set(KINDS)


def test_what_is_filled_in_stays_when_another_page_is_shown():
    page = opened("hand_on", "zh")
    entry(page, "office").set_value("示范街道办").run()
    assert page.date_input[0].value == datetime.date.today()
    turned_to(page, "today")
    turned_to(page, "hand_on")
    assert entry(page, "office").value == "示范街道办"


def test_an_address_that_cannot_be_a_code_is_told_and_left_out():
    page = opened("hand_on", "zh")
    entry(page, "link").set_value("javascript:alert(1)").run()
    assert plain("javascript:alert(1)") in page.error[0].value
    entry(page, "link").set_value("https://example.org/map").run()
    assert not page.error


def test_the_offices_own_template_is_used_and_a_faulty_one_is_told(demo_plan):
    own = shipped_word_template("zh")
    assert document(demo_plan, "zh", Imprint(ReportOptions(), ("ours.docx", own)), ("docx",)).startswith(b"PK")
    page = opened("hand_on", "zh")
    page.file_uploader[0].set_value([("ours.docx", own, "")]).run()
    assert not page.error
    page.file_uploader[0].set_value([("ours.docx", b"no template", "")]).run()
    assert plain("ours.docx") in page.error[0].value


def test_one_file_comes_as_it_is_and_several_as_a_zip(demo_plan):
    imprint = Imprint(ReportOptions(office="示范街道办"))
    page = document(demo_plan, "zh", imprint, ("html",))
    assert "示范街道办".encode() in page
    packed = zipfile.ZipFile(io.BytesIO(document(demo_plan, "zh", imprint, ("map", "csv"))))
    assert packed.testzip() is None
    assert {"map.html", "summary.csv"} <= set(packed.namelist())


def test_a_street_named_like_a_path_names_a_file(demo_study, demo_plan):
    odd = replace(demo_plan, study=replace(demo_study, name=Text(zh="../a:b\x00", en="x")))
    assert file_name(odd.study, "zh", "PDF 报告", "pdf") == "..-a-b--PDF 报告.pdf"
