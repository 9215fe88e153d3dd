"""The services, their standards and siting rules, and every factor behind them, read from ``catalog.toml``.

A study lays its own figures over the shipped ones table by table: :func:`load_catalog` takes them as ``overrides``. It
may also carry a whole catalog of its own, so that it is read a year later with the figures it was planned with.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from planner.combining import Combining
from planner.hours import OpenHours, minute_of_day
from planner.opening import Opening
from planner.words import Text

CATALOG_NAME: Final = "catalog.toml"
# Tables that a catalog kept from an earlier version may lack; those of services have an entry a service.
_YOUNGER: Final = ("facilities", "sizing", "opening", "tiers", "warm_street", "situations", "accessibility")
_MOST_OF_A_FACTOR: Final = 1_000_000.0

Unit = Literal["m", "min"]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Figure(_Entry):
    """A number and where it comes from."""

    value: NotNegative
    source: Text


class HoursFigure(_Entry):
    """Opening hours and where they come from."""

    value: OpenHours
    source: Text


class Period(_Entry):
    """A part of the day; one that ends before it starts runs past midnight."""

    name: Text
    start: str
    end: str

    @model_validator(mode="after")
    def _is_a_time(self) -> Self:
        minute_of_day(self.start), minute_of_day(self.end)
        return self


class Standard(_Entry):
    """The furthest a demand point may be from a site that covers it, inclusive; in metres or in minutes."""

    value: Positive
    unit: Unit


class Mode(_Entry):
    """A way to move: its speed in km/h, the streets it may not use and whether one-way streets bind it."""

    name: Text
    speed_kmh: Positive
    speed_kmh_by_highway: dict[str, Positive] = Field(default_factory=dict)
    source: Text
    follows_oneway: bool
    oneway_exception_tags: tuple[str, ...]
    barred: tuple[str, ...]
    access_tags: tuple[str, ...]


class Delivery(_Entry):
    """A kind of delivery: what one is, how a day of them falls on the periods, and a peak day against a normal one."""

    name: Text
    meaning: Text
    by_period: dict[str, NotNegative]
    by_period_source: Text
    peak_day: Figure


class AppealCategory(_Entry):
    """A category of appeals: how files write it, and what an open appeal weighs for each service it calls for."""

    name: Text
    written: tuple[str, ...]
    weight_per_open: dict[str, NotNegative]
    source: Text


class DemandRule(_Entry):
    """How much of a need one delivery of each kind brings."""

    name: Text
    unit: Text
    per_delivery: dict[str, NotNegative]
    source: Text


class HostKind(_Entry):
    """A kind of place that can hold a service, and what stands in for figures that an office has not given."""

    name: Text
    osm: tuple[str, ...]
    area_m2: Positive
    yearly_cost_yuan_per_m2: NotNegative
    open_hours: OpenHours
    source: Text


class Facility(_Entry):
    """Something that a rider finds at a station, and how files write it beside its key and its names."""

    name: Text
    written: tuple[str, ...]


class NearRoads(_Entry):
    """What must stand near a road of some kind: within ``within_m`` of one that has any of the OSM ``tags``."""

    within_m: Positive
    tags: Annotated[tuple[Annotated[str, Field(pattern="^(highway|hgv)=.+$")], ...], Field(min_length=1)]
    source: Text


class SitingRules(_Entry):
    """How far away it may be from whom it covers, where it may stand, and what it costs there beside the rent of its
    area, where it ``pays_rent``.
    """

    standard_m: Positive | None = None
    standard_min: Positive | None = None
    host_kinds: tuple[str, ...]
    ground_floor_only: bool
    near_roads: NearRoads | None = None
    area_m2: Positive
    pays_rent: bool = True
    fit_out_yuan_per_year: NotNegative
    source: Text

    @model_validator(mode="after")
    def _one_standard(self) -> Self:
        if (self.standard_m is None) == (self.standard_min is None):
            raise PydanticCustomError("two_standards", "give standard_m or standard_min, not both")
        return self

    @property
    def standard(self) -> Standard:
        """The service standard in its own unit."""
        if self.standard_m is not None:
            return Standard(value=self.standard_m, unit="m")
        assert self.standard_min is not None
        return Standard(value=self.standard_min, unit="min")


class Service(SitingRules):
    """A service with its demand, travel mode, standard and siting rules.

    ``offers`` are the facilities that it has where nobody says which, by ``offers_source``. One that is not ``usual``
    is measured and planned only where a study has it or a scenario asks for it.
    """

    name: Text
    demand: str
    mode: str
    usual: bool = True
    offers: tuple[str, ...] = ()
    offers_source: Text | None = None


class TierHours(_Entry):
    """When a tier is open: in ``within``, and by ``as_host`` only while its host is."""

    within: OpenHours
    as_host: bool
    source: Text


class Tier(SitingRules):
    """A rank of a service's sites: it offers what its own level of the need asks for, and that of every lower level.

    ``level_share``: the share of the service's need that asks for this level, 0 to 1. ``holds_existing_centres``:
    whether the centres that stand count as this tier. ``at_least``: how many new ones a street is to have.
    """

    name: Text
    level_share: Annotated[float, Field(ge=0, le=1)]
    level_source: Text
    hours: TierHours
    at_least: Annotated[int, Field(ge=0)] = 0
    holds_existing_centres: bool = False


class WarmStreet(_Entry):
    """A street with several services: how long a stretch of it may be, and how far from it they may stand."""

    longest_m: Figure
    off_street_m: Figure


class Situations(_Entry):
    """What a plan is tried in beside an ordinary day, and on how many days of a year each is.

    ``periods`` are looked at by themselves. ``rain_demand``: kind of delivery → its factor in rain; ``rain_speed``:
    mode → how fast one then is, 0 to 1. ``demand_variation``: by how much, as a share of it (a coefficient of
    variation), the demand of a cell may be off. Names that this catalog does not have mean nothing.
    """

    periods: tuple[str, ...]
    peak_days: Figure
    rain_days: Figure
    bridge_days: Figure
    centre_days: Figure
    rain_demand: dict[str, Positive]
    rain_demand_source: Text
    rain_speed: dict[str, Annotated[float, Field(gt=0, le=1)]]
    rain_speed_source: Text
    demand_variation: Figure

    @model_validator(mode="after")
    def _leave_ordinary_days(self) -> Self:
        days = sum(figure.value for figure in (self.peak_days, self.rain_days, self.bridge_days, self.centre_days))
        if days >= 365:
            raise PydanticCustomError("days", "the days of all situations leave no ordinary day in a year")
        return self


class CatchmentZone(_Entry):
    """A zone of a catchment: up to which part of the standard it goes, inclusive, and what demand in it weighs."""

    up_to: Annotated[float, Field(gt=0, le=1)]
    weight: Annotated[float, Field(gt=0, le=1)]


class Accessibility(_Entry):
    """The zones of a catchment, from the nearest on; see :mod:`planner.accessibility`."""

    zones: Annotated[tuple[CatchmentZone, ...], Field(min_length=1)]
    source: Text

    @model_validator(mode="after")
    def _outwards(self) -> Self:
        ends = [zone.up_to for zone in self.zones]
        if ends != sorted(set(ends)):
            raise PydanticCustomError("zones", "each zone must end further out than the one before it")
        return self


class Rules(_Entry):
    """Rules that hold for every service."""

    open_share_of_period: Figure
    max_off_road_m: Figure
    unstated_hours: HoursFigure


class Estimate(_Entry):
    """How deliveries are estimated where a study has only a street map."""

    cell_size_m: Positive
    residents_per_m2: Figure
    workers_per_m2: Figure
    residents_per_street_m: Figure
    meals_per_person_per_day: Figure
    parcels_per_person_per_day: Figure
    storeys: Figure
    share_at_pick_up: Figure
    new_sites: Annotated[int, Field(ge=0)]
    grid_side_m: Positive
    meals_by_period: dict[Literal["homes", "offices"], dict[str, NotNegative]]
    periods_source: Text
    homes: tuple[str, ...]
    offices: tuple[str, ...]
    office_ground: tuple[str, ...]
    pick_ups: tuple[str, ...]


SizingNeed = Literal["swap", "charge", "sort", "unload", "rest", "park"]


class KnownStreet(_Entry):
    """What a street is known to have, which the factors of ``Sizing`` are held against."""

    parking_m2: Figure
    sorting_m2: Figure
    swap_cabinets: Figure
    charging_sockets: Figure


class Sizing(_Entry):
    """The factors by which a station is sized, and what a place takes for each demand (``needs``)."""

    riding_km_per_rider_day: Figure
    km_per_battery: Figure
    swapping_share: Figure
    slots_per_cabinet: Figure
    hours_to_charge_in_cabinet: Figure
    wait_min: Figure
    late_share: Figure
    hours_to_charge_at_socket: Figure
    socket_use_share: Figure
    parcels_per_courier_day: Figure
    parcels_per_m2: Figure
    parcels_per_van: Figure
    unloading_min: Figure
    van_wait_min: Figure
    bay_m2: Figure
    rider_hours_per_day: Figure
    resting_share: Figure
    full_share: Figure
    parking_m2_per_ebike: Figure
    busiest_hour: Figure
    needs: dict[str, tuple[SizingNeed, ...]]
    known_street: KnownStreet

    @property
    def factors(self) -> Mapping[str, Figure]:
        """The factors by name."""
        return {name: figure for name in type(self).model_fields if isinstance(figure := getattr(self, name), Figure)}

    @model_validator(mode="after")
    def _can_be_divided_by(self) -> Self:
        for name, figure in self.factors.items():
            if not self.allows(name, figure.value):
                raise PydanticCustomError("factor", "{name} cannot be {value}", {"name": name, "value": figure.value})
        return self

    @staticmethod
    def allows(name: str, value: float) -> bool:
        """Whether a factor may be so: above 0, a share below 1, the slots more than one."""
        least = 1.0 if name == "slots_per_cabinet" else 0.0
        return least < value < (1.0 if name.endswith("_share") else _MOST_OF_A_FACTOR)


class Catalog(_Entry):
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
            _check_tiers(key, list(tiers.values()))
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


def _check_tiers(service: str, tiers: list[Tier]) -> None:
    about = {"service": service}
    if len(tiers) < 2:
        raise PydanticCustomError("tiers", "the tiers of {service} are fewer than two", about)
    if len({tier.standard.unit for tier in tiers}) > 1:
        raise PydanticCustomError(
            "tiers", "the tiers of {service} must all have standard_m, or all standard_min", about
        )
    if abs(sum(tier.level_share for tier in tiers) - 1) > 1e-9:
        raise PydanticCustomError("tiers", "the level_share of the tiers of {service} must sum to 1", about)
    if sum(tier.holds_existing_centres for tier in tiers) != 1:
        raise PydanticCustomError("tiers", "one tier of {service} must hold the existing centres", about)


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _laid_over(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    for unit, other in (("standard_m", "standard_min"), ("standard_min", "standard_m")):
        if unit in above and other not in above:
            merged.pop(other, None)  # a study that states minutes replaces metres
    return merged
