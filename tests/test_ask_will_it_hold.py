"""Will it hold, on the demonstration street with a handful of hosts, against every plan of them."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from page_runs import opened, settled
from small_street import candidates, cost, ids, scenario_of, subsets, with_few_hosts

from planner import make_plan
from planner.analysis import will_it_hold
from planner.analysis.will_it_hold.answer import GOALS, HELD
from planner.coverage import measure_coverage
from planner.errors import ArgumentError, UnknownNameError
from planner.situations import seen_in
from planner.words import say


@pytest.fixture(scope="module")
def few(demo_study):
    return with_few_hosts(demo_study)


@pytest.fixture(scope="module")
def plan(few):
    return make_plan(few, scenario_of(rest_station={"site_limit": 3}, sorting_point={"budget_yuan": 150_000}))


@pytest.fixture(scope="module")
def answer(plan):
    return will_it_hold(plan, "rest_station", draws=40)


def every_plan(plan, service, situations, allowed):
    """The covered share of every allowed set of candidates in each situation: (plans, situations)."""
    part = plan.services[service]
    seen = [seen_in(part, situation, plan.scenario) for situation in situations]
    return np.array(
        [
            [measure_coverage(s.covers, s.weight, [*part.sites.existing, *new]).covered_share for s in seen]
            for new in subsets(candidates(part))
            if allowed(part, new)
        ]
    )


@pytest.mark.parametrize(
    ("service", "allowed"),
    [
        ("rest_station", lambda _, new: len(new) <= 3),
        ("sorting_point", lambda part, new: cost(part, new) <= 150_000),
    ],
)
def test_each_plan_is_the_best_of_all_by_its_goal(plan, service, allowed):
    found = will_it_hold(plan, service, bridges=["建设路", "北园路"], centres=["S10"], draws=2)
    table = every_plan(plan, service, found.situations, allowed)
    days = np.array([each.days for each in found.situations])
    best = {
        "average": (table @ days / days.sum()).max(),
        "worst": table.min(axis=1).max(),
        "regret": (table.max(axis=0) - table).max(axis=1).min(),
    }
    frame = found.frame.set_index(["plan", "situation"])
    for goal in GOALS:
        solution = found.solutions[goal]
        assert (solution.status, solution.gap) == ("optimal", 0.0)
        own = frame.loc[goal]
        measured = {
            "average": (own["covered_share"].to_numpy() @ days) / days.sum(),
            "worst": own["covered_share"].min(),
            "regret": own["regret_share"].max(),
        }[goal]
        assert measured == pytest.approx(best[goal], abs=1e-9)
        assert solution.objective == pytest.approx(best[goal], abs=1e-9)
    assert frame.loc["in_hand", "best_share"].to_numpy() == pytest.approx(table.max(axis=0))


def test_the_plan_in_hand_is_the_plan(plan, answer):
    part = plan.services["rest_station"]
    own = answer.frame[answer.frame["plan"] == "in_hand"].set_index("situation")
    assert own.loc["ordinary", "covered_share"] == pytest.approx(part.planned.covered_share)
    assert own.loc["ordinary", "regret_share"] == pytest.approx(0.0, abs=1e-12)
    assert set(answer.sites[answer.sites["in_hand"]]["site_id"]) == ids(part, part.opened)
    assert len(answer.frame) == len(answer.situations) * len(HELD)


def test_what_is_missed_most_closes_where_nothing_is_named(plan, answer):
    part = plan.services["rest_station"]
    (centre,) = [each.of for each in answer.situations if each.kind == "centre"]
    left = {}
    for site in part.sites.existing:
        stays = np.setdiff1d(part.solution.selected, [site])
        left[part.sites.frame["site_id"].iloc[site]] = measure_coverage(
            part.covers, part.demand.weight, stays
        ).covered_weight
    assert left[centre] == min(left.values())


def test_the_chosen_share_is_counted_over_the_draws(plan, answer):
    sites = answer.sites
    assert answer.draws == answer.draws_proven == 40
    assert (sites["chosen_share"] * 40 % 1).abs().max() < 1e-9
    assert sites["chosen_share"].sum() <= 3 + 1e-9
    assert ((sites["low_share"] <= sites["chosen_share"]) & (sites["chosen_share"] <= sites["high_share"])).all()
    assert sites["chosen_share"].is_monotonic_decreasing
    certain = will_it_hold(plan, "rest_station", draws=3, variation=0.0)
    part = plan.services["rest_station"]
    always = certain.sites[certain.sites["chosen_share"] == 1.0]
    assert set(always["site_id"]) == ids(part, part.opened)


def test_a_seed_is_a_seed(plan, answer):
    same = will_it_hold(plan, "rest_station", draws=40)
    assert same.sites.equals(answer.sites)
    assert same.frame.equals(answer.frame)


def test_hosts_that_cover_the_same_are_told(few, plan):
    """The twin of a site that the plan opens, next door: which of the two is chosen says nothing."""
    (name, *_) = sorted(ids(plan.services["rest_station"], plan.services["rest_station"].opened))
    twin = few.hosts[few.hosts["host_id"] == name].assign(host_id="H-twin", name="隔壁")
    both = replace(few, hosts=gpd.GeoDataFrame(pd.concat([few.hosts, twin], ignore_index=True), crs=few.hosts.crs))
    found = will_it_hold(make_plan(both, scenario_of(rest_station={"site_limit": 3})), draws=20)
    pair = found.sites[found.sites["site_id"].isin([name, "H-twin"])]
    assert len(pair) == 1
    assert pair["alike"].tolist() == [1]
    assert (found.sites[~found.sites["site_id"].isin([name, "H-twin"])]["alike"] == 0).all()
    assert say("ask_will_it_hold.alike_told", "zh") in found.told("zh")


def test_required_sites_stay_and_services_that_share_a_budget_are_looked_at_together(few):
    limits = {"rest_station": {"weight": 2}, "sorting_point": {}}
    plan = make_plan(few, scenario_of(budget_yuan=150_000, **limits))
    found = will_it_hold(plan, draws=5)
    assert set(found.sites["service"]) <= set(limits)
    own = found.frame[(found.frame["plan"] == "in_hand") & (found.frame["situation"] == "ordinary")]
    summary = plan.summary()["covered_share_planned"]
    mean = (2 * summary["rest_station"] + summary["sorting_point"]) / 3
    assert own["covered_share"].item() == pytest.approx(mean)
    assert say("ask_will_it_hold.together", "zh") in found.told("zh")
    with pytest.raises(ArgumentError) as caught:
        will_it_hold(plan, "rest_station")
    assert caught.value.key == "asked_of_shared_budget"
    part = plan.services["rest_station"]
    name = sorted(ids(part, candidates(part)))[0]
    asked = make_plan(few, scenario_of(rest_station={"site_limit": 1, "required": (name,)}))
    held = will_it_hold(asked, draws=5).sites.set_index("site_id")
    assert held.index.tolist() == [name]
    assert held.loc[name, ["chosen_share", *HELD]].tolist() == [1.0, True, True, True, True]


@pytest.mark.parametrize(
    ("arguments", "error", "key"),
    [
        ({}, ArgumentError, "name_one_service"),
        ({"service": "rest_station", "draws": 0}, ArgumentError, "not_a_count"),
        ({"service": "rest_station", "variation": -0.1}, ArgumentError, "bad_limit"),
        ({"service": "rest_station", "bridges": ["彩虹桥"]}, UnknownNameError, "unknown_bridge"),
        ({"service": "rest_station", "centres": ["S99"]}, UnknownNameError, "unknown_centre"),
    ],
)
def test_a_bad_argument_gets_its_own_error(plan, arguments, error, key):
    with pytest.raises(error) as caught:
        will_it_hold(plan, **arguments)
    assert caught.value.key == key
    assert caught.value.message("zh") != caught.value.message("en")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_told_with_its_assumptions_and_drawn(answer, language):
    told = "\n".join(answer.told(language))
    figures = answer.plan.study.catalog.situations
    for source in (figures.rain_demand_source, figures.rain_speed_source, figures.demand_variation.source):
        assert source.in_language(language) in told
    assert told.count(say("ask_will_it_hold.proven", language)) == 3
    figure = answer.figure(language)
    above, below = figure.axes
    names = answer.names(language)["situation"]
    assert [text.get_text() for text in above.get_yticklabels()] == list(names.values())
    assert [text.get_text() for text in below.get_yticklabels()] == list(answer.sites["name"].head(16))


def test_what_is_not_proven_is_not_called_so(answer):
    open_end = {
        goal: replace(found, status="feasible", gap=0.1, bound=0.987) for goal, found in answer.solutions.items()
    }
    told = "\n".join(replace(answer, solutions=open_end, draws_proven=38).told("en"))
    assert say("ask_will_it_hold.proven", "en") not in told
    assert told.count("98.7%") == 3
    assert say("ask_will_it_hold.draws_not_proven", "en", count=2) in told


def test_progress_is_told_after_each_goal_and_draw(plan):
    heard = []
    will_it_hold(plan, "rest_station", draws=3, progress=lambda done, of: heard.append((done, of)))
    assert heard == [(10, 33), (20, 33), (30, 33), (31, 33), (32, 33), (33, 33)]


def test_the_street_is_asked_on_the_page():
    page = settled(opened("questions").selectbox(key="ask.question.zh").set_value("will_it_hold").run())
    page = settled(page.selectbox(key="ask.will_it_hold.zh.service").set_value("charging_cabinet").run())
    page = settled(page.multiselect(key="ask.will_it_hold.zh.bridges").set_value(["建设路"]).run())
    page = settled(page.number_input(key="ask.will_it_hold.zh.draws").set_value(20).run())
    page = settled(page.button(key="ask.will_it_hold.go").click().run())
    assert not page.exception
    assert page.get("image")
    assert any("封桥：建设路" in name for name in page.table[0].value["情形"])
    assert len(page.table) == 2
