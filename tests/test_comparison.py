"""Two plans side by side: their figures and their sites."""

import numpy as np
import pytest
from small_street import scenario_of

from planner import make_plan
from planner.comparison import FIGURES, compare_plans, compare_sites


@pytest.fixture(scope="module")
def plans(demo_study):
    more = scenario_of(rest_station={"site_limit": 4}, charging_cabinet={"site_limit": 1})
    return make_plan(demo_study, scenario_of(rest_station={"site_limit": 2})), make_plan(demo_study, more)


def test_each_figure_stands_beside_the_other_with_the_difference(plans):
    left, right = plans
    told = compare_plans(left, right).set_index(["service", "figure"])
    for figure in FIGURES:
        row = told.loc[("rest_station", figure)]
        assert row["left"] == left.summary().loc["rest_station", figure]
        assert row["right"] == right.summary().loc["rest_station", figure]
        assert row["difference"] == pytest.approx(row["right"] - row["left"])


def test_a_service_that_one_of_them_lacks_is_no_number_there(plans):
    told = compare_plans(*plans).set_index(["service", "figure"]).loc[("charging_cabinet", "new_sites")]
    assert np.isnan(told["left"])
    assert told["right"] == 1
    assert np.isnan(told["difference"])


def test_every_new_site_is_marked_where_it_is(plans):
    left, right = plans
    told = compare_sites(left, right)
    assert not told.duplicated(["service", "site_id"]).any()
    for plan, mark in ((left, "in_left"), (right, "in_right")):
        for service in ("rest_station", "charging_cabinet"):
            own = set(plan.services[service].new_sites["site_id"]) if service in plan.services else set()
            assert set(told["site_id"][told[mark] & (told["service"] == service)]) == own
    assert (told["in_left"] | told["in_right"]).all()


def test_a_plan_beside_itself_differs_in_nothing(plans):
    told = compare_plans(plans[0], plans[0])
    assert (told["difference"] == 0).all()
    sites = compare_sites(plans[0], plans[0])
    assert (sites["in_left"] & sites["in_right"]).all()


def test_two_plans_without_sites_have_no_rows(demo_study):
    none = make_plan(demo_study, scenario_of(rest_station={"site_limit": 0}))
    assert compare_sites(none, none).empty
