"""CSV tables → typed frames; every fault of a file at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pandas as pd

from planner.errors import Fault
from planner.hours import open_minutes

HEADER_ROWS: Final = 1
FAULTS_SHOWN_PER_COLUMN: Final = 20


@dataclass(frozen=True)
class Column:
    """What a column must hold. ``names`` is a list separated by semicolons; ``low`` and ``high`` are inclusive."""

    name: str
    kind: Literal["text", "number", "whole", "hours", "names"] = "text"
    required: bool = True
    low: float = -np.inf
    high: float = np.inf
    choices: Collection[str] | None = None
    unique: bool = False


def read_table(path: Path, columns: Sequence[Column]) -> tuple[pd.DataFrame, list[Fault]]:
    """The table with its columns typed, and its faults; its index is the spreadsheet row of each record.

    Where the file cannot be read as a table at all the frame is empty. Columns that are not asked for are left out.
    """
    try:
        raw = pd.read_csv(
            path, dtype=str, keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False, on_bad_lines="error"
        ).fillna("")
    except UnicodeDecodeError:
        return _empty(columns), [Fault(path.name, "not_utf8")]
    except pd.errors.EmptyDataError:
        return _empty(columns), [Fault(path.name, "empty_file")]
    except pd.errors.ParserError as error:
        return _empty(columns), [Fault(path.name, "not_a_table", values={"reason": str(error).strip()[-120:]})]
    raw.columns = raw.columns.str.strip()
    raw.index = raw.index + 1 + HEADER_ROWS
    raw = raw[(raw != "").any(axis=1)].apply(lambda column: column.str.strip())
    missing = [c for c in columns if c.name not in raw.columns]
    faults = [
        Fault(path.name, "missing_column", column=c.name, values={"there": ", ".join(raw.columns)}) for c in missing
    ]
    if missing:
        return _empty(columns), faults
    typed = {}
    for column in columns:
        typed[column.name], found = _typed(path.name, column, raw[column.name])
        faults += found
    return pd.DataFrame(typed, index=raw.index), faults


def _typed(file: str, column: Column, cells: pd.Series[str]) -> tuple[pd.Series, list[Fault]]:
    bad: dict[int, str] = {}

    def mark(where: pd.Series[bool], key: str) -> None:
        for row in cells.index[where.to_numpy(dtype=bool)]:
            bad.setdefault(int(row), key)

    values: pd.Series = cells
    is_empty = cells == ""
    if column.required:
        mark(is_empty, "empty_value")
    match column.kind:
        case "number" | "whole":
            values = pd.to_numeric(cells.where(~is_empty), errors="coerce").astype(float)
            mark(~is_empty & values.isin([np.inf, -np.inf, np.nan]), "not_a_number")
            mark((values < column.low) | (values > column.high), "out_of_range")
            if column.kind == "whole":
                mark(values.notna() & (values != values.round()), "not_whole")
        case "hours":
            mark(~is_empty & ~cells.map(_is_readable(open_minutes)), "not_hours")
        case "names":
            values = cells.map(split_names)
            if column.choices is not None:
                known = set(column.choices)
                mark(values.map(lambda names: not known.issuperset(names)), "unknown_name")
        case "text":
            values = cells.map(lambda text: unicodedata.normalize("NFC", text))
            if column.choices is not None:
                mark(~is_empty & ~values.isin(list(column.choices)), "unknown_name")
    if column.unique:
        mark(~is_empty & cells.duplicated(keep="first"), "duplicate")
    known_text = ", ".join(column.choices or ())
    faults = [
        Fault(
            file, key, row, column.name, cells.loc[row], {"low": column.low, "high": column.high, "known": known_text}
        )
        for row, key in sorted(bad.items())[:FAULTS_SHOWN_PER_COLUMN]
    ]
    if len(bad) > FAULTS_SHOWN_PER_COLUMN:
        more = len(bad) - FAULTS_SHOWN_PER_COLUMN
        faults.append(Fault(file, "more_of_column", column=column.name, values={"count": more}))
    return values, faults


def split_names(text: str) -> tuple[str, ...]:
    """The names in a semicolon-separated list."""
    return tuple(name.strip() for name in text.replace("；", ";").split(";") if name.strip())


def _is_readable(read: Callable[[str], object]) -> Callable[[str], bool]:
    def attempt(text: str) -> bool:
        try:
            read(text)
        except ValueError:
            return False
        return True

    return attempt


def _empty(columns: Sequence[Column]) -> pd.DataFrame:
    return pd.DataFrame({c.name: pd.Series(dtype=float if c.kind in ("number", "whole") else object) for c in columns})
