"""Which sites a plan opens, against every allowed set of sites of the demo street with a handful of hosts."""

from itertools import product

import geopandas as gpd
import numpy as np
import pytest
from small_street import candidates, cost, covered, ids, scenario_of, subsets, with_few_hosts

from planner import Scenario, ServiceScenario, make_plan
from planner.errors import ArgumentError, UnknownNameError
from planner.scenario import NoGoArea, ProposedSite
from planner.today import service_today

CORNER = {"name": "门卫室", "kind": "shop", "area_m2": 60.0, "yearly_cost_yuan": 30_000.0, "open_hours": "00:00-24:00"}


@pytest.fixture(scope="module")
def small_street(demo_study):
    return with_few_hosts(demo_study)


@pytest.mark.parametrize(
    "limits",
    [
        {"site_limit": 2},
        {"site_limit": 3},
        {"budget_yuan": 90_000.0},
        {"site_limit": 3, "budget_yuan": 150_000.0},
    ],
    ids=str,
)
@pytest.mark.parametrize("picked", [(0, 0), (1, 0), (1, 1), (0, 2)], ids="required {0[0]}, forbidden {0[1]}".format)
def test_choices_within_the_limits_are_the_best_of_all_that_are_allowed(small_street, limits, picked):
    today = service_today(small_street, scenario_of(rest_station=limits), "rest_station")
    names = [today.sites.frame["site_id"].iloc[i] for i in candidates(today)]
    required, forbidden = tuple(names[: picked[0]]), tuple(names[picked[0] : sum(picked)])
    plan = make_plan(small_street, scenario_of(rest_station={**limits, "required": required, "forbidden": forbidden}))
    part = plan.services["rest_station"]
    allowed = [
        new
        for new in subsets(candidates(part))
        if ids(part, new) >= {*required}
        and not ids(part, new) & {*forbidden}
        and len(new) <= limits.get("site_limit", len(names))
        and cost(part, new) <= limits.get("budget_yuan", np.inf)
    ]
    assert allowed
    assert part.planned.covered_weight == pytest.approx(max(covered(part, new) for new in allowed))
    new = ids(part, part.new_sites["site"])
    assert new >= {*required}
    assert not new & {*forbidden}
    assert part.proven is part.solution
    assert part.proven.status == "optimal"


@pytest.mark.parametrize(
    ("budget_yuan", "requires"),
    [(0.0, False), (60_000.0, False), (60_000.0, True), (120_000.0, True), (250_000.0, False)],
)
@pytest.mark.parametrize("weight", [1.0, 3.0])
def test_one_budget_for_all_goes_where_it_covers_the_largest_sum_of_shares(small_street, budget_yuan, weight, requires):
    services = {"rest_station": {"weight": weight}, "charging_cabinet": {}}
    today = {name: service_today(small_street, scenario_of(budget_yuan=0, **services), name) for name in services}
    if requires:
        part = today["charging_cabinet"]
        cheapest = min(candidates(part), key=lambda site: cost(part, [site]))
        services["charging_cabinet"] = {"required": tuple(ids(part, [cheapest]))}
    plan = make_plan(small_street, scenario_of(budget_yuan=budget_yuan, **services))

    must = {*services["charging_cabinet"].get("required", ())}
    rest, cabinets = (
        [
            (cost(part, new), covered(part, new) / part.demand.weight.sum())
            for new in subsets(candidates(part))
            if name != "charging_cabinet" or ids(part, new) >= must
        ]
        for name, part in today.items()
    )
    best = max(weight * a + b for (spent, a), (more, b) in product(rest, cabinets) if spent + more <= budget_yuan)
    rows = plan.summary()
    shares = rows["covered_share_planned"]
    assert weight * shares["rest_station"] + shares["charging_cabinet"] == pytest.approx(best)
    assert rows["cost_yuan"].sum() <= budget_yuan
    assert set(rows["status"]) == {"optimal"}
    parts = list(plan.services.values())
    assert parts[0].proven is parts[1].proven
    for part in parts:
        assert part.solution.objective == pytest.approx(part.planned.covered_weight)
        assert part.solution.bound >= part.solution.objective
        served = part.solution.assignment >= 0
        assert (served == part.planned.covered.ravel()).all()
        assert set(part.solution.assignment[served]) <= set(part.solution.selected)
    assert must <= ids(parts[1], parts[1].new_sites["site"])


def test_a_place_of_the_planners_own_is_a_candidate_like_any_other(small_street):
    lon, lat = small_street.centres.to_crs(4326).geometry.iloc[0].coords[0]
    own = ProposedSite(site_id="P1", lon=lon, lat=lat, **CORNER)
    limits = {"rest_station": ServiceScenario(site_limit=1, required=("P1",))}
    plan = make_plan(small_street, Scenario(services=limits, proposed=(own,)))
    row = plan.services["rest_station"].new_sites.iloc[0]
    assert (row["site_id"], row["name"]) == ("P1", "门卫室")
    where = small_street.centres.geometry.iloc[0]
    assert row.geometry.distance(where) < 0.01


def test_nothing_stands_in_a_no_go_area_of_its_services(small_street):
    around = gpd.GeoSeries([small_street.boundary.buffer(100).envelope], crs=small_street.metric_crs).to_crs(4326)
    corners = tuple(around.iloc[0].exterior.coords)[:-1]
    area = NoGoArea(name="全部", ring=corners, services=("rest_station",))
    limits = {name: ServiceScenario(site_limit=2) for name in ("rest_station", "charging_cabinet")}
    plan = make_plan(small_street, Scenario(services=limits, no_go=(area,)))
    assert plan.services["rest_station"].new_sites.empty
    assert "no_go" in set(plan.services["rest_station"].sites.rejected["rule"])
    assert len(plan.services["charging_cabinet"].new_sites) == 2


def refused(study, **changes):
    scenario = {"services": {"rest_station": {"site_limit": 1}}} | changes
    with pytest.raises((ArgumentError, UnknownNameError)) as error:
        make_plan(study, Scenario.model_validate(scenario))
    for language in ("zh", "en"):
        assert "{" not in error.value.message(language)
    return error.value.key


def test_choices_that_cannot_be_are_refused_with_their_reason(small_street):
    scenario = scenario_of(rest_station={"site_limit": 1})
    sites = service_today(small_street, scenario, "rest_station").sites
    fit = [str(name) for name in sites.frame["site_id"][~sites.frame["existing"].astype(bool)]]
    barred, rule = sites.rejected[["host_id", "rule"]].iloc[0]

    def asking(**limits):
        return refused(small_street, services={"rest_station": {"site_limit": 1} | limits})

    assert asking(required=fit[:2]) == "required_over_limit"
    assert asking(required=fit[:1], budget_yuan=10) == "required_over_budget"
    assert asking(required=[barred]) == f"required_{rule}"
    assert asking(required=["no such place"]) == "unknown_site"
    assert asking(forbidden=["no such place"]) == "unknown_site"
    shared = {"services": {"rest_station": {"required": fit[:1]}}, "budget_yuan": 10}
    assert refused(small_street, **shared) == "required_over_shared_budget"
    own = {"site_id": "P1", "lon": 116.4, "lat": 39.9, **CORNER}
    assert refused(small_street, proposed=[own | {"site_id": fit[0]}]) == "proposed_id_taken"
    assert refused(small_street, proposed=[own | {"kind": "castle"}]) == "unknown_host_kind"
    area = {"name": "湖", "ring": [(116.4, 39.9), (116.5, 39.9), (116.5, 40)], "services": ["car_wash"]}
    assert refused(small_street, no_go=[area]) == "unknown_service"


def test_forbidding_a_place_that_the_rules_keep_out_changes_nothing(small_street):
    plain = make_plan(small_street, scenario_of(rest_station={"site_limit": 2}))
    barred = str(plain.services["rest_station"].sites.rejected["host_id"].iloc[0])
    same = make_plan(small_street, scenario_of(rest_station={"site_limit": 2, "forbidden": (barred,)}))
    assert same.summary().equals(plain.summary())
