"""The search for a good cover and for a bound on the best one, with its state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.arguments import LAST_BITS
from planner.siting.covering.max_cover.bound import lagrangian_step, site_sums
from planner.siting.covering.max_cover.kernels import fill
from planner.siting.covering.max_cover.kicks import kick_and_mend
from planner.siting.draws import seeded
from planner.siting.stopping import Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Two totals nearer than this, relatively, are the same number.
_SAME: Final = 1e-9
_LEAST_COST: Final = 1e-12
_KICKS: Final = 2
# By so much, at most, a restart likes a site more than its share in the relaxation.
_SHAKE: Final = 0.3
# Sites to look among for each that is open.
_LIKELY: Final = 25
_MOST_WORK: Final = 4e9
# Compiled code is left after about so much work, to look at the clock: 0.2 s where every site has all for neighbours.
_WORK_AT_ONCE: Final = 2e6


class CoverSearch:
    """The compiled search with its state: the open sites, the best ones so far, the multipliers and their bound."""

    def __init__(
        self, matrix: sp.csr_array, weight: Floats, cost: Floats, room: float, by_count: bool, seed: int
    ) -> None:
        weight, cost = summable(weight), summable(cost)
        matrix.sort_indices()
        # Only where the entries stand matters here; a byte each saves a lot of room in a large town.
        entries = np.ones(matrix.nnz, dtype=np.int8)
        by_site = sp.csr_array((entries, matrix.indices, matrix.indptr), shape=matrix.shape).tocsc()
        by_site.sort_indices()
        self.town = (
            matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32, copy=False),
            by_site.indptr.astype(np.int64), by_site.indices.astype(np.int32, copy=False),
            weight, cost, room if by_count else room * (1.0 + LAST_BITS),
        )  # fmt: skip
        rows, sites = matrix.shape
        self.matrix, self.weight, self.cost, self.room, self.by_count = matrix, weight, cost, room, by_count
        self.state = self._state_of(np.zeros(sites, dtype=np.bool_))
        self.spent, self.value, self.open_value, self.best_open = 0.0, 0.0, 0.0, np.zeros(sites, dtype=np.bool_)
        self.multiplier = weight * 0.5
        self.best_multiplier = self.multiplier.copy()
        self.mean_covered, self.mean_wanted = np.zeros(rows), np.zeros(rows)
        self.relaxation = np.array([np.inf, 0.3, 0.0])
        self.random, self.shaken = seeded(seed), np.random.default_rng(seed)
        # A round opens and shuts some twenty sites; each touches the sites that share a row with it.
        self.round_work = 20.0 * matrix.nnz**2 / (rows * sites) + sites
        self.everything = float(weight.sum())
        self.in_units = bool((weight == np.round(weight)).all())

    @property
    def chosen(self) -> Ints:
        """The best sites so far."""
        return np.flatnonzero(self.best_open)

    @property
    def bound(self) -> float:
        """What no allowed set of sites can exceed; whole where all weights are."""
        bound = min(float(self.relaxation[0]), self.everything)
        return float(np.floor(bound + 1e-6)) if self.in_units else bound

    def entries(self, sites: Ints) -> int:
        """How many rows these sites cover, each counted once a site."""
        return int(np.diff(self.town[2])[sites].sum())

    def start(self) -> None:
        """Greedy by gain and, where sites cost money, by gain for the money; then swaps; the better of the two."""
        everywhere = np.ones(len(self.cost), dtype=np.bool_)
        for by_ratio in (False,) if self.by_count else (False, True):
            state = self._state_of(np.zeros(len(self.cost), dtype=np.bool_))
            spent = fill(*self.town, 0.0, by_ratio, *state)
            before, value = -1.0, float(self.weight[state[0] > 0].sum())
            while value > before:
                before = value
                spent, value, self.value = kick_and_mend(
                    *self.town, spent, value, everywhere, self.best_open, self.value, 1, 0, 0.0, self.random, *state
                )
            if value >= self.open_value:
                self.spent, self.open_value, self.state = spent, value, state

    def restart(self, share: Floats) -> None:
        """Open what a relaxation has open for the largest ``share``, shaken a little; the best so far is kept."""
        liked = share + _SHAKE * self.shaken.random(len(share))
        order = np.flatnonzero(share > 0)
        order = order[np.argsort(-liked[order], kind="stable")]
        is_open = np.zeros(len(share), dtype=np.bool_)
        is_open[order[np.cumsum(self.cost[order]) <= self.town[-1]]] = True
        self.state = self._state_of(is_open)
        self.spent, self.open_value = float(self.cost[is_open].sum()), float(self.weight[self.state[0] > 0].sum())

    def _state_of(self, is_open: Bools) -> tuple[NDArray[np.int32], Ints, Bools, Floats, Floats]:
        """Per row how many open sites cover it and the sum of their numbers; per site whether it is open, what opening
        it gains and what shutting it loses.
        """
        count = np.rint(self.matrix @ is_open.astype(np.float64))
        owner = self.matrix @ np.where(is_open, np.arange(len(is_open), dtype=np.float64), 0.0)
        gain = self.matrix.T @ np.where(count == 0, self.weight, 0.0)
        loss = np.where(is_open, self.matrix.T @ np.where(count == 1, self.weight, 0.0), 0.0)
        return (
            count.astype(np.int32), np.rint(owner).astype(np.int64), is_open, np.asarray(gain, dtype=np.float64), loss
        )  # fmt: skip

    def relax(self, steps: int, deadline: Deadline) -> None:
        """Further steps of the Lagrangian bound."""
        sums = np.empty(len(self.cost))
        for _ in range(steps):
            site_sums(*self.town[2:4], self.multiplier, sums)
            ranked = np.argsort(-sums / np.maximum(self.cost, _LEAST_COST))
            more = lagrangian_step(
                *self.town[2:], self.value, sums, ranked, self.multiplier, self.best_multiplier,
                self.mean_covered, self.mean_wanted, self.relaxation,
            )  # fmt: skip
            if not more or deadline.passed():
                return

    def relax_at(self, multiplier: Floats, deadline: Deadline) -> None:
        """The Lagrangian bound at given multipliers of the rows, which are to lie in [0, weight]."""
        self.multiplier = np.minimum(multiplier, self.weight)
        self.relax(1, deadline)

    def reduced_costs(self) -> Floats:
        """What each site adds to the relaxation at the best multipliers, less the price of the room that it takes."""
        sums = np.empty(len(self.cost))
        site_sums(*self.town[2:4], self.best_multiplier, sums)
        ratio = sums / np.maximum(self.cost, _LEAST_COST)
        order = np.argsort(-ratio)
        filled = np.cumsum(self.cost[order])
        at = int(np.searchsorted(filled, self.room, side="right"))
        price = max(0.0, float(ratio[order[min(at, len(order) - 1)]]))
        return sums - price * self.cost

    def undecided(self) -> tuple[Ints, Ints]:
        """Sites that a better answer may have open or shut, and sites that it must have open."""
        better = self.value + (1.0 - 1e-6 if self.in_units else _SAME * max(1.0, self.value))
        reduced, bound = self.reduced_costs(), float(self.relaxation[0])
        must = (reduced > 0) & (bound - reduced < better)
        never = (reduced < 0) & (bound + reduced < better)
        return np.flatnonzero(~must & ~never), np.flatnonzero(must)

    def improve(
        self, heat: float, effort: int, deadline: Deadline, done: Callable[[], bool], *, liking: Floats | None = None
    ) -> None:
        """A cycle of local search among the sites of the most ``liking``, by default that of the relaxation, cooling
        from ``heat`` to 0.

        ``heat`` is in parts of what an open site covers on average; ``effort`` is the number of rounds a site to open,
        fewer where each takes long. The work is counted, not timed, so that a seed gives one answer on every machine.
        """
        places = max(10, int(self.best_open.sum()))
        likely = np.zeros(len(self.cost), dtype=np.bool_)
        liking = self.reduced_costs() if liking is None else liking
        likely[np.argsort(-liking, kind="stable")[: _LIKELY * places]] = True
        rounds = min(effort * places, 1 + int(_MOST_WORK / self.round_work))
        at_once = max(1, min(rounds // 20, int(_WORK_AT_ONCE / self.round_work)))
        for begun in range(0, rounds, at_once):
            if done() or deadline.passed():
                return
            left = max(0.0, 1.0 - (begun + at_once) / rounds)
            self.spent, self.open_value, self.value = kick_and_mend(
                *self.town, self.spent, self.open_value, likely, self.best_open, self.value, at_once, _KICKS,
                heat * left * self.value / places, self.random, *self.state,
            )  # fmt: skip


def summable(values: Floats) -> Floats:
    """The values on so fine a grid that every sum of some of them is exact, in whatever order they are added."""
    total = float(values.sum())
    if not 0.0 < total < np.inf:
        return values
    unit = max(2.0 ** (np.ceil(np.log2(total)) - 52), 5e-324)
    on_grid: Floats = np.rint(values / unit) * unit
    return on_grid
