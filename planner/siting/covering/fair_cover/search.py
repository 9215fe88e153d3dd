"""Good answers to covering with floors: greedy, swaps, and rounds of ruin and recreate."""

from __future__ import annotations

from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.covering.fair_cover.program import SLACK, FairTask
from planner.siting.stopping import Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_HALVINGS: Final = 8
_ROUNDS: Final = 6
# What a round may look at: entries of the matrix, once for every open column.
_WORK: Final = 5e7


def search_floor(task: FairTask, seed: int, deadline: Deadline) -> Ints:
    """Columns whose lowest floor is high: all that is asked for where that is found, else floors tried by halving."""
    search = _Search(task, seed, deadline)
    highest = float(task.wanted.max(initial=0.0))
    best = search.for_floor(highest, np.empty(0, dtype=np.int64))
    low, high = task.floor_of(best), highest
    for _ in range(_HALVINGS):
        if high - low <= SLACK or deadline.passed():
            break
        middle = (low + high) / 2
        found = search.for_floor(middle, best)
        reached = task.floor_of(found)
        if reached > task.floor_of(best):
            best = found
        low, high = (max(low, reached), high) if reached >= middle - SLACK else (low, middle)
    return best


def search_weight(task: FairTask, floor: float, start: Ints, seed: int, deadline: Deadline) -> Ints:
    """Columns of much weight that keep a floor which ``start`` keeps."""
    return _Search(task, seed, deadline).for_floor(floor, start, rounds=_ROUNDS)


class _Search:
    """Columns are good by what the groups lack for a floor, then by the weight they cover."""

    def __init__(self, task: FairTask, seed: int, deadline: Deadline) -> None:
        self.task, self.deadline = task, deadline
        self.by_site = task.matrix.T.tocsr()
        self.random = np.random.default_rng(seed)
        self.need = task.wanted

    def for_floor(self, floor: float, start: Ints, *, rounds: int = 1) -> Ints:
        """The best columns found from ``start`` on."""
        self.need = self.task.needs(floor)
        best = self._swapped(self._filled(start))
        if self.task.matrix.nnz * max(1, len(best)) > _WORK:
            return best
        for _ in range(rounds):
            if len(best) < 2 or self.deadline.passed():
                break
            kept = self.random.permutation(best)[: len(best) - max(1, len(best) // 3)]
            other = self._swapped(self._filled(kept))
            if self._value(other) > self._value(best):
                best = other
        return best

    def _value(self, chosen: Ints) -> tuple[float, float]:
        """What is not lacking, to nine decimals, and the weight."""
        covered = self._times(chosen) > 0
        have = self.task.parts @ covered.astype(np.float64)
        lack = float(np.maximum(0.0, self.need - have).sum())
        return -round(lack, 9), float(self.task.weight[covered].sum())

    def _filled(self, chosen: Ints) -> Ints:
        """With the best column more, as long as there is one that helps and the limits allow."""
        while True:
            found = self._best_addition(chosen)
            if found is None:
                return chosen
            chosen = np.append(chosen, found)

    def _swapped(self, chosen: Ints) -> Ints:
        """With columns exchanged for better ones until none is."""
        value, place, unchanged = self._value(chosen), 0, 0
        while len(chosen) and unchanged < len(chosen) and not self.deadline.passed():
            place %= len(chosen)
            other = self._filled(np.delete(chosen, place))
            if (now := self._value(other)) > value:
                chosen, value, unchanged = other, now, 0
            else:
                unchanged += 1
            place += 1
        return chosen

    def _best_addition(self, chosen: Ints) -> int | None:
        task = self.task
        left = task.limits.most - task.limits.use[:, chosen].sum(axis=1)
        allowed = (task.limits.use <= left[:, None]).all(axis=0)
        allowed[chosen] = False
        bare = (self._times(chosen) == 0).astype(np.float64)
        weight = self.by_site @ (bare * task.weight)
        lacking = self.need - task.parts @ (1.0 - bare)
        short = np.flatnonzero(lacking > SLACK)
        gain = np.zeros(len(weight))
        if len(short):
            more = (task.parts[short] @ sp.diags_array(bare)) @ task.matrix
            gain = np.minimum(more.toarray(), lacking[short, None]).sum(axis=0).round(9)
        useful = np.flatnonzero(allowed & ((weight > 0) | (gain > 0)))
        if not len(useful):
            return None
        return int(useful[np.lexsort((-weight[useful], -gain[useful]))[0]])

    def _times(self, chosen: Ints) -> Floats:
        is_open = np.zeros(self.task.matrix.shape[1])
        is_open[chosen] = 1.0
        times: Floats = self.task.matrix @ is_open
        return times
