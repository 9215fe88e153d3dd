"""Numbers as offices write them: full width, with units, with commas that part thousands or stand for the point."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from planner.errors import Fault
from planner.intake.vocabulary import plain, units_of, vocabulary

_PLAIN: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA: Final = re.compile(r"[+-]?\d+,\d+")
_WITH_UNIT: Final = re.compile(r"([^\d+\-.]*)([+-]?[\d.][\d.,]*(?:e[+-]?\d+)?)(.*)", re.IGNORECASE)
_DEGREES: Final = re.compile(r"(\d{1,3})°(\d{1,2})['′](\d{1,2}(?:\.\d+)?)(?:\"|″|''|′′)?")
_MINUSES: Final = str.maketrans({"−": "-", "–": "-", "‐": "-", "\u00a0": " "})


def read_numbers(
    file: str, name: str, title: str, cells: Mapping[int, str], factor: float, *, beside_decimal_commas: bool = False
) -> tuple[dict[int, float], dict[int, str], list[Fault]]:
    """Numbers by row (NaN where there is none), the key of each row's fault, and what was made of commas and units.

    ``name`` is the column, whose units and words ``columns.toml`` has; ``factor`` what the unit in its title counts;
    ``beside_decimal_commas`` says that another column of the file has them.
    """
    values = dict.fromkeys(cells, math.nan)
    bad: dict[int, str] = {}
    digits: dict[int, str] = {}
    counts: dict[int, float] = {}
    of_text = {cell: _parted(cell, name) for cell in set(cells.values()) - {""}}
    for row, cell in cells.items():
        match of_text.get(cell):
            case float(number):
                values[row] = number
            case (text, unit):
                digits[row], counts[row] = text, factor if unit is None else unit
            case None if cell:
                bad[row] = "not_a_number"
    with_commas = {row: text for row, text in digits.items() if "," in text}
    has_point = any("." in text for text in digits.values() if "," not in text)
    read, unclear, told = _without_commas(with_commas, has_point, name in ("lon", "lat") or beside_decimal_commas)
    bad |= unclear
    read |= {row: float(text) for row, text in digits.items() if "," not in text}
    for row, number in read.items():
        values[row] = number * counts[row]
        if math.isinf(values[row]):
            values[row], bad[row] = math.nan, "not_a_number"
    told["unit_converted"] = [row for row in read if counts[row] != 1.0 and row not in bad]
    remarks = []
    for key, rows in told.items():
        if rows:
            about = {"count": len(rows), "number": f"{values[rows[0]]:.10g}"}
            remarks.append(Fault(file, key, None, title, cells[rows[0]], about, "remark"))
    return values, bad, remarks


def has_decimal_commas(name: str, cells: Mapping[int, str]) -> bool:
    """Whether a comma in one of the cells can only be a decimal one."""
    for cell in set(cells.values()):
        match _parted(cell, name) if "," in cell or "，" in cell else None:
            case (digits, _) if _DECIMAL_COMMA.fullmatch(digits) and not _THOUSANDS.fullmatch(digits):
                return True
    return False


def _parted(cell: str, name: str) -> tuple[str, float | None] | float | None:
    """The digits of a cell and what its unit counts (None where it has none), its number where it is written in words
    or in degrees and minutes; None where it is no number.
    """
    text = unicodedata.normalize("NFKC", cell).translate(_MINUSES).strip()
    if _PLAIN.fullmatch(text):
        return text, None
    words = vocabulary("words").get(name, {})
    if text in words:
        return float(words[text])
    if not (match := _WITH_UNIT.fullmatch(text)):
        return None
    units = units_of(name)
    before, digits, after = plain(match[1]), match[2], plain(match[3])
    if name in ("lon", "lat") and (angle := _DEGREES.search(text)):
        around = {plain(text[: angle.start()]), plain(text[angle.end() :])} - {""}
        return int(angle[1]) + int(angle[2]) / 60 + float(angle[3]) / 3600 if around <= set(units) else None
    if before == "¥" and name.endswith("_yuan"):
        before = ""
    if (before and after) or ((before or after) and (before or after) not in units):
        return None
    if not (_PLAIN.fullmatch(digits) or _THOUSANDS.fullmatch(digits) or _DECIMAL_COMMA.fullmatch(digits)):
        return None
    return digits, units.get(before or after)


def _without_commas(
    texts: dict[int, str], has_point: bool, asks: bool
) -> tuple[dict[int, float], dict[int, str], dict[str, list[int]]]:
    """The numbers of one column that are written with commas, which mean the same in all of it.

    A comma that cannot part thousands (``3,5``) is a decimal one, and one that cannot be decimal (``1,234,567``,
    ``1,234.5``) parts thousands. ``1,234`` may be either: it goes with the rest of its column; where that does not
    tell, commas part thousands, as they do in China, but where it ``asks``: of coordinates, and beside decimal commas.
    """
    may_part = {row for row, text in texts.items() if _THOUSANDS.fullmatch(text)}
    may_point = {row for row, text in texts.items() if _DECIMAL_COMMA.fullmatch(text)}
    surely_point, surely_part = may_point - may_part, may_part - may_point
    unsure = may_part & may_point
    bad: dict[int, str] = {}
    if unsure and ((surely_point and (surely_part or has_point)) or (not surely_point and not surely_part and asks)):
        bad = dict.fromkeys(unsure, "comma_unclear")
    as_point = surely_point | (unsure if surely_point else set())
    numbers = {
        row: float(text.replace(",", "." if row in as_point else "")) for row, text in texts.items() if row not in bad
    }
    told = {
        "commas_decimal": sorted(as_point - set(bad)),
        "commas_part": sorted((set(texts) - as_point) - set(bad)),
    }
    return numbers, bad, told
