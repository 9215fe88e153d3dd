"""Tables and texts as WordprocessingML: what a Word template takes whole. Data never becomes markup or a template."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from planner.report.contents.printed import PrintedTable, width_em
from planner.report.files.plain_text import printable

PAGE_WIDTH: Final = 9400  # twentieths of a point, what the margins leave of A4
_EM: Final = 180.0  # a Chinese character of nine points, in the same unit
_PADDING_EM, _LEAST_EM, _MOST_FIGURE_EM = 1.1, 2.2, 12.0
# Up to so many characters a column is as wide as its texts; longer texts may take more lines.
_ONE_LINE_EM, _EVENED = 8.0, 0.7
_UNBROKEN: Final = re.compile(r"[!-~]+|.")  # Latin words; a line may end behind any Chinese character


def plain(text: str) -> Markup:
    """Text as typed. docxtpl would turn ``{_{`` and the like into the braces of a tag: a reference keeps them."""
    return Markup(str(escape(printable(text))).replace("{_", "{&#95;").replace("_}", "&#95;}"))


@dataclass(frozen=True)
class TableLook:
    """The styles of tables and of the text in them, by the ids that they have in one template; empty for none."""

    table: str
    text: str

    def table_xml(self, table: PrintedTable, *, total: int = PAGE_WIDTH) -> Markup:
        """A table as wide as the page whose head is repeated on each; nothing where there are no heads."""
        widths = _widths([table.heads, *table.rows], table.numeric, total)
        rows = [self._row(table.heads, widths, table.numeric, is_head=True)]
        rows += [self._row(row, widths, table.numeric) for row in table.rows]
        return self._whole(rows, widths, head=True)

    def facts_xml(self, facts: Sequence[tuple[str, str]], *, total: int = PAGE_WIDTH) -> Markup:
        """Pairs of what and which, without a head."""
        widths = [total * 22 // 100, total - total * 22 // 100]
        rows = [
            self._row(list(pair), widths, frozenset(), keep_next=number < len(facts))
            for number, pair in enumerate(facts, 1)
        ]
        return self._whole(rows, widths, head=False)

    def _whole(self, rows: list[str], widths: list[int], *, head: bool) -> Markup:
        style = f'<w:tblStyle w:val="{escape(self.table)}"/>' if self.table else ""
        bits = "0420" if head else "0400"  # the same for programs that read only these
        looks = f'<w:tblLook w:val="{bits}" w:firstRow="{int(head)}" w:lastRow="0" w:firstColumn="0"'
        looks += ' w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>'
        columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        width = f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        grid = f"<w:tblGrid>{columns}</w:tblGrid>"
        return Markup(f"<w:tbl><w:tblPr>{style}{width}{looks}</w:tblPr>{grid}{''.join(rows)}</w:tbl>")

    def _row(
        self,
        texts: Sequence[str],
        widths: list[int],
        numeric: frozenset[int],
        *,
        is_head: bool = False,
        keep_next: bool = False,
    ) -> str:
        kept = "<w:trPr><w:cantSplit/>" + ("<w:tblHeader/>" if is_head else "") + "</w:trPr>"
        cells = []
        for column, (text, width) in enumerate(zip(texts, widths, strict=True)):
            look = f'<w:pStyle w:val="{escape(self.text)}"/>' if self.text else ""
            look += "<w:keepNext/>" if keep_next else ""
            look += '<w:jc w:val="right"/>' if column in numeric else ""
            told = f'<w:p><w:pPr>{look}</w:pPr><w:r><w:t xml:space="preserve">{plain(text)}</w:t></w:r></w:p>'
            cells.append(f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{told}</w:tc>')
        return f"<w:tr>{kept}{''.join(cells)}</w:tr>"


def _widths(rows: Sequence[Sequence[str]], numeric: frozenset[int], total: int) -> list[int]:
    """The widths of columns: no figure and no Latin word breaks; what is left goes where texts are long, evened out."""
    least, full = [], []
    for column, texts in enumerate(zip(*rows, strict=True)):
        head, body = texts[0], sorted(map(width_em, texts[1:]))
        word = max([1.1 * width_em(word) for word in _UNBROKEN.findall(head)] or [0.0])
        figure = min(body[-1], _MOST_FIGURE_EM) if body and column in numeric else 0.0
        least.append(max(word, figure, _LEAST_EM) + _PADDING_EM)
        usual = body[int(0.95 * (len(body) - 1))] if body else 0.0
        long = max(usual, min(width_em(head) / 2, _ONE_LINE_EM))
        evened = min(long, _ONE_LINE_EM) + max(long - _ONE_LINE_EM, 0.0) ** _EVENED
        full.append(max(evened + _PADDING_EM, least[-1]))
    room, asked = total / _EM - sum(least), sum(full) - sum(least)
    if room <= 0 or room >= asked:
        wanted = full if room > 0 else least
        return [int(total * width / sum(wanted)) for width in wanted]
    return [int(_EM * (low + (high - low) * room / asked)) for low, high in zip(least, full, strict=True)]
