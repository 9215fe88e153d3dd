"""What can be opened in a hierarchy: a column for each site and tier that it may have, and the search among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from planner.errors import ArgumentError
from planner.siting.arguments import LAST_BITS
from planner.siting.covering.reduction import merged_rows
from planner.siting.stopping import Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Comparing all pairs of columns costs the sum of the squared row lengths; beyond this it does not pay.
_MOST_PAIRS: Final = 50_000_000


@dataclass(frozen=True)
class Options:
    """Columns of a covering problem, each a ``site`` at a ``tier`` with its ``cost``; of a site's columns at most one
    opens. ``matrix``: rows × columns. ``least`` and ``most``: how many of each tier must and may open, infinite for no
    limit.
    """

    matrix: sp.csr_array
    weight: Floats
    site: Ints
    tier: Ints
    cost: Floats
    least: Ints
    most: Floats
    budget: float

    @property
    def tier_use(self) -> Floats:
        """Which columns count against the limits of each tier that has some: (limited tiers, columns)."""
        limited = self.limited
        use: Floats = (self.tier[None, :] == limited[:, None]).astype(np.float64)
        return use

    @property
    def limited(self) -> Ints:
        """The tiers of which a number must open, or no more than a number may."""
        return np.flatnonzero(np.isfinite(self.most) | (self.least > 0))

    @property
    def host_use(self) -> sp.csr_array:
        """The columns of each site that has several: (sites, columns)."""
        sites, number, count = np.unique(self.site, return_inverse=True, return_counts=True)
        columns = np.arange(len(self.site))
        use = sp.csr_array((np.ones(len(columns)), (number, columns)), shape=(len(sites), len(columns)))
        return use[np.flatnonzero(count > 1)]

    def value(self, chosen: Ints) -> float:
        """The weight that these columns cover."""
        return float(self.weight[self.times_covered(chosen) > 0].sum())

    def times_covered(self, chosen: Ints) -> Floats:
        """How many of these columns cover each row."""
        is_open = np.zeros(len(self.site))
        is_open[chosen] = 1.0
        times: Floats = self.matrix @ is_open
        return times

    def keeps_limits(self, chosen: Ints) -> bool:
        """Whether these columns may open, and no others."""
        return bool((self.counts(chosen) >= self.least).all()) and self.fits(chosen)

    def fits(self, chosen: Ints) -> bool:
        """Whether these columns may open together, with others or without."""
        within = (self.counts(chosen) <= self.most).all()
        return bool(
            within
            and self.cost[chosen].sum() <= self.budget * (1.0 + LAST_BITS)
            and len(np.unique(self.site[chosen])) == len(chosen)
        )

    def counts(self, chosen: Ints) -> Ints:
        """How many of these columns are of each tier."""
        return np.bincount(self.tier[chosen], minlength=len(self.most)).astype(np.int64)

    def allowed_beside(self, chosen: Ints) -> Bools:
        """Which columns may open beside these."""
        full = self.counts(chosen) + 1 > self.most
        left = self.budget * (1.0 + LAST_BITS) - self.cost[chosen].sum()
        allowed: Bools = ~full[self.tier] & (self.cost <= left) & ~np.isin(self.site, self.site[chosen])
        return allowed

    def merged(self) -> Options:
        """The same with rows of the same columns as one, and without rows that have none."""
        matrix, weight, _ = merged_rows(self.matrix, self.weight)
        return Options(matrix, weight, self.site, self.tier, self.cost, self.least, self.most, self.budget)

    def part(self, columns: Ints) -> Options:
        """The same with these columns alone."""
        some = (self.matrix[:, columns].tocsr(), self.weight, self.site[columns], self.tier[columns])
        return Options(*some, self.cost[columns], self.least, self.most, self.budget)


def undominated(options: Options) -> Ints:
    """The columns that some best answer can do with: none that another one could always stand in for.

    It could where it covers the same rows or more, costs no more, is a column of the same site or the only one of its
    own, and has the same tier or one without a limit. Where so many of a tier must open, none of them could.
    """
    alive = np.arange(len(options.site))
    if (np.diff(options.matrix.indptr).astype(np.float64) ** 2).sum() > _MOST_PAIRS:
        return alive
    needed = options.least > 0
    while True:
        part = options.part(alive)
        by_column = part.matrix.T.tocsr()
        shared = (by_column @ part.matrix).tocoo()
        size = np.diff(by_column.indptr)
        a, b = shared.row, shared.col
        alone = np.bincount(part.site)[part.site] == 1
        may = ((part.site[a] == part.site[b]) | alone[b]) & (
            (part.tier[a] == part.tier[b]) | np.isinf(part.most[part.tier[b]])
        )
        inside = (
            may & ~needed[part.tier[a]] & (a != b) & (shared.data >= size[a] - 0.5) & (part.cost[b] <= part.cost[a])
        )
        equal = inside & (size[a] == size[b]) & (part.cost[a] == part.cost[b])
        stays = (size > 0) | needed[part.tier]
        stays[a[inside & (~equal | (b < a))]] = False
        if stays.all():
            return alive
        alive = alive[stays]


def cheapest(options: Options) -> Ints:
    """The cheapest columns of which as many of each tier open as must, each of another site.

    Raises ``ArgumentError`` where no columns do within the budget.
    """
    slots = np.repeat(np.arange(len(options.least)), options.least)
    if not len(slots):
        return slots
    sites, place = np.unique(options.site, return_inverse=True)
    price = np.full((len(slots), len(sites)), np.inf)
    column = np.full((len(options.least), len(sites)), -1, dtype=np.int64)
    column[options.tier, place] = np.arange(len(options.site))
    there = column[slots] >= 0
    price[there] = options.cost[column[slots][there]]
    try:
        slot, at = linear_sum_assignment(price)
    except ValueError:  # some tier has too few sites
        raise ArgumentError("at_least_too_many") from None
    if len(slot) < len(slots):
        raise ArgumentError("at_least_too_many")
    chosen = np.sort(column[slots[slot], at])
    if not options.keeps_limits(chosen):
        raise ArgumentError("at_least_too_dear", cost=float(options.cost[chosen].sum()), budget=options.budget)
    return chosen


def searched(options: Options, start: Ints, deadline: Deadline) -> Ints:
    """A good set of columns: the best of ``start`` filled up, of the cheapest filled up and of two greedy ones, then
    improved by swaps.

    Raises ``KeyboardInterrupt`` where it was told to stop, and ``ArgumentError`` as :func:`cheapest`.
    """
    nothing = np.empty(0, dtype=np.int64)
    firsts = [_filled(options, start, by_cost=False), *(_filled(options, nothing, by_cost=by) for by in (False, True))]
    firsts = [
        first for first in (*firsts, _filled(options, cheapest(options), by_cost=True)) if options.keeps_limits(first)
    ]
    best = max(firsts, key=options.value)
    value = options.value(best)
    improved = True
    while improved and not deadline.passed():
        improved = False
        for column in best:
            for by_cost in (False, True):
                other = _filled(options, best[best != column], by_cost=by_cost, without=int(column))
                if options.value(other) > value * (1.0 + 1e-12) and options.keeps_limits(other):
                    best, value, improved = other, options.value(other), True
                    break
            if improved or deadline.passed():
                break
    return best


def _filled(options: Options, chosen: Ints, *, by_cost: bool, without: int = -1) -> Ints:
    """These columns and what still may open beside them, the one of the largest gain (for its cost) first; first of
    all of the tiers of which some are wanting, so far as the budget goes.
    """
    chosen = chosen.copy()
    bare = options.times_covered(chosen) == 0
    by_column = options.matrix.T.tocsr()
    while True:
        gain = by_column @ np.where(bare, options.weight, 0.0)
        worth = gain / np.maximum(options.cost, 1e-12) if by_cost else gain
        may = options.allowed_beside(chosen)
        if without >= 0:
            may[without] = False
        wanting = (options.counts(chosen) < options.least)[options.tier] & may
        worth = np.where(wanting if wanting.any() else may & (gain > 0), worth, -1.0)
        if not worth.size or worth.max() < 0.0:
            return np.sort(chosen)
        best = int(np.argmax(worth))
        chosen = np.append(chosen, best)
        bare[by_column.indices[by_column.indptr[best] : by_column.indptr[best + 1]]] = False
