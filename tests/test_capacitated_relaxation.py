"""The Lagrangian relaxation of the capacitated models: its knapsacks by brute force, its bound below every answer."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from planner.siting.capacitated.bound import split_uses, whole_uses
from planner.siting.capacitated.problem import Town
from planner.siting.capacitated.relaxation import Grains, Pairs, Relaxation
from planner.siting.capacitated.rules import row_to_split


def one_site(seed):
    """A site with up to seven rows: reduced costs, loads, what a unit holds and costs, units that stand and more."""
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(1, 8))
    reduced = rng.integers(-9, 4, rows).astype(float)
    load = rng.integers(0, 6, rows).astype(float)
    unit, price = float(rng.integers(1, 8)), float(rng.integers(0, 4))
    standing, more = int(rng.integers(0, 2)), int(rng.integers(0, 4))
    return reduced, load, unit, price, standing, more


def terms(unit, price, standing, more):
    return np.array([unit]), np.array([standing]), np.array([more]), np.array([price])


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_site_takes_parts_of_rows_as_a_linear_program_would(seed):
    reduced, load, unit, price, standing, more = one_site(seed)
    rows = len(reduced)
    best = min(
        price * bought
        + linprog(reduced, A_ub=load[None, :], b_ub=[unit * (standing + bought)], bounds=(0, 1), method="highs").fun
        for bought in range(more + 1)
    )
    units, stands, extra, prices = terms(unit, price, standing, more)
    value, bought, pick = np.empty(1), np.empty(1, dtype=np.int64), np.empty(rows)
    split_uses(np.array([0, rows]), np.arange(rows), reduced, load, units, stands, extra, prices, value, bought, pick)
    assert value[0] == pytest.approx(best)
    assert reduced @ pick + price * bought[0] == pytest.approx(best)
    assert load @ pick <= unit * (standing + bought[0]) + 1e-9


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_site_takes_whole_rows_as_trying_all_sets_would(seed):
    reduced, load, unit, price, standing, more = one_site(seed)
    rows = len(reduced)
    best = min(
        reduced @ np.array(taken) + price * bought
        for taken in product([0, 1], repeat=rows)
        for bought in range(more + 1)
        if load @ np.array(taken) <= unit * (standing + bought)
    )
    units, stands, extra, prices = terms(unit, price, standing, more)
    value, bought, pick = np.array([-1e9]), np.empty(1, dtype=np.int64), np.empty(rows)
    holds = np.array([int(min(unit * (standing + more), load.sum()))])
    table, fee = np.zeros((rows + 1, holds[0] + 1)), np.array([5.0])
    whole_uses(
        np.array([0]), np.array([0, rows]), np.arange(rows), reduced, load.astype(np.int64),
        np.zeros(1, dtype=np.int64), holds, 1.0, units, stands, extra, prices, fee, np.array([True]), 1, table, value,
        bought, pick,
    )  # fmt: skip
    assert value[0] == pytest.approx(best + 5.0)
    assert reduced @ pick + price * bought[0] == pytest.approx(best)
    assert load @ pick <= unit * (standing + bought[0])


def small_town(seed):
    """Up to four rows and three sites, each row wholly at one site, one site at least shut."""
    rng = np.random.default_rng(seed)
    rows, sites = int(rng.integers(2, 5)), int(rng.integers(2, 4))
    load = rng.integers(1, 5, rows).astype(float)
    zero = np.zeros(sites)
    return Town(
        load=load, worth=load, left_cost=np.full(rows, np.inf), most_left=0.0,
        pair_row=np.repeat(np.arange(rows), sites), pair_site=np.tile(np.arange(sites), rows),
        pair_cost=rng.integers(0, 20, rows * sites).astype(float), unit=rng.integers(3, 12, sites).astype(float),
        standing=np.zeros(sites, dtype=np.int64), more=np.ones(sites, dtype=np.int64),
        opening=rng.integers(0, 9, sites).astype(float), unit_price=zero, opening_spend=zero, unit_spend=zero,
        fixed=np.zeros(sites, dtype=bool), site_limit=float(sites - 1), budget=np.inf, whole=True,
    )  # fmt: skip


def relaxation_of(town):
    rows, sites = town.shape
    order = np.lexsort((town.pair_row, town.pair_site))
    pairs = Pairs(
        np.arange(0, rows * sites + 1, rows), town.pair_row[order], town.pair_cost[order], town.pair_site[order]
    )
    holds = np.minimum(town.unit, town.load.sum()).astype(np.int64)
    grains = Grains(town.load.astype(np.int64), np.zeros(sites, dtype=np.int64), holds, 1.0)
    table = np.zeros((rows + 1, int(holds.max()) + 1))
    return Relaxation(town, grains, pairs, np.zeros(sites, dtype=bool), np.zeros(rows + 1), table)


def answers(town):
    """Every way to give each row a site: who goes where, and what it costs."""
    rows, sites = town.shape
    cost = town.pair_cost.reshape(rows, sites)
    for site in product(range(sites), repeat=rows):
        used = np.bincount(site, town.load, sites)
        opened = sorted(set(site))
        if (used <= town.unit).all() and len(opened) <= town.site_limit:
            yield site, cost[np.arange(rows), site].sum() + town.opening[opened].sum()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_bound_is_below_every_answer_and_a_served_choice_is_one(seed):
    town = small_town(seed)
    costs = [cost for _, cost in answers(town)]
    run = relaxation_of(town)
    run.step(60, min(costs, default=200.0), np.inf)
    assert run.bound <= min(costs, default=np.inf) + 1e-6
    if run.feasible:
        assert run.bound == pytest.approx(min(costs))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_every_answer_below_the_cutoff_uses_only_what_is_needed(seed):
    town = small_town(seed)
    known = dict(answers(town))
    run = relaxation_of(town)
    cutoff = min(known.values(), default=50.0) + 2.0
    run.step(60, cutoff, np.inf)
    run.at_best()
    keep, may_open, must_open = run.needed(cutoff)
    kept = set(zip(run.pairs.row[keep].tolist(), run.pairs.site[keep].tolist(), strict=True))
    for site, cost in known.items():
        if cost < cutoff:
            assert set(enumerate(site)) <= kept
            assert may_open[list(site)].all()
            assert set(np.flatnonzero(must_open).tolist()) <= set(site)


def test_sifting_changes_no_bound():
    for seed in range(30):
        quick, slow = relaxation_of(small_town(seed)), relaxation_of(small_town(seed))
        quick.step(1, 50.0, np.inf)
        slow.step(1, 50.0, np.inf, sift=False)
        assert quick.bound == pytest.approx(slow.bound)


def pull_of(share, cost, cut):
    """The smaller of the two shares times the difference of the mean costs."""
    near, far = share[:cut], share[cut:]
    mean_near, mean_far = near @ cost[:cut] / near.sum(), far @ cost[cut:] / far.sum()
    return min(near.sum(), far.sum()) / share.sum() * (mean_far - mean_near)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_row_is_split_that_is_most_torn_where_its_halves_are_most_alike(seed):
    rng = np.random.default_rng(seed)
    size = rng.integers(0, 5, rng.integers(1, 6))
    first = np.concatenate([[0], np.cumsum(size)])
    cost, share = rng.random(first[-1]), rng.random(first[-1])
    order = np.lexsort((cost, np.repeat(np.arange(len(size)), size)))
    pulls = {}
    for row in np.flatnonzero(size > 1).tolist():
        pairs = order[first[row] : first[row + 1]]
        part = share[pairs] + 1e-6
        cut = min(range(1, len(pairs)), key=lambda at: abs(part[:at].sum() / part.sum() - 0.5))
        pulls[row, cut] = pull_of(part, cost[pairs], cut)
    assert row_to_split(first, order, cost, share) == max(pulls, key=pulls.get, default=(-1, 0))
