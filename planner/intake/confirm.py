"""The coordinate systems that were worked out, written into ``study.toml`` where they are clear."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from planner.errors import Fault, OutputError
from planner.intake.study_file import FILE_NAME

_BOM: Final = b"\xef\xbb\xbf"


def confirm_systems(folder: Path, faults: Iterable[Fault]) -> dict[str, str]:
    """Write the system that each ``crs_not_stated`` fault proposes into ``folder``'s study.toml.

    The result is the system by the role of the file (``{"hosts": "gcj02"}``). Everything else in the file stays as it
    is, byte for byte: comments, order, line ends. Faults that propose nothing, or nothing clear, are passed over.

    Raises ``OutputError`` where the file cannot be written; it is then unchanged.
    """
    import tomlkit

    proposed = {str(f.values["role"]): str(f.values["best"]) for f in faults if f.key == "crs_not_stated"}
    if not proposed:
        return {}
    path = folder / FILE_NAME
    content = path.read_bytes()
    mark = _BOM if content.startswith(_BOM) else b""
    document = tomlkit.parse(content.removeprefix(_BOM).decode("utf-8"))
    for role, system in proposed.items():
        entry, value = document["files"][role], tomlkit.string(system)
        if entry.as_string().endswith(" }"):
            value.trivia.trail = " "  # which tomlkit takes from the value that was last
        entry["crs"] = value
    new = path.with_name(FILE_NAME + ".new")
    try:
        new.write_bytes(mark + tomlkit.dumps(document).encode("utf-8"))
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise OutputError("output_failed", path=path, reason=error.strerror or error) from error
    return proposed
