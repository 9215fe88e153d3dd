"""The Lagrangian relaxation of a capacitated problem: a price for each demand row, a knapsack for each site.

The rows "all of the demand is allocated" are relaxed with prices; what is left falls apart into one knapsack for each
site. Prices follow the deflected subgradient (Camerini, Fratta & Maffioli 1975).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from planner.siting.capacitated.bound import FAR, split_uses, whole_uses
from planner.siting.capacitated.problem import Flags, Floats, Ints, Town
from planner.siting.capacitated.rules import needed_pairs

_STALLS: Final = 20
_SLOWER: Final = 0.7
_DEFLECTION: Final = 0.3
_MEMORY: Final = 0.9


@dataclass(frozen=True)
class Pairs:
    """The pairs by site: where each site's begin, their rows and costs."""

    pointer: Ints
    row: Ints
    cost: Floats
    site: Ints


@dataclass(frozen=True)
class Grains:
    """Loads, least fillings and what sites hold in whole grains, and the grains of a unit of load."""

    load: Ints
    least: Ints
    holds: Ints
    per_load: float


@dataclass
class Relaxation:
    """The relaxation on some of the pairs: prices, the bound, and the choice at the last prices.

    ``price`` has one entry more than there are rows: what a unit of money costs, where the budget is a limit.
    ``forced`` sites are open, but paid for. ``table`` is room for the knapsacks. ``value``, ``units``, ``chosen`` and
    ``pick`` are what each site is worth, its units, whether it is open, and the share of each pair; ``mean_pick`` is
    the running mean of the shares.
    """

    town: Town
    grains: Grains
    pairs: Pairs
    forced: Flags
    price: Floats
    table: Floats

    def __post_init__(self) -> None:
        town, sites = self.town, self.town.shape[1]
        self.best_price, self.drift = self.price.copy(), np.zeros(len(self.price))
        self.bound, self.factor, self.stalls, self.feasible = -np.inf, 1.0, 0, False
        self.value, self.units = np.zeros(sites), np.zeros(sites, dtype=np.int64)
        self.chosen = np.zeros(sites, dtype=bool)
        self.pick, self.mean_pick = np.zeros(len(self.pairs.row)), np.zeros(len(self.pairs.row))
        self.must = town.fixed | self.forced
        self.may, self.none, self.last = ~self.must, np.zeros(sites, dtype=bool), np.where(self.must, np.inf, 0.0)
        self.places = int(min(town.site_limit, sites)) - int((self.forced & ~town.fixed).sum())
        # In these units the price of money is of the size of the others.
        self.per_money = town.shape[0] / town.budget if 0.0 < town.budget < np.inf else 0.0

    @cached_property
    def fee(self) -> Floats:
        """What opening each site costs."""
        return np.where(self.town.fixed, 0.0, self.town.opening)

    @cached_property
    def fee_spend(self) -> Floats:
        """What opening each site takes of the budget."""
        return np.where(self.town.fixed, 0.0, self.town.opening_spend)

    def step(self, count: int, target: float, cutoff: float, *, sift: bool = True) -> None:
        """Further steps, until the bound reaches ``cutoff``; ``target`` is a cost that is thought possible.

        ``sift`` leaves the value of sites that cannot be among the best unknown, which is quicker.
        """
        for _ in range(count):
            total = self._choose(sift)
            self.mean_pick *= _MEMORY
            self.mean_pick += (1.0 - _MEMORY) * self.pick
            if total > self.bound:
                clearly = total - self.bound > 1e-5 * abs(target - self.bound)
                self.stalls = 0 if clearly else self.stalls + 1
                self.bound, self.best_price = total, self.price.copy()
                if total >= cutoff:
                    return
            else:
                self.stalls += 1
                if self.stalls >= _STALLS:
                    self.factor *= _SLOWER
                    self.stalls, self.price = 0, self.best_price.copy()
                    self.drift[:] = 0.0
                    continue
            slope = self._slope()
            self.feasible = bool(np.abs(slope).max() <= 1e-9)
            if self.feasible:
                return
            self.drift = slope + _DEFLECTION * self.drift
            length = float(self.drift @ self.drift)
            if length <= 1e-18:
                self.drift[:] = 0.0
                continue
            stride = self.factor * max(target - total, 1e-6 * abs(target)) / length
            self.price = np.maximum(self.price + stride * self.drift, 0.0)
            np.minimum(self.price[:-1], self.town.left_cost, out=self.price[:-1])

    def _choose(self, sift: bool) -> float:
        """The cheapest choice at the prices, and the bound that it proves."""
        town, pairs = self.town, self.pairs
        unit_price, fee, reduced = self._prices(self.price)
        split_uses(
            pairs.pointer, pairs.row, reduced, town.load, town.unit, town.standing, town.more, unit_price, self.value,
            self.units, self.pick,
        )  # fmt: skip
        self.value += fee
        if town.whole:
            # A site whose split rows are not worth a place among the best need not be solved for whole ones.
            whole_uses(
                self.value.argsort(kind="stable"), pairs.pointer, pairs.row, reduced, self.grains.load,
                self.grains.least, self.grains.holds, self.grains.per_load, town.unit, town.standing, town.more,
                unit_price, fee, self.may if sift else self.none, self.places, self.table, self.value, self.units,
                self.pick,
            )  # fmt: skip
        best_first = (self.value + self.last).argsort(kind="stable")[: max(0, self.places)]
        self.chosen = self.must.copy()
        self.chosen[best_first] |= self.value[best_first] < 0.0
        self.pick *= self.chosen[pairs.site]
        paid = self.price[-1] * self.per_money * town.budget if self.per_money > 0.0 else 0.0
        return float(self.price[:-1].sum() - paid + self.value[self.chosen].sum())

    def _prices(self, price: Floats) -> tuple[Floats, Floats, Floats]:
        """What a unit and opening each site cost, and what each pair costs less the price of its row."""
        town, dual = self.town, price[-1] * self.per_money
        reduced = self.pairs.cost - price[self.pairs.row]
        if dual == 0.0:
            return town.unit_price, self.fee, reduced
        return town.unit_price + dual * town.unit_spend, self.fee + dual * self.fee_spend, reduced

    def _slope(self) -> Floats:
        """What the choice leaves of each row, and what it spends beyond the budget."""
        town = self.town
        slope = np.empty(len(self.price))
        slope[:-1] = 1.0 - np.bincount(self.pairs.row, self.pick, town.shape[0])
        slope[-1] = 0.0
        if self.per_money > 0.0:
            spend = (town.unit_spend * self.units + self.fee_spend)[self.chosen].sum()
            slope[-1] = (spend - town.budget) * self.per_money
        return slope

    def at_best(self) -> None:
        """The choice at the best prices."""
        bound, mean = self.bound, self.mean_pick.copy()
        self.price = self.best_price.copy()
        self.step(1, self.bound + 1.0, np.inf, sift=False)
        self.bound = max(bound, self.bound)
        self.price = self.best_price.copy()
        self.drift[:] = 0.0
        self.mean_pick = mean

    def needed(self, cutoff: float) -> tuple[Flags, Flags, Flags]:
        """Pairs and sites that an answer below ``cutoff`` may use, and sites that it must; at the best prices."""
        town, value, chosen = self.town, self.value, self.chosen
        opened = chosen & ~town.fixed
        worst = float(value[opened & ~self.forced].max(initial=-np.inf))
        runner_up = float(value[~chosen].min(initial=0.0))
        if opened.sum() < town.site_limit:
            worst, runner_up = 0.0, 0.0
        elif worst == -np.inf:
            # Every place is taken by a site that must be open.
            worst = -FAR
        must_open = self.forced | (opened & (self.bound - value + runner_up >= cutoff))
        others = self.bound - np.where(chosen, value, worst)
        may_open = town.fixed | chosen | ((others + value < cutoff) & (town.site_limit >= 1))
        keep = may_open[self.pairs.site]
        if town.whole:
            unit_price, fee, reduced = self._prices(self.best_price)
            needed_pairs(
                self.pairs.pointer, self.pairs.row, reduced, town.load, self.grains.load, self.grains.least,
                self.grains.holds, town.standing, unit_price, others + fee, may_open, cutoff, self.table,
                np.zeros(self.table.shape[1]), keep,
            )  # fmt: skip
        return keep, may_open, must_open
