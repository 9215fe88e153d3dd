"""A planner's choices of single places, kept as plain values."""

from planner.scenario import NoGoArea, ProposedSite, Scenario, ServiceScenario
from planner.ui.picks import Picks

HOST = {"kind": "shop", "area_m2": 30, "yearly_cost_yuan": 1, "open_hours": "08:00-20:00"}
OWN = ProposedSite(site_id="own-1", name="门卫室", lon=116.4, lat=39.9, **HOST)
LAKE = NoGoArea(name="湖", ring=((116.4, 39.9), (116.5, 39.9), (116.5, 40.0)))


def test_a_click_toggles_a_verdict_and_another_replaces_it():
    picks = Picks().toggled("rest_station", "H1", "required")
    assert picks.verdict("rest_station", "H1") == "required"
    assert picks.verdict("charging_cabinet", "H1") is None
    assert picks.toggled("rest_station", "H1", "forbidden").verdict("rest_station", "H1") == "forbidden"
    assert picks.toggled("rest_station", "H1", "required").are_none


def test_they_come_from_a_scenario_and_go_into_one():
    limits = ServiceScenario(site_limit=3, required=("H1", "own-1"), forbidden=("H2",))
    scenario = Scenario(services={"rest_station": limits}, proposed=(OWN,), no_go=(LAKE,))
    picks = Picks.of(scenario)
    assert picks.within("rest_station", ServiceScenario(site_limit=3)) == limits
    assert (picks.proposed, picks.no_go) == ((OWN,), (LAKE,))
    assert not picks.are_none
    assert Picks.of(Scenario(services={"rest_station": ServiceScenario(site_limit=1)})).are_none


def test_a_place_that_is_withdrawn_takes_its_verdicts_along():
    picks = (
        Picks(proposed=(OWN,)).toggled("rest_station", "own-1", "required").toggled("sorting_point", "H1", "forbidden")
    )
    left = picks.withdrawing("own-1")
    assert left.proposed == ()
    assert left.verdict("rest_station", "own-1") is None
    assert left.verdict("sorting_point", "H1") == "forbidden"


def test_the_next_id_is_one_that_no_place_has():
    second = OWN.model_copy(update={"site_id": "own-2"})
    assert Picks().next_id() == "own-1"
    assert Picks(proposed=(OWN, second)).next_id() == "own-3"
    assert Picks(proposed=(second,)).next_id() == "own-1"


def test_areas_are_kept_free_and_released_by_their_place():
    other = LAKE.model_copy(update={"name": "坡"})
    picks = Picks().keeping_free(LAKE).keeping_free(other)
    assert [area.name for area in picks.releasing(0).no_go] == ["坡"]
    assert [area.name for area in picks.releasing(1).no_go] == ["湖"]
