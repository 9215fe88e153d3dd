"""Covering over phases against every plan of tiny towns, and what must hold for any."""

import itertools
import time

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from interrupts import LATE_S

from planner.errors import ArgumentError
from planner.siting import max_cover, phased_cover, stop_when


def worth(covers, weight, phase_weight, phase):
    """What a plan covers over all phases; ``phase`` as in the solution."""
    total = 0.0
    for t in range(1, len(phase_weight) + 1):
        is_open = (phase >= 0) & (phase <= t)
        total += phase_weight[t - 1] * weight[t - 1][covers[:, is_open].any(axis=1)].sum()
    return total


def keeps(phase, *, site_limits, cost, budgets, recurring):
    phases = len(site_limits if site_limits is not None else budgets)
    for t in range(1, phases + 1):
        opens, stands = phase == t, (phase >= 1) & (phase <= t)
        if site_limits is not None and opens.sum() > site_limits[t - 1]:
            return False
        if budgets is not None and cost[stands if recurring else opens].sum() > budgets[t - 1] + 1e-9:
            return False
    return True


def best_by_trying_all(covers, weight, phase_weight, *, fixed, forbidden, **limits):
    sites, phases = covers.shape[1], len(phase_weight)
    free = [j for j in range(sites) if j not in fixed and j not in forbidden]
    best = 0.0
    for choice in itertools.product([-1, *range(1, phases + 1)], repeat=len(free)):
        phase = np.full(sites, -1)
        phase[fixed] = 0
        phase[free] = choice
        if keeps(phase, **limits):
            best = max(best, worth(covers, weight, phase_weight, phase))
    return best


@st.composite
def towns(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, sites, phases = draw(st.integers(0, 10)), draw(st.integers(0, 5)), draw(st.integers(1, 3))
    covers = rng.random((rows, sites)) < draw(st.sampled_from([0.15, 0.3, 0.6]))
    if sites > 1 and draw(st.booleans()):
        covers[:, 1] = covers[:, 0]  # two sites that cover the same
    weight = rng.choice([0.0, 1.0, 2.5, 7.0, 1 / 3], rows)
    if draw(st.booleans()):
        weight = rng.choice([0.0, 1.0, 4.0], (phases, rows))
    lot = rng.permutation(sites)
    by = draw(st.sampled_from(["count", "money", "both"]))
    limits = {
        "site_limits": rng.integers(0, 3, phases) if by != "money" else None,
        "budgets": rng.choice([0.0, 1.0, 3.0, 4.5, 9.0], phases) if by != "count" else None,
        "cost": rng.choice([0.0, 1.0, 2.0, 3.5], sites),
        "recurring": draw(st.booleans()),
        "fixed": lot[: draw(st.integers(0, 1))],
        "forbidden": lot[1 : 1 + draw(st.integers(0, 1))],
    }
    phase_weight = rng.choice([0.0, 0.5, 1.0, 2.0], phases) if draw(st.booleans()) else np.ones(phases)
    return covers, weight, phase_weight, limits


@settings(max_examples=200, deadline=None)
@given(towns())
def test_is_the_best_of_all_plans(town):
    covers, weight, phase_weight, limits = town
    answer = phased_cover(sp.csr_array(covers), weight, phase_weight=phase_weight, **limits)
    by_phase = np.broadcast_to(weight, (len(phase_weight), covers.shape[0]))
    best = best_by_trying_all(covers, by_phase, phase_weight, **limits)
    assert answer.objective == pytest.approx(best)
    assert answer.bound == pytest.approx(best)
    assert (answer.status, answer.gap) == ("optimal", 0.0)
    assert worth(covers, by_phase, phase_weight, answer.phase) == pytest.approx(best)
    assert (answer.covered * phase_weight).sum() == pytest.approx(best)
    assert keeps(answer.phase, **{name: limits[name] for name in ("site_limits", "cost", "budgets", "recurring")})
    assert (answer.phase[limits["fixed"]] == 0).all()
    assert (answer.phase[limits["forbidden"]] == -1).all()
    for site in np.flatnonzero(answer.phase > 0):  # no site is opened for nothing
        without = answer.phase.copy()
        without[site] = -1
        assert worth(covers, by_phase, phase_weight, without) < best


def plane(rows, sites, seed=1):
    rng = np.random.default_rng(seed)
    demand, site = rng.random((rows, 2)), rng.random((sites, 2))
    near = ((demand[:, None, :] - site[None, :, :]) ** 2).sum(axis=2) <= 25 / (np.pi * rows)
    return sp.csr_array(near), rng.integers(1, 100, rows).astype(float), rng.integers(1, 9, sites).astype(float)


@pytest.mark.parametrize("recurring", [True, False], ids=["rent", "once"])
def test_one_phase_is_maximal_covering(recurring):
    covers, weight, cost = plane(150, 40)
    for phased, single in (({"site_limits": [5]}, {"site_limit": 5}), ({"budgets": [14]}, {"budget": 14})):
        one = phased_cover(covers, weight, cost=cost, recurring=recurring, **phased)
        assert one.objective == max_cover(covers, weight, cost=cost, **single).objective
        assert one.status == "optimal"


def phase_by_phase(covers, weight, site_limits):
    fixed, total = np.empty(0, dtype=int), 0.0
    for number in site_limits:
        found = max_cover(covers, weight, site_limit=number, fixed=fixed)
        fixed, total = found.selected, total + found.objective
    return total


@pytest.mark.parametrize("seed", range(3))
def test_is_never_worse_than_phase_by_phase_nor_better_than_each_phase_alone(seed):
    covers, weight, _ = plane(120, 30, seed)
    answer = phased_cover(covers, weight, site_limits=[2, 2, 2])
    alone = sum(max_cover(covers, weight, site_limit=number).objective for number in (2, 4, 6))
    assert phase_by_phase(covers, weight, [2, 2, 2]) <= answer.objective <= alone
    assert answer.status == "optimal"


def test_looking_ahead_beats_phase_by_phase():
    """B covers most by itself, but A and C together cover all; who opens B first cannot do that in two phases.

    A: rows 0 1 2 · · ·      3 + 3
    B: rows · 1 2 3 4 ·      4
    C: rows · · · 3 4 5
    """
    covers = np.array([[1, 1, 1, 0, 0, 0], [0, 1, 1, 1, 1, 0], [0, 0, 0, 1, 1, 1]], dtype=bool).T
    weight = np.ones(6)
    answer = phased_cover(sp.csr_array(covers), weight, site_limits=[1, 1], phase_weight=[1, 2])
    assert answer.objective == 3 + 2 * 6
    assert answer.phase[1] == -1
    greedy = max_cover(sp.csr_array(covers), weight, site_limit=1)
    assert greedy.selected.tolist() == [1]
    now = phased_cover(sp.csr_array(covers), weight, site_limits=[1, 1], phase_weight=[3, 1])
    assert now.opened_in(1).tolist() == [1]
    assert now.covered.tolist() == [4, 5]


def test_rent_goes_on_and_a_price_paid_once_does_not():
    covers, weight, cost = sp.csr_array(np.eye(2, dtype=bool)), [3.0, 2.0], [1.0, 1.0]
    rent = phased_cover(covers, weight, cost=cost, budgets=[1, 1], recurring=True)
    assert rent.phase.tolist() == [1, -1]
    once = phased_cover(covers, weight, cost=cost, budgets=[1, 1], recurring=False)
    assert once.phase.tolist() == [1, 2]


def test_a_site_that_a_later_budget_cannot_pay_is_not_opened():
    covers, weight, cost = sp.csr_array(np.eye(2, dtype=bool)), [3.0, 2.0], [4.0, 1.0]
    assert phased_cover(covers, weight, cost=cost, budgets=[9, 1], recurring=True).phase.tolist() == [-1, 1]


def test_the_same_call_gives_the_same_plan_and_leaves_its_arguments():
    covers, weight, cost = plane(100, 25)
    before = covers.copy(), weight.copy(), cost.copy()
    plans = [phased_cover(covers, weight, cost=cost, budgets=[8, 12, 20], seed=2).phase.tolist() for _ in range(2)]
    assert plans[0] == plans[1]
    assert (covers != before[0]).nnz == 0
    assert (weight == before[1]).all()
    assert (cost == before[2]).all()


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({}, "no_phase_limits"),
        ({"site_limits": 2}, "phases_differ"),
        ({"site_limits": []}, "phases_differ"),
        ({"site_limits": [[1, 2]]}, "phases_differ"),
        ({"site_limits": [1, 2], "budgets": [1.0], "cost": [1, 1, 1]}, "phases_differ"),
        ({"budgets": [1.0, 2.0]}, "budget_without_cost"),
        ({"budgets": [1.0, -2.0], "cost": [1, 1, 1]}, "negative"),
        ({"budgets": [1.0], "cost": [1, 1]}, "wrong_shape"),
        ({"site_limits": [1, 1.5]}, "not_whole"),
        ({"site_limits": [1, -1]}, "negative"),
        ({"site_limits": [1, np.nan]}, "not_finite"),
        ({"site_limits": [1, 1], "phase_weight": [1]}, "wrong_shape"),
        ({"site_limits": [1, 1], "phase_weight": [1, -1]}, "negative"),
        ({"site_limits": [1, 1], "fixed": [3]}, "index_out_of_range"),
        ({"site_limits": [1], "fixed": [0], "forbidden": [0]}, "fixed_and_forbidden"),
        ({"site_limits": [1], "time_limit_s": 0}, "bad_time_limit"),
        ({"site_limits": [1], "gap": -1}, "bad_limit"),
    ],
)
def test_a_bad_argument_gets_its_own_error(arguments, key):
    with pytest.raises(ArgumentError) as caught:
        phased_cover(sp.csr_array(np.ones((2, 3))), [1.0, 1.0], **arguments)
    assert caught.value.key == key
    assert caught.value.message("zh") != caught.value.message("en")


@pytest.mark.parametrize(
    ("weight", "key"), [(np.ones((3, 2)), "wrong_shape"), ([1.0], "wrong_shape"), ([1.0, -1.0], "negative")]
)
def test_a_bad_weight_gets_its_own_error(weight, key):
    with pytest.raises(ArgumentError) as caught:
        phased_cover(sp.csr_array(np.ones((2, 3))), weight, site_limits=[1, 1])
    assert caught.value.key == key


def test_out_of_time_is_an_answer_with_a_bound():
    covers, weight, cost = plane(600, 200)
    answer = phased_cover(covers, weight, cost=cost, budgets=[30, 60, 90], time_limit_s=0.3)
    assert answer.status == "feasible"
    assert 0 < answer.objective < answer.bound
    assert answer.gap == pytest.approx((answer.bound - answer.objective) / answer.bound)
    assert answer.runtime_s < LATE_S


def test_stopped_on_the_way_it_returns_the_best_so_far():
    covers, weight, cost = plane(600, 200)
    ends = time.perf_counter() + 0.7
    with stop_when(lambda: time.perf_counter() > ends):
        answer = phased_cover(covers, weight, cost=cost, budgets=[30, 60, 90], time_limit_s=60)
    assert (answer.method, answer.status) == ("interrupted", "feasible")
    assert 0 < answer.objective <= answer.bound
    assert answer.runtime_s < LATE_S


def test_a_model_told_to_stop_at_once_has_an_answer():
    covers, weight, _ = plane(100, 25)
    with stop_when(lambda: True):
        answer = phased_cover(covers, weight, site_limits=[2, 2])
    assert answer.method == "interrupted"
    assert answer.objective <= answer.bound
