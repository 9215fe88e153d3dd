"""A table as it is printed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PrintedTable:
    """Headings and rows as texts: ``numeric`` tells which columns stand to the right."""

    heads: list[str]
    rows: list[list[str]]
    numeric: frozenset[int] = frozenset()
