"""One budget for several services, against trying every set of sites of a street with a handful of hosts."""

from dataclasses import replace
from itertools import chain, combinations

import networkx as nx
import numpy as np
import pytest
from small_street import candidates, scenario_of, subsets, with_few_hosts

from planner.analysis import one_budget, services_front, walk_front
from planner.analysis.one_budget.shared_hosts import shared_hosts
from planner.coverage import measure_coverage
from planner.errors import ArgumentError, UnknownNameError
from planner.plan import make_plan
from planner.travel import join_points, network_for

OPENING = 6000.0
REST, SWAP, SORT = "rest_station", "charging_cabinet", "sorting_point"


@pytest.fixture(scope="module")
def street(demo_study):
    """Seven hosts; two of them may hold two services."""
    return with_few_hosts(demo_study)


@pytest.fixture(scope="module")
def plan(street):
    return make_plan(street, scenario_of(budget_yuan=150_000, rest_station={}, charging_cabinet={}, sorting_point={}))


@pytest.fixture(scope="module")
def wide(demo_study):
    """Ten hosts and four centres, for two services."""
    hosts = demo_study.hosts.iloc[::31].reset_index(drop=True)
    few = replace(demo_study, hosts=hosts, centres=demo_study.centres.iloc[:4].reset_index(drop=True))
    return make_plan(few, scenario_of(budget_yuan=150_000, rest_station={}, charging_cabinet={}))


@pytest.fixture(scope="module")
def strewn(demo_study):
    """Eight candidates of rest stations and four centres, some of which are far from where most riders are."""
    hosts = demo_study.hosts.iloc[3::15].reset_index(drop=True)
    few = replace(demo_study, hosts=hosts, centres=demo_study.centres.iloc[:4].reset_index(drop=True))
    return make_plan(few, scenario_of(rest_station={"budget_yuan": 100_000}))


def every_set(plan, services):
    """Each set of new sites: {service: sites}, its cost with places shared, and the covered share of each service."""
    parts = {name: plan.services[name] for name in services}
    options = [(name, site) for name, part in parts.items() for site in candidates(part)]
    share = {
        (name, new): measure_coverage(part.covers, part.demand.weight, [*part.sites.existing, *new]).covered_share
        for name, part in parts.items()
        for new in subsets(candidates(part))
    }
    hosts = plan.study.hosts.set_index("host_id")
    for chosen in chain.from_iterable(combinations(options, size) for size in range(len(options) + 1)):
        new = {name: tuple(site for of, site in chosen if of == name) for name in parts}
        at = {}
        for name, site in chosen:
            at.setdefault(parts[name].sites.frame["site_id"].iloc[site], []).append(name)
        cost = sum(float(parts[name].sites.frame["cost_yuan"].iloc[site]) for name, site in chosen)
        cost -= sum(OPENING * (len(held) - 1) for held in at.values())
        area = {host: sum(plan.study.catalog.services[name].area_m2 for name in held) for host, held in at.items()}
        if all(taken <= hosts.loc[host, "area_m2"] for host, taken in area.items()):
            yield new, cost, {name: share[name, new[name]] for name in parts}


@pytest.fixture(scope="module")
def sets(plan):
    return list(every_set(plan, list(plan.services)))


@pytest.mark.parametrize("budget", [0.0, 40_000.0, 75_000.0, 120_000.0, 500_000.0])
@pytest.mark.parametrize("weights", [{}, {REST: 3.0, SORT: 0.2}])
def test_is_the_best_of_all_sets(plan, sets, budget, weights):
    answer = one_budget(plan, budget_yuan=budget, weights=weights)
    weigh = {name: weights.get(name, 1.0) for name in plan.services}
    best = max(sum(weigh[name] * share for name, share in shares.items()) for _, cost, shares in sets if cost <= budget)
    assert (answer.frame["weight"] * answer.frame["covered_share"]).sum() == pytest.approx(best)
    assert answer.frame["weight"].to_dict() == dict(enumerate(weigh.values()))
    assert answer.frame["cost_yuan"].sum() <= budget + 0.01
    assert (answer.frame["optimality_gap"] == 0).all()
    apart = (answer.frame["weight"] * answer.frame["apart_share"]).sum()
    assert apart <= best + 1e-9


def test_the_plan_behind_it_pays_each_place_once(plan):
    answer = one_budget(plan, budget_yuan=500_000)
    assert answer.places["saved_yuan"].sum() > 0
    summary = answer.plan.summary()
    assert summary["cost_yuan"].sum() == pytest.approx(answer.places["cost_yuan"].sum(), abs=0.05)
    assert summary["covered_share_planned"].to_numpy() == pytest.approx(answer.frame["covered_share"])
    full = sum(
        float(plan.services[name].sites.frame["cost_yuan"].iloc[part.opened].sum())
        for name, part in answer.plan.services.items()
    )
    assert full - summary["cost_yuan"].sum() == pytest.approx(answer.places["saved_yuan"].sum(), abs=0.05)
    assert answer.plan.scenario.budget_yuan == 500_000


def test_what_stands_in_one_place_fits_it(plan):
    """In a host of 100 m² a sorting point leaves no room for anything else."""
    hosts = plan.study.hosts.assign(area_m2=plan.study.hosts["area_m2"].clip(upper=100.0))
    small = make_plan(replace(plan.study, hosts=hosts), plan.scenario)
    answer = one_budget(small, budget_yuan=10**9)
    assert len(answer.places[answer.places["services"].map(lambda held: SORT in held)]) > 0
    assert all(SORT not in held or len(held) == 1 for held in answer.places["services"])


def test_without_an_opening_cost_nothing_is_saved(plan):
    answer = one_budget(plan, opening_yuan=0.0)
    assert answer.frame["apart_share"].tolist() == answer.frame["covered_share"].tolist()
    assert answer.places["saved_yuan"].sum() == 0


def test_a_service_saves_at_most_its_own_running_cost(plan):
    together = shared_hosts(plan, opening_yuan=10**6)
    assert together.host_cost.max() <= max(s.fit_out_yuan_per_year for s in plan.study.catalog.services.values())
    assert (together.own_cost >= 0).all()
    assert (together.own_cost + np.where(together.host >= 0, together.host_cost[together.host], 0.0)).sum() == (
        pytest.approx(sum(part.sites.frame["cost_yuan"].sum() for part in plan.services.values()))
    )


def test_required_and_forbidden_sites_hold(plan):
    part = plan.services[REST]
    first, second = (part.sites.frame["site_id"].iloc[i] for i in candidates(part)[:2])
    scenario = scenario_of(
        budget_yuan=150_000,
        rest_station={"required": (first,), "forbidden": (second,)},
        charging_cabinet={},
        sorting_point={},
    )
    chosen = make_plan(plan.study, scenario)
    new = one_budget(chosen).plan.services[REST].new_sites["site_id"].tolist()
    assert first in new
    assert second not in new
    with pytest.raises(ArgumentError) as error:
        one_budget(chosen, budget_yuan=10.0)
    assert error.value.key == "required_over_shared_budget"


@pytest.fixture(scope="module")
def sets_of_two(wide):
    return list(every_set(wide, [REST, SWAP]))


def not_dominated(points):
    """Those of the points (more is better) that no other is as good as in both and better in one."""
    unique = {(round(a, 9), round(b, 9)) for a, b in points}
    return {p for p in unique if not any(q != p and q[0] >= p[0] and q[1] >= p[1] for q in unique)}


@pytest.mark.parametrize("budget", [60_000.0, 110_000.0])
@pytest.mark.parametrize(("first", "second"), [(REST, SWAP), (SWAP, REST)])
def test_each_point_between_two_services_is_efficient(wide, sets_of_two, budget, first, second):
    efficient = not_dominated((s[first], s[second]) for _, cost, s in sets_of_two if cost <= budget)
    front = services_front(wide, first, second, budget_yuan=budget, points=40)
    found = list(zip(front.frame["first_share"].round(9), front.frame["second_share"].round(9), strict=True))
    assert len(found) > 2
    assert set(found) <= efficient
    assert len(set(found)) == len(found)
    assert max(efficient) in found
    assert max(efficient, key=lambda point: point[1]) in found
    assert front.frame["first_share"].is_monotonic_decreasing
    for point, planned in zip(front.frame.to_dict("records"), front.plans, strict=True):
        summary = planned.summary()
        assert summary.loc[first, "covered_share_planned"] == pytest.approx(point["first_share"])
        assert summary.loc[second, "covered_share_planned"] == pytest.approx(point["second_share"])
        assert summary["cost_yuan"].sum() == pytest.approx(point["cost_yuan"], abs=0.05)
        assert point["cost_yuan"] <= budget


def test_enough_floors_find_every_efficient_point(wide, sets_of_two):
    """Three points that are efficient lie apart, so floors close together find them all."""
    efficient = not_dominated((s[REST], s[SWAP]) for _, cost, s in sets_of_two if cost <= 45_000)
    front = services_front(wide, REST, SWAP, budget_yuan=45_000, points=150)
    assert set(zip(front.frame["first_share"].round(9), front.frame["second_share"].round(9), strict=True)) == efficient


def walks(plan, service):
    """From each demand point with demand to each site, by networkx over the streets and not by the planner's travel."""
    part, catalog = plan.services[service], plan.study.catalog
    network = network_for(plan.study.streets, catalog.modes[catalog.services[service].mode], unit=part.standard.unit)
    graph = nx.DiGraph()
    ways = zip(network.tail, network.head, network.cost, network.forward, network.backward, strict=True)
    for tail, head, cost, ahead, back in ways:
        for a, b, may in ((tail, head, ahead), (head, tail, back)):
            if may and cost < graph.get_edge_data(a, b, {"cost": np.inf})["cost"]:
                graph.add_edge(a, b, cost=cost)
    sites, points = (join_points(network, of.xy, max_off_road_m=150) for of in (part.sites, part.demand))
    wanting = np.flatnonzero(part.demand.weight.sum(axis=1) > 0)
    found = np.full((len(wanting), len(part.sites.frame)), np.inf)
    for site in range(len(part.sites.frame)):
        edge, along = sites.edge[site], sites.along[site]
        begin = {
            network.tail[edge]: along * network.cost[edge] if network.forward[edge] else np.inf,
            network.head[edge]: (1 - along) * network.cost[edge] if network.backward[edge] else np.inf,
        }
        reach = [
            nx.single_source_dijkstra_path_length(graph.reverse(copy=False), node, weight="cost") for node in begin
        ]
        for row, point in enumerate(wanting):
            own, at = points.edge[point], points.along[point]
            leave = (
                (network.tail[own], network.backward[own], at),
                (network.head[own], network.forward[own], 1 - at),
            )
            costs = [
                share * network.cost[own] + lengths.get(node, np.inf) + last
                for node, may, share in leave
                if may
                for lengths, last in zip(reach, begin.values(), strict=True)
            ]
            if own == edge and (network.forward[own] if along >= at else network.backward[own]):
                costs.append(abs(along - at) * network.cost[own])
            found[row, site] = min(costs)
    return found


@pytest.mark.parametrize(("budget", "several"), [(0.0, 1), (70_000.0, 3), (110_000.0, 2), (500_000.0, 1)])
def test_the_front_of_the_worst_walk_is_the_whole_front(strewn, walks_to_rest, budget, several):
    part = strewn.services[REST]
    cost = part.sites.frame["cost_yuan"].to_numpy()
    points = []
    for new in subsets(candidates(part)):
        if cost[list(new)].sum() <= budget:
            is_open = [*part.sites.existing, *new]
            covered = measure_coverage(part.covers, part.demand.weight, is_open).covered_share
            points.append((round(covered, 6), -round(walks_to_rest[:, is_open].min(axis=1).max(), 6)))
    front = walk_front(strewn, REST, budget_yuan=budget)
    assert len(front.frame) == several
    found = zip(front.frame["covered_share"].round(6), -front.frame["worst_m"].round(6), strict=True)
    assert set(found) == not_dominated(points)
    assert front.frame["covered_share"].is_monotonic_decreasing
    assert front.unreached.empty


@pytest.fixture(scope="module")
def walks_to_rest(strewn):
    return walks(strewn, REST)


def test_demand_that_no_site_reaches_is_named(plan):
    """One demand point lies far off every road: it is told, and the worst walk is that of the others."""
    part = plan.services[REST]
    far = int(np.flatnonzero(part.demand.weight.sum(axis=1) > 0)[0])
    xy = part.demand.xy.copy()
    xy[far] += 50_000
    cut_off = replace(plan, services={REST: replace(part, demand=replace(part.demand, xy=xy))})
    front = walk_front(cut_off, REST, budget_yuan=50_000)
    cell = part.demand.cells["cell_id"].iloc[far]
    assert front.unreached["cell_id"].tolist() == [cell]
    assert np.isfinite(front.frame["worst_m"]).all()
    for language in ("zh", "en"):
        assert any(str(cell) in sentence for sentence in front.told(language))


def test_what_is_shared_and_weighed_is_said(plan):
    answer = one_budget(plan, weights={REST: 2.5})
    for language in ("zh", "en"):
        told = " ".join(answer.told(language))
        assert "2.5" in told
        assert "6,000" in told
        assert answer.table(language).shape == answer.frame.shape
        assert len(next(iter(answer.behind(language).values()))) == len(answer.places)
        assert answer.figure(language)._repr_png_().startswith(b"\x89PNG")


def test_a_front_shows_the_places_of_each_point(plan):
    for front in (services_front(plan, REST, SWAP, budget_yuan=90_000, points=3), walk_front(plan, REST)):
        behind = front.behind("en")
        assert len(behind) == len(front.frame) == len(front.plans)
        for table, new in zip(behind.values(), front.plans, strict=True):
            names = {name for part in new.services.values() for name in part.new_sites["name"]}
            assert set(table["Place"]) == names if names else table.empty
        assert front.figure("zh").axes[0].get_xlabel()
        assert front.table("zh").shape == front.frame.shape


def test_it_can_be_stopped_between_two_searches(plan):
    def stop(done, of):
        raise InterruptedError(done, of)

    for ask in (
        lambda: one_budget(plan, progress=stop),
        lambda: services_front(plan, REST, SWAP, progress=stop),
        lambda: walk_front(plan, REST, progress=stop),
    ):
        with pytest.raises(InterruptedError):
            ask()


@pytest.mark.parametrize(
    ("ask", "key"),
    [
        (lambda plan: one_budget(plan, budget_yuan=-1), "bad_limit"),
        (lambda plan: one_budget(plan, budget_yuan=float("nan")), "bad_limit"),
        (lambda plan: one_budget(plan, weights={REST: 0}), "bad_weight"),
        (lambda plan: one_budget(plan, weights={"tea": 1}), "weight_of_other"),
        (lambda plan: services_front(plan, REST, REST), "services_alike"),
        (lambda plan: services_front(plan, REST, SWAP, points=1), "bad_limit"),
        (lambda plan: services_front(plan, REST, SWAP, budget_yuan=-1), "bad_limit"),
        (lambda plan: walk_front(plan, REST, budget_yuan=-1), "bad_limit"),
    ],
)
def test_a_bad_argument_is_named(plan, ask, key):
    with pytest.raises(ArgumentError) as error:
        ask(plan)
    assert error.value.key == key


def test_a_service_that_the_plan_lacks_is_named(plan):
    for ask in (lambda: walk_front(plan, "tea"), lambda: services_front(plan, REST, "tea")):
        with pytest.raises(UnknownNameError, match="tea"):
            ask()
