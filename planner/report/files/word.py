"""The report as a Word document, filled into the shipped template or into an office's own.

A template is a .docx with the tags of docxtpl (https://docxtpl.readthedocs.io): ``{{ name }}`` in a line,
``{{p name }}`` alone in a paragraph for what takes its place, ``{%p for x in y %}`` and ``{%p if x %}`` around
paragraphs, ``{%tr … %}`` around rows of a table. To start from the shipped one, write what
:func:`planner.report.files.word_template.shipped_word_template` gives to a file. A template can use:

- ``report``: what the report tells, a :class:`planner.report.contents.parts.ReportContents`, by the names of its
  fields: ``report.street``, ``title``, ``scenario``, ``made_on``, ``office``, ``internal``, ``review_line``,
  ``warnings``, ``total_cost``, ``services``, ``appeals``, ``appeal_rows``, ``demand_notes``, ``basis``, ``unreached``,
  ``sources``, ``limits``; of each ``service`` in ``report.services`` its ``headline`` (``name``, ``today``,
  ``planned``, ``new_sites``, ``cost``, ``demand``, ``status``, ``sentence``), ``standard``, ``limits``, ``proof``,
  ``made_of``, ``appeals``, ``cards`` (``number``, ``name``, ``facts``, ``why``), ``curve`` (``title``, ``note``) and
  the tables ``periods``, ``centres``, ``sites``, ``gaps``, ``hot_spots``, ``grids``; a table has ``heads`` and
  ``rows``;
- alone in a paragraph ``{{p table(service.sites) }}`` for any of those tables, ``{{p headline_table() }}``,
  ``{{p basis_table() }}``, ``{{p facts_table(card) }}``: tables in the template's style "Planner Table", text in
  "Planner Table Text", or as Word has them where the template lacks these;
- in a line ``{{ map_picture() }}``, ``{{ map_picture(service) }}`` and ``{{ curve_picture(service) }}``.

All data comes out as typed: it is neither markup nor a tag. Tags are run in a sandbox that reaches nothing else.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from planner.errors import MissingFileError, WordTemplateError
from planner.maps.printed import printed_map
from planner.plan import Plan
from planner.report.contents import report_contents
from planner.report.contents.curve_figure import curve_svg
from planner.report.contents.parts import ReportContents, ServiceContents, SiteCard
from planner.report.contents.printed import PrintedTable
from planner.report.files.plain_text import printable
from planner.report.files.typesetting import png_of_svg
from planner.report.files.word_contents import fill_contents
from planner.report.files.word_parts import TableLook, plain
from planner.report.files.word_template import TABLE_STYLE, TEXT_STYLE, shipped_word_template
from planner.report.options import ReportOptions
from planner.words import Language, say

Pictures = Callable[[ServiceContents | None], str]
PICTURE_MM: Final = 166.0
_MAP_HEIGHT_MM: Final = 150.0
_MAP_PPI: Final = 300.0
_BLANK: Final = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"/>'
_NO_DATE: Final = datetime.datetime(2000, 1, 1)
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)


def write_word(plan: Plan, folder: Path, language: Language, options: ReportOptions) -> None:
    """``report.docx`` in ``folder``, by the template that ``options`` names.

    Raises ``MissingFileError`` for a template that is not there and ``WordTemplateError`` for one that cannot be used.
    """

    def map_svg(service: ServiceContents | None) -> str:
        return printed_map(
            plan,
            service.headline.service if service else None,
            language=language,
            width_mm=PICTURE_MM,
            height_mm=_MAP_HEIGHT_MM,
            title="",
            review_number=options.review_number,
            internal=options.internal,
        )

    contents = report_contents(plan, language=language, options=options)
    (folder / "report.docx").write_bytes(word_document(contents, map_svg, options))


def check_word_template(plan: Plan, language: Language, options: ReportOptions) -> None:
    """Raise as :func:`write_word` does where the template of ``options`` cannot be used; the maps are left out."""
    word_document(report_contents(plan, language=language, options=options), lambda _: _BLANK, options)


def word_document(contents: ReportContents, map_svg: Pictures, options: ReportOptions) -> bytes:
    """The document as bytes, which depend on its arguments alone; ``map_svg`` draws a map where the template has one.

    Raises as :func:`write_word`.
    """
    template = options.word_template
    if template is not None and not template.is_file():
        raise MissingFileError("no_file", path=template)
    source = template.read_bytes() if template else shipped_word_template(contents.language)
    return _filled(source, contents, map_svg, options, str(template.name if template else "shipped"))


def _filled(source: bytes, contents: ReportContents, map_svg: Pictures, options: ReportOptions, name: str) -> bytes:
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    file = DocxTemplate(io.BytesIO(source))
    try:
        file.init_docx()
        styles = {style.name: style.style_id for style in file.docx.styles}
    except Exception as error:  # whatever python-docx stumbles over in a file that is no document
        raise WordTemplateError("word_template_no_document", template=name) from error
    look = TableLook(styles.get(TABLE_STYLE) or styles.get("Table Grid") or "", styles.get(TEXT_STYLE) or "")
    sandbox = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=_as_typed)
    names = {"report": contents, **_tables(contents, look), **_pictures(file, contents, map_svg)}
    try:
        file.render(names, sandbox)
    except UndefinedError as error:
        unknown = re.findall("'([^']*)'", str(error))[-1:] or [str(error)]
        about = {"name": unknown[0], "known": ", ".join(sorted(names))}
        raise WordTemplateError("word_template_name", template=name, **about) from error
    except TemplateSyntaxError as error:
        near = " ".join(" ".join(getattr(error, "docx_context", ())).split())[:120]
        raise WordTemplateError("word_template_syntax", template=name, reason=error.message, near=near) from error
    except (TemplateError, TypeError, ValueError, AttributeError, OverflowError, ZeroDivisionError) as error:
        raise WordTemplateError("word_template_failed", template=name, reason=error) from error
    _say_what_it_is(file.docx.core_properties, contents, options)
    fill_contents(file.docx)
    kept = io.BytesIO()
    file.docx.save(kept)
    return _without_clock(kept.getvalue())


def _as_typed(value: object) -> object:
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _tables(contents: ReportContents, look: TableLook) -> dict[str, Callable[..., Markup]]:
    def word(key: str) -> str:
        return say(key, contents.language)

    def headline_table() -> Markup:
        heads = [word("term.service"), word("term.covered_today"), word("term.covered_planned")]
        heads += [word("term.new_sites"), word("report.yearly"), word("term.weight_per_day"), word("report.proof")]
        lines = [service.headline for service in contents.services]
        rows = [[h.name, h.today, h.planned, h.new_sites, h.cost, h.demand, h.status] for h in lines]
        return look.table_xml(PrintedTable(heads, rows, frozenset({1, 2, 3, 4, 5})))

    def basis_table() -> Markup:
        heads = [word("report.item"), word("report.figure"), word("report.source")]
        rows = [
            [say("word.basis_item", contents.language, heading=fact.heading, item=fact.item), fact.figure, fact.source]
            for fact in contents.basis
        ]
        return look.table_xml(PrintedTable(heads, rows))

    def facts_table(card: SiteCard) -> Markup:
        return look.facts_xml(card.facts)

    def table(printed: PrintedTable) -> Markup:
        return look.table_xml(printed)

    return {
        "table": table,
        "headline_table": headline_table,
        "basis_table": basis_table,
        "facts_table": facts_table,
    }


def _pictures(file: Any, contents: ReportContents, map_svg: Pictures) -> dict[str, Callable[..., Markup]]:
    from docx.shared import Mm

    def inline(svg: str, told: str) -> Markup:
        """A picture within a line; ``told`` is read out to those who do not see it."""
        png = io.BytesIO(png_of_svg(svg, width_mm=PICTURE_MM, ppi=_MAP_PPI))
        drawn = file.current_rendering_part.new_pic_inline(png, Mm(PICTURE_MM), None)
        drawn.docPr.set("descr", printable(told))
        return Markup(f'</w:t></w:r><w:r><w:drawing>{drawn.xml}</w:drawing></w:r><w:r><w:t xml:space="preserve">')

    def map_picture(service: ServiceContents | None = None) -> Markup:
        about = service.headline.name if service else contents.street
        return inline(map_svg(service), f"{say('report.map_title', contents.language)} {about}")

    def curve_picture(service: ServiceContents) -> Markup:
        return inline(curve_svg(service.curve), service.curve.note) if service.curve else Markup()

    return {"map_picture": map_picture, "curve_picture": curve_picture}


def _say_what_it_is(properties: Any, contents: ReportContents, options: ReportOptions) -> None:
    """The document's own title, author and date; no clock and no name of whoever made the template."""
    made_on = options.made_on
    day = datetime.datetime(made_on.year, made_on.month, made_on.day) if made_on else _NO_DATE
    properties.title = printable(f"{contents.street} {contents.title}")[:255]
    properties.author = properties.last_modified_by = printable(options.office)[:255]
    properties.comments = ""
    properties.created = properties.modified = day
    properties.revision = 1


def _without_clock(document: bytes) -> bytes:
    """The same document, its parts stamped with one fixed time."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(zipfile.ZipInfo(part.filename, _ZIP_DATE), old.read(part), zipfile.ZIP_DEFLATED)
    return kept.getvalue()
