import pytest
from pydantic import ValidationError

from planner.catalog import Standard, load_catalog
from planner.scenario import Scenario, ServiceScenario

REST = load_catalog().services["rest_station"]


def test_the_standard_is_the_catalogs_unless_the_planner_varies_it():
    assert ServiceScenario(site_limit=1).standard_for(REST) == Standard(value=500, unit="m")
    assert ServiceScenario(site_limit=1, standard_m=300).standard_for(REST) == Standard(value=300, unit="m")
    assert ServiceScenario(site_limit=1, standard_min=6).standard_for(REST) == Standard(value=6, unit="min")


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"site_limit": -1},
        {"site_limit": 1.5},
        {"budget_yuan": float("inf")},
        {"budget_yuan": -1},
        {"site_limit": 1, "standard_m": 0},
        {"site_limit": 1, "standard_m": 300, "standard_min": 5},
        {"site_limit": 1, "sites": 3},
    ],
)
def test_limits_that_make_no_sense_are_refused(values):
    with pytest.raises(ValidationError):
        ServiceScenario.model_validate(values)


def test_a_scenario_needs_a_service():
    with pytest.raises(ValidationError):
        Scenario(services={})


def test_a_scenario_survives_the_way_through_json():
    scenario = Scenario(name="方案一", services={"rest_station": ServiceScenario(budget_yuan=1e5, standard_m=400)})
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario
