"""Maximal covering: the most demand that a limited number of sites, or a limited budget, can cover.

Church, R. & ReVelle, C. (1974), The maximal covering location problem. Papers of the Regional Science Association 32.

Rows with the same sites are merged and dominated sites dropped; a greedy start and swaps give a good answer, Lagrangian
relaxation of the covering rows (Galvão & ReVelle 1996) a bound, iterated local search among the sites that the
relaxation likes a better answer; sites whose reduced cost rules them in or out are fixed, and branch and cut, or HiGHS,
proves the rest.
"""

from __future__ import annotations

import scipy.sparse as sp
from numpy.typing import ArrayLike

from planner.siting.arguments import amounts, cover_matrix, search_limits
from planner.siting.covering.allowed import allowed_sites
from planner.siting.covering.max_cover.phases import search_town
from planner.siting.covering.max_cover.town import reduced
from planner.siting.solution import Solution
from planner.siting.stopping import Deadline


def max_cover(
    covers: sp.csr_array,
    weight: ArrayLike,
    *,
    site_limit: int | None = None,
    cost: ArrayLike | None = None,
    budget: float | None = None,
    fixed: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    seed: int = 0,
) -> Solution:
    """The sites that cover the most weight: at most ``site_limit`` new ones, of at most ``budget`` in all.

    ``covers``: CSR, demand rows × site columns, true where covered. ``weight``: (rows,), not negative. ``cost``:
    (sites,), needed with ``budget`` and in its unit. ``fixed`` sites are open and count against neither limit;
    ``forbidden`` ones stay shut. The search stops when proven within the relative ``gap`` or after ``time_limit_s``,
    with the best answer in hand. The objective is the covered weight.

    Raises ``ArgumentError`` for an argument of the wrong shape or range.
    """
    deadline = Deadline(time_limit_s)
    matrix = cover_matrix(covers)
    rows, sites = matrix.shape
    weights = amounts("weight", weight, rows)
    search_limits(time_limit_s, gap)
    allowed = allowed_sites(sites, site_limit=site_limit, cost=cost, budget=budget, fixed=fixed, forbidden=forbidden)

    problem = reduced(matrix, weights, allowed)
    found = search_town(problem.town, problem.base, gap, seed, deadline)
    return problem.solution(found, gap=gap, runtime_s=deadline.elapsed_s)
