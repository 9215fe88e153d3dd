"""The words that offices and platforms use for columns, units and values: ``columns.toml``."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any


@cache
def vocabulary(table: str) -> Mapping[str, Any]:
    """One table of ``columns.toml``."""
    content = tomllib.loads(Path(__file__).with_name("columns.toml").read_text(encoding="utf-8"))
    found: Mapping[str, Any] = content[table]
    return found


@cache
def units_of(column: str) -> Mapping[str, float]:
    """What one of each unit of a column counts, by the unit's plain name."""
    return {plain(unit): float(counts) for unit, counts in vocabulary("units").get(column, {}).items()}


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name without what does not tell it from another: case, spaces, hyphens, full width."""
    return re.sub(r"[\s_\-·.:'\"]", "", unicodedata.normalize("NFKC", name)).casefold()
