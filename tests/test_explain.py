import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import ArgumentError
from planner.siting.alternatives import alternatives
from planner.siting.covering.max_cover.max_cover import max_cover
from planner.siting.explain import explain


def covered_weight(covers, weight, selected):
    return float(weight[covers[:, [int(j) for j in selected]].any(axis=1)].sum())


@st.composite
def towns(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, sites = draw(st.integers(0, 12)), draw(st.integers(0, 7))
    covers = rng.random((rows, sites)) < draw(st.sampled_from([0.1, 0.3, 0.6]))
    if sites > 1 and draw(st.booleans()):
        covers[:, 1] = covers[:, 0]
    weight = rng.choice([0.0, 1.0, 2.5, 7.0, 1 / 3], rows)
    lot = rng.permutation(sites)
    return covers, weight, lot[: draw(st.integers(0, 2))], lot[2 : 2 + draw(st.integers(0, 2))], rng


@settings(max_examples=200, deadline=None)
@given(towns(), st.integers(0, 3), st.booleans())
def test_every_figure_is_what_trying_gives(town, number, best):
    covers, weight, fixed, forbidden, rng = town
    sites = covers.shape[1]
    free = np.setdiff1d(np.arange(sites), np.concatenate([fixed, forbidden]))
    plan = rng.permutation(free)[:number]
    if best:
        plan = max_cover(sp.csr_array(covers), weight, site_limit=number, fixed=fixed, forbidden=forbidden).selected
    answer = explain(sp.csr_array(covers), weight, plan, fixed=fixed, forbidden=forbidden)
    selected = np.union1d(plan, fixed).astype(int)
    new = np.setdiff1d(selected, fixed)
    value = covered_weight(covers, weight, selected)
    assert answer.covered == pytest.approx(value)
    assert answer.selected.tolist() == selected.tolist()
    assert answer.others.tolist() == np.setdiff1d(free, selected).tolist()
    for i, site in enumerate(selected):
        without = covered_weight(covers, weight, np.setdiff1d(selected, [site]))
        assert answer.reach[i] == pytest.approx(covered_weight(covers, weight, [site]))
        assert answer.loss[i] == answer.alone[i] == pytest.approx(value - without)
    for i, site in enumerate(answer.others):
        assert answer.gain[i] == pytest.approx(covered_weight(covers, weight, [*selected, site]) - value)
        if not len(new):
            assert np.isnan(answer.forced_loss[i])
            continue
        most = max(
            covered_weight(covers, weight, [*fixed, site, *rest])
            for rest in itertools.combinations(np.setdiff1d(free, [site]), min(len(new), len(free)) - 1)
        )
        assert answer.forced_loss[i] == pytest.approx(value - most, abs=1e-9)
        assert answer.forced_loss_bound[i] == pytest.approx(value - most, abs=1e-9)


def test_out_of_time_leaves_swaps_and_true_bounds():
    rng = np.random.default_rng(1)
    covers, weight = sp.csr_array(rng.random((2000, 300)) < 0.03), rng.integers(1, 100, 2000).astype(float)
    plan = max_cover(covers, weight, site_limit=15, time_limit_s=2).selected
    answer = explain(covers, weight, plan, time_limit_s=1)
    assert (answer.forced_loss_bound <= answer.forced_loss + 1e-9).all()
    assert np.isfinite(answer.forced_loss).all()


def allowed_sets(covers, limits):
    free = [j for j in range(covers.shape[1]) if j not in limits["fixed"] and j not in limits["forbidden"]]
    for size in range(len(free) + 1):
        if limits["site_limit"] is not None and size > limits["site_limit"]:
            return
        for chosen in itertools.combinations(free, size):
            if limits["budget"] is None or limits["cost"][list(chosen)].sum() <= limits["budget"] + 1e-9:
                yield set(chosen)


@settings(max_examples=250, deadline=None)
@given(
    towns(), st.integers(1, 3), st.sampled_from([(0, None), (1, None), (3, None), (None, 2.0), (None, 4.5), (2, 4.5)])
)
def test_every_plan_is_the_best_that_differs_enough(town, difference, room):
    covers, weight, fixed, forbidden, rng = town
    limits = {
        "site_limit": room[0], "budget": room[1], "cost": rng.choice([0.0, 1.0, 2.0, 3.5], covers.shape[1]),
        "fixed": fixed, "forbidden": forbidden,
    }  # fmt: skip
    plans = alternatives(sp.csr_array(covers), weight, count=5, min_difference=difference, **limits)
    everything = list(allowed_sets(covers, limits))
    before = []
    for plan in plans:
        new = set(plan.solution.selected.tolist()) - set(fixed.tolist())
        left = [chosen for chosen in everything if all(len(other - chosen) >= difference for other in before)]
        most = max(covered_weight(covers, weight, [*chosen, *fixed]) for chosen in left)
        assert new in left
        assert plan.solution.objective == pytest.approx(most)
        assert plan.solution.objective == pytest.approx(covered_weight(covers, weight, plan.solution.selected))
        assert plan.solution.bound == pytest.approx(most)
        assert plan.solution.status == "optimal"
        assert plan.difference == (len(before[0] - new) if before else 0)
        for site in new:  # sites that add nothing are no part of a plan
            assert covered_weight(covers, weight, [*(new - {site}), *fixed]) < plan.solution.objective
        before.append(new)
    if len(plans) < 5:
        assert not [chosen for chosen in everything if all(len(other - chosen) >= difference for other in before)]


def test_the_best_plan_comes_first_and_the_order_falls():
    rng = np.random.default_rng(3)
    covers, weight = sp.csr_array(rng.random((200, 40)) < 0.1), rng.integers(1, 50, 200).astype(float)
    plans = alternatives(covers, weight, count=4, min_difference=2, site_limit=5)
    values = [plan.solution.objective for plan in plans]
    assert values[0] == max_cover(covers, weight, site_limit=5).objective
    assert values == sorted(values, reverse=True)
    assert plans[0].difference == 0
    assert min(plan.difference for plan in plans[1:]) >= 2


ONE = sp.csr_array(np.ones((2, 3), dtype=bool))


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({"weight": [1, -1]}, "negative"),
        ({"weight": [1]}, "wrong_shape"),
        ({"selected": [3]}, "index_out_of_range"),
        ({"selected": [0.5]}, "not_indices"),
        ({"selected": [0], "forbidden": [0]}, "fixed_and_forbidden"),
        ({"fixed": [0], "forbidden": [0]}, "fixed_and_forbidden"),
        ({"time_limit_s": 0}, "bad_time_limit"),
        ({"gap": -1}, "bad_limit"),
        ({"covers": "covers"}, "covers_not_a_matrix"),
    ],
)
def test_a_bad_argument_of_explain_gets_its_own_error(arguments, key):
    with pytest.raises(ArgumentError) as caught:
        explain(**{"covers": ONE, "weight": [1, 1], "selected": [1], **arguments})
    assert caught.value.key == key
    assert caught.value.message("zh") != caught.value.message("en")


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({"count": 0}, "not_a_count"),
        ({"count": 1.5}, "not_a_count"),
        ({"min_difference": 0}, "not_a_count"),
        ({"min_difference": True}, "not_a_count"),
        ({"site_limit": None}, "no_limit"),
        ({"site_limit": -1}, "bad_limit"),
        ({"budget": 1.0}, "budget_without_cost"),
        ({"weight": [1, np.nan]}, "not_finite"),
        ({"fixed": [7]}, "index_out_of_range"),
        ({"time_limit_s": -1}, "bad_time_limit"),
    ],
)
def test_a_bad_argument_of_alternatives_gets_its_own_error(arguments, key):
    with pytest.raises(ArgumentError) as caught:
        alternatives(**{"covers": ONE, "weight": [1, 1], "count": 2, "min_difference": 1, "site_limit": 1, **arguments})
    assert caught.value.key == key
    assert caught.value.message("zh") != caught.value.message("en")
