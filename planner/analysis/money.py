"""The money that a question is asked with."""

from __future__ import annotations

from collections.abc import Sequence

from planner.errors import ArgumentError
from planner.plan import Plan


def checked_budget(budget_yuan: float) -> float:
    """A finite amount of money of 0 or more. Raises ``ArgumentError`` for anything else."""
    if not 0 <= budget_yuan < float("inf"):
        raise ArgumentError("bad_limit", name="budget_yuan", value=budget_yuan)
    return float(budget_yuan)


def spent_on(plan: Plan, services: Sequence[str] | None = None) -> float:
    """The budget of a plan: its own where it has one for all services, else what its new sites cost a year."""
    if services is None and plan.scenario.budget_yuan is not None:
        return plan.scenario.budget_yuan
    summary = plan.summary()["cost_yuan"]
    return float(summary.sum() if services is None else summary.loc[list(services)].sum())
