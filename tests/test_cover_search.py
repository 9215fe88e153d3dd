"""The local search for covers: what it finds covers all rows, and is found where brute force finds it."""

from itertools import combinations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.siting.covering.set_cover.search import SetCoverSearch
from planner.siting.draws import seeded

# Five rows in a ring, each covered by the sites at its ends: three sites are needed.
RING = np.array([[j in (i, (i + 1) % 5) for j in range(5)] for i in range(5)])


def search_of(covers, cost=None, *, below=np.inf, unit=1.0):
    cost = np.ones(covers.shape[1]) if cost is None else cost
    return SetCoverSearch(sp.csr_array(covers), cost, below=below, unit=unit, random=seeded(1))


def never():
    return False


def test_three_sites_cover_the_ring():
    search = search_of(RING)
    search.improve(50, never)
    assert search.value == 3.0
    assert len(search.chosen) == 3
    assert RING[:, search.chosen].any(axis=1).all()


def test_below_what_is_needed_there_is_none():
    search = search_of(RING, below=3.0)
    search.improve(500, never)
    assert search.value == 3.0
    assert len(search.chosen) == 0


def test_it_ends_where_the_best_is_good_enough():
    # One site covers all; the two at its sides are opened first, since they are cheap.
    covers = np.array([[1, 0, 1], [0, 1, 1]], dtype=bool)
    search = search_of(covers, np.array([1.0, 1.0, 1.5]), unit=0.1)
    search.improve(500, never, enough=2.0)
    assert search.value <= 2.0


def test_it_does_nothing_once_it_is_over():
    search = search_of(RING)
    search.improve(500, lambda: True)
    assert len(search.chosen) == 0


def test_a_better_set_from_elsewhere_is_kept():
    search = search_of(RING)
    search.keep(np.array([0, 1, 3]))
    search.improve(200, never)
    assert search.chosen.tolist() == [0, 1, 3]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_it_finds_the_cheapest_of_small_towns(seed):
    rng = np.random.default_rng(seed)
    rows, sites = rng.integers(1, 9), rng.integers(1, 8)
    covers = rng.random((rows, sites)) < 0.4
    covers[np.arange(rows), rng.integers(0, sites, rows)] = True
    cost = rng.integers(1, 6, sites).astype(float)
    best = min(
        cost[list(chosen)].sum()
        for number in range(1, sites + 1)
        for chosen in combinations(range(sites), number)
        if covers[:, list(chosen)].any(axis=1).all()
    )
    search = search_of(covers, cost)
    search.improve(3_000, never)
    assert covers[:, search.chosen].any(axis=1).all()
    assert search.value == pytest.approx(cost[search.chosen].sum())
    assert search.value == best
