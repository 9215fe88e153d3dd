"""Cuts of small regions: they hold for every set of sites that covers all rows, and break the relaxation's answer."""

from itertools import product

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from planner.siting.covering.branch_and_cut.local_cuts import LocalCuts, lift_sites
from planner.siting.covering.branch_and_cut.most_broken import most_broken
from planner.siting.covering.branch_and_cut.small_covers import cheapest_cover
from planner.siting.draws import seeded
from planner.siting.stopping import Deadline

MANY_NODES = 20_000

# Three rows, three sites, each site covers two rows: two sites are needed, halves of all three do for the relaxation.
TRIANGLE = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], dtype=bool)
# Five rows in a ring, each covered by the sites at its ends.
RING = np.array([[j in (i, (i + 1) % 5) for j in range(5)] for i in range(5)])


def cuts_of(covers):
    return LocalCuts(sp.csr_array(covers), Deadline(60))


def every_cover(covers):
    """All sets of sites that cover all rows, one a row, true where a site is open."""
    sets = np.array(list(product([False, True], repeat=covers.shape[1])))
    return sets[(sets @ covers.T.astype(int) > 0).all(axis=1)]


def relaxed(covers):
    rows, sites = covers.shape
    found = linprog(np.ones(sites), A_ub=-covers.astype(float), b_ub=-np.ones(rows), bounds=(0, 1), method="highs-ipm")
    return found.x


def masks(covers):
    return np.array([sum(1 << i for i in np.flatnonzero(column)) for column in covers.T], dtype=np.uint64)


@pytest.mark.parametrize(("covers", "needed"), [(TRIANGLE, 2.0), (RING, 3.0)])
def test_an_odd_ring_gets_the_inequality_everybody_knows(covers, needed):
    x = np.full(covers.shape[1], 0.5)
    (cut,) = cuts_of(covers).broken(x, np.ones(len(x), dtype=bool), 20)
    assert cut.least / cut.amounts[0] == needed
    assert (cut.amounts == cut.amounts[0]).all()
    assert cut.columns.tolist() == list(range(len(x)))


def test_a_whole_answer_breaks_nothing():
    x = np.array([1.0, 1.0, 0.0])
    assert cuts_of(TRIANGLE).broken(x, np.ones(3, dtype=bool), 20) == []


def test_the_same_cut_is_given_once():
    cuts = cuts_of(TRIANGLE)
    assert len(cuts.broken(np.full(3, 0.5), np.ones(3, dtype=bool), 20)) == 1
    assert cuts.broken(np.full(3, 0.5), np.ones(3, dtype=bool), 20) == []


def test_a_row_that_only_shut_sites_cover_has_no_cut():
    x = np.array([0.5, 0.5, 0.5])
    free = np.array([True, False, False])
    assert cuts_of(TRIANGLE).broken(x, free, 20) == []


def test_out_of_time_nothing_more_is_looked_for():
    late = LocalCuts(sp.csr_array(TRIANGLE), Deadline(1e-9))
    assert late.broken(np.full(3, 0.5), np.ones(3, dtype=bool), 20) == []


def random_town(seed, most_rows=14, most_sites=11):
    rng = np.random.default_rng(seed)
    rows, sites = rng.integers(3, most_rows), rng.integers(3, most_sites)
    covers = rng.random((rows, sites)) < rng.uniform(0.15, 0.6)
    covers[np.arange(rows), rng.integers(0, sites, rows)] = True
    return covers, rng


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(4, 20))
def test_every_cover_keeps_every_cut_and_the_relaxation_breaks_it(seed, kinds):
    covers, _ = random_town(seed)
    x = relaxed(covers)
    cuts = cuts_of(covers).broken(x, np.ones(len(x), dtype=bool), kinds)
    for cut in cuts:
        assert (every_cover(covers)[:, cut.columns] @ cut.amounts).min() >= cut.least
        assert x[cut.columns] @ cut.amounts < cut.least


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_sites_that_may_not_open_are_left_out_of_what_a_cut_must_hold_for(seed):
    covers, rng = random_town(seed)
    x = relaxed(covers)
    free = (x > 1e-6) | (rng.random(len(x)) < 0.5)
    sets = every_cover(covers)
    for cut in cuts_of(covers).broken(x, free, 20):
        assert free[cut.columns].all()
        assert (sets[~sets[:, ~free].any(axis=1)][:, cut.columns] @ cut.amounts).min() >= cut.least


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_what_is_broken_most_is_what_a_program_over_all_covers_says(seed):
    covers, rng = random_town(seed)
    sites = covers.shape[1]
    x = relaxed(covers) + 0.1 * rng.random(sites)
    price = most_broken(masks(covers), x, len(covers), 2.0, MANY_NODES, seeded(seed))
    sets = every_cover(covers).astype(float)
    best = linprog(x, A_ub=-sets, b_ub=-np.ones(len(sets)), bounds=(0, None))
    assert price @ x == pytest.approx(best.fun, abs=1e-5)
    assert (sets @ price).min() >= 1 - 1e-5
    assert (price >= 0).all()


def test_a_region_whose_inequalities_are_broken_too_little_is_left():
    x = np.full(3, 0.6)
    assert most_broken(masks(TRIANGLE), x, 3, 0.85, MANY_NODES, seeded(0)) is None
    assert most_broken(masks(TRIANGLE), x, 3, 0.95, MANY_NODES, seeded(0)) @ x == pytest.approx(0.9, abs=1e-5)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_cheapest_cover_is_that_of_all_sets(seed):
    covers, rng = random_town(seed)
    rows, sites = covers.shape
    price = np.where(rng.random(sites) < 0.2, 0.0, rng.integers(1, 9, sites)).astype(float)
    chosen = np.empty(sites, dtype=bool)
    everything = np.uint64((1 << rows) - 1)
    order = price.argsort()
    found = cheapest_cover(masks(covers), price, order, rows, everything, np.inf, MANY_NODES, chosen)
    assert found == (every_cover(covers) @ price).min()
    assert covers[:, chosen].any(axis=1).all()
    assert price[chosen].sum() == found
    assert cheapest_cover(masks(covers), price, order, rows, everything, found - 0.5, MANY_NODES, chosen) == found - 0.5


def test_a_search_beyond_its_nodes_says_so():
    chosen = np.empty(5, dtype=bool)
    assert cheapest_cover(masks(RING), np.ones(5), np.arange(5), 5, np.uint64(31), np.inf, 1, chosen) == -1.0


def test_sites_are_lifted_as_far_as_they_must_be():
    # Σ x ≥ 2 over the triangle. One site more is enough after a site of two rows, or of one; none after a site of all.
    of_two, of_all, of_one = [1, 1, 0], [1, 1, 1], [1, 0, 0]
    covers = np.hstack([TRIANGLE, np.array([of_two, of_all, of_one], dtype=bool).T])
    price = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    lift_sites(masks(covers), price, 3, 3, 2.0)
    assert price.tolist() == [1.0, 1.0, 1.0, 1.0, 2.0, 1.0]
