"""The files that belong to another one: a shapefile is a table, an index and a projection beside its ``.shp``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_BESIDE: Final = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
    ".gml": (".xsd", ".gfs"),
}


def files_beside(path: Path) -> list[Path]:
    """The files in the folder of ``path`` without which it would be read otherwise, in the order of their names."""
    suffixes = _BESIDE.get(path.suffix.lower(), ())
    if not suffixes:
        return []
    return sorted(file for file in path.parent.iterdir() if file.stem == path.stem and file.suffix.lower() in suffixes)
