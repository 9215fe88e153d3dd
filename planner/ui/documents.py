"""The files that a session takes along, each made when it is asked for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from planner import report
from planner.intake.study import Study
from planner.plan import Plan
from planner.report import ReportOptions
from planner.words import Language, say

ZIP: Final = ("application/zip", "zip")
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# A format's media type, and how its file's name ends; formats of several files are packed.
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "html": ("text/html", "html"),
    "pdf": ("application/pdf", "pdf"),
    "docx": (_WORD, "docx"),
    "map": ("text/html", "html"),
    "life_map": ("text/html", "html"),
    "poster": ("application/pdf", "pdf"),
    "xlsx": (_EXCEL, "xlsx"),
    "gpkg": ("application/geopackage+sqlite3", "gpkg"),
    "geojson": ZIP,
    "csv": ZIP,
    "brief": ("application/pdf", "pdf"),
}


@dataclass(frozen=True)
class Imprint:
    """What the planner has filled in for all files; ``word_template`` is the name and content of a file, if any."""

    options: ReportOptions
    word_template: tuple[str, bytes] | None = None


def document(plan: Plan, language: Language, imprint: Imprint, formats: Sequence[str]) -> bytes:
    """One file of a plan as it is, several as a zip. Raises as :func:`planner.report.write_report`."""
    return _made(
        lambda folder, options: report.write_report(plan, folder, formats=formats, language=language, options=options),
        imprint,
    )


def comparison(plans: Mapping[str, Plan], language: Language, imprint: Imprint, formats: Sequence[str]) -> bytes:
    """The same of several plans. Raises as :func:`planner.report.write_comparison`."""
    return _made(
        lambda folder, options: report.write_comparison(
            plans, folder, formats=formats, language=language, options=options
        ),
        imprint,
    )


def check_template(plan: Plan, language: Language, imprint: Imprint) -> None:
    """Raise ``PlannerError`` where the office's own template cannot be used."""
    with TemporaryDirectory() as home:
        report.check_word_template(plan, language, _options_at(Path(home), imprint))


def file_name(study: Study, language: Language, what: str, ending: str) -> str:
    """A name that every system takes for a file."""
    name = say("hand_on.file", language, study=study.name, what=what)
    safe = "".join("-" if letter in '\\/:*?"<>|' or not letter.isprintable() else letter for letter in name)
    return f"{safe}.{ending}"


def _made(write: Callable[[Path, ReportOptions], list[Path]], imprint: Imprint) -> bytes:
    with TemporaryDirectory() as home:
        folder = Path(home) / "out"
        written = write(folder, _options_at(Path(home), imprint))
        if len(written) == 1:
            return written[0].read_bytes()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in written:
                archive.write(path, path.relative_to(folder))
        return packed.getvalue()


def _options_at(home: Path, imprint: Imprint) -> ReportOptions:
    """The options, with the office's own template as a file in ``home`` if there is one."""
    if imprint.word_template is None:
        return imprint.options
    name, content = imprint.word_template
    template = home / Path(name).name
    template.write_bytes(content)
    return replace(imprint.options, word_template=template)
