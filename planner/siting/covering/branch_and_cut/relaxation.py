"""The linear relaxation of a covering program: its cuts, what is decided for good, and the decisions of one node."""

from __future__ import annotations

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.covering.branch_and_cut.cut import Cut
from planner.siting.highs import first_method, run, solver_for
from planner.siting.stopping import Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# What is decided (a row of the program that counts the sites which cover a pair of rows, or ~site), and to which side.
Decisions = tuple[tuple[int, int], ...]


class Relaxation:
    """A covering program to be minimised, as HiGHS solves it again and again.

    Its first columns are the sites, one a column of ``matrix``. After a solution ``columns`` is the answer, and
    ``reduced_cost`` what opening a site costs beyond its use at the last :meth:`solve` ``of_the_root``.
    """

    def __init__(self, program: highspy.HighsLp, matrix: sp.csr_array, deadline: Deadline, *, bare_rows: bool) -> None:
        sites = matrix.shape[1]
        self.matrix, self.deadline = matrix, deadline
        self.dropped, self.needed = np.zeros(sites, dtype=bool), np.zeros(sites, dtype=bool)
        self.columns, self.reduced_cost = np.zeros(program.num_col_), np.zeros(sites)
        self._solver = solver_for(program, solver=first_method(sites, bare_rows=bare_rows))
        self._first_cut = program.num_row_
        self._pairs: dict[tuple[int, int], int] = {}
        self._applied: Decisions = ()
        self._at_first: tuple[int, Bools, Bools] | None = None

    def solve(self, *, of_the_root: bool = False) -> tuple[float, Floats | None]:
        """The relaxation's bound and its sites; none and an infinite bound where nothing is allowed, none and -infinite
        where time ran out.
        """
        left = max(0.0, self.deadline.left_s)
        self._solver.setOptionValue("time_limit", self._solver.getRunTime() + left)
        if run(self._solver):
            raise KeyboardInterrupt
        if of_the_root:
            self.reduced_cost = np.array(self._solver.getSolution().col_dual)[: self.matrix.shape[1]]
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return np.inf, None
        if status != highspy.HighsModelStatus.kOptimal:
            return -np.inf, None
        self.columns = np.array(self._solver.getSolution().col_value)
        return self._solver.getInfo().objective_function_value, self.columns[: self.matrix.shape[1]]

    def begin_cuts(self) -> None:
        """From here on by the simplex method: a few cuts more are a few steps more."""
        self._solver.setOptionValue("solver", "simplex")

    def add(self, cuts: list[Cut]) -> bool:
        """Make them rows of the program; whether there are any."""
        for cut in cuts:
            columns = cut.columns.astype(np.int32)
            self._solver.addRow(cut.least, highspy.kHighsInf, len(columns), columns, cut.amounts)
        return bool(cuts)

    def drop_slack_cuts(self) -> None:
        """Take out the cuts that the last answer does not need."""
        duals = np.array(self._solver.getSolution().row_dual)
        slack = np.flatnonzero(duals < 1e-9)
        slack = slack[slack >= self._first_cut].astype(np.int32)
        self._solver.deleteRows(len(slack), slack)

    def decide_sites(self, z: float, cut_off: float) -> None:
        """Shut the sites that no answer below ``cut_off`` has open, open those that all have; the root is at ``z``."""
        free = ~(self.dropped | self.needed)  # the reduced cost of a decided site says nothing of the other choice
        self.dropped |= free & (z + self.reduced_cost > cut_off)
        self.needed |= free & (z - self.reduced_cost > cut_off)
        decided = np.flatnonzero(self.dropped | self.needed).astype(np.int32)
        is_open = self.needed[decided].astype(np.float64)
        self._solver.changeColsBounds(len(decided), decided, is_open, is_open)

    def rewind(self) -> None:
        """Go back to the cuts and the decided sites of the first call, which remembers them."""
        self.apply(())
        rows = self._solver.getNumRow()
        if self._at_first is None:
            self._at_first = rows, self.dropped.copy(), self.needed.copy()
        first, dropped, needed = self._at_first
        self._solver.deleteRows(rows - first, np.arange(first, rows, dtype=np.int32))
        self.dropped, self.needed = dropped.copy(), needed.copy()
        sites = np.arange(len(dropped), dtype=np.int32)
        self._solver.changeColsBounds(len(sites), sites, needed.astype(np.float64), (~dropped).astype(np.float64))
        self._pairs.clear()

    def pair(self, i: int, k: int) -> int:
        """The row of the program that counts the open sites covering both rows."""
        if (i, k) not in self._pairs:
            both = np.intersect1d(self._sites_of(i), self._sites_of(k))
            self._pairs[i, k] = self._solver.getNumRow()
            self._solver.addRow(0.0, highspy.kHighsInf, len(both), both.astype(np.int32), np.ones(len(both)))
        return self._pairs[i, k]

    def apply(self, decided: Decisions) -> None:
        """Make these decisions, and only these, part of the program."""
        for what, _ in set(self._applied) - set(decided):
            if what >= 0:
                self._solver.changeRowBounds(what, 0.0, highspy.kHighsInf)
            else:
                self._solver.changeColBounds(~what, float(self.needed[~what]), float(not self.dropped[~what]))
        for what, side in set(decided) - set(self._applied):
            if what >= 0:
                self._solver.changeRowBounds(what, float(side), highspy.kHighsInf if side else 0.0)
            else:
                self._solver.changeColBounds(~what, float(side), float(side))
        self._applied = decided

    def basis(self) -> highspy.HighsBasis:
        """Where the last answer stands."""
        return self._solver.getBasis()

    def start_from(self, basis: highspy.HighsBasis) -> None:
        """Begin from a basis that may lack rows which were added since."""
        more = self._solver.getNumRow() - len(basis.row_status)
        if more:
            basis.row_status = [*basis.row_status, *[highspy.HighsBasisStatus.kBasic] * more]
        self._solver.setBasis(basis)

    def _sites_of(self, row: int) -> Ints:
        return self.matrix.indices[self.matrix.indptr[row] : self.matrix.indptr[row + 1]].astype(np.int64)
