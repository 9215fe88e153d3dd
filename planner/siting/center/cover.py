"""Whether a few columns can cover all rows: the decision that the p-center asks at every radius."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.center.kernels import extremes
from planner.siting.covering.set_cover.search import SetCoverSearch
from planner.siting.highs import linear_program, run, solver_for

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


# Steps of the local search: at first, then, and more for every row.
_FIRST_STEPS: Final = 200
_STEPS: Final = 5_000
_STEPS_A_ROW: Final = 20
_LARGE: Final = 20_000


class Effort(IntEnum):
    """How far to go for a decision: bounds and greedy answers, then local search, then HiGHS."""

    BOUND = 0
    SEARCH = 1
    PROOF = 2


@dataclass(frozen=True)
class CoverDecision:
    """``possible``: yes, no, or None where that was not found out.

    ``chosen``: the columns, where yes. ``share``: how much of each column the linear relaxation takes, where that was
    solved and did not decide.
    """

    possible: bool | None
    chosen: Ints
    share: Floats | None = None


_NOTHING: Final = np.empty(0, dtype=np.int64)
_NO: Final = CoverDecision(False, _NOTHING)


def decide_cover(
    covers: Bools, most: int, *, effort: Effort, random: NDArray[np.uint64], time_limit_s: float
) -> CoverDecision:
    """Whether at most ``most`` columns cover every row of ``covers`` (dense, rows × columns).

    Rows that hold another row's columns, columns within another column, and rows with one column are taken out first
    (Toregas & ReVelle 1972). Then a greedy cover may say yes and the linear relaxation no; the rest is up to
    ``effort``.
    """
    rows, columns, needed = _reduced(covers)
    left = most - len(needed)
    if left < 0 or (len(rows) > 0 and (len(columns) == 0 or left == 0)):
        return _NO
    if len(rows) == 0:
        return CoverDecision(True, needed)
    small = np.ascontiguousarray(covers[np.ix_(rows, columns)])
    if not small.any(axis=1).all():
        return _NO

    def yes(found: Ints) -> CoverDecision:
        return CoverDecision(True, np.sort(np.concatenate([needed, columns[found]])))

    # It starts where it looks for sets that are small enough, as if one column too many were known.
    search = SetCoverSearch(sp.csr_array(small), np.ones(len(columns)), below=left + 1.0, unit=1.0, random=random)

    def improves(steps: int) -> bool:
        search.improve(steps, lambda: False, enough=left)
        return search.value <= left

    if improves(_FIRST_STEPS):
        return yes(search.chosen)
    if _packing(small) > left:
        return _NO
    least, used = _relaxed(small, time_limit_s)
    if least > left + 1e-6:
        return _NO
    whole = np.flatnonzero(used > 0.5)
    if len(whole) <= left and small[:, whole].any(axis=1).all():
        return yes(whole)
    share = np.zeros(covers.shape[1])
    share[needed], share[columns] = 1.0, used
    if effort >= Effort.SEARCH and improves(_STEPS + _STEPS_A_ROW * len(rows)):
        return yes(search.chosen)
    if effort >= Effort.PROOF:
        possible, found = _settled(small, left, time_limit_s)
        if possible:
            return yes(found)
        if possible is False:
            return _NO
    return CoverDecision(None, _NOTHING, share)


def _reduced(covers: Bools) -> tuple[Ints, Ints, Ints]:
    """Rows and columns that are left to decide on, and the columns that must be chosen."""
    rows, columns = np.arange(covers.shape[0]), np.flatnonzero(covers.any(axis=0))
    part = covers[:, columns]
    needed: list[int] = []
    while part.size:
        before = part.shape
        keep = _extreme(part.T, largest=True)
        part, columns = part[:, keep], columns[keep]
        keep = _extreme(part, largest=False)
        part, rows = part[keep], rows[keep]
        alone = part.sum(axis=1) == 1
        if alone.any():
            must = np.unique(part[alone].argmax(axis=1))
            needed.extend(columns[must].tolist())
            bare = np.flatnonzero(~part[:, must].any(axis=1))
            part, rows = np.delete(part[bare], must, axis=1), rows[bare]
            columns = np.delete(columns, must)
        if part.shape == before:
            break
    return rows, columns, np.array(sorted(needed), dtype=np.int64)


def _extreme(sets: Bools, *, largest: bool) -> Bools:
    packed = np.packbits(sets, axis=1)
    padded = np.zeros((len(packed), -(-packed.shape[1] // 8) * 8), dtype=np.uint8)
    padded[:, : packed.shape[1]] = packed
    stays: Bools = extremes(padded.view(np.uint64), sets.sum(axis=1), largest)
    return stays


def _packing(covers: Bools) -> int:
    """A number of rows no two of which share a column: so many columns at least are needed."""
    order = np.argsort(covers.sum(axis=1), kind="stable")
    used = np.zeros(covers.shape[1], dtype=bool)
    number = 0
    for i in order:
        if not (covers[i] & used).any():
            used |= covers[i]
            number += 1
    return number


def _program(covers: Bools, most: int, *, whole: bool) -> highspy.HighsLp:
    """min Σ x  s.t.  A x ≥ 1, Σ x ≤ most, 0 ≤ x ≤ 1; the rows of A come first."""
    rows, columns = covers.shape
    return linear_program(
        sp.csc_array(np.vstack([covers, np.ones(columns, dtype=bool)]), dtype=np.float64),
        np.append(np.ones(rows), 0.0),
        np.append(np.full(rows, highspy.kHighsInf), float(most)),
        np.ones(columns),
        whole=np.ones(columns, dtype=bool) if whole else None,
    )


def _relaxed(covers: Bools, time_limit_s: float) -> tuple[float, Floats]:
    """How many columns the linear relaxation needs, 0 where it was not solved, and how much of each it takes."""
    # The simplex method takes long over large covers, which have many equally good vertices.
    solver = solver_for(
        _program(covers, covers.shape[1], whole=False), time_limit_s=time_limit_s,
        solver="ipm" if covers.size > _LARGE else "choose", run_crossover="off" if covers.size > _LARGE else "on",
    )  # fmt: skip
    if run(solver):
        raise KeyboardInterrupt
    answer = solver.getSolution()
    if not answer.dual_valid or not answer.value_valid:
        return 0.0, np.zeros(covers.shape[1])
    # Made feasible, so that the solver's tolerance cannot make a false bound.
    duals = np.maximum(np.array(answer.row_dual)[: covers.shape[0]], 0.0)
    bound = float(duals.sum() / max(1.0, float((covers.T @ duals).max())))
    return bound, np.array(answer.col_value)


def _settled(covers: Bools, most: int, time_limit_s: float) -> tuple[bool | None, Ints]:
    """Whether ``most`` columns do, by HiGHS, and the columns."""
    program = _program(covers, most, whole=True)
    solver = solver_for(program, time_limit_s=time_limit_s, mip_max_improving_sols=1)
    if run(solver):
        raise KeyboardInterrupt
    if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return False, _NOTHING
    if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None, _NOTHING
    chosen = np.flatnonzero(np.array(solver.getSolution().col_value) > 0.5)
    possible = len(chosen) <= most and bool(covers[:, chosen].any(axis=1).all())
    return (True, chosen) if possible else (None, _NOTHING)
