"""Grid totals inside their grids: exact, by the basis that is there."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from planner.demand.spreading import basis_of_grids, spread, spread_totals

masses = arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1e9)).filter(lambda mass: mass.sum() > 0)


@settings(max_examples=300)
@given(total=st.floats(0, 1e12), mass=masses)
def test_the_parts_sum_to_the_total_to_the_last_bit(total, mass):
    parts = spread(total, mass)
    assert math.fsum(parts) == total
    assert np.allclose(parts, total * (mass / mass.sum()), rtol=1e-9, atol=max(1e-9 * total, 1e-300))
    assert (parts >= 0).all()


def test_what_rounding_leaves_goes_to_the_first_of_the_largest():
    parts = spread(0.1, np.ones(3))
    assert math.fsum(parts) == 0.1
    assert parts[1] == parts[2] == 0.1 * (1 / 3)


def test_nothing_goes_where_there_is_no_mass():
    assert spread(10.0, np.array([0.0, 1.0, 3.0])).tolist() == [0.0, 2.5, 7.5]


def test_a_grid_goes_by_the_first_basis_it_has():
    # Grid 0 has a building in its second point, grid 1 only a street, grid 2 nothing at all, grid 3 no points.
    grid = np.array([0, 0, 1, 1, 2])
    masses = {
        "buildings": np.array([0.0, 9.0, 0.0, 0.0, 0.0]),
        "streets": np.array([5.0, 5.0, 1.0, 3.0, 0.0]),
        "area": np.full(5, 100.0),
    }
    chosen, mass = basis_of_grids(grid, 4, masses, ["buildings", "streets"])
    assert chosen == ["buildings", "streets", "area", ""]
    assert mass.tolist() == [0.0, 9.0, 1.0, 3.0, 100.0]


def test_whole_days_fall_on_the_periods_and_keep_each_grid_exact():
    grid, mass = np.array([0, 0, 1]), np.array([1.0, 2.0, 5.0])
    out = spread_totals(np.array([[0.3], [np.nan]]), grid, mass, np.array([0.1, 0.2, 0.7]), 3)
    assert math.fsum(out[:2].ravel()) == 0.3
    assert out[0] == pytest.approx([0.01, 0.02, 0.07])
    assert np.isnan(out[2]).all()


def test_stated_periods_are_kept_one_by_one():
    grid, mass = np.array([0, 0, 0]), np.array([1.0, 1.0, 1.0])
    out = spread_totals(np.array([[0.1, 0.7]]), grid, mass, None, 2)
    assert [math.fsum(out[:, j]) for j in (0, 1)] == [0.1, 0.7]
