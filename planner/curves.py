"""What more would bring: coverage against the number of new sites, or against money, each point planned anew."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final, get_args

import pandas as pd

from planner.choosing import By, Choice, choose_along
from planner.errors import ArgumentError
from planner.plan import Plan, ServicePlan, plan_from
from planner.siting.arguments import one_of
from planner.today import ServiceToday

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

    ``service`` is planned under each of ``limits`` in place of all limits that the plan has, with the plan's choices of
    sites; ``None`` is all services under one budget for all, each counting by its weight in the scenario. A limit too
    small for the required sites has no row. ``progress(done, of)`` is called after each limit.

    Raises ``ArgumentError`` for all services by ``site_limit``, for a limit that is no number of 0 or more, and for
    another ``by``.
    """
    one_of("by", by, get_args(By))
    for limit in limits:
        if not (math.isfinite(limit) and limit >= 0):
            raise ArgumentError("bad_limit", name="limits", value=limit)
    if service is None and by != "budget_yuan":
        raise ArgumentError("curve_of_all_by_number")
    today: Mapping[str, ServiceToday] = plan.services if service is None else {service: plan.services[service]}
    own = _choice_of(plan, service, by)
    others = [limit for limit in limits if limit not in own]
    known = len(limits) - len(others)
    if progress is not None and known:
        progress(known, len(limits))

    def tell(done: int, _: int) -> None:
        if progress is not None:
            progress(known + done, len(limits))

    choices = dict(zip(others, choose_along(today, plan.scenario, by=by, limits=others, progress=tell), strict=True))
    rows = [
        {"limit": limit, "service": name, **_figures(part)}
        for limit in limits
        if (chosen := {**choices, **own}[limit]) is not None
        for name, part in plan_from(today, plan.scenario, choices=chosen).services.items()
    ]
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


def _choice_of(plan: Plan, service: str | None, by: By) -> dict[float, dict[str, Choice]]:
    """The plan's own choice at its limit, where that is the only one and its sites are proven best."""
    shared = plan.scenario.budget_yuan
    parts = plan.services if service is None else {service: plan.services[service]}
    if service is None:
        limit = shared
    else:
        limits = plan.scenario.services[service]
        both = (limits.site_limit, limits.budget_yuan)
        limit = (both[0] if by == "site_limit" else both[1]) if None in both and shared is None else None
    if limit is None or not all(part.is_proven_best for part in parts.values()):
        return {}
    return {float(limit): {name: Choice(part.solution, part.joint) for name, part in parts.items()}}


def _figures(part: ServicePlan) -> dict[str, float]:
    """Those of :meth:`planner.plan.Plan.summary` that a curve has, without a look at each new site."""
    return {
        "covered_share": part.planned.covered_share,
        "new_sites": len(part.opened),
        "cost_yuan": float(part.sites.frame["cost_yuan"].to_numpy()[part.opened].sum()),
        "optimality_gap": part.proven.gap,
    }
