"""A folder for one session alone, gone when the session is."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path


class PrivateFolder:
    """A folder with a name that nobody can guess, which only this program's user may enter.

    It is removed with all it holds when nothing refers to this object any more, and at the latest when the program
    ends.
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="planner-"))  # made with mode 0700
        self._finalizer = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    def remove(self) -> None:
        """Remove the folder now."""
        self._finalizer()
