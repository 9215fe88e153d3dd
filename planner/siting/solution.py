"""What every model of the optimizer answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

_LAST_BITS: Final = 1e-9


@dataclass(frozen=True)
class Solution:
    """A set of open sites and how well it is proven.

    ``selected``: site indices in ascending order, fixed ones included. ``objective``: what the model maximises or
    minimises, for these sites. ``bound``: what no set of sites can beat. ``gap``: their relative distance, 0 or more.
    ``status``: ``"optimal"`` where the gap is within the one asked for, else ``"feasible"``. ``assignment``: the site
    of each demand row, -1 for none. ``method``: how the answer was found.
    """

    selected: NDArray[np.int64]
    objective: float
    bound: float
    gap: float
    status: Literal["optimal", "feasible"]
    assignment: NDArray[np.int64]
    runtime_s: float
    method: str


def proven_gap(objective: float, bound: float, *, maximise: bool = False) -> tuple[float, float]:
    """The relative gap of an answer, and its bound: the objective itself where the two differ in their last bits only.

    The objective is summed anew from the answer, the bound by the search in another order.
    """
    bound = max(objective, bound) if maximise else min(objective, bound)
    larger = bound if maximise else objective
    gap = abs(bound - objective) / max(larger, 1e-12)
    return (0.0, objective) if gap <= _LAST_BITS else (gap, bound)
