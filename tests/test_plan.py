"""The whole story on the demo street, recounted without the planner's own travel, coverage or siting code."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
import shapely

from planner import Scenario, ServiceScenario, make_plan
from planner.catalog import load_catalog
from planner.errors import UnknownNameError
from planner.hours import open_minutes
from planner.travel import network_for

SERVICES = ("rest_station", "charging_cabinet", "sorting_point")


def recount(plan, service, open_site_ids):
    """The covered share by plain loops: networkx over the street pieces, hours by the minute, cell by cell."""
    study, part = plan.study, plan.services[service]
    rules = study.catalog.services[service]
    network = network_for(study.streets, study.catalog.modes[rules.mode], unit=part.standard.unit)
    graph = nx.MultiDiGraph()
    for e in range(len(network.line)):
        if network.forward[e]:
            graph.add_edge(network.tail[e], network.head[e], cost=network.cost[e])
        if network.backward[e]:
            graph.add_edge(network.head[e], network.tail[e], cost=network.cost[e])
    tree = shapely.STRtree(network.line)

    def place(point):
        edge = int(tree.nearest(point))
        line = network.line[edge]
        return (edge, line.project(point) / line.length) if line.distance(point) <= 150 else None

    cells = [place(shapely.Point(xy)) for xy in study.centre_xy]
    frame = part.sites.frame.set_index("site_id")
    minutes = [(p.start, p.end) for p in study.catalog.periods.values()]
    covered = np.zeros((len(cells), len(minutes)), dtype=bool)
    for site_id in open_site_ids:
        at = place(frame.geometry[site_id])
        if at is None:
            continue
        is_open = open_minutes(frame["open_hours"][site_id])
        usable = [is_open[open_minutes(f"{a}-{b}")].mean() >= 0.5 for a, b in minutes]
        edge, along = at
        cost, tail, head = network.cost[edge], network.tail[edge], network.head[edge]
        graph.add_node("site")
        if network.forward[edge]:
            graph.add_edge(tail, "site", cost=along * cost)
        if network.backward[edge]:
            graph.add_edge(head, "site", cost=(1 - along) * cost)
        to_site = nx.single_source_dijkstra_path_length(graph.reverse(copy=False), "site", weight="cost")
        graph.remove_node("site")
        for i, cell in enumerate(cells):
            if cell is None:
                continue
            e, t = cell
            ways = []
            if network.forward[e]:
                ways.append((1 - t) * network.cost[e] + to_site.get(network.head[e], np.inf))
            if network.backward[e]:
                ways.append(t * network.cost[e] + to_site.get(network.tail[e], np.inf))
            if e == edge and (network.forward[e] if along >= t else network.backward[e]):
                ways.append(abs(along - t) * network.cost[e])
            if min(ways) <= part.standard.value + 1e-6:
                covered[i] |= usable
    weight = part.demand.weight
    return weight[covered].sum() / weight.sum()


@pytest.mark.parametrize("service", SERVICES)
def test_the_summary_agrees_with_an_independent_recount(demo_plan, service):
    part, row = demo_plan.services[service], demo_plan.summary().loc[service]
    ids = part.sites.frame["site_id"].to_numpy()
    assert row["covered_share_today"] == pytest.approx(recount(demo_plan, service, ids[part.sites.existing]), abs=1e-9)
    chosen = ids[part.solution.selected]
    assert row["covered_share_planned"] == pytest.approx(recount(demo_plan, service, chosen), abs=1e-9)


@pytest.mark.parametrize("service", SERVICES)
def test_the_solver_and_the_count_agree(demo_plan, service):
    part = demo_plan.services[service]
    assert part.solution.objective == pytest.approx(part.planned.covered_weight)
    assert part.solution.status == "optimal"


def test_limits_are_kept_and_the_plan_helps(demo_plan):
    summary, limits = demo_plan.summary(), demo_plan.scenario.services
    assert list(summary.index) == list(SERVICES)
    assert (summary["covered_share_planned"] > summary["covered_share_today"] + 0.2).all()
    for service, row in summary.iterrows():
        if limits[service].site_limit is not None:
            assert row["new_sites"] <= limits[service].site_limit
        if limits[service].budget_yuan is not None:
            assert row["cost_yuan"] <= limits[service].budget_yuan


def test_each_new_site_says_what_it_brings(demo_plan):
    for part in demo_plan.services.values():
        new = part.new_sites
        assert new["number"].tolist() == list(range(1, len(new) + 1))
        assert new["only_here_per_day"].is_monotonic_decreasing
        assert (new["only_here_per_day"] > 0).all()
        assert (new["within_reach_per_day"] >= new["only_here_per_day"]).all()
        assert set(new["site"]) == set(part.solution.selected) - set(part.sites.existing)
        gained = part.planned.covered_weight - part.today.covered_weight
        assert new["only_here_per_day"].sum() <= gained + 1e-6


def test_gaps_hold_uncovered_demand_only(demo_plan):
    for part in demo_plan.services.values():
        for coverage, gaps in ((part.today, part.gaps_today), (part.planned, part.gaps_planned)):
            lost = float(coverage.weight.sum() - coverage.covered_weight)
            assert 0 < gaps["uncovered_per_day"].sum() <= lost
            assert gaps["uncovered_per_day"].is_monotonic_decreasing
            periods = gaps[[f"uncovered_{j}" for j in range(5)]].sum(axis=1)
            assert np.allclose(periods, gaps["uncovered_per_day"])


def test_points_that_no_street_reaches_are_listed(demo_plan):
    # The demonstration street has one host on a path cut off from all others and two in old works without a road.
    riding = demo_plan.services["charging_cabinet"].unreached
    assert riding[["what", "id", "fault"]].to_numpy().tolist() == [
        ["candidate", "H298", "cut_off"], ["candidate", "H299", "off_road"], ["candidate", "H300", "off_road"],
    ]  # fmt: skip
    assert (riding["off_road_m"] > 150).tolist() == [False, True, True]


def test_demand_that_no_street_reaches_stays_in_the_count(demo_study, demo_plan):
    rules = demo_study.catalog.rules
    near = rules.model_copy(update={"max_off_road_m": rules.max_off_road_m.model_copy(update={"value": 5.0})})
    strict = replace(demo_study, catalog=demo_study.catalog.model_copy(update={"rules": near}))
    part = make_plan(strict, demo_study.scenarios["base"]).services["sorting_point"]
    lost = part.unreached[(part.unreached["what"] == "demand") & (part.unreached["fault"] == "off_road")]
    assert (lost["off_road_m"] > 5).all()
    assert part.demand.weight.sum() == demo_plan.services["sorting_point"].demand.weight.sum()
    number = dict(zip(strict.cells["cell_id"], range(len(strict.cells)), strict=True))
    off_road = [number[i] for i in lost["id"]]
    assert len(off_road) > 50
    assert not part.planned.covered[off_road].any()


def test_fewer_sites_cover_less(demo_study):
    def planned(count):
        scenario = Scenario(services={"rest_station": ServiceScenario(site_limit=count)})
        return make_plan(demo_study, scenario).summary()["covered_share_planned"].iloc[0]

    shares = [planned(count) for count in (0, 1, 3)]
    assert shares == sorted(set(shares))


def test_no_new_sites_is_today(demo_study):
    plan = make_plan(demo_study, Scenario(services={"rest_station": ServiceScenario(site_limit=0)}))
    row = plan.summary().iloc[0]
    assert row["covered_share_planned"] == row["covered_share_today"]
    assert plan.services["rest_station"].new_sites.empty
    assert row["cost_yuan"] == 0


def test_progress_is_told_service_by_service(demo_study):
    told = []
    scenario = demo_study.scenarios["base"]
    make_plan(demo_study, scenario, progress=lambda service, done, of: told.append((service, done, of)))
    assert told == [(s, i, 3) for i, s in enumerate(SERVICES)] + [("", 3, 3)]


def test_an_unknown_service_is_named(demo_study):
    with pytest.raises(UnknownNameError, match="cinema"):
        make_plan(demo_study, Scenario(services={"cinema": ServiceScenario(site_limit=1)}))


def test_a_further_service_needs_no_code(demo_study):
    catalog = load_catalog()
    zone = catalog.services["sorting_point"].model_copy(update={"mode": "drive", "standard_min": 1.0, "area_m2": 20.0})
    wider = catalog.model_copy(update={"services": {**catalog.services, "unloading_zone": zone}})
    study = replace(demo_study, catalog=wider)
    row = make_plan(study, Scenario(services={"unloading_zone": ServiceScenario(site_limit=4)})).summary().iloc[0]
    assert row["covered_share_today"] == 0
    assert row["covered_share_planned"] > 0.1
