"""Set covering: the fewest or cheapest sites that cover all demand, a share of it, or a share of every group's.

Toregas, C., Swain, R., ReVelle, C. & Bergman, L. (1971), The location of emergency service facilities. Operations
Research 19; for shares Daskin, M. & Owen, S. (1999), Two new location covering problems. Geographical Analysis 31.

Rows and sites that cannot matter are dropped, row-weighting local search finds a good answer, Lagrangian relaxation a
bound (Caprara, Fischetti & Toth 1999); sites whose reduced cost rules them out are dropped, and HiGHS proves the rest.
Where only a share is asked for, ruin and recreate takes the place of the first, and HiGHS does the bound as well.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.siting.arguments import amounts, cover_matrix, fixed_and_forbidden, search_limits
from planner.siting.covering.covers import covered_by, first_covering
from planner.siting.covering.set_cover.core import Found, search_core
from planner.siting.covering.set_cover.reduction import reduced
from planner.siting.covering.set_cover.shares import search_for_shares
from planner.siting.covering.set_cover.targets import Targets, targets_of
from planner.siting.solution import Solution, proven_gap
from planner.siting.stopping import Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_OUT_OF_REACH: Final = "; target out of reach, lowered to what the sites reach"


def set_cover(
    covers: sp.csr_array,
    *,
    weight: ArrayLike | None = None,
    cost: ArrayLike | None = None,
    target_share: float | None = None,
    group: ArrayLike | None = None,
    group_share: ArrayLike | None = None,
    fixed: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    seed: int = 0,
) -> Solution:
    """The fewest new sites, or with ``cost`` the cheapest, that cover the asked share of the weight.

    ``covers``: CSR, demand rows × site columns, true where covered. ``weight``: (rows,), not negative, 1 each if not
    given; a row of weight 0 asks for nothing. ``cost``: (sites,), not negative. ``target_share``: from 0 to 1, of all
    weight; if not given it is 1, or 0 where there are floors for groups. ``group``: (rows,) the number of each row's
    group from 0, -1 for none; ``group_share``: a share for all groups or one a group, (groups,). Both hold at once.
    ``fixed`` sites are open and cost nothing; ``forbidden`` ones stay shut. The search stops when proven within the
    relative ``gap`` or after ``time_limit_s``, with the best answer in hand. The objective is the number, or the cost,
    of the new sites.

    A target that is out of reach even with every allowed site open is lowered to what they reach, and ``method`` ends
    by saying so; objective, bound and status then are for the lowered target, and ``assignment`` is -1 for the rows
    that are left. Which of these nobody reaches says :func:`planner.siting.unmet.unmet`.

    Raises ``ArgumentError`` for an argument of the wrong shape or range.
    """
    deadline = Deadline(time_limit_s)
    matrix = cover_matrix(covers)
    row_count, site_count = matrix.shape
    weights = amounts("weight", np.ones(row_count) if weight is None else weight, row_count)
    costs = amounts("cost", np.ones(site_count) if cost is None else cost, site_count)
    stay, never = fixed_and_forbidden(fixed, forbidden, site_count)
    search_limits(time_limit_s, gap)
    optional = np.setdiff1d(np.arange(site_count), np.concatenate([stay, never]))
    reachable = covered_by(matrix, np.union1d(stay, optional))
    targets = targets_of(weights, target_share, group, group_share, reachable)

    # A site that costs nothing may as well stand; it goes again in the end if it is of no use.
    free = optional[costs[optional] == 0.0]
    optional = optional[costs[optional] > 0.0]
    left = targets.after(covered_by(matrix, np.union1d(stay, free)))
    found = _search(matrix, left, costs, optional, gap, seed, deadline)
    new = _needed(matrix, targets, stay, np.union1d(free, found.chosen), costs)
    selected = np.union1d(stay, new)
    objective = float(costs[new].sum())
    reached, bound = proven_gap(objective, found.bound)
    return Solution(
        selected=selected,
        objective=objective,
        bound=bound,
        gap=reached,
        status="optimal" if reached <= gap else "feasible",
        assignment=first_covering(matrix, selected),
        runtime_s=deadline.elapsed_s,
        method=found.method + (_OUT_OF_REACH if targets.lowered else ""),
    )


def _needed(matrix: sp.csr_array, targets: Targets, stay: Ints, new: Ints, cost: Floats) -> Ints:
    """The new sites without those that the targets do not need, the dearest tried first."""
    if not len(new):
        return new
    is_open = np.zeros(matrix.shape[1])
    is_open[np.union1d(stay, new)] = 1.0
    times = np.asarray(matrix @ is_open)
    by_site = matrix[:, new].tocsc()
    have = targets.parts @ (times > 0).astype(np.float64)
    weight_of = targets.parts.tocsc()
    keeps = np.ones(len(new), dtype=bool)
    for i in np.argsort(-cost[new], kind="stable"):
        rows = by_site.indices[by_site.indptr[i] : by_site.indptr[i + 1]]
        alone = rows[times[rows] == 1]
        if targets.required[alone].any():
            continue
        lost = np.asarray(weight_of[:, alone].sum(axis=1)).ravel()
        if ((have - lost < targets.need - targets.slack) & (lost > 0)).any():
            continue
        keeps[i] = False
        have -= lost
        times[rows] -= 1
    return new[keeps]


def _search(
    matrix: sp.csr_array, targets: Targets, cost: Floats, optional: Ints, gap: float, seed: int, deadline: Deadline
) -> Found:
    """Sites among the optional ones that meet the targets, and a bound on what any such sites cost."""
    if not targets.required.any() and not len(targets.need):
        return Found(np.empty(0, dtype=np.int64), 0.0, "nothing to choose")
    if len(targets.need):
        found = search_for_shares(matrix[:, optional].tocsr(), targets, cost[optional], gap, seed, deadline)
        return Found(optional[found.chosen], found.bound, found.method)
    core = reduced(matrix[targets.required][:, optional].tocsr(), cost[optional])
    opened, sites = optional[core.opened], optional[core.sites]
    paid = float(cost[opened].sum())
    if not len(sites):
        return Found(opened, paid, "reductions")
    found = search_core(core.matrix, cost[sites], paid, gap, seed, deadline)
    return Found(np.union1d(opened, sites[found.chosen]), paid + found.bound, found.method)
