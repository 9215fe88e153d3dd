"""A file of records as DuckDB can read it line by line: Parquet, or text in UTF-8 with one kind of line end."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Literal

from planner.density.names import columns_named, plain
from planner.errors import Fault

if TYPE_CHECKING:
    import duckdb

_CHUNK_BYTES: Final = 1 << 20  # a line must be shorter
_SAMPLE_BYTES: Final = 4 << 20
_SAMPLE_ROWS: Final = 10_000
# A merged title or two may stand above the header.
_HEADER_WITHIN: Final = 10
_DELIMITERS: Final = ",\t;|"


@dataclass(frozen=True)
class RecordFile:
    """A file with its columns. ``path`` is what is read: a clean copy where the file itself cannot be.

    ``types`` are DuckDB's; ``sample`` holds the texts of the first rows, column by column; the header stands in line
    ``header_row``, counted from 1, of a text file.
    """

    name: str
    path: Path
    form: Literal["csv", "parquet"]
    columns: tuple[str, ...]
    types: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    delimiter: str = ","
    header_row: int = 0


def open_records(path: Path, scratch: Path, connection: duckdb.DuckDBPyConnection) -> RecordFile | Fault:
    """The file, or what keeps it from being read. Clean copies of text files are made in ``scratch``."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
        if magic == b"PAR1":
            return _parquet(path, connection)
        if path.suffix.lower() == ".parquet":
            return Fault(path.name, "not_parquet", values={"reason": "PAR1"})
        return _text(path, scratch)
    except OSError as error:
        return Fault(path.name, "cannot_open", values={"reason": error.strerror or error})


def _parquet(path: Path, connection: duckdb.DuckDBPyConnection) -> RecordFile | Fault:
    import duckdb

    try:
        relation = connection.execute("SELECT * FROM read_parquet(?) LIMIT 0", [str(path)])
        named = [(str(column[0]), str(column[1])) for column in relation.description or ()]
        texts = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name, _ in named)
        rows = connection.execute(f"SELECT {texts} FROM read_parquet(?) LIMIT {_SAMPLE_ROWS}", [str(path)]).fetchall()
    except duckdb.Error as error:
        return Fault(path.name, "not_parquet", values={"reason": str(error).splitlines()[0]})
    sample = tuple(tuple(value or "" for value in column) for column in zip(*rows, strict=True))
    names, types = zip(*named, strict=True)
    return RecordFile(path.name, path, "parquet", names, types, sample or ((),) * len(names))


def quoted(name: str) -> str:
    """A column's name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def _text(path: Path, scratch: Path) -> RecordFile | Fault:
    encoding = _encoding(path)
    if encoding is None:
        return Fault(path.name, "not_utf8")
    clean = path
    if encoding != "utf-8":
        clean = scratch / f"{len(list(scratch.iterdir()))}.csv"
        _write_clean(path, clean, encoding.removesuffix(" mended"))
    with clean.open("rb") as file:
        head = file.read(_SAMPLE_BYTES).decode("utf-8-sig", errors="replace")
    lines = head.splitlines()
    if len(head.encode()) >= _SAMPLE_BYTES - 3:
        lines = lines[:-1]
    if not any(map(str.strip, lines)):
        return Fault(path.name, "empty_file")
    row, delimiter, header = _header(lines)
    if doubles := sorted({name for name in header if name and header.count(name) > 1}):
        return Fault(path.name, "column_twice", column=", ".join(doubles))
    rows = [cells for line in lines[row : row + _SAMPLE_ROWS] if len(cells := _cells(line, delimiter)) == len(header)]
    sample = tuple(zip(*rows, strict=True)) if rows else ((),) * len(header)
    return RecordFile(path.name, clean, "csv", header, ("VARCHAR",) * len(header), sample, delimiter, row)


def _header(lines: list[str]) -> tuple[int, str, tuple[str, ...]]:
    """The line, delimiter and cells of the header: the first line that names a time, else the first that is filled."""
    first = next(i for i, line in enumerate(lines) if line.strip())
    found = []
    for row, line in enumerate(lines[: first + _HEADER_WITHIN]):
        for delimiter in _DELIMITERS:
            cells = _cells(line, delimiter)
            if len(cells) > 1 and any(plain(cell) in columns_named()["time"] for cell in cells):
                found.append((row, -len(cells), delimiter))
    row = min(found)[0] if found else first
    delimiter = min(found)[2] if found else max(_DELIMITERS, key=lines[row].count)
    return row + 1, delimiter, tuple(cell.strip() for cell in _cells(lines[row], delimiter))


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _encoding(path: Path) -> str | None:
    """``"utf-8"`` for a file that can be read as it stands; otherwise what to decode it with into a clean copy."""
    with path.open("rb") as file:
        start = file.read(2)
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    with path.open("rb") as file:
        is_utf8, is_even = _is_clean_utf8(file)
    if is_utf8:
        return "utf-8" if is_even else "utf-8 mended"
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES)
    if b"\0" in head:
        return None
    # GB 18030 reads most bytes as something; lines of it with Chinese in them are hardly ever UTF-8.
    foreign = [line for line in head.splitlines()[:-1] or [head] if not line.isascii()]
    return "utf-8 mended" if 2 * sum(map(_is_utf8, foreign)) > len(foreign) else "gb18030"


def _is_clean_utf8(file: BinaryIO) -> tuple[bool, bool]:
    """Whether the file is UTF-8, and whether its lines have one kind of end and none is very long."""
    ends: set[bytes] = set()
    is_short, rest = True, b""
    while chunk := file.read(_CHUNK_BYTES):
        end = max(chunk.rfind(b"\n"), chunk[:-1].rfind(b"\r")) + 1
        is_short &= end > 0 or len(chunk) < _CHUNK_BYTES
        if not end and is_short:
            rest += chunk
            continue
        lines, rest = rest + chunk[:end], chunk[end:]
        if not _is_utf8(lines):
            return False, False
        ends |= _line_ends(lines)
    return _is_utf8(rest), is_short and len(ends | _line_ends(rest)) <= 1


def _is_utf8(text: bytes) -> bool:
    """Checked by Arrow several times as fast as by decoding."""
    import pyarrow as pa

    end = pa.array([0, len(text)], pa.int32()).buffers()[1]
    try:
        pa.Array.from_buffers(pa.string(), 1, [None, end, pa.py_buffer(text)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _line_ends(lines: bytes) -> set[bytes]:
    if b"\r" not in lines:
        return {b"\n"} if b"\n" in lines else set()
    both = lines.count(b"\r\n")
    counts = {b"\r\n": both, b"\r": lines.count(b"\r") - both, b"\n": lines.count(b"\n") - both}
    return {end for end, count in counts.items() if count}


def _write_clean(path: Path, copy: Path, encoding: str) -> None:
    """The text in UTF-8; what cannot be decoded becomes a mark that no value holds, so that its row is set aside."""
    with (
        path.open(encoding=encoding, errors="replace", newline=None) as text,
        copy.open("w", encoding="utf-8", newline="\n") as clean,
    ):
        for part in _short_lines(text):
            clean.write(part)


def _short_lines(text: Iterator[str]) -> Iterator[str]:
    """The lines, those of more than a hundred thousand characters cut off: no delivery is told in so many."""
    read = text.readline  # type: ignore[attr-defined]
    while line := read(100_000):
        yield line
        while not line.endswith("\n") and (rest := read(100_000)):
            if rest.endswith("\n"):
                yield "\n"
                break
