"""Searching a capacitated problem: a greedy start, the Lagrangian bound that guides better ones, fixing, and HiGHS."""

from __future__ import annotations

from typing import Final

import numpy as np

from planner.siting.capacitated.hunt import Hunt
from planner.siting.capacitated.problem import Answer, Found, Town
from planner.siting.stopping import INTERRUPTED, Deadline

# With more rows a second start takes longer than it is worth.
_FEW_ROWS: Final = 300
# Up to here HiGHS has proven parts of rows before the relaxation has warmed up.
_PAIRS_FOR_HIGHS: Final = 15_000


def search(
    town: Town,
    *,
    gap: float,
    deadline: Deadline,
    seed: int,
    offset: float = 0.0,
    start: Answer | None = None,
    hopeful: bool = False,
) -> Found:
    """The best answer to the problem and a proven bound on its cost.

    ``gap`` is relative to the cost, or to ``offset`` less the cost where an offset is given (what is left to gain).
    ``start`` is an answer to a problem with the same pairs. A ``hopeful`` search gives up, without an answer, where the
    quick ways find none.
    """
    if town.shape[0] == 0 or len(town.pair_row) == 0:
        return _nothing_to_serve(town)
    hunt = Hunt(town, gap, offset, seed, deadline)
    try:
        hunt.start(start)
        hunt.start_uncapacitated(seed)
        if hunt.best is None or town.shape[0] <= _FEW_ROWS:
            hunt.start_greedily()
        if hunt.done():
            return hunt.found("greedy start")
        priced = town.most_left <= 0 or town.most_left == np.inf
        if priced and (town.whole or len(town.pair_row) > _PAIRS_FOR_HIGHS):
            hunt.relax()
            if hunt.done() or deadline.passed():
                return hunt.found("Lagrangian bound")
            hunt.improve()
            if hunt.done() or deadline.passed():
                return hunt.found("Lagrangian bound and local search")
        if hopeful and hunt.best is None:
            return hunt.found("none found")
        if hunt.relaxed and hunt.grained and town.most_left <= 0 and hunt.best is not None:
            hunt.split()
            return hunt.found("Lagrangian branch and bound")
        return hunt.found(hunt.prove())
    except KeyboardInterrupt:
        return hunt.found(INTERRUPTED)


def _nothing_to_serve(town: Town) -> Found:
    cost = float(town.left_cost.sum()) if len(town.load) else 0.0
    nothing = Answer(town.fixed.copy(), np.zeros(town.shape[1], dtype=np.int64), np.zeros(len(town.pair_row)), cost)
    return Found(nothing if np.isfinite(cost) else None, cost, "nothing to choose")
