"""CSV tables → typed frames; every fault of a file at once."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pandas as pd

from planner.errors import Fault
from planner.hours import open_minutes

FAULTS_SHOWN_PER_COLUMN: Final = 20


@dataclass(frozen=True)
class Column:
    """What a column must hold. ``names`` is a list separated by semicolons; ``low`` and ``high`` are inclusive.

    A file may do without an ``absent`` column; the frame then does too.
    """

    name: str
    kind: Literal["text", "number", "whole", "hours", "names"] = "text"
    required: bool = True
    low: float = -np.inf
    high: float = np.inf
    choices: Collection[str] | None = None
    unique: bool = False
    absent: bool = False


def read_table(path: Path, columns: Sequence[Column]) -> tuple[pd.DataFrame, list[Fault]]:
    """The table with its columns typed, and its faults; its index is the spreadsheet row of each record.

    Numbers that are at fault are NaN. Where the file cannot be read as a table, or lacks a column, the frame is empty.
    Columns that are not asked for are left out, and so are blank rows.
    """
    records, unreadable = _records(path)
    if unreadable is not None:
        return _empty(columns), [unreadable]
    header = [name.strip() for name in next(iter(records.values()))]
    wanted = {column.name for column in columns}
    faults = [
        Fault(path.name, "missing_column", column=c.name, values={"there": ", ".join(filter(None, header))})
        for c in columns
        if c.name not in header and not c.absent
    ]
    faults += [Fault(path.name, "column_twice", column=name) for name in sorted(wanted) if header.count(name) > 1]
    rows = {row: [cell.strip() for cell in cells] for row, cells in list(records.items())[1:]}
    too_long = [row for row, cells in rows.items() if any(cells[len(header) :])]
    faults += first_faults(path.name, None, {row: Fault(path.name, "extra_cells", row) for row in too_long})
    padded = [(cells + [""] * len(header))[: len(header)] for cells in rows.values()]
    raw = pd.DataFrame(padded, index=pd.Index(list(rows), dtype=int), columns=range(len(header)), dtype=str)
    typed = {}
    for column in columns:
        if column.name in header:
            typed[column.name], found = _typed(path.name, column, raw[header.index(column.name)])
            faults += found
    complete = all(column.name in typed or column.absent for column in columns)
    return pd.DataFrame(typed, index=raw.index) if complete else _empty(columns), faults


def _records(path: Path) -> tuple[dict[int, list[str]], Fault | None]:
    """The records of a file that hold anything, by their spreadsheet row; or what keeps them from being read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return {}, Fault(path.name, "not_utf8")
    except OSError as error:
        return {}, Fault(path.name, "cannot_open", values={"reason": error.strerror or error})
    if "\0" in text:  # UTF-16, or not text at all
        return {}, Fault(path.name, "not_utf8")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        records = {row: cells for row, cells in enumerate(reader, start=1) if any(cell.strip() for cell in cells)}
    except csv.Error as error:
        return {}, Fault(path.name, "not_a_table", values={"line": reader.line_num, "reason": error})
    return records, None if records else Fault(path.name, "empty_file")


def _typed(file: str, column: Column, cells: pd.Series[str]) -> tuple[pd.Series, list[Fault]]:
    bad: dict[int, str] = {}

    def mark(where: pd.Series[bool], key: str) -> None:
        for row in cells.index[where.to_numpy(dtype=bool)]:
            bad.setdefault(int(row), key)

    # Digits and punctuation typed full width (１２：００) mean the same; the text of a name stays as it is written.
    values: pd.Series = cells.map(partial(unicodedata.normalize, "NFC" if column.kind == "text" else "NFKC"))
    is_empty = cells == ""
    if column.required:
        mark(is_empty, "empty_value")
    match column.kind:
        case "number" | "whole":
            values = pd.to_numeric(values.where(~is_empty), errors="coerce").astype(float)
            mark(~is_empty & ~np.isfinite(values), "not_a_number")
            outside = "too_low" if np.isinf(column.high) else "out_of_range"
            mark((values < column.low) | (values > column.high), outside)
            if column.kind == "whole":
                mark(values.notna() & (values != values.round()), "not_whole")
            values = values.where(~values.index.isin(bad))
        case "hours":
            mark(~is_empty & ~values.map(_is_hours).astype(bool), "not_hours")
        case "names":
            values = values.map(split_names)
            if column.required:
                mark(values.map(len) == 0, "empty_value")
            if column.choices is not None:
                known = set(column.choices)
                mark(~values.map(known.issuperset).astype(bool), "unknown_name")
        case "text":
            if column.choices is not None:
                mark(~is_empty & ~values.isin(list(column.choices)), "unknown_name")
    if column.unique:
        mark(~is_empty & values.duplicated(keep="first"), "duplicate")
    about: dict[str, object] = {
        "low": f"{column.low:g}",
        "high": f"{column.high:g}",
        "known": ", ".join(column.choices or ()),
    }
    return values, first_faults(
        file, column.name, {row: Fault(file, key, row, column.name, cells[row], about) for row, key in bad.items()}
    )


def first_faults(file: str, column: str | None, faults: Mapping[int, Fault]) -> list[Fault]:
    """The faults of one column in the order of their rows; where there are very many, the first and a count."""
    shown = [faults[row] for row in sorted(faults)[:FAULTS_SHOWN_PER_COLUMN]]
    if (more := len(faults) - len(shown)) > 0:
        shown.append(Fault(file, "more_of_column", column=column, values={"count": more}))
    return shown


def split_names(text: str) -> tuple[str, ...]:
    """The names in a semicolon-separated list."""
    return tuple(name.strip() for name in text.replace("；", ";").split(";") if name.strip())


def _is_hours(text: str) -> bool:
    try:
        open_minutes(text)
    except ValueError:
        return False
    return True


def _empty(columns: Sequence[Column]) -> pd.DataFrame:
    return pd.DataFrame({c.name: pd.Series(dtype=float if c.kind in ("number", "whole") else object) for c in columns})
