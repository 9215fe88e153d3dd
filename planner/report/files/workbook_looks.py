"""How the cells of a workbook look: number formats by column, marks of estimates, widths that fit Chinese."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from math import ceil
from typing import Any, Final

from planner.words import Language, say

# Excel replaces a font that a computer lacks by one that has the characters.
FONTS: Final[dict[Language, str]] = {"zh": "微软雅黑", "en": "Calibri"}
INK, ESTIMATE, HEAD, RULE = "#1f2933", "#fff6cc", "#12355b", "#d5d9de"

_CODES: Final = frozenset({"site_id", "grid_code", "grid_codes", "appeal_id", "nearest_id", "id"})
_FORMATS: Final = {
    "covered_share_today": "0.0%",
    "covered_share_planned": "0.0%",
    "estimated_share": "0.0%",
    "reachable_share": "0.0%",
    "cost_yuan": "#,##0",
    "area_m2": "#,##0",
    "nearest_m": "#,##0.0",
    "off_road_m": "#,##0.0",
    "lon": "0.000000",
    "lat": "0.000000",
    "date": "yyyy-mm-dd",
    "answered_today": '[=1]"✓";"—"',
    "answered_planned": '[=1]"✓";"—"',
}
_NARROWEST, _WIDEST, _WIDEST_TEXT = 7.0, 14.0, 46.0
_LINE_POINTS, _MOST_POINTS = 14.0, 400.0  # Excel allows a row 409


def number_format(column: str) -> str:
    """The number format of a column; text where it is ``@``, and whole numbers where nothing else is said."""
    if column in _CODES:
        return "@"
    if column in _FORMATS:
        return _FORMATS[column]
    if column.endswith("_per_day") or column.startswith("uncovered_"):
        return "#,##0.0"
    if column.startswith("open_") and column not in ("open_hours", "open_appeals"):
        return '[=1]"✓";"—"'
    return "#,##0"


def estimate_format(column: str, language: Language) -> str:
    """The same with the word for an estimate behind the number."""
    return f'{number_format(column)}" {say("workbook.estimated", language)}"'


def is_tick(column: str) -> bool:
    """Whether a column says yes or no."""
    return number_format(column).startswith("[=1]")


def width_of(heading: str, values: Iterable[Any], column: str) -> float:
    """The width of a column in characters: its longest value, its heading on two lines, within bounds."""
    texts = [_shown(value, column) for value in values]
    widest = _WIDEST_TEXT if any(isinstance(value, str) for value in values) else _WIDEST
    needed = max([_columns_of(line) for text in texts for line in text.split("\n")] or [0.0])
    return min(max(needed + 2.5, _columns_of(heading) / 2 + 2.5, _NARROWEST), widest)


def height_of(texts: Iterable[tuple[str, float]]) -> float:
    """The height of a row in points, from its texts and the width that each has: not every program works it out."""
    lines = [sum(max(1, ceil(_columns_of(line) / (width - 2))) for line in text.split("\n")) for text, width in texts]
    return min(_LINE_POINTS * max(lines, default=1) + 2, _MOST_POINTS)


def _shown(value: Any, column: str) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if column in ("lon", "lat"):
        return f"{value:.6f}"
    if column == "date":
        return "2000-01-01"
    return f"{value:,.1f}" if "0.0" in number_format(column) else f"{value:,.0f}"


def _columns_of(text: str) -> float:
    """How many digits wide a text is; a Chinese character is two."""
    return float(sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text))
