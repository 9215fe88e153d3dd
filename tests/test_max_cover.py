import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from interrupts import LATE_S, interrupted_after
from scipy.spatial import cKDTree

from planner.errors import ArgumentError, PlannerError
from planner.siting import max_cover


def covered_weight(covers, weight, selected):
    return float(weight[covers[:, list(selected)].any(axis=1)].sum())


def best_by_trying_all(covers, weight, *, site_limit, cost, budget, fixed, forbidden):
    """The most weight that any allowed set of sites covers, by trying every one of them."""
    free = [j for j in range(covers.shape[1]) if j not in fixed and j not in forbidden]
    best = 0.0
    for size in range(len(free) + 1):
        if site_limit is not None and size > site_limit:
            break
        for chosen in itertools.combinations(free, size):
            if budget is None or cost[list(chosen)].sum() <= budget:
                best = max(best, covered_weight(covers, weight, [*chosen, *fixed]))
    return best


@st.composite
def towns(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, sites = draw(st.integers(0, 12)), draw(st.integers(0, 7))
    covers = rng.random((rows, sites)) < draw(st.sampled_from([0.1, 0.3, 0.6]))
    if sites > 1 and draw(st.booleans()):
        covers[:, 1] = covers[:, 0]  # two sites that cover the same
    weight = rng.choice([0.0, 1.0, 2.5, 7.0, 1 / 3], rows)
    cost = rng.choice([0.0, 1.0, 2.0, 3.5], sites)
    lot = rng.permutation(sites)
    fixed, forbidden = lot[: draw(st.integers(0, 2))], lot[2 : 2 + draw(st.integers(0, 2))]
    budget = draw(st.sampled_from([None, 0.0, 1.0, 4.0, 100.0]))
    site_limit = draw(st.sampled_from([0, 1, 2, 3, 50] if budget is None else [None, 0, 1, 2, 50]))
    return covers, weight, {
        "site_limit": site_limit, "cost": cost, "budget": budget, "fixed": fixed, "forbidden": forbidden,
    }  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(towns())
def test_is_the_best_of_all_sets(town):
    covers, weight, limits = town
    answer = max_cover(sp.csr_array(covers), weight, **limits)
    best = best_by_trying_all(covers, weight, **limits)
    assert answer.objective == pytest.approx(best)
    assert answer.objective == pytest.approx(covered_weight(covers, weight, answer.selected))
    assert (answer.status, answer.gap) == ("optimal", 0.0)
    assert answer.bound == pytest.approx(best)
    new = np.setdiff1d(answer.selected, limits["fixed"])
    assert np.isin(limits["fixed"], answer.selected).all()
    assert not np.isin(limits["forbidden"], answer.selected).any()
    assert limits["site_limit"] is None or len(new) <= limits["site_limit"]
    assert limits["budget"] is None or limits["cost"][new].sum() <= limits["budget"] + 1e-9
    for site in new:  # no site is opened for nothing
        assert covered_weight(covers, weight, np.setdiff1d(answer.selected, [site])) < answer.objective
    served = answer.assignment >= 0
    assert (served == covers[:, answer.selected].any(axis=1)).all()
    assert all(covers[row, answer.assignment[row]] for row in np.flatnonzero(served))
    assert np.isin(answer.assignment[served], answer.selected).all()


def town(rows=120, sites=60, seed=1):
    rng = np.random.default_rng(seed)
    return sp.csr_array(rng.random((rows, sites)) < 0.08), rng.integers(1, 100, rows).astype(float)


def test_one_more_site_never_covers_less():
    covers, weight = town()
    found = [max_cover(covers, weight, site_limit=p).objective for p in range(0, 30, 3)]
    assert found == sorted(found)
    assert found[0] == 0.0


def test_the_order_of_rows_and_sites_does_not_matter():
    covers, weight = town()
    rows, sites = np.random.default_rng(5).permutation(120), np.random.default_rng(6).permutation(60)
    straight = max_cover(covers, weight, site_limit=5)
    shuffled = max_cover(covers[rows][:, sites], weight[rows], site_limit=5)
    assert shuffled.objective == straight.objective


def test_the_same_call_gives_the_same_sites():
    covers, weight = town()
    calls = [max_cover(covers, weight, site_limit=6, seed=3) for _ in range(2)]
    assert calls[0].selected.tolist() == calls[1].selected.tolist()


def test_arguments_are_left_as_they_were():
    covers, weight = town()
    before = covers.copy(), weight.copy()
    max_cover(covers, weight, site_limit=4)
    assert (covers != before[0]).nnz == 0
    assert (weight == before[1]).all()


def test_out_of_time_is_an_answer_with_a_bound():
    covers, weight = town(3000, 800)
    max_cover(covers[:50], weight[:50], site_limit=3)  # compile
    answer = max_cover(covers, weight, site_limit=40, time_limit_s=0.05)
    assert answer.status == "feasible"
    assert answer.bound >= answer.objective
    assert answer.gap == pytest.approx((answer.bound - answer.objective) / answer.bound)
    assert answer.runtime_s < LATE_S


def test_a_gap_that_was_asked_for_is_kept():
    covers, weight = town()
    answer = max_cover(covers, weight, site_limit=5, gap=0.05)
    exact = max_cover(covers, weight, site_limit=5)
    assert answer.status == "optimal"
    assert answer.gap <= 0.05
    assert answer.objective <= exact.objective <= answer.bound * (1 + 1e-9)


ONE = sp.csr_array(np.ones((2, 3), dtype=bool))


@pytest.mark.parametrize(
    ("covers", "weight", "arguments", "key"),
    [
        (ONE, [1, 1], {}, "no_limit"),
        (ONE, [1, -1], {"site_limit": 1}, "negative"),
        (ONE, [1, np.nan], {"site_limit": 1}, "not_finite"),
        (ONE, [1, np.inf], {"site_limit": 1}, "not_finite"),
        (ONE, [1], {"site_limit": 1}, "wrong_shape"),
        (ONE, [1, 1], {"site_limit": -1}, "bad_limit"),
        (ONE, [1, 1], {"site_limit": 1.5}, "bad_limit"),
        (ONE, [1, 1], {"budget": 1.0}, "budget_without_cost"),
        (ONE, [1, 1], {"budget": -1.0, "cost": [1, 1, 1]}, "bad_limit"),
        (ONE, [1, 1], {"budget": 1.0, "cost": [1, 1]}, "wrong_shape"),
        (ONE, [1, 1], {"site_limit": 1, "fixed": [3]}, "index_out_of_range"),
        (ONE, [1, 1], {"site_limit": 1, "fixed": [-1]}, "index_out_of_range"),
        (ONE, [1, 1], {"site_limit": 1, "fixed": [0.5]}, "not_indices"),
        (ONE, [1, 1], {"site_limit": 1, "fixed": [True, False, False]}, "not_indices"),
        (ONE, [1, 1], {"site_limit": 1, "fixed": [1], "forbidden": [1]}, "fixed_and_forbidden"),
        (ONE, [1, 1], {"site_limit": 1, "time_limit_s": 0}, "bad_time_limit"),
        (ONE, [1, 1], {"site_limit": 1, "gap": -0.1}, "bad_limit"),
        ("covers", [1, 1], {"site_limit": 1}, "covers_not_a_matrix"),
    ],
)
def test_a_bad_argument_gets_its_own_error(covers, weight, arguments, key):
    with pytest.raises(ArgumentError) as caught:
        max_cover(covers, weight, **arguments)
    assert caught.value.key == key
    assert isinstance(caught.value, PlannerError)
    assert isinstance(caught.value, ValueError)
    assert caught.value.message("zh") != caught.value.message("en")


def plane(rows, sites, seed=1):
    """Demand and sites in the plane, each site covering a disc: about 25 rows a site."""
    rng = np.random.default_rng(seed)
    demand, site = rng.random((rows, 2)), rng.random((sites, 2))
    near = ((demand[:, None, :] - site[None, :, :]) ** 2).sum(axis=2) <= 25 / (np.pi * rows)
    return sp.csr_array(near), rng.integers(1, 100, rows).astype(float)


def test_both_limits_hold_at_once():
    covers, weight = plane(150, 40)
    cost = np.random.default_rng(2).integers(1, 9, 40).astype(float)
    by_count, by_money = (max_cover(covers, weight, **one) for one in ({"site_limit": 5}, {"budget": 20, "cost": cost}))
    both = max_cover(covers, weight, site_limit=5, budget=20, cost=cost)
    assert len(both.selected) <= 5
    assert cost[both.selected].sum() <= 20
    assert both.status == "optimal"
    assert both.objective <= min(by_count.objective, by_money.objective)


def test_a_town_of_a_thousand_is_proven():
    covers, weight = plane(1000, 600)
    answer = max_cover(covers, weight, site_limit=20, time_limit_s=60)
    assert answer.status == "optimal"
    assert "Lagrangian" in answer.method
    near = max_cover(covers, weight, site_limit=20, gap=0.02)
    assert near.objective <= answer.objective <= near.bound
    assert near.gap <= 0.02


@pytest.mark.parametrize("by_count", [True, False], ids=["count", "money"])
@pytest.mark.parametrize("scale", [1e-7, 1.0, 1e9])
def test_weights_that_are_no_whole_numbers_end_the_search_too(scale, by_count):
    """Their sums depend on the order; a search that takes the last bits for a gain swaps for ever."""
    rng = np.random.default_rng(7)
    at, sites = rng.random((300, 2)), rng.random((300, 2))
    covers = sp.csr_array(np.hypot(*(at[:, None] - sites[None]).transpose(2, 0, 1)) < 0.15)
    weight, cost = rng.lognormal(3, 1, 300) * scale, rng.uniform(0.1, 0.9, 300) * scale
    limits = {"site_limit": 15} if by_count else {"cost": cost, "budget": 5 * scale}
    answer = max_cover(covers, weight, **limits, time_limit_s=20)
    assert answer.runtime_s < 20 + LATE_S
    assert answer.gap < 0.01
    assert by_count or cost[answer.selected].sum() <= 5 * scale * (1 + 1e-9)


def crowded(size):
    """Clustered points of a unit square, who is within reach of whom, and whole-number weights: hard to prove."""
    rng = np.random.default_rng(7)
    middles = rng.random((15, 2))
    demand, site = (middles[rng.integers(0, 15, size)] + rng.normal(0, 0.08, (size, 2)) for _ in range(2))
    near = cKDTree(demand).sparse_distance_matrix(cKDTree(site), 0.04, output_type="coo_matrix")
    covers = sp.csr_array((np.ones(near.nnz, dtype=bool), (near.row, near.col)), shape=(size, size))
    return covers, rng.integers(1, 50, size).astype(float)


def test_an_interrupt_returns_the_best_so_far():
    covers, weight = crowded(6000)
    max_cover(covers[:50], weight[:50], site_limit=3)  # compile
    with interrupted_after(1.5):
        answer = max_cover(covers, weight, site_limit=120, time_limit_s=60)
    assert (answer.method, answer.status) == ("interrupted", "feasible")
    assert answer.runtime_s < LATE_S
    assert 0 < answer.objective <= answer.bound <= weight.sum()


@pytest.mark.parametrize("limits", [{"site_limit": 60}, {"budget": 60.0}, {"site_limit": 60, "budget": 50.0}])
@pytest.mark.parametrize("time_limit_s", [0.3, 1.0])
def test_the_time_limit_is_kept(limits, time_limit_s):
    covers, weight = crowded(3000)
    max_cover(covers[:50], weight[:50], site_limit=3)  # compile
    cost = np.random.default_rng(1).uniform(0.5, 2.0, 3000)
    answer = max_cover(covers, weight, **limits, cost=cost, time_limit_s=time_limit_s)
    assert answer.runtime_s < LATE_S
    assert 0 < answer.objective <= answer.bound  # how near they are is up to the speed of the machine
    assert len(answer.selected) <= limits.get("site_limit", 3000)
    assert cost[answer.selected].sum() <= limits.get("budget", np.inf) * (1 + 1e-9)
