"""Services that few streets have: planned where they are asked for, and in nobody's way elsewhere."""

from dataclasses import replace

import pytest
from small_street import scenario_of

from planner import make_plan
from planner.today import services_at_hand


@pytest.fixture(scope="module")
def plan(demo_study):
    return make_plan(
        demo_study,
        scenario_of(lobby_handoff={"site_limit": 2}, parking_zone={"site_limit": 2}, drivers_home={"site_limit": 1}),
    )


def test_only_the_usual_services_are_measured_unless_one_is_there_or_asked_for(demo_study):
    usual = demo_study.catalog.usual_services()
    assert services_at_hand(demo_study, demo_study.scenarios["base"]) == usual
    assert services_at_hand(demo_study, scenario_of(drivers_home={"site_limit": 1})) == (*usual, "drivers_home")
    offered = [("parking_zone",), *demo_study.centres["services"][1:]]
    there = replace(demo_study, centres=demo_study.centres.assign(services=offered))
    assert services_at_hand(there, demo_study.scenarios["base"]) == (*usual, "parking_zone")


def test_each_is_sited_by_its_own_demand_hosts_and_mode(plan, demo_study):
    summary, deliveries = plan.summary(), demo_study.deliveries
    assert (summary["status"] == "optimal").all()
    assert (summary["covered_share_planned"] > 0).all()
    meals, parcels = deliveries["meals"].sum(), deliveries["parcels"].sum()
    appeals = {name: part.appeals["category"].value_counts() for name, part in plan.services.items()}
    assert summary["weight_per_day"]["lobby_handoff"] == pytest.approx(meals + 25.5 * appeals["lobby_handoff"]["entry"])
    stops = meals + 0.1 * parcels + 20 * appeals["parking_zone"]["parking"]
    assert summary["weight_per_day"]["parking_zone"] == pytest.approx(stops)
    assert summary["weight_per_day"]["drivers_home"] == pytest.approx(0.001 * parcels)
    kinds = {name: set(part.new_sites["kind"]) for name, part in plan.services.items()}
    assert kinds["lobby_handoff"] == {"lobby"}
    assert kinds["parking_zone"] <= {"car_park", "vacant_lot"}
    assert kinds["drivers_home"] <= {"car_park", "vacant_lot"}


def test_a_drivers_home_of_the_plan_is_by_a_freight_road(plan, demo_study):
    near = demo_study.catalog.services["drivers_home"].near_roads
    classes = [tag.removeprefix("highway=") for tag in near.tags]
    edges = demo_study.streets.edges
    roads = edges[edges["highway"].isin(classes)].geometry.union_all()
    part = plan.services["drivers_home"]
    assert (part.new_sites.geometry.distance(roads) <= near.within_m).all()
    kept_out = part.sites.rejected[part.sites.rejected["rule"] == "roads"]
    assert len(kept_out) > 0
    hosts = demo_study.hosts.set_index("host_id").geometry[kept_out["host_id"]]
    assert (hosts.distance(roads) > near.within_m).all()
