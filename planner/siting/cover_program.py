"""The covering model as a mixed-integer program on sparse arrays, for HiGHS."""

from __future__ import annotations

from typing import Final

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Starting over with what the root has fixed pays on large programs only.
_RESTART_SITES: Final = 150


def solve_cover_program(
    matrix: sp.csr_array,
    weight: Floats,
    cost: Floats,
    *,
    site_limit: float | None,
    budget: float | None,
    start: Ints | None,
    time_limit_s: float,
    gap: float,
) -> tuple[Ints, float]:
    """The chosen columns and a proven bound on the weight that any allowed set covers.

    max Σ w y  s.t.  y_i ≤ Σ_j a_ij x_j,  Σ x ≤ limit,  Σ c x ≤ budget,  x binary, 0 ≤ y ≤ 1. ``start`` is a set of
    columns to begin from. Without an answer in time no column is chosen.
    """
    rows, sites = matrix.shape
    if rows == 0 or sites == 0:
        return np.empty(0, dtype=np.int64), 0.0
    in_units = bool((weight == np.round(weight)).all())
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in {
        "output_flag": False,
        "threads": 1,
        "mip_rel_gap": gap,
        "mip_abs_gap": 1.0 - 1e-6 if in_units else 1e-9,
        "mip_heuristic_effort": 0.05 if start is None else 0.01,
        "mip_allow_restart": sites > _RESTART_SITES,
        "time_limit": max(0.01, time_limit_s),
    }.items():
        solver.setOptionValue(name, value)
    solver.passModel(_program(matrix, weight, cost, site_limit, budget))
    if start is not None:
        opened = np.zeros(sites)
        opened[start] = 1.0
        begin = highspy.HighsSolution()
        begin.col_value = np.concatenate([opened, np.minimum(matrix @ opened, 1.0)]).tolist()
        solver.setSolution(begin)
    solver.run()
    info = solver.getInfo()
    bound = min(float(weight.sum()), info.mip_dual_bound)
    if in_units:
        bound = float(np.floor(bound + 1e-6))
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return np.empty(0, dtype=np.int64), bound
    return np.flatnonzero(np.array(solver.getSolution().col_value)[:sites] > 0.5), bound


def _program(
    matrix: sp.csr_array, weight: Floats, cost: Floats, site_limit: float | None, budget: float | None
) -> highspy.HighsLp:
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
