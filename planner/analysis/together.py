"""Which services of a plan are looked at together."""

from __future__ import annotations

from planner.errors import ArgumentError
from planner.plan import Plan
from planner.side_by_side import SideBySide


def alone_or_together(plan: Plan, service: str | None) -> list[SideBySide]:
    """``service`` by itself; for ``None`` all services of the plan, together where they share one budget, else each.

    Raises ``ArgumentError`` where one service is asked for of a plan whose services share a budget.
    """
    shared = plan.scenario.budget_yuan is not None
    if shared and service is not None:
        raise ArgumentError("asked_of_shared_budget")
    if shared:
        return [SideBySide(plan.services, plan.scenario)]
    names = plan.services if service is None else [service]
    return [SideBySide({name: plan.services[name]}, plan.scenario) for name in names]
