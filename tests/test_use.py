"""What check-ins say of demand: on worlds whose truth is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import poisson

from planner.demand.use import daily_dispersion, most_per_day, nearest_open, use_factors
from planner.errors import ArgumentError
from planner.travel import TravelCosts


def simulated(seed, *, stations=15, shape=5.0, dispersion=1.0, days=(2, 120)):
    """Stations with drawn factors, and what was seen at them; negative binomial where days vary more than chance."""
    rng = np.random.default_rng(seed)
    truth = rng.gamma(shape, 1 / shape, stations)
    expected = rng.uniform(1, 30, stations) * rng.integers(*days, stations)
    if dispersion == 1.0:
        return truth, rng.poisson(truth * expected), expected
    mean = truth * expected
    return truth, rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion), expected


@pytest.mark.parametrize(
    ("given", "promised"),
    [({}, 0.9), ({}, 0.5), ({"stations": 6, "days": (1, 4)}, 0.9), ({"dispersion": 3.0, "days": (1, 20)}, 0.9)],
)
def test_intervals_hold_what_they_promise(given, promised):
    inside = []
    for seed in range(60):
        truth, seen, expected = simulated(seed, **given)
        found = use_factors(seen, expected, dispersion=given.get("dispersion", 1.0), interval=promised)
        inside += ((found.low <= truth) & (truth <= found.high)).tolist()
        assert (found.low < found.mean).all()
        assert (found.mean < found.high).all()
    assert np.mean(inside) == pytest.approx(promised, abs=0.05)


def test_a_catchment_that_nobody_saw_is_within_its_interval_as_promised():
    inside = []
    for seed in range(60):
        truth, seen, expected = simulated(seed)
        found = use_factors(seen[1:], expected[1:])
        inside.append(found.elsewhere_low <= truth[0] <= found.elsewhere_high)
    assert np.mean(inside) == pytest.approx(0.9, abs=0.09)


def test_the_estimate_is_nearer_to_the_truth_than_the_prior_and_than_what_was_seen():
    errors = np.array(
        [
            [((estimate - truth) ** 2).mean() for estimate in (use_factors(seen, expected).mean, 1.0, seen / expected)]
            for truth, seen, expected in (simulated(seed, days=(1, 4), shape=20.0) for seed in range(40))
        ]
    )
    shrunk, prior, raw = errors.mean(axis=0)
    assert shrunk < 0.8 * prior
    assert shrunk < raw


def test_few_days_are_drawn_further_towards_all_others():
    #          ten stations as expected, and two used twice as much: in two days, and in two hundred
    expected = np.array([1000.0] * 10 + [4.0, 4000.0])
    found = use_factors(np.array([1000] * 10 + [8, 8000]), expected)
    assert 1 < found.mean[10] < 1.7
    assert found.mean[11] == pytest.approx(2, abs=0.05)
    assert found.high[10] - found.low[10] > found.high[11] - found.low[11]


def test_a_station_without_data_is_like_one_of_which_nothing_is_known():
    found = use_factors([50, 70, 0], [60, 60, 0])
    assert found.mean[2] == pytest.approx(found.elsewhere)
    assert (found.low[2], found.high[2]) == pytest.approx((found.elsewhere_low, found.elsewhere_high))


def test_days_that_vary_more_than_chance_make_intervals_wider():
    narrow, wide = (use_factors([50, 70, 20], [60, 60, 30], dispersion=d) for d in (1.0, 4.0))
    assert (wide.high - wide.low > narrow.high - narrow.low).all()


def test_nobody_at_all_is_a_small_factor_and_no_fault():
    found = use_factors([0, 0], [100.0, 50.0])
    assert (found.high < 0.2).all()


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (([1], [1, 2]), "wrong_shape"),
        (([-1], [1]), "negative"),
        (([1], [np.nan]), "negative"),
        (([0, 0], [0, 0]), "nothing_expected"),
        (([1], [1], {"dispersion": 0.5}), "bad_limit"),
        (([1], [1], {"interval": 1.0}), "bad_share"),
    ],
)
def test_arguments_that_cannot_be(given, key):
    with pytest.raises(ArgumentError) as caught:
        use_factors(*given[:2], **(given[2] if len(given) > 2 else {}))
    assert caught.value.key == key
    assert caught.value.message("zh")


@pytest.mark.parametrize("count", [0, 1, 7])
def test_the_upper_bound_is_where_so_few_are_one_in_twenty(count):
    most = most_per_day(count, 30)
    assert poisson.cdf(count, 30 * most) == pytest.approx(0.05)
    assert most_per_day(count, 30, dispersion=2.0) > most


def test_without_a_day_anything_may_be():
    assert most_per_day(0, 0) == np.inf
    assert most_per_day(0, 30) == pytest.approx(0.0998, abs=1e-4)  # three in thirty days


@pytest.mark.parametrize("dispersion", [1.0, 2.5])
def test_dispersion_is_found_beside_weekdays(dispersion):
    rng = np.random.default_rng(3)
    days = pd.date_range("2024-03-04", periods=140)
    rows = []
    for station, mean in enumerate(rng.uniform(5, 40, 12)):
        of_day = mean * np.where(days.day_of_week < 5, 1.0, 1.6)
        counts = (
            rng.poisson(of_day)
            if dispersion == 1.0
            else rng.negative_binomial(of_day / (dispersion - 1), 1 / dispersion)
        )
        rows.append(pd.DataFrame({"date": days, "centre_id": str(station), "checkins": counts}))
    assert daily_dispersion(pd.concat(rows)) == pytest.approx(dispersion, rel=0.08)


def test_one_day_says_nothing_of_dispersion():
    frame = pd.DataFrame({"date": pd.to_datetime(["2024-03-04"]), "centre_id": ["a"], "checkins": [3]})
    assert daily_dispersion(frame) == 1.0


def test_the_nearest_that_is_open():
    # points 0..2, sites 0..2; site 2 is none of those asked about, site 0 is shut in the second period
    demand, site = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 1, 2, 0, 1, 2])
    costs = TravelCosts(demand, site, np.array([100.0, 200.0, 10.0, 300.0, 300.0, 5.0]), "m", 500.0, (4, 3))
    is_open = np.array([[True, False], [True, True], [True, True]])
    assert nearest_open(costs, is_open, np.array([0, 1])).tolist() == [[0, 1], [0, 1], [-1, -1], [-1, -1]]
