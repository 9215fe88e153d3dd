"""Which sites a plan opens: a scenario's limits and choices in the terms of the optimizer, and its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.coverage import measure_coverage
from planner.errors import ArgumentError, UnknownNameError
from planner.scenario import Scenario
from planner.siting import Solution, max_cover, max_cover_curve
from planner.siting.solution import proven_gap
from planner.today import ServiceToday

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


@dataclass(frozen=True)
class _Picks:
    """What the planner decided: candidates that must open, and those that must not."""

    required: Ints
    forbidden: Ints
    cost_yuan: float


def choose_sites(today: Mapping[str, ServiceToday], scenario: Scenario) -> dict[str, Choice]:
    """The best sites of every service in ``today`` under the limits and choices of ``scenario``.

    Raises ``ArgumentError`` where required sites cannot stand or go beyond the limits, ``UnknownNameError`` for a site
    that does not exist.
    """
    if scenario.budget_yuan is not None:
        picks = {name: _picks(part, scenario) for name, part in today.items()}
        return _with_one_budget(today, picks, scenario, scenario.budget_yuan)
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
    picks = {name: _picks(part, scenario) for name, part in today.items()}
    required = sum(len(pick.required) for pick in picks.values())
    taken = float(required) if by == "site_limit" else sum(pick.cost_yuan for pick in picks.values())
    possible = [limit - taken for limit in limits if limit >= taken]
    together = len(today) > 1
    if together:
        problem = _side_by_side(today, picks, scenario)
    else:
        ((name, part),) = today.items()
        problem = _problem(part, picks[name], scenario)

    def tell(done: int, _: int) -> None:
        if progress is not None:
            progress(len(limits) - len(possible) + done, len(limits))

    if by == "site_limit":
        counts = [int(limit) for limit in possible]
        found = max_cover_curve(**problem, site_limits=counts, progress=tell)
    else:
        found = max_cover_curve(**problem, budgets=possible, progress=tell)
    choices = (
        _apart(today, picks, solution) if together else {name: Choice(solution) for name in today} for solution in found
    )
    return [next(choices) if limit >= taken else None for limit in limits]


def decided(part: ServiceToday, scenario: Scenario) -> tuple[Ints, Ints]:
    """The candidates that a plan of the service must open, and those that it must not, as indices of its ``sites``.

    Raises as :func:`choose_sites`.
    """
    picks = _picks(part, scenario)
    return picks.required, picks.forbidden


def as_it_is(part: ServiceToday) -> Choice:
    """The choice of nothing new."""
    covered = part.today.covered_weight
    return Choice(chosen(part, part.sites.existing, bound=covered, runtime_s=0.0, method="as it is"))


def problem_alone(part: ServiceToday, scenario: Scenario) -> dict[str, Any]:
    """What the optimizer is told of one service that has limits of its own: the arguments of a covering model.

    Raises as :func:`choose_sites`.
    """
    picks, limits = _picks(part, scenario), scenario.services[part.service]
    site_limit, budget = limits.site_limit, limits.budget_yuan
    if site_limit is not None and len(picks.required) > site_limit:
        raise ArgumentError(
            "required_over_limit", service=_name(part), required=len(picks.required), site_limit=site_limit
        )
    if budget is not None and picks.cost_yuan > budget:
        raise ArgumentError("required_over_budget", service=_name(part), cost=picks.cost_yuan, budget=budget)
    return {
        **_problem(part, picks, scenario),
        "site_limit": None if site_limit is None else site_limit - len(picks.required),
        "budget": None if budget is None else budget - picks.cost_yuan,
    }


def _with_one_budget(
    today: Mapping[str, ServiceToday], picks: Mapping[str, _Picks], scenario: Scenario, budget: float
) -> dict[str, Choice]:
    spent = sum(pick.cost_yuan for pick in picks.values())
    if spent > budget:
        raise ArgumentError("required_over_shared_budget", cost=spent, budget=budget)
    return _apart(today, picks, max_cover(**_side_by_side(today, picks, scenario), budget=budget - spent))


def _problem(part: ServiceToday, picks: _Picks, scenario: Scenario) -> dict[str, Any]:
    """What the optimizer is told of one service, but for its limits."""
    return {
        "covers": part.covers,
        "weight": part.demand.weight.ravel(),
        "cost": part.sites.frame["cost_yuan"].to_numpy(),
        "fixed": np.union1d(part.sites.existing, picks.required),
        "forbidden": picks.forbidden,
        "time_limit_s": scenario.time_limit_s,
        "gap": scenario.optimality_gap,
        "seed": scenario.seed,
    }


def _side_by_side(today: Mapping[str, ServiceToday], picks: Mapping[str, _Picks], scenario: Scenario) -> dict[str, Any]:
    """All services as one covering problem: their rows and sites side by side, each row worth its share of a whole."""
    starts = _starts(today)
    return {
        "covers": sp.csr_array(sp.block_diag([part.covers for part in today.values()], format="csr")),
        "weight": np.concatenate([_worth(part, scenario.services[name].weight) for name, part in today.items()]),
        "cost": np.concatenate([part.sites.frame["cost_yuan"].to_numpy() for part in today.values()]),
        "fixed": _together(starts, {n: np.union1d(p.sites.existing, picks[n].required) for n, p in today.items()}),
        "forbidden": _together(starts, {name: pick.forbidden for name, pick in picks.items()}),
        "time_limit_s": scenario.time_limit_s * len(today),
        "gap": scenario.optimality_gap,
        "seed": scenario.seed,
    }


def _apart(today: Mapping[str, ServiceToday], picks: Mapping[str, _Picks], joint: Solution) -> dict[str, Choice]:
    """The choice of each service from the solution of all side by side."""
    starts = _starts(today)
    choices, row = {}, 0
    for name, part in today.items():
        rows, sites = part.covers.shape
        own = joint.selected[(joint.selected >= starts[name]) & (joint.selected < starts[name] + sites)] - starts[name]
        assigned = joint.assignment[row : row + rows]
        choices[name] = Choice(
            chosen(part, own, bound=_most(part, picks[name]), runtime_s=joint.runtime_s, method=joint.method,
                   assignment=np.where(assigned >= 0, assigned - starts[name], -1)),
            joint,
        )  # fmt: skip
        row += rows
    return choices


def _starts(today: Mapping[str, ServiceToday]) -> dict[str, int]:
    """The number of each service's first site where all stand side by side."""
    return dict(zip(today, np.cumsum([0, *(part.covers.shape[1] for part in today.values())]), strict=False))


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


def _worth(part: ServiceToday, service_weight: float) -> NDArray[np.float64]:
    weight = part.demand.weight.ravel()
    total = float(weight.sum())
    worth: NDArray[np.float64] = service_weight * weight / total if total > 0 else np.zeros(len(weight))
    return worth


def _most(part: ServiceToday, picks: _Picks) -> float:
    """What all allowed sites cover together."""
    allowed = np.setdiff1d(np.arange(part.covers.shape[1]), picks.forbidden)
    return measure_coverage(part.covers, part.demand.weight, allowed).covered_weight


def _together(starts: Mapping[str, int], sites: Mapping[str, Ints]) -> Ints:
    return np.concatenate([some + starts[name] for name, some in sites.items()]).astype(np.int64)


def _picks(part: ServiceToday, scenario: Scenario) -> _Picks:
    limits = scenario.services[part.service]
    required = np.unique([_candidate(part, site, must=True) for site in limits.required]).astype(np.int64)
    forbidden = np.unique([_candidate(part, site, must=False) for site in limits.forbidden]).astype(np.int64)
    cost = float(part.sites.frame["cost_yuan"].to_numpy()[required].sum())
    return _Picks(required, forbidden[forbidden >= 0], cost)


def _candidate(part: ServiceToday, site_id: str, *, must: bool) -> int:
    """The index of a candidate; -1 for one that the siting rules keep out, where it need not stand."""
    frame = part.sites.frame
    found = np.flatnonzero((frame["site_id"] == site_id).to_numpy() & ~frame["existing"].to_numpy(dtype=bool))
    if len(found):
        return int(found[0])
    kept_out = part.sites.rejected[part.sites.rejected["host_id"] == site_id]
    if kept_out.empty:
        raise UnknownNameError("unknown_site", site=site_id, service=_name(part))
    if must:
        rule, name = kept_out.iloc[0][["rule", "name"]]
        raise ArgumentError(f"required_{rule}", site=name, service=_name(part))
    return -1


def _name(part: ServiceToday) -> object:
    return part.study.catalog.services[part.service].name
