"""A reduced problem of covering in several scenarios, and how a plan of it fares in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.arguments import LAST_BITS
from planner.siting.covering.covers import covered_by

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class RobustTown:
    """Rows with sites, sites free to open; ``share`` is (scenarios, rows), what a row is of each scenario's weight,
    ``base`` (scenarios,) the share that is covered whatever opens.
    """

    matrix: sp.csr_array
    share: Floats
    base: Floats
    cost: Floats
    site_limit: float | None
    budget: float | None

    def fares(self, chosen: Ints) -> Floats:
        """The covered share of each scenario."""
        fares: Floats = self.base + self.share[:, covered_by(self.matrix, chosen)].sum(axis=1)
        return fares

    def room(self, chosen: Ints) -> tuple[float, float]:
        """How many more sites, and at what price, may open beside the chosen ones."""
        number = np.inf if self.site_limit is None else self.site_limit - len(chosen)
        if self.budget is None:
            return number, np.inf
        return number, self.budget * (1.0 + LAST_BITS) - float(self.cost[chosen].sum())

    def allows(self, chosen: Ints) -> bool:
        """Whether a plan keeps the limits."""
        return min(self.room(chosen)) >= 0
