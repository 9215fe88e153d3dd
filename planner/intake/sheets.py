"""Tables as they are sent (CSV in its varieties, .xlsx, .xls) → their raw cells by spreadsheet row."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from planner.errors import Fault
from planner.intake.encodings import decode
from planner.intake.old_excel import read_old_excel
from planner.intake.text import as_text

if TYPE_CHECKING:
    from openpyxl.cell import Cell

_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"  # what .xls files begin with
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_ZIP: Final = b"PK\x03\x04"  # and .xlsx
_DELIMITERS: Final = (",", "\t", ";", "，", "|")


@dataclass(frozen=True)
class Sheet:
    """The raw cells of a table by spreadsheet row, as texts; rows that hold nothing are left out.

    ``merged``: (row, column) → the first and the last row of the merged cells that it is part of; each of these has
    their text. ``cut`` are the columns whose name the file may have cut short, ``fixed_header`` says that the first row
    is the header beyond doubt.
    """

    name: str
    rows: Mapping[int, list[str]]
    merged: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    cut: frozenset[int] = frozenset()
    fixed_header: bool = False


def read_sheets(path: Path, *, wanted: str | None = None) -> tuple[list[Sheet], list[Fault]]:
    """The sheets of a table file that hold anything (a CSV is one), whatever its suffix says, and what is to be told.

    ``wanted`` is the name of the one sheet to read. Where the file cannot be read there is no sheet and an error.
    """
    faults: list[Fault] = []
    try:
        content = path.read_bytes()
        if content.startswith(_OLD_EXCEL):
            sheets = _old_excel(content)
        elif content.startswith(_ZIP):
            sheets = _excel(content)
        else:
            sheets, faults = _text_table(path.name, content)
    except OSError as error:
        return [], [Fault(path.name, "cannot_open", values={"reason": error.strerror or error})]
    except _UnreadableError as error:
        return [], [Fault(path.name, error.key, values=error.values)]
    sheets = [replace(sheet, rows=_with_content(sheet.rows)) for sheet in sheets]
    if wanted is not None:
        there = ", ".join(sheet.name for sheet in sheets)
        sheets = [sheet for sheet in sheets if sheet.name.strip() == wanted.strip()]
        if not sheets:
            return [], [Fault(path.name, "no_such_sheet", value=wanted, values={"there": there})]
    sheets = [sheet for sheet in sheets if sheet.rows]
    return sheets, faults if sheets else [Fault(path.name, "empty_file")]


class _UnreadableError(Exception):
    """Why a file is no table."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


def _with_content(rows: Mapping[int, list[str]]) -> dict[int, list[str]]:
    stripped = ((row, [cell.strip() for cell in cells]) for row, cells in rows.items())
    return {row: cells for row, cells in stripped if any(cells)}


def _text_table(file: str, content: bytes) -> tuple[list[Sheet], list[Fault]]:
    try:
        text, encoding = decode(content)
    except ValueError as error:
        raise _UnreadableError("not_utf8") from error
    if text.lstrip()[:200].lower().startswith(("<html", "<!doctype", "<table", "<?xml")):
        raise _UnreadableError("web_page")
    faults = [] if encoding == "utf-8" else [Fault(file, "read_as", value=encoding.upper(), severity="remark")]
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = dict(enumerate(reader, start=1))
    except csv.Error as error:
        raise _UnreadableError("not_a_table", line=reader.line_num, reason=error) from error
    if delimiter != ",":
        shown = "Tab" if delimiter == "\t" else delimiter
        faults.append(Fault(file, "split_by", value=shown, severity="remark"))
    # Excel writes a line "sep=;" for itself.
    first = next(iter(rows.values()), [])
    if first and first[0].strip().lower() == "sep=":
        rows.pop(1)
    return [Sheet("", rows)], faults


def _delimiter(text: str) -> str:
    """What splits most of the first lines, the header's among them, into the same number of cells; else a comma."""
    if text[:4].lower() == "sep=" and text[4:5] in _DELIMITERS:
        return text[4]
    best, best_fit = ",", (0.5, 1)
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=delimiter)
        try:
            widths = [len(cells) for cells, _ in zip(reader, range(50), strict=False) if any(cells)]
        except csv.Error:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        fit = widths.count(usual) / max(len(widths), 1), usual
        if usual > 1 and fit > best_fit:
            best, best_fit = delimiter, fit
    return best


def _excel(content: bytes) -> list[Sheet]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = parts.namelist()
        if "xl/workbook.xml" not in names and not any(name.startswith("xl/") for name in names):
            raise _UnreadableError("not_a_workbook")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of styles and extensions that hold no cell
            book = load_workbook(io.BytesIO(content), data_only=True)
    except _UnreadableError:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged part brings about
        raise _UnreadableError("workbook_unreadable", reason=_first_line(error)) from error
    sheets = []
    for page in book.worksheets:
        if page.sheet_state != "visible":
            continue
        rows = {n: [_shown_in_excel(cell) for cell in cells] for n, cells in enumerate(page.iter_rows(), start=1)}
        ranges = [(r.min_row, r.min_col - 1, r.max_row, r.max_col - 1) for r in page.merged_cells.ranges]
        sheets.append(_filled(page.title, rows, ranges))
    return sheets


def _old_excel(content: bytes) -> list[Sheet]:
    try:
        sheets = read_old_excel(content)
    except ValueError as error:
        # An .xlsx with a password has the outside of an .xls.
        key = "locked" if _ENCRYPTED in content or "password" in str(error).lower() else "workbook_unreadable"
        raise _UnreadableError(key, reason=_first_line(error)) from error
    filled = []
    for name, cells, merged in sheets:
        rows = {n: [as_text(value) for value in row] for n, row in enumerate(cells, start=1)}
        filled.append(_filled(name, rows, [(r1 + 1, c1, r2 + 1, c2) for r1, c1, r2, c2 in merged]))
    return filled


def _filled(name: str, rows: dict[int, list[str]], ranges: Iterable[tuple[int, int, int, int]]) -> Sheet:
    """The sheet with the text of merged cells in each of them."""
    merged = {}
    for first_row, first, last_row, last in ranges:
        if first_row not in rows or first >= len(rows[first_row]):
            continue
        text = rows[first_row][first]
        for row in range(first_row, last_row + 1):
            cells = rows.setdefault(row, [])
            cells += [""] * (last + 1 - len(cells))
            cells[first : last + 1] = [text] * (last + 1 - first)
            if last_row > first_row:
                merged.update({(row, column): (first_row, last_row) for column in range(first, last + 1)})
    return Sheet(name, dict(sorted(rows.items())), merged)


def _shown_in_excel(cell: Cell | Any) -> str:
    """A cell as Excel shows it: a number whose format pads it with zeros keeps them."""
    value, pattern = cell.value, cell.number_format or ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        pattern = pattern.split(";")[0].replace('"', "")
        if pattern and set(pattern) == {"0"} and float(value).is_integer():
            return f"{int(value):0{len(pattern)}d}"
    return as_text(value)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:200] or type(error).__name__
