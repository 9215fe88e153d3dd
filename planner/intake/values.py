"""The texts of one column → typed values; what cannot be read beyond doubt is a fault, what was made of it a remark."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from planner.errors import Fault
from planner.hours import OpeningHours, read_hours
from planner.intake.codes import read_codes
from planner.intake.numbers import read_numbers
from planner.intake.vocabulary import plain

_EXCEL_ERRORS: Final = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!"}
_BETWEEN_NAMES: Final = re.compile(r"[;；、,，/|｜\n]")


@dataclass(frozen=True)
class Column:
    """What a column must hold. ``names`` is a list of several; ``low`` and ``high`` are inclusive.

    ``choices`` are the values there may be, each with the other names it goes by. ``known`` are the codes that a
    ``code`` must be one of. ``unstated_hours`` stand in where ``hours`` name days and no times.
    """

    name: str
    kind: Literal["text", "code", "number", "whole", "hours", "names"] = "text"
    required: bool = True
    low: float = -np.inf
    high: float = np.inf
    choices: Mapping[str, Collection[str]] | Collection[str] | None = None
    unique: bool = False
    may_be_absent: bool = False
    known: Collection[str] | None = None
    unstated_hours: str | None = None


def typed(
    file: str,
    column: Column,
    title: str,
    cells: Mapping[int, str],
    *,
    factor: float = 1.0,
    beside_decimal_commas: bool = False,
) -> tuple[pd.Series, list[Fault]]:
    """The values of one column by row, and its faults; ``title`` is its name in the file. Bad numbers are NaN."""
    bad = {row: "excel_error" for row, cell in cells.items() if cell in _EXCEL_ERRORS}
    if column.required:
        bad |= {row: "empty_value" for row, cell in cells.items() if not cell}
    values: dict[int, Any]
    remarks: list[Fault] = []
    match column.kind:
        case "number" | "whole":
            values, found, remarks = read_numbers(
                file, column.name, title, cells, factor, beside_decimal_commas=beside_decimal_commas
            )
            bad = found | _out_of_range(column, values) | bad
            values |= dict.fromkeys(bad, np.nan)
        case "code":
            values, found, remarks = read_codes(file, title, cells, known=column.known)
            bad = found | bad
        case "hours":
            values, found, remarks = _hours(file, column, title, cells)
            bad = found | bad
        case "names":
            find = _finder(column.choices)
            lists = {row: split_names(_normal(cell)) for row, cell in cells.items()}
            values = {row: tuple(dict.fromkeys(find(name) or name for name in names)) for row, names in lists.items()}
            if column.required:
                bad = {row: "empty_value" for row, names in values.items() if not names} | bad
            if column.choices is not None:
                known = set(column.choices)
                bad = {row: "unknown_name" for row, names in values.items() if not known.issuperset(names)} | bad
        case "text":
            find = _finder(column.choices)
            values = {row: find(cell) or unicodedata.normalize("NFC", cell) for row, cell in cells.items()}
            if column.choices is not None:
                known = {"", *column.choices}
                bad = {row: "unknown_name" for row, text in values.items() if text not in known} | bad
    series = pd.Series(values, index=list(cells), dtype=float if column.kind in ("number", "whole") else object)
    if column.unique:
        twice = series.index[series.duplicated(keep="first")]
        bad = {int(row): "duplicate" for row in twice if cells[row]} | bad
    about = {"low": f"{column.low:g}", "high": f"{column.high:g}", "known": ", ".join(_told(column.choices))}
    faults = [Fault(file, key, row, title, cells[row], about) for row, key in sorted(bad.items())]
    return series, faults + remarks


def split_names(text: str) -> tuple[str, ...]:
    """The names in a list, whatever separates them."""
    return tuple(name.strip() for name in _BETWEEN_NAMES.split(text) if name.strip())


def _out_of_range(column: Column, numbers: Mapping[int, float]) -> dict[int, str]:
    outside = "too_low" if np.isinf(column.high) else "out_of_range"
    bad = {row: outside for row, number in numbers.items() if number < column.low or number > column.high}
    if column.kind == "whole":
        bad = {row: "not_whole" for row, n in numbers.items() if not np.isnan(n) and not n.is_integer()} | bad
    return bad


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _finder(choices: Mapping[str, Collection[str]] | Collection[str] | None) -> Callable[[str], str | None]:
    """What finds the choice that a text names; a name of several choices finds none."""
    of_name: dict[str, set[str]] = {}
    for choice in choices or ():
        for name in (choice, *(choices[choice] if isinstance(choices, Mapping) else ())):
            of_name.setdefault(plain(name), set()).add(choice)

    def find(text: str) -> str | None:
        found = {text} & set(choices or ()) or of_name.get(plain(text), set())
        return next(iter(found)) if len(found) == 1 else None

    return find


def _told(choices: Mapping[str, Collection[str]] | Collection[str] | None) -> list[str]:
    """The choices as a message lists them, each with its first other name."""
    if not isinstance(choices, Mapping):
        return list(choices or ())
    return [f"{choice} ({next(iter(names))})" if names else choice for choice, names in choices.items()]


def _hours(
    file: str, column: Column, title: str, cells: Mapping[int, str]
) -> tuple[dict[int, str], dict[int, str], list[Fault]]:
    """Opening hours as they are written; where only days are, with the hours that stand in for them."""
    values = {row: _normal(cell) for row, cell in cells.items()}
    bad: dict[int, str] = {}
    some_days: list[int] = []
    unstated: list[int] = []
    of_text = {text: _read_hours(text) for text in set(values.values()) - {""}}
    for row, text in list(values.items()):
        if not text:
            continue
        hours = of_text[text]
        if hours is None:
            bad[row] = "not_hours"
            continue
        if not hours.stated and column.unstated_hours is None:
            bad[row] = "hours_unstated"
            continue
        if not hours.stated:
            unstated.append(row)
            values[row] = f"{text} {column.unstated_hours}"
        if not hours.on_all_days:
            some_days.append(row)
    about = {"hours": column.unstated_hours or ""}
    told = (("hours_some_days", some_days), ("hours_stand_in", unstated))
    remarks = [
        Fault(file, key, None, title, cells[rows[0]], {"count": len(rows), **about}, "remark")
        for key, rows in told
        if rows
    ]
    return values, bad, remarks


def _read_hours(text: str) -> OpeningHours | None:
    try:
        return read_hours(text)
    except ValueError:
        return None
