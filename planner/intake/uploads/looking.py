"""A look into a file: its sheets or layers, the columns of each, and which part of a study each could be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import geopandas as gpd

from planner.catalog import Catalog
from planner.errors import Fault
from planner.intake.columns import POSITION, columns_of
from planner.intake.header import find_header
from planner.intake.map_files import is_map_file, layers_of, open_shapes, records_of
from planner.intake.osm import OSM_SUFFIXES
from planner.intake.sheets import Sheet, read_sheets
from planner.intake.study_file import Files
from planner.intake.tables import with_positions_apart
from planner.intake.values import Column
from planner.intake.vocabulary import plain, vocabulary

ROLES: Final = tuple(Files.model_fields)
Shapes = Literal["", "point", "line", "polygon"]
_OF_SHAPES: Final[dict[Shapes, tuple[str, ...]]] = {
    "polygon": ("boundary", "grids", "communities", "restricted"),
    "line": ("streets",),
    "point": ("cells", "centres", "hosts", "appeals"),
    "": ("cells", "grid_totals", "centres", "hosts", "appeals", "checkins"),
}
# How much a word in the file's name counts against columns, and a column that is missing against one that is there.
_NAME_COUNTS, _MISSING_COUNTS = 4, 2


@dataclass(frozen=True)
class Part:
    """One sheet or layer of a file, or all there is of it.

    ``shapes`` is empty for a table; ``count`` are its rows or features; ``titles`` its own names of its columns.
    ``role`` is what it most likely is in a study, ``None`` where that cannot be told, and ``fit`` how well it fits.
    """

    name: str
    shapes: Shapes
    count: int
    titles: tuple[str, ...]
    role: str | None
    fit: int
    is_osm: bool = False


def look_into(path: Path, catalog: Catalog) -> tuple[tuple[Part, ...], list[Fault]]:
    """The parts of a file, and why there are none or what is to be told."""
    if path.name.lower().endswith(OSM_SUFFIXES):
        return (Part("", "line", 0, (), "streets", _NAME_COUNTS, is_osm=True),), []
    if not is_map_file(path):
        sheets, faults = read_sheets(path)
        return tuple(_table(path, sheet, catalog) for sheet in sheets), faults
    try:
        layers = layers_of(path)
    except (RuntimeError, ValueError, OSError) as error:
        reason = str(error).replace(str(path), path.name).split("\n")[0][:200]
        return (), [Fault(path.name, "shapes_unreadable", values={"reason": reason})]
    parts, faults = [], []
    for layer in layers:
        frame, found = open_shapes(path, layer=layer if len(layers) > 1 else None, in_degrees=False)
        faults += [fault for fault in found if fault.is_error]
        if not frame.empty:
            parts.append(_layer(path, layer if len(layers) > 1 else "", frame, catalog))
    return tuple(parts), [] if parts else faults


def could_be(part: Part) -> tuple[str, ...]:
    """The roles that a part can have by its shapes alone, the likeliest first."""
    if part.is_osm:
        return ("streets",)
    can = [role for role in ROLES if role in _OF_SHAPES[part.shapes]]
    if part.shapes == "":
        can += [role for role in _OF_SHAPES["polygon"] if "wkt" in _plain_columns(part.titles)]
    return tuple(sorted(can, key=lambda role: role != part.role))


def _layer(path: Path, name: str, frame: gpd.GeoDataFrame, catalog: Catalog) -> Part:
    kinds = frame.geometry.dropna().geom_type.str.removeprefix("Multi")
    usual = kinds.mode().iloc[0] if len(kinds) else "Polygon"
    shapes: Shapes = {"Point": "point", "LineString": "line"}.get(usual, "polygon")  # type: ignore[assignment]
    sheet = records_of(frame)
    role, fit = _likeliest(f"{path.stem} {name}", sheet, _OF_SHAPES[shapes], catalog, has_shapes=True)
    if shapes == "polygon" and role is None and len(frame) == 1:
        role = "boundary"
    if shapes == "line":
        role = "streets"
    return Part(name, shapes, len(frame), tuple(filter(None, sheet.rows[0])), role, fit)


def _table(path: Path, sheet: Sheet, catalog: Catalog) -> Part:
    roles = _OF_SHAPES[""]
    if not find_header("", sheet, [Column("wkt")], {})[1]:
        roles = _OF_SHAPES["polygon"]
    role, fit = _likeliest(f"{path.stem} {sheet.name}", sheet, roles, catalog)
    columns = columns_of(role, catalog) if role else [column for each in roles for column in columns_of(each, catalog)]
    header, _ = find_header("", sheet, [*columns, *POSITION], {})
    below = sum(row > header.row for row in sheet.rows)
    return Part(sheet.name, "", below, tuple(filter(None, header.titles)), role, fit)


def _likeliest(
    name: str, sheet: Sheet, roles: Sequence[str], catalog: Catalog, *, has_shapes: bool = False
) -> tuple[str | None, int]:
    """The role that a table fits best, and how well; none where no column and no word speaks for any."""
    fits = {role: _fit(role, sheet, catalog, has_shapes=has_shapes) + _named_for(role, name) for role in roles}
    best = max(fits, key=lambda role: fits[role])
    return (best, fits[best]) if fits[best] > 0 else (None, 0)


def _fit(role: str, sheet: Sheet, catalog: Catalog, *, has_shapes: bool) -> int:
    columns = columns_of(role, catalog)
    placed = not has_shapes and role in _OF_SHAPES["point"]
    sought = [*columns, *POSITION] if placed else columns
    if placed:
        sheet = with_positions_apart(sheet, sought, {})
    header, faults = find_header("", sheet, sought, {})
    absent = {fault.column for fault in faults if fault.key == "missing_column"}
    missing = sum(_MISSING_COUNTS if column.required else 1 for column in sought if column.name in absent)
    return len(header.place) - missing


def _named_for(role: str, name: str) -> int:
    return _NAME_COUNTS if any(plain(word) in plain(name) for word in vocabulary("roles")[role]) else 0


def _plain_columns(titles: Sequence[str]) -> set[str]:
    """The columns of positions and outlines that the titles name."""
    sheet = Sheet("", {1: list(titles)})
    columns = [Column("wkt"), *POSITION]
    return set(find_header("", sheet, columns, {})[0].place) if titles else set()
