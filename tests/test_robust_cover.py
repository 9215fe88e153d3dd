"""Covering in several scenarios against every plan of tiny towns, and what must hold for any."""

import itertools
import time

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from interrupts import LATE_S

from planner.errors import ArgumentError
from planner.siting import max_cover, robust_cover, stop_when

GOALS = ("average", "worst", "regret")


def shares(covers, weight, selected):
    """The covered share of each scenario."""
    chosen = np.array(sorted(selected), dtype=int)
    return np.array([w[c[:, chosen].any(axis=1)].sum() / w.sum() for c, w in zip(covers, weight, strict=True)])


def allowed_sets(sites, *, site_limit, cost, budget, fixed, forbidden):
    free = [j for j in range(sites) if j not in fixed and j not in forbidden]
    for size in range(len(free) + 1):
        for chosen in itertools.combinations(free, size):
            fits = budget is None or cost[list(chosen)].sum() <= budget
            if fits and (site_limit is None or size <= site_limit):
                yield [*chosen, *fixed]


def best_by_trying_all(covers, weight, likelihood, limits):
    """What each goal comes to at best."""
    table = np.array([shares(covers, weight, some) for some in allowed_sets(covers[0].shape[1], **limits)])
    regret = table.max(axis=0) - table
    chance = likelihood / likelihood.sum()
    return {"average": (table @ chance).max(), "worst": table.min(axis=1).max(), "regret": regret.max(axis=1).min()}


@st.composite
def towns(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sites, count = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    same = draw(st.booleans())  # the same rows in all scenarios, as at lunch and at dinner
    density = draw(st.sampled_from([0.15, 0.3, 0.6]))
    rows = [draw(st.integers(1, 8))] * count if same else rng.integers(1, 8, count).tolist()
    covers = [rng.random((n, sites)) < density for n in rows]
    if same:
        covers = [covers[0]] * count
    if sites > 1 and draw(st.booleans()):
        covers[-1] = covers[-1].copy()
        covers[-1][:, 0] = False  # a site that is shut in the last scenario
    weight = [rng.choice([0.0, 1.0, 2.5, 7.0, 1 / 3], n) for n in rows]
    for each in weight:
        each[0] = 1.0
    likelihood = rng.choice([0.0, 0.5, 1.0, 3.0], count)
    likelihood[0] = 1.0
    lot = rng.permutation(sites)
    budget = draw(st.sampled_from([None, 0.0, 2.0, 4.0]))
    limits = {
        "site_limit": draw(st.sampled_from([0, 1, 2, 9] if budget is None else [None, 2])),
        "budget": budget,
        "cost": rng.choice([0.0, 1.0, 2.0, 3.5], sites),
        "fixed": lot[: draw(st.integers(0, 1))],
        "forbidden": lot[1 : 1 + draw(st.integers(0, 1))],
    }
    return covers, weight, likelihood, limits


@settings(max_examples=150, deadline=None)
@given(towns())
def test_is_the_best_of_all_sets(town):
    covers, weight, likelihood, limits = town
    best = best_by_trying_all(covers, weight, likelihood, limits)
    sparse = [sp.csr_array(each) for each in covers]
    for goal in GOALS:
        answer = robust_cover(sparse, weight, goal=goal, likelihood=likelihood, **limits)
        assert answer.objective == pytest.approx(best[goal], abs=1e-8), goal
        assert answer.bound == pytest.approx(best[goal], abs=1e-8), goal
        assert answer.status == "optimal"
        found = shares(covers, weight, answer.selected)
        assert answer.share == pytest.approx(found)
        value = {"average": found @ likelihood / likelihood.sum(), "worst": found.min(),
                 "regret": (answer.best_share - found).max()}  # fmt: skip
        assert value[goal] == pytest.approx(best[goal], abs=1e-8)
        new = np.setdiff1d(answer.selected, limits["fixed"])
        assert np.isin(limits["fixed"], answer.selected).all()
        assert not np.isin(limits["forbidden"], answer.selected).any()
        assert limits["site_limit"] is None or len(new) <= limits["site_limit"]
        assert limits["budget"] is None or limits["cost"][new].sum() <= limits["budget"] + 1e-9


def plane(rows, sites, scenarios=4, seed=1):
    """A town in the plane; in each scenario other weights, and another place that nobody can cross."""
    rng = np.random.default_rng(seed)
    demand, site = rng.random((rows, 2)), rng.random((sites, 2))
    near = ((demand[:, None, :] - site[None, :, :]) ** 2).sum(axis=2) <= 25 / (np.pi * rows)
    covers, weight = [], []
    for _ in range(scenarios):
        cut = rng.random()
        apart = (demand[:, None, 0] < cut) != (site[None, :, 0] < cut)
        covers.append(sp.csr_array(near & ~apart))
        weight.append(rng.integers(1, 100, rows) * np.where(demand[:, 1] < rng.random(), 4.0, 1.0))
    return covers, weight, rng.integers(1, 9, sites).astype(float)


@pytest.mark.parametrize("limits", [{"site_limit": 4}, {"budget": 12}])
def test_each_goal_is_best_by_its_own_measure(limits):
    covers, weight, cost = plane(80, 20)
    found = {goal: robust_cover(covers, weight, goal=goal, cost=cost, **limits) for goal in GOALS}
    assert all(answer.status == "optimal" for answer in found.values())
    for answer in found.values():
        assert answer.share.mean() <= found["average"].objective + 1e-9
        assert answer.share.min() <= found["worst"].objective + 1e-9
        assert (found["regret"].best_share - answer.share).max() >= found["regret"].objective - 1e-9
    assert found["worst"].objective < found["worst"].best_share.min() + 1e-9
    assert found["regret"].objective > 0


@pytest.mark.parametrize("goal", GOALS)
def test_one_scenario_is_maximal_covering(goal):
    covers, weight, _ = plane(150, 40, 1)
    answer = robust_cover(covers, weight, goal=goal, site_limit=5)
    most = max_cover(covers[0], weight[0], site_limit=5).objective / weight[0].sum()
    assert answer.share[0] == pytest.approx(most)
    assert answer.objective == pytest.approx(0.0 if goal == "regret" else most)


def test_who_plans_for_the_average_forgets_the_evening():
    """A and B stand where the many eat lunch, C where the few eat dinner: two may open."""
    covers = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=bool)
    weight = [np.array([5.0, 5.0, 0.0]), np.array([1.0, 0.0, 9.0])]
    both = [sp.csr_array(covers)] * 2
    often = {"likelihood": [9, 1], "site_limit": 2}
    assert robust_cover(both, weight, goal="average", **often).selected.tolist() == [0, 1]
    assert robust_cover(both, weight, goal="worst", **often).selected.tolist() == [0, 2]
    regret = robust_cover(both, weight, goal="regret", **often)
    assert regret.objective == pytest.approx(0.5)
    assert regret.best_share.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("goal", GOALS)
def test_the_same_call_gives_the_same_sites_and_leaves_its_arguments(goal):
    covers, weight, _ = plane(60, 15)
    before = [each.copy() for each in covers], [each.copy() for each in weight]
    calls = [robust_cover(covers, weight, goal=goal, site_limit=4, seed=3).selected.tolist() for _ in range(2)]
    assert calls[0] == calls[1]
    assert all((a != b).nnz == 0 for a, b in zip(covers, before[0], strict=True))
    assert all((a == b).all() for a, b in zip(weight, before[1], strict=True))


ONES = [sp.csr_array(np.ones((2, 3)))] * 2


@pytest.mark.parametrize(
    ("covers", "weight", "arguments", "key"),
    [
        (ONES, [[1, 1], [1, 1]], {"goal": "best", "site_limit": 1}, "unknown_goal"),
        (ONES, [[1, 1]], {"site_limit": 1}, "scenarios_differ"),
        ([], [], {"site_limit": 1}, "scenarios_differ"),
        ([ONES[0], sp.csr_array(np.ones((2, 2)))], [[1, 1], [1, 1]], {"site_limit": 1}, "scenario_sites_differ"),
        (ONES, [[1, 1], [0, 0]], {"site_limit": 1}, "scenario_without_weight"),
        (ONES, [[1, 1], [1, -1]], {"site_limit": 1}, "negative"),
        (ONES, [[1, 1], [1]], {"site_limit": 1}, "wrong_shape"),
        (ONES, [[1, 1], [1, 1]], {"site_limit": 1, "likelihood": [1]}, "wrong_shape"),
        (ONES, [[1, 1], [1, 1]], {"site_limit": 1, "likelihood": [0, 0]}, "no_likelihood"),
        (ONES, [[1, 1], [1, 1]], {}, "no_limit"),
        (ONES, [[1, 1], [1, 1]], {"budget": 1.0}, "budget_without_cost"),
        (ONES, [[1, 1], [1, 1]], {"site_limit": 1, "fixed": [7]}, "index_out_of_range"),
        (ONES, [[1, 1], [1, 1]], {"site_limit": 1, "time_limit_s": 0}, "bad_time_limit"),
    ],
)
def test_a_bad_argument_gets_its_own_error(covers, weight, arguments, key):
    with pytest.raises(ArgumentError) as caught:
        robust_cover(covers, weight, **{"goal": "worst", **arguments})
    assert caught.value.key == key
    assert caught.value.message("zh") != caught.value.message("en")


@pytest.mark.parametrize("goal", GOALS)
def test_out_of_time_is_an_answer_with_a_bound(goal):
    covers, weight, _ = plane(800, 300, 6)
    answer = robust_cover(covers, weight, goal=goal, site_limit=25, time_limit_s=0.3)
    assert answer.runtime_s < LATE_S
    assert (answer.best_share <= answer.best_bound + 1e-9).all()
    if goal == "regret":
        assert 0 <= answer.bound <= answer.objective
    else:
        assert 0 < answer.objective <= answer.bound <= 1


@pytest.mark.parametrize("after_s", [0.0, 0.5])
@pytest.mark.parametrize("goal", ["worst", "regret"])
def test_stopped_it_returns_the_best_so_far(goal, after_s):
    covers, weight, _ = plane(800, 300, 6)
    ends = time.perf_counter() + after_s
    with stop_when(lambda: time.perf_counter() > ends):
        answer = robust_cover(covers, weight, goal=goal, site_limit=25, time_limit_s=60)
    assert answer.method == "interrupted"
    assert answer.runtime_s < LATE_S
    assert len(answer.selected) <= 25
    assert answer.bound <= answer.objective if goal == "regret" else answer.objective <= answer.bound
