"""Codes that spreadsheets have turned into numbers: read back where it is certain what they were."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Final

from planner.errors import Fault

_ROUNDED: Final = re.compile(r"\d(\.\d+)?e\+?\d+", re.IGNORECASE)
_DATE: Final = re.compile(
    r"\d{1,2}月\d{1,2}日?|\d{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-\d{1,2}|\d{4}-\d{2}-\d{2}( 00:00(:00)?)?"
)


def read_codes(
    file: str, title: str, cells: Mapping[int, str], *, known: Collection[str] | None = None
) -> tuple[dict[int, str], dict[int, str], list[Fault]]:
    """Codes as texts by row, the key of each row's fault, and a remark where zeros were put back.

    Zeros that a spreadsheet took from the front come back where the other codes tell how long one is: ``known`` (the
    codes there are, of which it must be one), or the codes of this column that kept theirs.
    """
    codes = {row: _as_written(cell) for row, cell in cells.items()}
    bad: dict[int, str] = {}
    for row, code in codes.items():
        if _ROUNDED.fullmatch(code):
            bad[row] = "code_rounded"
        elif _DATE.fullmatch(code):
            bad[row] = "code_is_date"
    whole = {row: code for row, code in codes.items() if code and row not in bad}
    mended = _from_each_other(whole) if known is None else _from_known(whole, known)
    if known is None:
        there = set(whole.values())
        clash = {row for row, code in mended.items() if code in there}
        bad |= dict.fromkeys(clash, "code_clash")
        mended = {row: code for row, code in mended.items() if row not in clash}
    remarks = []
    if mended:
        first = min(mended)
        about = {"count": len(mended), "code": mended[first]}
        remarks.append(Fault(file, "zeros_back", None, title, cells[first], about, "remark"))
    elif known is None and _may_lack_zeros(whole):
        about = {"low": min(map(len, whole.values())), "high": max(map(len, whole.values()))}
        remarks.append(Fault(file, "zeros_unclear", None, title, None, about, "remark"))
    codes |= mended
    if known is not None:
        there = set(known)
        bad |= {row: "unknown_code" for row in whole if codes[row] not in there}
    return codes, bad, remarks


def _as_written(cell: str) -> str:
    """A code without what a spreadsheet put to it: the apostrophe that makes it text, the .0 of a number."""
    code = unicodedata.normalize("NFKC", cell).strip().lstrip("'’‘`")
    return re.sub(r"^(\d+)\.0+$", r"\1", code).strip()


def _from_known(codes: Mapping[int, str], known: Collection[str]) -> dict[int, str]:
    """The one known code that each unknown one is but for zeros in front."""
    there = set(known)
    of_number: dict[str, list[str]] = {}
    for code in there:
        of_number.setdefault(code.lstrip("0"), []).append(code)
    mended = {}
    for row, code in codes.items():
        if _is_digits(code) and code not in there:
            same = [other for other in of_number.get(code.lstrip("0"), ()) if len(other) > len(code)]
            if len(same) == 1:
                mended[row] = same[0]
    return mended


def _from_each_other(codes: Mapping[int, str]) -> dict[int, str]:
    """Digits filled up with zeros to the one length of those codes that begin with a zero."""
    digits = {row: code for row, code in codes.items() if _is_digits(code)}
    lengths = {len(code) for code in digits.values() if code.startswith("0") and len(code) > 1}
    if len(lengths) != 1:
        return {}
    (length,) = lengths
    if any(len(code) > length for code in digits.values()):
        return {}
    return {row: code.zfill(length) for row, code in digits.items() if len(code) < length}


def _may_lack_zeros(codes: Mapping[int, str]) -> bool:
    """Whether all are digits, of lengths that differ though they are no running numbers."""
    if not codes or not all(map(_is_digits, codes.values())) or len(set(map(len, codes.values()))) == 1:
        return False
    numbers = {int(code) for code in codes.values()}
    return max(numbers) > 10 * len(numbers)


def _is_digits(code: str) -> bool:
    return code.isascii() and code.isdigit()
