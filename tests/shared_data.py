"""Real data that is not part of the project: where it is absent, a test that needs it is skipped."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent.parent / "shared" / "data"


def shared_data(name: str) -> Path:
    """The path of a real file or folder; skips the test where it is not there."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"needs ../shared/data: {name} is not there")
    return path
