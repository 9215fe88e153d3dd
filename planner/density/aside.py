"""The file of rows that were set aside: where each stands and why, and nothing of what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.density.cleaning import REASONS, reason_columns
from planner.density.columns import Roles
from planner.words import Language, say

# Given a file's name, its columns, and rows by their number and the code of their reason.
SetAside = Callable[[str, Roles, NDArray[np.int64], NDArray[np.int8]], None]


@contextmanager
def set_aside_in(path: Path | None, language: Language) -> Iterator[SetAside]:
    """Writes rows into a CSV file with ``file``, ``row``, ``column`` and ``reason``; without a path, nowhere."""
    if path is None:
        yield lambda *_: None
        return
    import pyarrow as pa
    from pyarrow import csv

    schema = pa.schema({"file": pa.string(), "row": pa.int64(), "column": pa.string(), "reason": pa.string()})
    reasons = pa.array([say(f"density.reason_{reason}", language) for reason in REASONS])

    def write(file: str, roles: Roles, rows: NDArray[np.int64], codes: NDArray[np.int8]) -> None:
        number = pa.array(codes)
        files = pa.array([file]).take(pa.array(np.zeros(len(rows), dtype=np.int8)))
        columns = pa.array(reason_columns(roles)).take(number)
        writer.write_table(pa.table([files, pa.array(rows), columns, reasons.take(number)], schema=schema))

    with path.open("wb") as opened:
        opened.write(b"\xef\xbb\xbf")  # so that a spreadsheet reads Chinese
        with csv.CSVWriter(opened, schema) as writer:
            yield write
