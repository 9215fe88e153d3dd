"""Where the files that come with the planner stand: the page program, its settings and the demo street.

An installed planner carries them in ``planner/shipped``; in a checkout they stand at the top level.
"""

from __future__ import annotations

from pathlib import Path

from planner.errors import MissingFileError


def shipped(name: str) -> Path:
    """The path of a shipped file or folder, such as ``"app.py"`` or ``"data/demo"``.

    Raises ``MissingFileError`` where this installation lacks it.
    """
    package = Path(__file__).parent
    for root in (package / "shipped", package.parent):
        if (root / name).exists():
            return root / name
    raise MissingFileError("no_file", path=name)
