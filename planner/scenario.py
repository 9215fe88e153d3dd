"""What a planner may vary: read from a study's ``study.toml`` and from the page's form."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from planner.catalog import Catalog, NotNegative, Positive, Service, Standard
from planner.hours import OpenHours
from planner.words import Text

Name = Annotated[str, Field(min_length=1)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ServiceScenario(_Entry):
    """The limits of one service; ``site_limit`` counts new sites, ``budget_yuan`` is their yearly cost.

    ``standard_m`` or ``standard_min`` replaces the catalog's standard. ``required`` and ``forbidden`` are the ids of
    candidates that the plan must and must not use; required ones count against the limits. ``weight`` is what the
    service's covered share counts where one budget is for all services.
    """

    site_limit: Annotated[int, Field(ge=0)] | None = None
    budget_yuan: NotNegative | None = None
    standard_m: Positive | None = None
    standard_min: Positive | None = None
    required: tuple[Name, ...] = ()
    forbidden: tuple[Name, ...] = ()
    weight: Positive = 1.0

    @property
    def is_limited(self) -> bool:
        """Whether it has a limit of its own."""
        return self.site_limit is not None or self.budget_yuan is not None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.standard_m is not None and self.standard_min is not None:
            raise PydanticCustomError("two_standards", "give standard_m or standard_min, not both")
        both = sorted({*self.required} & {*self.forbidden})
        if both:
            text = "{site} is both required and forbidden: keep one"
            raise PydanticCustomError("required_and_forbidden", text, {"site": both[0]})
        return self

    def standard_for(self, service: Service) -> Standard:
        """The standard in force: this scenario's, else the catalog's."""
        if self.standard_m is not None:
            return Standard(value=self.standard_m, unit="m")
        if self.standard_min is not None:
            return Standard(value=self.standard_min, unit="min")
        return service.standard


# A day's factor outside of this is a slip: 151 for 1.51, or a share of a day.
DayFactor = Annotated[float, Field(ge=0.5, le=10)]


class ProposedSite(_Entry):
    """A place of the planner's own: a candidate for every service whose siting rules it keeps. WGS-84 degrees."""

    site_id: Name
    name: Name
    lon: Longitude
    lat: Latitude
    kind: Name
    floor: int = 1
    area_m2: Positive
    yearly_cost_yuan: NotNegative
    open_hours: OpenHours


class NoGoArea(_Entry):
    """An area of the planner's own where nothing may stand; ``services`` names those it is for, none means all.

    ``ring``: its corners in order, WGS-84 (lon, lat), the first not repeated.
    """

    name: Name
    ring: Annotated[tuple[tuple[Longitude, Latitude], ...], Field(min_length=3)]
    services: tuple[Name, ...] = ()


class Scenario(_Entry):
    """One question to the planner: which services, under which limits, on what kind of day.

    ``budget_yuan`` is one yearly budget for the new sites of all services together, which then have no limits of their
    own. ``proposed`` are places of the planner's own, ``no_go`` areas where nothing may stand. ``peak_day`` weighs each
    kind of delivery by the catalog's factor for a peak day (parcels, not meals); ``demand_factor`` states a kind's
    factor itself, on a peak day or any other. ``time_limit_s`` and ``optimality_gap`` (relative) bound the solver's
    work on each service.
    """

    name: Text = Text(zh="未命名方案", en="Unnamed plan")
    services: dict[str, ServiceScenario]
    budget_yuan: NotNegative | None = None
    proposed: tuple[ProposedSite, ...] = ()
    no_go: tuple[NoGoArea, ...] = ()
    peak_day: bool = False
    demand_factor: dict[str, DayFactor] = Field(default_factory=dict)
    time_limit_s: Positive = 30.0
    optimality_gap: NotNegative = 0.0
    seed: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if not self.services:
            raise PydanticCustomError("no_services", "a scenario needs at least one service")
        for name, service in self.services.items():
            if self.budget_yuan is None and not service.is_limited:
                text = "{service} needs site_limit, budget_yuan or both"
                raise PydanticCustomError("unlimited", text, {"service": name})
            if self.budget_yuan is not None and service.is_limited:
                text = "with one budget for all, {service} has no site_limit or budget_yuan of its own"
                raise PydanticCustomError("limited_twice", text, {"service": name})
        ids = [site.site_id for site in self.proposed]
        twice = sorted(name for name in {*ids} if ids.count(name) > 1)
        if twice:
            raise PydanticCustomError("proposed_twice", "two proposed sites are called {site}", {"site": twice[0]})
        return self

    def before_planning(self, service: str) -> Scenario:
        """This scenario as far as it says what there is for ``service`` before any plan: no limits and no choices.

        Scenarios that are equal in this have the same demand, sites and coverage today.
        """
        limits = self.services[service]
        bare = ServiceScenario(site_limit=0, standard_m=limits.standard_m, standard_min=limits.standard_min)
        changes = {"name": Scenario.model_fields["name"].default, "budget_yuan": None}
        return self.model_copy(update={**changes, "services": {service: bare}})

    def day_factor(self, kind: str, catalog: Catalog) -> float:
        """What a normal day's deliveries of ``kind`` are multiplied by."""
        if kind in self.demand_factor:
            return self.demand_factor[kind]
        return catalog.deliveries[kind].peak_day.value if self.peak_day and kind in catalog.deliveries else 1.0
