"""The best answer to a capacitated problem so far, and how sites become an answer: units, allocation, price."""

from __future__ import annotations

from typing import Final

import numpy as np

from planner.siting.capacitated.kernels import capture, transport
from planner.siting.capacitated.problem import Answer, Flags, Floats, Ints, Town
from planner.siting.capacitated.whole import assign_whole
from planner.siting.stopping import Deadline

# Rows are handed to compiled code in lots of about this much work, to look at the clock between them.
_WORK_AT_ONCE: Final = 5_000_000
# Rounds of shifts and swaps of whole rows, which each look at all pairs of them.
_ROUNDS: Final = 2


class Stand:
    """A problem with its pairs by site, and its best answer so far."""

    def __init__(self, town: Town, deadline: Deadline) -> None:
        self.town, self.deadline = town, deadline
        self.best: Answer | None = None
        rows, sites = town.shape
        self.site_pair = np.lexsort((town.pair_row, town.pair_site))
        self.site_ptr = np.concatenate([[0], np.cumsum(np.bincount(town.pair_site, minlength=sites))]).astype(np.int64)
        self.site_row = town.pair_row[self.site_pair]
        self.degree = np.bincount(town.pair_row, minlength=rows)
        # The rows of each site, those with the fewest other sites first.
        self.scarce_first = town.pair_row[np.lexsort((town.pair_row, self.degree[town.pair_row], town.pair_site))]

    @property
    def upper(self) -> float:
        """The cost of the best answer."""
        return np.inf if self.best is None else self.best.cost

    def start(self, known: Answer | None) -> None:
        """The sites known from elsewhere, where there are such."""
        if known is None:
            return
        town = self.town
        left = np.maximum(0.0, 1.0 - np.bincount(town.pair_row, known.share, town.shape[0]))
        left[left < 1e-9] = 0.0
        self.best = self.priced(known.is_open, known.bought, known.share, left)
        self.consider(known.is_open, known.bought)

    def start_greedily(self) -> None:
        """Sites and units by what they take in for their price."""
        self.consider(self.town.fixed.copy(), np.zeros(self.town.shape[1], dtype=np.int64))

    def consider(self, is_open: Flags, bought: Ints) -> None:
        """Complete a set of sites and units greedily, allocate to it, and keep it if it is the best so far."""
        town = self.town
        is_open, bought = is_open.copy(), bought.copy()
        sites_left = town.site_limit - int((is_open & ~town.fixed).sum())
        money_left = town.budget - float(
            (town.unit_spend * bought).sum() + town.opening_spend[is_open & ~town.fixed].sum()
        )
        room = np.where(is_open, town.unit * (town.standing + bought), 0.0)
        capture(
            self.site_ptr, self.scarce_first, town.load, town.worth, town.unit, room, town.more, is_open,
            town.opening, town.unit_price, town.opening_spend, town.unit_spend, float(sites_left), float(money_left),
            town.whole, bought,
        )  # fmt: skip
        answer = self.allocated(is_open, bought)
        if answer is not None and answer.cost < self.upper - 1e-9 * max(1.0, abs(answer.cost)):
            self.best = answer

    def allocated(self, is_open: Flags, bought: Ints) -> Answer | None:
        """The best allocation found to these sites, without what it does not use; ``None`` if it leaves too much."""
        town = self.town
        opened = np.flatnonzero(is_open)
        rows, columns = town.shape[0], len(opened)
        column = np.full(town.shape[1], -1)
        column[opened] = np.arange(columns)
        use = np.flatnonzero(is_open[town.pair_site])
        cost = np.full((columns + 1, rows), np.inf)
        cost[column[town.pair_site[use]], town.pair_row[use]] = town.pair_cost[use]
        room = np.append(town.unit[opened] * (town.standing[opened] + bought[opened]), np.inf)
        leaving = self.leaving(town.pair_cost[use])
        if town.whole:
            cost[columns] = leaving
            share = self._whole(cost, room)
        else:
            share = _parts(cost, room, town.load, leaving, self.deadline)
        served = share[:columns].sum(axis=0)
        left = np.maximum(0.0, 1.0 - served)
        left[left < 1e-9] = 0.0
        if float(left @ town.worth) > town.most_left + 1e-9 * float(town.worth.sum()):
            return None
        shares = np.zeros(len(town.pair_row))
        shares[use] = share[column[town.pair_site[use]], town.pair_row[use]]
        return self.priced(is_open, bought, shares, left)

    def priced(self, is_open: Flags, bought: Ints, shares: Floats, left: Floats) -> Answer:
        """The answer without the sites and units that its allocation does not use, and its cost."""
        town = self.town
        sites = town.shape[1]
        used = np.bincount(town.pair_site, shares * town.load[town.pair_row], sites)
        serves = np.bincount(town.pair_site, shares, sites) > 0
        need = np.divide(used, town.unit, out=np.zeros(sites), where=town.unit > 0)
        need = np.ceil(need - 1e-9 * np.maximum(1.0, need)).astype(np.int64) - town.standing
        bought = np.clip(need, 0, bought)
        is_open = town.fixed | is_open & serves
        bought[~is_open] = 0
        cost = float(shares @ town.pair_cost) + float(town.unit_price @ bought)
        cost += float(town.opening[is_open & ~town.fixed].sum())
        if left.any():
            cost += float(left[left > 0] @ np.where(np.isfinite(town.left_cost), town.left_cost, 0.0)[left > 0])
        return Answer(is_open, bought, shares, cost)

    def leaving(self, pair_cost: Floats) -> Floats:
        """What leaving each row costs in the allocation: its price, or more than any way of serving more could."""
        town = self.town
        if np.isfinite(town.left_cost).all() and town.most_left == np.inf:
            return town.left_cost
        rate = float(pair_cost.max(initial=0.0)) * town.shape[0] + 1.0
        return rate * town.worth / max(float(town.worth[town.worth > 0].min(initial=np.inf)), 1e-300)

    def _whole(self, cost: Floats, room: Floats) -> Floats:
        ranked = np.sort(cost, axis=0)
        regret = ranked[1] - ranked[0] if len(ranked) > 1 else np.zeros(cost.shape[1])
        best, best_site = np.inf, np.zeros(cost.shape[1], dtype=np.int64)
        for order in (np.lexsort((-self.town.load, -regret)), np.lexsort((-regret, -self.town.load))):
            site, left = np.full(cost.shape[1], -1, dtype=np.int64), room.copy()
            while assign_whole(cost, self.town.load, left, order, site, _ROUNDS) and not self.deadline.ended:
                pass
            value = float(cost[site, np.arange(cost.shape[1])].sum())
            if value < best:
                best, best_site = value, site
        share = np.zeros_like(cost)
        share[best_site, np.arange(cost.shape[1])] = 1.0
        return share

    def take(self, is_open: Flags, bought: Ints, shares: Floats) -> None:
        """Keep these sites where they are better, with an allocation free of tolerances and within the limits."""
        town = self.town
        answer: Answer | None
        if town.whole:
            shares = np.rint(shares)
            served = np.bincount(town.pair_row, shares, town.shape[0])
            used = np.bincount(town.pair_site, shares * town.load[town.pair_row], town.shape[1])
            holds = town.unit * (town.standing + bought)
            left = np.maximum(0.0, 1.0 - served)
            if (used > holds * (1.0 + 1e-9) + 1e-12).any() or (served > 1).any():
                return
            if left @ town.worth > town.most_left + 1e-9 * town.worth.sum():
                return
            answer = self.priced(is_open, bought, shares, left)
        else:
            answer = self.allocated(is_open, bought)
        if answer is not None and answer.cost < self.upper - 1e-12 * abs(answer.cost):
            self.best = answer


def _parts(cost: Floats, room: Floats, load: Floats, leaving: Floats, deadline: Deadline) -> Floats:
    """The shares (columns × rows) of the cheapest allocation of parts of rows; greedy from when time is up."""
    columns, rows = cost.shape
    share = np.zeros((columns, rows))
    heavy = np.flatnonzero(load > 0)
    if columns > 1:
        light = np.flatnonzero(load <= 0)
        nearest = np.argmin(cost[:-1, light], axis=0)
        reached = np.isfinite(cost[nearest, light])
        share[nearest[reached], light[reached]] = 1.0
    rate = cost[:, heavy] / load[heavy]
    # A unit that is left must cost more than any chain of moves that would make room for it.
    spread = float(rate[np.isfinite(rate)].max(initial=0.0))
    dearest = float((leaving[heavy] / load[heavy]).max(initial=0.0)) if spread == 0.0 else 0.0
    rate[-1] = max(dearest, 2.0 * (columns + 1) * (spread + 1e-9))
    amount = np.zeros((columns, len(heavy)))
    tiny = 1e-12 * (1.0 + float(np.abs(rate[np.isfinite(rate)]).max(initial=0.0)))
    shift, mover = np.full((columns, columns), np.inf), np.zeros((columns, columns), dtype=np.int64)
    rate, heavy_load = np.ascontiguousarray(rate), load[heavy]
    at_once = int(max(1, _WORK_AT_ONCE // (columns**2 + len(heavy))))
    for first in range(0, len(heavy), at_once):
        last = min(first + at_once, len(heavy))
        transport(rate, tiny, heavy_load, room, amount, shift, mover, first, last, not deadline.ended)
    share[:, heavy] = amount / heavy_load
    return share
