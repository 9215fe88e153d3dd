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
        {"site_limit": -1},
        {"site_limit": 1.5},
        {"budget_yuan": float("inf")},
        {"budget_yuan": -1},
        {"site_limit": 1, "standard_m": 0},
        {"site_limit": 1, "standard_m": 300, "standard_min": 5},
        {"site_limit": 1, "sites": 3},
        {"site_limit": 1, "required": ["H1"], "forbidden": ["H2", "H1"]},
        {"site_limit": 1, "weight": 0},
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


PLACE = {"site_id": "P1", "name": "门卫室", "lon": 116.4, "lat": 39.9, "kind": "shop", "area_m2": 30}
PLACE |= {"yearly_cost_yuan": 30_000, "open_hours": "08:00-22:00"}


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"services": {"rest_station": {}}}, "unlimited"),
        ({"budget_yuan": 1e5}, "limited_twice"),
        ({"proposed": [PLACE, PLACE]}, "proposed_twice"),
        ({"proposed": [PLACE | {"lat": 116.4}]}, "less_than_equal"),
        ({"proposed": [PLACE | {"open_hours": "all day"}]}, "open_hours"),
        ({"no_go": [{"name": "湖", "ring": [(116.4, 39.9), (116.5, 39.9)]}]}, "too_short"),
    ],
)
def test_a_scenario_that_contradicts_itself_is_refused(changes, kind):
    with pytest.raises(ValidationError) as error:
        Scenario.model_validate({"services": {"rest_station": {"site_limit": 1}}} | changes)
    assert [fault["type"] for fault in error.value.errors()] == [kind]


def test_limits_and_choices_do_not_change_what_there_is_before_planning():
    plain = Scenario(services={"rest_station": ServiceScenario(site_limit=1, standard_m=400)}, peak_day=True)
    chosen = ServiceScenario(standard_m=400, required=("H1",), forbidden=("H2",), weight=2)
    other = Scenario(services={"rest_station": chosen}, budget_yuan=1e5, peak_day=True, name="合用预算")
    assert plain.before_planning("rest_station") == other.before_planning("rest_station")
    further = Scenario(services={"rest_station": ServiceScenario(site_limit=1, standard_m=500)}, peak_day=True)
    assert plain.before_planning("rest_station") != further.before_planning("rest_station")
