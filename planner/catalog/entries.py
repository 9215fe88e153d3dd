"""What the catalog is made of: figures with their source, and what deliveries, hosts and periods are."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from planner.hours import OpenHours, minute_of_day
from planner.words import Text

Unit = Literal["m", "min"]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class Entry(BaseModel):
    """A table of the catalog: nothing in it that is not known, and nothing that changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Figure(Entry):
    """A number and where it comes from."""

    value: NotNegative
    source: Text


class HoursFigure(Entry):
    """Opening hours and where they come from."""

    value: OpenHours
    source: Text


class Period(Entry):
    """A part of the day; one that ends before it starts runs past midnight."""

    name: Text
    start: str
    end: str

    @model_validator(mode="after")
    def _is_a_time(self) -> Self:
        minute_of_day(self.start), minute_of_day(self.end)
        return self


class Standard(Entry):
    """The furthest a demand point may be from a site that covers it, inclusive; in metres or in minutes."""

    value: Positive
    unit: Unit


class Mode(Entry):
    """A way to move: its speed in km/h, the streets it may not use and whether one-way streets bind it."""

    name: Text
    speed_kmh: Positive
    speed_kmh_by_highway: dict[str, Positive] = Field(default_factory=dict)
    source: Text
    follows_oneway: bool
    oneway_exception_tags: tuple[str, ...]
    barred: tuple[str, ...]
    access_tags: tuple[str, ...]


class Delivery(Entry):
    """A kind of delivery: what one is, how a day of them falls on the periods, and a peak day against a normal one."""

    name: Text
    meaning: Text
    by_period: dict[str, NotNegative]
    by_period_source: Text
    peak_day: Figure


class AppealCategory(Entry):
    """A category of appeals: how files write it, and what an open appeal weighs for each service it calls for."""

    name: Text
    written: tuple[str, ...]
    weight_per_open: dict[str, NotNegative]
    source: Text


class DemandRule(Entry):
    """How much of a need one delivery of each kind brings."""

    name: Text
    unit: Text
    per_delivery: dict[str, NotNegative]
    source: Text


class HostKind(Entry):
    """A kind of place that can hold a service, and what stands in for figures that an office has not given."""

    name: Text
    osm: tuple[str, ...]
    area_m2: Positive
    yearly_cost_yuan_per_m2: NotNegative
    open_hours: OpenHours
    source: Text


class Facility(Entry):
    """Something that a rider finds at a station, and how files write it beside its key and its names."""

    name: Text
    written: tuple[str, ...]


class Rules(Entry):
    """Rules that hold for every service."""

    open_share_of_period: Figure
    max_off_road_m: Figure
    unstated_hours: HoursFigure


class Estimate(Entry):
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
