"""What a typst template is given: texts, tables with the widths of their columns, words; all of it plain data."""

from __future__ import annotations

import math
import re
from typing import Any, Final

from planner.report.contents.printed import PrintedTable, width_em
from planner.words import Language, dictionary

# In widths of a Chinese character, which is one em; a Latin letter is about half of one.
_PADDING_EM: Final = 1.05
_MOST_FIGURE_EM: Final = 11.0
_HEAD_EM: Final = 5.0
_SHORT_EM: Final = 6.5
_MOST_FR: Final = 30.0
# A column of texts twice as long is not twice as wide: long texts may take more lines.
_EVENED: Final = 0.75


def table_data(table: PrintedTable) -> dict[str, Any]:
    """A table as the template ``data-table`` takes it: columns of figures as wide as these, the rest shared out."""
    widths: list[dict[str, float]] = []
    for column, head in enumerate(table.heads):
        texts = [row[column] for row in table.rows]
        widest = max(map(width_em, texts), default=0.0)
        word = max(map(width_em, _unbroken(head)), default=0.0)
        if column in table.numeric:
            room = min(max(widest, word, min(width_em(head), _HEAD_EM)), _MOST_FIGURE_EM)
            widths.append({"em": round(room + _PADDING_EM, 2), "fr": 0.0})
        else:
            usual = sorted(map(width_em, [head, *texts]))[int(0.95 * len(texts))]
            short = max(widest, word) <= _SHORT_EM
            fr = 0.0 if short else round(min(usual, _MOST_FR) ** _EVENED, 2)
            widths.append(
                {
                    "em": round(max(widest, word, min(width_em(head), _HEAD_EM)) + _PADDING_EM, 2) if short else 0.0,
                    "fr": fr,
                }
            )
    if not any(width["fr"] for width in widths):  # nothing to share out: all of them grow alike
        widths = [{"em": 0.0, "fr": width["em"]} for width in widths]
    return {"heads": table.heads, "rows": table.rows, "numeric": sorted(table.numeric), "widths": widths}


def words_of(language: Language, *rooms: str) -> dict[str, dict[str, str]]:
    """All words of some rooms, what is to be filled in still in braces."""
    found: dict[str, dict[str, str]] = {room: {} for room in rooms}
    for key, text in dictionary(language).items():
        room, _, name = key.partition(".")
        if room in found:
            found[room][name] = text
    return found


def share_data(share: float) -> float | None:
    """A share between 0 and 1 for a bar, none where it is not a number."""
    return min(max(share, 0.0), 1.0) if math.isfinite(share) else None


def _unbroken(text: str) -> list[str]:
    """The parts of a heading that a line cannot break: words, and single Chinese characters."""
    return re.findall(r"[!-,.0-~\u00a0-\u02ff]+[-/]?|[^\s]", text)
