"""Between a plan and the store: what of a plan is kept, and its scenario read again."""

from __future__ import annotations

import math
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from planner.errors import StoreError
from planner.scenario import Scenario
from planner.store.records import PlanDraft, SavedPlan, SavedSolution

if TYPE_CHECKING:
    from planner.plan import Plan, ServicePlan


def draft_of(plan: Plan, name: str, note: str, study_id: str) -> PlanDraft:
    """``plan`` as it is saved under ``name``: its scenario, the sites chosen and its figures, not its maps or tables.

    ``study_id`` is the saved study (``SavedStudy.id``) of which it is the plan.
    """
    figures = plan.summary().to_dict(orient="index")
    return PlanDraft(
        study_id=study_id,
        name=name,
        note=note,
        scenario=plan.scenario.model_dump(mode="json"),
        solutions={service: _solution(part) for service, part in plan.services.items()},
        figures={str(service): {str(k): _figure(v) for k, v in row.items()} for service, row in figures.items()},
        planner_version=planner_version(),
    )


def scenario_of(plan: SavedPlan) -> Scenario:
    """The scenario of a saved plan.

    Raises ``StoreError`` where another version of the planner wrote settings that this one does not know.
    """
    try:
        return Scenario.model_validate(plan.scenario)
    except ValidationError as error:
        about = {"saved": plan.planner_version, "running": planner_version()}
        raise StoreError("plan_of_other_version", plan=plan.name, **about) from error


def planner_version() -> str:
    """The version of the planner, ``"unknown"`` where it runs without being installed."""
    try:
        return version("planner")
    except PackageNotFoundError:
        return "unknown"


def _solution(part: ServicePlan) -> SavedSolution:
    found = part.solution
    return SavedSolution(
        site_ids=tuple(str(site) for site in part.sites.frame["site_id"].to_numpy()[found.selected]),
        objective=float(found.objective),
        bound=float(found.bound),
        gap=float(found.gap),
        status=found.status,
        method=found.method,
        runtime_s=float(found.runtime_s),
    )


def _figure(value: Any) -> Any:
    plain = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain
