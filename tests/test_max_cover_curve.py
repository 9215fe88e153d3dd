"""Maximal covering along a curve, against every set of sites and against each limit on its own."""

import itertools
import threading

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import ArgumentError
from planner.siting import max_cover, max_cover_curve, stop_when
from planner.siting.covering.max_cover import limits as max_cover_limits


def covered_weight(covers, weight, selected):
    return float(weight[covers[:, list(selected)].any(axis=1)].sum())


def best_by_trying_all(covers, weight, limits, *, cost, fixed, forbidden):
    """For each limit the most weight, every allowed set of sites tried."""
    free = [j for j in range(covers.shape[1]) if j not in fixed and j not in forbidden]
    sets = itertools.chain.from_iterable(itertools.combinations(free, size) for size in range(len(free) + 1))
    worth = [(cost[list(some)].sum(), covered_weight(covers, weight, [*some, *fixed])) for some in sets]
    return [max(value for spent, value in worth if spent <= most + 1e-9) for most in limits]


@st.composite
def towns(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, sites = draw(st.integers(0, 14)), draw(st.integers(0, 8))
    covers = rng.random((rows, sites)) < draw(st.sampled_from([0.1, 0.3, 0.6]))
    weight = rng.choice([0.0, 1.0, 2.5, 7.0, 1 / 3, 1e-6], rows)
    by_count = draw(st.booleans())
    cost = np.ones(sites) if by_count else rng.choice([0.0, 0.1, 0.2, 1.0, 2.0, 3.5], sites)
    lot = rng.permutation(sites)
    fixed, forbidden = lot[: draw(st.integers(0, 2))], lot[2 : 2 + draw(st.integers(0, 2))]
    limits = [*range(4), 1, 50] if by_count else [0.3, 4.0, 0.0, 1.0, 2.1, 4.0, 6.5, 100.0]
    return covers, weight, limits, by_count, {"cost": cost, "fixed": fixed, "forbidden": forbidden}


@settings(max_examples=200, deadline=None)
@given(towns())
def test_each_point_is_the_best_of_all_sets(town):
    covers, weight, limits, by_count, rest = town
    curve = max_cover_curve(sp.csr_array(covers), weight, **{"site_limits" if by_count else "budgets": limits}, **rest)
    best = best_by_trying_all(covers, weight, limits, **rest)
    assert [point.objective for point in curve] == pytest.approx(best)
    for point, most in zip(curve, limits, strict=True):
        new = np.setdiff1d(point.selected, rest["fixed"])
        assert (point.status, point.gap) == ("optimal", 0.0)
        assert point.objective == pytest.approx(covered_weight(covers, weight, point.selected))
        assert np.isin(rest["fixed"], point.selected).all()
        assert not np.isin(rest["forbidden"], point.selected).any()
        assert rest["cost"][new].sum() <= most + 1e-9
        assert ((point.assignment >= 0) == covers[:, point.selected].any(axis=1)).all()


def town(rows=240, sites=45, seed=1, radius=0.13):
    """Points and sites drawn in a square; a site covers the points around it."""
    rng = np.random.default_rng(seed)
    points, places = rng.random((rows, 1, 2)), rng.random((1, sites, 2))
    covers = sp.csr_array(((points - places) ** 2).sum(axis=2) <= radius**2)
    return covers, rng.random(rows), rng.uniform(1.0, 3.0, sites)


@pytest.mark.parametrize("kept_relaxation", [True, False])
def test_each_point_is_that_of_its_limit_alone(monkeypatch, kept_relaxation):
    if not kept_relaxation:
        monkeypatch.setattr(max_cover_limits, "_MOST_ENTRIES", 0)
    covers, weight, cost = town()
    budgets = [2.0, 5.0, 8.0, 11.0, 14.0, 30.0]
    for point, budget in zip(max_cover_curve(covers, weight, cost=cost, budgets=budgets), budgets, strict=True):
        alone = max_cover(covers, weight, cost=cost, budget=budget)
        assert point.objective == pytest.approx(alone.objective)
        assert point.status == "optimal"
    for count, point in enumerate(max_cover_curve(covers, weight, site_limits=range(8))):
        assert point.objective == pytest.approx(max_cover(covers, weight, site_limit=count).objective)


def test_what_fits_into_a_smaller_limit_is_not_searched_again(monkeypatch):
    covers, weight, cost = town()
    asked = []
    search = max_cover_limits.LimitSearch.at
    monkeypatch.setattr(
        max_cover_limits.LimitSearch, "at", lambda self, most, *rest: (asked.append(most), search(self, most, *rest))[1]
    )
    (full,) = max_cover_curve(covers, weight, cost=cost, budgets=[9.0])
    spent = float(cost[full.selected].sum())
    asked.clear()
    both = max_cover_curve(covers, weight, cost=cost, budgets=[spent, 9.0, (spent + 9.0) / 2])
    assert asked == [9.0]
    assert {point.objective for point in both} == {full.objective}


def test_without_time_points_rise_and_bounds_hold():
    covers, weight, cost = town()
    budgets = np.linspace(2.0, 40.0, 10)
    hasty = max_cover_curve(covers, weight, cost=cost, budgets=budgets, time_limit_s=1e-6)
    exact = max_cover_curve(covers, weight, cost=cost, budgets=budgets)
    assert any(point.status == "feasible" for point in hasty)
    for quick, full in zip(hasty, exact, strict=True):
        assert quick.objective <= full.objective + 1e-9
        assert quick.bound >= full.objective - 1e-9
    for curve in (hasty, exact):
        assert (np.diff([point.objective for point in curve]) >= 0).all()
        assert (np.diff([point.bound for point in curve]) >= -1e-9).all()


def test_told_to_stop_it_ends_with_what_it_has():
    covers, weight, cost = town()
    told = threading.Event()
    with stop_when(told.is_set):
        curve = max_cover_curve(
            covers, weight, cost=cost, budgets=[10.0, 20.0, 30.0, 40.0], progress=lambda *_: told.set()
        )
    assert [point.method for point in curve[:3]] == ["interrupted"] * 3
    assert curve[3].status == "optimal"
    assert all(0.0 < point.objective <= point.bound for point in curve)


def test_progress_is_told_after_each_limit_and_may_end_it():
    covers, weight, _ = town()
    told = []
    max_cover_curve(covers, weight, site_limits=[3, 1, 3], progress=lambda *now: told.append(now))
    assert told == [(1, 3), (2, 3), (3, 3)]

    def enough(*_):
        raise LookupError

    with pytest.raises(LookupError):
        max_cover_curve(covers, weight, site_limits=[3, 1], progress=enough)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "site_limits"),
        ({"site_limits": [1], "budgets": [1.0], "cost": [1.0, 1.0]}, "site_limits"),
        ({"budgets": [1.0]}, "cost"),
        ({"site_limits": [1.5]}, "site_limits"),
        ({"budgets": [-1.0], "cost": [1.0, 1.0]}, "budgets"),
        ({"budgets": [float("nan")], "cost": [1.0, 1.0]}, "budgets"),
        ({"site_limits": [1], "time_limit_s": 0}, "time_limit_s"),
        ({"site_limits": [1], "fixed": [0], "forbidden": [0]}, "必选和禁用"),
    ],
)
def test_a_bad_argument_is_named(arguments, told):
    with pytest.raises(ArgumentError, match=told):
        max_cover_curve(sp.csr_array(np.ones((1, 2))), [1.0], **arguments)


def test_no_limits_are_no_points():
    assert max_cover_curve(sp.csr_array(np.ones((1, 2))), [1.0], site_limits=[]) == ()
