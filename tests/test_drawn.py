"""Draws of demand, and what a number of them says."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from planner.analysis.will_it_hold.drawn import drawn_demand, wilson_interval


@pytest.fixture(scope="module")
def part(demo_plan):
    return demo_plan.services["rest_station"]


def test_draws_scatter_about_the_demand_as_asked(part):
    drawn = drawn_demand(part, 4000, variation=0.3, seed=1)
    weight = part.demand.weight.ravel()
    some = np.argsort(weight)[-20:]
    assert drawn.shape == (4000, len(weight))
    assert drawn[:, some].mean(axis=0) == pytest.approx(weight[some], rel=0.03)
    assert drawn[:, some].std(axis=0) / weight[some] == pytest.approx(np.full(20, 0.3), rel=0.1)
    assert (drawn[:, weight == 0] == 0).all()


def test_the_periods_of_a_point_vary_together(part):
    drawn = drawn_demand(part, 5, variation=0.3, seed=1).reshape(5, *part.demand.weight.shape)
    factor = drawn / np.where(part.demand.weight > 0, part.demand.weight, np.nan)
    assert np.nanmax(np.nanmax(factor, axis=2) - np.nanmin(factor, axis=2)) < 1e-9


def test_a_seed_is_a_seed_and_no_variation_is_the_demand(part):
    one, same, other = (drawn_demand(part, 3, variation=0.3, seed=seed) for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()
    assert drawn_demand(part, 2, variation=0.0, seed=1) == pytest.approx(np.tile(part.demand.weight.ravel(), (2, 1)))


def test_an_estimated_grid_stays_below_its_upper_bound_as_often_as_its_interval_says(part):
    code = part.demand.cells["grid_code"].mode().iloc[0]
    own = (part.demand.cells["grid_code"] == code).to_numpy()
    total = part.demand.weight[own].sum()
    bounds = pd.DataFrame({"low_per_day": [0.4 * total], "high_per_day": [2.0 * total]}, index=[code])
    estimated = replace(part, demand=replace(part.demand, intervals=bounds))
    drawn = drawn_demand(estimated, 4000, variation=0.0, seed=1).reshape(4000, *part.demand.weight.shape)
    sums = drawn[:, own].sum(axis=(1, 2))
    above = (1 - part.study.combining.interval) / 2
    assert (sums > 2.0 * total).mean() == pytest.approx(above, abs=0.02)
    assert np.median(sums) == pytest.approx(total, rel=0.03)
    assert drawn[:, ~own].sum(axis=(1, 2)) == pytest.approx(np.full(4000, part.demand.weight[~own].sum()))


@pytest.mark.parametrize(("hits", "of"), [(9, 10), (0, 10), (10, 10), (95, 100)])
def test_wilson_bounds_are_where_the_score_test_turns(hits, of):
    """At a bound the share that was seen lies just 1.96 standard errors of that bound away."""
    for bound in wilson_interval(hits, of):
        assert abs(hits / of - bound) == pytest.approx(1.959964 * np.sqrt(bound * (1 - bound) / of), abs=1e-6)


def test_less_confidence_is_a_narrower_interval_and_no_trial_says_nothing():
    assert wilson_interval(95, 100, confidence=0.5)[0] > wilson_interval(95, 100)[0]
    assert wilson_interval(0, 0) == (0.0, 1.0)
