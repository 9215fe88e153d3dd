"""What can be opened in a hierarchy: a column for each site and tier that it may have, and the search among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.stopping import Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# By so much, relatively, prices may exceed a budget: 0.1 + 0.2 fits into 0.3.
_LAST_BITS: Final = 1e-12
# Comparing all pairs of columns costs the sum of the squared row lengths; beyond this it does not pay.
_MOST_PAIRS: Final = 50_000_000


@dataclass(frozen=True)
class Options:
    """Columns of a covering problem, each a ``site`` at a ``tier`` with its ``cost``; of a site's columns at most one
    opens. ``matrix``: rows × columns. ``most``: how many of each tier may open, infinite for no limit.
    """

    matrix: sp.csr_array
    weight: Floats
    site: Ints
    tier: Ints
    cost: Floats
    most: Floats
    budget: float

    @property
    def tier_use(self) -> Floats:
        """Which columns count against the limit of each tier that has one: (limits, columns)."""
        limited = np.flatnonzero(np.isfinite(self.most))
        use: Floats = (self.tier[None, :] == limited[:, None]).astype(np.float64)
        return use

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
        """Whether these columns may open together."""
        within = (np.bincount(self.tier[chosen], minlength=len(self.most)) <= self.most).all()
        return bool(
            within
            and self.cost[chosen].sum() <= self.budget * (1.0 + _LAST_BITS)
            and len(np.unique(self.site[chosen])) == len(chosen)
        )

    def allowed_beside(self, chosen: Ints) -> Bools:
        """Which columns may open beside these."""
        full = np.bincount(self.tier[chosen], minlength=len(self.most)) + 1 > self.most
        left = self.budget * (1.0 + _LAST_BITS) - self.cost[chosen].sum()
        allowed: Bools = ~full[self.tier] & (self.cost <= left) & ~np.isin(self.site, self.site[chosen])
        return allowed

    def part(self, columns: Ints) -> Options:
        """The same with these columns alone."""
        some = (self.matrix[:, columns].tocsr(), self.weight, self.site[columns], self.tier[columns])
        return Options(*some, self.cost[columns], self.most, self.budget)


def undominated(options: Options) -> Ints:
    """The columns that some best answer can do with: none that another one could always stand in for.

    It could where it covers the same rows or more, costs no more, has the same tier or one without a limit, and is a
    column of the same site or the only one of its own.
    """
    alive = np.arange(len(options.site))
    if (np.diff(options.matrix.indptr).astype(np.float64) ** 2).sum() > _MOST_PAIRS:
        return alive
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
        inside = may & (a != b) & (shared.data >= size[a] - 0.5) & (part.cost[b] <= part.cost[a])
        equal = inside & (size[a] == size[b]) & (part.cost[a] == part.cost[b])
        stays = size > 0
        stays[a[inside & (~equal | (b < a))]] = False
        if stays.all():
            return alive
        alive = alive[stays]


def searched(options: Options, start: Ints, deadline: Deadline) -> Ints:
    """A good set of columns: the best of ``start`` filled up and of two greedy ones, then improved by swaps.

    Raises ``KeyboardInterrupt`` where it was told to stop.
    """
    nothing = np.empty(0, dtype=np.int64)
    firsts = [_filled(options, start, by_cost=False), *(_filled(options, nothing, by_cost=by) for by in (False, True))]
    best = max(firsts, key=options.value)
    value = options.value(best)
    improved = True
    while improved and not deadline.passed():
        improved = False
        for column in best:
            for by_cost in (False, True):
                other = _filled(options, best[best != column], by_cost=by_cost, without=int(column))
                if options.value(other) > value * (1.0 + 1e-12):
                    best, value, improved = other, options.value(other), True
                    break
            if improved or deadline.passed():
                break
    return best


def _filled(options: Options, chosen: Ints, *, by_cost: bool, without: int = -1) -> Ints:
    """These columns and what still may open beside them, the one of the largest gain (for its cost) first."""
    chosen = chosen.copy()
    bare = options.times_covered(chosen) == 0
    by_column = options.matrix.T.tocsr()
    while True:
        gain = by_column @ np.where(bare, options.weight, 0.0)
        gain[~options.allowed_beside(chosen)] = 0.0
        if without >= 0:
            gain[without] = 0.0
        if not gain.size or gain.max() <= 0.0:
            return np.sort(chosen)
        best = int(np.argmax(gain / np.maximum(options.cost, 1e-12) if by_cost else gain))
        chosen = np.append(chosen, best)
        bare[by_column.indices[by_column.indptr[best] : by_column.indptr[best + 1]]] = False
