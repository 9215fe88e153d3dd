"""Which sites a plan opens: a scenario's limits and choices in the terms of the optimizer, and its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from planner.coverage import measure_coverage
from planner.errors import ArgumentError
from planner.scenario import Scenario
from planner.side_by_side import SideBySide
from planner.siting import Solution, max_cover, max_cover_curve
from planner.siting.solution import proven_gap
from planner.today import ServiceToday

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# What a limit counts: new sites, or their yearly cost.
By = Literal["site_limit", "budget_yuan"]


@dataclass(frozen=True)
class Choice:
    """The sites of one service, as indices of its ``sites``.

    ``solution`` is of this service alone. Where one budget was for all services, ``joint`` is of all together and
    carries the proof: it maximises the sum of the services' covered shares, each times its weight.
    """

    solution: Solution
    joint: Solution | None = None


def choose_sites(today: Mapping[str, ServiceToday], scenario: Scenario) -> dict[str, Choice]:
    """The best sites of every service in ``today`` under the limits and choices of ``scenario``.

    Raises ``ArgumentError`` where required sites cannot stand or go beyond the limits, ``UnknownNameError`` for a site
    that does not exist.
    """
    if scenario.budget_yuan is not None:
        joined = SideBySide(today, scenario)
        spent = _required_cost(joined)
        if spent > scenario.budget_yuan:
            raise ArgumentError("required_over_shared_budget", cost=spent, budget=scenario.budget_yuan)
        return _apart(joined, max_cover(**_problem(joined, joined.shares), budget=scenario.budget_yuan - spent))
    return {name: Choice(max_cover(**problem_alone(part, scenario))) for name, part in today.items()}


def choose_along(
    today: Mapping[str, ServiceToday],
    scenario: Scenario,
    *,
    by: By,
    limits: Sequence[float],
    progress: Callable[[int, int], None] | None = None,
) -> list[dict[str, Choice] | None]:
    """For each limit what :func:`choose_sites` gives where it is the only one: that of the one service in ``today``, or
    a budget for all of several.

    ``None`` for a limit too small for the required sites. ``progress(done, of)`` is called after each limit.

    Raises ``ArgumentError`` where required sites cannot stand, ``UnknownNameError`` for a site that does not exist.
    """
    joined = SideBySide(today, scenario)
    taken = float(len(joined.required)) if by == "site_limit" else _required_cost(joined)
    possible = [limit - taken for limit in limits if limit >= taken]
    problem = _problem(joined, joined.worth)

    def tell(done: int, _: int) -> None:
        if progress is not None:
            progress(len(limits) - len(possible) + done, len(limits))

    if by == "site_limit":
        counts = [int(limit) for limit in possible]
        found = max_cover_curve(**problem, site_limits=counts, progress=tell)
    else:
        found = max_cover_curve(**problem, budgets=possible, progress=tell)
    choices = (
        _apart(joined, solution) if len(today) > 1 else {name: Choice(solution) for name in today} for solution in found
    )
    return [next(choices) if limit >= taken else None for limit in limits]


def as_it_is(part: ServiceToday) -> Choice:
    """The choice of nothing new."""
    covered = part.today.covered_weight
    return Choice(chosen(part, part.sites.existing, bound=covered, runtime_s=0.0, method="as it is"))


def problem_alone(part: ServiceToday, scenario: Scenario) -> dict[str, Any]:
    """What the optimizer is told of one service that has limits of its own: the arguments of a covering model.

    Raises as :func:`choose_sites`.
    """
    alone, limits = SideBySide({part.service: part}, scenario), scenario.services[part.service]
    required, spent = len(alone.required), _required_cost(alone)
    site_limit, budget = limits.site_limit, limits.budget_yuan
    service = part.study.catalog.services[part.service].name
    if site_limit is not None and required > site_limit:
        raise ArgumentError("required_over_limit", service=service, required=required, site_limit=site_limit)
    if budget is not None and spent > budget:
        raise ArgumentError("required_over_budget", service=service, cost=spent, budget=budget)
    return {
        **_problem(alone, alone.worth),
        "site_limit": None if site_limit is None else site_limit - required,
        "budget": None if budget is None else budget - spent,
    }


def _problem(joined: SideBySide, worth: Floats) -> dict[str, Any]:
    """What the optimizer is told of services, but for their limits."""
    scenario = joined.scenario
    return {
        "covers": joined.covers,
        "weight": worth,
        "cost": joined.cost,
        "fixed": joined.fixed,
        "forbidden": joined.forbidden,
        "time_limit_s": scenario.time_limit_s * len(joined.parts),
        "gap": scenario.optimality_gap,
        "seed": scenario.seed,
    }


def _apart(joined: SideBySide, joint: Solution) -> dict[str, Choice]:
    """The choice of each service from the solution of all side by side."""
    choices = {}
    for name, part in joined.parts.items():
        assigned = joint.assignment[joined.rows_of(name)]
        choices[name] = Choice(
            chosen(part, joined.own(joint.selected, name), bound=joined.most_of(name), runtime_s=joint.runtime_s,
                   method=joint.method,
                   assignment=np.where(assigned >= 0, assigned - joined.sites_of(name).start, -1)),
            joint,
        )  # fmt: skip
    return choices


def _required_cost(joined: SideBySide) -> float:
    """What the required sites cost a year."""
    costs = (part.sites.frame["cost_yuan"].to_numpy() for part in joined.parts.values())
    return sum(float(cost[own.required].sum()) for cost, own in zip(costs, joined.decided.values(), strict=True))


def chosen(
    part: ServiceToday, selected: Ints, *, bound: float, runtime_s: float, method: str, assignment: Ints | None = None
) -> Solution:
    """The solution of one service in which ``selected`` are open; ``bound`` is what no plan can beat."""
    covered = measure_coverage(part.covers, part.demand.weight, selected).covered_weight
    gap, bound = proven_gap(covered, bound, maximise=True)
    if assignment is None:
        assignment = np.full(part.covers.shape[0], -1, dtype=np.int64)
        for site in selected[::-1]:
            assignment[part.covers[:, [site]].nonzero()[0]] = site
    return Solution(
        selected=selected,
        objective=covered,
        bound=bound,
        gap=gap,
        status="optimal" if gap == 0 else "feasible",
        assignment=assignment,
        runtime_s=runtime_s,
        method=method,
    )
