"""What the questions beyond one plan go by, such as how large a place must be, or what a rainy day is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from planner.catalog.entries import Entry, Figure, Positive
from planner.words import Text

_MOST_OF_A_FACTOR: Final = 1_000_000.0


class WarmStreet(Entry):
    """A street with several services: how long a stretch of it may be, and how far from it they may stand."""

    longest_m: Figure
    off_street_m: Figure


class Situations(Entry):
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


class CatchmentZone(Entry):
    """A zone of a catchment: up to which part of the standard it goes, inclusive, and what demand in it weighs."""

    up_to: Annotated[float, Field(gt=0, le=1)]
    weight: Annotated[float, Field(gt=0, le=1)]


class Accessibility(Entry):
    """The zones of a catchment, from the nearest on; see :mod:`planner.accessibility`."""

    zones: Annotated[tuple[CatchmentZone, ...], Field(min_length=1)]
    source: Text

    @model_validator(mode="after")
    def _outwards(self) -> Self:
        ends = [zone.up_to for zone in self.zones]
        if ends != sorted(set(ends)):
            raise PydanticCustomError("zones", "each zone must end further out than the one before it")
        return self


SizingNeed = Literal["swap", "charge", "sort", "unload", "rest", "park"]


class KnownStreet(Entry):
    """What a street is known to have, which the factors of ``Sizing`` are held against."""

    parking_m2: Figure
    sorting_m2: Figure
    swap_cabinets: Figure
    charging_sockets: Figure


class Sizing(Entry):
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
