"""The search for a good plan over phases, and a bound on the best one from each phase by itself."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.siting.covering.max_cover.max_cover import max_cover
from planner.siting.covering.phased_cover.town import PhasedTown
from planner.siting.solution import Solution
from planner.siting.stopping import INTERRUPTED, Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SAME: Final = 1e-9
# Rounds of shutting a few sites at random and filling up again, and how many sites a round shuts at most.
_ROUNDS: Final = 12
_KICKS: Final = 3


class PhasedSearch:
    """The best plan so far, with its value and a proven bound; ``base`` is what is covered outside of the town."""

    def __init__(self, town: PhasedTown, gap: float, base: float, seed: int) -> None:
        self.town, self.gap, self.base = town, gap, base
        self.best = town.nothing()
        self.value = 0.0
        # What each phase covers at most, not yet times its worth.
        self.phase_bound = town.weight.sum(axis=1)
        self.bound = float((self.phase_bound * town.worth).sum())
        self._same = _SAME * max(self.bound, 1e-300)
        self._seed = seed

    def done(self) -> bool:
        """Whether the best so far is proven as asked."""
        return self.bound - self.value <= max(self.gap * (self.base + self.bound), self._same)

    def run(self, deadline: Deadline) -> str:
        """Search until proven, until nothing more is found, or until the deadline; what was done."""
        if min(self.town.matrix.shape) == 0:
            self.bound = 0.0
            return "nothing to choose"
        last = self._each_phase_alone(deadline)
        if self.done():
            return "each phase by itself"
        self._offer(self._phase_by_phase(deadline), deadline)
        self._offer(self._in_order(last), deadline)
        rng = np.random.default_rng(self._seed)
        for _ in range(_ROUNDS):
            if self.done() or deadline.passed():
                break
            plan = self.best.copy()
            opened = np.flatnonzero(plan < self.town.phases)
            plan[rng.permutation(opened)[: 1 + rng.integers(_KICKS)]] = self.town.phases
            self._offer(plan, deadline)
        return "each phase by itself and local search"

    def take(self, plan: Ints) -> None:
        """Keep a plan that is better."""
        value = self.town.value(plan)
        if value > self.value and self.town.allows(plan):
            self.best, self.value = plan.copy(), value

    def lower(self, bound: float) -> None:
        """Keep a bound that is lower."""
        self.bound = max(self.value, min(self.bound, bound))

    def _each_phase_alone(self, deadline: Deadline) -> Ints:
        """Bound each phase by the most that could be covered in it; the sites of the last."""
        selected = np.empty(0, dtype=np.int64)
        for t in range(self.town.phases):
            number, price = self.town.until(t)
            found = self._covering(t, np.empty(0, dtype=np.int64), number, price, deadline, self.town.phases - t)
            self.phase_bound[t] = min(self.phase_bound[t], found.bound)
            selected = found.selected
            if t == 0:
                first = self.town.nothing()
                first[selected] = 0
                self.take(first)
        self.lower(float((self.phase_bound * self.town.worth).sum()))
        return selected

    def _phase_by_phase(self, deadline: Deadline) -> Ints:
        """The best of the first phase, then the best addition of the second, and so on."""
        plan = self.town.nothing()
        for t in range(self.town.phases):
            number, price = self.town.room(plan)
            before = np.flatnonzero(plan < self.town.phases)
            found = self._covering(t, before, number[t], max(0.0, price[t]), deadline, self.town.phases - t)
            plan[np.setdiff1d(found.selected, before)] = t
        return plan

    def _covering(
        self, phase: int, fixed: Ints, number: float | None, price: float | None, deadline: Deadline, left: int
    ) -> Solution:
        town = self.town
        found = max_cover(
            town.matrix, town.weight[phase],
            site_limit=None if town.site_limits is None or number is None else int(min(number, town.sites)),
            cost=town.cost, budget=None if town.budgets is None else price,
            fixed=fixed, time_limit_s=max(0.01, deadline.left_s / (left + 1)), seed=self._seed,
        )  # fmt: skip
        if found.method == INTERRUPTED:
            raise KeyboardInterrupt
        return found

    def _in_order(self, last: Ints) -> Ints:
        """The sites of the best last phase, each opened as early as it may in the order of what it adds."""
        return self._filled(self.town.nothing(), among=last)

    def _offer(self, plan: Ints, deadline: Deadline) -> None:
        """Fill a plan up, improve it until no move helps, and keep it where it is better."""
        plan = self._filled(plan)
        self.take(plan)
        while not deadline.passed() and (moved := self._best_move(plan)) is not None:
            plan = self._filled(moved)
            self.take(plan)
        self._swap_phases(plan)

    def _filled(self, plan: Ints, among: Ints | None = None) -> Ints:
        """The plan with sites opened one by one, the one of the largest gain over all phases first."""
        plan = plan.copy()
        allowed = np.ones(self.town.sites, dtype=bool)
        if among is not None:
            allowed[:] = False
            allowed[among] = True
        while True:
            gain = self._gains(plan, self.town.covered_from(plan))
            gain[:, ~allowed | (plan < self.town.phases)] = -np.inf
            phase, site = np.unravel_index(int(np.argmax(gain)), gain.shape)
            if gain[phase, site] <= self._same:
                return plan
            plan[site] = phase

    def _best_move(self, plan: Ints) -> Ints | None:
        """The plan with one site shut and another, or itself in another phase, opened for the largest gain."""
        town = self.town
        value, best, best_gain = town.value(plan), None, self._same
        for site in np.flatnonzero(plan < town.phases):
            without = plan.copy()
            without[site] = town.phases
            first = town.covered_from(without)
            lost = value - float(town.gain_from[first, np.arange(len(first))].sum())
            gain = self._gains(without, first) - lost
            gain[:, without < town.phases] = -np.inf
            phase, other = np.unravel_index(int(np.argmax(gain)), gain.shape)
            if gain[phase, other] > best_gain:
                best, best_gain = without, float(gain[phase, other])
                best[other] = phase
        return best

    def _swap_phases(self, plan: Ints) -> None:
        """Let two sites change their phases while that helps."""
        town, value = self.town, self.town.value(plan)
        plan, better = plan.copy(), True
        while better:
            better = False
            opened = np.flatnonzero(plan < town.phases)
            for at, one in enumerate(opened):
                for other in opened[at + 1 :]:
                    if plan[one] == plan[other]:
                        continue
                    plan[[one, other]] = plan[[other, one]]
                    swapped = town.value(plan) if town.allows(plan) else -np.inf
                    if swapped > value + self._same:
                        value, better = swapped, True
                    else:
                        plan[[one, other]] = plan[[other, one]]
        self.take(plan)

    def _gains(self, plan: Ints, first: Ints) -> Floats:
        """What opening each site in each phase adds to a plan: (phases, sites), -inf where a limit forbids it."""
        town = self.town
        number, price = town.room(plan)
        rows = np.arange(len(first))
        now = town.gain_from[first, rows]
        gains = np.array([town.matrix.T @ np.maximum(town.gain_from[t] - now, 0.0) for t in range(town.phases)])
        allowed = (number[:, None] >= 1) & (town.cost[None, :] <= price[:, None])
        return np.where(allowed, gains, -np.inf)
