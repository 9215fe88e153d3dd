"""Maximal covering with a floor for every group: the most demand covered where nobody is left too far behind.

A floor is a share of a group's weight that must be covered, as in covering with equity constraints (Marsh, M. &
Schilling, D. (1994), Equity measurement in facility location analysis. European Journal of Operational Research 74).
Where the floors cannot all be had, the lowest of them is raised as far as it goes first: the max-min rule of Rawls
(1971), whose price in coverage is that of Bertsimas, D., Farias, V. & Trichakis, N. (2011), The price of fairness.
Operations Research 59.

Rows with the same sites are merged and dominated sites dropped; greedy and swaps that look at the worst-off groups find
a good answer, HiGHS proves the highest floor and then the most coverage under it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.siting.arguments import (
    amounts,
    cover_matrix,
    groups_of,
    search_limits,
    shares,
)
from planner.siting.covering.allowed import allowed_sites
from planner.siting.covering.covers import covered_by, first_covering, limits_of
from planner.siting.covering.fair_cover.program import FairTask, highest_floor, most_weight
from planner.siting.covering.fair_cover.search import search_floor, search_weight
from planner.siting.covering.reduction import merged_rows, undominated_sites
from planner.siting.solution import Solution, proven_gap
from planner.siting.stopping import INTERRUPTED, Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Half of the time at most goes into how high the floor can be, the rest into the coverage under it.
_FLOOR_PART = 0.5


@dataclass(frozen=True)
class FairSolution(Solution):
    """A :class:`Solution` that also says what every group has.

    ``floor``: the share that every group has at least, but for those that were asked for less or cannot be given so
    much; it is the highest that the limits allow where ``floor_bound``, which no sites can beat, is the same.
    ``share`` and ``reach``: (groups,) the covered share of each group's weight, and that with every site open that is
    allowed and by itself within the budget; not a number for a group without weight. ``"optimal"`` says that both floor
    and objective are proven.
    """

    floor: float
    floor_bound: float
    share: Floats
    reach: Floats

    @property
    def is_floor_proven(self) -> bool:
        """Whether no sites could give the worst-off group more of what was asked for it."""
        return self.floor_bound <= self.floor


def fair_cover(
    covers: sp.csr_array,
    weight: ArrayLike,
    *,
    group: ArrayLike,
    group_share: ArrayLike = 1.0,
    site_limit: int | None = None,
    cost: ArrayLike | None = None,
    budget: float | None = None,
    fixed: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    seed: int = 0,
) -> FairSolution:
    """The sites that cover the most weight among those that give every group ``group_share`` of its weight.

    ``group``: (rows,) the number of each row's group from 0, -1 for none. ``group_share``: a share for all groups or
    one a group, (groups,). A group that cannot be given so much even with every site open that is allowed, and by
    itself within the budget, is to have what is in its reach. Where the limits do not allow all of that, the lowest
    share is as high as it can be: every group has at least the least of ``floor``, of what was asked for it and of what
    is in its reach, and no sites make that floor higher. So ``group_share=1.0`` is the max-min answer, of these the one
    of the most coverage.

    The other arguments are those of :func:`planner.siting.max_cover`; ``gap`` and ``time_limit_s`` are of both searches
    together. The objective is the covered weight.

    Raises ``ArgumentError`` for an argument of the wrong shape or range.
    """
    deadline = Deadline(time_limit_s)
    matrix = cover_matrix(covers)
    row_count, site_count = matrix.shape
    weights = amounts("weight", weight, row_count)
    numbers = groups_of(group, row_count)
    group_count = max(int(numbers.max(initial=-1)) + 1, np.size(group_share) if np.ndim(group_share) == 1 else 0)
    asked = shares("group_share", group_share, group_count)
    search_limits(time_limit_s, gap)
    allowed = allowed_sites(
        site_count, site_limit=site_limit, cost=cost, budget=budget, fixed=fixed, forbidden=forbidden
    )

    groups, optional = _Groups(weights, numbers, group_count), allowed.optional
    reach = groups.shares(covered_by(matrix, np.union1d(allowed.fixed, optional)))
    already = covered_by(matrix, allowed.fixed)
    small, _, became = merged_rows(matrix[:, optional].tocsr(), np.where(already, 0.0, weights))
    useful = undominated_sites(small, allowed.cost[optional])
    small, optional = small[:, useful].tocsr(), optional[useful]
    task = FairTask(
        matrix=small,
        weight=groups.merged(became, small.shape[0]),
        parts=groups.merged_shares(became, small.shape[0]),
        base=np.nan_to_num(groups.shares(already)),
        wanted=np.fmin(asked, np.nan_to_num(reach)),
        limits=limits_of(allowed.cost[optional], allowed.site_limit, allowed.budget),
    )
    found = _search(task, gap, seed, deadline)
    selected = np.union1d(allowed.fixed, optional[found.chosen])
    covered = covered_by(matrix, selected)
    objective, base = float(weights[covered].sum()), float(weights[already].sum())
    reached, bound = proven_gap(objective, base + found.bound, maximise=True)
    floor = found.floor
    is_proven = reached <= gap and found.floor_bound <= floor
    return FairSolution(
        selected=selected,
        objective=objective,
        bound=bound,
        gap=reached,
        status="optimal" if is_proven else "feasible",
        assignment=first_covering(matrix, selected),
        runtime_s=deadline.elapsed_s,
        method=found.method,
        floor=floor,
        floor_bound=found.floor_bound,
        share=groups.shares(covered),
        reach=reach,
    )


class _Groups:
    """The weight of every group, and how much of it some rows make."""

    def __init__(self, weight: Floats, group: Ints, count: int) -> None:
        self._weight, self._group, self._count = weight, group, count
        member = group >= 0
        self._total = np.bincount(group[member], weights=weight[member], minlength=count)

    def shares(self, covered: NDArray[np.bool_]) -> Floats:
        """The share of each group's weight in these rows; not a number where there is none."""
        own = covered & (self._group >= 0)
        part = np.bincount(self._group[own], weights=self._weight[own], minlength=self._count)
        # Summed in the same order, all of a group is exactly 1.
        share: Floats = np.divide(part, self._total, out=np.full(self._count, np.nan), where=self._total > 0)
        return share

    def merged(self, became: Ints, rows: int) -> Floats:
        """The weight of the rows that these became."""
        kept = became >= 0
        return np.bincount(became[kept], weights=self._weight[kept], minlength=rows).astype(np.float64)

    def merged_shares(self, became: Ints, rows: int) -> sp.csr_array:
        """Which share of each group the rows that these became make: (groups, rows)."""
        kept = np.flatnonzero((became >= 0) & (self._group >= 0) & (self._weight > 0))
        share = self._weight[kept] / self._total[self._group[kept]]
        return sp.csr_array((share, (self._group[kept], became[kept])), shape=(self._count, rows))


@dataclass(frozen=True)
class _Found:
    chosen: Ints
    bound: float
    floor: float
    floor_bound: float
    method: str


def _search(task: FairTask, gap: float, seed: int, deadline: Deadline) -> _Found:
    """The highest floor, then the most weight under it, each with what is proven of it."""
    highest = float(task.wanted.max(initial=0.0))
    everything = float(task.weight.sum())
    try:
        chosen = search_floor(task, seed, deadline)
    except KeyboardInterrupt:
        nothing = np.empty(0, dtype=np.int64)
        return _Found(nothing, everything, task.floor_of(nothing), highest, INTERRUPTED)
    floor, floor_bound, interrupted = task.floor_of(chosen), highest, False
    if floor < highest:
        proof = highest_floor(task, chosen, deadline.part(_FLOOR_PART))
        chosen, floor, floor_bound, interrupted = proof
    if not interrupted:
        try:
            chosen = search_weight(task, floor, chosen, seed, deadline)
        except KeyboardInterrupt:
            interrupted = True
    if interrupted or deadline.ended:
        return _Found(chosen, everything, floor, floor_bound, INTERRUPTED if interrupted else "local search")
    chosen, bound, interrupted = most_weight(task, floor, chosen, gap, deadline)
    return _Found(chosen, bound, floor, floor_bound, INTERRUPTED if interrupted else "local search and HiGHS")
