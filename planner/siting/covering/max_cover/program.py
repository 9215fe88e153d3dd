"""Maximal covering as a mixed-integer program on sparse arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.covering.covers import Limits
from planner.siting.covering.site_program import ProgramAnswer, solve_site_program

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A row counts as covered by a sum of 1, a limit is a whole number of sites or of money: nothing here is a close call.
_TOLERANCE: Final = 1e-6


@dataclass(frozen=True)
class CoverProgram:
    """max Σ w y  s.t.  y_i ≤ Σ_j a_ij x_j, the limits on x,  x binary, 0 ≤ y ≤ 1: columns x before y, rows as told."""

    constraints: sp.csr_array
    lower: Floats
    upper: Floats
    objective: Floats


def cover_program(matrix: sp.csr_array, weight: Floats, limits: Limits) -> CoverProgram:
    """The program of a town; ``matrix`` is (rows, sites)."""
    rows, sites = matrix.shape
    count = len(limits.most)
    constraints = sp.vstack(
        [
            sp.hstack([matrix, -sp.eye_array(rows)]),
            sp.hstack([sp.csr_array(limits.use), sp.csr_array((count, rows))]),
        ],
        format="csr",
    )
    return CoverProgram(
        constraints,
        np.concatenate([np.zeros(rows), np.full(count, -np.inf)]),
        np.concatenate([np.full(rows, np.inf), limits.most]),
        np.concatenate([np.zeros(sites), weight]),
    )


def solve_cover_program(
    matrix: sp.csr_array,
    weight: Floats,
    limits: Limits,
    *,
    start: Ints | None,
    time_limit_s: float,
    gap: float,
    tolerance: float = _TOLERANCE,
) -> ProgramAnswer:
    """The columns of the most covered weight, and a proven bound on it.

    ``start`` is a set of columns to begin from; ``tolerance`` as for
    :func:`planner.siting.covering.site_program.solve_site_program`.
    """
    rows, sites = matrix.shape
    if rows == 0 or sites == 0:
        return ProgramAnswer(np.empty(0, dtype=np.int64), 0.0, best=True)
    program = cover_program(matrix, weight, limits)
    begin = None
    if start is not None:
        opened = np.zeros(sites)
        opened[start] = 1.0
        begin = np.concatenate([opened, np.minimum(matrix @ opened, 1.0)])
    return solve_site_program(
        program.constraints,
        program.lower,
        program.upper,
        program.objective,
        sites,
        maximise=True,
        start=begin,
        time_limit_s=time_limit_s,
        gap=gap,
        whole=bool((weight == np.round(weight)).all()),
        tolerance=tolerance,
    )
