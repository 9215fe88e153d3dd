"""Text from an uploaded file without the characters that some kinds of file cannot hold."""

from __future__ import annotations

import re
from typing import Final

_NOT_PRINTED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """A text without what no page and no XML can hold: control characters, half surrogates and the two non-characters
    as U+FFFD; line ends as one kind.
    """
    return _NOT_PRINTED.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
