"""Text from an uploaded file without the characters that some kinds of file cannot hold."""

from __future__ import annotations

import re
from typing import Final

# XML 1.0 holds no other control characters, no halves of surrogate pairs and neither of the two non-characters.
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """The text as typed, with U+FFFD for each character that XML cannot hold."""
    return _NO_XML.sub("\ufffd", text)
