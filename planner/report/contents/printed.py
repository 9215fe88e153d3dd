"""Texts and tables as they are printed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class PrintedTable:
    """Headings and rows as texts: ``numeric`` tells which columns stand to the right."""

    heads: list[str]
    rows: list[list[str]]
    numeric: frozenset[int] = frozenset()


def shortened(text: str, most_em: float) -> str:
    """A text in one line and no wider than ``most_em``, with an ellipsis where it was cut."""
    line = " ".join(text.split())
    if width_em(line) <= most_em:
        return line
    kept = ""
    for letter in line:
        if width_em(kept) + width_em(letter) + 1.0 > most_em:
            break
        kept += letter
    return kept.rstrip() + "…"


def width_em(text: str) -> float:
    """About how wide a text is, in ems."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.56 for c in text)
