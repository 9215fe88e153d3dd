"""Zip files from anywhere, unpacked for reading: names in GBK, folders within, nothing written outside."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from planner.intake.encodings import decode

# More than a street's files ever hold; a small file may swell to fill the disc.
_MOST_BYTES: Final = 2 * 10**9
_MOST_FILES: Final = 2000
_NAME_IS_UTF8: Final = 0x800


@contextmanager
def unpacked(path: Path) -> Iterator[list[Path]]:
    """The files of an archive on the disc for as long as the context lasts; those of one folder stay together.

    Raises ``ValueError`` where it is damaged, too large or locked with a password.
    """
    with tempfile.TemporaryDirectory() as home:
        try:
            with zipfile.ZipFile(path) as archive:
                members = [info for info in archive.infolist() if not info.is_dir()]
                if sum(info.file_size for info in members) > _MOST_BYTES or len(members) > _MOST_FILES:
                    raise ValueError("too large")
                files = []
                folders: dict[str, Path] = {}
                for info in members:
                    name = PurePosixPath(member_name(info).replace("\\", "/"))
                    if name.name.startswith(".") or "__MACOSX" in name.parts:
                        continue
                    folder = folders.setdefault(str(name.parent), Path(home) / str(len(folders)))
                    folder.mkdir(exist_ok=True)
                    target = folder / name.name.replace(":", "_")
                    target.write_bytes(archive.read(info))
                    files.append(target)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
            raise ValueError(str(error).split("\n")[0][:200]) from error
        yield sorted(files)


def member_name(info: zipfile.ZipInfo) -> str:
    """A member's name; Chinese Windows writes GBK without saying so, which the format takes for the letters of DOS."""
    if info.flag_bits & _NAME_IS_UTF8:
        return info.filename
    try:
        return decode(info.filename.encode("cp437"))[0]
    except ValueError:
        return info.filename
