"""The Word document: what stands in it, the office's own template and its faults, text as typed, the same bytes."""

import datetime
import io
import zipfile
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn
from hostile import HOSTILE, WITH_CONTROLS, WITHOUT_CONTROLS

from planner import Scenario, ServiceScenario, make_plan
from planner.errors import MissingFileError, WordTemplateError
from planner.report import ReportOptions, write_report
from planner.report.contents import report_contents
from planner.report.contents.printed import PrintedTable
from planner.report.files.word import word_document
from planner.report.files.word_parts import PAGE_WIDTH, TableLook
from planner.report.files.word_template import shipped_word_template

MAP = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 5"><rect width="10" height="5"/></svg>'
MADE = datetime.date(2026, 5, 4)


@pytest.fixture(scope="module")
def contents(demo_plan):
    options = ReportOptions(made_on=MADE, office="示范街道办事处", internal=True)
    return {language: report_contents(demo_plan, language=language, options=options) for language in ("zh", "en")}


@pytest.fixture(scope="module")
def shipped(contents):
    """The document in Chinese by the shipped template, to be read and not changed."""
    return document(contents["zh"])


def document(contents, **options):
    return docx.Document(io.BytesIO(word_document(contents, lambda _: MAP, ReportOptions(**options))))


def text_of(file):
    """Everything that is read in the body, tables included."""
    lines = ["".join(part.text or "" for part in line.iter(qn("w:t"))) for line in file.element.body.iter(qn("w:p"))]
    return "\n".join(lines)


def template_of(folder, *lines, **styles):
    """An office's own template of some lines."""
    file = docx.Document()
    for line in lines:
        file.add_paragraph(line, **styles)
    path = folder / "own.docx"
    file.save(path)
    return path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_says_what_the_report_says(contents, language):
    said = contents[language]
    told = text_of(document(said))
    assert said.title in told
    assert said.office in told
    assert said.made_on in told
    assert said.total_cost in told
    for service in said.services:
        assert service.headline.sentence in told
        assert service.proof in told
        assert service.curve.note in told
        for card in service.cards:
            assert card.why in told
            assert all(value in told for _, value in card.facts)
        for table in (service.periods, service.centres, service.sites, service.gaps, service.hot_spots, service.grids):
            assert all(cell in told for row in table.rows for cell in row)
    for fact in said.basis:
        assert fact.figure in told
    assert all(limit in told for limit in said.limits)
    assert all(cell in told for row in said.sources.rows for cell in row)
    assert "{{" not in told
    assert "{%" not in told


def test_the_headline_table_holds_the_figures_of_the_report(contents, shipped):
    table = shipped.tables[0]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    for row, service in zip(rows[1:], contents["zh"].services, strict=True):
        head = service.headline
        assert row == [head.name, head.today, head.planned, head.new_sites, head.cost, head.demand, head.status]


def test_pages_have_head_number_and_paper(contents, shipped):
    section = shipped.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    head = section.header.paragraphs[0].text
    assert contents["zh"].street in head
    assert "内部资料" in head
    fields = "".join(part.text for part in section.footer._element.iter(qn("w:instrText")))
    assert "PAGE" in fields
    assert "NUMPAGES" in fields


def test_the_contents_name_every_heading_and_link_to_it(shipped):
    headings = [p.text for p in shipped.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    links = [
        link for p in shipped.paragraphs if p.style.name.startswith("toc") for link in p._p.iter(qn("w:hyperlink"))
    ]
    assert ["".join(part.text for part in link.iter(qn("w:t"))).strip() for link in links] == headings
    marks = {mark.get(qn("w:name")) for mark in shipped.element.body.iter(qn("w:bookmarkStart"))}
    assert {link.get(qn("w:anchor")) for link in links} <= marks
    assert "一、结论" in headings
    kinds = [mark.get(qn("w:fldCharType")) for mark in shipped.element.body.iter(qn("w:fldChar"))]
    assert kinds.count("begin") == kinds.count("end") == kinds.count("separate") == len(links) + 1
    assert shipped.settings.element.find(qn("w:updateFields")) is not None


def test_tables_repeat_their_heads_and_fit_the_page(shipped):
    for table in shipped.tables:
        widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
        assert PAGE_WIDTH - len(widths) <= sum(widths) <= PAGE_WIDTH
        has_head = table._tbl.tblPr.find(qn("w:tblLook")).get(qn("w:firstRow")) == "1"
        repeated = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
        assert repeated == [has_head] + [False] * (len(repeated) - 1)


def test_figures_stand_to_the_right_and_chinese_has_its_font(shipped):
    cell = shipped.tables[0].rows[1].cells[1]
    assert cell.paragraphs[0].alignment == 2
    fonts = shipped.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "宋体"
    assert fonts.get(qn("w:asciiTheme")) is None


def test_maps_and_curves_are_there_at_300_dpi(contents, shipped):
    services = len(contents["zh"].services)
    assert len(shipped.inline_shapes) == 1 + 2 * services
    for part in shipped.part.package.iter_parts():
        if part.content_type == "image/png":
            pixels = int.from_bytes(part.blob[16:20], "big")
            assert pixels == pytest.approx(166 / 25.4 * 300, abs=2)


def test_the_same_contents_give_the_same_bytes(contents):
    one = word_document(contents["zh"], lambda _: MAP, ReportOptions(made_on=MADE))
    assert one == word_document(contents["zh"], lambda _: MAP, ReportOptions(made_on=MADE))
    with zipfile.ZipFile(io.BytesIO(one)) as files:
        assert {part.date_time for part in files.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = docx.Document(io.BytesIO(one)).core_properties
    assert properties.created.date() == properties.modified.date() == MADE
    assert shipped_word_template("zh") != shipped_word_template("en")


def test_write_report_draws_the_maps(demo_plan, tmp_path):
    (path,) = write_report(demo_plan, tmp_path, formats=("docx",), language="en")
    assert path.name == "report.docx"
    assert len(docx.Document(str(path)).inline_shapes) == 1 + 2 * len(demo_plan.services)
    assert path.stat().st_size > 300_000


def test_a_plan_without_new_sites_and_appeals(demo_study):
    study = replace(demo_study, appeals=demo_study.appeals.iloc[:0])
    plan = make_plan(study, Scenario(services={"rest_station": ServiceScenario(site_limit=0)}))
    file = document(report_contents(plan, language="en"))
    assert "This scenario has no new sites." in text_of(file)
    assert "Appeals" not in [p.text for p in file.paragraphs if p.style.name.startswith("Heading")]


# Names as somebody could type them.


def test_hostile_names_are_text_as_typed(contents):
    said = contents["zh"]
    names = [*HOSTILE, "{_{ 7*7 }_}", "{_% raise %_}", WITH_CONTROLS]
    table = PrintedTable(["name"], [[name] for name in names])
    first = replace(said.services[0], grids=table, headline=replace(said.services[0].headline, name=HOSTILE[0]))
    hostile = replace(said, street=HOSTILE[13], office=HOSTILE[1], services=[first, *said.services[1:]])
    file = document(hostile)
    found = [row.cells[0].text for made in file.tables for row in made.rows]
    for name in names[:-1]:
        assert name in found, name[:40]
    assert WITHOUT_CONTROLS in found
    told = text_of(file)
    assert HOSTILE[1] in told
    assert HOSTILE[13] in file.sections[0].header.paragraphs[0].text
    assert HOSTILE[0] in [p.text for p in file.paragraphs if p.style.name == "Heading 2"]
    assert "49" not in [row.cells[0].text.strip() for made in file.tables for row in made.rows]


# An office's own template.


def test_an_own_template_takes_the_place_of_the_shipped_one(contents, tmp_path):
    lines = ["函 {{ report.street }}", "{%p for s in report.services %}", "{{ s.headline.sentence }}", "{%p endfor %}"]
    file = document(contents["zh"], word_template=template_of(tmp_path, *lines, "{{p table(report.sources) }}"))
    assert [p.text for p in file.paragraphs] == [
        f"函 {contents['zh'].street}",
        *(service.headline.sentence for service in contents["zh"].services),
    ]
    assert [cell.text for cell in file.tables[0].rows[0].cells] == contents["zh"].sources.heads


def test_the_shipped_template_saved_and_handed_over_gives_the_same(contents, tmp_path):
    path = tmp_path / "mine.docx"
    path.write_bytes(shipped_word_template("zh"))
    own = word_document(contents["zh"], lambda _: MAP, ReportOptions(word_template=path))
    assert own == word_document(contents["zh"], lambda _: MAP, ReportOptions())


def test_a_map_that_no_template_asks_for_is_not_drawn(contents, tmp_path):
    def no_map(_):
        raise AssertionError("nobody asked for a map")

    path = template_of(tmp_path, "{{ report.title }}")
    word_document(contents["zh"], no_map, ReportOptions(word_template=path))


@pytest.mark.parametrize(
    ("line", "key", "named"),
    [
        ("{{ report.mayor }}", "word_template_name", "mayor"),
        ("{{ mayor }}", "word_template_name", "mayor"),
        ("{{ report.title ", "word_template_syntax", ""),
        ("{% for x in report.services %}", "word_template_syntax", "endfor"),
        ("{{ report.title | shout }}", "word_template_syntax", "shout"),
        ("{{ report.__class__.__mro__ }}", "word_template_failed", "unsafe"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "word_template_failed", "unsafe"),
        ("{% for x in range(99999999) %}{% endfor %}", "word_template_failed", "100000"),
        ("{{ 1 / 0 }}", "word_template_failed", "zero"),
        ("{{ table(1) }}", "word_template_failed", ""),
    ],
)
def test_a_faulty_template_is_told_with_the_fault_and_the_remedy(contents, tmp_path, line, key, named):
    path = template_of(tmp_path, "first", line)
    with pytest.raises(WordTemplateError) as error:
        document(contents["zh"], word_template=path)
    assert error.value.key == key
    for language in ("zh", "en"):
        assert "own.docx" in error.value.message(language)
        assert named in error.value.message(language)


def test_a_file_that_is_no_document_and_one_that_is_not_there(contents, tmp_path):
    text = tmp_path / "plain.docx"
    text.write_text("not a document")
    with pytest.raises(WordTemplateError, match=r"plain\.docx"):
        document(contents["zh"], word_template=text)
    packed = tmp_path / "packed.docx"
    with zipfile.ZipFile(packed, "w") as files:
        files.writestr("a.txt", "a")
    with pytest.raises(WordTemplateError, match=r"packed\.docx"):
        document(contents["zh"], word_template=packed)
    with pytest.raises(MissingFileError, match=r"none\.docx"):
        document(contents["zh"], word_template=tmp_path / "none.docx")


def test_columns_are_as_wide_as_their_texts_ask_for():
    look = TableLook("", "")
    table = PrintedTable(["序号", "理由"], [["1", "长" * 80], ["2", "长" * 70]], frozenset({0}))
    file = docx.Document()
    file.element.body.insert(0, docx.oxml.parse_xml(str(look.table_xml(table)).replace(
        "<w:tbl>", f"<w:tbl {docx.oxml.ns.nsdecls('w')}>", 1)))  # fmt: skip
    narrow, wide = (int(column.get(qn("w:w"))) for column in file.tables[0]._tbl.tblGrid)
    assert 500 < narrow < 2000
    assert wide > 3 * narrow
