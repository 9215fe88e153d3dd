import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from interrupts import LATE_S, interrupted_after

from planner.errors import ArgumentError, PlannerError
from planner.siting.capacitated.capacitated_cover import capacitated_cover


def most_that_flows(covers, weight, room):
    """The most weight that can be split between sites: the smallest cut, by trying every set of sites."""
    best = np.inf
    for size in range(len(room) + 1):
        for cut in itertools.combinations(range(len(room)), size):
            open_way = covers.copy()
            open_way[:, list(cut)] = False
            best = min(best, room[list(cut)].sum() + weight[open_way.any(axis=1)].sum())
    return best


def sizes_allowed(town):
    """Every choice of units (-1: shut) within the limits."""
    sites = len(town["unit_capacity"])
    choices = []
    for j in range(sites):
        if j in town["fixed"]:
            choices.append(range(town["fixed_units"][j], town["max_units"][j] + 1))
        elif j in town["forbidden"]:
            choices.append([-1])
        else:
            choices.append([-1, *range(1, town["max_units"][j] + 1)])
    for units in itertools.product(*choices):
        new = [j for j in range(sites) if units[j] >= 0 and j not in town["fixed"]]
        spend = sum(town["site_cost"][j] for j in new)
        spend += sum(town["unit_cost"][j] * (units[j] - town["fixed_units"][j]) for j in range(sites) if units[j] > 0)
        if town["site_limit"] is not None and len(new) > town["site_limit"]:
            continue
        if town["budget"] is not None and spend > town["budget"] + 1e-9:
            continue
        yield np.array(units)


def best_whole(covers, weight, room):
    """The most weight of whole rows that fits, by trying every assignment."""
    rows, sites = covers.shape
    best = 0.0
    for chosen in itertools.product(range(-1, sites), repeat=rows):
        held = np.zeros(sites)
        worth = 0.0
        for i, j in enumerate(chosen):
            if j >= 0:
                if not covers[i, j]:
                    break
                held[j] += weight[i]
                worth += weight[i]
        else:
            if (held <= room + 1e-9).all():
                best = max(best, worth)
    return best


def best_by_trying_all(covers, weight, town):
    measure = best_whole if town["single_source"] else most_that_flows
    rooms = {tuple(np.where(units > 0, units, 0) * np.array(town["unit_capacity"])) for units in sizes_allowed(town)}
    return max(measure(covers, weight, np.array(room)) for room in rooms)


@st.composite
def towns(draw, most_rows, most_sites):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, sites = draw(st.integers(0, most_rows)), draw(st.integers(0, most_sites))
    covers = rng.random((rows, sites)) < draw(st.sampled_from([0.3, 0.6, 1.0]))
    if sites > 1 and draw(st.booleans()):
        covers[:, 1] = covers[:, 0]
    weight = rng.choice([0.0, 1.0, 2.0, 5.0, 2.5, 1 / 3], rows)
    lot = rng.permutation(sites)
    fixed, forbidden = lot[: draw(st.integers(0, 2))], lot[2 : 2 + draw(st.integers(0, 1))]
    max_units = rng.integers(0, 3, sites)
    fixed_units = np.zeros(sites, dtype=int)
    fixed_units[fixed] = rng.integers(0, max_units[fixed] + 1)
    budget = draw(st.sampled_from([None, 0.0, 2.0, 4.0, 100.0]))
    return covers, weight, {
        "unit_capacity": rng.choice([0.0, 1.0, 2.0, 3.5, 10.0], sites), "unit_cost": rng.choice([0.0, 1.0, 1.5], sites),
        "site_cost": rng.choice([0.0, 1.0, 2.0], sites), "max_units": max_units,
        "site_limit": draw(st.sampled_from([0, 1, 2, 50] if budget is None else [None, 0, 1, 2, 50])),
        "budget": budget, "fixed": fixed, "fixed_units": fixed_units, "forbidden": forbidden,
    }  # fmt: skip


def check(covers, weight, town):
    answer = capacitated_cover(sp.csr_array(covers), weight, **town)
    best = best_by_trying_all(covers, weight, town)
    assert answer.objective == pytest.approx(best)
    assert answer.bound == pytest.approx(best)
    assert (answer.status, answer.gap) == ("optimal", 0.0)
    holds_together(answer, covers, weight, town)


def holds_together(answer, covers, weight, town):
    """The allocation adds up, stays within the sizes, and the sizes within the limits."""
    allocation = answer.allocation.toarray()
    units = answer.units
    assert answer.selected.tolist() == sorted(set(answer.selected.tolist()))
    assert np.isin(town["fixed"], answer.selected).all()
    assert not np.isin(town["forbidden"], answer.selected).any()
    new = np.setdiff1d(answer.selected, town["fixed"])
    assert (units[new] <= np.array(town["max_units"])[new]).all()
    assert not np.delete(units, answer.selected).any()
    if town["site_limit"] is not None:
        assert len(new) <= town["site_limit"]
    if town["budget"] is not None:
        bought = units - town["fixed_units"]
        assert town["site_cost"][new].sum() + (town["unit_cost"] * bought).sum() <= town["budget"] + 1e-9
    assert (allocation >= 0).all()
    assert not allocation[~covers].any()
    assert (allocation.sum(axis=0) <= units * town["unit_capacity"] * (1 + 1e-9) + 1e-9).all()
    assert allocation.sum(axis=1) + answer.unserved == pytest.approx(weight)
    assert allocation.sum() == pytest.approx(answer.objective)
    if town["single_source"]:
        assert ((allocation > 0).sum(axis=1) <= 1).all()
    allowed = np.delete(np.arange(covers.shape[1]), town["forbidden"])
    reached = covers[:, allowed].any(axis=1)
    assert answer.unreachable.tolist() == np.flatnonzero(~reached & (weight > 0)).tolist()
    assert answer.missing_capacity == pytest.approx(answer.unserved[reached].sum())
    served = allocation.sum(axis=1) > 0
    assert (allocation[served, answer.assignment[served]] == allocation[served].max(axis=1, initial=0)).all()
    assert (answer.assignment[~served & (weight > 0)] == -1).all()
    for site in new:  # no site is opened for nothing
        assert allocation[:, site].any()


@settings(max_examples=250, deadline=None)
@given(towns(7, 4))
def test_split_rows_are_the_best_of_all_sizes(town):
    check(town[0], town[1], town[2] | {"single_source": False})


@settings(max_examples=120, deadline=None)
@given(towns(4, 3))
def test_whole_rows_are_the_best_of_all_sizes(town):
    check(town[0], town[1], town[2] | {"single_source": True})


def large(rows=150, sites=40, seed=1):
    rng = np.random.default_rng(seed)
    covers = sp.csr_array(rng.random((rows, sites)) < 0.12)
    return covers, rng.integers(1, 30, rows).astype(float), {
        "unit_capacity": rng.integers(20, 60, sites).astype(float), "max_units": rng.integers(1, 5, sites),
        "unit_cost": rng.integers(2, 6, sites).astype(float), "site_cost": rng.integers(5, 12, sites).astype(float),
        "fixed": np.array([3, 7]), "fixed_units": np.eye(1, sites, 3, dtype=int)[0], "forbidden": np.array([5]),
    }  # fmt: skip


@pytest.mark.parametrize("single_source", [False, True])
@pytest.mark.parametrize("limits", [{"site_limit": 6}, {"budget": 90.0}, {"site_limit": 5, "budget": 120.0}])
def test_a_street_holds_together(single_source, limits):
    covers, weight, town = large()
    town |= {"single_source": single_source, "site_limit": None, "budget": None} | limits
    answer = capacitated_cover(covers, weight, **town, time_limit_s=4.0, gap=0.005)
    holds_together(answer, covers.toarray(), weight, town)
    assert answer.bound >= answer.objective
    assert answer.gap == pytest.approx((answer.bound - answer.objective) / answer.bound)
    assert answer.status == ("optimal" if answer.gap <= 0.005 else "feasible")
    assert answer.gap < 0.03


def test_whole_rows_never_hold_more_than_split_ones():
    covers, weight, town = large()
    split = capacitated_cover(covers, weight, **town, site_limit=4)
    whole = capacitated_cover(covers, weight, **town, site_limit=4, single_source=True, time_limit_s=4.0)
    assert whole.objective <= split.objective + 1e-9
    assert whole.bound <= split.bound + 1e-9


def test_more_money_never_holds_less():
    covers, weight, town = large()
    held = [capacitated_cover(covers, weight, **town, budget=money).objective for money in range(0, 120, 30)]
    assert held == sorted(held)


def test_the_order_of_rows_and_sites_does_not_matter():
    covers, weight, town = large()
    straight = capacitated_cover(covers, weight, **town, budget=80.0)
    rows, sites = np.random.default_rng(5).permutation(150), np.random.default_rng(6).permutation(40)
    place = np.argsort(sites)
    moved = {name: place[values] if name in ("fixed", "forbidden") else values[sites] for name, values in town.items()}
    shuffled = capacitated_cover(covers[rows][:, sites], weight[rows], **moved, budget=80.0)
    assert shuffled.objective == pytest.approx(straight.objective)


def test_the_same_call_gives_the_same_answer_and_leaves_its_arguments():
    covers, weight, town = large()
    before = covers.copy(), weight.copy(), {name: values.copy() for name, values in town.items()}
    calls = [capacitated_cover(covers, weight, **town, budget=80.0, seed=s) for s in (3, 3)]
    assert calls[0].selected.tolist() == calls[1].selected.tolist()
    assert calls[0].units.tolist() == calls[1].units.tolist()
    assert (calls[0].allocation != calls[1].allocation).nnz == 0
    assert (covers != before[0]).nnz == 0
    assert (weight == before[1]).all()
    assert all((town[name] == before[2][name]).all() for name in town)


def test_out_of_time_is_an_answer_with_a_bound():
    covers, weight, town = large(60, 10)
    capacitated_cover(covers, weight, **town, budget=30.0, single_source=True)  # compiles what is not yet compiled
    covers, weight, town = large(1500, 200)
    answer = capacitated_cover(covers, weight, **town, budget=300.0, single_source=True, time_limit_s=0.05)
    assert answer.status == "feasible"
    assert 0 < answer.objective <= answer.bound
    assert answer.runtime_s < LATE_S


def test_who_is_left_and_how_much_room_is_missing():
    covers = sp.csr_array(np.array([[1, 0], [1, 0], [0, 0]], dtype=bool))
    answer = capacitated_cover(covers, [6, 3, 2], unit_capacity=[5, 5], site_limit=2)
    assert answer.objective == 5.0
    assert answer.selected.tolist() == [0]
    assert answer.units.tolist() == [1, 0]
    assert answer.missing_capacity == 4.0
    assert answer.unreachable.tolist() == [2]
    assert answer.unserved.sum() == 6.0
    assert answer.assignment[2] == -1


def test_standing_sites_grow_within_the_budget():
    covers = sp.csr_array(np.ones((1, 1), dtype=bool))
    size = {"unit_capacity": [2], "max_units": [4], "unit_cost": [3], "fixed": [0], "fixed_units": [1]}
    answer = capacitated_cover(covers, [7], budget=6.0, **size)
    assert (answer.objective, answer.units.tolist()) == (6.0, [3])
    assert capacitated_cover(covers, [7], budget=0.0, **size).objective == 2.0


ONE = sp.csr_array(np.ones((2, 3), dtype=bool))
SIZE = {"unit_capacity": [1, 1, 1], "site_limit": 1}


@pytest.mark.parametrize(
    ("covers", "weight", "arguments", "key"),
    [
        (ONE, [1, 1], {"site_limit": None}, "no_limit"),
        (ONE, [1, 1], {"budget": 1.0}, "budget_without_cost"),
        (ONE, [1, -1], {}, "negative"),
        (ONE, [1, np.nan], {}, "not_finite"),
        (ONE, [1], {}, "wrong_shape"),
        (ONE, [1, 1], {"unit_capacity": [1, 1]}, "wrong_shape"),
        (ONE, [1, 1], {"unit_capacity": [1, 1, -1]}, "negative"),
        (ONE, [1, 1], {"unit_capacity": [1, 1, np.inf]}, "not_finite"),
        (ONE, [1, 1], {"unit_cost": [1]}, "wrong_shape"),
        (ONE, [1, 1], {"site_cost": [1, 1, -2]}, "negative"),
        (ONE, [1, 1], {"max_units": [1, 1.5, 1]}, "not_whole"),
        (ONE, [1, 1], {"max_units": [1, -1, 1]}, "negative"),
        (ONE, [1, 1], {"fixed_units": [1, 0, 0]}, "units_at_free_site"),
        (ONE, [1, 1], {"fixed": [0], "fixed_units": [2, 0, 0]}, "units_over_most"),
        (ONE, [1, 1], {"fixed": [0], "fixed_units": [0.5, 0, 0]}, "not_whole"),
        (ONE, [1, 1], {"site_limit": -1}, "bad_limit"),
        (ONE, [1, 1], {"site_limit": 1.5}, "bad_limit"),
        (ONE, [1, 1], {"budget": -1.0, "site_cost": [1, 1, 1]}, "bad_limit"),
        (ONE, [1, 1], {"fixed": [3]}, "index_out_of_range"),
        (ONE, [1, 1], {"forbidden": [-1]}, "index_out_of_range"),
        (ONE, [1, 1], {"fixed": [0.5]}, "not_indices"),
        (ONE, [1, 1], {"fixed": [1], "forbidden": [1]}, "fixed_and_forbidden"),
        (ONE, [1, 1], {"time_limit_s": 0}, "bad_time_limit"),
        (ONE, [1, 1], {"gap": -0.1}, "bad_limit"),
        ("covers", [1, 1], {}, "covers_not_a_matrix"),
    ],
)
def test_a_bad_argument_gets_its_own_error(covers, weight, arguments, key):
    with pytest.raises(ArgumentError) as caught:
        capacitated_cover(covers, weight, **(SIZE | arguments))
    assert caught.value.key == key
    assert isinstance(caught.value, PlannerError)
    assert isinstance(caught.value, ValueError)
    assert caught.value.message("zh") != caught.value.message("en")


def test_an_interrupt_returns_the_best_answer_so_far():
    covers, weight, town = large(1200, 150)
    town["unit_capacity"] += 0.25
    capacitated_cover(covers[:60], weight[:60], **town, budget=50.0, single_source=True, time_limit_s=1.0)
    with interrupted_after(2.0):
        answer = capacitated_cover(covers, weight, **town, budget=450.0, single_source=True, time_limit_s=60.0)
    assert answer.runtime_s < LATE_S
    assert (answer.method, answer.status) == ("interrupted", "feasible")
    assert 0 < answer.objective <= answer.bound
