"""The words of delivery records: what columns and kinds are called, and what marks a column as personal."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

# In a hundred thousand texts or in none: digits with nothing but other characters around them.
_MOBILE: Final = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d{9}(?!\d)")
_IDENTITY: Final = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{9}[\dXx](?!\d)")
_PLATE: Final = re.compile(
    r"^[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·\s]?[A-Z0-9]{5,6}$"
)
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
_SHARE_OF_NAMES: Final = 0.8
_FEWEST_NAMES: Final = 5


def plain(name: str) -> str:
    """A column's name or a kind as it is compared: without case, width, blanks and what stands in brackets."""
    name = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\s_\-]|\(.*?\)|\[.*?\]", "", name)


@cache
def columns_named() -> dict[str, frozenset[str]]:
    """The names that stand for each of ``time``, ``lon``, ``lat``, ``position`` and ``kind``."""
    return {role: frozenset(map(plain, names)) for role, names in _table()["columns"].items()}


@cache
def kinds_named() -> dict[str, tuple[str, ...]]:
    """The words that stand for each kind of delivery, the commonest first."""
    return {kind: tuple(words) for kind, words in _table()["kinds"].items()}


def personal_by_name(column: str) -> str | None:
    """What a column's name says it holds of persons (``"phone"``, ``"id"`` …), or ``None``."""
    name = plain(column)
    about_id = not any(name.startswith(area) for area in _table()["not_personal"]["area"])
    for what, patterns in _patterns().items():
        if (what not in ("id", "name") or about_id) and any(pattern.search(name) for pattern in patterns):
            return what
    return None


def personal_by_content(values: Iterable[str]) -> str | None:
    """What the values of a column hold of persons, whatever its name, or ``None``.

    One mobile number, one identity number with a right check digit, one e-mail address or one number plate is enough;
    names are told by their first letter, and only where four values in five look like one.
    """
    values = [text for value in values if (text := unicodedata.normalize("NFKC", value).strip())]
    for text in values:
        if any(_check_digit_is_right(found) for found in _IDENTITY.findall(text)):
            return "identity"
        if _MOBILE.search(text):
            return "phone"
        if _EMAIL.search(text):
            return "phone"
        if _PLATE.match(text):
            return "plate"
    return "name" if _are_names(values) else None


def _are_names(values: Sequence[str]) -> bool:
    """Two or three Chinese characters, or a first one and stars (张**), the first a surname."""
    surnames = _table()["surnames"]["common"]
    named = [v for v in values if re.fullmatch(r"[\u4e00-\u9fff][\u4e00-\u9fff*某]{1,2}", v) and v[0] in surnames]
    return len(set(named)) >= _FEWEST_NAMES and len(named) >= _SHARE_OF_NAMES * len(values)


def _check_digit_is_right(number: str) -> bool:
    """GB 11643-1999: weights 2^(17-i) modulo 11."""
    total = sum(int(digit) * (2 ** (17 - i) % 11) for i, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17].upper()


@cache
def _patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    return {what: tuple(map(re.compile, patterns)) for what, patterns in _table()["personal"].items()}


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
