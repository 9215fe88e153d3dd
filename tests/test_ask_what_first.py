"""What first on the demonstration street with a handful of hosts, against every order of them."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from page_runs import opened, settled
from small_street import candidates, covered, ids, scenario_of, with_few_hosts

from planner import make_plan
from planner.analysis import what_first
from planner.errors import ArgumentError
from planner.words import say


@pytest.fixture(scope="module")
def few(demo_study):
    return with_few_hosts(demo_study)


@pytest.fixture(scope="module")
def plan(few):
    return make_plan(few, scenario_of(rest_station={"site_limit": 3}, charging_cabinet={"budget_yuan": 60_000}))


def best_order(part, limits, *, by, running=True, weights=(1, 1, 1)):
    """The most weight covered over the years by any order, by trying every one."""
    some, most = candidates(part), 0.0
    cost = part.sites.frame["cost_yuan"].to_numpy()
    for years in itertools.product(range(len(limits) + 1), repeat=len(some)):
        value = 0.0
        for year, limit in enumerate(limits, start=1):
            opens = [s for s, y in zip(some, years, strict=True) if y == year]
            stands = [s for s, y in zip(some, years, strict=True) if 1 <= y <= year]
            paid = stands if by == "budget_yuan" and running else opens
            if (len(opens) if by == "site_limit" else cost[paid].sum()) > limit:
                break
            value += weights[year - 1] * covered(part, stands)
        else:
            most = max(most, value)
    return most


def test_the_order_is_the_best_of_all(plan):
    answer = what_first(plan)
    rest, cabinets = answer.found
    assert rest.value["best"] == pytest.approx(best_order(plan.services["rest_station"], [1, 1, 1], by="site_limit"))
    limits = [20_000, 40_000, 60_000]
    assert cabinets.limits.tolist() == limits
    best = best_order(plan.services["charging_cabinet"], limits, by="budget_yuan")
    assert cabinets.value["best"] == pytest.approx(best)
    for years in answer.found:
        assert (years.solution.status, years.solution.gap) == ("optimal", 0.0)
        assert all(years.value[order] <= years.value["best"] * (1 + 1e-9) for order in years.value)


def test_new_money_and_weighted_years_are_their_own_question(plan):
    limits, weights = [25_000, 20_000], (3, 1)
    answer = what_first(plan, "charging_cabinet", limits=limits, money="new", year_weights=weights)
    part = plan.services["charging_cabinet"]
    best = best_order(part, limits, by="budget_yuan", running=False, weights=weights)
    assert answer.found[0].value["best"] == pytest.approx(best)
    text = "".join(answer.told("zh"))
    assert say("ask_what_first.means_new", "zh") in text
    assert say("ask_what_first.years_weighed", "zh", weights="3、1") in text


def test_the_frame_says_what_opens_and_what_it_covers(plan):
    answer = what_first(plan, "rest_station", limits=[2, 0, 1])
    frame, part = answer.frame, plan.services["rest_station"]
    assert frame["year"].tolist() == [1, 2, 3]
    assert frame["opened"].tolist() == [2, 0, 1]
    cost = part.sites.frame["cost_yuan"].to_numpy()
    for row in frame.itertuples():
        own = answer.sites[answer.sites["year_best"] <= row.year]
        new = [site for site in candidates(part) if part.sites.frame["site_id"].iloc[site] in set(own["site_id"])]
        assert row.covered_share == pytest.approx(covered(part, new) / part.demand.weight.sum())
        assert row.running_cost_yuan == pytest.approx(cost[new].sum())
    assert frame["covered_share"].is_monotonic_increasing
    sites = answer.behind("zh")[say("ask_what_first.sites", "zh")]
    assert len(sites) == len(answer.sites)
    assert sites["通盘安排"].tolist()[0] == "1"


def test_one_year_is_the_plan(plan):
    part = plan.services["rest_station"]
    answer = what_first(plan, "rest_station", years=1)
    assert answer.frame["covered_share"].tolist() == [part.planned.covered_share]
    assert set(answer.sites["site_id"]) == ids(part, part.opened)


def test_required_sites_open_first_and_count(few, plan):
    part = plan.services["rest_station"]
    worst = min(candidates(part), key=lambda site: covered(part, [site]))
    (name,) = ids(part, [worst])
    asked = make_plan(few, scenario_of(rest_station={"site_limit": 3, "required": (name,)}))
    answer = what_first(asked)
    own = answer.sites.set_index("site_id")
    assert own.loc[name, ["year_best", "year_year_by_year", "year_end_first"]].tolist() == [1, 1, 1]
    assert answer.frame["opened"].tolist() == [1, 1, 1]
    assert say("ask_what_first.required", "zh") in answer.told("zh")
    with pytest.raises(ArgumentError) as caught:
        what_first(asked, limits=[0, 3])
    assert caught.value.key == "required_over_year"


def test_services_that_share_a_budget_are_ordered_together(few):
    asked = make_plan(few, scenario_of(budget_yuan=90_000, rest_station={"weight": 2}, charging_cabinet={}))
    answer = what_first(asked)
    assert len(answer.found) == 1
    by_year = answer.frame.groupby("year")
    assert (by_year["running_cost_yuan"].sum() <= by_year["limit"].first()).all()
    (years,) = answer.found
    shares = answer.frame.assign(weight=answer.frame["service"].map({"rest_station": 2, "charging_cabinet": 1}))
    assert (shares["covered_share"] * shares["weight"]).sum() == pytest.approx(years.value["best"])
    for arguments in ({"service": "rest_station"}, {"by": "site_limit"}):
        with pytest.raises(ArgumentError) as caught:
            what_first(asked, **arguments)
        assert caught.value.key == "asked_of_shared_budget"


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({"limits": [1, 1]}, "limits_of_each_service"),
        ({"years": 0}, "not_a_count"),
        ({"money": "gold"}, "unknown_choice"),
        ({"by": "metres"}, "unknown_choice"),
        ({"service": "rest_station", "limits": []}, "not_a_count"),
        ({"service": "rest_station", "limits": [1, -1]}, "negative"),
        ({"service": "rest_station", "limits": [1.5, 1], "by": "site_limit"}, "not_whole"),
        ({"year_weights": [1, 1]}, "wrong_shape"),
        ({"year_weights": [0, 0, 0]}, "no_year_counts"),
    ],
)
def test_a_bad_argument_gets_its_own_error(plan, arguments, key):
    with pytest.raises(ArgumentError) as caught:
        what_first(plan, **arguments)
    assert caught.value.key == key
    assert caught.value.message("zh") != caught.value.message("en")


def test_what_is_not_proven_is_not_called_best(plan):
    answer = what_first(plan, "rest_station")
    assert say("ask_what_first.proven", "en", service="Rest station") in answer.told("en")
    (years,) = answer.found
    open_end = replace(years, solution=replace(years.solution, status="feasible", gap=0.02))
    told = replace(answer, found=(open_end,)).told("en")
    assert say("ask_what_first.proven", "en", service="Rest station") not in told
    assert any("2.0%" in sentence for sentence in told)


def test_progress_is_told_after_each_order(plan):
    heard = []
    what_first(plan, years=2, progress=lambda done, of: heard.append((done, of)))
    assert heard == [(number, 6) for number in range(1, 7)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_figure_has_a_part_a_service(plan, language):
    figure = what_first(plan, years=2).figure(language)
    names = [plan.study.catalog.services[name].name.in_language(language) for name in plan.services]
    assert [axes.get_title(loc="left") for axes in figure.axes] == names
    assert all(len(axes.containers) == 3 for axes in figure.axes)


def test_the_street_is_asked_on_the_page():
    page = settled(opened("questions").selectbox(key="ask.question.zh").set_value("what_first").run())
    page = settled(page.selectbox(key="ask.what_first.zh.service").set_value("charging_cabinet").run())
    page = settled(page.number_input(key="ask.what_first.zh.limit.charging_cabinet.3.running.1").set_value(1).run())
    page = settled(page.button(key="ask.what_first.go").click().run())
    assert not page.exception
    assert page.get("image")
    assert page.table[0].value["当年新开"].tolist() == ["1", "3", "2"]
    assert len(page.table) == 2
    assert np.any(["已证明" in text.value for text in page.markdown])
