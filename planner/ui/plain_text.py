"""Text from a file is never markup: what Streamlit reads as Markdown is made plain first."""

from __future__ import annotations

import re
from typing import Final

_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: object) -> str:
    """``text`` as Markdown that shows it letter for letter, on one line."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(str(text).split()))
