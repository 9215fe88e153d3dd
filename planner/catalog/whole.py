"""The catalog as a whole, and how a study lays its own figures over it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from planner.catalog.entries import (
    AppealCategory,
    Delivery,
    DemandRule,
    Entry,
    Estimate,
    Facility,
    HostKind,
    Mode,
    Period,
    Rules,
)
from planner.catalog.opening import Opening
from planner.catalog.questions import Accessibility, Situations, Sizing, WarmStreet
from planner.catalog.services import Service, Tier, check_tiers
from planner.combining import Combining

CATALOG_NAME: Final = "catalog.toml"
# Tables that a catalog kept from an earlier version may lack; those of services have an entry a service.
_YOUNGER: Final = ("facilities", "sizing", "opening", "tiers", "warm_street", "situations", "accessibility")


class Catalog(Entry):
    """Everything in ``catalog.toml``; tables keep the order of the file.

    ``tiers``: by service, the tiers of its sites from the lowest to the highest.
    """

    rules: Rules
    periods: dict[str, Period]
    modes: dict[str, Mode]
    deliveries: dict[str, Delivery]
    demands: dict[str, DemandRule]
    host_kinds: dict[str, HostKind]
    facilities: dict[str, Facility]
    situations: Situations
    accessibility: Accessibility
    services: dict[str, Service]
    sizing: Sizing
    opening: Opening
    tiers: dict[str, dict[str, Tier]]
    warm_street: WarmStreet
    estimate: Estimate
    combining: Combining
    appeals: dict[str, AppealCategory]

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        for key, service in self.services.items():
            for name, table in ((service.demand, self.demands), (service.mode, self.modes)):
                _must_be_among(table, name, key)
            for kind in service.host_kinds:
                _must_be_among(self.host_kinds, kind, key)
            for facility in service.offers:
                _must_be_among(self.facilities, facility, key)
            if service.offers and service.offers_source is None:
                raise PydanticCustomError("no_source", "say where the offers of {service} are from", {"service": key})
        for key, way in self.opening.ways.items():
            for kind in way.host_kinds:
                _must_be_among(self.host_kinds, kind, f"opening.ways.{key}")
        for key, tiers in self.tiers.items():
            _must_be_among(self.services, key, "tiers")
            for name, tier in tiers.items():
                for kind in tier.host_kinds:
                    _must_be_among(self.host_kinds, kind, f"tiers.{key}.{name}")
            check_tiers(key, list(tiers.values()))
        for category in self.appeals.values():
            for name in category.weight_per_open:
                _must_be_among(self.services, name, category.name.en)
        days = [kind.by_period for kind in self.deliveries.values()]
        for shares in (*self.estimate.meals_by_period.values(), *days):
            if set(shares) != set(self.periods) or abs(sum(shares.values()) - 1) > 1e-9:
                raise PydanticCustomError("shares", "the shares of the day must name every period and sum to 1")
        return self

    def usual_services(self) -> tuple[str, ...]:
        """The services that every street is measured and planned for unless it says otherwise."""
        return tuple(key for key, service in self.services.items() if service.usual)

    def delivery_kinds(self) -> tuple[str, ...]:
        """The kinds of delivery that some demand is derived from, each a column ``<kind>_per_day`` of the files."""
        return tuple(dict.fromkeys(kind for rule in self.demands.values() for kind in rule.per_delivery))


def load_catalog(overrides: Mapping[str, Any] | None = None, *, below: Mapping[str, Any] | None = None) -> Catalog:
    """The shipped catalog, or the one given as ``below``, with a study's own tables laid over it.

    A catalog from before there were some of the tables that no plan depends on takes them from the shipped one.

    Raises ``pydantic.ValidationError`` where the result is not a catalog; the intake turns it into faults.
    """
    shipped = _tables(shipped_catalog())
    below = shipped if below is None else _laid_over(_tables_since(shipped, below), below)
    return Catalog.model_validate(_laid_over(below, overrides or {}))


def shipped_catalog() -> bytes:
    """The catalog that comes with this version of the program, as the file's bytes."""
    return Path(__file__).with_name(CATALOG_NAME).read_bytes()


@cache
def _tables(content: bytes) -> Mapping[str, Any]:
    """A catalog as read: taken apart once, though every study and every look at an upload begins with it."""
    return tomllib.loads(content.decode("utf-8"))


def combining_of(catalog: Catalog, said: Mapping[str, Any]) -> Combining:
    """How a study combines the parts of its demand: what it says itself laid over the catalog's ``[combining]``.

    Raises ``pydantic.ValidationError`` as :func:`load_catalog`.
    """
    return Combining.model_validate(_laid_over(catalog.combining.model_dump(), said))


def _tables_since(shipped: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """The younger tables of the shipped catalog that an old one lacks, as far as they speak of its services."""
    services = old.get("services")
    gone = set(shipped["services"]) - set(services if isinstance(services, Mapping) else {})
    lacking = {
        table: {key: entry for key, entry in shipped[table].items() if key not in gone}
        for table in _YOUNGER
        if table not in old
    }
    if "facilities" in lacking:
        lacking["services"] = {
            key: {name: service[name] for name in ("offers", "offers_source") if name in service}
            for key, service in shipped["services"].items()
            if key not in gone
        }
    return lacking


def _must_be_among(table: Mapping[str, object], name: str, service: str) -> None:
    if name not in table:
        about = {"service": service, "name": name, "known": ", ".join(table)}
        raise PydanticCustomError("unknown_entry", "{service} names {name}, which is not among {known}", about)


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _laid_over(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    for unit, other in (("standard_m", "standard_min"), ("standard_min", "standard_m")):
        if unit in above and other not in above:
            merged.pop(other, None)  # a study that states minutes replaces metres
    return merged
