"""What opens when in one service, or in all that share a budget: in the best order, and in two shorter views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from planner.choosing import By
from planner.errors import ArgumentError
from planner.scenario import Scenario
from planner.side_by_side import SideBySide
from planner.siting import PhasedSolution, max_cover, phased_cover

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# What a year's money pays: all that the plan has opened, or what opens in the year.
Money = Literal["running", "new"]
# The best over the years; each year's best addition; the best sites of the last year, in their best order.
Order = Literal["best", "year_by_year", "end_first"]

ORDERS: Final[tuple[Order, ...]] = ("best", "year_by_year", "end_first")


@dataclass(frozen=True)
class YearsOf:
    """What opens when. ``limits``: (years,), of what ``by`` says.

    ``phase``: of each order, (sites,) the year in which each site opens, 0 for one that stands, -1 for none. ``value``:
    of each order the weight covered, summed over the years as they count. ``solution`` is that of the best order.
    """

    together: SideBySide
    by: By
    limits: Floats
    phase: Mapping[Order, Ints]
    value: Mapping[Order, float]
    solution: PhasedSolution


def spread_over(limit: float, years: int, by: By, money: Money) -> Floats:
    """The limit of a plan over the years: sites and new money in equal parts, running money in equal steps."""
    if by == "site_limit":
        return np.array([len(part) for part in np.array_split(np.arange(int(limit)), years)], dtype=np.float64)
    steps = np.arange(1, years + 1) if money == "running" else np.ones(years)
    return np.floor(limit * steps / years)


def years_of(
    together: SideBySide,
    scenario: Scenario,
    *,
    by: By,
    limits: Floats,
    money: Money,
    weights: Floats,
    tell: Callable[[int], None],
) -> YearsOf:
    """What opens when in each order; ``tell`` is called with how many orders are done.

    Raises ``ArgumentError`` where required sites go beyond the first year's limit.
    """
    task = _Task(together, scenario, by, money == "running", _without_required(together, by, limits, money), weights)
    best = task.phased(together.forbidden)
    tell(1)
    phase: dict[Order, Ints] = {"best": best.phase, "year_by_year": task.year_by_year()}
    tell(2)
    last = task.covering(together.fixed, task.in_all())
    phase["end_first"] = task.phased(np.setdiff1d(np.arange(len(together.cost)), last)).phase
    tell(3)
    for order in ORDERS:
        phase[order] = np.where(np.isin(np.arange(len(together.cost)), together.required), 1, phase[order])
    return YearsOf(together, by, limits, phase, {order: task.value(phase[order]) for order in ORDERS}, best)


def _without_required(together: SideBySide, by: By, limits: Floats, money: Money) -> Floats:
    """What the limits leave once the required sites are open, from the first year on."""
    taken = float(len(together.required) if by == "site_limit" else together.cost[together.required].sum())
    left = limits.copy()
    if by == "budget_yuan" and money == "running":
        left -= taken
    else:
        left[0] -= taken
    if (left < 0).any():
        raise ArgumentError("required_over_year", year=int(np.flatnonzero(left < 0)[0]) + 1)
    return left


@dataclass(frozen=True)
class _Task:
    """``limits`` are what is left beside the required sites."""

    together: SideBySide
    scenario: Scenario
    by: By
    recurring: bool
    limits: Floats
    weights: Floats

    @property
    def _search(self) -> dict[str, Any]:
        scenario = self.scenario
        return {"time_limit_s": scenario.time_limit_s, "gap": scenario.optimality_gap, "seed": scenario.seed}

    def phased(self, forbidden: Ints) -> PhasedSolution:
        """The best order of the sites that are not forbidden."""
        limits: dict[str, Any] = {"site_limits": self.limits}
        if self.by == "budget_yuan":
            limits = {"budgets": self.limits, "cost": self.together.cost, "recurring": self.recurring}
        return phased_cover(
            self.together.covers, self.together.worth, **limits, phase_weight=self.weights, fixed=self.together.fixed,
            forbidden=np.setdiff1d(forbidden, self.together.fixed), **self._search,
        )  # fmt: skip

    def covering(self, fixed: Ints, limit: float) -> Ints:
        """The sites that cover the most beside ``fixed``, within a limit for the others."""
        limits: dict[str, Any] = {"site_limit": int(limit)}
        if self.by == "budget_yuan":
            limits = {"budget": limit, "cost": self.together.cost}
        return max_cover(
            self.together.covers, self.together.worth, **limits, fixed=fixed,
            forbidden=np.setdiff1d(self.together.forbidden, fixed), **self._search,
        ).selected  # fmt: skip

    def in_all(self) -> float:
        """The limit of what is open in the last year."""
        return float(self.limits[-1] if self.by == "budget_yuan" and self.recurring else self.limits.sum())

    def year_by_year(self) -> Ints:
        """The year in which each site opens where every year takes the best that it can add."""
        phase = np.full(len(self.together.cost), -1, dtype=np.int64)
        phase[self.together.fixed] = 0
        for year in range(len(self.limits)):
            limit = self.limits[year]
            if self.by == "budget_yuan" and self.recurring:  # what opens now must be paid for in every later year too
                limit = self.limits[year:].min() - self.together.cost[phase >= 1].sum()
            before = np.flatnonzero(phase >= 0)
            phase[np.setdiff1d(self.covering(before, max(0.0, limit)), before)] = year + 1
        return phase

    def value(self, phase: Ints) -> float:
        """The weight covered, summed over the years as they count."""
        covered = []
        for year in range(1, len(self.limits) + 1):
            is_open = ((phase >= 0) & (phase <= year)).astype(np.float64)
            covered.append(float(self.together.worth[self.together.covers @ is_open > 0].sum()))
        return float(np.dot(covered, self.weights))
