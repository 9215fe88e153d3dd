"""What a planner may vary: read from a study's ``study.toml`` and from the page's form."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from planner.catalog import Catalog, NotNegative, Positive, Service, Standard
from planner.words import Text


class ServiceScenario(BaseModel):
    """The limits of one service; ``site_limit`` counts new sites, ``budget_yuan`` is their yearly cost.

    ``standard_m`` or ``standard_min`` replaces the catalog's standard.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    site_limit: Annotated[int, Field(ge=0)] | None = None
    budget_yuan: NotNegative | None = None
    standard_m: Positive | None = None
    standard_min: Positive | None = None

    @model_validator(mode="after")
    def _is_limited(self) -> Self:
        if self.site_limit is None and self.budget_yuan is None:
            raise PydanticCustomError("unlimited", "a service needs site_limit, budget_yuan or both")
        if self.standard_m is not None and self.standard_min is not None:
            raise PydanticCustomError("two_standards", "give standard_m or standard_min, not both")
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


class Scenario(BaseModel):
    """One question to the planner: which services, under which limits, on what kind of day.

    ``peak_day`` weighs each kind of delivery by the catalog's factor for a peak day (parcels, not meals);
    ``demand_factor`` states a kind's factor itself, on a peak day or any other. ``time_limit_s`` and
    ``optimality_gap`` (relative) bound the solver's work on each service.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    name: Text = Text(zh="未命名方案", en="Unnamed plan")
    services: dict[str, ServiceScenario]
    peak_day: bool = False
    demand_factor: dict[str, DayFactor] = Field(default_factory=dict)
    time_limit_s: Positive = 30.0
    optimality_gap: NotNegative = 0.0
    seed: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _has_services(self) -> Self:
        if not self.services:
            raise PydanticCustomError("no_services", "a scenario needs at least one service")
        return self

    def day_factor(self, kind: str, catalog: Catalog) -> float:
        """What a normal day's deliveries of ``kind`` are multiplied by."""
        if kind in self.demand_factor:
            return self.demand_factor[kind]
        return catalog.deliveries[kind].peak_day.value if self.peak_day and kind in catalog.deliveries else 1.0
