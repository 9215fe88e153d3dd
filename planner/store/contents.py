"""The bytes of saved files: named by their digest, packed where that saves room, checked when they are read."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

from planner.catalog import CATALOG_NAME, shipped_catalog
from planner.errors import ArgumentError
from planner.intake.study_file import FILE_NAME
from planner.store.names import is_writable

# Both databases hold less than 1 GB in one place, and a street's largest file is a few hundredths of that.
MOST_BYTES: Final = 500 * 10**6
_LONGEST_PATH_BYTES: Final = 1000
_ID_LENGTH: Final = 32
# Packing all of a large file to learn that it does not get smaller takes seconds; its beginning tells.
_TRIED_BYTES: Final = 2**16
_WORTHWHILE: Final = 0.95


def complete(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a study, with the shipped catalog where they bring none, in the order of their paths.

    Raises ``ArgumentError`` for a path that leads out of the folder, a file too large, or no ``study.toml``.
    """
    for path, content in files.items():
        if not is_safe_path(path):
            raise ArgumentError("saved_path", file=path)
        if len(content) > MOST_BYTES:
            raise ArgumentError("saved_file_too_large", file=path, most_mb=MOST_BYTES // 10**6)
    if FILE_NAME not in files:
        raise ArgumentError("saved_without_study_file", file=FILE_NAME)
    return dict(sorted(({CATALOG_NAME: shipped_catalog()} | dict(files)).items()))


def is_safe_path(path: str) -> bool:
    """Whether a path stays below its folder on every system, and can be written into a database."""
    for kind in (PurePosixPath, PureWindowsPath):
        parts = kind(path)
        if parts.anchor or ".." in parts.parts or parts.name == "":
            return False
    return is_writable(path) and path == PurePosixPath(path).as_posix() and len(path.encode()) <= _LONGEST_PATH_BYTES


def digest_of(content: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def version_of(digests: Mapping[str, str]) -> str:
    """The id of a study: the same for the same paths with the same contents, in whatever order."""
    return digest_of(json.dumps(sorted(digests.items())).encode())[:_ID_LENGTH]


def pack(content: bytes) -> tuple[str, bytes]:
    """How the bytes are packed, and the packed bytes; what does not get smaller (a .pbf, a .zip) stays as it is."""
    start = content[:_TRIED_BYTES]
    if len(zlib.compress(start)) > _WORTHWHILE * len(start):
        return "", content
    return "zlib", zlib.compress(content)


def unpack(packing: str, packed: bytes) -> bytes | None:
    """What :func:`pack` was given; None where the bytes cannot be unpacked."""
    try:
        return zlib.decompress(packed) if packing == "zlib" else packed
    except zlib.error:
        return None
