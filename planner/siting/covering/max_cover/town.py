"""Maximal covering made smaller: what is decided put aside, rows and sites that are alike told once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.covering.allowed import Allowed
from planner.siting.covering.covers import covered_by, first_covering, without_useless
from planner.siting.covering.reduction import merged_rows, undominated_sites
from planner.siting.solution import Solution, proven_gap

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Town:
    """A reduced problem: every row has sites and weight, every site is free to open."""

    matrix: sp.csr_array
    weight: Floats
    cost: Floats
    site_limit: float | None
    budget: float | None


@dataclass(frozen=True)
class Found:
    """Chosen columns, a proven bound on the weight that any allowed set covers, and how both were found."""

    chosen: Ints
    bound: float
    method: str
    interrupted: bool = False


@dataclass(frozen=True)
class Reduced:
    """A problem (``matrix``, ``weight``, the sites that ``stay`` open) and the ``town`` that is left of it.

    ``sites``: the site of each column of the town; ``base``: the weight that is covered already.
    """

    matrix: sp.csr_array
    weight: Floats
    stay: Ints
    town: Town
    sites: Ints
    base: float

    def solution(self, found: Found, *, gap: float, runtime_s: float) -> Solution:
        """The answer of the whole problem; a site that adds nothing is not opened."""
        selected = np.union1d(self.stay, self.sites[without_useless(self.town.matrix, found.chosen)])
        objective = float(self.weight[covered_by(self.matrix, selected)].sum())
        reached, bound = proven_gap(objective, self.base + found.bound, maximise=True)
        return Solution(
            selected=selected,
            objective=objective,
            bound=bound,
            gap=reached,
            status="optimal" if reached <= gap else "feasible",
            assignment=first_covering(self.matrix, selected),
            runtime_s=runtime_s,
            method=found.method,
        )


def reduced(matrix: sp.csr_array, weight: Floats, allowed: Allowed) -> Reduced:
    """The problem without what the fixed sites cover, and without sites that may not open or are dominated."""
    already = covered_by(matrix, allowed.fixed)
    optional, cost = allowed.optional, allowed.cost[allowed.optional]
    small, small_weight, _ = merged_rows(_part(matrix, ~already, optional), weight[~already])
    useful = undominated_sites(small, cost)
    town = Town(_part(small, None, useful), small_weight, cost[useful], allowed.site_limit, allowed.budget)
    return Reduced(matrix, weight, allowed.fixed, town, optional[useful], float(weight[already].sum()))


def _part(matrix: sp.csr_array, rows: NDArray[np.bool_] | None, sites: Ints) -> sp.csr_array:
    """Some rows and sites of a matrix; nothing is copied where that is all of them."""
    if rows is not None and not rows.all():
        matrix = matrix[rows]
    return matrix if len(sites) == matrix.shape[1] else matrix[:, sites].tocsr()
