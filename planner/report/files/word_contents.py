"""The table of contents of a Word document, with entries before Word itself works it out."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

# What the schema wants to stand behind the element that asks for fields; Word calls a file damaged where it does not.
_BEHIND: Final = ("hdrShapeDefaults", "footnotePr", "endnotePr", "compat", "docVars", "rsids", "themeFontLang")
_LEVELS: Final = {"heading 1": "toc 1", "heading 2": "toc 2"}


def fill_contents(document: Any) -> None:
    """Put an entry for each heading of the first two levels where the document has a contents field.

    Only a program that lays out pages knows their numbers: each entry asks for its own, and Word offers to work them
    out when the document is opened. Entries are links even before that.
    """
    from docx.oxml.ns import qn

    _ask_for_fields(document)
    styles = {style.name.lower(): style.style_id for style in document.styles}
    place = next((p for p in document.paragraphs if _holds_contents(p)), None)
    level_of = {styles[heading]: styles.get(level, "") for heading, level in _LEVELS.items() if heading in styles}
    entries: list[tuple[str, str, str]] = []
    for paragraph in document.paragraphs:
        level = level_of.get(paragraph._p.style)
        if level is not None and paragraph.text.strip():
            entries.append((paragraph.text.strip(), f"_Toc{len(entries):08d}", level))
            _bookmark(paragraph, entries[-1][1], len(entries))
    if place is None or not entries:
        return
    runs = list(place._p.iterchildren(qn("w:r")))
    start = next(i for i, run in enumerate(runs) if _mark(run) == "separate")
    for run in runs[start + 1 :]:
        place._p.remove(run)
    last = place._p
    for number, (text, anchor, style) in enumerate(entries):
        if number:
            after = deepcopy(place._p)
            for child in list(after):
                if child.tag != qn("w:pPr"):
                    after.remove(child)
            last.addnext(after)
            last = after
        _set_style(last, style)
        last.append(_entry(text, anchor))
    last.append(runs[-1])


def _ask_for_fields(document: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    settings = document.settings.element
    if settings.find(qn("w:updateFields")) is None:
        asked = OxmlElement("w:updateFields")
        asked.set(qn("w:val"), "true")
        behind = next((child for child in settings if child.tag in {qn(f"w:{name}") for name in _BEHIND}), None)
        if behind is None:
            settings.append(asked)
        else:
            behind.addprevious(asked)


def _holds_contents(paragraph: Any) -> bool:
    from docx.oxml.ns import qn

    told = "".join(text.text or "" for text in paragraph._p.iter(qn("w:instrText")))
    marks = [_mark(run) for run in paragraph._p.iterchildren(qn("w:r"))]
    return told.strip().startswith("TOC") and "separate" in marks and marks[-1] == "end"


def _mark(run: Any) -> str:
    from docx.oxml.ns import qn

    mark = run.find(qn("w:fldChar"))
    return "" if mark is None else str(mark.get(qn("w:fldCharType")))


def _bookmark(paragraph: Any, name: str, number: int) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(100_000 + number))
    start.set(qn("w:name"), name)
    first = 1 if paragraph._p.pPr is not None else 0
    paragraph._p.insert(first, start)
    paragraph._p.append(end)


def _set_style(paragraph: Any, style: str) -> None:
    if style:
        paragraph.get_or_add_pPr().get_or_add_pStyle().val = style


def _entry(text: str, anchor: str) -> Any:
    """A link to the heading, and a field with its page."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls
    from markupsafe import escape

    def field(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    return parse_xml(
        f'<w:hyperlink {nsdecls("w")} w:anchor="{anchor}" w:history="1">'
        f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r><w:r><w:tab/></w:r>{field("begin")}'
        f'<w:r><w:instrText xml:space="preserve"> PAGEREF {anchor} \\h </w:instrText></w:r>{field("separate")}'
        f'<w:r><w:t xml:space="preserve"> </w:t></w:r>{field("end")}</w:hyperlink>'
    )
