"""A draft → a study: the study.toml that makes one of its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from planner.catalog import load_catalog
from planner.intake.study_file import FILE_NAME, FileEntry
from planner.intake.uploads.draft import Draft
from planner.words import LANGUAGES, Text, say


def write_study_file(draft: Draft) -> Path:
    """Writes ``study.toml`` beside the uploads; the path of it.

    Scenarios, demand, catalog and city grids are those of the study.toml that came with the files; without one there
    is one scenario, a few new sites of every service.
    """
    import tomlkit

    said: dict[str, Any] = {"name": draft.name}
    kept = draft.settings
    if kept is not None and draft.name == kept.name.zh:
        said["name"] = _plain(kept.name.model_dump())
    if kept is not None and kept.made_up:
        said["made_up"] = True
    said["files"] = {role: _said_of(upload.entry()) for role, upload in draft.by_role.items()}
    if kept is None:
        said["scenarios"] = {"base": _first_scenario()}
    else:
        rest = kept.model_dump(exclude={"name", "made_up", "files"}, exclude_defaults=True, exclude_none=True)
        said |= _plain(rest)
    path = draft.folder / FILE_NAME
    new = path.with_name(f"{FILE_NAME}.new")
    new.write_text(tomlkit.dumps(said), encoding="utf-8")
    new.replace(path)
    return path


def _said_of(entry: FileEntry) -> dict[str, Any]:
    plain: dict[str, Any] = _plain(entry.model_dump(exclude_defaults=True, exclude_none=True))
    return {"path": entry.path, **plain}


def _plain(value: Any) -> Any:
    """What TOML can say: lists in place of tuples, nothing where there is None."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return value


def _first_scenario() -> dict[str, Any]:
    catalog = load_catalog()
    name = Text.model_validate({language: say("new.base", language) for language in LANGUAGES})
    services = {service: {"site_limit": catalog.estimate.new_sites} for service in catalog.usual_services()}
    return {"name": name.model_dump(), "services": services}
