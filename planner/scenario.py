"""What a planner may vary: read from a study's ``study.toml`` and from the page's form."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from planner.catalog import NotNegative, Positive, Service, Standard
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


class Scenario(BaseModel):
    """One question to the planner: which services, under which limits.

    ``time_limit_s`` and ``optimality_gap`` (relative) bound the solver's work on each service.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    name: Text = Text(zh="未命名方案", en="Unnamed plan")
    services: dict[str, ServiceScenario]
    time_limit_s: Positive = 30.0
    optimality_gap: NotNegative = 0.0
    seed: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _has_services(self) -> Self:
        if not self.services:
            raise PydanticCustomError("no_services", "a scenario needs at least one service")
        return self
