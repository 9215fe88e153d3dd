"""What every model of the optimizer answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray


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
