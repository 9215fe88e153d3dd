import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from interrupts import LATE_S
from scipy.optimize import linprog
from shared_data import shared_data

from benchmarks.instances import capacitated_points, warehouse_optimum, warehouses
from planner.errors import ArgumentError, PlannerError
from planner.siting.capacitated.capacitated_median import capacitated_median


def worth_of(load):
    """What a row counts when serving as much as possible: its load, the smallest one where it has none."""
    return np.where(load > 0, load, load[load > 0].min(initial=np.inf) if (load > 0).any() else 1.0)


def best_split(distance, weight, town):
    """The worth left and the cost of the best plan with split rows: a linear program for every choice of sizes."""
    rows, sites = distance.shape
    load = town["load"]
    asks = (weight > 0) | (load > 0)
    worth = np.where(asks, worth_of(np.where(asks, load, 0.0)), 0.0)
    best = (np.inf, np.inf)
    choices = []
    for j in range(sites):
        least = town["fixed_units"][j] if j in town["fixed"] else -1
        most = -1 if j in town["forbidden"] else town["max_units"][j]
        choices.append(range(least, most + 1))
    for units in itertools.product(*choices):
        new = [j for j in range(sites) if units[j] >= 0 and j not in town["fixed"]]
        if town["site_limit"] is not None and len(new) > town["site_limit"]:
            continue
        price = town["site_cost"][new].sum() + sum(
            town["unit_cost"][j] * (max(units[j], 0) - town["fixed_units"][j]) for j in range(sites)
        )
        pairs = [
            (i, j) for i in range(rows) for j in range(sites)
            if asks[i] and units[j] >= 0 and np.isfinite(distance[i, j])
        ]  # fmt: skip
        left, travel = worth.sum(), 0.0
        if pairs:
            i, j = np.array(pairs).T
            each = np.arange(len(pairs))
            rooms = np.vstack([
                sp.csr_array((np.ones(len(pairs)), (i, each)), shape=(rows, len(pairs))).toarray(),
                sp.csr_array((load[i], (j, each)), shape=(sites, len(pairs))).toarray(),
            ])  # fmt: skip
            most = np.concatenate([np.ones(rows), np.maximum(units, 0) * town["unit_capacity"]])
            served = linprog(-worth[i], A_ub=rooms, b_ub=most)
            left = worth.sum() + served.fun
            if left > best[0] + 1e-7:
                continue
            cheapest = linprog(
                weight[i] * distance[i, j], A_ub=np.vstack([rooms, -worth[i]]), b_ub=np.append(most, served.fun + 1e-9)
            )
            travel = cheapest.fun
        if left < best[0] - 1e-7 or (left < best[0] + 1e-7 and travel + price < best[1]):
            best = (left, travel + price)
    return best


def best_whole(distance, weight, town):
    """The worth left and the cost of the best plan with whole rows, by trying every assignment."""
    rows, sites = distance.shape
    load = town["load"]
    asks = (weight > 0) | (load > 0)
    worth = np.where(asks, worth_of(np.where(asks, load, 0.0)), 0.0)
    best = (np.inf, np.inf)
    fixed = np.isin(np.arange(sites), town["fixed"])
    for chosen in itertools.product(*[range(-1, sites) if asks[i] else [-1] for i in range(rows)]):
        held, used, cost, left = np.zeros(sites), np.zeros(sites, dtype=bool), 0.0, 0.0
        for i, j in enumerate(chosen):
            if j < 0:
                left += worth[i]
            else:
                held[j] += load[i]
                used[j] = True
                cost += weight[i] * distance[i, j] if np.isfinite(distance[i, j]) else np.inf
        if not np.isfinite(cost) or used[town["forbidden"]].any():
            continue
        unit = np.array(town["unit_capacity"])
        if (held[unit == 0] > 0).any():
            continue
        need = np.ceil(np.divide(held, unit, out=np.zeros(sites), where=unit > 0) - 1e-9)
        if (need > town["max_units"]).any():
            continue
        if town["site_limit"] is not None and (used & ~fixed).sum() > town["site_limit"]:
            continue
        cost += (town["unit_cost"] * np.maximum(0, need - town["fixed_units"])).sum()
        cost += town["site_cost"][used & ~fixed].sum()
        if left < best[0] - 1e-7 or (left < best[0] + 1e-7 and cost < best[1]):
            best = (left, cost)
    return best


@st.composite
def towns(draw, most_rows, most_sites):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, sites = draw(st.integers(0, most_rows)), draw(st.integers(0, most_sites))
    distance = rng.choice([0.0, 1.0, 2.0, 3.5, 7.0], (rows, sites))
    distance[rng.random((rows, sites)) < draw(st.sampled_from([0.0, 0.3]))] = np.inf
    if sites > 1 and draw(st.booleans()):
        distance[:, 1] = distance[:, 0]
    weight = rng.choice([0.0, 1.0, 2.0, 2.5], rows)
    load = weight if draw(st.booleans()) else rng.choice([0.0, 1.0, 2.0, 3.0, 1 / 3], rows)
    lot = rng.permutation(sites)
    fixed, forbidden = lot[: draw(st.integers(0, 2))], lot[2 : 2 + draw(st.integers(0, 1))]
    max_units = rng.integers(0, 3, sites)
    fixed_units = np.zeros(sites, dtype=int)
    fixed_units[fixed] = rng.integers(0, max_units[fixed] + 1)
    return distance, weight, {
        "load": load, "unit_capacity": rng.choice([0.0, 1.0, 2.0, 3.5, 10.0, 10.0], sites),
        "unit_cost": rng.choice([0.0, 1.0, 1.5], sites), "site_cost": rng.choice([0.0, 1.0, 4.0], sites),
        "max_units": max_units, "site_limit": draw(st.sampled_from([None, 0, 1, 2, 50])),
        "fixed": fixed, "fixed_units": fixed_units, "forbidden": forbidden,
    }  # fmt: skip


def check(distance, weight, town, oracle):
    answer = capacitated_median(distance, weight, **town)
    left, cost = oracle(distance, weight, town)
    if np.isinf(left):
        left, cost = 0.0, 0.0
    asks = (weight > 0) | (town["load"] > 0)
    worth = np.where(asks, worth_of(np.where(asks, town["load"], 0.0)), 0.0)
    share = np.divide(
        answer.allocation.sum(axis=1), town["load"], out=(answer.assignment >= 0).astype(float),
        where=town["load"] > 0,
    )  # fmt: skip
    assert (worth * (1 - share)).sum() == pytest.approx(left, abs=1e-6)
    assert answer.objective == pytest.approx(cost, abs=1e-6)
    assert answer.bound == pytest.approx(cost, abs=1e-6)
    assert (answer.status, answer.gap) == ("optimal", 0.0)
    holds_together(answer, distance, weight, town)


def holds_together(answer, distance, weight, town):
    """The allocation adds up and stays within the sizes, and the objective is what it costs."""
    allocation, units, load = answer.allocation.toarray(), answer.units, town["load"]
    assert answer.selected.tolist() == sorted(set(answer.selected.tolist()))
    assert np.isin(town["fixed"], answer.selected).all()
    assert not np.isin(town["forbidden"], answer.selected).any()
    new = np.setdiff1d(answer.selected, town["fixed"])
    assert (units <= town["max_units"]).all()
    assert not np.delete(units, answer.selected).any()
    assert town["site_limit"] is None or len(new) <= town["site_limit"]
    assert (allocation >= 0).all()
    assert not allocation[~np.isfinite(distance)].any()
    assert (allocation.sum(axis=0) <= units * town["unit_capacity"] * (1 + 1e-9) + 1e-9).all()
    assert allocation.sum(axis=1) + answer.unserved == pytest.approx(load)
    if town.get("single_source"):
        assert ((allocation > 0).sum(axis=1) <= 1).all()
    served = answer.assignment >= 0
    assert np.isin(answer.assignment[served], answer.selected).all()
    assert np.isfinite(distance[served, answer.assignment[served]]).all()
    share = np.divide(allocation, load[:, None], out=np.zeros_like(allocation), where=load[:, None] > 0)
    light = served & (load == 0)
    share[light, answer.assignment[light]] = 1.0
    travel = (share * weight[:, None] * np.where(np.isfinite(distance), distance, 0.0)).sum()
    bought = (town["unit_cost"] * (units - town["fixed_units"])).sum()
    assert answer.objective == pytest.approx(travel + bought + town["site_cost"][new].sum(), abs=1e-6)
    allowed = np.delete(np.arange(distance.shape[1]), town["forbidden"])
    reached = np.isfinite(distance[:, allowed]).any(axis=1)
    assert answer.unreachable.tolist() == np.flatnonzero(~reached & (load > 0)).tolist()
    assert answer.missing_capacity == pytest.approx(answer.unserved[reached].sum())


@settings(max_examples=150, deadline=None)
@given(towns(5, 3))
def test_split_rows_are_the_best_of_all_sizes(town):
    check(town[0], town[1], town[2], best_split)


@settings(max_examples=200, deadline=None)
@given(towns(4, 4))
def test_whole_rows_are_the_best_of_all_assignments(town):
    check(town[0], town[1], town[2] | {"single_source": True}, best_whole)


@settings(max_examples=60, deadline=None)
@given(towns(5, 4))
def test_pairs_within_a_cutoff_are_the_finite_ones(town):
    distance, weight, terms = town
    row, site = np.nonzero(np.isfinite(distance))
    pairs = sp.csr_array((distance[row, site], (row, site)), shape=distance.shape)
    dense, sparse = capacitated_median(distance, weight, **terms), capacitated_median(pairs, weight, **terms)
    assert dense.selected.tolist() == sparse.selected.tolist()
    assert (dense.objective, dense.bound) == (sparse.objective, sparse.bound)
    assert (dense.allocation != sparse.allocation).nnz == 0


def large(rows=120, sites=30, seed=1):
    rng = np.random.default_rng(seed)
    distance = np.linalg.norm(rng.random((rows, 1, 2)) - rng.random((1, sites, 2)), axis=2) * 100
    weight = rng.integers(1, 20, rows).astype(float)
    return distance, weight, {
        "load": weight, "unit_capacity": rng.integers(60, 120, sites).astype(float),
        "max_units": rng.integers(1, 4, sites), "unit_cost": rng.integers(100, 300, sites).astype(float),
        "site_cost": rng.integers(300, 900, sites).astype(float), "fixed": np.array([3, 7]),
        "fixed_units": np.eye(1, sites, 3, dtype=int)[0], "forbidden": np.array([5]),
    }  # fmt: skip


@pytest.mark.parametrize("single_source", [False, True])
@pytest.mark.parametrize("site_limit", [None, 9])
def test_a_street_holds_together(single_source, site_limit):
    distance, weight, town = large()
    town |= {"single_source": single_source, "site_limit": site_limit}
    answer = capacitated_median(distance, weight, **town, time_limit_s=6.0, gap=0.005)
    holds_together(answer, distance, weight, town)
    assert not answer.unserved.any()
    assert 0 < answer.bound <= answer.objective
    assert answer.gap == pytest.approx((answer.objective - answer.bound) / answer.objective)
    assert answer.status == ("optimal" if answer.gap <= 0.005 else "feasible")
    assert answer.gap < 0.05


def test_the_order_of_rows_and_sites_does_not_matter():
    distance, weight, town = large()
    rows, sites = np.random.default_rng(5).permutation(120), np.random.default_rng(6).permutation(30)
    place = np.argsort(sites)
    moved = {name: values[sites] for name, values in town.items() if len(values) == 30}
    moved |= {"fixed": place[town["fixed"]], "forbidden": place[town["forbidden"]], "load": town["load"][rows]}
    straight = capacitated_median(distance, weight, **town)
    shuffled = capacitated_median(distance[rows][:, sites], weight[rows], **moved)
    assert shuffled.objective == pytest.approx(straight.objective)


def test_the_same_call_gives_the_same_answer_and_leaves_its_arguments():
    distance, weight, town = large()
    before = distance.copy(), weight.copy(), {name: values.copy() for name, values in town.items()}
    calls = [capacitated_median(distance, weight, **town, gap=0.01, seed=3) for _ in range(2)]
    assert calls[0].selected.tolist() == calls[1].selected.tolist()
    assert (calls[0].allocation != calls[1].allocation).nnz == 0
    assert (distance == before[0]).all()
    assert (weight == before[1]).all()
    assert all((town[name] == before[2][name]).all() for name in town)


def test_out_of_time_is_an_answer_with_a_bound():
    distance, weight, town = large(60, 10)
    capacitated_median(distance, weight, **town, single_source=True, time_limit_s=60.0, gap=0.01)  # compiles
    distance, weight, town = large(800, 150)
    town["max_units"] = town["max_units"] * 9
    answer = capacitated_median(distance, weight, **town, single_source=True, time_limit_s=0.05)
    assert answer.status == "feasible"
    assert answer.bound <= answer.objective
    assert answer.runtime_s < LATE_S


def test_who_is_left_and_how_much_room_is_missing():
    distance = np.array([[1.0, 9.0], [2.0, 9.0], [np.inf, np.inf]])
    answer = capacitated_median(distance, [6, 3, 2], unit_capacity=[5, 5], site_limit=1)
    assert answer.selected.tolist() == [0]
    assert answer.missing_capacity == 4.0
    assert answer.unreachable.tolist() == [2]
    assert answer.unserved.tolist() == [1.0, 3.0, 2.0]  # the near row travels less for the same load
    assert (answer.objective, answer.bound, answer.status) == (5.0, 5.0, "optimal")


def test_a_whole_row_that_no_site_holds_is_left_and_the_rest_is_as_good_as_without_it():
    distance, weight, town = large()
    town |= {"single_source": True, "gap": 0.01}
    load, rest = weight.copy(), np.arange(len(weight)) != 3
    load[3] = 1e4
    with_it = capacitated_median(distance, weight, **town | {"load": load})
    without = capacitated_median(distance[rest], weight[rest], **town | {"load": load[rest]})
    assert with_it.objective == without.objective
    assert np.flatnonzero(with_it.unserved).tolist() == [3]
    assert (with_it.missing_capacity, with_it.unreachable.tolist()) == (1e4, [])


def test_many_rows_start_from_the_sites_of_the_same_problem_without_capacities():
    rng = np.random.default_rng(5)
    demand, site = rng.random((400, 2)), rng.random((150, 2))
    distance = np.hypot(*(demand[:, None] - site[None]).transpose(2, 0, 1))
    for single_source in (False, True):
        answer = capacitated_median(
            distance, np.ones(400), site_limit=15, unit_capacity=np.full(150, 40.0), single_source=single_source,
            time_limit_s=5.0, gap=0.03,
        )  # fmt: skip
        assert answer.gap <= 0.03
        assert (np.bincount(answer.assignment, minlength=150) <= 41).all()


def test_no_site_may_open():
    answer = capacitated_median([[1.0]], [2], unit_capacity=[5], site_limit=0)
    assert (answer.objective, answer.bound, answer.status) == (0.0, 0.0, "optimal")
    assert (answer.selected.tolist(), answer.missing_capacity) == ([], 2.0)


@pytest.mark.parametrize("name", [f"cap{group}{number}" for group in (7, 10, 13) for number in (1, 2, 3, 4)])
def test_the_published_optimum_of_a_warehouse_problem(name):
    shared_data("bench/cap")
    town, best = warehouses(name), warehouse_optimum(name)
    answer = capacitated_median(**town, weight=np.ones(len(town["load"])), time_limit_s=20.0)
    assert answer.status == "optimal"
    assert answer.objective == pytest.approx(best, abs=1e-3)
    assert answer.bound == pytest.approx(best, abs=1e-3)


QUICK = (2, 4, 5, 6)


@pytest.mark.parametrize("number", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in range(1, 11)])
def test_the_published_optimum_of_a_capacitated_p_median(number):
    shared_data("bench/cpmp")
    town, best = capacitated_points(number)
    answer = capacitated_median(**town, weight=np.ones(len(town["load"])), single_source=True, time_limit_s=60.0)
    assert (answer.objective, answer.bound, answer.status) == (best, best, "optimal")


ONE = np.ones((2, 3))
SIZE = {"unit_capacity": [1, 1, 1], "site_limit": 1}


@pytest.mark.parametrize(
    ("distance", "weight", "arguments", "key"),
    [
        ("far", [1, 1], {}, "distances_not_a_matrix"),
        ([1, 2], [1, 1], {}, "distances_not_a_matrix"),
        (sp.csr_array(([1.0, 2.0], ([0, 0], [1, 1])), shape=(2, 3)), [1, 1], {}, None),
        ([[1, -1, 1], [1, 1, 1]], [1, 1], {}, "bad_distance"),
        ([[1, np.nan, 1], [1, 1, 1]], [1, 1], {}, "bad_distance"),
        (-sp.csr_array(ONE), [1, 1], {}, "bad_distance"),
        (ONE, [1, -1], {}, "negative"),
        (ONE, [1, np.nan], {}, "not_finite"),
        (ONE, [1], {}, "wrong_shape"),
        (ONE, [1, 1], {"load": [1]}, "wrong_shape"),
        (ONE, [1, 1], {"load": [1, -1]}, "negative"),
        (ONE, [1, 1], {"unit_capacity": [1, 1]}, "wrong_shape"),
        (ONE, [1, 1], {"unit_capacity": [1, 1, -1]}, "negative"),
        (ONE, [1, 1], {"unit_cost": [1]}, "wrong_shape"),
        (ONE, [1, 1], {"site_cost": [1, 1, -2]}, "negative"),
        (ONE, [1, 1], {"max_units": [1, 1.5, 1]}, "not_whole"),
        (ONE, [1, 1], {"fixed_units": [1, 0, 0]}, "units_at_free_site"),
        (ONE, [1, 1], {"fixed": [0], "fixed_units": [2, 0, 0]}, "units_over_most"),
        (ONE, [1, 1], {"site_limit": -1}, "bad_limit"),
        (ONE, [1, 1], {"site_limit": 1.5}, "bad_limit"),
        (ONE, [1, 1], {"fixed": [3]}, "index_out_of_range"),
        (ONE, [1, 1], {"forbidden": [-1]}, "index_out_of_range"),
        (ONE, [1, 1], {"fixed": [0.5]}, "not_indices"),
        (ONE, [1, 1], {"fixed": [1], "forbidden": [1]}, "fixed_and_forbidden"),
        (ONE, [1, 1], {"time_limit_s": 0}, "bad_time_limit"),
        (ONE, [1, 1], {"gap": -0.1}, "bad_limit"),
    ],
)
def test_a_bad_argument_gets_its_own_error(distance, weight, arguments, key):
    if key is None:  # made from coordinates a pair that stands twice is one pair with the sum
        capacitated_median(distance, weight, **(SIZE | arguments))
        return
    with pytest.raises(ArgumentError) as caught:
        capacitated_median(distance, weight, **(SIZE | arguments))
    assert caught.value.key == key
    assert isinstance(caught.value, PlannerError)
    assert isinstance(caught.value, ValueError)
    assert caught.value.message("zh") != caught.value.message("en")
