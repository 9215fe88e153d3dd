"""``poster.pdf``: the riders' map for a wall, A3: each station by number, what it offers, when, and how to get in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from planner.catalog import Catalog
from planner.maps.printed import STATION_COLOURS, station_map
from planner.plan import Plan
from planner.report.files.qr_code import qr_svg
from planner.report.files.symbols import symbol_svg
from planner.report.files.typesetting import typeset
from planner.report.options import ReportOptions
from planner.stations import Station, stations_of
from planner.words import Language, say

# The map takes its height from the page, and its width from the street, between these.
_MAP_HEIGHT_MM: Final = 213.0
_MAP_WIDTHS_MM: Final = (165.0, 235.0)
_BELOW_MAP_MM: Final = 32.0
_MAP_SIZE, _MARGIN_SIZE = 1.45, 1.1
_STATED, _ASSUMED = "#1f2933", "#8a94a0"


def write_poster(plan: Plan, folder: Path, language: Language, options: ReportOptions) -> None:
    """``poster.pdf`` in ``folder``: A3 pages, as many as all stations need.

    Raises ``ArgumentError`` for an ``options.link`` that cannot be a QR code of a web address.
    """
    qr = qr_svg(options.link) if options.link else None
    stations = stations_of(plan)
    drawn = station_map(
        plan,
        stations,
        language=language,
        width_mm=_map_width_mm(plan),
        height_mm=_MAP_HEIGHT_MM,
        review_number=options.review_number,
        size=_MAP_SIZE,
        margin_size=_MARGIN_SIZE,
    )
    pictures = {**_symbols(stations), "map.svg": drawn, **({"qr.svg": qr} if qr else {})}
    data = _data(plan, stations, language, options)
    (folder / "poster.pdf").write_bytes(typeset("poster.typ", data, pictures=pictures, made_on=options.made_on))


def _map_width_mm(plan: Plan) -> float:
    west, south, east, north = plan.study.boundary.bounds
    least, most = _MAP_WIDTHS_MM
    return min(max((_MAP_HEIGHT_MM - _BELOW_MAP_MM) * (east - west) / max(north - south, 1.0), least), most)


def _data(plan: Plan, stations: Sequence[Station], language: Language, options: ReportOptions) -> dict[str, Any]:
    catalog = plan.study.catalog
    planned = sum(station.state == "planned" for station in stations)
    counts = {"count": len(stations), "open": len(stations) - planned, "planned": planned}
    notes = [
        *([say("poster.planned_note", language)] if planned else []),
        *([say("poster.assumed_note", language)] if any(_is_assumed(station) for station in stations) else []),
    ]
    return {
        "language": language,
        "title": say("poster.title", language),
        "subtitle": say(
            "poster.subtitle_planned" if planned else "poster.subtitle", language, street=plan.study.name, **counts
        ),
        "office": options.office,
        "made_on": options.made_on.isoformat() if options.made_on else "",
        "internal": say("printed.internal", language) if options.internal else "",
        "link": options.link,
        "map_width_mm": _map_width_mm(plan),
        "colours": STATION_COLOURS,
        "words": {
            **{key: say(f"poster.{key}", language) for key in ("scan", "planned")},
            "page": say("poster.page", language, page="{page}", of="{of}"),
        },
        "notes": notes,
        "key": [
            {"symbol": _symbol_name(key, assumed=False), "name": catalog.facilities[key].name.in_language(language)}
            for key in catalog.facilities
            if symbol_svg(key, colour=_STATED) and any(key in station.offers for station in stations)
        ],
        "stations": [_row(station, catalog, language) for station in stations],
    }


def _row(station: Station, catalog: Catalog, language: Language) -> Mapping[str, Any]:
    """One station; ``offers`` are symbols, or names where a facility has none."""
    is_assumed = _is_assumed(station)
    offers = [
        {"symbol": _symbol_name(key, assumed=is_assumed) if symbol_svg(key, colour=_STATED) else "", "name": name}
        for key in station.offers
        for name in [catalog.facilities[key].name.in_language(language)]
    ]
    services = [catalog.services[key].name.in_language(language) for key in station.services]
    return {
        "number": station.number,
        "state": station.state,
        "name": _line(station.name),
        "services": say("poster.list_mark", language).join(services),
        "hours": _line(_hours(station.open_hours, language)),
        "floor": _floor(station.floor, language),
        "way": _line(f"{station.address}  {station.access}"),
        "offers": offers,
    }


def _is_assumed(station: Station) -> bool:
    return not station.offers_stated and bool(station.offers)


def _hours(text: str, language: Language) -> str:
    return say("poster.always", language) if text.replace(" ", "") == "00:00-24:00" else text


def _floor(number: int, language: Language) -> str:
    return say("poster.floor_down" if number < 0 else "poster.floor_up", language, number=abs(number))


def _line(text: str) -> str:
    """A text without line ends."""
    return " ".join(text.split())


def _symbols(stations: Sequence[Station]) -> dict[str, str]:
    """The pictures of all symbols that stand on the poster."""
    pictures = {}
    for key in dict.fromkeys(key for station in stations for key in station.offers):
        for is_assumed, colour in ((False, _STATED), (True, _ASSUMED)):
            if drawn := symbol_svg(key, colour=colour):
                pictures[_symbol_name(key, assumed=is_assumed)] = drawn
    return pictures


def _symbol_name(facility: str, *, assumed: bool) -> str:
    return f"{facility}{'-assumed' if assumed else ''}.svg"
