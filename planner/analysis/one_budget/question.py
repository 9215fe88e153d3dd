"""One budget, several services: what they cover together where services in one place share its opening cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from planner.analysis.money import checked_budget, spent_on
from planner.analysis.one_budget.answer import OneBudget
from planner.analysis.one_budget.shared_hosts import SharedHosts, shared_hosts
from planner.errors import ArgumentError
from planner.plan import Plan
from planner.siting import HostedSolution


def one_budget(
    plan: Plan,
    *,
    budget_yuan: float | None = None,
    weights: Mapping[str, float] | None = None,
    opening_yuan: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> OneBudget:
    """What one yearly budget covers of all services of ``plan`` together, and what it saves that they share places.

    A site's yearly cost is the rent of the area that the service takes, and the service's running cost. The rent is
    not shared, for each service takes its own floor; of the running cost ``opening_yuan`` is for the place itself
    (agreement, access, cleaning, connections, inspection; the catalog's ``opening.shared``, an assumption that an
    office replaces by its own) and is paid once a place. What stands in a place together must fit its area.

    ``budget_yuan``: by default the plan's budget for all, or what its new sites cost. ``weights``: what each service's
    covered share counts, by default as in the plan's scenario; the sum of them is maximised, and proven. The plan's
    required and forbidden sites hold. ``progress(done, of)`` is called between the two searches.

    Raises ``ArgumentError`` for a budget or weights that are not above 0 or name other services.
    """
    money = checked_budget(spent_on(plan) if budget_yuan is None else budget_yuan)
    weighs = checked_weights(plan, weights)
    together = shared_hosts(plan, opening_yuan=opening_yuan)
    _tell(progress, 0)
    shared = together.solve(money, weighs)
    _tell(progress, 1)
    apart = shared_hosts(plan, opening_yuan=0.0).solve(money, weighs)
    _tell(progress, 2)
    planned = together.plan(shared, money, weighs)
    return OneBudget(
        frame=_frame(together, shared, apart, planned, weighs),
        plan=planned,
        places=together.places(shared.selected),
        budget_yuan=money,
        opening_yuan=together.opening_yuan,
    )


def checked_weights(plan: Plan, weights: Mapping[str, float] | None) -> dict[str, float]:
    """What each service weighs, by default as the scenario says. Raises ``ArgumentError`` where one is not above 0."""
    said = {name: plan.scenario.services[name].weight for name in plan.services}
    for name, value in (weights or {}).items():
        if name not in said:
            raise ArgumentError("weight_of_other", service=name, known=", ".join(said))
        if not 0 < value < float("inf"):
            raise ArgumentError("bad_weight", service=name, value=value)
        said[name] = float(value)
    return said


def _frame(
    together: SharedHosts, shared: HostedSolution, apart: HostedSolution, planned: Plan, weights: Mapping[str, float]
) -> pd.DataFrame:
    several = together.places(shared.selected)
    together_at = {
        name: sum(1 for services in several["services"] if len(services) > 1 and name in services) for name in weights
    }
    summary = planned.summary()
    return pd.DataFrame(
        [
            {
                "service": name,
                "weight": weight,
                "today_share": summary.loc[name, "covered_share_today"],
                "apart_share": together.covered_share(apart.selected, name),
                "covered_share": summary.loc[name, "covered_share_planned"],
                "new_sites": summary.loc[name, "new_sites"],
                "shared_sites": together_at[name],
                "cost_yuan": summary.loc[name, "cost_yuan"],
                "optimality_gap": shared.gap,
            }
            for name, weight in weights.items()
        ]
    )


def _tell(progress: Callable[[int, int], None] | None, done: int) -> None:
    if progress is not None:
        progress(done, 2)
