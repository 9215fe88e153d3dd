"""What a service looks like in each situation, on the demonstration street."""

from dataclasses import replace

import numpy as np
import pytest

from planner.bridges import bridges_of
from planner.catalog import load_catalog, shipped_catalog
from planner.errors import UnknownNameError
from planner.scenario import Scenario
from planner.situations import Situation, seen_in, situations_of
from planner.today import service_today


@pytest.fixture(scope="module")
def part(demo_plan):
    return demo_plan.services["sorting_point"]


def seen(part, demo_plan, kind, of=""):
    return seen_in(part, Situation(kind, of), demo_plan.scenario)


def test_the_days_make_a_year(demo_plan):
    found = situations_of(demo_plan.study, demo_plan.scenario, bridges=["北园路", "建设路"], centres=["S01"])
    assert [each.key for each in found] == [
        "ordinary", "period:lunch", "period:dinner", "peak_day", "rain", "bridge:北园路", "bridge:建设路", "centre:S01"
    ]  # fmt: skip
    assert sum(each.days for each in found) == pytest.approx(365)
    figures = demo_plan.study.catalog.situations
    days = {each.key: each.days for each in found}
    assert days["bridge:北园路"] == days["bridge:建设路"] == figures.bridge_days.value / 2
    assert days["period:lunch"] == 0


def test_a_peak_day_is_not_tried_twice(demo_plan):
    scenario = demo_plan.scenario.model_copy(update={"peak_day": True})
    assert "peak_day" not in [each.kind for each in situations_of(demo_plan.study, scenario)]


@pytest.mark.parametrize("wish", [{"bridges": ["彩虹桥"]}, {"centres": ["S99"]}])
def test_what_does_not_exist_cannot_close(demo_plan, wish):
    with pytest.raises(UnknownNameError) as caught:
        situations_of(demo_plan.study, demo_plan.scenario, **wish)
    assert next(iter(wish.values()))[0] in str(caught.value)


def test_an_ordinary_day_is_that_of_the_plan(part, demo_plan):
    ordinary = seen(part, demo_plan, "ordinary")
    assert (ordinary.covers != part.covers).nnz == 0
    assert (ordinary.weight == part.demand.weight).all()


def test_a_period_counts_alone(part, demo_plan):
    lunch = seen(part, demo_plan, "period", "lunch").weight
    at = part.demand.periods.index("lunch")
    assert (lunch[:, at] == part.demand.weight[:, at]).all()
    assert lunch.sum() == part.demand.weight[:, at].sum()


def test_a_peak_day_is_that_of_the_scenario(part, demo_plan):
    scenario = Scenario.model_validate({**demo_plan.scenario.model_dump(), "peak_day": True})
    asked = service_today(demo_plan.study, scenario, "sorting_point")
    assert seen(part, demo_plan, "peak_day").weight == pytest.approx(asked.demand.weight)


def test_in_rain_there_is_more_to_do_and_less_in_reach(demo_plan):
    rest = demo_plan.services["rest_station"]
    rain, figures = seen(rest, demo_plan, "rain"), demo_plan.study.catalog.situations
    assert rain.weight.sum() > rest.demand.weight.sum()
    scenario = demo_plan.scenario.model_copy(
        update={
            "services": {
                "rest_station": demo_plan.scenario.services["rest_station"].model_copy(
                    update={"standard_m": rest.standard.value * figures.rain_speed["walk"]}
                )
            },
        }
    )
    nearer = service_today(demo_plan.study, scenario, "rest_station")
    assert (rain.covers != nearer.covers).nnz == 0


def test_dry_figures_make_rain_an_ordinary_day(part, demo_plan):
    dry = {"situations": {"rain_demand": {"meals": 1, "parcels": 1}, "rain_speed": {"ebike": 1}}}
    study = replace(demo_plan.study, catalog=load_catalog(dry))
    rain = seen_in(replace(part, study=study), Situation("rain"), demo_plan.scenario)
    assert (rain.covers != part.covers).nnz == 0
    assert rain.weight == pytest.approx(part.demand.weight)


def test_a_closed_bridge_parts_some_from_their_sites(part, demo_plan):
    fewer = []
    for bridge in bridges_of(demo_plan.study.streets):
        closed = seen(part, demo_plan, "bridge", bridge.key).covers.astype(int)
        assert (closed - part.covers.astype(int)).max() <= 0  # nobody comes nearer
        fewer.append(closed.nnz < part.covers.nnz)
    assert any(fewer)


def test_a_centre_that_is_shut_covers_nobody_and_stays_a_site(part, demo_plan):
    name = part.sites.frame["site_id"].iloc[0]
    shut = seen(part, demo_plan, "centre", name).covers
    assert shut.shape == part.covers.shape
    assert shut[:, [0]].nnz == 0
    assert (shut[:, 1:] != part.covers[:, 1:]).nnz == 0


def test_a_catalog_from_before_there_were_situations_takes_the_shipped_ones():
    import tomllib

    old = tomllib.loads(shipped_catalog().decode())
    del old["situations"]
    assert load_catalog(below=old).situations == load_catalog().situations


def test_a_year_must_keep_an_ordinary_day():
    with pytest.raises(ValueError, match="ordinary"):
        load_catalog({"situations": {"rain_days": {"value": 340}}})


def test_weights_are_shares_of_their_own_day(part, demo_plan):
    assert np.isfinite(seen(part, demo_plan, "rain").weight).all()
