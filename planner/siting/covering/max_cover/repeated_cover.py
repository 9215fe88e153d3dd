"""Maximal covering under many weights: how often each site is chosen when demand is not known for sure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError
from planner.siting.arguments import amounts, cover_matrix, search_limits
from planner.siting.covering.allowed import allowed_sites
from planner.siting.covering.covers import covered_by, without_useless
from planner.siting.covering.max_cover.phases import search_town
from planner.siting.covering.max_cover.town import Town
from planner.siting.covering.reduction import merged_rows, undominated_sites
from planner.siting.stopping import Deadline, watch

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class RepeatedSolution:
    """The plans under each weight that there was time for.

    ``chosen``: (plans, sites) whether a plan opens a site; fixed ones always. ``objective`` and ``bound``: (plans,) the
    covered weight, and what no plan could exceed. ``asked``: how many weights there were.
    """

    chosen: Bools
    objective: Floats
    bound: Floats
    asked: int


@watch(None)
def repeated_cover(
    covers: sp.csr_array,
    weights: ArrayLike,
    *,
    site_limit: int | None = None,
    cost: ArrayLike | None = None,
    budget: float | None = None,
    fixed: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> RepeatedSolution:
    """:func:`planner.siting.max_cover` under each of ``weights``, (plans, rows), made smaller once for all of them.

    Each plan may take an equal part of the time that is left; those for which none is left, or after a request to stop,
    are missing. ``progress(done, of)`` is called after each plan. The other arguments are those of ``max_cover``.

    Raises ``ArgumentError`` for an argument of the wrong shape or range.
    """
    deadline = Deadline(time_limit_s)
    matrix = cover_matrix(covers)
    rows, sites = matrix.shape
    table = np.asarray(weights, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != rows:
        raise ArgumentError("wrong_shape", name="weights", shape=table.shape, wanted=("plans", rows))
    for each in table:
        amounts("weights", each, rows)
    search_limits(time_limit_s, gap)
    allowed = allowed_sites(sites, site_limit=site_limit, cost=cost, budget=budget, fixed=fixed, forbidden=forbidden)
    already, optional = covered_by(matrix, allowed.fixed), allowed.optional
    small, _, became = merged_rows(matrix[~already][:, optional].tocsr(), np.ones(int((~already).sum())))
    useful = undominated_sites(small, allowed.cost[optional])
    small, optional = small[:, useful].tocsr(), optional[useful]
    left = np.flatnonzero(became >= 0)

    chosen, objective, bound = [], [], []
    for done, weight in enumerate(table):
        if deadline.stopped or deadline.left_s <= 0:
            break
        of_row = np.zeros(small.shape[0])
        np.add.at(of_row, became[left], weight[~already][left])
        town_rows = np.flatnonzero(of_row > 0)
        part = small if len(town_rows) == len(of_row) else small[town_rows]
        town = Town(part, of_row[town_rows], allowed.cost[optional], allowed.site_limit, allowed.budget)
        base = float(weight[already].sum())
        found = search_town(town, base, gap, seed, deadline.part(1.0 / (len(table) - done)))
        opened = np.zeros(sites, dtype=bool)
        opened[allowed.fixed] = True
        opened[optional[without_useless(part, found.chosen)]] = True
        covered = float(weight[covered_by(matrix, np.flatnonzero(opened))].sum())
        chosen.append(opened)
        objective.append(covered)
        bound.append(max(covered, base + found.bound))
        if progress is not None:
            progress(done + 1, len(table))
        if found.interrupted:
            break
    return RepeatedSolution(
        np.array(chosen, dtype=bool).reshape(len(chosen), sites), np.array(objective), np.array(bound), len(table)
    )
