"""The tiers of one world planned: together, or one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.analysis.three_tiers.world import TierWorld
from planner.plan import Plan
from planner.siting import hierarchical_cover
from planner.siting.covering.hierarchical_cover.hierarchical_cover import HierarchicalSolution
from planner.siting.solution import proven_gap

Ints = NDArray[np.int64]


class TierPlanner:
    """Plans the tiers of one world, telling how many of the problems are done."""

    def __init__(
        self,
        world: TierWorld,
        plan: Plan,
        service: str,
        site_limits: list[int | None],
        at_least: list[int],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._world, self._scenario, self._progress = world, plan.scenario, progress
        self._limits, self._least = site_limits, at_least
        shut = plan.scenario.services[service].forbidden
        self._forbidden = np.flatnonzero(world.sites["site_id"].isin(shut) & ~world.sites["existing"])
        self._done = 0

    def tell(self) -> None:
        """How far it is."""
        if self._progress is not None:
            self._progress(self._done, 1 + 2 * len(self._world.names))

    def plan(self, budget: float, stands: Ints, with_tier: Ints, tiers: range) -> HierarchicalSolution:
        """The best new sites of these tiers beside those that stand."""
        self.tell()
        self._done += 1
        world = self._world
        among = np.isin(np.arange(len(world.names)), tiers)
        least = np.where(among, self._least, 0)
        return hierarchical_cover(
            world.covers, world.weight, world.level,
            cost=world.cost, budget=budget, site_limits=self._limits, at_least=least.tolist(),
            allowed=world.allowed & among[:, None],
            fixed=stands, fixed_tier=with_tier, forbidden=np.setdiff1d(self._forbidden, stands),
            time_limit_s=self._scenario.time_limit_s, gap=self._scenario.optimality_gap, seed=self._scenario.seed,
        )  # fmt: skip

    def better(self, joint: HierarchicalSolution, others: list[Ints]) -> HierarchicalSolution:
        """The best of a plan and of others within its limits, with the bound that is proven for it."""
        world = self._world
        best = max(others, key=world.covered_share)
        if world.covered_share(best) <= world.covered_share(joint.tier):
            return joint
        sites = np.flatnonzero(best >= 0)
        found = hierarchical_cover(
            world.covers, world.weight, world.level, cost=world.cost, budget=0, fixed=sites, fixed_tier=best[sites],
            allowed=np.zeros_like(world.allowed),
        )  # fmt: skip
        gap, bound = proven_gap(found.objective, joint.bound, maximise=True)
        is_best = gap <= self._scenario.optimality_gap
        return replace(found, gap=gap, bound=bound, status="optimal" if is_best else "feasible", method=joint.method)

    def in_turn(self, budgets: list[float]) -> tuple[Ints, bool]:
        """The tier of each site where the highest tier is planned first, each with its money and what was left over;
        and whether each step is proven the best. Each step counts every level that its tier offers.
        """
        world, left, surely = self._world, 0.0, True
        stands, with_tier = world.existing, world.standing
        for number in reversed(range(len(world.names))):
            left += budgets[number]
            step = self.plan(left, stands, with_tier, range(number, number + 1))
            left -= float(world.cost[number, np.setdiff1d(step.selected, stands)].sum())
            left = max(left, 0.0)
            stands, with_tier = step.selected, step.tier[step.selected]
            surely &= step.gap == 0
        tier = np.full(len(world.sites), -1, dtype=np.int64)
        tier[stands] = with_tier
        return tier, surely
