"""An .xls file → its sheets, read in a process of its own: a damaged one can bring the parser's whole process down.

Run as a script it reads the workbook on its standard input and writes what it holds to its standard output.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, Final

_LONGEST_S: Final = 120.0

RawSheet = tuple[str, Sequence[Sequence[Any]], Sequence[tuple[int, int, int, int]]]


def read_old_excel(content: bytes) -> list[RawSheet]:
    """The sheets that can be seen: name, rows of cells, and merged ranges (first row, column, last row, column from 0).

    Raises ``ValueError`` where the file is damaged.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-I", __file__], input=content, capture_output=True, timeout=_LONGEST_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ValueError("time") from error
    if done.returncode != 0:
        last = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
        raise ValueError(last[:200] if done.returncode == 1 else "damaged")
    sheets: list[RawSheet] = pickle.loads(done.stdout)
    return sheets


def _sheets(content: bytes) -> list[RawSheet]:
    import io

    import python_calamine as calamine

    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets: list[RawSheet] = []
    for about in book.sheets_metadata:
        if about.visible == calamine.SheetVisibleEnum.Visible and about.typ == calamine.SheetTypeEnum.WorkSheet:
            page = book.get_sheet_by_name(about.name)
            ranges = [(*first, *last) for first, last in page.merged_cell_ranges or ()]
            sheets.append((about.name, page.to_python(skip_empty_area=False), ranges))
    return sheets


if __name__ == "__main__":
    sys.stdout.buffer.write(pickle.dumps(_sheets(sys.stdin.buffer.read())))
