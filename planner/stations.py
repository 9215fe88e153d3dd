"""The stations that riders find under a plan: the existing centres and what the plan adds, numbered once for all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from shapely import Point

from planner.catalog import Catalog
from planner.plan import Plan


@dataclass(frozen=True)
class Station:
    """One place with one or several services; two at the same centre or in the same host are one station.

    ``number`` counts all stations of the plan from 1. ``services`` and ``offers`` are keys of the catalog; ``offers``
    are as the file states them or, where ``offers_stated`` is false, what the services offer by the catalog.
    ``open_hours`` is a text that :func:`planner.hours.read_hours` reads. ``access`` (how to get in) and ``address`` are
    empty where they are not known. ``geometry`` is metric. A ``planned`` station is not open to anybody yet.
    """

    number: int
    site_id: str
    name: str
    services: tuple[str, ...]
    offers: tuple[str, ...]
    offers_stated: bool
    open_hours: str
    floor: int
    access: str
    address: str
    geometry: Point
    state: Literal["open", "planned"]


def stations_of(plan: Plan) -> list[Station]:
    """Every station: the existing centres in the order of their file, of whatever service, then the planned ones in the
    order of the plan's services and of their numbers.
    """
    rows = [*_existing(plan), *_planned(plan)]
    return [_station(number, row, plan.study.catalog) for number, row in enumerate(rows, start=1)]


def _existing(plan: Plan) -> list[dict[str, object]]:
    return [{**row, "site_id": row["centre_id"], "state": "open"} for row in plan.study.centres.to_dict("records")]


def _planned(plan: Plan) -> list[dict[str, object]]:
    """The hosts that the plan uses, each once with all that it is to hold."""
    services: dict[str, list[str]] = {}
    rows: dict[str, dict[str, object]] = {}
    for service, part in plan.services.items():
        for row in part.new_sites.to_dict("records"):
            services.setdefault(row["site_id"], []).append(service)
            rows.setdefault(row["site_id"], row)
    hosts = _places_of_hosts(plan)
    return [
        {
            **row,
            **hosts[site_id],
            "services": tuple(services[site_id]),
            "offers": None,
            "address": "",
            "state": "planned",
        }
        for site_id, row in rows.items()
    ]


def _places_of_hosts(plan: Plan) -> dict[str, dict[str, object]]:
    """The floor of each host and how to get in, those of the planner's own places too."""
    frame: pd.DataFrame = plan.study.hosts
    hosts: Iterable[tuple[str, int, str]] = zip(frame["host_id"], frame["floor"], frame["access"], strict=True)
    own = ((site.site_id, site.floor, "") for site in plan.scenario.proposed)
    return {site_id: {"floor": floor, "access": access} for site_id, floor, access in (*hosts, *own)}


def _station(number: int, row: dict[str, object], catalog: Catalog) -> Station:
    services, offers = row["services"], row["offers"]
    assert isinstance(services, tuple)
    stated = isinstance(offers, tuple)
    geometry = row["geometry"]
    assert isinstance(geometry, Point)
    return Station(
        number=number,
        site_id=str(row["site_id"]),
        name=str(row["name"]),
        services=services,
        offers=offers if isinstance(offers, tuple) else _by_the_catalog(services, catalog),
        offers_stated=stated,
        open_hours=str(row["open_hours"]),
        floor=int(float(str(row["floor"]))),
        access=str(row["access"]),
        address=str(row["address"]),
        geometry=geometry,
        state="planned" if row["state"] == "planned" else "open",
    )


def _by_the_catalog(services: tuple[str, ...], catalog: Catalog) -> tuple[str, ...]:
    """What services offer, in the catalog's order of facilities."""
    offered = {key for service in services for key in catalog.services[service].offers}
    return tuple(key for key in catalog.facilities if key in offered)
