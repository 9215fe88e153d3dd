"""Lorenz curve and Gini coefficient: known values, and what must hold of any."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.equity import gini, lorenz_curve
from planner.errors import ArgumentError

PLACES = st.lists(st.tuples(st.floats(0, 100), st.floats(0.01, 50)), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("value", "weight", "expected"),
    [
        ([1, 1, 1], [1, 5, 2], 0.0),
        ([1, 2, 3, 4], [1, 1, 1, 1], 0.25),
        ([0, 0, 0, 1], [1, 1, 1, 1], 0.75),
        ([0, 1], [1, 3], 0.25),  # a quarter has nothing, all others the same
        ([1], [7], 0.0),
    ],
)
def test_known_values(value, weight, expected):
    assert gini(value, weight) == pytest.approx(expected, abs=1e-12)


def test_the_curve_of_two_places():
    people, held = lorenz_curve([3.0, 1.0], [1.0, 3.0])
    assert people.tolist() == [0, 0.75, 1]
    assert held.tolist() == [0, 0.5, 1]


def by_hand(value, weight):
    x, w = np.asarray(value), np.asarray(weight)
    mean = (w * x).sum() / w.sum()
    return (np.outer(w, w) * np.abs(x[:, None] - x[None, :])).sum() / (2 * w.sum() ** 2 * mean)


@given(PLACES)
def test_is_half_the_mean_difference_of_all_pairs(places):
    value, weight = map(np.array, zip(*places, strict=True))
    if (value * weight).sum() < 1e-6:
        return
    assert gini(value, weight) == pytest.approx(by_hand(value, weight), abs=1e-9)
    assert -1e-12 <= gini(value, weight) < 1
    assert gini(7 * value, 3 * weight) == pytest.approx(gini(value, weight), abs=1e-9)  # neither unit matters
    twice = gini(np.tile(value, 2), np.tile(weight / 2, 2))
    assert twice == pytest.approx(gini(value, weight), abs=1e-9)  # a place may be cut in two


@given(PLACES)
def test_the_curve_rises_below_the_diagonal(places):
    value, weight = map(np.array, zip(*places, strict=True))
    people, held = lorenz_curve(value, weight)
    if (value * weight).sum() <= 0:
        assert np.isnan(people).all()
        assert np.isnan(gini(value, weight))
        return
    assert (np.diff(people) >= 0).all()
    assert (np.diff(held) >= 0).all()
    assert (held <= people + 1e-12).all()
    assert (people[0], held[0], people[-1], held[-1]) == (0, 0, 1, 1)


def test_what_is_moved_to_the_poorer_makes_it_more_equal():
    assert gini([2, 4, 9], [1, 2, 1]) > gini([3, 4, 8], [1, 2, 1])


@pytest.mark.parametrize(
    ("value", "weight", "key"),
    [
        ([1, 2], [1], "wrong_shape"),
        ([[1, 2]], [1, 2], "wrong_shape"),
        ([-1, 2], [1, 2], "negative"),
        ([1, 2], [1, np.nan], "not_finite"),
    ],
)
def test_arguments_that_cannot_be(value, weight, key):
    with pytest.raises(ArgumentError) as caught:
        gini(value, weight)
    assert caught.value.key == key
