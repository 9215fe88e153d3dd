"""A link as a QR code that a phone reads from a wall."""

from __future__ import annotations

import io
from typing import Final
from urllib.parse import urlsplit

from planner.errors import ArgumentError

# Version 10 has 57 modules a side: on 32 mm with its quiet zone each is half a millimetre.
_MOST_VERSION: Final = 10
# What a code of that version holds at the level of error correction M, in bytes.
MOST_BYTES: Final = 213
_QUIET_MODULES: Final = 4


def qr_svg(link: str) -> str:
    """An SVG of the QR code (ISO/IEC 18004, error correction M or better) of ``link``, with its quiet zone.

    Raises ``ArgumentError`` where ``link`` is no address of the web, or longer than ``MOST_BYTES``.
    """
    import segno

    check_link(link)
    out = io.BytesIO()
    code = segno.make_qr(link, error="m")
    code.save(out, kind="svg", border=_QUIET_MODULES, dark="#000000", light="#ffffff", xmldecl=False, nl=False)
    return out.getvalue().decode()


def check_link(link: str) -> None:
    """Raises as :func:`qr_svg` does."""
    try:
        parts = urlsplit(link)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and link.isprintable()
    except ValueError:
        is_address = False
    if not is_address or any(letter.isspace() for letter in link):
        raise ArgumentError("link_not_url", link=link if len(link) <= 80 else f"{link[:80]}…")
    if len(link.encode()) > MOST_BYTES:
        raise ArgumentError("link_too_long", count=len(link), most=MOST_BYTES)
