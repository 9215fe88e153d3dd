"""Covering models with sites as 0/1 columns, as a mixed-integer program on sparse arrays, for HiGHS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.highs import first_method, linear_program, run, solver_for

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_RESTART_SITES: Final = 150
# HiGHS does not look at the clock within a round of cuts, which takes it about so long for each row and column. It is
# told to end so much sooner, but gets this share of the time in any case.
_ROUND_S: Final = 6.6e-8
_LEAST_SHARE: Final = 0.3


@dataclass(frozen=True)
class ProgramAnswer:
    """The open columns (``None`` where none were found), a proven bound and whether the user interrupted the search.

    ``impossible`` where it is proven that no set of columns meets the constraints. ``best`` where it is proven that
    none is better than ``chosen``: the bound, found in floating-point numbers, then differs from it in its last bits.
    """

    chosen: Ints | None
    bound: float
    interrupted: bool = False
    impossible: bool = False
    best: bool = False


def solve_site_program(
    constraints: sp.csr_array,
    lower: Floats,
    upper: Floats,
    objective: Floats,
    sites: int,
    *,
    maximise: bool,
    start: Floats | None,
    time_limit_s: float,
    gap: float,
    whole: bool,
    tolerance: float = 1e-9,
    restart: bool = True,
) -> ProgramAnswer:
    """Optimise ``objective`` over columns in [0, 1], the first ``sites`` of them 0 or 1, with lower ≤ A x ≤ upper.

    ``start``: a value for every column to begin from. ``whole``: the objective is a whole number at every answer, so
    the search may stop within 1 of it. ``tolerance``: by how much a constraint may be missed. A target that is missed
    by a millionth is missed, so it is small; that takes time. ``restart``: whether a large program may start over with
    what its root has fixed.
    """
    program = linear_program(
        constraints, lower, upper, objective, whole=np.arange(len(objective)) < sites, maximise=maximise
    )
    round_s = _ROUND_S * constraints.shape[0] * constraints.shape[1]
    solver = solver_for(
        program,
        time_limit_s=max(_LEAST_SHARE * time_limit_s, time_limit_s - round_s),
        start=start,
        mip_rel_gap=gap,
        mip_abs_gap=1.0 - 1e-6 if whole else 1e-9,
        mip_heuristic_effort=0.05 if start is None else 0.01,
        mip_feasibility_tolerance=tolerance,
        primal_feasibility_tolerance=tolerance,
        # It pays on large programs only.
        mip_allow_restart=restart and sites > _RESTART_SITES,
        mip_lp_solver=first_method(sites),
    )
    interrupted = run(solver)
    info = solver.getInfo()
    worst, best = (-np.inf, float(objective.sum())) if maximise else (np.inf, 0.0)
    if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return ProgramAnswer(None, worst, impossible=True)
    bound = info.mip_dual_bound
    if not np.isfinite(bound):
        bound = best
    if whole:
        bound = float(np.floor(bound + 1e-6) if maximise else np.ceil(bound - 1e-6))
    bound = min(bound, best) if maximise else max(bound, best)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return ProgramAnswer(None, bound, interrupted)
    values = np.array(solver.getSolution().col_value)[:sites]
    optimal = gap == 0.0 and solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return ProgramAnswer(np.flatnonzero(values > 0.5), bound, interrupted, best=optimal)
