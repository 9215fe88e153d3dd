"""What more would bring: coverage against the number of new sites, or against money, each point planned anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

import pandas as pd

from planner.errors import ArgumentError
from planner.plan import Plan, ServicePlan, plan_from
from planner.today import ServiceToday

By = Literal["site_limit", "budget_yuan"]

STEP_YUAN: Final = 10_000.0
_STEPS_BEYOND: Final = 6
_POINTS: Final = 8

_FIGURES: Final = ("covered_share", "new_sites", "cost_yuan", "optimality_gap")


def coverage_curve(
    plan: Plan,
    service: str | None = None,
    *,
    by: By,
    limits: Sequence[float],
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """A row a limit and service: ``limit``, ``service``, ``covered_share``, ``new_sites``, ``cost_yuan``,
    ``optimality_gap``.

    ``service`` is planned under each of ``limits`` in place of its own limits, with the plan's choices of sites;
    ``None`` is all services under one budget for all, for a plan that has one. A limit too small for the required sites
    has no row. ``progress(done, of)`` is called after each limit.

    Raises ``ArgumentError`` where a budget for all is asked of a plan with limits for each service, or the reverse.
    """
    shared = plan.scenario.budget_yuan is not None
    if shared != (service is None) or (shared and by != "budget_yuan"):
        raise ArgumentError("curve_of_other_limits")
    rows = []
    for done, limit in enumerate(limits, start=1):
        rows += _rows(plan, service, by, limit)
        if progress is not None:
            progress(done, len(limits))
    return pd.DataFrame(rows, columns=["limit", "service", *_FIGURES])


def curves_of(plan: Plan) -> pd.DataFrame:
    """Some points of the curve of every service around the plan, by what limits it; see :func:`coverage_curve`."""
    if plan.scenario.budget_yuan is not None:
        return _around(plan, None, "budget_yuan")
    return pd.concat([_around(plan, name, kind_of_limit(plan, name)) for name in plan.services], ignore_index=True)


def kind_of_limit(plan: Plan, service: str) -> By:
    """What limits a service: the number of its new sites, or money where that alone does."""
    own = plan.scenario.services[service]
    is_money = plan.scenario.budget_yuan is not None or (own.budget_yuan is not None and own.site_limit is None)
    return "budget_yuan" if is_money else "site_limit"


def limit_of(plan: Plan, service: str | None, by: By) -> float:
    """Where the plan stands on its curve: its own limit, or what its new sites come to where it has no such limit."""
    summary = plan.summary() if service is None else plan.summary().loc[[service]]
    if by == "site_limit":
        return float(summary["new_sites"].sum())
    own = plan.scenario if service is None else plan.scenario.services[service]
    return float(summary["cost_yuan"].sum()) if own.budget_yuan is None else own.budget_yuan


def next_step(curve: pd.DataFrame, here: float) -> pd.DataFrame:
    """What the first limit beyond ``here`` brings: a row a service, with the curve's columns and ``more``, by how much
    that limit is larger.
    """
    beyond = curve[curve["limit"] > here]
    first = beyond[beyond["limit"] == beyond["limit"].min()]
    step: pd.DataFrame = first.assign(more=first["limit"] - here)
    return step


def limits_around(plan: Plan, service: str | None, by: By) -> list[float]:
    """The limits of a curve on which the plan lies: by number from none on, by money some steps to either side."""
    here = limit_of(plan, service, by)
    if by == "site_limit":
        return [float(count) for count in range(int(here) + _STEPS_BEYOND + 1)]
    steps = range(-min(_STEPS_BEYOND, int(here // STEP_YUAN)), _STEPS_BEYOND + 1)
    return [here + step * STEP_YUAN for step in steps]


def spread_out(limits: Sequence[float], here: float, *, at_most: int) -> list[float]:
    """Some of ``limits``: the first, the last, ``here`` and the one after it, and others evenly between."""
    if len(limits) <= at_most:
        return list(limits)
    wanted = at_most - 2
    chosen = {round(i * (len(limits) - 1) / (wanted - 1)) for i in range(wanted)}
    if here in limits:
        at = list(limits).index(here)
        chosen |= {at, min(at + 1, len(limits) - 1)}
    return [limits[i] for i in sorted(chosen)]


def _around(plan: Plan, service: str | None, by: By) -> pd.DataFrame:
    limits = spread_out(limits_around(plan, service, by), limit_of(plan, service, by), at_most=_POINTS)
    return coverage_curve(plan, service, by=by, limits=limits)


def _rows(plan: Plan, service: str | None, by: By, limit: float) -> list[dict[str, object]]:
    changes: dict[str, object] = {"budget_yuan": limit}
    today: Mapping[str, ServiceToday] = plan.services
    if service is not None:
        own: dict[str, float | None] = {
            "site_limit": None,
            "budget_yuan": None,
            by: int(limit) if by == "site_limit" else limit,
        }
        changes = {"services": {service: plan.scenario.services[service].model_copy(update=own)}}
        today = {service: plan.services[service]}
    try:
        found = plan_from(today, plan.scenario.model_copy(update=changes))
    except ArgumentError:
        return []
    return [{"limit": limit, "service": name, **_figures(part)} for name, part in found.services.items()]


def _figures(part: ServicePlan) -> dict[str, float]:
    """Those of :meth:`planner.plan.Plan.summary` that a curve has, without a look at each new site."""
    return {
        "covered_share": part.planned.covered_share,
        "new_sites": len(part.opened),
        "cost_yuan": float(part.sites.frame["cost_yuan"].to_numpy()[part.opened].sum()),
        "optimality_gap": part.proven.gap,
    }
