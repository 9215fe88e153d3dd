"""The shipped Word template: a document whose styles, page head and texts an office can change in Word."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from planner.words import Language, say

if TYPE_CHECKING:
    from docx.document import Document
    from docx.styles.style import BaseStyle

TABLE_STYLE: Final = "Planner Table"
TEXT_STYLE: Final = "Planner Table Text"
_INK, _SOFT, _RULE, _STRIPE = "12355B", "52606D", "B8C0C8", "F3F5F7"
# East Asian and Latin fonts of text and headings, as official papers have them; Word replaces what a computer lacks.
_FONTS: Final[dict[Language, tuple[tuple[str, str], tuple[str, str]]]] = {
    "zh": (("宋体", "Times New Roman"), ("黑体", "Arial")),
    "en": (("宋体", "Calibri"), ("黑体", "Calibri")),
}


def shipped_word_template(language: Language) -> bytes:
    """The shipped template as a .docx, a starting point for an office's own.

    Save it, change it in Word, and hand it over as ``ReportOptions(word_template=...)``. Which names it can use is told
    in :mod:`planner.report.files.word`.
    """
    return _Template(language).made()


class _Template:
    """The template in the making, from the first page to the last."""

    def __init__(self, language: Language) -> None:
        import docx

        self.language = language
        self.file: Document = docx.Document()
        self.file._body.clear_content()

    def made(self) -> bytes:
        """All of it as the bytes of a file."""
        self._page()
        self._styles()
        self._title()
        self._summary()
        self._service_sections()
        self._last_sections()
        kept = io.BytesIO()
        self.file.save(kept)
        return kept.getvalue()

    # How it looks.

    def _page(self) -> None:
        from docx.enum.text import WD_PARAGRAPH_ALIGNMENT, WD_TAB_ALIGNMENT
        from docx.shared import Mm

        section = self.file.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(22)
        section.top_margin, section.bottom_margin = Mm(24), Mm(22)
        head = section.header.paragraphs[0]
        head.paragraph_format.tab_stops.add_tab_stop(Mm(166), WD_TAB_ALIGNMENT.RIGHT)
        head.add_run("{{ report.street }} {{ report.title }}\t{{ report.internal }}")
        foot = section.footer.paragraphs[0]
        foot.alignment = WD_PARAGRAPH_ALIGNMENT.CENTER
        before, between, after = say("word.page_of", self.language, page="\0", pages="\0").split("\0")
        foot.add_run(before)
        _field(foot, "PAGE", "1")
        foot.add_run(between)
        _field(foot, "NUMPAGES", "1")
        foot.add_run(after)

    def _styles(self) -> None:
        from docx.enum.style import WD_STYLE_TYPE
        from docx.enum.text import WD_PARAGRAPH_ALIGNMENT, WD_TAB_ALIGNMENT, WD_TAB_LEADER
        from docx.shared import Mm, Pt, RGBColor

        styles = self.file.styles
        text, heading = _FONTS[self.language]
        _set_font(styles["Normal"], text, 10.5)
        styles["Normal"].paragraph_format.line_spacing = 1.35
        styles["Normal"].paragraph_format.space_after = Pt(4)
        for name, points in (("Title", 24), ("Subtitle", 13), *((f"Heading {n}", 17 - 2 * n) for n in (1, 2, 3, 4))):
            _set_font(styles[name], heading, points, bold=name != "Subtitle", colour=_INK)
            styles[name].font.italic = False
        for number, points in ((1, 18), (2, 14), (3, 10), (4, 8)):
            styles[f"Heading {number}"].paragraph_format.space_before = Pt(points)
            styles[f"Heading {number}"].paragraph_format.space_after = Pt(4)
            styles[f"Heading {number}"].paragraph_format.keep_with_next = True
        _set_font(styles["Caption"], heading, 9, bold=False, colour=_SOFT)
        styles["Caption"].paragraph_format.alignment = WD_PARAGRAPH_ALIGNMENT.CENTER
        for name in ("Header", "Footer"):
            _set_font(styles[name], text, 9, colour=_SOFT)
            styles[name].paragraph_format.tab_stops.clear_all()
        for name, indent_mm in (("toc 1", 0), ("toc 2", 6)):
            style: Any = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
            style.base_style = styles["Normal"]
            style.paragraph_format.left_indent = Mm(indent_mm)
            style.paragraph_format.tab_stops.add_tab_stop(Mm(166), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
            style.paragraph_format.space_after = Pt(2)
        cell: Any = styles.add_style(TEXT_STYLE, WD_STYLE_TYPE.PARAGRAPH)
        cell.base_style = styles["Normal"]
        cell.font.size = Pt(9)
        cell.paragraph_format.space_after = Pt(0)
        cell.paragraph_format.line_spacing = 1.1
        warning: Any = styles.add_style("Planner Warning", WD_STYLE_TYPE.PARAGRAPH)
        warning.base_style = styles["Normal"]
        warning.font.bold = True
        warning.font.color.rgb = RGBColor.from_string("8B1A10")
        _add_table_style(self.file)

    # What stands in it.

    def _title(self) -> None:
        self._line("{{ report.internal }}", "Subtitle", if_any="report.internal")
        self._line("{{ report.street }}", "Subtitle")
        self._line("{{ report.title }}", "Title")
        self._line("{{ report.scenario }}", "Subtitle")
        self._line("{{ report.office }}", if_any="report.office")
        self._line("{{ report.made_on }}", if_any="report.made_on")
        self._line("{{ warning }}", "Planner Warning", each="warning in report.warnings")
        self._line(say("word.contents", self.language), "Subtitle")
        _field(self.file.add_paragraph(style="toc 1"), 'TOC \\o "1-2" \\h \\z \\u', say("word.update", self.language))

    def _summary(self) -> None:
        self._heading(1, "summary")
        self.file.paragraphs[-1].paragraph_format.page_break_before = True
        each = "service in report.services"
        self._line("{{ service.headline.sentence }} {{ service.appeals }}", "List Bullet", each=each)
        self._line(say("report.total_cost", self.language, cost="{{ report.total_cost }}"))
        self._line("{{ report.appeals }}", if_any="report.appeals")
        self._line("{{p headline_table() }}")
        self._heading(1, "map")
        self._picture("map_picture()", say("report.map_title", self.language))

    def _service_sections(self) -> None:
        self._heading(1, "services")
        self._line("{%p for service in report.services %}")
        self._line("{{ service.headline.name }}", "Heading 2")
        self._line("{{ service.standard }} {{ service.limits }} {{ service.proof }}")
        self._line("{{ service.made_of }}", if_any="service.made_of")
        self._line("{{ service.appeals }}", if_any="service.appeals")
        self._picture("map_picture(service)", "{{ service.headline.name }}")
        self._table("by_period", "service.periods")
        self._table("centres", "service.centres", none="no_centres")
        self._table("new_sites", "service.sites", none="no_new_sites")
        self._line("{%p for card in service.cards %}")
        self._line("{{ card.number }} {{ card.name }}", "Heading 4")
        self._line("{{ card.why }}")
        self.file.paragraphs[-1].paragraph_format.keep_with_next = True
        self._line("{{p facts_table(card) }}")
        self._line("{%p endfor %}")
        self._line("{%p if service.curve %}")
        self._line("{{ service.curve.title }}", "Heading 3")
        self._picture("curve_picture(service)", "{{ service.curve.note }}")
        self._line("{%p endif %}")
        self._table("gaps", "service.gaps", none="no_gaps")
        self._line("{%p if service.hot_spots.rows %}")
        self._table("hot_spots", "service.hot_spots", note="hot_spots_note")
        self._line("{%p endif %}")
        self._line("{%p endfor %}")
        self._line("{%p if report.appeals %}")
        self._heading(2, "appeals")
        self._line("{{ report.appeals }} " + say("report.appeals_note", self.language))
        self._line("{{p table(report.appeal_rows) }}")
        self._line("{%p endif %}")

    def _last_sections(self) -> None:
        self._heading(1, "basis")
        self._line("{{ note }}", each="note in report.demand_notes")
        self._line("{{p basis_table() }}")
        self._table("unreached", "report.unreached", level=1, none="no_unreached", note="unreached_note")
        self._table("sources", "report.sources", level=1)
        self._heading(1, "limits")
        self._line("{{ limit }}", "List Number", each="limit in report.limits")
        self._heading(1, "appendix")
        self._line("{%p for service in report.services %}")
        self._line("{{ service.headline.name }}", "Heading 2")
        self._line("{{p table(service.grids) }}")
        self._line("{%p endfor %}")
        self._line(say("report.page_note", self.language), "Caption")

    def _line(self, text: str, style: str | None = None, *, if_any: str = "", each: str = "") -> None:
        """A paragraph; ``if_any``: only where that is said; ``each``: one for each."""
        around = ("if", if_any) if if_any else ("for", each)
        if around[1]:
            self.file.add_paragraph(f"{{%p {around[0]} {around[1]} %}}")
        self.file.add_paragraph(text, style=style)
        if around[1]:
            self.file.add_paragraph(f"{{%p end{around[0]} %}}")

    def _heading(self, level: int, key: str) -> None:
        self._line(say(f"report.{key}", self.language), f"Heading {level}")

    def _table(self, key: str, name: str, *, level: int = 3, none: str = "", note: str = "") -> None:
        """A heading and a table, or what is said where it has no rows."""
        self._heading(level, key)
        if none:
            self._line(f"{{%p if {name}.rows %}}")
        if note:
            self._line(say(f"report.{note}", self.language))
        self._line(f"{{{{p table({name}) }}}}")
        if none:
            self._line("{%p else %}")
            self._line(say(f"report.{none}", self.language))
            self._line("{%p endif %}")

    def _picture(self, name: str, caption: str) -> None:
        from docx.enum.text import WD_PARAGRAPH_ALIGNMENT

        self._line(f"{{{{ {name} }}}}")
        self.file.paragraphs[-1].alignment = WD_PARAGRAPH_ALIGNMENT.CENTER
        self.file.paragraphs[-1].paragraph_format.keep_with_next = True
        self._line(caption, "Caption")


def _set_font(
    style: BaseStyle, fonts: tuple[str, str], points: float, *, bold: bool | None = None, colour: str = ""
) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    looks: Any = style
    looks.font.size, looks.font.name = Pt(points), fonts[1]
    if bold is not None:
        looks.font.bold = bold
    if colour:
        looks.font.color.rgb = RGBColor.from_string(colour)
    named = looks.element.rPr.rFonts
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        named.attrib.pop(qn(f"w:{theme}"), None)
    named.set(qn("w:eastAsia"), fonts[0])


def _field(paragraph: Any, instruction: str, shown: str) -> None:
    """A field that Word works out: page number, number of pages, table of contents."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", "instruction", "separate", "shown", "end"):
        run = paragraph.add_run(shown) if kind == "shown" else paragraph.add_run()
        if kind == "instruction":
            told = OxmlElement("w:instrText")
            told.set(qn("xml:space"), "preserve")
            told.text = f" {instruction} "
            run._r.append(told)
        elif kind != "shown":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def _add_table_style(file: Document) -> None:
    """Rules between rows, a dark head, every second row shaded."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    def rules(colour: str, *sides: str) -> str:
        return "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{colour}"/>' for side in sides)

    file.styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="PlannerTable">'
            f'<w:name w:val="{TABLE_STYLE}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/>'
            '<w:tblPr><w:tblStyleRowBandSize w:val="1"/>'
            f"<w:tblBorders>{rules(_INK, 'top')}{rules(_INK, 'bottom')}{rules(_RULE, 'insideH')}</w:tblBorders>"
            '<w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="80" w:type="dxa"/>'
            '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr>'
            '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:color w:val="FFFFFF"/></w:rPr>'
            f'<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{_INK}"/></w:tcPr></w:tblStylePr>'
            '<w:tblStylePr w:type="band2Horz">'
            f'<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{_STRIPE}"/></w:tcPr></w:tblStylePr></w:style>'
        )
    )
