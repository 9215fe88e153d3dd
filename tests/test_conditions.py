"""What a report says of the limits and choices that a plan was made with."""

import pytest
from small_street import candidates, scenario_of, with_few_hosts

from planner import make_plan
from planner.report.contents.conditions import conditions_of
from planner.scenario import NoGoArea
from planner.today import service_today


def test_limits_of_its_own(demo_plan):
    assert conditions_of(demo_plan, "rest_station", "zh") == ["新增不超过 6 处"]
    assert conditions_of(demo_plan, "sorting_point", "en") == ["at most 400,000 yuan a year"]


@pytest.fixture(scope="module")
def decided(demo_study):
    study = with_few_hosts(demo_study)
    plain = scenario_of(budget_yuan=200_000, rest_station={"weight": 2}, charging_cabinet={})
    part = service_today(study, plain, "rest_station")
    required, forbidden = (part.sites.frame["site_id"].iloc[site] for site in candidates(part)[:2])
    limits = {"weight": 2, "required": (required,), "forbidden": (forbidden,)}
    area = NoGoArea(name="湖", ring=((0, 0), (1, 0), (1, 1)), services=("rest_station",))
    scenario = scenario_of(budget_yuan=200_000, rest_station=limits, charging_cabinet={})
    return make_plan(study, scenario.model_copy(update={"no_go": (area,)}))


def test_a_shared_budget_and_every_choice_are_told(decided):
    names = decided.services["rest_station"].sites.frame.set_index("site_id")["name"]
    limits = decided.scenario.services["rest_station"]
    assert conditions_of(decided, "rest_station", "zh") == [
        "各服务合用年费用 200,000 元 以内（本服务权重 2）",
        f"必选 {names[limits.required[0]]}",
        f"禁用 {names[limits.forbidden[0]]}",
        "不在 湖 设点",
    ]
    assert conditions_of(decided, "charging_cabinet", "en") == [
        "within 200,000 yuan a year for all services together (weight of this one 1)"
    ]
