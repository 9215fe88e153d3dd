"""Covering with floors as mixed-integer programs: the highest floor, and the most weight under one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.covering.covers import Limits, covered_by
from planner.siting.covering.site_program import ProgramAnswer, solve_site_program
from planner.siting.stopping import Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Shares that differ by less are the same: the last bits of a sum decide nothing.
SLACK: Final = 1e-9
# A floor is the highest where none is higher by so much.
_STEP: Final = 1e-7
# How much of the time left may go into one question of yes or no, and a relative gap at which any answer will do.
_PART, _ANY = 0.5, 1e9


@dataclass(frozen=True)
class FairTask:
    """Columns to choose within ``limits``, and groups that are to have enough of what the columns cover.

    ``matrix``: rows × columns. ``weight``: of the rows. ``parts``: (groups, rows) which share of its group's weight a
    row makes. ``base``: the share that each group has already. ``wanted``: what is asked for it, within its reach.
    """

    matrix: sp.csr_array
    weight: Floats
    parts: sp.csr_array
    base: Floats
    wanted: Floats
    limits: Limits

    def share_of(self, covered: NDArray[np.bool_]) -> Floats:
        """The share of each group's weight where these rows are covered."""
        share: Floats = self.base + self.parts @ covered.astype(np.float64)
        return share

    def floor_of(self, chosen: Ints) -> float:
        """The highest floor that these columns keep: every group has it, or all that was asked for it."""
        share = self.share_of(covered_by(self.matrix, chosen))
        short = share < self.wanted - SLACK
        return float(share[short].min()) if short.any() else float(self.wanted.max(initial=0.0))

    def needs(self, floor: float) -> Floats:
        """What the columns must add to each group's share for a floor."""
        return np.maximum(0.0, np.minimum(floor, self.wanted) - self.base)


def highest_floor(task: FairTask, start: Ints, deadline: Deadline) -> tuple[Ints, float, float, bool]:
    """Columns with the highest floor, the floor, a proven bound on it, and whether the user interrupted the search.

    Whether there are columns with a floor just above the one in hand is a question of yes or no, which HiGHS answers
    soon where it would take long over max t s.t. share_g ≥ t. It is asked until the answer is no; where no answer comes
    in time, of a floor halfway up, so that there is a bound at least.
    """
    best, low, high = start, task.floor_of(start), float(task.wanted.max())
    asks_just_above = True
    while high - low > _STEP and not deadline.ended:
        floor = low + _STEP if asks_just_above else (low + high) / 2
        answer = _with_floor(task, floor, deadline.part(_PART))
        if answer.interrupted:
            return best, low, high, True
        if answer.chosen is not None and task.floor_of(answer.chosen) > low:
            best, low, asks_just_above = answer.chosen, task.floor_of(answer.chosen), True
        elif answer.impossible:
            high = low if asks_just_above else floor
        elif asks_just_above:
            asks_just_above = False
        else:
            break
    return best, low, low if high - low <= _STEP else high, deadline.stopped


def _with_floor(task: FairTask, floor: float, deadline: Deadline) -> ProgramAnswer:
    """Any columns within the limits that keep a floor, or that there are none."""
    rows, sites = task.matrix.shape
    constraints, lower, upper = _floor_program(task, task.needs(floor))
    objective = np.concatenate([task.limits.use[0], np.zeros(rows)])
    return solve_site_program(
        constraints, lower, upper, objective, sites, maximise=False, start=None,
        time_limit_s=deadline.left_s, gap=_ANY, whole=False,
    )  # fmt: skip


def _floor_program(task: FairTask, need: Floats) -> tuple[sp.csr_array, Floats, Floats]:
    """y_i ≤ Σ_j a_ij x_j, the limits on x, and what every group needs of its y: columns x before y."""
    rows, limits = task.matrix.shape[0], len(task.limits.most)
    short = np.flatnonzero(need > SLACK)
    constraints = sp.block_array(
        [[task.matrix, -sp.eye_array(rows)], [sp.csr_array(task.limits.use), None], [None, task.parts[short]]],
        format="csr",
    )
    lower = np.concatenate([np.zeros(rows), np.full(limits, -np.inf), need[short] - SLACK])
    upper = np.concatenate([np.full(rows, np.inf), task.limits.most, np.full(len(short), np.inf)])
    return constraints, lower, upper


def most_weight(task: FairTask, floor: float, start: Ints, gap: float, deadline: Deadline) -> tuple[Ints, float, bool]:
    """Columns of the most weight that keep a floor, a proven bound on that weight, and whether the user interrupted.

    ``start`` keeps the floor.
    """
    sites = task.matrix.shape[1]
    constraints, lower, upper = _floor_program(task, task.needs(floor))
    is_open, covered = np.zeros(sites), covered_by(task.matrix, start)
    is_open[start] = 1.0
    answer = solve_site_program(
        constraints, lower, upper, np.concatenate([np.zeros(sites), task.weight]), sites, maximise=True,
        start=np.concatenate([is_open, covered]), time_limit_s=deadline.left_s, gap=gap,
        whole=bool((task.weight == np.round(task.weight)).all()),
    )  # fmt: skip
    chosen, value = start, float(task.weight[covered].sum())
    if answer.chosen is not None:
        now = covered_by(task.matrix, answer.chosen)
        kept = (task.share_of(now) >= np.minimum(floor, task.wanted) - 2 * SLACK).all()
        if kept and task.weight[now].sum() > value:
            chosen, value = answer.chosen, float(task.weight[now].sum())
    return chosen, value if answer.best else max(value, answer.bound), answer.interrupted
