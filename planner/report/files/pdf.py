"""The report for paper: what the page tells, with maps and curves as vectors, page numbers and a table of contents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from planner.maps.printed import printed_map
from planner.plan import Plan
from planner.report.contents import report_contents
from planner.report.contents.curve_figure import curve_svg
from planner.report.contents.parts import ReportContents, ServiceContents, SiteCard
from planner.report.files.on_paper import share_data, table_data, words_of
from planner.report.files.typesetting import typeset
from planner.report.options import ReportOptions
from planner.words import Language, say

MAP_MM: Final = 172.0
WHOLE_MAP_MM: Final = 205.0
SERVICE_MAP_MM: Final = 150.0
# A card with more text than this may go over a page: it could be longer than one.
_LONG_CARD: Final = 1500
_TEXTS: Final = (
    *("language", "street", "title", "scenario", "made_on", "office", "internal", "review_line", "warnings"),
    *("total_cost", "appeals", "demand_notes", "limits"),
)


def write_pdf(plan: Plan, folder: Path, language: Language, options: ReportOptions) -> None:
    """``report.pdf``: the report on A4 pages."""
    contents = report_contents(plan, language=language, options=options)
    maps = report_maps(plan, language, options)
    pages = typeset(
        "report.typ", report_data(contents), pictures=report_pictures(contents, maps), made_on=options.made_on
    )
    (folder / "report.pdf").write_bytes(pages)


def report_maps(plan: Plan, language: Language, options: ReportOptions) -> dict[str | None, str]:
    """The map of all services (``None``) and of each service, as SVG; that it is internal stands on every page."""
    heights: dict[str | None, float] = {None: WHOLE_MAP_MM, **dict.fromkeys(plan.services, SERVICE_MAP_MM)}
    return {
        service: printed_map(
            plan,
            service,
            language=language,
            width_mm=MAP_MM,
            height_mm=height,
            title="",
            review_number=options.review_number,
        )
        for service, height in heights.items()
    }


def report_pictures(contents: ReportContents, maps: Mapping[str | None, str]) -> dict[str, str]:
    """The maps and curves by file name."""
    pictures = {"map.svg": maps[None]}
    for number, service in enumerate(contents.services):
        pictures[f"map-{number}.svg"] = maps[service.headline.service]
        if service.curve:
            pictures[f"curve-{number}.svg"] = curve_svg(service.curve)
    return pictures


def report_data(contents: ReportContents) -> dict[str, Any]:
    """What ``report.typ`` is given."""
    language = contents.language
    street = {"file": "map.svg", "mm": MAP_MM, "caption": say("print.map_of_all", language, street=contents.street)}
    return {
        **{name: getattr(contents, name) for name in _TEXTS},
        "services": [_service(service, number, language) for number, service in enumerate(contents.services)],
        "map": street,
        "appeal_rows": table_data(contents.appeal_rows),
        "basis": [
            {"heading": heading, "facts": [[fact.item, fact.figure, fact.source] for fact in facts]}
            for heading, facts in groupby(contents.basis, lambda fact: fact.heading)
        ],
        "unreached": table_data(contents.unreached),
        "sources": table_data(contents.sources),
        "words": words_of(language, "report", "term", "print"),
    }


def _service(service: ServiceContents, number: int, language: Language) -> dict[str, Any]:
    head = service.headline
    caption = say("print.map_of_service", language, service=head.name)
    bars = {"bar_today": share_data(head.bar_today), "bar_planned": share_data(head.bar_planned)}
    tables = ("periods", "centres", "sites", "gaps", "hot_spots", "grids")
    texts = ("standard", "limits", "proof", "made_of", "appeals")
    curve = service.curve
    return {
        **{name: getattr(service, name) for name in texts},
        **{name: table_data(getattr(service, name)) for name in tables},
        "headline": {**asdict(head), **bars},
        "period_bars": [[share_data(today), share_data(planned)] for today, planned in service.period_bars],
        "cards": [_card(card) for card in service.cards],
        "map": {"file": f"map-{number}.svg", "caption": caption, "mm": MAP_MM},
        "curve": curve and {"title": curve.title, "note": curve.note, "file": f"curve-{number}.svg"},
    }


def _card(card: SiteCard) -> dict[str, Any]:
    length = len(card.name) + len(card.why) + sum(len(value) for _, value in card.facts)
    return {**asdict(card), "long": length > _LONG_CARD}
