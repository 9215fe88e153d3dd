import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import example, given, settings
from hypothesis import strategies as st

from planner.siting.covering.max_cover.proof import CoverProof
from planner.siting.covering.max_cover.search import CoverSearch
from planner.siting.covering.max_cover.town import Town
from planner.siting.stopping import Deadline


def town(seed, *, by_count, whole=True, rows=30, sites=11):
    rng = np.random.default_rng(seed)
    covers = rng.random((rows, sites)) < 0.25
    covers[np.arange(rows), rng.integers(0, sites, rows)] = True
    weight = rng.integers(1, 20, rows) + (0.0 if whole else rng.random(rows))
    cost = np.ones(sites) if by_count else rng.integers(1, 6, sites).astype(float)
    limits = (4.0, None) if by_count else (None, 9.0)
    return covers, Town(sp.csr_array(covers.astype(float)), weight.astype(float), cost, *limits)


def most_covered(covers, there):
    room = there.site_limit or there.budget
    sets = (list(s) for n in range(covers.shape[1] + 1) for s in itertools.combinations(range(covers.shape[1]), n))
    return max(there.weight[covers[:, s].any(axis=1)].sum() for s in sets if there.cost[s].sum() <= room)


@settings(max_examples=150, deadline=None)
@example(seed=2686144142, by_count=True, whole=True, searched=True)  # a site that is ruled out has any reduced cost
@given(seed=st.integers(0, 2**32 - 1), by_count=st.booleans(), whole=st.booleans(), searched=st.booleans())
def test_branch_and_cut_finds_and_proves_the_best(seed, by_count, whole, searched):
    covers, there = town(seed, by_count=by_count, whole=whole)
    best = most_covered(covers, there)
    room = there.site_limit or there.budget
    search = CoverSearch(there.matrix, there.weight, there.cost, room, by_count, 0)
    if searched:  # else the tree begins with nothing and must find the answer itself
        search.start()
    proof = CoverProof(there, np.arange(11), np.empty(0, dtype=int), 0.0, 0.0, Deadline(60))
    found = proof.by_cuts(search)
    assert there.weight[covers[:, found.chosen].any(axis=1)].sum() == pytest.approx(best)
    assert found.bound == pytest.approx(best)
    assert there.cost[found.chosen].sum() <= room


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_decided_sites_are_kept_and_the_rest_is_the_best(seed):
    covers, there = town(seed, by_count=True)
    opened, free = np.array([3]), np.array([0, 1, 2, 5, 8, 9])
    best = max(there.weight[covers[:, [3, *s]].any(axis=1)].sum() for s in itertools.combinations(free.tolist(), 3))
    search = CoverSearch(there.matrix, there.weight, there.cost, 4.0, True, 0)
    found = CoverProof(there, free, opened, 0.0, 0.0, Deadline(60)).by_cuts(search)
    assert there.weight[covers[:, found.chosen].any(axis=1)].sum() >= best
    assert found.bound >= best


def test_three_rows_that_share_sites_by_twos_are_cut_at_the_root():
    """Sites A, B, C each cover two of three rows; half of each covers all, but one whole site covers two."""
    covers = sp.csr_array(np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], dtype=float))
    there = Town(covers, np.ones(3), np.ones(3), 1.0, None)
    search = CoverSearch(covers, there.weight, there.cost, 1.0, True, 0)
    found = CoverProof(there, np.arange(3), np.empty(0, dtype=int), 0.0, 0.0, Deadline(60)).by_cuts(search)
    assert found.bound == 2.0
    assert len(found.chosen) == 1
