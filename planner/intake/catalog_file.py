"""The catalog of a study: its own ``catalog.toml`` or the shipped one, with what ``study.toml`` says laid over it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planner.catalog import CATALOG_NAME, Catalog, load_catalog
from planner.errors import StudyError
from planner.intake.study_file import FILE_NAME, read_toml, setting_faults


def read_catalog(folder: Path, overrides: Mapping[str, Any]) -> Catalog:
    """The catalog by which the study in ``folder`` is planned.

    Raises ``StudyError`` with the faults of ``catalog.toml``, or of the tables that ``study.toml`` lays over it.
    """
    own = read_toml(folder, CATALOG_NAME) if (folder / CATALOG_NAME).is_file() else None
    if own is not None:
        _checked(folder, CATALOG_NAME, own)
    return _checked(folder, FILE_NAME, own, overrides, table="catalog")


def _checked(
    folder: Path, file: str, own: Mapping[str, Any] | None, overrides: Mapping[str, Any] | None = None, table: str = ""
) -> Catalog:
    try:
        return load_catalog(overrides, below=own)
    except ValidationError as error:
        raise StudyError(folder.name, setting_faults(file, error, below=table)) from error
