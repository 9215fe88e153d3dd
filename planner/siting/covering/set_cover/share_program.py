"""Set covering with shares as a program on sparse arrays: its linear relaxation, and HiGHS on the whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.covering.set_cover.share_task import ShareTask
from planner.siting.covering.site_program import ProgramAnswer, solve_site_program
from planner.siting.highs import linear_program, run, solver_for
from planner.siting.stopping import Deadline

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Relaxed:
    """A bound on the cost of any answer, how far each site is open in the relaxation's, and its reduced cost."""

    bound: float
    x: Floats
    reduced_cost: Floats


class ShareProgram:
    """min c x with Σ x ≥ 1 for rows that must be covered, y ≤ Σ x for the others, and enough of y for every target."""

    def __init__(self, task: ShareTask, cost: Floats) -> None:
        self.task, self.cost = task, cost
        self.must, self.may = task.matrix[task.required], task.matrix[~task.required]
        self.parts = task.parts[:, ~task.required]
        rows, sites = self.may.shape
        whole = bool((self.parts.data == np.round(self.parts.data)).all())
        self.scale = np.ones(len(task.need)) if whole else 1.0 / task.need
        self.constraints = sp.vstack(
            [
                sp.hstack([self.must, sp.csr_array((self.must.shape[0], rows))]),
                sp.hstack([self.may, -sp.eye_array(rows)]),
                sp.hstack([sp.csr_array((len(task.need), sites)), sp.diags_array(self.scale) @ self.parts]),
            ],
            format="csr",
        )
        enough = (task.need - task.slack) * self.scale
        self.lower = np.concatenate([np.ones(self.must.shape[0]), np.zeros(rows), enough])
        self.upper = np.full(len(self.lower), np.inf)
        self.objective = np.concatenate([cost, np.zeros(rows)])

    def relaxed(self, deadline: Deadline) -> Relaxed:
        """The linear relaxation by the interior point method without crossover.

        Its multipliers are near the best ones; the bound is what they prove, whatever they are (Geoffrion 1974).
        Raises ``KeyboardInterrupt`` where it was told to stop.
        """
        program = linear_program(self.constraints, self.lower, self.upper, self.objective)
        solver = solver_for(program, time_limit_s=deadline.left_s, solver="ipm", run_crossover="off")
        if run(solver):
            raise KeyboardInterrupt
        answer, (musts, sites), rows = solver.getSolution(), self.must.shape, self.may.shape[0]
        x = np.clip(answer.col_value[:sites], 0.0, 1.0) if answer.value_valid else np.zeros(sites)
        dual = np.maximum(answer.row_dual, 0.0) if answer.dual_valid else np.zeros(len(self.lower))
        must, may, price = dual[:musts], dual[musts : musts + rows], dual[musts + rows :] * self.scale
        reduced_cost = self.cost - self.must.T @ must - self.may.T @ may
        bound = must.sum() + price @ (self.task.need - self.task.slack)
        bound += np.minimum(may - self.parts.T @ price, 0.0).sum() + np.minimum(reduced_cost, 0.0).sum()
        return Relaxed(float(bound), x, reduced_cost)

    def solve(self, is_open: Bools, *, time_limit_s: float, gap: float, whole: bool) -> ProgramAnswer:
        """HiGHS, beginning from the sites that are open."""
        opened = is_open.astype(np.float64)
        start = np.concatenate([opened, np.minimum(self.may @ opened, 1.0)])
        return solve_site_program(
            self.constraints, self.lower, self.upper, self.objective, len(self.cost), maximise=False,
            start=start if self.task.met(np.flatnonzero(is_open)) else None,
            time_limit_s=time_limit_s, gap=gap, whole=whole,
        )  # fmt: skip
