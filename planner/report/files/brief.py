"""Two pages for a meeting: the problem, up to four options side by side, and the question to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from planner.maps.printed import small_map
from planner.plan import Plan
from planner.report.contents.briefing import Bought, BriefContents, brief_contents
from planner.report.contents.side_by_side import LETTERS
from planner.report.files.on_paper import share_data, words_of
from planner.report.files.typesetting import typeset
from planner.report.options import ReportOptions
from planner.words import Language

# Width and height of each of so many maps, which stand in one row or in two.
MAPS_MM: Final = {1: (172.0, 135.0), 2: (84.0, 120.0), 3: (55.0, 100.0), 4: (84.0, 72.0)}


def write_brief(plans: Mapping[str, Plan], folder: Path, language: Language, options: ReportOptions) -> None:
    """``brief.pdf``: two A4 pages about one to four plans (name → plan).

    Raises ``ArgumentError`` as :func:`planner.report.contents.side_by_side.lettered`.
    """
    contents = brief_contents(plans, language=language, options=options)
    width, height = MAPS_MM[len(plans)]
    maps = {
        f"map-{letter}.svg": small_map(plan, language=language, width_mm=width, height_mm=height)
        for letter, plan in zip(LETTERS, plans.values(), strict=False)
    }
    pages = typeset("brief.typ", brief_data(contents), pictures=maps, made_on=options.made_on)
    (folder / "brief.pdf").write_bytes(pages)


def brief_data(contents: BriefContents) -> dict[str, Any]:
    """What ``brief.typ`` is given."""
    return {
        **asdict(contents),
        "problems": [{**asdict(problem), "bar": share_data(problem.bar)} for problem in contents.problems],
        "options": [
            {**asdict(option), "services": [_bought(service) for service in option.services]}
            for option in contents.options
        ],
        "map_mm": MAPS_MM[len(contents.options)][0],
        "columns": 1 if len(contents.options) == 1 else 3 if len(contents.options) == 3 else 2,
        "words": words_of(contents.language, "brief", "report", "print"),
    }


def _bought(service: Bought | None) -> dict[str, Any] | None:
    if service is None:
        return None
    bars = {"bar_today": share_data(service.bar_today), "bar_planned": share_data(service.bar_planned)}
    return {**asdict(service), **bars}
