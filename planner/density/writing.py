"""A density as files: what a study reads, what a map shows, what was set aside and how all of it was made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pyogrio

from planner.atomic import write_together
from planner.density.counting import Progress, count_deliveries
from planner.density.publishing import Density, publish
from planner.density.rules import Rules
from planner.words import Language, reader_language, say


def write_density(
    files: Sequence[str | Path],
    folder: str | Path,
    rules: Rules,
    *,
    language: Language | None = None,
    progress: Progress | None = None,
) -> tuple[Density, list[Path]]:
    """What may be shown of the deliveries in ``files``, and the files written into ``folder``.

    ``cells.csv`` (for polygons ``grid_totals.csv``) is ready for a study; ``cells.geojson`` is the same as a map, in
    WGS-84; ``set_aside.csv`` has file, row, column and reason of each row that was not counted; ``density.json`` tells
    how the figures were made. All are moved into place once every one is complete.

    Raises what :func:`count_deliveries` and :func:`publish` raise, and ``OutputError`` where a file cannot be written.
    """
    spoken = language or reader_language()
    made: list[Density] = []

    def write(fresh: Path) -> None:
        tally = count_deliveries(files, rules, set_aside=fresh / "set_aside.csv", language=spoken, progress=progress)
        found = publish(tally)
        made.append(found)
        number_format = {"encoding": "utf-8", "lineterminator": "\n", "float_format": "%.10g"}
        found.rows.to_csv(fresh / table_name(found), index=False, **number_format)  # type: ignore[call-overload]
        pyogrio.write_dataframe(
            found.shapes, fresh / "cells.geojson", driver="GeoJSON", geometry_type="Unknown", COORDINATE_PRECISION=7
        )
        text = json.dumps(_account(found, rules, spoken), ensure_ascii=False, indent=2)
        (fresh / "density.json").write_text(text + "\n", encoding="utf-8", newline="\n")

    written = write_together(Path(folder), write)
    return made[0], written


def table_name(density: Density) -> str:
    """The file that a study reads."""
    return "grid_totals.csv" if density.by_polygon else "cells.csv"


def study_line(density: Density) -> str | None:
    """The line that ``[files]`` of study.toml needs; ``None`` for hexagons, which no study reads."""
    source = f'source = "planner density, {density.first_day} – {density.last_day}"'
    if density.by_polygon:
        return f'grid_totals = {{ path = "grid_totals.csv", {source} }}'
    if density.cell_size_m is None:
        return None
    return f'cells = {{ path = "cells.csv", crs = "wgs84", cell_size_m = {density.cell_size_m:g}, {source} }}'


def _account(density: Density, rules: Rules, language: Language) -> dict[str, Any]:
    """How the figures were made, in plain values."""
    left_out = ("rows", "shapes", "files")
    told = {f.name: getattr(density, f.name) for f in fields(density) if f.name not in left_out}
    return {
        "files": [{"name": name, "rows": rows} for name, rows in density.files],
        "system": rules.system,
        "boundary": rules.boundary.name if rules.boundary else None,
        "days_counted": rules.days,
        **told,
        "notes": [say(f"density.note_{name}", language, k=density.k) for name in notes(density)],
        "study_toml": study_line(density),
    }


def notes(density: Density) -> list[str]:
    """What a reader of the figures must know."""
    names = ["days", "merged", "differences"]
    if density.counted == "deliveries":
        names.append("no_riders")
    if density.days_without:
        names.append("days_without")
    return names
