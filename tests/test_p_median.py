import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from interrupts import LATE_S, interrupted_after
from shared_data import shared_data

from benchmarks.instances import network, optimum, reinelt
from planner.errors import ArgumentError, PlannerError
from planner.siting.median import town as town_module
from planner.siting.median.p_median import p_median


def total(distance, weight, selected, penalty):
    """What all demand pays; inf in ``distance`` is no way."""
    nearest = np.min(distance[:, list(selected)], axis=1, initial=np.inf)
    paid = np.minimum(nearest, np.inf if penalty is None else penalty)
    return float((weight[weight > 0] * paid[weight > 0]).sum())


def least_by_trying_all(distance, weight, *, site_limit, fixed, forbidden, penalty):
    free = [j for j in range(distance.shape[1]) if j not in fixed and j not in forbidden]
    size = min(site_limit, len(free))
    return min(total(distance, weight, [*chosen, *fixed], penalty) for chosen in itertools.combinations(free, size))


def pairs_within(distance):
    """The finite distances as a CSR array; a distance of 0 is stored."""
    row, site = np.nonzero(np.isfinite(distance))
    return sp.csr_array((distance[row, site], (row, site)), shape=distance.shape)


@st.composite
def towns(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, sites = draw(st.integers(0, 12)), draw(st.integers(1, 8))
    kind = draw(st.sampled_from(["whole", "few", "plane"]))
    if kind == "plane":
        distance = np.linalg.norm(rng.random((rows, 1, 2)) - rng.random((1, sites, 2)), axis=2)
    else:  # many ties, and distances of 0
        distance = rng.integers(0, 30 if kind == "whole" else 3, (rows, sites)).astype(float)
    if sites > 1 and draw(st.booleans()):
        distance[:, -1] = distance[:, 0]  # two sites in one place
    weight = rng.choice([0.0, 1.0, 2.5, 7.0, 1 / 3] if draw(st.booleans()) else [0.0, 1.0, 3.0], rows)
    lot = rng.permutation(sites)
    fixed, forbidden = lot[: draw(st.integers(0, 2))], lot[2 : 2 + draw(st.integers(0, 2))]
    penalty = draw(st.sampled_from([None, 0.0, 0.4, 2.0, 40.0]))
    sparse = draw(st.booleans())
    if penalty is not None and draw(st.booleans()):
        distance[rng.random((rows, sites)) < draw(st.sampled_from([0.2, 0.7]))] = np.inf
    site_limit = draw(st.sampled_from([0, 1, 2, 3, 4, 50]))
    if penalty is None and (sparse or ((site_limit == 0 or sites == len(forbidden)) and len(fixed) == 0)):
        penalty = 40.0
    return distance, weight, sparse, {
        "site_limit": site_limit, "fixed": fixed, "forbidden": forbidden, "penalty": penalty,
    }  # fmt: skip


def check(distance, weight, sparse, arguments):
    answer = p_median(pairs_within(distance) if sparse else distance, weight, **arguments)
    penalty, fixed = arguments["penalty"], arguments["fixed"]
    if penalty is None and len(fixed) == 0 and len(arguments["forbidden"]) == distance.shape[1]:
        return
    least = least_by_trying_all(distance, weight, **arguments)
    assert answer.objective == pytest.approx(least, abs=1e-12)
    assert answer.objective == pytest.approx(total(distance, weight, answer.selected, penalty), abs=1e-12)
    assert answer.bound <= least * (1 + 1e-12) + 1e-12
    assert (answer.status, answer.gap, answer.bound) == ("optimal", 0.0, answer.objective)
    new = np.setdiff1d(answer.selected, fixed)
    assert (np.diff(answer.selected) > 0).all()
    assert np.isin(fixed, answer.selected).all()
    assert not np.isin(arguments["forbidden"], answer.selected).any()
    assert len(new) <= arguments["site_limit"]
    for site in new:  # no site is opened for nothing
        assert total(distance, weight, np.setdiff1d(answer.selected, [site]), penalty) > answer.objective
    nearest = np.min(distance[:, answer.selected], axis=1, initial=np.inf)
    served = answer.assignment >= 0
    assert (served == (np.isfinite(nearest) & (nearest <= (np.inf if penalty is None else penalty)))).all()
    assert np.isin(answer.assignment[served], answer.selected).all()
    rows = np.flatnonzero(served)
    assert (distance[rows, answer.assignment[rows]] == nearest[rows]).all()


@settings(max_examples=500, deadline=None)
@given(towns())
def test_is_the_least_of_all_sets(town):
    check(*town)


@settings(max_examples=150, deadline=None)
@given(towns(), st.integers(1, 3))
def test_cut_lists_give_the_same_answer(town, kept):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(town_module, "_MOST_PAIRS", 0)
        patch.setattr(town_module, "_LEAST_REACH", kept)
        patch.setattr(town_module, "_REACH", 0)
        check(*town)


def plane(rows=60, sites=40, seed=1):
    rng = np.random.default_rng(seed)
    distance = np.linalg.norm(rng.random((rows, 1, 2)) - rng.random((1, sites, 2)), axis=2)
    return distance, rng.integers(1, 50, rows).astype(float)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kept", [None, 6])
def test_is_the_least_of_all_triples_in_a_larger_town(seed, kept, monkeypatch):
    if kept:
        monkeypatch.setattr(town_module, "_MOST_PAIRS", 0)
        monkeypatch.setattr(town_module, "_LEAST_REACH", kept)
        monkeypatch.setattr(town_module, "_REACH", 0)
    distance, weight = plane(50, 20, seed)
    check(distance, weight, False, {"site_limit": 3, "fixed": [], "forbidden": [], "penalty": None})
    check(distance, weight, True, {"site_limit": 4, "fixed": [2], "forbidden": [5], "penalty": 0.3})


@settings(max_examples=60, deadline=None)
@given(towns(), st.floats(1e-4, 0.01), st.sampled_from([0.0, 0.05, 0.5]))
def test_the_bound_is_true_whenever_it_stops(town, time_limit_s, gap):
    distance, weight, sparse, arguments = town
    answer = p_median(
        pairs_within(distance) if sparse else distance, weight, **arguments, time_limit_s=time_limit_s, gap=gap
    )
    least = least_by_trying_all(distance, weight, **arguments)
    assert answer.bound <= least * (1 + 1e-9) + 1e-12
    assert answer.objective >= least * (1 - 1e-9) - 1e-12
    assert answer.status == ("optimal" if answer.gap <= gap else "feasible")


def test_one_more_site_never_costs_more():
    distance, weight = plane()
    found = [p_median(distance, weight, site_limit=p).objective for p in range(1, 41, 3)]
    assert found == sorted(found, reverse=True)


def test_the_order_of_rows_and_sites_does_not_matter():
    distance, weight = plane()
    rows, sites = np.random.default_rng(5).permutation(60), np.random.default_rng(6).permutation(40)
    straight = p_median(distance, weight, site_limit=5)
    shuffled = p_median(distance[rows][:, sites], weight[rows], site_limit=5)
    assert shuffled.objective == pytest.approx(straight.objective)
    assert sites[shuffled.selected[np.argsort(sites[shuffled.selected])]].tolist() == straight.selected.tolist()


def test_dense_and_sparse_agree():
    distance, weight = plane()
    dense = p_median(distance, weight, site_limit=5, penalty=9.0)
    sparse = p_median(pairs_within(distance), weight, site_limit=5, penalty=9.0)
    assert dense.selected.tolist() == sparse.selected.tolist()
    assert dense.objective == sparse.objective
    assert dense.assignment.tolist() == sparse.assignment.tolist()


def test_the_same_call_gives_the_same_sites():
    distance, weight = plane(300, 300)
    calls = [p_median(distance, weight, site_limit=20, seed=3) for _ in range(2)]
    assert calls[0].selected.tolist() == calls[1].selected.tolist()
    assert calls[0].bound == calls[1].bound


@pytest.mark.parametrize("layout", [np.asfortranarray, lambda d: d.astype(np.float32), lambda d: d[::-1][::-1]])
def test_arguments_are_left_as_they_were(layout):
    distance, weight = plane()
    distance = layout(distance)
    before = distance.copy(), weight.copy()
    p_median(distance, weight, site_limit=4)
    assert (distance == before[0]).all()
    assert (weight == before[1]).all()


def test_who_cannot_be_reached_pays_the_penalty_and_has_no_site():
    pairs = sp.csr_array((np.array([0.0, 5.0, 5.0, 0.0]), ([0, 0, 1, 1], [0, 1, 0, 1])), shape=(3, 2))
    answer = p_median(pairs, [1, 1, 2], site_limit=1, penalty=100.0)
    assert answer.objective == 205.0
    assert answer.assignment[2] == -1
    assert answer.status == "optimal"


def test_out_of_time_is_an_answer_with_a_bound():
    distance, weight = plane(1500, 1500)
    p_median(distance[:60, :60], weight[:60], site_limit=5)  # compile
    answer = p_median(distance, weight, site_limit=40, time_limit_s=0.2)
    assert answer.status == "feasible"
    assert 0 < answer.bound < answer.objective
    assert answer.gap == pytest.approx((answer.objective - answer.bound) / answer.objective)
    assert answer.runtime_s < LATE_S


def test_an_interrupt_gives_the_best_so_far():
    distance, weight = plane(2000, 2000)
    with interrupted_after(0.4):
        answer = p_median(distance, weight, site_limit=40)
    assert answer.method == "interrupted"
    assert len(answer.selected) == 40
    assert answer.objective == pytest.approx(total(distance, weight, answer.selected, None))
    assert answer.bound <= answer.objective


def test_a_gap_that_was_asked_for_is_kept():
    distance, weight = plane(200, 200)
    answer = p_median(distance, weight, site_limit=12, gap=0.05)
    exact = p_median(distance, weight, site_limit=12)
    assert answer.status == "optimal"
    assert answer.gap <= 0.05
    assert answer.bound <= exact.objective <= answer.objective


def test_no_site_and_no_row_are_answers_too():
    nothing = p_median(np.empty((0, 3)), [], site_limit=2)
    assert (nothing.objective, nothing.selected.size, nothing.status) == (0.0, 0, "optimal")
    nowhere = p_median(np.empty((2, 0)), [1, 2], site_limit=2, penalty=10.0)
    assert (nowhere.objective, nowhere.assignment.tolist()) == (30.0, [-1, -1])


@pytest.mark.parametrize(
    "name",
    [f"pmed{k}" if k in (1, 2, 5, 6) else pytest.param(f"pmed{k}", marks=pytest.mark.slow) for k in range(1, 21)],
)
def test_the_published_optimum_is_found_and_proven(name):
    shared_data("bench/pmed")
    distance, site_limit = network(name)
    answer = p_median(distance, np.ones(len(distance)), site_limit=site_limit)
    assert answer.objective == optimum("pmed/pmedian_optimum.txt", name)
    assert (answer.status, answer.bound) == ("optimal", answer.objective)


@pytest.mark.slow
@pytest.mark.parametrize("site_limit", [5, 20, 50, 200, 500])
def test_the_published_optimum_of_1304_points_is_found(site_limit):
    shared_data("bench/tsplib")
    distance, best = reinelt(), optimum("tsplib/rl1304_pmedian_optimum.txt", str(site_limit))
    answer = p_median(distance, np.ones(len(distance)), site_limit=site_limit, time_limit_s=20)
    assert answer.objective == best
    assert best * (1 - 0.0005) <= answer.bound <= best


TWO = np.ones((2, 3))


@pytest.mark.parametrize(
    ("distance", "weight", "arguments", "key"),
    [
        (TWO, [1, -1], {}, "negative"),
        (TWO, [1, np.nan], {}, "not_finite"),
        (TWO, [1, np.inf], {}, "not_finite"),
        (TWO, [1], {}, "wrong_shape"),
        (TWO, [1, 1], {"site_limit": -1}, "bad_limit"),
        (TWO, [1, 1], {"site_limit": 1.5}, "bad_limit"),
        (TWO, [1, 1], {"site_limit": np.inf}, "bad_limit"),
        (TWO, [1, 1], {"site_limit": None}, "bad_limit"),
        (TWO, [1, 1], {"fixed": [3]}, "index_out_of_range"),
        (TWO, [1, 1], {"forbidden": [-1]}, "index_out_of_range"),
        (TWO, [1, 1], {"fixed": [0.5]}, "not_indices"),
        (TWO, [1, 1], {"fixed": [1], "forbidden": [1]}, "fixed_and_forbidden"),
        (TWO, [1, 1], {"time_limit_s": 0}, "bad_time_limit"),
        (TWO, [1, 1], {"gap": -0.1}, "bad_limit"),
        (TWO, [1, 1], {"penalty": -1.0}, "bad_penalty"),
        (TWO, [1, 1], {"penalty": np.nan}, "bad_penalty"),
        (TWO, [1, 1], {"penalty": np.inf}, "bad_penalty"),
        (sp.csr_array(TWO), [1, 1], {}, "no_penalty"),
        (np.array([[1.0, np.inf]]), [1], {}, "no_penalty"),
        (TWO, [1, 1], {"site_limit": 0}, "no_penalty"),
        (TWO, [1, 1], {"forbidden": [0, 1, 2]}, "no_penalty"),
        (-TWO, [1, 1], {}, "bad_distance"),
        (TWO * np.nan, [1, 1], {}, "bad_distance"),
        (sp.csr_array(-TWO), [1, 1], {"penalty": 1.0}, "bad_distance"),
        ([1.0, 2.0], [1, 1], {}, "distances_not_a_matrix"),
        ("distance", [1, 1], {}, "distances_not_a_matrix"),
        (sp.csr_array(([1.0, 2.0], [0, 0], [0, 2]), shape=(1, 2)), [1], {"penalty": 1.0}, "distances_not_a_matrix"),
    ],
)
def test_a_bad_argument_gets_its_own_error(distance, weight, arguments, key):
    with pytest.raises(ArgumentError) as caught:
        p_median(distance, weight, **{"site_limit": 1, **arguments})
    assert caught.value.key == key
    assert isinstance(caught.value, PlannerError)
    assert isinstance(caught.value, ValueError)
    assert caught.value.message("zh") != caught.value.message("en")
