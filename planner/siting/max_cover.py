"""Maximal covering: the most demand that a limited number of sites, or a limited budget, can cover.

Church, R. & ReVelle, C. (1974), The maximal covering location problem. Papers of the Regional Science Association 32.

Rows with the same sites are merged and dominated sites dropped; a greedy start and swaps give a good answer, Lagrangian
relaxation of the covering rows (Galvão & ReVelle 1996) a bound, iterated local search among the sites that the
relaxation likes a better answer; sites whose reduced cost rules them in or out are fixed, and HiGHS proves the rest.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError
from planner.siting.arguments import amounts, cover_matrix, fixed_and_forbidden, limit, search_limits
from planner.siting.cover_program import solve_cover_program
from planner.siting.cover_search import CoverSearch
from planner.siting.covers import covered_by, first_covering, greedily_within, limits_of, without_useless
from planner.siting.reduction import merged_rows, undominated_sites
from planner.siting.solution import Solution, proven_gap

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Up to here HiGHS proves the whole of what is left faster than the search narrows it down ...
_FEW_SITES: Final = 1_200
# ... and up to here it knows better bounds than the relaxation, once the search finds nothing more.
_MOST_SITES: Final = 5_000
_STALLS: Final = 3
# How warm a cycle of the search begins, in parts of what an open site covers.
_HEAT: Final = 0.03
# Rounds of the first cycle for each site to open; every further cycle has twice as many, up to the most.
_EFFORT: Final = 10
_MOST_EFFORT: Final = 160


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
    started = time.perf_counter()
    matrix = cover_matrix(covers)
    row_count, site_count = matrix.shape
    weights = amounts("weight", weight, row_count)
    stay, never = fixed_and_forbidden(fixed, forbidden, site_count)
    search_limits(time_limit_s, gap)
    count_limit, money_limit = limit("site_limit", site_limit, whole=True), limit("budget", budget)
    if count_limit is None and money_limit is None:
        raise ArgumentError("no_limit")
    if money_limit is not None and cost is None:
        raise ArgumentError("budget_without_cost")
    costs = amounts("cost", np.zeros(site_count) if cost is None else cost, site_count)

    already = covered_by(matrix, stay)
    base = float(weights[already].sum())
    optional = np.setdiff1d(np.arange(site_count), np.concatenate([stay, never]))
    if money_limit is not None:
        optional = optional[costs[optional] <= money_limit]
    small, small_weight, _ = merged_rows(_part(matrix, ~already, optional), weights[~already])
    money = costs[optional] if money_limit is not None else np.zeros(len(optional))
    useful = undominated_sites(small, money)
    small, optional, money = _part(small, None, useful), optional[useful], money[useful]
    found = _search(
        _Town(small, small_weight, money, count_limit, money_limit), base, gap, seed, started + time_limit_s
    )
    selected = np.union1d(stay, optional[without_useless(small, found.chosen)])
    objective = float(weights[covered_by(matrix, selected)].sum())
    reached, bound = proven_gap(objective, base + found.bound, maximise=True)
    return Solution(
        selected=selected,
        objective=objective,
        bound=bound,
        gap=reached,
        status="optimal" if reached <= gap else "feasible",
        assignment=first_covering(matrix, selected),
        runtime_s=time.perf_counter() - started,
        method=found.method,
    )


def _part(matrix: sp.csr_array, rows: NDArray[np.bool_] | None, sites: Ints) -> sp.csr_array:
    """Some rows and sites of a matrix; nothing is copied where that is all of them."""
    if rows is not None and not rows.all():
        matrix = matrix[rows]
    return matrix if len(sites) == matrix.shape[1] else matrix[:, sites].tocsr()


@dataclass(frozen=True)
class _Town:
    """A reduced problem: every row has sites and weight, every site is free to open."""

    matrix: sp.csr_array
    weight: Floats
    cost: Floats
    site_limit: float | None
    budget: float | None


@dataclass(frozen=True)
class _Found:
    """Chosen columns, a proven bound on the weight that any allowed set covers, and how both were found."""

    chosen: Ints
    bound: float
    method: str
    interrupted: bool = False


def _search(town: _Town, base: float, gap: float, seed: int, deadline: float) -> _Found:
    rows, sites = town.matrix.shape
    everything = float(town.weight.sum())
    if rows == 0 or sites == 0 or town.site_limit == 0:
        return _Found(np.empty(0, dtype=np.int64), 0.0, "nothing to choose")
    if (town.site_limit is None or town.site_limit >= sites) and (
        town.budget is None or town.cost.sum() <= town.budget
    ):
        return _Found(np.arange(sites), everything, "every site fits")
    if town.budget is not None and town.site_limit is not None:
        return _search_within_both(town, base, gap, seed, deadline)
    by_count = town.budget is None
    cost = np.ones(sites) if by_count else town.cost
    room = town.site_limit if by_count else town.budget
    assert room is not None
    search = CoverSearch(town.matrix, town.weight, cost, float(room), by_count, seed)

    def found(method: str) -> _Found:
        return _Found(search.chosen, search.bound, method)

    def done() -> bool:
        return search.bound - search.value <= max(gap * (base + search.bound), 1e-9 * everything)

    try:
        search.start()
        search.relax(300, deadline)
        if done() or time.perf_counter() >= deadline:
            return found("Lagrangian bound")
        stalled = 0
        for turn in itertools.count():
            before = search.value
            search.improve(_HEAT, min(_EFFORT * 2**turn, _MOST_EFFORT), deadline, done)
            search.relax(300, deadline)
            if done() or time.perf_counter() >= deadline:
                return found("Lagrangian bound and local search")
            stalled = 0 if search.value > before else stalled + 1
            free, opened = search.undecided()
            few = len(free) <= _FEW_SITES and (gap == 0.0 or stalled > 0)
            if few or (stalled >= _STALLS and len(free) <= _MOST_SITES):
                return _proven(town, free, opened, found("Lagrangian fixing"), gap, deadline)
    except KeyboardInterrupt:
        return replace(found("interrupted"), interrupted=True)
    raise AssertionError("itertools.count never ends")


def _search_within_both(town: _Town, base: float, gap: float, seed: int, deadline: float) -> _Found:
    """The search knows one limit; mostly its answer is within the other too. Else HiGHS takes the whole."""
    assert town.budget is not None
    assert town.site_limit is not None
    bound = np.inf
    for left, one in ((3, replace(town, budget=None)), (2, replace(town, site_limit=None))):
        now = time.perf_counter()
        found = _search(one, base, gap, seed, now + (deadline - now) / left)
        if len(found.chosen) <= town.site_limit and town.cost[found.chosen].sum() <= town.budget * (1.0 + 1e-12):
            return found
        bound = min(bound, found.bound)
        if found.interrupted:
            break
    limits = limits_of(town.cost, town.site_limit, town.budget)
    method = found.method if found.interrupted else "greedy"
    known = _Found(greedily_within(town.matrix, town.weight, limits), bound, method, found.interrupted)
    if known.interrupted or time.perf_counter() >= deadline:
        return known
    return _proven(town, np.arange(town.matrix.shape[1]), np.empty(0, dtype=np.int64), known, gap, deadline)


def _proven(town: _Town, free: Ints, opened: Ints, known: _Found, gap: float, deadline: float) -> _Found:
    """HiGHS on the undecided sites, the decided ones fixed; what is known stands where it finds no better."""
    left = ~covered_by(town.matrix, opened)
    matrix, weight, _ = merged_rows(town.matrix[left][:, free].tocsr(), town.weight[left])
    base = float(town.weight[~left].sum())
    found = solve_cover_program(
        matrix,
        weight,
        limits_of(
            town.cost[free],
            None if town.site_limit is None else town.site_limit - len(opened),
            None if town.budget is None else town.budget - float(town.cost[opened].sum()),
        ),
        start=np.flatnonzero(np.isin(free, known.chosen)),
        time_limit_s=deadline - time.perf_counter(),
        gap=gap,
    )

    def value(chosen: Ints) -> float:
        return float(town.weight[covered_by(town.matrix, chosen)].sum())

    answer, most = known.chosen, value(known.chosen)
    if found.chosen is not None:
        other = np.union1d(opened, free[found.chosen])
        answer, most = max((answer, most), (other, value(other)), key=lambda one: one[1])
    # Sites that were ruled out are in no better answer than the one that is known.
    bound = min(known.bound, most if found.best else max(most, base + found.bound))
    method = "interrupted" if found.interrupted else f"HiGHS after {known.method}"
    return _Found(answer, bound, method, found.interrupted)
