"""Set covering for a share: the fewest sites by maximal covering, and what the linear relaxation proves."""

import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from interrupts import interrupted_after
from scipy.spatial import cKDTree

from planner.siting.covering.set_cover.fewest import fewest_sites
from planner.siting.covering.set_cover.set_cover import set_cover
from planner.siting.covering.set_cover.share_program import ShareProgram
from planner.siting.covering.set_cover.share_task import ShareTask
from planner.siting.stopping import Deadline


def some_task(seed, whole):
    """Up to nine rows and six sites; every site covers a row, every row has one, and all together are enough."""
    rng = np.random.default_rng(seed)
    rows, sites = int(rng.integers(1, 10)), int(rng.integers(1, 7))
    covers = rng.random((rows, sites)) < 0.35
    covers[np.arange(rows), rng.integers(0, sites, rows)] = True
    covers[rng.integers(0, rows, sites), np.arange(sites)] = True
    required = rng.random(rows) < 0.2
    parts = rng.integers(0, 9, (int(rng.integers(1, 4)), rows)) * ~required[None, :] * (1.0 if whole else 0.37)
    parts = parts[parts.sum(axis=1) > 0]
    need = np.ceil(rng.uniform(0.3, 1.0, len(parts)) * parts.sum(axis=1)) if whole else 0.8 * parts.sum(axis=1)
    return ShareTask(sp.csr_array(covers), required, sp.csr_array(parts), need, np.full(len(need), 1e-9))


def sets_of(count):
    return itertools.chain.from_iterable(itertools.combinations(range(count), size) for size in range(count + 1))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_the_relaxation_proves_no_more_than_the_least_and_rules_out_no_best_site(seed, whole):
    task = some_task(seed, whole)
    cost = np.random.default_rng(seed).integers(1, 20, task.matrix.shape[1]).astype(float)
    worth = {chosen: cost[list(chosen)].sum() for chosen in sets_of(len(cost)) if task.met(np.array(chosen, dtype=int))}
    least = min(worth.values())
    relaxed = ShareProgram(task, cost).relaxed(Deadline(60.0))
    assert relaxed.bound <= least + 1e-6
    for site in range(len(cost)):
        with_it = min((value for chosen, value in worth.items() if site in chosen), default=np.inf)
        assert relaxed.bound + max(relaxed.reduced_cost[site], 0.0) <= with_it + 1e-6
    assert ShareProgram(task, cost).relaxed(Deadline(0.0)).bound <= least + 1e-6


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, 2.5]), st.sampled_from([0.0, 0.4]))
def test_the_fewest_sites_are_found_and_proven(seed, cost, gap):
    rng = np.random.default_rng(seed)
    covers = some_task(seed, True).matrix
    weight = rng.choice([1.0, 2.0, 5.5], covers.shape[0])
    need = float(rng.uniform(0.1, 1.0) * weight.sum())
    dense = covers.toarray()
    fewest = min(
        len(chosen) for chosen in sets_of(dense.shape[1]) if weight[dense[:, list(chosen)].any(axis=1)].sum() >= need
    )
    found = fewest_sites(covers, weight, need, cost, np.arange(dense.shape[1]), gap, 0, Deadline(60.0))
    assert weight[dense[:, found.chosen].any(axis=1)].sum() >= need
    assert fewest <= len(found.chosen) <= fewest / (1 - gap)
    assert found.bound <= cost * fewest
    assert gap > 0 or found.bound == cost * fewest


def near_each_other(size, reach):
    xy = np.random.default_rng(size).random((size, 2))
    near = cKDTree(xy).sparse_distance_matrix(cKDTree(xy), reach, output_type="coo_matrix")
    return sp.csr_array((np.ones(near.nnz, dtype=bool), (near.row, near.col)), shape=(size, size))


def test_a_thousand_points_are_proven_one_by_one():
    weight = np.random.default_rng(1).integers(1, 50, 1000).astype(float)
    answer = set_cover(near_each_other(1000, 0.06), weight=weight, target_share=0.9, time_limit_s=60)
    assert (answer.status, answer.method) == ("optimal", "maximal covering with one number of sites after another")
    assert weight[answer.assignment >= 0].sum() >= 0.9 * weight.sum()


@pytest.mark.parametrize("groups", [1, 8])
def test_an_interrupt_gives_sites_that_are_enough(groups):
    covers, group = near_each_other(6000, 0.03), np.arange(6000) % groups
    with interrupted_after(1.5):
        answer = set_cover(covers, weight=np.ones(6000), group=group, group_share=0.9, time_limit_s=60)
    assert answer.method == "interrupted"
    served = np.bincount(group, answer.assignment >= 0, groups)
    assert (served >= 0.9 * np.bincount(group)).all()
    assert 0 <= answer.bound <= answer.objective
