"""Tables (CSV, Excel, the records of map files) → typed frames; every fault of a file at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pandas as pd

from planner.errors import Fault
from planner.intake.header import Header, find_header, fits
from planner.intake.map_files import is_map_file, point_sheet
from planner.intake.numbers import has_decimal_commas
from planner.intake.sheets import Sheet, read_sheets
from planner.intake.text import as_text
from planner.intake.values import Column, split_names, typed

__all__ = ["Column", "read_sheet", "read_table", "split_names", "with_positions_apart"]

_TOTALS: Final = {"合计", "总计", "小计", "共计", "汇总", "总和", "total", "sum"}
_NOTE: Final = re.compile(
    r"^(注|备注|说明|填表人|填报人|制表人|审核人|联系人|填表日期|制表日期|数据来源|note)[\s:：]", re.IGNORECASE
)
_BOTH: Final = re.compile(r"[-+]?\d+(?:\.\d+)?")


def read_table(
    path: Path,
    columns: Sequence[Column],
    *,
    named: Mapping[str, str] | None = None,
    given: Mapping[str, object] | None = None,
    part: str | None = None,
) -> tuple[pd.DataFrame, list[Fault]]:
    """The table with its columns typed, and its faults; its index is the spreadsheet row of each record.

    ``named`` is the file's own name of a column, where several would fit; ``given`` a value for every row of a column
    that the file lacks; ``part`` the sheet or layer to read. A map file of points is a table too: each feature is a row
    with the ``lon`` and ``lat`` of its point, and the index counts features from 1.

    ``table.attrs["titles"]`` has the file's own name of each column. Numbers that are at fault are NaN.
    Where the file cannot be read as a table, or lacks a column, the frame is empty.
    Columns that are not asked for are left out, and so are blank rows, totals and notes.
    """
    if is_map_file(path):
        sheets, faults = point_sheet(path, layer=part)
    else:
        sheets, faults = read_sheets(path, wanted=part)
    if not sheets:
        return empty_table(columns), faults
    sheet, told = _the_sheet(path.name, sheets, columns, named or {}, given or {})
    if sheet is None:
        return empty_table(columns), faults + told
    table, found = read_sheet(path.name, sheet, columns, named=named, given=given)
    return table, faults + told + found


def read_sheet(
    file: str,
    sheet: Sheet,
    columns: Sequence[Column],
    *,
    named: Mapping[str, str] | None = None,
    given: Mapping[str, object] | None = None,
) -> tuple[pd.DataFrame, list[Fault]]:
    """As :func:`read_table`, of one sheet that is read already."""
    given = given or {}
    sheet = with_positions_apart(sheet, columns, named or {})
    header, faults = find_header(file, sheet, columns, named or {}, given)
    rows, left_out = _records(file, sheet, header)
    faults += left_out
    width = len(header.titles)
    faults += [Fault(file, "extra_cells", row) for row, cells in rows.items() if any(cells[width:])]
    padded = [(cells + [""] * width)[:width] for cells in rows.values()]
    cells = {
        name: {row: texts[place] for row, texts in zip(rows, padded, strict=True)}
        for name, place in header.place.items()
    }
    are_numbers = {column.name for column in columns if column.kind in ("number", "whole")}
    decimal_commas = any(has_decimal_commas(name, cells[name]) for name in are_numbers & set(cells))
    read = {}
    for column in columns:
        if column.name in cells:
            place = header.place[column.name]
            title, factor, texts = header.titles[place], header.factor[column.name], cells[column.name]
            if column.name in are_numbers:
                faults += _spread_over_rows(file, sheet, title, place, texts)
        elif column.name in given:
            title, factor, texts = column.name, 1.0, dict.fromkeys(rows, as_text(given[column.name]))
        elif column.may_be_absent:
            read[column.name] = typed(file, replace(column, required=False), "", dict.fromkeys(rows, ""))[0]
            continue
        else:
            continue
        read[column.name], found = typed(
            file, column, title, texts, factor=factor, beside_decimal_commas=decimal_commas
        )
        faults += found
    complete = len(read) == len(columns)
    table = pd.DataFrame(read, index=pd.Index(list(rows), dtype=int)) if complete else empty_table(columns)
    table.attrs["titles"] = {name: header.titles[place] for name, place in header.place.items()}
    return table, faults


def empty_table(columns: Sequence[Column]) -> pd.DataFrame:
    """No records, with these columns."""
    return pd.DataFrame({c.name: pd.Series(dtype=float if c.kind in ("number", "whole") else object) for c in columns})


def _the_sheet(
    file: str, sheets: list[Sheet], columns: Sequence[Column], named: Mapping[str, str], given: Mapping[str, object]
) -> tuple[Sheet | None, list[Fault]]:
    """The one sheet that has the columns asked for, and that it was chosen; none where several have."""
    if len(sheets) == 1:
        return sheets[0], []
    fitting = []
    for sheet in sheets:
        apart = with_positions_apart(sheet, columns, named)
        if not find_header(file, apart, columns, named, given)[1]:
            fitting.append(sheet)
    names = ", ".join(sheet.name for sheet in sheets)
    if len(fitting) == 1:
        return fitting[0], [
            Fault(file, "sheet_chosen", value=fitting[0].name, values={"there": names}, severity="remark")
        ]
    return None, [Fault(file, "several_sheets", value=names, values={"first": sheets[0].name})]


def _records(file: str, sheet: Sheet, header: Header) -> tuple[dict[int, list[str]], list[Fault]]:
    """The rows below the header without its second line, totals and notes; these are told."""
    rows: dict[int, list[str]] = {}
    left_out: list[Fault] = []
    below_header = True
    for row, cells in sheet.rows.items():
        if row <= header.row:
            continue
        if sheet.fixed_header:
            rows[row] = cells
            continue
        first = next(cell for cell in cells if cell)
        if below_header:
            again = sum(place < len(cells) and fits(cells[place], name) for name, place in header.place.items())
            if again > len(header.place) / 2:
                continue  # the header once more, in another language
            below_header = False
        if _is_total(first) or (_NOTE.match(first) and len({cell for cell in cells if cell}) <= 3):
            about = {"text": first[:40]}
            left_out.append(Fault(file, "row_left_out", row, values=about, severity="remark"))
            continue
        rows[row] = cells
    return rows, left_out


def _is_total(first: str) -> bool:
    return len(first) <= 10 and unicodedata.normalize("NFKC", first).strip("： :").casefold() in _TOTALS


def _spread_over_rows(file: str, sheet: Sheet, title: str, place: int, cells: Mapping[int, str]) -> list[Fault]:
    """A number merged over several rows: whether it is the total of these rows or holds for each is not known."""
    first_rows = {sheet.merged[row, place] for row, cell in cells.items() if cell and (row, place) in sheet.merged}
    return [
        Fault(file, "number_merged", first, title, cells.get(first), {"first": first, "last": last})
        for first, last in sorted(first_rows)
    ]


def with_positions_apart(sheet: Sheet, columns: Sequence[Column], named: Mapping[str, str]) -> Sheet:
    """The sheet with ``lon`` and ``lat`` in columns of their own where one column has both (``116.35,39.98``)."""
    wanted = {column.name for column in columns}
    if not {"lon", "lat"} <= wanted or {"lon", "lat"} & set(named):
        return sheet
    position = [column for column in columns if column.name in ("lon", "lat")]
    header, _ = find_header("", sheet, columns, named)
    if any(column.name in header.place for column in position):
        return sheet
    both, _ = find_header("", sheet, [Column("lon_lat")], named)
    if "lon_lat" not in both.place or (both.row != header.row and len(header.place)):
        return sheet
    place = both.place["lon_lat"]
    rows = {}
    for row, cells in sheet.rows.items():
        text = cells[place] if place < len(cells) else ""
        if row < both.row:
            rows[row] = cells
            continue
        numbers = _BOTH.findall(unicodedata.normalize("NFKC", text))
        lon, lat = numbers if len(numbers) == 2 else (text, text)
        width = len(both.titles)
        pair = ["lon", "lat"] if row == both.row else [lon, lat]
        rows[row] = (cells + [""] * width)[:width] + pair
    return replace(sheet, rows=rows)
