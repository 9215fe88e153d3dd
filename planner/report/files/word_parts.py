"""Tables and texts as WordprocessingML: what a Word template takes whole. Data never becomes markup or a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from planner.report.contents.printed import PrintedTable, width_em
from planner.report.files.plain_text import printable

PAGE_WIDTH: Final = 9400  # twentieths of a point, what the margins leave of A4
_MOST_EM: Final = 30.0
# A column of texts twice as long is not twice as wide: long texts may take more lines.
_EVENED: Final = 0.7


def plain(text: str) -> Markup:
    """Text as typed. docxtpl turns ``{_{`` and the like into braces of a template; a reference keeps them as they are."""
    return Markup(str(escape(printable(text))).replace("{_", "{&#95;").replace("_}", "&#95;}"))


@dataclass(frozen=True)
class TableLook:
    """The styles of tables and of the text in them, by the ids that they have in one template; empty for none."""

    table: str
    text: str

    def table_xml(self, table: PrintedTable, *, total: int = PAGE_WIDTH) -> Markup:
        """A table as wide as the page whose head is repeated on each; nothing where there are no heads."""
        widths = _widths([table.heads, *table.rows], total)
        rows = [self._row(table.heads, widths, table.numeric, is_head=True)]
        rows += [self._row(row, widths, table.numeric) for row in table.rows]
        return self._whole(rows, widths, head=True)

    def facts_xml(self, facts: Sequence[tuple[str, str]], *, total: int = PAGE_WIDTH) -> Markup:
        """Pairs of what and which, without a head."""
        widths = [total * 22 // 100, total - total * 22 // 100]
        return self._whole([self._row(list(pair), widths, frozenset()) for pair in facts], widths, head=False)

    def _whole(self, rows: list[str], widths: list[int], *, head: bool) -> Markup:
        style = f'<w:tblStyle w:val="{escape(self.table)}"/>' if self.table else ""
        looks = f'<w:tblLook w:firstRow="{int(head)}" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noVBand="1"'
        columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        return Markup(
            f'<w:tbl><w:tblPr>{style}<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
            f'{looks} w:noHBand="0"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{"".join(rows)}</w:tbl>'
        )

    def _row(self, texts: Sequence[str], widths: list[int], numeric: frozenset[int], *, is_head: bool = False) -> str:
        kept = "<w:trPr><w:cantSplit/>" + ("<w:tblHeader/>" if is_head else "") + "</w:trPr>"
        cells = [
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{self._paragraph(text, column in numeric)}</w:tc>'
            for column, (text, width) in enumerate(zip(texts, widths, strict=True))
        ]
        return f"<w:tr>{kept}{''.join(cells)}</w:tr>"

    def _paragraph(self, text: str, is_figure: bool) -> str:
        style = f'<w:pStyle w:val="{escape(self.text)}"/>' if self.text else ""
        right = '<w:jc w:val="right"/>' if is_figure else ""
        return f'<w:p><w:pPr>{style}{right}</w:pPr><w:r><w:t xml:space="preserve">{plain(text)}</w:t></w:r></w:p>'


def _widths(rows: Sequence[Sequence[str]], total: int) -> list[int]:
    """The widths of columns: by what is usual in each, long texts evened out."""
    wanted = []
    for texts in zip(*rows, strict=True):
        usual = sorted(width_em(text) for text in texts)[int(0.95 * (len(texts) - 1))]
        wanted.append(max(min(usual, _MOST_EM), min(width_em(texts[0]), 4.0)) ** _EVENED + 1.0)
    return [int(total * width / sum(wanted)) for width in wanted]
