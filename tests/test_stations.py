"""The stations of a village of one street, 600 m: centres west, hosts east::

S1 rest station -100 | S2 cabinet and sorting -50 | H1, H2 hosts at 100 and 120
"""

import pytest
from study_world import CENTRES, HOSTS, STUDY_TOML, lon_lat, table, write_study

from planner import load_study, make_plan
from planner.scenario import ProposedSite
from planner.stations import Station, stations_of

ROWS = (
    f"S1,一号驿站,{lon_lat(-100, 0)},rest_station,08:00-20:00,1,东西街1号,,",
    f"S2,二号站,{lon_lat(-50, 0)},sorting_point;charging_cabinet,00:00-24:00,-1,,换电、厕所,地库 2 号坡道",
)
TOML = STUDY_TOML + "standard_m = 60\n[scenarios.base.services.charging_cabinet]\nsite_limit = 1\nstandard_m = 60\n"


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = write_study(
        tmp_path_factory.mktemp("world") / "小村",
        study_toml=TOML,
        centres_csv=table(f"{CENTRES},offers,access", *ROWS),
        hosts_csv=table(f"{HOSTS},access", f"H1,小卖部,shop,{lon_lat(100, 0)},1,60,72000,08:00-22:00,后门进"),
    )
    study = load_study(folder)
    return make_plan(study, study.scenarios["base"])


def test_existing_centres_come_first_as_their_file_has_them(plan):
    first, second, _ = stations_of(plan)
    assert isinstance(first, Station)
    assert (first.number, first.site_id, first.name, first.state) == (1, "S1", "一号驿站", "open")
    assert (first.address, first.access, first.floor, first.open_hours) == ("东西街1号", "", 1, "08:00-20:00")
    assert (second.number, second.services, second.floor) == (2, ("sorting_point", "charging_cabinet"), -1)
    assert second.access == "地库 2 号坡道"
    assert [s.geometry.coords[:] for s in (first, second)] == [g.coords[:] for g in plan.study.centres.geometry]


def test_what_is_not_stated_is_what_the_services_offer(plan):
    first, second, third = stations_of(plan)
    assert (first.offers_stated, second.offers_stated, third.offers_stated) == (False, True, False)
    assert first.offers == ("hot_water", "microwave", "phone_charging", "seats", "air_conditioning")
    assert second.offers == ("battery_swap", "toilet")


def test_a_host_that_holds_two_services_is_one_station(plan):
    assert all(part.new_sites["site_id"].tolist() == ["H1"] for part in plan.services.values())
    station = stations_of(plan)[2]
    assert (station.number, station.site_id, station.state) == (3, "H1", "planned")
    assert station.services == ("rest_station", "charging_cabinet")
    assert station.access == "后门进"
    assert {"hot_water", "ebike_charging", "battery_swap"} <= set(station.offers)


def test_centres_of_services_that_are_not_planned_are_stations_too(plan):
    scenario = plan.scenario.model_copy(update={"services": {"rest_station": plan.scenario.services["rest_station"]}})
    stations = stations_of(make_plan(plan.study, scenario))
    assert [s.services for s in stations] == [
        ("rest_station",), ("sorting_point", "charging_cabinet"), ("rest_station",),
    ]  # fmt: skip


def test_a_place_of_the_planners_own_has_its_floor(plan):
    lon, lat = (float(number) for number in lon_lat(100, 5).split(","))
    own = ProposedSite(
        site_id="P1",
        name="我的点",
        lon=lon,
        lat=lat,
        kind="shop",
        area_m2=40,
        yearly_cost_yuan=0,
        open_hours="08:00-20:00",
    )
    rules = plan.scenario.services["rest_station"].model_copy(update={"required": ("P1",)})
    scenario = plan.scenario.model_copy(update={"proposed": (own,), "services": {"rest_station": rules}})
    last = stations_of(make_plan(plan.study, scenario))[-1]
    assert (last.site_id, last.floor, last.access, last.state) == ("P1", 1, "", "planned")


def test_stations_of_the_demo_are_numbered_without_a_gap(demo_plan):
    stations = stations_of(demo_plan)
    assert [s.number for s in stations] == list(range(1, len(stations) + 1))
    assert len({s.site_id for s in stations}) == len(stations)
    new = {site for part in demo_plan.services.values() for site in part.new_sites["site_id"]}
    assert {s.site_id for s in stations if s.state == "planned"} == new
    assert sum(len(s.services) for s in stations if s.state == "planned") == demo_plan.summary()["new_sites"].sum()
    assert {s.offers_stated for s in stations if s.state == "open"} == {True, False}
