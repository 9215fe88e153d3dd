"""The files of a report, each complete or not there at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from planner.atomic import write_together
from planner.errors import ArgumentError, UnknownNameError
from planner.maps import plan_map
from planner.plan import Plan
from planner.report.files.brief import write_brief
from planner.report.files.comparison import write_comparison_page, write_comparison_pdf
from planner.report.files.csv_tables import write_csv
from planner.report.files.excel import write_workbook
from planner.report.files.geojson import write_geojson
from planner.report.files.geopackage import write_geopackage
from planner.report.files.life_map import write_life_map
from planner.report.files.page import report_page
from planner.report.files.pdf import write_pdf
from planner.report.files.poster import write_poster
from planner.report.files.word import write_word
from planner.report.options import ReportOptions
from planner.words import Language, reader_language

Writer = Callable[[Plan, Path, Language, ReportOptions], None]
ComparisonWriter = Callable[[Mapping[str, Plan], Path, Language, ReportOptions], None]


def write_report(
    plan: Plan,
    folder: str | Path,
    *,
    formats: Sequence[str] = ("html", "map", "gpkg", "csv"),
    language: Language | None = None,
    options: ReportOptions = ReportOptions(),
) -> list[Path]:
    """The files it wrote into ``folder``, which is made where it is missing.

    ``html`` → ``report.html``; ``pdf`` → ``report.pdf``; ``docx`` → ``report.docx``; ``xlsx`` → ``plan.xlsx``;
    ``map`` → ``map.html``; ``life_map`` → ``life_map.html`` for riders; ``poster`` → ``poster.pdf``; ``gpkg`` →
    ``plan.gpkg``; ``geojson`` → the layers of :func:`planner.report.files.geojson.write_geojson`; ``csv`` → the tables
    of :func:`planner.report.files.csv_tables.write_csv`. The same plan with the same ``options`` gives the same bytes.
    All files are written aside and moved into place once every one of them is complete.

    Raises ``UnknownNameError`` for a format that does not exist, ``ArgumentError`` for none, and ``OutputError`` where
    a file cannot be written: files of an earlier report are then as they were.
    """
    check_formats(formats, FORMATS)
    spoken = language or reader_language()

    def write(fresh: Path) -> None:
        for name in dict.fromkeys(formats):
            FORMATS[name](plan, fresh, spoken, options)

    return write_together(Path(folder), write)


def write_comparison(
    plans: Mapping[str, Plan],
    folder: str | Path,
    *,
    formats: Sequence[str] = ("html", "pdf", "brief"),
    language: Language | None = None,
    options: ReportOptions = ReportOptions(),
) -> list[Path]:
    """The files about several plans (name → plan) that it wrote into ``folder``, as :func:`write_report` does.

    ``html`` → ``comparison.html``; ``pdf`` → ``comparison.pdf``; ``brief`` → ``brief.pdf``, two pages for a meeting.
    Raises as :func:`write_report`.
    """
    check_formats(formats, COMPARISONS)
    spoken = language or reader_language()

    def write(fresh: Path) -> None:
        for name in dict.fromkeys(formats):
            COMPARISONS[name](plans, fresh, spoken, options)

    return write_together(Path(folder), write)


def check_formats(formats: Sequence[str], known: Mapping[str, object]) -> None:
    """Raise ``UnknownNameError`` for the first of ``formats`` that is not ``known``, ``ArgumentError`` for none."""
    if not formats:
        raise ArgumentError("no_formats", known=", ".join(known))
    for name in formats:
        if name not in known:
            raise UnknownNameError("unknown_format", format=name, known=", ".join(known))


def _write_page(plan: Plan, folder: Path, language: Language, options: ReportOptions) -> None:
    _write_text(folder / "report.html", report_page(plan, language=language, options=options))


def _write_map(plan: Plan, folder: Path, language: Language, _: ReportOptions) -> None:
    _write_text(folder / "map.html", plan_map(plan, language=language).get_root().render())


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


FORMATS: Final[Mapping[str, Writer]] = MappingProxyType(
    {
        "html": _write_page,
        "pdf": write_pdf,
        "map": _write_map,
        "life_map": write_life_map,
        "docx": write_word,
        "poster": write_poster,
        "xlsx": write_workbook,
        "gpkg": write_geopackage,
        "geojson": write_geojson,
        "csv": write_csv,
    }
)

COMPARISONS: Final[Mapping[str, ComparisonWriter]] = MappingProxyType(
    {"html": write_comparison_page, "pdf": write_comparison_pdf, "brief": write_brief}
)
