"""What more would bring, each point against a plan made on its own or against every set of sites."""

from itertools import pairwise

import pandas as pd
import pytest
from small_street import candidates, covered, scenario_of, subsets, with_few_hosts

from planner import make_plan
from planner.curves import coverage_curve, limit_of, limits_around, next_step, spread_out
from planner.errors import ArgumentError


@pytest.fixture(scope="module")
def small_street(demo_study):
    return with_few_hosts(demo_study)


def test_each_point_is_the_most_that_so_many_sites_cover(small_street):
    plan = make_plan(small_street, scenario_of(rest_station={"site_limit": 1}))
    part = plan.services["rest_station"]
    told = []
    curve = coverage_curve(
        plan, "rest_station", by="site_limit", limits=range(5), progress=lambda *now: told.append(now)
    )
    for row in curve.itertuples():
        best = max(covered(part, new) for new in subsets(candidates(part)) if len(new) <= row.limit)
        assert row.covered_share == pytest.approx(best / part.demand.weight.sum())
        assert row.optimality_gap == 0
    assert list(curve["limit"]) == [0, 1, 2, 3, 4]
    assert told == [(i, 5) for i in range(1, 6)]


def test_by_money_the_other_limit_is_put_aside_and_required_sites_stay(small_street):
    first = make_plan(small_street, scenario_of(rest_station={"site_limit": 1})).services["rest_station"]
    required = tuple(first.new_sites["site_id"])
    price = float(first.new_sites["cost_yuan"].sum())
    plan = make_plan(small_street, scenario_of(rest_station={"site_limit": 1, "required": required}))
    curve = coverage_curve(plan, "rest_station", by="budget_yuan", limits=[price / 2, price, 4 * price])
    assert list(curve["limit"]) == [price, 4 * price]
    assert curve["cost_yuan"].iloc[0] == pytest.approx(price)
    assert curve["new_sites"].iloc[1] > 1
    assert curve["covered_share"].is_monotonic_increasing


def test_one_budget_for_all_has_a_row_for_each_service(small_street):
    plan = make_plan(small_street, scenario_of(budget_yuan=1e5, rest_station={}, charging_cabinet={"weight": 2}))
    curve = coverage_curve(plan, by="budget_yuan", limits=[0.0, 1e5, 2e5])
    assert len(curve) == 6
    worth = curve.assign(
        worth=curve["covered_share"] * curve["service"].map({"rest_station": 1, "charging_cabinet": 2})
    )
    assert worth.groupby("limit")["worth"].sum().is_monotonic_increasing
    here = curve[curve["limit"] == 1e5].set_index("service")["covered_share"]
    assert here.to_dict() == pytest.approx(plan.summary()["covered_share_planned"].to_dict())


def test_any_plan_has_any_curve_but_that_of_all_by_number(small_street):
    each = make_plan(small_street, scenario_of(rest_station={"site_limit": 1}, charging_cabinet={"site_limit": 1}))
    shared = make_plan(small_street, scenario_of(budget_yuan=1e5, rest_station={}, charging_cabinet={}))
    limits = [0.0, 3e4, 1e5]
    for service in (None, "rest_station"):
        one, other = (coverage_curve(plan, service, by="budget_yuan", limits=limits) for plan in (each, shared))
        pd.testing.assert_frame_equal(one, other)
    assert list(coverage_curve(shared, "rest_station", by="site_limit", limits=[0, 1])["new_sites"]) == [0, 1]
    for plan in (each, shared):
        with pytest.raises(ArgumentError, match=r"年费用"):
            coverage_curve(plan, by="site_limit", limits=[1])


def test_at_its_own_limit_the_curve_has_the_plan_itself(small_street):
    plan = make_plan(small_street, scenario_of(rest_station={"site_limit": 2}))
    told = []
    row = coverage_curve(
        plan, "rest_station", by="site_limit", limits=[2, 3], progress=lambda *now: told.append(now)
    ).iloc[0]
    assert row["cost_yuan"] == plan.summary().loc["rest_station", "cost_yuan"]
    assert told == [(1, 2), (2, 2)]


def test_the_plan_lies_on_its_curve_and_the_next_step_is_the_first_beyond_it(small_street):
    plan = make_plan(small_street, scenario_of(rest_station={"site_limit": 2}))
    here = limit_of(plan, "rest_station", "site_limit")
    curve = coverage_curve(
        plan, "rest_station", by="site_limit", limits=limits_around(plan, "rest_station", "site_limit")
    )
    share = curve.set_index("limit").loc[here, "covered_share"]
    assert share == pytest.approx(plan.services["rest_station"].planned.covered_share)
    step = next_step(curve, here).iloc[0]
    assert (step["limit"], step["more"]) == (here + 1, 1)
    assert step["covered_share"] >= share
    assert next_step(curve, curve["limit"].max()).empty


def test_by_money_the_steps_lie_to_either_side_of_the_budget_and_never_below_nothing(small_street):
    rich = make_plan(small_street, scenario_of(rest_station={"budget_yuan": 100_000.0}))
    limits = limits_around(rich, "rest_station", "budget_yuan")
    assert 100_000.0 in limits
    assert {b - a for a, b in pairwise(limits)} == {10_000.0}
    poor = make_plan(small_street, scenario_of(rest_station={"budget_yuan": 15_000.0}))
    assert min(limits_around(poor, "rest_station", "budget_yuan")) == 5_000.0
    shared = make_plan(small_street, scenario_of(budget_yuan=50_000.0, rest_station={}))
    assert limit_of(shared, None, "budget_yuan") == 50_000.0


def test_some_of_many_limits_keep_the_ends_and_the_plan():
    limits = [float(n) for n in range(60)]
    some = spread_out(limits, 37.0, at_most=10)
    assert {0.0, 37.0, 38.0, 59.0} <= set(some)
    assert some == sorted(set(some))
    assert len(some) <= 10
    assert spread_out(limits[:7], 3.0, at_most=10) == limits[:7]


def test_a_plan_has_a_curve_of_each_service_by_what_limits_it(small_street):
    plan = make_plan(
        small_street, scenario_of(rest_station={"site_limit": 1}, charging_cabinet={"budget_yuan": 40_000})
    )
    curves = plan.curves.set_index(["service", "limit"])["covered_share"]
    summary = plan.summary()["covered_share_planned"]
    assert curves["rest_station", 1.0] == pytest.approx(summary["rest_station"])
    assert curves["charging_cabinet", 40_000.0] == pytest.approx(summary["charging_cabinet"])


def test_one_budget_has_one_curve_for_all(small_street):
    plan = make_plan(small_street, scenario_of(budget_yuan=50_000, rest_station={}, charging_cabinet={}))
    here = plan.curves[plan.curves["limit"] == 50_000].set_index("service")["covered_share"]
    assert here.to_dict() == pytest.approx(plan.summary()["covered_share_planned"].to_dict())
