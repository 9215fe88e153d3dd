import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import ArgumentError
from planner.siting.covering.max_cover.max_cover import max_cover
from planner.siting.unmet import smallest_limit, smallest_radius, unmet

DISTANCE = np.array([[0.0, 5.0, 9.0], [4.0, 4.0, 8.0], [7.0, 6.0, 1.0], [np.inf, np.inf, np.inf]])


def test_rows_that_nobody_reaches_are_named_with_their_nearest_site():
    answer = unmet(DISTANCE, 3, weight=[1, 2, 3, 4])
    assert answer.rows.tolist() == [1, 3]
    assert answer.weight.tolist() == [2, 4]
    assert answer.nearest.tolist() == [0, -1]
    assert answer.distance.tolist() == [4, np.inf]


def test_the_radius_is_inclusive_and_a_stored_zero_is_a_distance():
    finite = np.isfinite(DISTANCE)
    pairs = sp.csr_array((DISTANCE[finite], np.nonzero(finite)), shape=DISTANCE.shape)
    assert unmet(pairs, 4).rows.tolist() == [3]
    assert unmet(pairs, 0).rows.tolist() == [1, 2, 3]


def test_forbidden_sites_serve_nobody():
    answer = unmet(DISTANCE, 4, forbidden=[0, 2])
    assert answer.rows.tolist() == [0, 2, 3]
    assert answer.nearest.tolist() == [1, 1, -1]
    assert answer.weight.tolist() == [1, 1, 1]


@st.composite
def maps(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, sites = draw(st.integers(0, 9)), draw(st.integers(0, 6))
    distance = rng.integers(0, 12, (rows, sites)).astype(float)
    distance[rng.random((rows, sites)) < 0.2] = np.inf
    lot = rng.permutation(sites)
    limits = {"fixed": lot[: draw(st.integers(0, 1))], "forbidden": lot[1 : 1 + draw(st.integers(0, 2))]}
    kind = draw(st.sampled_from(["none", "count", "money"]))
    if kind == "count":
        limits["site_limit"] = draw(st.integers(0, 3))
    elif kind == "money":
        limits |= {"cost": rng.choice([0.0, 1.0, 2.0], sites), "budget": draw(st.sampled_from([0.0, 1.0, 3.0]))}
    return distance, rng.choice([0.0, 1.0, 3.0], rows), draw(st.sampled_from([0.0, 0.4, 0.8, 1.0])), limits


@settings(max_examples=200, deadline=None)
@given(maps(), st.booleans())
def test_no_smaller_radius_does(town, as_pairs):
    distance, weight, share, limits = town
    finite = np.isfinite(distance)
    pairs = sp.csr_array((distance[finite], np.nonzero(finite)), shape=distance.shape) if as_pairs else distance
    answer = smallest_radius(pairs, weight, target_share=share, **limits)
    smallest, solution = np.inf, None
    if "site_limit" not in limits and "budget" not in limits:
        limits = {**limits, "site_limit": distance.shape[1]}
    for radius in np.unique(np.append(distance[finite], 0.0)):
        found = max_cover(sp.csr_array(distance <= radius), weight, **limits)
        if found.objective >= share * weight.sum() * (1 - 1e-9):
            smallest, solution = radius, found
            break
    assert answer.radius == answer.bound == smallest
    if solution is not None and weight.sum() > 0:
        assert answer.share == pytest.approx(solution.objective / weight.sum())
        assert answer.share >= share - 1e-9


@settings(max_examples=150, deadline=None)
@given(maps(), st.sampled_from([1.0, 4.0, 8.0]))
def test_no_smaller_limit_does(town, radius):
    distance, weight, share, limits = town
    covers = sp.csr_array(distance <= radius)
    cost = limits.get("cost")
    sites = {"fixed": limits["fixed"], "forbidden": limits["forbidden"]}
    answer = smallest_limit(covers, weight, target_share=share, cost=cost, **sites)
    need = share * weight.sum() * (1 - 1e-9)
    money = {"cost": np.ones(distance.shape[1]) if cost is None else cost}
    steps = [
        step
        for step in np.arange(0.0, 13.0)
        if max_cover(covers, weight, budget=step, **money, **sites).objective >= need
    ]
    assert answer.limit == answer.bound == (steps[0] if steps else np.inf)
    most = max_cover(covers, weight, site_limit=distance.shape[1], **sites).objective
    assert answer.largest_share == pytest.approx(most / weight.sum() if weight.sum() else 1.0)


def test_what_could_not_be_decided_in_time_is_not_called_proven():
    rng = np.random.default_rng(2)
    place, site = rng.random((1500, 2)), rng.random((500, 2))
    distance = np.linalg.norm(place[:, None] - site[None], axis=2)
    answer = smallest_radius(distance, np.ones(1500), target_share=0.9, site_limit=25, time_limit_s=0.5)
    assert answer.bound <= answer.radius
    assert answer.share >= 0.9
    assert answer.solution.selected.size <= 25


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (lambda: unmet("far", 1), "distances_not_a_matrix"),
        (lambda: unmet([1, 2], 1), "distances_not_a_matrix"),
        (lambda: unmet([[-1.0]], 1), "bad_distance"),
        (lambda: unmet([[np.nan]], 1), "bad_distance"),
        (lambda: unmet([[1.0]], -1), "bad_limit"),
        (lambda: unmet([[1.0]], 1, weight=[1, 1]), "wrong_shape"),
        (lambda: unmet([[1.0]], 1, forbidden=[1]), "index_out_of_range"),
        (lambda: smallest_radius([[1.0]], [1], target_share=2), "bad_share"),
        (lambda: smallest_radius([[1.0]], [-1], target_share=1), "negative"),
        (lambda: smallest_radius([[1.0]], [1], target_share=1, budget=1), "budget_without_cost"),
        (lambda: smallest_radius([[1.0]], [1], target_share=1, site_limit=-1), "bad_limit"),
        (lambda: smallest_radius([[1.0]], [1], target_share=1, time_limit_s=0), "bad_time_limit"),
        (lambda: smallest_radius([[1.0]], [1], target_share=1, fixed=[0], forbidden=[0]), "fixed_and_forbidden"),
        (lambda: smallest_limit(sp.csr_array([[True]]), [1], target_share=-1), "bad_share"),
        (lambda: smallest_limit(sp.csr_array([[True]]), [1, 1], target_share=1), "wrong_shape"),
        (lambda: smallest_limit(sp.csr_array([[True]]), [1], target_share=1, cost=[-1]), "negative"),
    ],
)
def test_a_bad_argument_gets_its_own_error(call, key):
    with pytest.raises(ArgumentError) as caught:
        call()
    assert caught.value.key == key
    assert caught.value.message("zh") != caught.value.message("en")
