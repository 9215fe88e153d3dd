"""Whom a plan serves: on the demonstration street, every figure counted anew from the plan."""

import numpy as np
import pandas as pd
import pytest
from page_runs import opened, settled
from small_street import candidates, covered, scenario_of, subsets, with_few_hosts

from planner import make_plan
from planner.analysis import whom_it_serves
from planner.analysis.drawing import png_of
from planner.coverage import measure_coverage
from planner.equity import gini
from planner.errors import ArgumentError, UnknownNameError


@pytest.fixture(scope="module")
def served(demo_plan):
    return whom_it_serves(demo_plan, "rest_station", steps=4)


def test_every_place_is_counted_as_the_coverage_counts_it(served):
    part = served.part
    grids = part.demand.cells["grid_code"].to_numpy()
    for when, coverage in (("today", part.today), ("planned", part.planned)):
        expected = coverage.by_group(grids)["covered_share"].dropna()
        found = served.grids.set_index("code")[f"{when}_share"]
        pd.testing.assert_series_equal(found, expected, check_names=False)
    fair = measure_coverage(part.covers, part.demand.weight, served.fair.selected)
    community = served.plan.study.grids.set_index("grid_code")["community_code"].loc[grids].to_numpy()
    expected = fair.by_group(community)["covered_share"]
    assert served.places.set_index("code")["floor_share"].to_numpy() == pytest.approx(expected.to_numpy())
    assert served.places["weight_per_day"].sum() == pytest.approx(part.demand.weight.sum())
    assert not served.frame["name"].eq("").any()


def test_all_the_supply_is_somebodys(served):
    part, weight = served.part, served.part.demand.weight
    for when, sites in (("today", part.sites.existing), ("planned", part.solution.selected)):
        reached = part.covers[:, sites].T @ weight.ravel()
        of_period = [part.covers[p :: weight.shape[1], :][:, sites].T @ weight[:, p] for p in range(weight.shape[1])]
        places = sum((reached_then > 0).sum() for reached_then in of_period)
        for level in (served.places, served.grids):
            assert (level["weight_per_day"] * level[f"{when}_per_1000"]).sum() == pytest.approx(1000 * places)
        assert reached.sum() > 0


def test_twice_the_supply_is_twice_the_accessibility(demo_plan, served):
    ids = served.part.sites.frame["site_id"]
    double = whom_it_serves(demo_plan, "rest_station", steps=1, supply=dict.fromkeys(ids, 2.0))
    assert (double.frame["planned_per_1000"] / 2).to_numpy() == pytest.approx(served.frame["planned_per_1000"])


def test_the_price_is_that_of_the_best_with_each_floor(served):
    price = served.price
    assert len(price) == 5
    assert price["floor_share"].iloc[0] == price["price_share"].iloc[0] == 0
    assert price["covered_share"].is_monotonic_decreasing
    assert price["floor_share"].iloc[-1] == served.fairest.floor
    assert price["covered_share"].iloc[0] == pytest.approx(served.part.planned.covered_share)
    assert (price["optimality_gap"] == 0).all()
    assert price["price_share"].to_numpy() == pytest.approx(1 - price["covered_share"] / price["covered_share"].iloc[0])


def test_who_falls_short_is_named_with_what_is_possible(served):
    assert served.fair.floor == pytest.approx(served.fairest.floor)  # 60 % for all is not possible there
    short = served.short
    assert len(short) == 3
    assert (short["floor_share"] < 0.6).all()
    assert (short["alone_share"] >= short["floor_share"] - 1e-9).all()
    assert (short["reach_share"] >= short["alone_share"] - 1e-9).all()
    assert served.places.drop(short.index)["alone_share"].isna().all()
    for language in ("zh", "en"):
        told = " ".join(served.told(language))
        assert all(name in told for name in short["name"])


def test_more_equal_is_a_smaller_gini(served):
    grids = served.grids
    assert served.gini.loc["covered", "planned"] == gini(grids["planned_share"], grids["weight_per_day"])
    assert (served.gini["planned"] < served.gini["today"]).all()


def test_the_plan_with_floors_leaves_the_other_services_alone(served):
    fair = served.fair_plan
    assert fair.services["rest_station"].planned.covered_weight == pytest.approx(served.fair.objective)
    other = "charging_cabinet"
    assert np.array_equal(fair.services[other].opened, served.plan.services[other].opened)


def test_the_highest_floor_against_every_choice(demo_study):
    study = with_few_hosts(demo_study)
    plan = make_plan(study, scenario_of(charging_cabinet={"site_limit": 2}))
    found = whom_it_serves(plan, "charging_cabinet", floor=1.0, steps=2)
    part = plan.services["charging_cabinet"]
    grids = part.demand.cells["grid_code"].to_numpy()
    community = study.grids.set_index("grid_code")["community_code"].loc[grids].to_numpy()
    reach = found.places["reach_share"].to_numpy()

    def floor_of(new):
        open_sites = [*part.sites.existing, *new]
        share = measure_coverage(part.covers, part.demand.weight, open_sites).by_group(community)["covered_share"]
        short = share.to_numpy()[share.to_numpy() < reach - 1e-9]
        return min(short, default=1.0)

    choices = [new for new in subsets(candidates(part)) if len(new) <= 2]
    best = max(map(floor_of, choices))
    assert min(found.fairest.floor, 1.0) == pytest.approx(best)
    assert found.fairest.objective == pytest.approx(
        max(covered(part, n) for n in choices if floor_of(n) >= best - 1e-9)
    )


def test_with_a_shared_budget_the_money_of_the_service_is_what_there_is(demo_study):
    plan = make_plan(with_few_hosts(demo_study), scenario_of(budget_yuan=90_000, rest_station={}, charging_cabinet={}))
    found = whom_it_serves(plan, "rest_station", steps=1, level="grid")
    part = plan.services["rest_station"]
    spent = part.sites.frame["cost_yuan"].to_numpy()[part.opened].sum()
    new = np.setdiff1d(found.fair.selected, part.sites.existing)
    assert part.sites.frame["cost_yuan"].to_numpy()[new].sum() <= spent
    assert found.free.objective >= part.planned.covered_weight - 1e-9
    assert found.level == "grid"


@pytest.mark.parametrize(
    ("wrong", "error", "key"),
    [
        ({"service": "park"}, UnknownNameError, "unknown_service"),
        ({"floor": 60}, ArgumentError, "bad_share"),
        ({"steps": 0}, ArgumentError, "not_a_count"),
        ({"level": "house"}, ArgumentError, "unknown_choice"),
        ({"supply": {"nobody": 2}}, UnknownNameError, "unknown_site"),
    ],
)
def test_arguments_that_cannot_be(demo_plan, wrong, error, key):
    with pytest.raises(error) as caught:
        whom_it_serves(demo_plan, **{"service": "rest_station"} | wrong)
    assert caught.value.key == key
    assert caught.value.message("zh")
    assert caught.value.message("en")


def test_it_tells_how_far_it_is_and_can_be_stopped(demo_plan):
    told = []

    def stop(done, of):
        told.append((done, of))
        raise KeyError

    with pytest.raises(KeyError):
        whom_it_serves(demo_plan, "rest_station", progress=stop)
    assert told == [(1, 12)]


def test_its_figure_is_drawn_in_both_languages(served):
    pictures = {png_of(served.figure(language), dpi=50) for language in ("zh", "en")}
    assert len(pictures) == 2


@pytest.mark.slow
def test_it_is_asked_on_the_page():
    page = opened("questions")
    page = settled(page.selectbox(key="ask.question.zh").set_value("whom_it_serves").run())
    page = settled(page.button(key="ask.whom_it_serves.go").click().run())
    assert not page.exception
    assert page.get("image")
    assert "每个社区至少 60" in page.markdown[1].value
