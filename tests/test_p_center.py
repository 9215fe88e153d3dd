import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from interrupts import LATE_S, interrupted_after
from shared_data import shared_data

from benchmarks.instances import network, optimum
from planner.errors import ArgumentError, PlannerError
from planner.siting.center.p_center import p_center


def worst(distance, weight, selected):
    """The largest weight × distance; inf in ``distance`` is no way."""
    nearest = np.min(distance[:, list(selected)], axis=1, initial=np.inf)
    return float((weight[weight > 0] * nearest[weight > 0]).max(initial=0.0))


def least_by_trying_all(distance, weight, *, site_limit, fixed, forbidden):
    free = [j for j in range(distance.shape[1]) if j not in fixed and j not in forbidden]
    size = min(site_limit, len(free))
    return min(worst(distance, weight, [*chosen, *fixed]) for chosen in itertools.combinations(free, size))


def pairs_within(distance):
    """The finite distances as a CSR array; a distance of 0 is stored."""
    row, site = np.nonzero(np.isfinite(distance))
    return sp.csr_array((distance[row, site], (row, site)), shape=distance.shape)


@st.composite
def towns(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, sites = draw(st.integers(0, 14)), draw(st.integers(0, 8))
    kind = draw(st.sampled_from(["whole", "few", "plane"]))
    if kind == "plane":
        distance = np.linalg.norm(rng.random((rows, 1, 2)) - rng.random((1, sites, 2)), axis=2)
    else:  # many ties, and distances of 0
        distance = rng.integers(0, 30 if kind == "whole" else 3, (rows, sites)).astype(float)
    if sites > 1 and draw(st.booleans()):
        distance[:, -1] = distance[:, 0]  # two sites in one place
    distance[rng.random((rows, sites)) < draw(st.sampled_from([0.0, 0.0, 0.2, 0.5]))] = np.inf
    weight = rng.choice([0.0, 1.0, 2.5, 7.0, 1 / 3] if draw(st.booleans()) else [1.0], rows)
    lot = rng.permutation(sites)
    fixed, forbidden = lot[: draw(st.integers(0, 2))], lot[2 : 2 + draw(st.integers(0, 2))]
    return distance, weight, draw(st.booleans()), {
        "site_limit": draw(st.sampled_from([0, 1, 2, 3, 4, 50])), "fixed": fixed, "forbidden": forbidden,
    }  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(towns())
def test_is_the_least_of_all_sets(town):
    distance, weight, sparse, arguments = town
    answer = p_center(pairs_within(distance) if sparse else distance, weight=weight, **arguments)
    least = least_by_trying_all(distance, weight, **arguments)
    assert answer.objective == least
    assert answer.objective == worst(distance, weight, answer.selected)
    assert (answer.status, answer.gap, answer.bound) == ("optimal", 0.0, least)
    new = np.setdiff1d(answer.selected, arguments["fixed"])
    assert (np.diff(answer.selected) > 0).all()
    assert np.isin(arguments["fixed"], answer.selected).all()
    assert not np.isin(arguments["forbidden"], answer.selected).any()
    assert len(new) <= arguments["site_limit"]
    assert np.isin(new, answer.assignment).all()  # no site is opened for nobody
    nearest = np.min(distance[:, answer.selected], axis=1, initial=np.inf)
    served = answer.assignment >= 0
    assert (served == np.isfinite(nearest)).all()
    assert np.isin(answer.assignment[served], answer.selected).all()
    rows = np.flatnonzero(served)
    assert (distance[rows, answer.assignment[rows]] == nearest[rows]).all()


@settings(max_examples=60, deadline=None)
@given(towns(), st.floats(1e-4, 0.01), st.sampled_from([0.0, 0.05, 0.5]))
def test_the_bound_is_true_whenever_it_stops(town, time_limit_s, gap):
    distance, weight, _, arguments = town
    answer = p_center(distance, weight=weight, **arguments, time_limit_s=time_limit_s, gap=gap)
    least = least_by_trying_all(distance, weight, **arguments)
    assert answer.bound <= least <= answer.objective
    assert answer.status == ("optimal" if answer.gap <= gap else "feasible")


def plane(rows=80, sites=40, seed=1):
    rng = np.random.default_rng(seed)
    return np.linalg.norm(rng.random((rows, 1, 2)) - rng.random((1, sites, 2)), axis=2)


@pytest.mark.parametrize("seed", range(8))
def test_is_the_least_of_all_triples_in_a_larger_town(seed):
    distance = plane(80, 22, seed)
    weight = np.random.default_rng(seed).integers(1, 9, 80).astype(float)
    for values, fixed in ((np.ones(80), []), (weight, [3]), (weight, [])):
        answer = p_center(distance, weight=values, site_limit=3, fixed=fixed)
        assert answer.objective == least_by_trying_all(distance, values, site_limit=3, fixed=fixed, forbidden=[])
        assert answer.status == "optimal"


def test_one_more_site_never_is_worse():
    distance = plane()
    found = [p_center(distance, site_limit=p).objective for p in range(0, 41, 3)]
    assert found == sorted(found, reverse=True)
    assert found[0] == np.inf


def test_the_order_of_rows_and_sites_does_not_matter():
    distance = plane()
    rows, sites = np.random.default_rng(5).permutation(80), np.random.default_rng(6).permutation(40)
    assert p_center(distance[rows][:, sites], site_limit=6).objective == p_center(distance, site_limit=6).objective


def test_the_same_call_gives_the_same_sites():
    distance = plane(300, 300)
    calls = [p_center(distance, site_limit=15, seed=3) for _ in range(2)]
    assert calls[0].selected.tolist() == calls[1].selected.tolist()
    assert calls[0].status == "optimal"


def test_a_heavier_row_is_served_from_nearer():
    distance = np.array([[0.0, 4.0], [4.0, 0.0]])
    assert p_center(distance, site_limit=1, weight=[3.0, 1.0]).selected.tolist() == [0]
    assert p_center(distance, site_limit=1, weight=[1.0, 3.0]).selected.tolist() == [1]


@pytest.mark.parametrize("layout", [np.asfortranarray, lambda d: d.astype(np.float32), lambda d: d[::-1][::-1]])
def test_arguments_are_left_as_they_were(layout):
    distance = layout(plane())
    before = distance.copy()
    p_center(distance, site_limit=4)
    assert (distance == before).all()


def test_who_cannot_be_reached_makes_it_infinite_and_the_others_are_served_well():
    pairs = sp.csr_array((np.array([0.0, 5.0, 6.0, 1.0]), ([0, 0, 1, 1], [0, 1, 0, 1])), shape=(3, 2))
    answer = p_center(pairs, site_limit=1)
    assert (answer.objective, answer.bound, answer.gap, answer.status) == (np.inf, np.inf, 0.0, "optimal")
    assert answer.selected.tolist() == [1]
    assert answer.assignment.tolist() == [1, 1, -1]


def test_too_few_sites_to_reach_everybody_is_proven():
    pairs = sp.csr_array(np.eye(3) + 1.0 * (np.eye(3) > 0))
    answer = p_center(pairs, site_limit=2)
    assert (answer.objective, answer.bound, answer.gap, answer.status) == (np.inf, np.inf, 0.0, "optimal")
    assert len(answer.selected) == 2
    assert (answer.assignment >= 0).sum() == 2


def test_out_of_time_is_an_answer_with_a_bound():
    distance = plane(1500, 1500)
    p_center(distance[:60, :60], site_limit=5)  # compile
    answer = p_center(distance, site_limit=40, time_limit_s=0.5)
    assert answer.status == "feasible"
    assert 0 < answer.bound < answer.objective
    assert answer.gap == pytest.approx((answer.objective - answer.bound) / answer.objective)
    assert answer.runtime_s < LATE_S


def test_an_interrupt_gives_the_best_so_far():
    distance = plane(1500, 1500)
    with interrupted_after(1.5):
        answer = p_center(distance, site_limit=40, time_limit_s=5)
    assert answer.method == "interrupted"
    assert answer.objective == worst(distance, np.ones(1500), answer.selected)
    assert answer.bound <= answer.objective


def test_a_gap_that_was_asked_for_is_kept():
    distance = plane(200, 200)
    answer = p_center(distance, site_limit=12, gap=0.2)
    exact = p_center(distance, site_limit=12)
    assert answer.status == "optimal"
    assert answer.gap <= 0.2
    assert answer.bound <= exact.objective <= answer.objective


def test_no_site_and_no_row_are_answers_too():
    nobody = p_center(np.empty((0, 3)), site_limit=2)
    assert (nobody.objective, nobody.selected.size, nobody.status) == (0.0, 0, "optimal")
    nowhere = p_center(np.empty((2, 0)), site_limit=2)
    assert (nowhere.objective, nowhere.assignment.tolist(), nowhere.status) == (np.inf, [-1, -1], "optimal")


@pytest.mark.parametrize(
    "name",
    [f"pmed{k}" if k in (1, 5, 6, 17, 20) else pytest.param(f"pmed{k}", marks=pytest.mark.slow) for k in range(1, 21)],
)
def test_the_published_optimum_is_found_and_proven(name):
    shared_data("bench/pmed")
    distance, site_limit = network(name)
    answer = p_center(distance, site_limit=site_limit)
    assert answer.objective == optimum("pmed/pcenter_optimum.txt", name)
    assert (answer.status, answer.bound) == ("optimal", answer.objective)


TWO = np.ones((2, 3))


@pytest.mark.parametrize(
    ("distance", "arguments", "key"),
    [
        (TWO, {"weight": [1, -1]}, "negative"),
        (TWO, {"weight": [1, np.nan]}, "not_finite"),
        (TWO, {"weight": [1, np.inf]}, "not_finite"),
        (TWO, {"weight": [1]}, "wrong_shape"),
        (TWO, {"site_limit": -1}, "bad_limit"),
        (TWO, {"site_limit": 1.5}, "bad_limit"),
        (TWO, {"site_limit": np.inf}, "bad_limit"),
        (TWO, {"site_limit": None}, "bad_limit"),
        (TWO, {"fixed": [3]}, "index_out_of_range"),
        (TWO, {"forbidden": [-1]}, "index_out_of_range"),
        (TWO, {"fixed": [0.5]}, "not_indices"),
        (TWO, {"fixed": [1], "forbidden": [1]}, "fixed_and_forbidden"),
        (TWO, {"time_limit_s": 0}, "bad_time_limit"),
        (TWO, {"gap": -0.1}, "bad_limit"),
        (-TWO, {}, "bad_distance"),
        (TWO * np.nan, {}, "bad_distance"),
        (sp.csr_array(-TWO), {}, "bad_distance"),
        ([1.0, 2.0], {}, "distances_not_a_matrix"),
        ("distance", {}, "distances_not_a_matrix"),
        (sp.csr_array(([1.0, 2.0], [0, 0], [0, 2]), shape=(1, 2)), {}, "distances_not_a_matrix"),
    ],
)
def test_a_bad_argument_gets_its_own_error(distance, arguments, key):
    with pytest.raises(ArgumentError) as caught:
        p_center(distance, **{"site_limit": 1, **arguments})
    assert caught.value.key == key
    assert isinstance(caught.value, PlannerError)
    assert isinstance(caught.value, ValueError)
    assert caught.value.message("zh") != caught.value.message("en")
