"""What maximal covering tries in turn, the cheap first: greedy, swaps, a Lagrangian bound, fixing and proof."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Final

import numpy as np

from planner.siting.covering.covers import greedily_within, limits_of
from planner.siting.covering.max_cover.proof import CoverProof
from planner.siting.covering.max_cover.search import CoverSearch
from planner.siting.covering.max_cover.town import Found, Town
from planner.siting.stopping import INTERRUPTED, Deadline

# Up to here the proof of what is left is faster than the search narrows it down; after so many cycles it begins anyway
# where a linear relaxation takes seconds only, as it does up to so many entries of the matrix.
_FEW_SITES: Final = 1_200
_TURNS: Final = 3
_MOST_ENTRIES: Final = 300_000
# Cuts mostly close what is left once it is so many times the gap asked for.
_NEAR: Final = 1.5
# HiGHS is faster than branch and cut up to here ...
VERY_FEW_SITES: Final = 100
# ... and takes what is too large for that up to here, once the search finds nothing more.
_MOST_SITES: Final = 5_000
_STALLS: Final = 3
# How warm a cycle of the search begins, in parts of what an open site covers.
_HEAT: Final = 0.03
# Rounds of the first cycle for each site to open; every further cycle has twice as many, up to the most.
_EFFORT: Final = 10
_MOST_EFFORT: Final = 160


def search_town(
    town: Town, base: float, gap: float, seed: int, deadline: Deadline, *, target: float | None = None
) -> Found:
    """The best columns of a reduced town that the deadline allows; ``base`` is the weight covered outside of it.

    With a ``target`` the search ends as soon as so much of the town is covered, or proven to be too much.
    """
    if (clear := without_search(town)) is not None:
        return clear
    everything = float(town.weight.sum())
    if town.budget is not None and town.site_limit is not None:
        return _search_within_both(town, base, gap, seed, deadline)
    by_count = town.budget is None
    cost = np.ones(town.matrix.shape[1]) if by_count else town.cost
    room = town.site_limit if by_count else town.budget
    assert room is not None
    search = CoverSearch(town.matrix, town.weight, cost, float(room), by_count, seed)

    def found(method: str) -> Found:
        return Found(search.chosen, search.bound, method)

    def done() -> bool:
        deadline.tell(base + search.value, base + search.bound)
        settled = target is not None and not search.value < target <= search.bound
        return settled or search.bound - search.value <= max(gap * (base + search.bound), 1e-9 * everything)

    try:
        search.start()
        search.relax(300, deadline)
        if done() or deadline.passed():
            return found("Lagrangian bound")
        stalled = 0
        for turn in itertools.count():
            before = search.value
            search.improve(_HEAT, min(_EFFORT * 2**turn, _MOST_EFFORT), deadline, done)
            search.relax(300, deadline)
            if done() or deadline.passed():
                return found("Lagrangian bound and local search")
            stalled = 0 if search.value > before else stalled + 1
            free, opened = search.undecided()
            near = search.bound - search.value <= _NEAR * gap * (base + search.bound)
            few = len(free) <= _FEW_SITES and (gap == 0.0 or stalled > 0 or near)
            is_small = search.entries(free) <= _MOST_ENTRIES
            if few or (turn >= _TURNS and is_small) or (stalled >= _STALLS and len(free) <= _MOST_SITES):
                proof = CoverProof(town, free, opened, base, gap, deadline, target=target)
                if is_small and len(free) > VERY_FEW_SITES:
                    return proof.by_cuts(search)
                return proof.by_highs(found("Lagrangian fixing"))
    except KeyboardInterrupt:
        return replace(found(INTERRUPTED), interrupted=True)
    raise AssertionError("itertools.count never ends")


def without_search(town: Town) -> Found | None:
    """The answer where there is nothing to choose or every site fits."""
    rows, sites = town.matrix.shape
    if rows == 0 or sites == 0 or town.site_limit == 0:
        return Found(np.empty(0, dtype=np.int64), 0.0, "nothing to choose")
    fits = (town.site_limit is None or town.site_limit >= sites) and (
        town.budget is None or town.cost.sum() <= town.budget
    )
    return Found(np.arange(sites), float(town.weight.sum()), "every site fits") if fits else None


def _search_within_both(town: Town, base: float, gap: float, seed: int, deadline: Deadline) -> Found:
    """The search knows one limit; mostly its answer is within the other too. Else HiGHS takes the whole."""
    assert town.budget is not None
    assert town.site_limit is not None
    bound = np.inf
    for left, one in ((3, replace(town, budget=None)), (2, replace(town, site_limit=None))):
        found = search_town(one, base, gap, seed, deadline.part(1 / left))
        if len(found.chosen) <= town.site_limit and town.cost[found.chosen].sum() <= town.budget * (1.0 + 1e-12):
            return found
        bound = min(bound, found.bound)
        if found.interrupted:
            break
    limits = limits_of(town.cost, town.site_limit, town.budget)
    interrupted = found.interrupted or deadline.stopped
    method = INTERRUPTED if interrupted else "greedy"
    known = Found(greedily_within(town.matrix, town.weight, limits), bound, method, interrupted)
    if interrupted or deadline.left_s <= 0:
        return known
    everything, nothing = np.arange(town.matrix.shape[1]), np.empty(0, dtype=np.int64)
    return CoverProof(town, everything, nothing, base, gap, deadline).by_highs(known)
