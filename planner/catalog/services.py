"""A service: where it may stand, how near it must be, and the tiers of its sites."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from planner.catalog.entries import Entry, NotNegative, Positive, Standard
from planner.hours import OpenHours
from planner.words import Text


class NearRoads(Entry):
    """What must stand near a road of some kind: within ``within_m`` of one that has any of the OSM ``tags``."""

    within_m: Positive
    tags: Annotated[tuple[Annotated[str, Field(pattern="^(highway|hgv)=.+$")], ...], Field(min_length=1)]
    source: Text


class SitingRules(Entry):
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


class TierHours(Entry):
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


def check_tiers(service: str, tiers: list[Tier]) -> None:
    """Raise ``PydanticCustomError`` where the tiers of a service do not agree with each other."""
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
