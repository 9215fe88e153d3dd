"""A reduced problem of covering over phases, and what a plan of it is worth and may cost."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.arguments import LAST_BITS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class PhasedTown:
    """Rows with sites, sites free to open; ``weight`` is (phases, rows), ``worth`` (phases,) what a phase counts.

    A plan is (sites,), the phase from 0 in which each opens, the number of phases where it never does.
    """

    matrix: sp.csr_array
    weight: Floats
    worth: Floats
    site_limits: Floats | None
    cost: Floats
    budgets: Floats | None
    recurring: bool

    @property
    def phases(self) -> int:
        """How many there are."""
        return len(self.worth)

    @property
    def sites(self) -> int:
        """How many could open."""
        return int(self.matrix.shape[1])

    @cached_property
    def by_site(self) -> sp.csc_array:
        """The matrix by columns."""
        return self.matrix.tocsc()

    @cached_property
    def gain_from(self) -> Floats:
        """What a row brings that is covered from each phase on: (phases + 1, rows), nothing where it never is."""
        each = self.weight * self.worth[:, None]
        return np.vstack([np.cumsum(each[::-1], axis=0)[::-1], np.zeros(each.shape[1])])

    def rows_of(self, site: int) -> Ints:
        """The rows that a site covers."""
        by_site = self.by_site
        return by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]].astype(np.int64)

    def nothing(self) -> Ints:
        """The plan in which nothing opens."""
        return np.full(self.sites, self.phases, dtype=np.int64)

    def covered_from(self, plan: Ints) -> Ints:
        """The phase from which each row is covered, the number of phases where it never is."""
        first = np.full(self.matrix.shape[0], self.phases, dtype=np.int64)
        for site in np.flatnonzero(plan < self.phases):
            rows = self.rows_of(int(site))
            first[rows] = np.minimum(first[rows], plan[site])
        return first

    def value(self, plan: Ints) -> float:
        """The weight covered over all phases, each times its worth."""
        first = self.covered_from(plan)
        return float(self.gain_from[first, np.arange(len(first))].sum())

    def room(self, plan: Ints) -> tuple[Floats, Floats]:
        """How many more sites, and at what price at most, may open in each phase beside the plan: (phases,) each."""
        opens = [plan == t for t in range(self.phases)]
        number = np.full(self.phases, np.inf)
        if self.site_limits is not None:
            number = self.site_limits - np.array([some.sum() for some in opens])
        price = np.full(self.phases, np.inf)
        if self.budgets is not None:
            spent = np.array([self.cost[some].sum() for some in opens])
            most = self.budgets * (1.0 + LAST_BITS)
            if self.recurring:
                left = most - np.cumsum(spent)
                price = np.minimum.accumulate(left[::-1])[::-1]  # it must be paid for in every later phase too
            else:
                price = most - spent
        return number, price

    def allows(self, plan: Ints) -> bool:
        """Whether a plan keeps the limits."""
        number, price = self.room(plan)
        return bool((number >= 0).all() and (price >= 0).all())

    def until(self, phase: int) -> tuple[float | None, float | None]:
        """The number and the price of the sites that may be open in a phase; ``None`` is no limit."""
        number = None if self.site_limits is None else float(self.site_limits[: phase + 1].sum())
        if self.budgets is None:
            return number, None
        within = self.budgets[phase:].min() if self.recurring else self.budgets[: phase + 1].sum()
        return number, float(within)

    def without_useless(self, plan: Ints) -> Ints:
        """Per site 1 … for the phase in which it opens, -1 where it does not: a site that adds nothing stays shut."""
        plan = plan.copy()
        value = self.value(plan)
        for site in np.flatnonzero(plan < self.phases)[::-1]:
            kept = plan[site]
            plan[site] = self.phases
            if self.value(plan) < value:
                plan[site] = kept
        return np.where(plan < self.phases, plan + 1, -1)
