"""Capacitated median: least weighted travel to sites of limited size, with or without costs of sites and units.

With a limit of sites it is the capacitated p-median problem (Mulvey & Beck 1984; Osman & Christofides 1994); with costs
and no limit the capacitated warehouse location problem (Beasley 1988). Where not all demand can be served, the most
that can be is served first, and that at the least cost.

A greedy start, the Lagrangian bound with a knapsack for each site (Pirkul 1987), local search, pairs and sites ruled
out by the bound; then a Lagrangian branch and bound for whole rows, HiGHS for rows that may be split.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.siting.arguments import amounts, fixed_and_forbidden, limit, search_limits
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
from planner.siting.distances import Pairs, finite_pairs
from planner.siting.solution import proven_gap
from planner.siting.stopping import INTERRUPTED, Deadline, watch


@watch(None)
def capacitated_median(
    distance: sp.csr_array | NDArray[np.float64],
    weight: ArrayLike,
    *,
    unit_capacity: ArrayLike,
    load: ArrayLike | None = None,
    unit_cost: ArrayLike | None = None,
    max_units: ArrayLike | None = None,
    site_cost: ArrayLike | None = None,
    site_limit: int | None = None,
    single_source: bool = False,
    fixed: ArrayLike | None = None,
    fixed_units: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    seed: int = 0,
) -> CapacitatedSolution:
    """The sites and their sizes that serve all demand at the least travel and cost, at most ``site_limit`` new ones.

    ``distance``: demand rows × site columns, not negative; a dense array, infinite where a site cannot serve a row, or
    a CSR array of the pairs within a cutoff (a stored 0 is a pair). ``weight``: (rows,), what a row's travel counts;
    ``load``: (rows,), how much room a row takes, by default its weight. A site has up to ``max_units`` (sites,) units,
    one by default; each holds ``unit_capacity`` (sites,) of load and costs ``unit_cost`` (sites,), opening the site
    costs ``site_cost`` (sites,), both in the unit of weight × distance and 0 by default. ``fixed`` sites are open and
    ``fixed_units`` (sites,) of their units stand already, all of them by default: they cost nothing and do not count
    against the limit. ``forbidden`` sites stay shut. A row may be split between sites, or goes wholly to one with
    ``single_source``.

    The objective is Σ weight × distance over what is served, plus new sites and units. Where not all can be served, as
    much load as possible is (a row without load counts as much as the smallest load), and the objective and bound are
    those of serving that much; who is left and how much room is missing stands in the answer. Where it is not proven
    that no more can be served, the status is ``"feasible"`` and the gap at least the share of load that might be added.
    The search stops when proven within the relative ``gap`` or after ``time_limit_s``, with the best answer in hand.

    Raises ``ArgumentError`` for an argument of the wrong shape or range.
    """
    deadline = Deadline(time_limit_s)
    pairs = finite_pairs(distance)
    weights = amounts("weight", weight, pairs.shape[0])
    loads = weights if load is None else amounts("load", load, pairs.shape[0])
    stay, never = fixed_and_forbidden(fixed, forbidden, pairs.shape[1])
    search_limits(time_limit_s, gap)
    count_limit = limit("site_limit", site_limit, whole=True)
    terms = site_terms(
        pairs.shape[1], stay, unit_capacity=unit_capacity, unit_cost=unit_cost, max_units=max_units,
        site_cost=site_cost, fixed_units=fixed_units,
    )  # fmt: skip
    allowed = np.ones(pairs.shape[1], dtype=bool)
    allowed[never] = False
    usable = allowed[pairs.site]
    reached = np.bincount(pairs.row[usable], minlength=pairs.shape[0]) > 0
    rows, sites, town = _town(pairs, weights, loads, terms, allowed, count_limit, single_source)
    found, doubt = _served_first(town, gap, deadline, seed)
    return _solution(pairs, loads, terms, rows, sites, town, found, doubt, reached, gap, deadline.elapsed_s)


def _town(
    pairs: Pairs,
    weight: Floats,
    load: Floats,
    terms: SiteTerms,
    allowed: Flags,
    count_limit: float | None,
    whole: bool,
) -> tuple[Ints, Ints, Town]:
    """The rows and sites that matter, and the problem on them: all of it must be served."""
    count = np.inf if count_limit is None else float(count_limit)
    sites = np.flatnonzero(allowed & (terms.fixed | (count >= 1)))
    column = np.full(pairs.shape[1], -1)
    column[sites] = np.arange(len(sites))
    asks = (weight > 0) | (load > 0)
    use = asks[pairs.row] & (column[pairs.site] >= 0)
    if whole:
        # A row that no site holds is left whatever is done.
        use &= load[pairs.row] <= (terms.unit * (terms.standing + terms.more))[pairs.site] * (1.0 + 1e-12)
    rows = np.unique(pairs.row[use])
    place = np.full(pairs.shape[0], -1)
    place[rows] = np.arange(len(rows))
    pair_row, pair_site = place[pairs.row[use]], column[pairs.site[use]]
    demand = load[rows]
    reach = np.bincount(pair_site, demand[pair_row], len(sites)).astype(np.float64)
    held = SiteTerms(
        terms.unit[sites], terms.standing[sites], terms.more[sites], terms.opening[sites], terms.unit_price[sites],
        terms.fixed[sites],
    )  # fmt: skip
    zero = np.zeros(len(sites))
    smallest = float(demand[demand > 0].min(initial=np.inf))
    worth = np.where(demand > 0, demand, smallest if np.isfinite(smallest) else 1.0)
    return rows, sites, Town(
        load=demand, worth=worth, left_cost=np.full(len(rows), np.inf), most_left=0.0,
        pair_row=pair_row, pair_site=pair_site, pair_cost=weight[pairs.row[use]] * pairs.distance[use],
        unit=held.unit, standing=held.standing, more=useful_units(held, reach),
        opening=np.where(held.fixed, 0.0, held.opening), unit_price=held.unit_price,
        opening_spend=zero, unit_spend=zero, fixed=held.fixed, site_limit=count, budget=np.inf, whole=whole,
    )  # fmt: skip


def _served_first(town: Town, gap: float, deadline: Deadline, seed: int) -> tuple[Found, float]:
    """The cheapest way to serve as much as can be, and the share of the worth that might be served beyond it."""
    found = Found(None, 0.0, "nobody can serve all")
    if not _short_of_room(town):
        found = search(town, gap=gap, deadline=deadline, seed=seed, hopeful=True)
    if found.answer is not None:
        return found, 0.0
    if found.method == INTERRUPTED:
        deadline = deadline.part(0.0)
    total = float(town.worth.sum())
    free = np.zeros(town.shape[1])
    fill = search(
        replace(
            town, left_cost=town.worth, most_left=np.inf, pair_cost=np.zeros(len(town.pair_cost)), opening=free,
            unit_price=free,
        ),
        gap=0.0, deadline=deadline, seed=seed, offset=total,
    )  # fmt: skip
    if fill.answer is None:
        # Stopped before there was anything to hand back.
        raise KeyboardInterrupt
    if fill.method == INTERRUPTED:
        deadline = deadline.part(0.0)
    left = fill.answer.cost
    if left <= 1e-9 * total:
        served = search(town, gap=gap, deadline=deadline, seed=seed, start=fill.answer)
        return replace(served, bound=max(served.bound, found.bound)), 0.0
    slack = replace(town, left_cost=np.zeros(town.shape[0]), most_left=left)
    doubt = (left - fill.bound) / total
    return search(slack, gap=gap, deadline=deadline, seed=seed, start=fill.answer), 0.0 if doubt <= 1e-9 else doubt


def _short_of_room(town: Town) -> bool:
    """Whether it is plain that not all can be served: no sites that may be open hold so much."""
    holds = town.unit * (town.standing + town.more)
    new = np.sort(holds[~town.fixed])[::-1]
    most = int(min(town.site_limit, len(new)))
    return bool(town.load.sum() > (holds[town.fixed].sum() + new[:most].sum()) * (1.0 + 1e-9))


def _solution(
    pairs: Pairs,
    load: Floats,
    terms: SiteTerms,
    rows: Ints,
    sites: Ints,
    town: Town,
    found: Found,
    doubt: float,
    reached: Flags,
    gap: float,
    runtime_s: float,
) -> CapacitatedSolution:
    """The answer in the caller's rows and sites."""
    assert found.answer is not None
    answer = found.answer
    units = terms.standing.copy()
    units[sites] += answer.bought
    selected = np.union1d(np.flatnonzero(terms.fixed), sites[answer.is_open])
    share = sp.csr_array((answer.share, (rows[town.pair_row], sites[town.pair_site])), shape=pairs.shape)
    objective = answer.cost
    spread, bound = proven_gap(objective, found.bound)
    return answered(
        share, load, units, selected, reached=reached, idle=_nearest_open(pairs, selected, rows),
        objective=objective, bound=bound, reached_gap=max(spread, doubt), gap=gap, method=found.method,
        runtime_s=runtime_s,
    )  # fmt: skip


def _nearest_open(pairs: Pairs, selected: Ints, asking: Ints) -> Ints:
    """The nearest open site of each row that asks for nothing; -1 for the others, and where none is in reach."""
    idle = np.ones(pairs.shape[0], dtype=bool)
    idle[asking] = False
    is_open = np.zeros(pairs.shape[1], dtype=bool)
    is_open[selected] = True
    use = np.flatnonzero(is_open[pairs.site] & idle[pairs.row])
    order = use[np.lexsort((pairs.site[use], pairs.distance[use], pairs.row[use]))]
    nearest = np.full(pairs.shape[0], -1, dtype=np.int64)
    first = np.ones(len(order), dtype=bool)
    first[1:] = pairs.row[order][1:] != pairs.row[order][:-1]
    nearest[pairs.row[order][first]] = pairs.site[order][first]
    return nearest
