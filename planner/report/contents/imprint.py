"""What stands on every report, whatever it tells: of which street it is, who hands it on, when, and its marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from planner.report.options import ReportOptions
from planner.words import Language, say


@dataclass(frozen=True)
class Imprint:
    """The head of a report, its marks, and what is to be known before any figure is read."""

    language: Language
    street: str
    title: str
    made_on: str
    office: str
    internal: str
    review_line: str
    warnings: list[str]


class OfficeTexts(TypedDict):
    """The fields of :class:`Imprint` that the office fills in."""

    made_on: str
    office: str
    internal: str
    review_line: str


def office_texts(options: ReportOptions, language: Language) -> OfficeTexts:
    """What the office filled in, as it is printed; the line of the map review number has room where it did not."""
    number = options.review_number or say("report.to_fill_in", language)
    return {
        "made_on": say("report.made_on", language, date=options.made_on.isoformat()) if options.made_on else "",
        "office": options.office,
        "internal": say("report.internal", language) if options.internal else "",
        "review_line": say("report.review_line", language, number=number),
    }
