"""What opening a place costs: what services in one place share, the ways to have a place, and longer hours."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from planner.catalog.entries import Entry, NotNegative
from planner.hours import minute_of_day
from planner.words import Text


class SharedOpening(Entry):
    """The part of a service's yearly running cost that is for the place, and paid once however many services it has."""

    yuan_per_year: NotNegative
    source: Text


class Way(Entry):
    """A way to have a place for riders: an existing ``centre`` that changes its hours, or a ``host`` that opens.

    ``host_kinds``: the kinds of host that it suits, none being all that the service allows. ``yuan_per_year`` besides
    rent; if not given, the service's own fit-out. ``reach_share``: the part of the service's standard within which
    riders use it. ``longer_hours``: whether it may stay open longer than its centre or host.
    """

    name: Text
    of: Literal["centre", "host"]
    host_kinds: tuple[str, ...] = ()
    yuan_per_year: NotNegative | None = None
    pays_rent: bool
    reach_share: Annotated[float, Field(gt=0, le=1)] = 1.0
    longer_hours: bool
    source: Text


class LongerHours(Entry):
    """Hours beyond those of a centre or host: ``until`` a time of the evening, or all day and night if not given.

    ``yuan_per_hour`` is paid for each hour added, ``yuan_per_year`` besides.
    """

    name: Text
    until: str | None = None
    yuan_per_hour: NotNegative
    yuan_per_year: NotNegative
    source: Text

    @model_validator(mode="after")
    def _is_a_time(self) -> Self:
        if self.until is not None:
            minute_of_day(self.until)
        return self


class Opening(Entry):
    """``[opening]`` of the catalog; ``days_per_year`` are those on which longer hours are paid for."""

    shared: SharedOpening
    days_per_year: Annotated[float, Field(gt=0, le=366)]
    days_source: Text
    ways: dict[str, Way]
    longer_hours: dict[str, LongerHours]

    @model_validator(mode="after")
    def _has_ways(self) -> Self:
        if not self.ways:
            raise PydanticCustomError("no_ways", "opening needs at least one way to have a place")
        return self
