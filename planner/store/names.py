"""The names, notes and people that come with what is saved."""

from __future__ import annotations

import unicodedata
from typing import Final

from planner.errors import ArgumentError

LONGEST_NAME: Final = 200


def checked_name(name: str) -> str:
    """A name as it is saved: without blanks around it, one way of writing each letter.

    Raises ``ArgumentError`` for an empty one, and one of more than 200 characters.
    """
    name = unicodedata.normalize("NFC", " ".join(checked_text(name).split()))
    if not 0 < len(name) <= LONGEST_NAME:
        raise ArgumentError("saved_name", name=name[:20], most=LONGEST_NAME)
    return name


def checked_person(person: str) -> str:
    """Who saves, as it is kept. Raises ``ArgumentError`` for nobody."""
    person = " ".join(checked_text(person).split())
    if not person:
        raise ArgumentError("saved_by_nobody")
    return person


def checked_text(text: str) -> str:
    """A text that both databases can hold: UTF-8 without the character 0. Raises ``ArgumentError`` for another."""
    if not is_writable(text):
        raise ArgumentError("saved_text", text=text.encode("utf-8", "replace").decode().replace("\0", "?")[:20])
    return text


def is_writable(text: str) -> bool:
    """Whether both databases can hold a text."""
    try:
        return b"\0" not in text.encode("utf-8")
    except UnicodeEncodeError:
        return False
