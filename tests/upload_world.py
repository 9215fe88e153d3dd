"""Files as they are uploaded, and the drafts that they make."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

from study_world import study_files

from planner.intake.uploads import Draft, add_uploads


def packed(members: dict[str, bytes | str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def village(**changes: str) -> list[tuple[str, bytes]]:
    """The files of the tiny study but study.toml; ``hosts_csv="…"`` changes one."""
    given = {name.rpartition("_")[0] + "." + name.rpartition("_")[2]: text for name, text in changes.items()}
    return [(name, text.encode()) for name, text in (study_files() | given).items() if name != "study.toml"]


def added(draft: Draft, *files: tuple[str, bytes]) -> Draft:
    draft, refused = add_uploads(draft, files)
    assert not refused
    return draft


def confirmed(draft: Draft, system: str = "wgs84") -> Draft:
    uploads = [replace(upload, crs=system) if upload.has_position else upload for upload in draft.uploads]
    return replace(draft, uploads=tuple(uploads))


def roles(draft: Draft) -> dict[str, str | None]:
    return {upload.file: upload.role for upload in draft.uploads}


def keys(faults) -> list[str]:
    return [fault.key for fault in faults]
