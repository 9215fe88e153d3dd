"""Faults and remarks as a table to hand back to whoever sent the files, in which all text stays text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from planner.errors import ArgumentError, Fault, OutputError
from planner.report.files.csv_tables import FORMULA_STARTS, safe_for_spreadsheets
from planner.words import Language, say

_SUFFIXES: Final = (".xlsx", ".csv")
# What a spreadsheet would take for a number and write otherwise: zeros in front, more digits than it keeps.
_CODE: Final = re.compile(r"0\d+|\d{12,}")
_WIDTHS: Final = (24, 8, 20, 28, 90, 10)


def fault_table(faults: Sequence[Fault], language: Language) -> pd.DataFrame:
    """A row a fault: file, row, column, value, what is wrong and what to do, and whether it must be mended."""
    rows = [
        [
            *("" if cell is None else str(cell) for cell in (f.file, f.row, f.column, f.value, f.problem(language))),
            say("page.fault_must" if f.is_error else "page.fault_may", language),
        ]
        for f in faults
    ]
    names = ("fault_file", "fault_row", "fault_column", "fault_value", "fault_problem", "fault_severity")
    return pd.DataFrame(rows, columns=[say(f"page.{name}", language) for name in names])


def fault_csv(faults: pd.DataFrame) -> bytes:
    """The table as CSV for a spreadsheet, with an apostrophe before what it would run or round."""
    safe = safe_for_spreadsheets(faults)
    value = safe.columns[3]
    safe[value] = safe[value].map(lambda text: f"'{text}" if _CODE.fullmatch(text) else text)
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def write_fault_table(path: Path, faults: Sequence[Fault], language: Language) -> None:
    """Writes the table as .xlsx or .csv. Raises ``ArgumentError`` for another suffix and ``OutputError``."""
    if path.suffix.lower() not in _SUFFIXES:
        raise ArgumentError("fault_table_suffix", path=path, known=" ".join(_SUFFIXES))
    table = fault_table(faults, language)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".csv":
            path.write_bytes(fault_csv(table))
        else:
            _write_xlsx(path, table)
    except OSError as error:
        raise OutputError("output_failed", path=path, reason=error.strerror or error) from error


def _write_xlsx(path: Path, table: pd.DataFrame) -> None:
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    page = book.active
    assert page is not None
    for number, texts in enumerate([list(table.columns), *table.to_numpy().tolist()], start=1):
        for place, text in enumerate(texts, start=1):
            cell = page.cell(number, place, ILLEGAL_CHARACTERS_RE.sub("", text))
            cell.data_type = "s"  # never a formula
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if text.startswith(FORMULA_STARTS):
                cell.quotePrefix = True
            if number == 1:
                cell.font = Font(bold=True)
    for letter, width in zip("ABCDEF", _WIDTHS, strict=True):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A2"
    book.save(path)
