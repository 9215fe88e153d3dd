"""Maximal covering under many weights against maximal covering under each."""

import numpy as np
import pytest
import scipy.sparse as sp

from planner.errors import ArgumentError
from planner.siting import max_cover, repeated_cover, stop_when


def plane(rows=120, sites=30, plans=12, seed=1):
    rng = np.random.default_rng(seed)
    demand, site = rng.random((rows, 2)), rng.random((sites, 2))
    near = ((demand[:, None, :] - site[None, :, :]) ** 2).sum(axis=2) <= 25 / (np.pi * rows)
    weights = rng.integers(0, 3, (plans, rows)) * rng.gamma(4.0, 0.25, (plans, rows))
    return sp.csr_array(near), weights, rng.integers(1, 9, sites).astype(float)


@pytest.mark.parametrize(
    "limits", [{"site_limit": 4}, {"budget": 14.0}, {"site_limit": 4, "budget": 14.0}, {"site_limit": 0}]
)
@pytest.mark.parametrize("decided", [{}, {"fixed": [2, 5], "forbidden": [0, 1]}])
def test_each_plan_is_that_of_its_own_weights(limits, decided):
    covers, weights, cost = plane()
    many = repeated_cover(covers, weights, cost=cost, **limits, **decided)
    assert many.chosen.shape == (12, 30)
    assert many.asked == 12
    for chosen, objective, bound, weight in zip(many.chosen, many.objective, many.bound, weights, strict=True):
        one = max_cover(covers, weight, cost=cost, **limits, **decided)
        assert objective == pytest.approx(one.objective)
        assert bound == pytest.approx(one.objective)
        assert weight[covers[:, np.flatnonzero(chosen)].sum(axis=1) > 0].sum() == pytest.approx(objective)
        assert chosen[decided.get("fixed", [])].all()
        assert not chosen[decided.get("forbidden", [])].any()


def test_weights_of_nothing_open_nothing():
    covers, weights, _ = plane()
    many = repeated_cover(covers, np.zeros_like(weights), site_limit=4)
    assert not many.chosen.any()
    assert (many.objective == 0).all()


def test_progress_is_told_and_a_stop_heeded():
    covers, weights, _ = plane()
    heard = []
    repeated_cover(covers, weights, site_limit=3, progress=lambda done, of: heard.append((done, of)))
    assert heard == [(number, 12) for number in range(1, 13)]
    with stop_when(lambda: True):
        assert len(repeated_cover(covers, weights, site_limit=3).chosen) == 0


@pytest.mark.parametrize(
    ("weights", "arguments", "key"),
    [
        ([1.0, 1.0], {"site_limit": 1}, "wrong_shape"),
        ([[1.0]], {"site_limit": 1}, "wrong_shape"),
        ([[1.0, -1.0]], {"site_limit": 1}, "negative"),
        ([[1.0, np.nan]], {"site_limit": 1}, "not_finite"),
        ([[1.0, 1.0]], {}, "no_limit"),
        ([[1.0, 1.0]], {"budget": 1}, "budget_without_cost"),
    ],
)
def test_a_bad_argument_gets_its_own_error(weights, arguments, key):
    with pytest.raises(ArgumentError) as caught:
        repeated_cover(sp.csr_array(np.ones((2, 3))), weights, **arguments)
    assert caught.value.key == key
