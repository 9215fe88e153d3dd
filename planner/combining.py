"""How the parts of a study's demand are put together: ``[combining]`` of the catalog, under ``[demand]`` of a study."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from planner.words import Text

Basis = Literal["cells", "buildings", "pois", "streets"]
Weight = Annotated[float, Field(ge=0)]


class ServiceParts(BaseModel):
    """Where one service differs: fields as in :class:`Combining`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    combine: Literal["weights", "shares"] | None = None
    cells: Weight | None = None
    grid_totals: Weight | None = None
    appeals: Weight | None = None


class Parts(BaseModel):
    """What each part of the demand weighs for one service."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    combine: Literal["weights", "shares"]
    cells: Weight
    grid_totals: Weight
    appeals: Weight


class Combining(BaseModel):
    """How grid totals are spread, what stands in for missing ones, which appeals count, and what each part weighs.

    ``interval`` is the share of grids whose true number an estimate's interval is to hold. ``appeals_as_of`` is the day
    from which the age of an appeal counts; without it all appeals count whatever their age.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    spread_by: Annotated[tuple[Basis, ...], Field(min_length=1)]
    pois: tuple[str, ...]
    grids_without_data: Literal["estimate", "zero"]
    interval: Annotated[float, Field(ge=0.5, le=0.9)]
    closed_appeals: Annotated[float, Field(ge=0, le=1)]
    appeals_as_of: datetime.date | None = None
    appeals_max_age_days: Annotated[int, Field(ge=1)] | None = None
    combine: Literal["weights", "shares"]
    cells: Weight
    grid_totals: Weight
    appeals: Weight
    source: Text
    services: dict[str, ServiceParts] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _age_has_a_day(self) -> Self:
        if self.appeals_max_age_days is not None and self.appeals_as_of is None:
            raise PydanticCustomError("no_day", "appeals_max_age_days needs appeals_as_of")
        return self

    def parts_of(self, service: str) -> Parts:
        """What each part weighs for ``service``."""
        general = self.model_dump(include=set(Parts.model_fields))
        own = self.services.get(service, ServiceParts()).model_dump(exclude_none=True)
        return Parts.model_validate(general | own)
