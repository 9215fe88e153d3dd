"""What fixing leaves of a p-median as a mixed-integer program for HiGHS, with a column a set of nearest sites.

Cornuejols, Nemhauser & Wolsey (1980), A canonical representation of simple plant location problems and its
applications. SIAM Journal on Algebraic and Discrete Methods 1: what a row pays rises from one of its distinct costs to
the next where none of the sites up to there is open, so a set of sites needs one column, whichever rows it is of.
Elloumi (2010), A tighter formulation of the p-median problem. Journal of Combinatorial Optimization 19: the sets of a
row are chained.

Where many sites are open few matter to a row, and there are hundreds to decide: the program is small and nearly whole,
the tree on the sites large. Where few are open it is the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.highs import linear_program, run, solver_for
from planner.siting.median.bound import FREE, OPEN, compressed
from planner.siting.median.town import MedianTown
from planner.siting.median.tree import Relaxation

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

# A program has at most so many pairs a site that is not decided, and a site at most so large a share of the rows. HiGHS
# proved programs of 5 to 60 pairs a site and 0.1 to 5 % of the rows in 5 s, where the tree did not end; over some of
# 180 to 400, or 60 to 100 %, it took ten times as long as the tree.
_PAIRS_A_SITE: Final = 100
_SHARE: Final = 0.1
_MOST_PAIRS: Final = 200_000
# Tolerances of HiGHS are absolute: it is told totals of about this size.
_SCALE: Final = 1e6
# A site that is open by a millionth would serve a millionth.
_TOLERANCE: Final = 1e-9
# In place of a site: one that is open in any case, or the cap.
_CERTAIN: Final = -1


@dataclass(frozen=True)
class ProgramAnswer:
    """Open sites of the town (``None`` where none were found), what no set of sites can go below, if interrupted."""

    opened: Ints | None
    bound: float
    interrupted: bool


@dataclass(frozen=True)
class _Levels:
    """A level: the sites (``site`` from ``begin`` to the next) that cost a row the same; rows one after another.

    By level: ``row``, ``rise`` (what the row pays more where none up to here is open) and ``must`` (one of them is).
    ``base`` is what the rows pay at their first level.
    """

    begin: Ints
    site: Ints
    row: Ints
    rise: Floats
    must: Bools
    base: float


def median_program(town: MedianTown, root: Relaxation, goal: float) -> MedianProgram | None:
    """All sets of sites with a total below ``goal``, as a program; ``None`` where the tree is the better finish."""
    levels = _levels_left(town, root, goal) if (root.mode == FREE).any() else None
    return None if levels is None else MedianProgram(root, levels)


class MedianProgram:
    """min base + Σ rise z  with  Σ_{j in level} y_j + z ≥ z of the level before (1 at the first),  Σ y ≤ quota.

    y, whole: a free site is open; z, from 0 to 1: none of the sites up to a level is. ``free`` are the sites of y,
    ``certain`` those that are open in any case.
    """

    def __init__(self, root: Relaxation, levels: _Levels) -> None:
        self.free, self.certain = np.flatnonzero(root.mode == FREE), np.flatnonzero(root.mode == OPEN)
        self.base, self.quota = levels.base, root.quota
        sites, count = len(self.free), len(levels.row)
        sets, z = _numbered_sets(levels, len(root.mode))
        first = np.diff(levels.row, prepend=-1) != 0
        before = np.where(first, -1, np.roll(z, 1))
        # What several rows ask in the same words is asked once.
        _, asked = np.unique(before * sets + z, return_index=True)
        line = np.full(count, -1)
        line[asked] = np.arange(len(asked))
        line_of_pair = line[np.repeat(np.arange(count), np.diff(levels.begin))]
        near, later = line_of_pair >= 0, asked[~first[asked]]
        column = np.full(len(root.mode), -1)
        column[self.free] = np.arange(sites)
        blocks = (
            (line_of_pair[near], column[levels.site[near]], 1.0),
            (line[asked], sites + z[asked], 1.0),
            (line[later], sites + before[later], -1.0),
            (np.full(sites, len(asked)), np.arange(sites), 1.0),
        )
        lines, columns, values = (
            np.concatenate(part)
            for part in zip(*((i, j, np.full(len(i), value)) for i, j, value in blocks), strict=True)
        )
        self.constraints = sp.csr_array((values, (lines, columns)), shape=(len(asked) + 1, sites + sets))
        self.least = np.append(first[asked].astype(np.float64), -np.inf)
        self.cost = np.zeros(sites + sets)
        self.cost[sites:] = np.bincount(z, levels.rise, minlength=sets)
        self.upper = np.ones(sites + sets)
        self.upper[sites + z[levels.must]] = 0.0

    def solve(self, *, cutoff: float, least_gap: float, time_limit_s: float) -> ProgramAnswer:
        """The best sites up to ``cutoff``, proven to ``least_gap``; both are totals."""
        unit = cutoff / _SCALE if cutoff > 0 else 1.0
        most = np.append(np.full(len(self.least) - 1, np.inf), float(self.quota))
        whole = np.arange(len(self.cost)) < len(self.free)
        solver = solver_for(
            linear_program(self.constraints, self.least, most, self.cost / unit, upper=self.upper, whole=whole),
            time_limit_s=time_limit_s, objective_bound=(cutoff - self.base) / unit, mip_rel_gap=0.0,
            mip_abs_gap=least_gap / unit, mip_feasibility_tolerance=_TOLERANCE,
            primal_feasibility_tolerance=_TOLERANCE, dual_feasibility_tolerance=_TOLERANCE,
        )  # fmt: skip
        interrupted = run(solver)
        info = solver.getInfo()
        if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return ProgramAnswer(None, cutoff, interrupted)
        bound = min(cutoff, self.base + unit * float(info.mip_dual_bound))
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return ProgramAnswer(None, bound, interrupted)
        chosen = self.free[np.array(solver.getSolution().col_value[: len(self.free)]) > 0.5]
        return ProgramAnswer(np.union1d(self.certain, chosen), bound, interrupted)


def _numbered_sets(levels: _Levels, site_count: int) -> tuple[int, Ints]:
    """How many sets "a row's sites up to a level" there are, and the number of each level's.

    A set is known by the sum of 64 drawn bits of each of its sites: of 100,000 sets, two are taken for one with a
    chance of one in a thousand million.
    """
    bits = np.random.default_rng(0).integers(0, 2**64, site_count, dtype=np.uint64)
    sums = np.append(np.uint64(0), np.cumsum(bits[levels.site], dtype=np.uint64))[levels.begin]
    first = np.flatnonzero(np.diff(levels.row, prepend=-1))
    before_row = np.repeat(sums[first], np.diff(first, append=len(levels.row)))
    sets, z = np.unique(sums[1:] - before_row, return_inverse=True)
    return len(sets), z


def _levels_left(town: MedianTown, root: Relaxation, goal: float) -> _Levels | None:
    """The rows' lists, each as far as a set of sites below ``goal`` can make it pay; ``None`` where they are too long.

    Where all sites up to a place in the list are shut, the relaxation has to open others instead and its bound rises
    at least by the sum of what each of them is better than the next best; once that reaches the goal, one is open.
    """
    assert root.worth is not None
    cap, ceiling = town.lists[6], town.lists[7]
    pointer, site, cost = compressed(town.lists, root.mode)
    free = np.flatnonzero(root.mode == FREE)
    next_best = np.partition(root.worth[free], root.quota)[root.quota] if root.quota < len(free) else 0.0
    shutting = np.zeros(len(root.mode))
    shutting[free] = np.maximum(next_best - root.worth[free], 0.0)
    shutting[root.mode == OPEN] = np.inf
    slack = goal - root.bound_at_price
    begin, end, spent = pointer[:-1], pointer[:-1].copy(), np.zeros(town.row_count)
    going, pairs = np.flatnonzero(end < pointer[1:]), 0
    most = min(_MOST_PAIRS, town.row_count + len(free) * min(_PAIRS_A_SITE, _SHARE * town.row_count))
    while len(going):
        pairs += len(going)
        if pairs > most:
            return None
        spent[going] += shutting[site[end[going]]]
        end[going] += 1
        going = going[(spent[going] < slack) & (end[going] < pointer[going + 1])]
    beyond = spent < slack
    if (beyond & (ceiling < cap)).any():
        return None
    capped = np.flatnonzero(beyond & np.isfinite(cap))
    length = end - begin
    pair = np.arange(pairs) + np.repeat(begin - np.cumsum(length) + length, length)
    row = np.append(np.repeat(np.arange(town.row_count), length), capped)
    near = np.where(root.mode[site[pair]] == OPEN, _CERTAIN, site[pair])
    order = np.argsort(row, kind="stable")
    return _levels(
        row[order],
        np.append(near, np.full(len(capped), _CERTAIN))[order].astype(np.int64),
        np.append(cost[pair], cap[capped])[order],
    )


def _levels(row: Ints, site: Ints, cost: Floats) -> _Levels:
    """Pairs by row in ascending cost, of which none but a row's last can be ``_CERTAIN``, as levels."""
    begin = np.flatnonzero((np.diff(row, prepend=-1) != 0) | (np.diff(cost, prepend=-np.inf) != 0))
    level_row, level_cost, size = row[begin], cost[begin], np.diff(begin, append=len(row))
    first, last = np.diff(level_row, prepend=-1) != 0, np.diff(level_row, append=-1) != 0
    asked = site[begin + size - 1] != _CERTAIN
    return _Levels(
        begin=np.append(0, np.cumsum(size[asked])), site=site[np.repeat(asked, size)], row=level_row[asked],
        rise=np.where(last, 0.0, np.diff(level_cost, append=0.0))[asked], must=last[asked],
        base=float(level_cost[first].sum()),
    )  # fmt: skip
