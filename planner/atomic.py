"""Files written together: all of them complete and in their places, or all that was there as it was."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from planner.errors import OutputError, PlannerError


def write_together(folder: Path, write: Callable[[Path], None]) -> list[Path]:
    """The files that ``write`` put into the folder it was given, moved into ``folder``; that is made if missing.

    Raises ``OutputError`` where a file cannot be written: files of the same names are then as they were.
    """
    from pyogrio.errors import DataLayerError, DataSourceError

    made: list[Path] = []
    try:
        made = [place for place in (folder, *folder.parents) if not place.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as aside:
            fresh, old = Path(aside) / "new", Path(aside) / "old"
            fresh.mkdir()
            old.mkdir()
            write(fresh)
            return _move_into_place(fresh, folder, old)
    except PlannerError:
        _remove_empty(made)
        raise
    except (OSError, DataSourceError, DataLayerError) as error:
        _remove_empty(made)
        raise OutputError("output_failed", path=folder, reason=_reason(error)) from error
    except BaseException:
        _remove_empty(made)
        raise


def _move_into_place(fresh: Path, folder: Path, old: Path) -> list[Path]:
    """Every fresh file in its place, or, where one cannot be replaced, all old files back in theirs.

    A file that is open in a spreadsheet program cannot be replaced on Windows.
    """
    moved: list[Path] = []
    try:
        for file in sorted(fresh.iterdir()):
            target = folder / file.name
            if target.is_file():
                shutil.copy2(target, old / file.name)
            file.replace(target)
            moved.append(target)
    except OSError:
        for target in moved:
            if (old / target.name).exists():
                (old / target.name).replace(target)
            else:
                target.unlink()
        raise
    return moved


def _remove_empty(folders: Sequence[Path]) -> None:
    """Take back the folders that were made for a report that failed."""
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error)) or type(error).__name__
