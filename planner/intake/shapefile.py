"""Shapefiles as offices send them: without .cpg, .prj or .shx, in GBK, with names and texts cut in mid-character.

GDAL reads the shapes. The table beside them (.dbf) is read here, as GDAL takes GBK for Latin letters without an error
where no .cpg says otherwise, and fails on a column name that ends in half a character.
"""

from __future__ import annotations

import codecs
import shutil
import struct
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from planner.errors import Fault
from planner.intake.encodings import encoding_of
from planner.intake.text import as_text

# The names that .cpg files and the language byte of a .dbf have for the encodings met in China.
_GB18030: Final = {"936", "gbk", "gb2312", "gb18030", "cp936", "ansi936", "ansi 936", "euc-cn", "chinese", "zhs16gbk"}
_UTF8: Final = {"utf-8", "utf8", "65001", "cp65001"}
_LANGUAGE_BYTES: Final = {0x4D: "gb18030", 0x78: "big5", 0x7B: "cp932", 0x79: "cp949", 0x03: "cp1252", 0x01: "cp437"}
# Of a name of this many bytes the rest may have been cut off: ten is the limit, nine are three characters of UTF-8.
_CUT_FROM_BYTES: Final = 9


def read_shapefile(path: Path) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """The shapes of a shapefile, in its own coordinates, with its columns as texts, and what is to be told of it.

    ``frame.attrs["cut"]`` names the columns whose name may have been cut short. Raises ``RuntimeError`` where GDAL
    cannot read the shapes, ``ValueError`` where the .dbf is damaged.
    """
    beside = {file.suffix.lower(): file for file in path.parent.iterdir() if file.stem == path.stem}
    with tempfile.TemporaryDirectory() as folder:
        # Without the .dbf; and a .shx that is missing is made, which needs a place to write.
        alone = Path(folder) / "shapes.shp"
        for suffix in (".shp", ".shx", ".prj"):
            if suffix in beside:
                shutil.copyfile(beside[suffix], alone.with_suffix(suffix))
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "YES"})
        try:
            frame = pyogrio.read_dataframe(alone, force_2d=True, on_invalid="ignore", columns=[])
        finally:
            pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})
    if not isinstance(frame, gpd.GeoDataFrame):
        frame = gpd.GeoDataFrame(geometry=[])
    if ".dbf" not in beside:
        return frame, [Fault(path.name, "no_dbf", severity="remark")]
    table = _read_dbf(beside[".dbf"].read_bytes())
    cpg = beside[".cpg"].read_text(encoding="ascii", errors="replace") if ".cpg" in beside else ""
    encoding, sure = _encoding(table, cpg)
    faults = []
    if encoding is None:
        return frame.iloc[:0], [Fault(path.name, "dbf_encoding")]
    if not sure:
        about: dict[str, object] = {"said": cpg.strip() or "—"}
        faults.append(Fault(path.name, "dbf_read_as", value=encoding.upper(), values=about, severity="remark"))
    texts = _texts(table, encoding)
    if len(texts) != len(frame):
        about = {"shapes": len(frame), "rows": len(texts)}
        return frame.iloc[:0], [Fault(path.name, "dbf_length", values=about)]
    kept = table.kept
    named = gpd.GeoDataFrame(
        texts[kept].reset_index(drop=True), geometry=frame.geometry.to_numpy()[kept], crs=frame.crs
    )
    named.attrs["cut"] = [name for name, field in zip(texts, table.fields, strict=True) if field.may_be_cut]
    return named, faults


@dataclass(frozen=True)
class _Field:
    name: bytes
    kind: str
    length: int

    @property
    def may_be_cut(self) -> bool:
        return len(self.name) >= _CUT_FROM_BYTES


@dataclass(frozen=True)
class _Table:
    """A .dbf as it is: the language byte, fields, the cells of each (records × fields) and which are not deleted."""

    language: int
    fields: Sequence[_Field]
    cells: np.ndarray
    kept: np.ndarray


def _read_dbf(content: bytes) -> _Table:
    """Raises ``ValueError`` where it is damaged."""
    if len(content) < 33:
        raise ValueError(".dbf")
    count, header_length, record_length = struct.unpack("<IHH", content[4:12])
    fields = []
    for at in range(32, header_length - 31, 32):
        if content[at : at + 1] in (b"\r", b""):
            break
        name = content[at : at + 11].split(b"\0")[0]
        kind, length = chr(content[at + 11]), content[at + 16]
        if kind == "C":
            length += 256 * content[at + 17]  # longer texts use the byte for decimals
        fields.append(_Field(name, kind, length))
    if 1 + sum(field.length for field in fields) > record_length or not fields or not all(f.length for f in fields):
        raise ValueError(".dbf")
    offsets = 1 + np.cumsum([0, *(field.length for field in fields[:-1])])
    record = np.dtype(
        {
            "names": ["deleted", *(str(i) for i in range(len(fields)))],
            "formats": ["S1", *(f"S{field.length}" for field in fields)],
            "offsets": [0, *offsets.tolist()],
            "itemsize": record_length,
        }
    )
    there = min(count, (len(content) - header_length) // record_length)
    cells = np.frombuffer(content, dtype=record, count=there, offset=header_length)
    return _Table(content[29], fields, cells, cells["deleted"] != b"*")


def _encoding(table: _Table, cpg: str) -> tuple[str | None, bool]:
    """The encoding of a table's texts, and whether it is the one that the file says (or does not matter)."""
    texts = _raw_texts(table)
    said = cpg.strip().lower().removeprefix("ldid/")
    if said in _UTF8:
        said = "utf-8"
    elif said in _GB18030:
        said = "gb18030"
    else:
        said = said or _LANGUAGE_BYTES.get(table.language, "")
    if all(text.isascii() for text, _ in texts):
        return "utf-8", True
    # What a file says of itself is often wrong (Latin letters above all), and UTF-8 and GBK tell themselves.
    if said in ("utf-8", "gb18030", "big5") and all(_decoded(text, said, full) is not None for text, full in texts):
        return said, True
    for encoding in ("utf-8", "gb18030"):
        decoded = [_decoded(text, encoding, full) for text, full in texts]
        if all(text is not None for text in decoded):
            try:
                if encoding_of([str(text).encode(encoding) for text in decoded]) == encoding:
                    return encoding, False
            except ValueError:
                continue
    return None, False


def _raw_texts(table: _Table) -> list[tuple[bytes, bool]]:
    """Every name and text, and whether it fills its place, so that its end may have been cut off."""
    texts = [(field.name, field.may_be_cut) for field in table.fields]
    for i, field in enumerate(table.fields):
        if field.kind == "C":
            raw = np.unique(table.cells[str(i)])
            texts += [(text.rstrip(b" \0"), len(text) == field.length) for text in raw]
    return texts


def _decoded(text: bytes, encoding: str, may_be_cut: bool) -> str | None:
    """The text without half a character at a cut end; None where it is not in this encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(text, final=not may_be_cut)
    except (UnicodeDecodeError, LookupError):
        return None


def _texts(table: _Table, encoding: str) -> pd.DataFrame:
    columns: dict[str, list[str]] = {}
    for i, field in enumerate(table.fields):
        name = (_decoded(field.name, encoding, field.may_be_cut) or "").strip() or f"field_{i + 1}"
        while name in columns or name == "geometry":
            name += "_"
        of_text = {raw: _shown(raw, field, encoding) for raw in np.unique(table.cells[str(i)])}
        columns[name] = [of_text[raw] for raw in table.cells[str(i)]]
    return pd.DataFrame(columns, dtype=str)


def _shown(raw: bytes, field: _Field, encoding: str) -> str:
    stripped = raw.strip(b" \0")
    if field.kind == "C":
        return _decoded(stripped, encoding, len(raw) == field.length) or ""
    text = stripped.decode("ascii", "replace")
    if field.kind in "NF":
        try:
            return as_text(float(text)) if "e" in text.lower() or "." in text else text.strip("*")
        except ValueError:
            return "" if set(text) <= {"*"} else text
    return "" if text == "?" else text
