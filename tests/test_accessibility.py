"""E2SFCA: a world to be worked out on paper, what must hold of any, and the package ``access`` as a witness."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.accessibility import accessibility
from planner.catalog import CatchmentZone, load_catalog
from planner.errors import ArgumentError
from planner.travel import TravelCosts

ZONES = load_catalog().accessibility.zones
BY_COST = {300.0: 1.0, 600.0: 0.68, 900.0: 0.22}


def pairs(*rows, shape, cutoff=900.0):
    demand, site, cost = (np.array(column) for column in zip(*rows, strict=True))
    return TravelCosts(demand, site, cost.astype(float), "m", cutoff, shape)


def test_two_points_share_one_site():
    #   point 0 (10 units) at 100 m, point 1 (5 units) at 500 m: the site's 2 places are for 10 + 0.68 · 5 = 13.4
    costs = pairs((0, 0, 100), (1, 0, 500), shape=(3, 1))
    found = accessibility(costs, np.array([[10.0], [5.0], [8.0]]), np.array([[2.0]]), ZONES)
    assert found[:, 0] == pytest.approx([2 / 13.4, 0.68 * 2 / 13.4, 0.0])


def test_the_end_of_a_zone_is_within_it():
    costs = pairs((0, 0, 300), (1, 0, 300.001), (2, 0, 900), shape=(3, 1))
    found = accessibility(costs, np.ones((3, 1)), np.ones((1, 1)), ZONES)[:, 0]
    assert found / found[0] == pytest.approx([1, 0.68, 0.22])


def test_a_site_that_is_shut_or_has_nobody_gives_nothing():
    costs = pairs((0, 0, 0), (0, 1, 0), (1, 1, 0), shape=(2, 2))
    found = accessibility(costs, np.array([[1.0, 0.0], [0.0, 0.0]]), np.array([[1.0, 1.0], [0.0, 1.0]]), ZONES)
    assert found.tolist() == [[1.0, 0.0], [0.0, 0.0]]


def world(seed):
    rng = np.random.default_rng(seed)
    points, sites, periods = rng.integers(1, 30), rng.integers(1, 8), rng.integers(1, 4)
    cost = rng.uniform(0, 1500, (points, sites))
    near = np.argwhere(cost <= 900.0)
    costs = TravelCosts(near[:, 0], near[:, 1], cost[near[:, 0], near[:, 1]], "m", 900.0, cost.shape)
    weight = rng.uniform(0, 40, (points, periods)) * (rng.random((points, 1)) < 0.8)
    return costs, weight, rng.uniform(0, 5, (sites, periods)) * (rng.random((sites, periods)) < 0.8)


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_what_all_have_is_what_there_is(seed):
    costs, weight, supply = world(seed)
    found = accessibility(costs, weight, supply, ZONES)
    served = np.column_stack(
        [np.bincount(costs.site, weights=column[costs.demand], minlength=len(supply)) for column in weight.T]
    )
    assert (weight * found).sum() == pytest.approx(supply[served > 0].sum(), rel=1e-9)
    assert accessibility(costs, 2 * weight, 2 * supply, ZONES) == pytest.approx(found)
    more = supply.copy()
    more[0] += 1
    assert (accessibility(costs, weight, more, ZONES) >= found - 1e-12).all()


def by_access(costs, weight, supply):
    """What the package ``access`` says of one period, 0 for the points that it leaves out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of packages that it loads
        from access import Access, weights
    points, sites = (pd.RangeIndex(count, name="geoid") for count in costs.shape)
    tool = Access(
        demand_df=pd.DataFrame({"need": weight}, index=points),
        demand_value="need",
        supply_df=pd.DataFrame({"places": supply}, index=sites),
        supply_value="places",
        cost_df=pd.DataFrame({"origin": costs.demand, "dest": costs.site, "cost": costs.cost}),
        cost_origin="origin",
        cost_dest="dest",
        cost_name="cost",
    )
    step = weights.step_fn({end * costs.cutoff / 900: value for end, value in BY_COST.items()})
    found = tool.enhanced_two_stage_fca(name="e", max_cost=costs.cutoff, weight_fn=step)["e_places"]
    return found.reindex(points).fillna(0.0).to_numpy()


@pytest.mark.parametrize("seed", range(12))
def test_as_the_package_access_has_it(seed):
    costs, weight, supply = world(seed)
    weight = weight + 0.1  # access divides by nothing where a site has nobody
    found = accessibility(costs, weight, supply, ZONES)
    for period in range(weight.shape[1]):
        assert found[:, period] == pytest.approx(by_access(costs, weight[:, period], supply[:, period]), abs=1e-12)


def test_as_the_package_access_has_it_on_the_demonstration_street(demo_plan):
    for part in demo_plan.services.values():
        supply = part.sites.open.astype(float)
        found = accessibility(part.costs, part.demand.weight, supply, ZONES)
        for period in range(supply.shape[1]):
            some = part.demand.weight[:, period] > 0
            there = by_access(part.costs, part.demand.weight[:, period], supply[:, period])
            assert found[some, period] == pytest.approx(there[some], abs=1e-12)
            assert found[some, period].any()


@pytest.mark.parametrize(
    ("weight", "supply", "key"),
    [
        (np.ones((2, 1)), np.ones((1, 1)), "wrong_shape"),
        (np.ones((1, 1)), np.ones((1, 2)), "wrong_shape"),
        (-np.ones((1, 1)), np.ones((1, 1)), "negative"),
        (np.ones((1, 1)), np.full((1, 1), np.nan), "negative"),
    ],
)
def test_arguments_that_cannot_be(weight, supply, key):
    with pytest.raises(ArgumentError) as caught:
        accessibility(pairs((0, 0, 1), shape=(1, 1)), weight, supply, ZONES)
    assert caught.value.key == key


def test_zones_of_another_reach():
    costs = pairs((0, 0, 400), (1, 0, 800), shape=(2, 1))
    zones = (CatchmentZone(up_to=0.5, weight=1.0),)
    assert accessibility(costs, np.ones((2, 1)), np.ones((1, 1)), zones)[:, 0].tolist() == [1.0, 0.0]
