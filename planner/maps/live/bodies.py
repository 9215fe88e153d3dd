"""What is sent to the browser at most once: content, its digest and its packed bytes."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any


@dataclass(frozen=True)
class Body:
    """Plain content, told apart from every other by ``digest``; ``packed`` is its JSON, deflated (RFC 1950)."""

    digest: str
    packed: bytes

    def content(self) -> Any:
        """What was packed."""
        return json.loads(zlib.decompress(self.packed))


def body_of(content: object) -> Body:
    """``content`` (what JSON can hold) as a body; equal content has an equal digest."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return Body(digest=blake2b(text, digest_size=12).hexdigest(), packed=zlib.compress(text))
