"""The files of a report, each complete or not there at all."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from planner.atomic import write_together
from planner.errors import UnknownNameError
from planner.maps import plan_map
from planner.plan import Plan
from planner.report.csv_tables import write_csv
from planner.report.geopackage import write_geopackage
from planner.report.html import report_page
from planner.words import Language, reader_language

Writer = Callable[[Plan, Path, Language, datetime.date | None], None]


def _write_page(plan: Plan, folder: Path, language: Language, made_on: datetime.date | None) -> None:
    _write_text(folder / "report.html", report_page(plan, language=language, made_on=made_on))


def _write_map(plan: Plan, folder: Path, language: Language, _: datetime.date | None) -> None:
    _write_text(folder / "map.html", plan_map(plan, language=language).get_root().render())


def _write_geopackage(plan: Plan, folder: Path, language: Language, _: datetime.date | None) -> None:
    write_geopackage(plan, folder / "plan.gpkg", language=language)


def _write_tables(plan: Plan, folder: Path, language: Language, _: datetime.date | None) -> None:
    write_csv(plan, folder, language=language)


FORMATS: Final[Mapping[str, Writer]] = MappingProxyType(
    {"html": _write_page, "map": _write_map, "gpkg": _write_geopackage, "csv": _write_tables}
)


def write_report(
    plan: Plan,
    folder: str | Path,
    *,
    formats: Sequence[str] = ("html", "map", "gpkg", "csv"),
    language: Language | None = None,
    made_on: datetime.date | None = None,
) -> list[Path]:
    """The files it wrote into ``folder``, which is made where it is missing.

    ``html`` → ``report.html``; ``map`` → ``map.html``; ``gpkg`` → ``plan.gpkg``; ``csv`` → the tables of
    :func:`planner.report.csv_tables.write_csv`. ``made_on`` is printed in the report
    where it is given; without it the same plan gives the same bytes. All files are written aside and moved into place
    once every one of them is complete.

    Raises ``UnknownNameError`` for a format that does not exist, and ``OutputError`` where a file cannot be written:
    files of an earlier report are then as they were.
    """
    for name in formats:
        if name not in FORMATS:
            raise UnknownNameError("unknown_format", format=name, known=", ".join(FORMATS))
    spoken = language or reader_language()

    def write(fresh: Path) -> None:
        for name in dict.fromkeys(formats):
            FORMATS[name](plan, fresh, spoken, made_on)

    return write_together(Path(folder), write)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
