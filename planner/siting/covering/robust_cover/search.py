"""The search for a plan that fares well in every scenario, and a bound from scenarios weighed against each other."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.siting.covering.covers import without_useless
from planner.siting.covering.max_cover.max_cover import max_cover
from planner.siting.covering.robust_cover.town import RobustTown
from planner.siting.solution import Solution
from planner.siting.stopping import INTERRUPTED, Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Shares nearer than this are the same.
SAME: Final = 1e-9
_ROUNDS: Final = 6
# How fast the weights move: from the widest difference between scenarios, by about so much a round.
_STEP: Final = 1.5
# The part of the time that the rounds may take.
_SEARCH: Final = 0.4


class RobustSearch:
    """The best plan so far, with its value and a proven bound.

    The value is the average share, the least share, or 1 less the largest regret: always the more the better.
    """

    def __init__(self, town: RobustTown, goal: str, chance: Floats, gap: float, seed: int) -> None:
        self.town, self.goal, self.chance, self.gap, self._seed = town, goal, chance, gap, seed
        self.best = np.empty(0, dtype=np.int64)
        # What the best plan for each scenario alone covers, and at most could.
        self.alone = town.base.copy()
        self.alone_bound = town.base + town.share.sum(axis=1)
        self._set_off()
        self.value, self.average = self._worth(town.fares(self.best))
        self.bound = 1.0

    def done(self) -> bool:
        """Whether the best so far is proven as asked."""
        asked = self.gap if self.goal == "regret" else self.gap * self.bound
        return self.bound - self.value <= max(asked, SAME)

    def run(self, deadline: Deadline) -> str:
        """Search until proven, until nothing more is found, or until the time for it is up; what was done."""
        limit = deadline.part(_SEARCH)
        scenarios = len(self.town.base)
        first = self._weighed(self.chance, limit, 1 + scenarios)
        self.lower(first.bound + float(self.chance @ self.town.base) if self.goal == "average" else 1.0)
        plans = [first.selected]
        for scenario in range(scenarios):
            found = self._weighed(np.eye(scenarios)[scenario], limit, 1 + scenarios - scenario)
            self.alone_bound[scenario] = min(self.alone_bound[scenario], self.town.base[scenario] + found.bound)
            plans.append(found.selected)
            self.alone = np.maximum(self.alone, self.town.fares(found.selected))
        self.alone_bound = np.where(self.alone_bound - self.alone <= SAME, self.alone, self.alone_bound)
        self._set_off()
        self.value, self.average = self._worth(self.town.fares(self.best))
        if self.goal == "average":
            self.take(first.selected)
            return first.method
        self.lower(float((self.offset + self.alone_bound).min()))
        for plan in plans:
            self._offer(plan, limit)
        self._weigh(limit)
        return "weighed scenarios and swaps"

    def take(self, plan: Ints) -> None:
        """Keep a plan that is better, or as good with a larger average."""
        if not self.town.allows(plan):
            return
        plan = without_useless(self.town.matrix, plan)
        value, average = self._worth(self.town.fares(plan))
        if value > self.value + SAME or (value > self.value - SAME and average > self.average + SAME):
            self.best, self.value, self.average = plan, value, average

    def lower(self, bound: float) -> None:
        """Keep a bound that is lower."""
        self.bound = max(self.value, min(self.bound, bound))

    def _set_off(self) -> None:
        """What is added to each scenario's share before the least counts: nothing, or 1 less what could be covered."""
        self.offset = 1.0 - self.alone_bound if self.goal == "regret" else np.zeros(len(self.town.base))

    def _worth(self, fares: Floats) -> tuple[float, float]:
        average = float(self.chance @ fares)
        return (average if self.goal == "average" else float((self.offset + fares).min())), average

    def _weighed(self, weights: Floats, deadline: Deadline, left: int) -> Solution:
        """The plan of the largest weighed share; its bound is of what opens only."""
        town = self.town
        found = max_cover(
            town.matrix, weights @ town.share,
            site_limit=None if town.site_limit is None else int(town.site_limit),
            cost=town.cost, budget=town.budget,
            time_limit_s=max(0.01, deadline.left_s / left), seed=self._seed,
        )  # fmt: skip
        if found.method == INTERRUPTED:
            raise KeyboardInterrupt
        return found

    def _weigh(self, deadline: Deadline) -> None:
        """Move weight to the scenarios that fare worst; each weighing bounds every plan."""
        weights = np.full(len(self.offset), 1.0 / len(self.offset))
        for turn in range(1, _ROUNDS + 1):
            if self.done() or deadline.passed():
                return
            found = self._weighed(weights, deadline, 1 + _ROUNDS - turn)
            self.lower(found.bound + float(weights @ (self.offset + self.town.base)))
            self._offer(found.selected, deadline)
            fares = self.offset + self.town.fares(found.selected)
            width = max(float(np.ptp(fares)), SAME)
            weights = weights * np.exp(-_STEP / np.sqrt(turn) * (fares - fares.min()) / width)
            weights /= weights.sum()

    def _offer(self, plan: Ints, deadline: Deadline) -> None:
        """Improve a plan until no swap helps, and keep it where it is better."""
        self.take(plan)
        while not deadline.passed() and (better := self._best_swap(plan)) is not None:
            plan = better
            self.take(plan)

    def _best_swap(self, plan: Ints) -> Ints | None:
        """The plan with one site more, or one for another, that fares best: by its value, then by its average."""
        town = self.town
        best, best_worth = None, self._worth(town.fares(plan))
        times = town.matrix[:, plan].sum(axis=1)
        by_site = town.matrix[:, plan].tocsc()
        for at in range(-1, len(plan)):
            without = plan if at < 0 else np.delete(plan, at)
            number, price = town.room(without)
            allowed = (town.cost <= price) & (number >= 1)
            allowed[without] = False
            if not allowed.any():
                continue
            bare = times == 0
            if at >= 0:
                own = by_site.indices[by_site.indptr[at] : by_site.indptr[at + 1]]
                bare[own] = times[own] == 1
            stays = town.base + town.share[:, ~bare].sum(axis=1)
            fares = stays[:, None] + (town.matrix.T @ np.where(bare, town.share, 0.0).T).T
            values = np.where(allowed, (self.offset[:, None] + fares).min(axis=0), -np.inf)
            averages = self.chance @ fares
            top = np.flatnonzero(values >= values.max() - SAME)
            site = int(top[np.argmax(averages[top])])
            worth = float(values[site]), float(averages[site])
            same = abs(worth[0] - best_worth[0]) <= SAME
            if worth[0] > best_worth[0] + SAME or (same and worth[1] > best_worth[1] + SAME):
                best, best_worth = np.sort(np.append(without, site)), worth
        return best
