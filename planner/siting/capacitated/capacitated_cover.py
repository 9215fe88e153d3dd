"""Capacitated maximal covering: the most demand that sites of limited size can hold, each size bought in units.

Current, J. & Storbeck, J. (1988), Capacitated covering models. Environment and Planning B 15; Pirkul, H. & Schilling,
D. (1991), The maximal covering location problem with capacities on total workload. Management Science 37.

Rows with the same sites are merged where a row may be split. A greedy start, the Lagrangian bound with a knapsack for
each site, fixing by that bound, and HiGHS for the rest.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from planner.siting.arguments import amounts, cover_limits, cover_matrix, fixed_and_forbidden, search_limits
from planner.siting.capacitated.problem import (
    CapacitatedSolution,
    Flags,
    Floats,
    Found,
    Ints,
    SiteTerms,
    Town,
    answered,
    site_terms,
    useful_units,
)  # fmt: skip
from planner.siting.capacitated.search import search
from planner.siting.covering.covers import first_covering
from planner.siting.covering.reduction import merged_rows
from planner.siting.solution import proven_gap
from planner.siting.stopping import Deadline


def capacitated_cover(
    covers: sp.csr_array,
    weight: ArrayLike,
    *,
    unit_capacity: ArrayLike,
    unit_cost: ArrayLike | None = None,
    max_units: ArrayLike | None = None,
    site_cost: ArrayLike | None = None,
    site_limit: int | None = None,
    budget: float | None = None,
    single_source: bool = False,
    fixed: ArrayLike | None = None,
    fixed_units: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    seed: int = 0,
) -> CapacitatedSolution:
    """The sites and their sizes that hold the most covered weight: at most ``site_limit`` new ones, within ``budget``.

    ``covers``: CSR, demand rows × site columns, true where covered. ``weight``: (rows,), not negative. A site has up to
    ``max_units`` (sites,) units, one by default; each holds ``unit_capacity`` (sites,) of weight and costs
    ``unit_cost`` (sites,), opening the site costs ``site_cost`` (sites,), both in the unit of ``budget`` and 0 by
    default. ``fixed`` sites are open and ``fixed_units`` (sites,) of their units stand already, all of them by default;
    what stands counts against neither limit, further units against the budget. ``forbidden`` sites stay shut. The
    weight of a row may be split between sites that cover it, or goes wholly to one or none with ``single_source``.

    The objective is the weight that is held, never more than the capacity in reach. Who is left, and how much room is
    missing for those whom a site covers, stands in the answer. The search stops when proven within the relative ``gap``
    or after ``time_limit_s``, with the best answer in hand.

    Raises ``ArgumentError`` for an argument of the wrong shape or range.
    """
    deadline = Deadline(time_limit_s)
    matrix = cover_matrix(covers)
    row_count, site_count = matrix.shape
    weights = amounts("weight", weight, row_count)
    stay, never = fixed_and_forbidden(fixed, forbidden, site_count)
    search_limits(time_limit_s, gap)
    count_limit, money_limit = cover_limits(site_limit, budget, site_cost, unit_cost)
    terms = site_terms(
        site_count, stay, unit_capacity=unit_capacity, unit_cost=unit_cost, max_units=max_units, site_cost=site_cost,
        fixed_units=fixed_units,
    )  # fmt: skip
    allowed = np.ones(site_count, dtype=bool)
    allowed[never] = False
    reached = np.asarray(matrix @ allowed.astype(np.float64)) > 0
    sites, town, became = _town(matrix, weights, terms, allowed, count_limit, money_limit, single_source)
    whole_weight = float(town.worth.sum())
    found = search(town, gap=gap, deadline=deadline, seed=seed, offset=whole_weight)
    return _solution(matrix, weights, terms, sites, town, became, found, reached, gap, deadline.elapsed_s)


def _town(
    matrix: sp.csr_array,
    weight: Floats,
    terms: SiteTerms,
    allowed: Flags,
    count_limit: float | None,
    money_limit: float | None,
    whole: bool,
) -> tuple[Ints, Town, Ints]:
    """The sites that can matter, the problem on them, and the row that each demand row became (-1: none)."""
    count = np.inf if count_limit is None else float(count_limit)
    money = np.inf if money_limit is None else float(money_limit)
    more = useful_units(terms, np.asarray(matrix.T @ weight, dtype=np.float64))
    fee = np.where(terms.fixed, 0.0, terms.opening)
    if money < np.inf:
        affordable = np.floor(
            np.divide(money - fee, terms.unit_price, out=np.full_like(fee, np.inf), where=terms.unit_price > 0) + 1e-9
        )
        more = np.clip(np.floor(affordable), 0, more).astype(np.int64)
    useful = terms.fixed | (more > 0) & (count >= 1) & (fee <= money)
    sites = np.flatnonzero(allowed & useful & (terms.unit > 0) & (terms.standing + more > 0))
    part = matrix[:, sites].tocsr()
    if whole:
        kept = np.flatnonzero((np.diff(part.indptr) > 0) & (weight > 0))
        became = np.full(len(weight), -1, dtype=np.int64)
        became[kept] = np.arange(len(kept))
        small, load = part[kept], weight[kept]
    else:
        small, load, became = merged_rows(part, weight)
    pairs = small.tocsr()
    pairs.sort_indices()
    zero = np.zeros(len(sites))
    town = Town(
        load=load, worth=load, left_cost=load, most_left=np.inf,
        pair_row=np.repeat(np.arange(len(load)), np.diff(pairs.indptr)), pair_site=pairs.indices.astype(np.int64),
        pair_cost=np.zeros(pairs.nnz),
        unit=terms.unit[sites], standing=terms.standing[sites], more=more[sites], opening=zero, unit_price=zero,
        opening_spend=fee[sites], unit_spend=terms.unit_price[sites], fixed=terms.fixed[sites],
        site_limit=count, budget=money, whole=whole,
    )  # fmt: skip
    return sites, town, became


def _solution(
    matrix: sp.csr_array,
    weight: Floats,
    terms: SiteTerms,
    sites: Ints,
    town: Town,
    became: Ints,
    found: Found,
    reached: Flags,
    gap: float,
    runtime_s: float,
) -> CapacitatedSolution:
    """The answer in the caller's rows and sites."""
    row_count, site_count = matrix.shape
    units = terms.standing.copy()
    selected = np.flatnonzero(terms.fixed)
    share = sp.csr_array((row_count, site_count))
    if found.answer is not None:
        units[sites] += found.answer.bought
        selected = np.union1d(selected, sites[found.answer.is_open])
        shares = sp.csr_array(
            (found.answer.share, (town.pair_row, sites[town.pair_site])), shape=(town.shape[0], site_count)
        )
        kept = np.flatnonzero(became >= 0)
        share = (
            sp.csr_array((np.ones(len(kept)), (kept, became[kept])), shape=(row_count, town.shape[0])) @ shares
        ).tocsr()
    held = float(weight @ np.asarray(share.sum(axis=1)))
    left_to_gain, bound = proven_gap(held, float(town.worth.sum()) - found.bound, maximise=True)
    return answered(
        share, weight, units, selected, reached=reached,
        idle=np.where(weight > 0, -1, first_covering(matrix, selected)),
        objective=held, bound=bound, reached_gap=left_to_gain, gap=gap, method=found.method, runtime_s=runtime_s,
    )  # fmt: skip
