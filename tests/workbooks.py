"""Workbooks and odd tables as offices send them, made on the spot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook


def workbook(
    path: Path,
    *rows: Sequence[object],
    sheet: str = "Sheet1",
    merged: Sequence[str] = (),
    formats: Mapping[str, str] | None = None,
    more: Mapping[str, Sequence[Sequence[object]]] | None = None,
    hidden: Sequence[str] = (),
) -> Path:
    """An .xlsx of these rows; ``merged`` are ranges such as ``A1:C1``, ``formats`` number formats by cell."""
    book = Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(list(row))
    for cells in merged:
        page.merge_cells(cells)
    for cell, pattern in (formats or {}).items():
        page[cell].number_format = pattern
    for name, others in (more or {}).items():
        other = book.create_sheet(name)
        for row in others:
            other.append(list(row))
        other.sheet_state = "hidden" if name in hidden else "visible"
    book.save(path)
    return path
