"""Services as one problem, against each of them by itself, to the last bit: the demo street with a handful of hosts."""

import numpy as np
import pytest
from small_street import candidates, scenario_of, with_few_hosts

from planner.side_by_side import SideBySide
from planner.today import service_today

STATION, CABINET = "rest_station", "charging_cabinet"


@pytest.fixture(scope="module")
def both(demo_study):
    """Two services of which the second weighs more, a host required for one and another forbidden for the other."""
    street = with_few_hosts(demo_study)
    scenario = scenario_of(**{STATION: {"site_limit": 2, "weight": 0.7}, CABINET: {"site_limit": 2, "weight": 1.9}})
    parts = {name: service_today(street, scenario, name) for name in scenario.services}
    first, second = (part.sites.frame["site_id"].iloc[candidates(part)[1]] for part in parts.values())
    limits = {
        STATION: scenario.services[STATION].model_copy(update={"required": (first,)}),
        CABINET: scenario.services[CABINET].model_copy(update={"forbidden": (second,)}),
    }
    return SideBySide(parts, scenario.model_copy(update={"services": limits}))


def test_each_service_stands_in_its_own_rows_and_sites(both):
    rest = both.covers.toarray()
    for name, part in both.parts.items():
        block = both.rows_of(name), both.sites_of(name)
        assert np.array_equal(both.covers.toarray()[block], part.covers.toarray())
        assert np.array_equal(both.cost[block[1]], part.sites.frame["cost_yuan"])
        rest[block] = 0
    assert not rest.any()
    assert both.covers.shape == tuple(np.sum([part.covers.shape for part in both.parts.values()], axis=0))


def test_a_row_is_worth_its_share_times_what_the_service_weighs(both):
    for name, part in both.parts.items():
        weight, scale = part.demand.weight.ravel(), both.scenario.services[name].weight
        assert np.array_equal(both.shares[both.rows_of(name)], scale * weight / weight.sum())
        assert np.array_equal(both.share_of(name), weight / weight.sum())
    assert np.array_equal(both.worth, both.shares)


def test_many_weights_at_once_are_worth_what_each_is(both):
    drawn = [np.random.default_rng(1).gamma(2.0, size=(3, part.covers.shape[0])) for part in both.parts.values()]
    drawn[0][1] = 0.0  # no demand at all is worth nothing
    for number, worth in enumerate(both.worth_of(drawn)):
        assert np.array_equal(worth, both.worth_of([each[number] for each in drawn]))
        assert np.isfinite(worth).all()


def test_a_service_alone_is_as_it_is(both):
    part = both.parts[CABINET]
    alone = SideBySide({CABINET: part}, both.scenario)
    assert alone.covers is part.covers
    assert np.array_equal(alone.worth, part.demand.weight.ravel())
    assert np.array_equal(alone.existing, part.sites.existing)
    assert not np.array_equal(alone.shares, alone.worth)


def test_sites_are_told_in_either_count(both):
    sites = {name: np.array(candidates(part)) for name, part in both.parts.items()}
    for name, own in sites.items():
        assert np.array_equal(both.own(both.placed(sites), name), own)
    start = both.parts[STATION].covers.shape[1]
    assert both.placed({STATION: np.array([0]), CABINET: np.array([0, 1])}).tolist() == [0, start, start + 1]


def test_what_is_decided_of_a_service_stays_with_it(both):
    required, forbidden = candidates(both.parts[STATION])[1], candidates(both.parts[CABINET])[1]
    assert both.required.tolist() == [required]
    assert both.forbidden.tolist() == [both.parts[STATION].covers.shape[1] + forbidden]
    assert both.fixed.tolist() == sorted([*both.existing, required])
    assert set(both.candidates) == set(range(len(both.cost))) - {*both.existing, *both.forbidden}
    whole = both.parts[CABINET].covers @ (np.arange(both.parts[CABINET].covers.shape[1]) != forbidden)
    assert both.most_of(CABINET) == pytest.approx(both.parts[CABINET].demand.weight.ravel()[whole > 0].sum())
