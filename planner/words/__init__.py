"""Every word shown to a person, in Chinese and in English.

The folders ``zh`` and ``en`` hold a file for each room, with the same keys; a test finds a key that one of them lacks.
What a study or the catalog says of itself (the name of a street, of a service) is a :class:`Text` and carries both
languages with it.
"""

from __future__ import annotations

import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, model_validator

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


class Text(BaseModel):
    """A text in both languages; one plain string stands for both."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    zh: str
    en: str

    @model_validator(mode="before")
    @classmethod
    def _from_plain_string(cls, value: object) -> object:
        return {"zh": value, "en": value} if isinstance(value, str) else value

    def in_language(self, language: Language) -> str:
        """The text in one language."""
        return self.zh if language == "zh" else self.en


def say(key: str, language: Language | None = None, **values: object) -> str:
    """The words under ``key`` in ``language`` (by default the reader's), with ``{names}`` filled in from ``values``.

    Raises ``KeyError`` for a key that is not in the dictionary: that is a fault of the program, not of its user.
    """
    language = language or reader_language()
    values = {k: v.in_language(language) if isinstance(v, Text) else v for k, v in values.items()}
    return dictionary(language)[key].format(**values)


def reader_language() -> Language:
    """``PLANNER_LANG`` if set, else English where the system's locale is English, else Chinese."""
    for variable in ("PLANNER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        wish = os.environ.get(variable, "")
        if wish:
            return "en" if wish.lower().startswith("en") else "zh"
    return "zh"


@cache
def dictionary(language: Language) -> dict[str, str]:
    """All words of one language, by dotted key: ``room.key``, the room being the file's name."""
    return {
        f"{file.stem}.{key}": words
        for file in sorted(Path(__file__).with_name(language).glob("*.toml"))
        for key, words in tomllib.loads(file.read_text(encoding="utf-8")).items()
    }
