"""The whole story on the demo street, recounted without the planner's own travel, coverage or siting code."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
import shapely

from planner import Scenario, ServiceScenario, make_plan
from planner.catalog import combining_of, load_catalog
from planner.coverage import covers_of, measure_coverage
from planner.errors import UnknownNameError
from planner.hours import open_minutes
from planner.intake.study import GridTotals
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


@pytest.mark.parametrize("combine", ["weights", "shares"])
def test_the_solver_and_the_count_agree_however_demand_is_made(demo_study, combine):
    """Cells, totals of some grids and appeals, on a peak day: whatever the weights are, both count the same."""
    rng = np.random.default_rng(0)
    tables = {kind: rng.uniform(0, 500, (len(demo_study.grids), 1)) for kind in ("meals", "parcels")}
    tables["meals"][:40] = np.nan
    study = replace(
        demo_study,
        grid_totals=GridTotals(by_period=False, per_day=tables),
        combining=combining_of(demo_study.catalog, {"combine": combine, "appeals": 3, "grid_totals": 0.7}),
    )
    scenario = demo_study.scenarios["base"].model_copy(update={"peak_day": True})
    for part in make_plan(study, scenario).services.values():
        assert {name for name, weight in part.demand.parts.items() if weight > 0} == {"cells", "grid_totals", "appeals"}
        assert part.solution.objective == pytest.approx(part.planned.covered_weight)
        assert part.demand.weight.sum() == pytest.approx(sum(part.demand.parts.values()))


def answered_by_hand(plan, service, site_ids):
    """The open appeals that call for a service and have one of the sites within its standard, by networkx."""
    study, part = plan.study, plan.services[service]
    mode = study.catalog.modes[study.catalog.services[service].mode]
    network = network_for(study.streets, mode, unit=part.standard.unit)
    graph = nx.MultiDiGraph()
    for e in range(len(network.line)):
        if network.forward[e]:
            graph.add_edge(network.tail[e], network.head[e], cost=network.cost[e])
        if network.backward[e]:
            graph.add_edge(network.head[e], network.tail[e], cost=network.cost[e])
    tree = shapely.STRtree(network.line)
    frame = part.sites.frame.set_index("site_id")
    answered = set()
    for appeal in part.appeals.itertuples():
        e = int(tree.nearest(appeal.geometry))
        t = network.line[e].project(appeal.geometry) / network.line[e].length
        graph.add_node("appeal")
        if network.forward[e]:
            graph.add_edge("appeal", network.head[e], cost=(1 - t) * network.cost[e])
        if network.backward[e]:
            graph.add_edge("appeal", network.tail[e], cost=t * network.cost[e])
        reach = nx.single_source_dijkstra_path_length(graph, "appeal", weight="cost")
        graph.remove_node("appeal")
        for site in site_ids:
            point = frame.geometry[site]
            s = int(tree.nearest(point))
            along = network.line[s].project(point) / network.line[s].length
            if network.line[s].distance(point) > 150:
                continue
            ways = []
            if network.forward[s]:
                ways.append(reach.get(network.tail[s], np.inf) + along * network.cost[s])
            if network.backward[s]:
                ways.append(reach.get(network.head[s], np.inf) + (1 - along) * network.cost[s])
            if s == e and (network.forward[e] if along >= t else network.backward[e]):
                ways.append(abs(along - t) * network.cost[e])
            if min(ways) <= part.standard.value + 1e-6:
                answered.add(appeal.appeal_id)
    return answered


@pytest.mark.parametrize("service", SERVICES)
def test_a_plan_says_which_open_appeals_it_answers(demo_plan, service):
    part, row = demo_plan.services[service], demo_plan.summary().loc[service]
    ids = part.sites.frame["site_id"].to_numpy()
    asked = demo_plan.study.appeals
    kinds = {"rest_station": ["rest"], "charging_cabinet": ["charging"]}.get(service, ["parking", "sorting", "entry"])
    assert set(part.appeals["appeal_id"]) == set(asked["appeal_id"][asked["open"] & asked["category"].isin(kinds)])
    for when, open_sites in (("today", part.sites.existing), ("planned", part.solution.selected)):
        expected = answered_by_hand(demo_plan, service, ids[open_sites])
        assert set(part.appeals["appeal_id"][part.appeals[f"answered_{when}"]]) == expected
        assert row[f"appeals_answered_{when}"] == len(expected)
    assert row["open_appeals"] == len(part.appeals)


def test_appeals_of_all_services_are_counted_once(demo_plan):
    frame = demo_plan.appeals()
    assert len(frame) == len(demo_plan.study.appeals)
    own = frame[frame["services"].map(len) > 0]
    summary = demo_plan.summary()
    assert len(own) == summary["open_appeals"].sum()  # no category of the catalog calls for two services
    assert own["answered_planned"].sum() == summary["appeals_answered_planned"].sum()
    assert (own["answered_planned"] >= own["answered_today"]).all()
    assert not frame["answered_planned"][frame["state"] != "open"].any()


def test_a_site_that_shuts_at_six_covers_nobody_at_dinner(demo_plan):
    part = demo_plan.services["rest_station"]
    shut = part.sites.frame["open_hours"].to_numpy() == "08:30-17:30"
    dinner = part.demand.periods.index("dinner")
    assert shut[part.sites.existing].sum() > 3
    assert not part.sites.open[shut, dinner].any()
    covers = covers_of(part.costs, part.sites.open)
    measured = measure_coverage(covers, part.demand.weight, np.flatnonzero(shut))
    assert measured.share_by_period()[dinner] == 0
    assert measured.share_by_period()[part.demand.periods.index("lunch")] > 0


def test_a_peak_day_plans_for_more_parcels_and_the_same_meals(demo_study):
    def weights(**day):
        scenario = demo_study.scenarios["base"].model_copy(update=day)
        quiet = replace(demo_study, appeals=demo_study.appeals.iloc[:0])
        return make_plan(quiet, scenario).summary()["weight_per_day"]

    normal, peak = weights(), weights(peak_day=True)
    assert peak["sorting_point"] == pytest.approx(1.51 * normal["sorting_point"])
    assert peak["rest_station"] - normal["rest_station"] == pytest.approx(0.51 * 0.06 * normal["sorting_point"])


def test_an_unknown_kind_of_delivery_is_named(demo_study):
    scenario = demo_study.scenarios["base"].model_copy(update={"demand_factor": {"letters": 2.0}})
    with pytest.raises(UnknownNameError, match="letters"):
        make_plan(demo_study, scenario)


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
