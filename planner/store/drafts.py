"""Between a plan and the store: what of a plan is kept, and its scenario read again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd
from pydantic import ValidationError

from planner.errors import StoreError
from planner.scenario import Scenario
from planner.store.records import PlanDraft, SavedPlan, SavedSolution

if TYPE_CHECKING:
    from planner.choosing import Choice
    from planner.intake.study import Study
    from planner.plan import Plan, ServicePlan
    from planner.siting import Solution
    from planner.today import ServiceToday

# What of a summary must be the same when a plan is opened again.
_KEPT_FIGURES: Final = ("covered_share_today", "covered_share_planned", "new_sites", "cost_yuan", "weight_per_day")


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
        solutions={service: _solution(part, part.solution) for service, part in plan.services.items()},
        joint=_joint(plan),
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


def plan_of(saved: SavedPlan, study: Study) -> Plan:
    """The saved plan with the sites that were chosen then; nothing is searched anew.

    ``study`` is the saved study of which it is the plan. Raises ``StoreError`` where a site is not in it any more, or
    where the figures are not those that were saved, and as :func:`scenario_of`.
    """
    from planner.demand import deliveries_of
    from planner.plan import plan_from
    from planner.today import service_today

    scenario = scenario_of(saved)
    deliveries = deliveries_of(study, seed=scenario.seed)
    today = {name: service_today(study, scenario, name, deliveries=deliveries) for name in scenario.services}
    plan = plan_from(today, scenario, choices=choices_of(saved, today))
    found = draft_of(plan, saved.name, saved.note, saved.study_id).figures
    for service, row in saved.figures.items():
        for figure in _KEPT_FIGURES:
            if not _is_same(row[figure], found[service][figure]):
                raise StoreError(
                    "plan_figures_differ",
                    plan=saved.name,
                    saved=saved.planner_version,
                    running=planner_version(),
                    figure=figure,
                    was=row[figure],
                    now=found[service][figure],
                )
    return plan


def choices_of(saved: SavedPlan, today: Mapping[str, ServiceToday]) -> dict[str, Choice]:
    """The sites of a saved plan. Raises ``StoreError`` where one of them is not there any more."""
    from planner.choosing import Choice, chosen

    solutions = {}
    for service, part in today.items():
        kept = saved.solutions[service]
        index = pd.Index(part.sites.frame["site_id"]).get_indexer(list(kept.site_ids))
        if (index < 0).any():
            raise StoreError("plan_site_missing", plan=saved.name, site=kept.site_ids[int(np.argmin(index))])
        found = chosen(
            part, np.sort(index).astype(np.int64), bound=kept.bound, runtime_s=kept.runtime_s, method=kept.method
        )
        solutions[service] = replace(found, status=_status(kept))
    joint = saved.joint
    together = None
    if joint is not None:
        together = replace(
            next(iter(solutions.values())),
            selected=np.empty(0, dtype=np.int64),
            assignment=np.empty(0, dtype=np.int64),
            objective=joint.objective,
            bound=joint.bound,
            gap=joint.gap,
            status=_status(joint),
            method=joint.method,
            runtime_s=joint.runtime_s,
        )
    return {service: Choice(solution, together) for service, solution in solutions.items()}


def _joint(plan: Plan) -> SavedSolution | None:
    part = next(iter(plan.services.values()))
    return None if part.joint is None else replace(_solution(part, part.joint), site_ids=())


def _solution(part: ServicePlan, found: Solution) -> SavedSolution:
    sites = part.sites.frame["site_id"].to_numpy()
    return SavedSolution(
        site_ids=tuple(str(sites[site]) for site in found.selected if site < len(sites)),
        objective=float(found.objective),
        bound=float(found.bound),
        gap=float(found.gap),
        status=found.status,
        method=found.method,
        runtime_s=float(found.runtime_s),
    )


def _is_same(was: float | None, now: float | None) -> bool:
    """A share of no demand is no number, then and now."""
    if was is None or now is None:
        return was is now
    return math.isclose(was, now, rel_tol=1e-9, abs_tol=1e-9)


def _status(kept: SavedSolution) -> Literal["optimal", "feasible"]:
    return "optimal" if kept.status == "optimal" else "feasible"


def _figure(value: Any) -> Any:
    plain = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain
