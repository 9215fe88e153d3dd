"""Several plans side by side, as a page that needs no other file and for paper."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from planner.maps.printed import small_map
from planner.plan import Plan
from planner.report.contents.comparing import ComparisonContents, ServiceComparison, comparison_contents
from planner.report.contents.side_by_side import LETTERS
from planner.report.files.on_paper import share_data, table_data, words_of
from planner.report.files.page import page_template
from planner.report.files.typesetting import typeset
from planner.report.options import ReportOptions
from planner.words import Language, say

MAP_MM: Final = (84.0, 96.0)


def write_comparison_page(plans: Mapping[str, Plan], folder: Path, language: Language, options: ReportOptions) -> None:
    """``comparison.html``. Raises ``ArgumentError`` as :func:`planner.report.contents.side_by_side.lettered`."""
    contents = comparison_contents(plans, language=language, options=options)
    page = page_template("comparison.html.jinja", language).render(
        report=contents,
        compare=lambda key, **values: say(f"comparing.{key}", language, **values),
        maps=[_as_address(svg) for svg in _maps(plans, language)],
    )
    (folder / "comparison.html").write_text(page, encoding="utf-8", newline="\n")


def write_comparison_pdf(plans: Mapping[str, Plan], folder: Path, language: Language, options: ReportOptions) -> None:
    """``comparison.pdf``. Raises ``ArgumentError`` as :func:`planner.report.contents.side_by_side.lettered`."""
    contents = comparison_contents(plans, language=language, options=options)
    maps = {f"map-{letter}.svg": svg for letter, svg in zip(LETTERS, _maps(plans, language), strict=False)}
    pages = typeset("comparison.typ", comparison_data(contents), pictures=maps, made_on=options.made_on)
    (folder / "comparison.pdf").write_bytes(pages)


def comparison_data(contents: ComparisonContents) -> dict[str, Any]:
    """What ``comparison.typ`` is given."""
    tables = ("totals", "differences", "sites", "differing", "proofs")
    return {
        **asdict(contents),
        **{name: table_data(getattr(contents, name)) for name in tables},
        "services": [_service(service) for service in contents.services],
        "map_mm": MAP_MM[0],
        "words": words_of(contents.language, "comparing", "report", "term", "print"),
    }


def _service(service: ServiceComparison) -> dict[str, Any]:
    return {
        "name": service.name,
        **{name: table_data(getattr(service, name)) for name in ("figures", "periods", "grids")},
        "bars": [[share_data(today), share_data(planned)] for today, planned in service.bars],
    }


def _maps(plans: Mapping[str, Plan], language: Language) -> list[str]:
    width, height = MAP_MM
    return [small_map(plan, language=language, width_mm=width, height_mm=height) for plan in plans.values()]


def _as_address(svg: str) -> str:
    """A picture inside the page; as an image it can neither run nor load anything."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
