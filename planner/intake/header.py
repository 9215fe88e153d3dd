"""Which column of a file is which: the header's row, and the many names that a column goes by (``columns.toml``)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from planner.errors import Fault
from planner.intake.sheets import Sheet
from planner.intake.values import Column
from planner.intake.vocabulary import plain, units_of, vocabulary

# Titles, dates and remarks may stand above the header, but not more than this.
_ROWS_ABOVE: Final = 30
_NAMES_TOLD: Final = 6
_IN_BRACKETS: Final = re.compile(r"^(.*?)[(\[【〔]([^)\]】〕]*)[)\]】〕]?\s*\*?$")
_NO_UNIT: Final = {
    "",
    "必填",
    "选填",
    "可空",
    "可不填",
    "非必填",
    "required",
    "optional",
    "wgs84",
    "gcj02",
    "bd09",
    "cgcs2000",
}


@dataclass(frozen=True)
class Header:
    """The header of a sheet: its row, its names as they stand there, and for the columns asked for where each is
    (``place``) and what one of its units counts (``factor``, 1 where its name says nothing).
    """

    row: int
    titles: Sequence[str]
    place: Mapping[str, int]
    factor: Mapping[str, float]


def find_header(
    file: str, sheet: Sheet, columns: Sequence[Column], named: Mapping[str, str], given: Iterable[str] = ()
) -> tuple[Header, list[Fault]]:
    """Where each of ``columns`` is in ``sheet``, and what keeps that from being known.

    ``named`` is what the study says: column → the file's own name for it. Columns that are ``given`` a value by the
    study need not be there.
    """
    row = _header_row(sheet, columns, named)
    titles = sheet.rows[row]
    faults: list[Fault] = []
    line = row or None  # the names of a map file stand in no row
    place: dict[str, int] = {}
    factor: dict[str, float] = {}
    there = ", ".join(filter(None, titles))
    for column in columns:
        if column.name in given:
            continue
        fitting = _fitting(sheet, titles, column, named)
        if len(fitting) > 1:
            names = [titles[i] for i in fitting]
            if len(set(names)) == 1:
                faults.append(Fault(file, "column_twice", line, names[0]))
            else:
                about = {"names": ", ".join(names), "example": f'columns = {{ {column.name} = "{names[0]}" }}'}
                faults.append(Fault(file, "columns_compete", line, column.name, values=about))
        elif fitting:
            place[column.name] = fitting[0]
            factor[column.name] = _unit_of(column.name, titles[fitting[0]]) or 1.0
        elif column.name in named:
            faults.append(Fault(file, "named_column_missing", line, column.name, named[column.name], {"there": there}))
        elif not column.may_be_absent:
            others = sorted(vocabulary("names").get(column.name, ()), key=str.isascii)  # the Chinese ones first
            known = ", ".join([column.name, *others][:_NAMES_TOLD])
            faults.append(Fault(file, "missing_column", column=column.name, values={"there": there, "known": known}))
    return Header(row, titles, place, factor), faults + _used_twice(file, line, titles, place)


def fits(title: str, name: str, *, is_number: bool = False) -> bool:
    """Whether a header's title means the column ``name``; a unit in brackets must be known where it is a number."""
    return _core(title) in _names(name) and (not is_number or _unit_of(name, title) is not None)


def _header_row(sheet: Sheet, columns: Sequence[Column], named: Mapping[str, str]) -> int:
    """The row that names the most of the columns; the first of such rows, and of all where none names any."""
    rows = list(sheet.rows)
    if sheet.fixed_header:
        return rows[0]

    def named_here(row: int) -> int:
        return sum(bool(_fitting(sheet, sheet.rows[row], column, named)) for column in columns)

    return max(rows[:_ROWS_ABOVE], key=lambda row: (named_here(row), -row))


def _fitting(sheet: Sheet, titles: Sequence[str], column: Column, named: Mapping[str, str]) -> list[int]:
    """The places of the titles that mean ``column``."""
    if column.name in named:
        wanted = unicodedata.normalize("NFKC", named[column.name]).strip()
        return [i for i, title in enumerate(titles) if unicodedata.normalize("NFKC", title).strip() == wanted]
    is_number = column.kind in ("number", "whole")
    found = [i for i, title in enumerate(titles) if title and fits(title, column.name, is_number=is_number)]
    if not found and sheet.cut:
        cut = {i: _core(titles[i]) for i in sheet.cut}
        found = [i for i, core in cut.items() if core and any(name.startswith(core) for name in _names(column.name))]
    if not found:
        lesser = {_core(name) for name in vocabulary("names_else").get(column.name, ())}
        found = [i for i, title in enumerate(titles) if title and _core(title) in lesser]
    return found


def _used_twice(file: str, line: int | None, titles: Sequence[str], place: Mapping[str, int]) -> list[Fault]:
    """A column of the file that would fit two of those asked for."""
    of_place: dict[int, list[str]] = {}
    for name, where in place.items():
        of_place.setdefault(where, []).append(name)
    faults = []
    for where, names in of_place.items():
        if len(names) > 1:
            about = {"names": ", ".join(names), "example": f'columns = {{ {names[0]} = "{titles[where]}" }}'}
            faults.append(Fault(file, "column_fits_several", line, titles[where], values=about))
    return faults


@cache
def _names(column: str) -> frozenset[str]:
    return frozenset(_core(name) for name in (column, *vocabulary("names").get(column, ())))


@lru_cache(maxsize=4096)
def _core(title: str) -> str:
    """A name without what does not tell it from another: case, spaces, width, and what stands in brackets."""
    return plain(_parts(title)[0])


def _unit_of(column: str, title: str) -> float | None:
    """What one of the unit in a title's brackets counts, 1 where there is none; None for a unit that is not known."""
    bracket = plain(_parts(title)[1])
    return units_of(column).get(bracket, 1.0 if bracket in _NO_UNIT else None)


def _parts(title: str) -> tuple[str, str]:
    """A title without its brackets, and what is in them."""
    normal = unicodedata.normalize("NFKC", title).strip().strip("*").strip()
    match = _IN_BRACKETS.match(normal)
    return (match[1], match[2]) if match and match[1].strip() else (normal, "")
