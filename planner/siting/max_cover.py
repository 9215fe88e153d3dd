"""Maximal covering: the most demand that a limited number of sites, or a limited budget, can cover.

Church, R. & ReVelle, C. (1974), The maximal covering location problem. Papers of the Regional Science Association 32.
"""

from __future__ import annotations

import time

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError
from planner.siting.arguments import amounts, cover_matrix, fixed_and_forbidden, limit, search_limits
from planner.siting.solution import Solution

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def max_cover(
    covers: sp.csr_array,
    weight: ArrayLike,
    *,
    site_limit: int | None = None,
    cost: ArrayLike | None = None,
    budget: float | None = None,
    fixed: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    seed: int = 0,
) -> Solution:
    """The sites that cover the most weight: at most ``site_limit`` new ones, of at most ``budget`` in all.

    ``covers``: CSR, demand rows × site columns, true where covered. ``weight``: (rows,), not negative. ``cost``:
    (sites,), needed with ``budget`` and in its unit. ``fixed`` sites are open and count against neither limit;
    ``forbidden`` ones stay shut. The search stops when proven within the relative ``gap`` or after ``time_limit_s``,
    with the best answer in hand. The objective is the covered weight.

    Raises ``ArgumentError`` for an argument of the wrong shape or range.
    """
    started = time.perf_counter()
    matrix = cover_matrix(covers)
    row_count, site_count = matrix.shape
    weights = amounts("weight", weight, row_count)
    stay, never = fixed_and_forbidden(fixed, forbidden, site_count)
    search_limits(time_limit_s, gap)
    count_limit, money_limit = limit("site_limit", site_limit, whole=True), limit("budget", budget)
    if count_limit is None and money_limit is None:
        raise ArgumentError("no_limit")
    if money_limit is not None and cost is None:
        raise ArgumentError("budget_without_cost")
    costs = amounts("cost", np.zeros(site_count) if cost is None else cost, site_count)

    already = covered_by(matrix, stay)
    optional = np.setdiff1d(np.arange(site_count), np.concatenate([stay, never]))
    if money_limit is not None:
        optional = optional[costs[optional] <= money_limit]
    small, small_weight = _merged_rows(matrix[~already][:, optional], weights[~already])
    chosen, bound, method = _solve(
        small, small_weight, costs[optional], count_limit, money_limit, time_limit_s, gap, seed, started
    )
    selected = np.union1d(stay, optional[_without_useless(small, chosen)])
    objective = float(weights[covered_by(matrix, selected)].sum())
    bound = max(objective, float(weights[already].sum()) + bound)
    reached = (bound - objective) / max(bound, 1e-12)
    # The sums above and the solver's own differ in their last bits; below this they are the same number.
    reached, bound = (0.0, objective) if reached <= 1e-9 else (reached, bound)
    return Solution(
        selected=selected,
        objective=objective,
        bound=bound,
        gap=reached,
        status="optimal" if reached <= gap else "feasible",
        assignment=first_covering(matrix, selected),
        runtime_s=time.perf_counter() - started,
        method=method,
    )


def covered_by(matrix: sp.csr_array, selected: Ints) -> NDArray[np.bool_]:
    """Which demand rows at least one of the selected sites covers."""
    is_open = np.zeros(matrix.shape[1])
    is_open[selected] = 1.0
    covered: NDArray[np.bool_] = (matrix @ is_open) > 0
    return covered


def first_covering(matrix: sp.csr_array, selected: Ints) -> Ints:
    """The lowest-numbered selected site that covers each row, -1 for none."""
    site_of = np.full(matrix.shape[0], -1, dtype=np.int64)
    part = matrix[:, selected].tocsr()
    part.sort_indices()
    has = np.diff(part.indptr) > 0
    site_of[has] = selected[part.indices[part.indptr[:-1][has]]]
    return site_of


def _without_useless(matrix: sp.csr_array, chosen: Ints) -> Ints:
    """The chosen columns without those whose rows the others cover: a site that adds nothing is not opened."""
    by_site = matrix[:, chosen].tocsc()
    times_covered = np.asarray(by_site.sum(axis=1)).ravel()
    needed = []
    for i in range(len(chosen)):
        rows = by_site.indices[by_site.indptr[i] : by_site.indptr[i + 1]]
        if (times_covered[rows] == 1).any():
            needed.append(i)
        else:
            times_covered[rows] -= 1
    return chosen[needed]


def _merged_rows(matrix: sp.csr_array, weight: Floats) -> tuple[sp.csr_array, Floats]:
    """Rows with the same sites as one row with the sum of their weights; rows without sites or weight are dropped."""
    matrix = matrix.tocsr()
    matrix.sort_indices()
    sites = matrix.indices.astype(np.int32)
    keep: dict[bytes, int] = {}
    rows: list[int] = []
    sums: list[float] = []
    ends = matrix.indptr
    for row in np.flatnonzero((np.diff(ends) > 0) & (weight > 0)):
        key = sites[ends[row] : ends[row + 1]].tobytes()
        if (at := keep.setdefault(key, len(rows))) == len(rows):
            rows.append(int(row))
            sums.append(0.0)
        sums[at] += float(weight[row])
    return matrix[rows], np.array(sums)


def _solve(
    matrix: sp.csr_array,
    weight: Floats,
    cost: Floats,
    site_limit: float | None,
    budget: float | None,
    time_limit_s: float,
    gap: float,
    seed: int,
    started: float,
) -> tuple[Ints, float, str]:
    """Chosen columns, an upper bound on the weight, and the method, by a mixed-integer program on sparse arrays."""
    rows, sites = matrix.shape
    nothing = np.empty(0, dtype=np.int64)
    if rows == 0 or sites == 0 or site_limit == 0:
        return nothing, 0.0, "nothing to choose"
    if (site_limit is None or site_limit >= sites) and (budget is None or cost.sum() <= budget):
        return np.arange(sites), float(weight.sum()), "every site fits"
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", seed % (2**31))
    solver.setOptionValue("mip_rel_gap", gap)
    solver.setOptionValue("mip_abs_gap", 1e-9)
    solver.setOptionValue("time_limit", max(0.01, time_limit_s - (time.perf_counter() - started)))
    solver.passModel(_program(matrix, weight, cost, site_limit, budget))
    solver.run()
    info = solver.getInfo()
    bound = min(float(weight.sum()), info.mip_dual_bound)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return nothing, bound, "HiGHS, no answer in time"
    opened = np.array(solver.getSolution().col_value)[:sites] > 0.5
    return np.flatnonzero(opened), bound, "HiGHS branch and bound"


def _program(
    matrix: sp.csr_array, weight: Floats, cost: Floats, site_limit: float | None, budget: float | None
) -> highspy.HighsLp:
    """max Σ w y  s.t.  y_i ≤ Σ_j a_ij x_j,  Σ x ≤ limit,  Σ c x ≤ budget,  x binary, 0 ≤ y ≤ 1."""
    rows, sites = matrix.shape
    blocks = [sp.hstack([matrix, -sp.eye_array(rows)])]
    upper = [np.full(rows, highspy.kHighsInf)]
    for limits, coefficients in ((site_limit, np.ones(sites)), (budget, cost)):
        if limits is not None:
            blocks.append(sp.hstack([sp.csr_array(coefficients[None, :]), sp.csr_array((1, rows))]))
            upper.append(np.array([limits]))
    constraints = sp.vstack(blocks, format="csc")
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = sites + rows, constraints.shape[0]
    program.sense_ = highspy.ObjSense.kMaximize
    program.col_cost_ = np.concatenate([np.zeros(sites), weight])
    program.col_lower_, program.col_upper_ = np.zeros(sites + rows), np.ones(sites + rows)
    program.row_lower_ = np.concatenate([np.zeros(rows), np.full(constraints.shape[0] - rows, -highspy.kHighsInf)])
    program.row_upper_ = np.concatenate(upper)
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = constraints.indptr
    program.a_matrix_.index_ = constraints.indices
    program.a_matrix_.value_ = constraints.data
    program.integrality_ = [highspy.HighsVarType.kInteger] * sites + [highspy.HighsVarType.kContinuous] * rows
    return program
