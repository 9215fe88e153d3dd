"""The files of a saved study written out into a folder: whole and as they were saved, or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from planner.errors import OutputError, PlannerError
from planner.store.contents import digest_of

# More processes than this never put the same folder in its place at the same moment.
_ATTEMPTS: Final = 20


def write_out(folder: Path, digests: Mapping[str, str], read: Callable[[str, str], bytes]) -> None:
    """Make ``folder`` hold exactly the files of ``digests`` (path → digest); one that does is left as it is.

    ``read(path, digest)`` gives the content of a file. A reader of the folder never sees half of it: the files are
    written beside it and put in its place at once.

    Raises ``OutputError`` where it cannot be written, and what ``read`` raises.
    """
    if _holds(folder, digests):
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".writing-") as aside:
            fresh = Path(aside) / "fresh"
            for path, digest in digests.items():
                file = fresh / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(read(path, digest))
            _put(fresh, folder, digests, Path(aside))
    except PlannerError:
        raise
    except OSError as error:
        raise OutputError("output_failed", path=folder, reason=error.strerror or error) from error


def _put(fresh: Path, folder: Path, digests: Mapping[str, str], aside: Path) -> None:
    """Move ``fresh`` to ``folder``; what stands there goes aside, unless another has put the same there meanwhile."""
    for attempt in range(_ATTEMPTS):
        try:
            fresh.rename(folder)
            return
        except OSError:
            if _holds(folder, digests):
                return
            if attempt == _ATTEMPTS - 1:
                raise
        with suppress(FileNotFoundError):  # another has moved it aside
            folder.rename(aside / f"old-{attempt}")


def _holds(folder: Path, digests: Mapping[str, str]) -> bool:
    """Whether a folder has these files, unchanged, and no others: a stray .prj would move a map."""
    if not folder.is_dir():
        return False
    there = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if not file.is_dir()}
    return there.keys() == digests.keys() and all(
        digest_of(file.read_bytes()) == digests[path] for path, file in there.items()
    )
