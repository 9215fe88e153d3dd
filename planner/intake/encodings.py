"""Bytes of unknown encoding → text, only where there is no doubt."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from typing import Final, Literal

Encoding = Literal["utf-8", "gb18030", "utf-16"]
# Of text that is Chinese, so many characters at least are in GB 2312, which holds the 6,763 in use; of Big5, Shift-JIS
# or Latin text read as GB 18030 about half are, the rest being characters that hardly anybody writes. (Korean and
# Cyrillic bytes are valid GB 2312 and cannot be told from it; no office in China sends them.)
_SHARE_IN_USE: Final = 0.8
_MARKS_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(content: bytes) -> tuple[str, Encoding]:
    """The text of a file and its encoding: UTF-8 with or without a mark, UTF-16 with one, or GB 18030 (GBK, GB 2312).

    Raises ``ValueError`` where it is none of these beyond doubt.
    """
    if content.startswith(_MARKS_16):
        return content.decode("utf-16"), "utf-16"
    encoding = encoding_of([content])
    text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    if "\0" in text:  # UTF-16 without its mark, or not text at all
        raise ValueError("not text")
    return text, encoding


def encoding_of(texts: Iterable[bytes]) -> Literal["utf-8", "gb18030"]:
    """The one encoding in which all of ``texts`` can be read. Raises ``ValueError`` where there is none."""
    texts = list(texts)
    try:
        for text in texts:
            text.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        if _is_chinese("".join(text.decode("gb18030") for text in texts)):
            return "gb18030"
    except UnicodeDecodeError:
        pass
    raise ValueError("neither UTF-8 nor GB 18030")


def _is_chinese(text: str) -> bool:
    """Whether text that was read as GB 18030 is what somebody would write, rather than another encoding misread."""
    foreign = [letter for letter in text if letter > "\x7f"]
    in_use = sum(1 for letter in foreign if _is_in_gb2312(letter))
    return in_use >= _SHARE_IN_USE * len(foreign) and any("\u4e00" <= letter <= "\u9fff" for letter in foreign)


def _is_in_gb2312(letter: str) -> bool:
    try:
        code = letter.encode("gb2312")
    except UnicodeEncodeError:
        return letter in "·—～㎡²³€№"  # written every day, but outside GB 2312 as Python has it
    # Beside the characters, only the punctuation and the full-width letters of that standard are met in tables.
    return code[0] in (0xA1, 0xA2, 0xA3) or 0xB0 <= code[0] <= 0xF7
