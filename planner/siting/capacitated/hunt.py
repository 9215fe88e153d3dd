"""The steps of searching a capacitated problem, with the best answer and the best bound so far."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from planner.siting.capacitated.problem import Flags, Floats, Found, Ints, Town
from planner.siting.capacitated.program import solve_capacitated_program
from planner.siting.capacitated.relaxation import Grains, Pairs, Relaxation
from planner.siting.capacitated.stand import Stand
from planner.siting.capacitated.tree import Node, branch
from planner.siting.capacitated.uncapacitated import sites_without_capacity
from planner.siting.capacitated.whole import kick_and_mend
from planner.siting.draws import seeded
from planner.siting.stopping import Deadline

# HiGHS looks at the clock only once it has made a program small, which takes it about a second for so many pairs.
_PAIRS_A_SECOND: Final = 15_000
# Loads are counted in so many grains a site, at most and at least; whole numbers that are small are their own grains. A
# table of more entries than these would take too long, so beyond it the bound is that of split rows.
_GRAINS: Final = 5_000
_FEWEST_GRAINS: Final = 300
_TABLE: Final = 4_000_000
_STEPS_AT_ONCE: Final = 5
_STEPS: Final = 1_200
_LEAST_FACTOR: Final = 1e-3
_DENSE_PAIRS: Final = 4_000_000
_KICKS: Final = 5_000
_KICK_WORK: Final = 20_000_000
_SWAPS: Final = 3_000
_SWAP_WORK: Final = 600_000_000
# Of the time, for the same problem without capacities.
_MEDIAN_SHARE: Final = 0.1


class Hunt(Stand):
    """The problem, the best answer so far and the best bound so far."""

    def __init__(self, town: Town, gap: float, offset: float, seed: int, deadline: Deadline) -> None:
        super().__init__(town, deadline)
        self.gap, self.offset = gap, offset
        # No cost is negative.
        self.bound = 0.0
        self.relaxed = False
        self.random = seeded(seed)
        costs = (town.pair_cost, town.opening, town.unit_price, town.left_cost[np.isfinite(town.left_cost)])
        self.in_units = town.whole and all(bool((part == np.round(part)).all()) for part in costs)

    def cutoff(self) -> float:
        """What a better answer must stay below to be worth looking for."""
        if self.best is None:
            return np.inf
        size = self.offset - self.upper if self.offset else self.upper
        least = 1.0 - 1e-6 if self.in_units else 1e-9 * max(1.0, abs(self.upper))
        return self.upper - max(least, (1.0 - 1e-6) * self.gap * size)

    def _none_below(self, bound: float) -> None:
        """Take a bound on the answers below the cutoff: past it, the best answer is proven as far as was asked."""
        if bound >= self.cutoff():
            size = self.offset - self.upper if self.offset else self.upper
            asked = (1.0 - 1e-6) * self.gap * size
            bound = self.upper - asked if self.best is not None else bound
        self.bound = max(self.bound, bound)

    def done(self) -> bool:
        """Whether the best answer is proven within the gap asked for."""
        if self.best is None:
            return False
        bound = np.ceil(self.bound - 1e-6) if self.in_units else self.bound
        size = self.offset - bound if self.offset else self.upper
        self.deadline.tell(self.offset - self.upper, self.offset - bound)
        return bool(self.upper - bound <= max(self.gap * size, 1e-9 * max(size, self.offset)))

    def found(self, method: str) -> Found:
        """The best answer and bound as they stand."""
        bound = float(np.ceil(self.bound - 1e-6)) if self.in_units and np.isfinite(self.bound) else self.bound
        return Found(self.best, min(bound, self.upper), method)

    def start_uncapacitated(self, seed: int) -> None:
        """The best sites if each held all that comes, which are good ones where few are full; and a bound."""
        free = ~self.town.fixed
        if not 1 <= self.town.site_limit < free.sum() or not self.town.pair_cost.any():
            return
        sites, bound = sites_without_capacity(self.town, seed, self.deadline.part(_MEDIAN_SHARE))
        self.bound = max(self.bound, bound)
        is_open = self.town.fixed.copy()
        is_open[sites] = True
        self.consider(is_open, np.where(is_open, self.town.more, 0))

    def relax(self) -> None:
        """The Lagrangian bound, and what its open sites look like as an answer on the way."""
        grains = _TABLE // len(self.town.pair_row)
        self.grained = self.town.whole and grains >= _FEWEST_GRAINS
        town = replace(self.town, whole=self.grained)
        rows, sites = town.shape
        self.relaxed = True
        per_grain = self._per_grain(min(grains, _GRAINS))
        grain = np.floor(np.minimum(town.load * per_grain, 2.0 * _GRAINS) + 1e-9).astype(np.int64)
        asked = np.bincount(town.pair_site, grain[town.pair_row], sites)
        holds = np.minimum(np.floor(town.unit * (town.standing + town.more) * per_grain + 1e-9), asked)
        self.grains = Grains(grain, self._least(per_grain), holds.astype(np.int64), per_grain)
        wide = int(holds.max(initial=0.0)) + 1 if town.whole else 1
        self.table = np.zeros((int(np.diff(self.site_ptr).max()) + 1 if town.whole else 1, wide))
        cost = town.pair_cost[self.site_pair]
        # Start where each row pays its way to the second nearest site, or the price of leaving it.
        price = np.zeros(rows + 1)
        near = np.lexsort((town.pair_cost, town.pair_row))
        span = np.concatenate([[0], np.cumsum(self.degree)])
        second = np.minimum(span[:-1] + 1, span[1:] - 1)
        price[:-1] = np.minimum(town.left_cost, town.pair_cost[near[second]] + float(town.opening.sum() > 0))
        if np.isfinite(town.left_cost).all():
            price[:-1] = 0.5 * town.left_cost
        self.relaxation = Relaxation(
            town, self.grains, Pairs(self.site_ptr, self.site_row, cost, town.pair_site[self.site_pair]),
            np.zeros(sites, dtype=bool), price, self.table,
        )  # fmt: skip
        run = self.relaxation
        tried: set[bytes] = set()
        for _ in range(0, _STEPS, _STEPS_AT_ONCE):
            worst = max(abs(run.bound), 1.0) if np.isfinite(run.bound) else float(price.sum())
            run.step(_STEPS_AT_ONCE, self.upper if self.best is not None else worst * 1.05, np.inf)
            self.bound = max(self.bound, run.bound)
            key = run.chosen.tobytes() + (run.units * run.chosen).tobytes()
            if key not in tried:
                tried.add(key)
                self.consider(*self._within_limits(run.value, run.units, run.chosen))
            if self.done() or self.deadline.passed() or run.factor < _LEAST_FACTOR:
                break
        run.at_best()

    def improve(self) -> None:
        """Swap an open site for a shut one that the relaxation likes, while that is cheaper."""
        value = self.relaxation.value
        if self.town.whole and self.best is not None and self._simple():
            self._kick(value)
            return
        tries = int(np.clip(_SWAP_WORK // (self.town.shape[0] * (1 + min(self.town.shape[1], 50)) ** 2), 50, _SWAPS))
        improved = True
        while improved and self.best is not None:
            improved = False
            best = self.best
            opened = np.flatnonzero(best.is_open & ~self.town.fixed)
            others = np.flatnonzero(~best.is_open)
            for j in others[np.argsort(value[others], kind="stable")]:
                for h in opened:
                    if tries <= 0 or self.done() or self.deadline.passed():
                        return
                    tries -= 1
                    is_open, bought = best.is_open.copy(), best.bought.copy()
                    is_open[h], bought[h] = False, 0
                    is_open[j], bought[j] = True, min(1, self.town.more[j])
                    self.consider(is_open, bought)
                    improved = improved or self.best is not best
                if improved:
                    break

    def _simple(self) -> bool:
        """Whether a site is open or shut and nothing else, so that the compiled search knows all there is to know."""
        town = self.town
        sized = bool((town.more[~town.fixed] == 1).all() and (town.more[town.fixed] == 0).all())
        return sized and town.budget == np.inf and town.shape[0] * town.shape[1] <= _DENSE_PAIRS

    def _kick(self, value: Floats) -> None:
        town, best = self.town, self.best
        assert best is not None
        rows, sites = town.shape
        cost = np.full((sites + 1, rows), np.inf)
        cost[town.pair_site, town.pair_row] = town.pair_cost
        cost[sites] = self.leaving(town.pair_cost)
        site = np.full(rows, sites)
        used = best.share > 0.5
        site[town.pair_row[used]] = town.pair_site[used]
        is_open = best.is_open.copy()
        # Sites that the best answer left shut may still be opened.
        room = int(min(town.site_limit - (is_open & ~town.fixed).sum(), sites))
        shut = np.flatnonzero(~is_open)
        order = shut[np.argsort(value[shut], kind="stable")]
        if np.isfinite(town.site_limit):
            is_open[order[: max(0, room)]] = True
        reach = min(len(shut), 10 + 4 * int(is_open.sum()))
        new = np.argsort(np.where(town.fixed, np.inf, value), kind="stable")[: reach + int(is_open.sum())]
        new = new[~town.fixed[new]]
        if len(new) == 0:
            return
        fee = np.where(town.fixed, 0.0, town.opening + town.unit_price)
        rounds = int(np.clip(_KICK_WORK // max(1, rows * rows), 100, _KICKS))
        for _ in range(0, rounds, 100):
            value_found = kick_and_mend(
                cost, town.load, town.unit * (town.standing + town.more), fee, town.fixed, new, site, is_open, 100,
                self.random,
            )  # fmt: skip
            if value_found < self.upper - 1e-9 and ((site < sites).all() or np.isfinite(town.left_cost).all()):
                share = (site[town.pair_row] == town.pair_site).astype(np.float64)
                left = (site == sites).astype(np.float64)
                self.best = self.priced(is_open, np.where(is_open, town.more, 0), share, left)
            if self.done() or self.deadline.passed():
                return

    def _within_limits(self, value: Floats, units: Ints, chosen: Flags) -> tuple[Flags, Ints]:
        """The relaxation's open sites and units, those of the best values first, as far as the limits reach."""
        town = self.town
        is_open, bought = town.fixed.copy(), np.zeros(town.shape[1], dtype=np.int64)
        money, count = town.budget, 0
        for j in np.argsort(value, kind="stable"):
            if not chosen[j]:
                continue
            fee = 0.0 if town.fixed[j] else float(town.opening_spend[j])
            if not town.fixed[j] and (count + 1 > town.site_limit or fee > money):
                continue
            fit = int(units[j])
            if town.unit_spend[j] > 0:
                fit = int(min(fit, (money - fee) / town.unit_spend[j] + 1e-9))
            money -= fee + fit * float(town.unit_spend[j])
            is_open[j], bought[j] = True, fit
            count += not town.fixed[j]
        return is_open, bought

    def _least(self, per_grain: float) -> Ints:
        """The grains that a new site must take, since the others that may be open beside it cannot hold the rest."""
        town = self.town
        if not town.whole or town.most_left > 0 or per_grain != 1.0 or not 1 <= town.site_limit < town.shape[1]:
            return np.zeros(town.shape[1], dtype=np.int64)
        holds = np.floor(town.unit * (town.standing + town.more) + 1e-9)
        free = np.where(town.fixed, 0.0, holds)
        beside = int(town.site_limit) - 1
        largest = np.sort(free)[::-1][: beside + 1]
        others = np.where(free >= largest[-1], largest.sum() - free, largest[:-1].sum())
        least = town.load.sum() - holds[town.fixed].sum() - others
        return np.where(town.fixed, 0.0, np.maximum(0.0, least)).astype(np.int64)

    def _per_grain(self, grains: int) -> float:
        load, unit = self.town.load, self.town.unit * (self.town.standing + self.town.more)
        largest = float(min(unit.max(initial=0.0), load.sum()))
        if (load == np.round(load)).all() and largest <= grains:
            return 1.0
        return grains / largest if largest > 0 else 1.0

    def prove(self) -> str:
        """HiGHS on the pairs and sites that a better answer may need, if they are few enough; what has been tried."""
        town, sites = self.town, self.town.shape[1]
        keep, may_open, must_open = (
            np.ones(len(town.pair_row), dtype=bool),
            np.ones(sites, dtype=bool),
            np.zeros(sites, dtype=bool),
        )
        if self.relaxed and self.best is not None:
            stays, may_open, must_open = self.relaxation.needed(self.cutoff())
            keep[self.site_pair] = stays
        if self.best is not None and keep.sum() > _PAIRS_A_SECOND * self.deadline.left_s:
            return "Lagrangian bound and local search" if self.relaxed else "greedy start"
        # What the program leaves out costs no less than the best answer.
        self._none_below(self._solve(keep, ~may_open, must_open))
        return "HiGHS after Lagrangian fixing" if self.relaxed else "HiGHS"

    def _solve(self, keep: Flags, shut: Flags, forced: Flags) -> float:
        """HiGHS on some of the pairs; a bound on what uses no others."""
        if self.deadline.stopped:
            raise KeyboardInterrupt
        town = self.town
        small = replace(
            town, pair_row=town.pair_row[keep], pair_site=town.pair_site[keep], pair_cost=town.pair_cost[keep]
        )
        start = None
        if self.best is not None and not self.best.share[~keep].any() and not shut[self.best.is_open].any():
            start = replace(self.best, share=self.best.share[keep])
        proof = solve_capacitated_program(
            small, start, shut=shut, forced=forced, gap=0.0 if self.offset else self.gap,
            least_gap=self._least_gap(), time_limit_s=self.deadline.left_s,
        )  # fmt: skip
        if proof.answer is not None:
            is_open, bought, part = proof.answer
            shares = np.zeros(len(town.pair_row))
            shares[keep] = part
            self.take(is_open, bought, shares)
        if proof.interrupted:
            raise KeyboardInterrupt
        return proof.bound

    def split(self) -> None:
        """Branch and bound on whole rows."""
        town, run = self.town, self.relaxation
        keep, _, must = run.needed(self.cutoff())

        def offer(relaxation: Relaxation, which: Ints) -> None:
            shares = np.zeros(len(town.pair_row))
            shares[self.site_pair[which]] = relaxation.pick
            self.take(relaxation.chosen | town.fixed, town.more, shares)

        def settle(which: Ints) -> float:
            stays = np.zeros(len(town.pair_row), dtype=bool)
            stays[self.site_pair[which]] = True
            return self._solve(stays, np.zeros_like(must), np.zeros_like(must))

        bound, self.nodes = branch(
            town, self.grains, run.pairs, Node(np.flatnonzero(keep), must, run.best_price, run.bound), self.table,
            cutoff=self.cutoff, offer=offer, settle=settle, deadline=self.deadline,
        )  # fmt: skip
        self._none_below(bound)
        if self.deadline.stopped and not self.done():
            raise KeyboardInterrupt

    def _least_gap(self) -> float:
        least = 1.0 - 1e-6 if self.in_units else 1e-9
        return max(least, self.gap * (self.offset - self.upper)) if self.offset and self.best is not None else least
