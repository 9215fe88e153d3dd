"""Which street could become a warm street."""

import itertools

import numpy as np
import pytest
from small_street import with_few_hosts

from planner import Scenario, ServiceScenario, make_plan
from planner.analysis import warm_street
from planner.coverage import measure_coverage
from planner.errors import ArgumentError, UnknownNameError

SERVICES = ("rest_station", "charging_cabinet", "sorting_point")


@pytest.fixture(scope="module")
def answer(demo_plan):
    return warm_street(demo_plan)


def test_the_best_street_is_proven_and_within_its_limits(answer, demo_study):
    assert answer.solution.status == "optimal"
    assert answer.frame["rank"].max() == 5
    assert (answer.frame.groupby("rank")["service"].count() == 3).all()
    assert (answer.frame["length_m"] <= 800).all()
    edges = demo_study.streets.edges
    hosts = demo_study.hosts.set_index("host_id").geometry
    for row in answer.frame[~answer.frame["stands"]].to_dict("records"):
        street = edges[edges["name"] == row["street"]].geometry.union_all()
        assert hosts[row["site_id"]].distance(street) <= 60
    for line, (_, own) in zip(answer.lines, answer.frame.groupby("rank"), strict=True):
        assert line.length == pytest.approx(own["length_m"].iloc[0], abs=1e-6)


def test_what_it_gains_is_counted_by_coverage(answer, demo_plan):
    for row in answer.frame.to_dict("records"):
        part = demo_plan.services[row["service"]]
        (site,) = np.flatnonzero(part.sites.frame["site_id"] == row["site_id"])
        then = measure_coverage(part.covers, part.demand.weight, [*part.sites.existing, site])
        assert row["covered_share"] == pytest.approx(then.covered_share)
        assert row["covered_share_today"] == part.today.covered_share
    ranking = answer.ranking()
    assert ranking["gain_share"].is_monotonic_decreasing
    assert ranking["gain_share"].iloc[0] * len(SERVICES) == pytest.approx(answer.solution.ranked[0].objective)


def test_no_three_places_on_one_street_do_better(answer, demo_plan, demo_study):
    """Any places along one street, however far apart, gain no less; those within 800 m as the crow flies are tried."""
    edges = demo_study.streets.edges
    street = edges[edges["name"] == answer.frame["street"].iloc[0]].geometry.union_all()
    near = {}
    for name in SERVICES:
        frame = demo_plan.services[name].sites.frame
        near[name] = np.flatnonzero((frame.geometry.distance(street) <= 60).to_numpy())
    gains = {}
    for name in SERVICES:
        part = demo_plan.services[name]
        base = part.today.covered_share
        gains[name] = {
            int(site): measure_coverage(part.covers, part.demand.weight, [*part.sites.existing, site]).covered_share
            - base
            for site in near[name]
        }
    best = sum(max(own.values()) for own in gains.values())  # room and length left aside, no stretch can gain more
    assert answer.solution.ranked[0].objective <= best + 1e-9


def test_a_budget_is_kept_and_costs_gain(demo_plan, answer):
    cheap = warm_street(demo_plan, budget_yuan=60_000)
    costs = cheap.ranking()["cost_yuan"]
    assert (costs <= 60_000).all()
    assert cheap.solution.ranked[0].objective < answer.solution.ranked[0].objective
    assert cheap.solution.status == "optimal"


def test_a_shorter_street_gains_no_more(demo_plan, answer):
    short = warm_street(demo_plan, longest_m=50)
    assert (short.frame["length_m"] <= 50).all()
    assert short.solution.ranked[0].objective <= answer.solution.ranked[0].objective


def test_services_that_the_plan_does_without_are_measured_for_it(demo_plan):
    wanted = ("rest_station", "lobby_handoff", "parking_zone")
    found = warm_street(demo_plan, wanted, count=1)
    assert found.frame["service"].tolist() == list(wanted)
    assert (found.frame["covered_share_today"][1:] == 0).all()
    assert (found.frame["covered_share"] > found.frame["covered_share_today"]).all()


def test_few_hosts_against_every_choice(demo_study):
    """All choices of places along each stretch, with the room that hosts have."""
    study = with_few_hosts(demo_study)
    scenario = Scenario(services={name: ServiceScenario(site_limit=0) for name in SERVICES})
    plan = make_plan(study, scenario)
    found = warm_street(plan, count=1)
    parts = [plan.services[name] for name in SERVICES]
    value = {}
    for number, part in enumerate(parts):
        for index, site_id in enumerate(part.sites.frame["site_id"]):
            then = measure_coverage(part.covers, part.demand.weight, [*part.sites.existing, index])
            value[number, site_id] = then.covered_share - part.today.covered_share
    area = study.hosts.set_index("host_id")["area_m2"]
    need = [study.catalog.services[name].area_m2 for name in SERVICES]
    from planner.analysis.warm_street.stretches import stretches_of

    best, most = -1.0, 0
    places = found.places.frame["site_id"].tolist()
    for stretch in stretches_of(study.streets.edges, found.places.xy, longest_m=800, off_street_m=60):
        here = [places[i] for i in stretch.sites]
        own = [[None, *(s for s in here if (n, s) in value)] for n in range(3)]
        for chosen in itertools.product(*own):
            held = {s: sum(need[n] for n, other in enumerate(chosen) if other == s) for s in chosen if s in area.index}
            if any(taken > area[s] for s, taken in held.items()):
                continue
            there = sum(s is not None for s in chosen)
            total = sum(value[n, s] for n, s in enumerate(chosen) if s is not None)
            if (there, total) > (most, best):
                most, best = there, total
    assert len(found.frame) == most
    assert found.solution.ranked[0].objective == pytest.approx(best)


def test_it_is_told_and_drawn_in_both_languages(answer):
    for language in ("zh", "en"):
        told = answer.told(language)
        assert answer.frame["street"].iloc[0] in told[0]
        assert len(told) == 5
        assert len(answer.table(language)) == len(answer.frame)
        (ranking,) = answer.behind(language).values()
        assert len(ranking) == 5
        assert len(answer.figure(language).axes) == 2


def test_no_street_is_an_answer_too(demo_plan):
    none = warm_street(demo_plan, budget_yuan=1.0, longest_m=1.0)
    if len(none.frame):  # where two services stand side by side already
        assert none.ranking()["cost_yuan"].max() == 0
    assert none.told("zh") != none.told("en")
    assert none.figure("zh").axes


def test_steps_are_told(demo_plan):
    steps = []
    warm_street(demo_plan, SERVICES[:2], progress=lambda done, of: steps.append((done, of)))
    assert steps == [(0, 3), (1, 3), (2, 3)]


def test_what_cannot_be_asked(demo_plan):
    with pytest.raises(UnknownNameError, match="tea"):
        warm_street(demo_plan, ("tea", "rest_station"))
    with pytest.raises(ArgumentError, match="两项"):
        warm_street(demo_plan, ("rest_station", "rest_station"))
    with pytest.raises(ArgumentError):
        warm_street(demo_plan, longest_m=0)
    with pytest.raises(ArgumentError):
        warm_street(demo_plan, budget_yuan=-1)
