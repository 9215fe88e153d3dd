"""How open sites become an answer: who goes where by parts of rows, at the least cost."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from planner.siting.capacitated.problem import Town
from planner.siting.capacitated.stand import Stand
from planner.siting.stopping import Deadline


def town_of(cost, load, holds):
    """A problem in which every site is open, holds so much and costs nothing; rows may be left at a high price."""
    rows, sites = cost.shape
    reached = np.isfinite(cost)
    row, site = np.nonzero(reached)
    nothing, none = np.zeros(sites), np.zeros(sites, dtype=np.int64)
    return Town(
        load=load, worth=np.maximum(load, 1.0), left_cost=np.full(rows, 1e4) * np.maximum(load, 1.0), most_left=np.inf,
        pair_row=row, pair_site=site, pair_cost=cost[reached], unit=holds, standing=none + 1, more=none,
        opening=nothing, unit_price=nothing, opening_spend=nothing, unit_spend=nothing,
        fixed=np.ones(sites, dtype=bool), site_limit=0, budget=np.inf, whole=False,
    )  # fmt: skip


def least_cost(town):
    """The same as a linear program: what each pair takes and what of each row is left."""
    rows, pairs = len(town.load), len(town.pair_row)
    once = np.zeros((rows, pairs + rows))
    once[town.pair_row, np.arange(pairs)] = 1.0
    once[:, pairs:] = np.eye(rows)
    room = np.zeros((len(town.unit), pairs + rows))
    room[town.pair_site, np.arange(pairs)] = town.load[town.pair_row]
    price = np.concatenate([town.pair_cost, town.left_cost])
    return linprog(price, A_eq=once, b_eq=np.ones(rows), A_ub=room, b_ub=town.unit, method="highs").fun


def some_town(seed, rows, sites):
    rng = np.random.default_rng(seed)
    load = rng.choice([0.0, 1.0, 2.0, 3.5, 7.0], rows)
    cost = rng.integers(0, 30, (rows, sites)) * np.maximum(load, 1.0)[:, None]
    cost[rng.random((rows, sites)) < 0.2] = np.inf
    holds = rng.choice([0.0, 1.0, 4.0, 9.5], sites) * rng.choice([1.0, load.sum() / 20])
    return town_of(cost, load, holds)


def is_kept(town, answer):
    used = np.bincount(town.pair_site, answer.share * town.load[town.pair_row], len(town.unit))
    served = np.bincount(town.pair_row, answer.share, len(town.load))
    return (used <= town.unit * (1 + 1e-9) + 1e-9).all() and (served <= 1 + 1e-9).all() and (answer.share >= 0).all()


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 6))
def test_parts_of_rows_go_where_a_linear_program_sends_them(seed, rows, sites):
    town = some_town(seed, rows, sites)
    answer = Stand(town, Deadline(60.0)).allocated(np.ones(sites, dtype=bool), np.zeros(sites, dtype=np.int64))
    assert is_kept(town, answer)
    assert answer.cost == pytest.approx(least_cost(town), abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_many_rows_that_push_each_other_on_cost_the_least_too(seed):
    rng = np.random.default_rng(seed)
    load = rng.integers(1, 9, 400).astype(float)
    xy, at = rng.random((400, 2)), rng.random((12, 2))
    cost = load[:, None] * np.hypot(*(xy[:, None] - at[None]).transpose(2, 0, 1))
    town = town_of(cost, load, np.full(12, np.ceil(load.sum() / 12)))
    answer = Stand(town, Deadline(60.0)).allocated(np.ones(12, dtype=bool), np.zeros(12, dtype=np.int64))
    assert answer.cost == pytest.approx(least_cost(town))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 6))
def test_out_of_time_each_row_goes_where_there_is_room(seed, rows, sites):
    town = some_town(seed, rows, sites)
    answer = Stand(town, Deadline(0.0)).allocated(np.ones(sites, dtype=bool), np.zeros(sites, dtype=np.int64))
    assert is_kept(town, answer)
    assert answer.cost >= least_cost(town) - 1e-6
    left = 1.0 - np.bincount(town.pair_row, answer.share, rows)
    used = np.bincount(town.pair_site, answer.share * town.load[town.pair_row], sites)
    could = (left[town.pair_row] > 1e-9) & (town.load[town.pair_row] > 0)
    assert (used >= town.unit - 1e-6)[town.pair_site[could]].all()
