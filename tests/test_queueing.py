"""Queues, against the formulas as they are printed, sums over states, and a small simulation."""

import heapq
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import ArgumentError
from planner.queueing import (
    late_share,
    load_for_loss,
    load_for_wait,
    lost_share,
    mean_wait,
    places_for_loss,
    places_for_wait,
    waiting_share,
)

loads = st.floats(0.01, 40.0)
counts = st.integers(1, 60)


def erlang_b(places, load):
    states = [load**n / math.factorial(n) for n in range(places + 1)]
    return states[-1] / sum(states)


def erlang_c(places, load):
    all_taken = load**places / math.factorial(places) * places / (places - load)
    return all_taken / (sum(load**n / math.factorial(n) for n in range(places)) + all_taken)


@given(counts, loads)
def test_the_recursion_is_the_printed_formula(places, load):
    assert lost_share(places, load) == pytest.approx(erlang_b(places, load), rel=1e-9)
    if load < places:
        assert waiting_share(places, load) == pytest.approx(erlang_c(places, load), rel=1e-9)


def test_one_place_is_the_textbook_queue():
    assert waiting_share(1, 0.5) == pytest.approx(0.5)
    assert mean_wait(1, 0.5, stay=3.0) == pytest.approx(3.0)
    assert late_share(1, 0.5, wait=2.0, stay=1.0) == pytest.approx(0.5 * math.exp(-1.0))
    assert lost_share(1, 1.0) == pytest.approx(0.5)


def test_thousands_of_places_neither_overflow_nor_stall():
    assert 0.0 < lost_share(5_000, 5_000.0) < 0.02
    assert places_for_loss(5_000.0, share=0.01) < 5_100


def test_without_load_nothing_is_needed_and_beyond_the_places_all_wait():
    assert places_for_wait(0.0, wait=1.0, stay=1.0, share=0.1) == places_for_loss(0.0, share=0.1) == 0
    assert load_for_loss(0, share=0.1) == load_for_wait(0, wait=1.0, stay=1.0, share=0.1) == 0.0
    assert waiting_share(2, 2.0) == late_share(2, 3.0, wait=9.0, stay=1.0) == 1.0
    assert mean_wait(2, 2.0, stay=1.0) == math.inf


@given(loads, st.floats(0.0, 20.0), st.floats(0.1, 90.0), st.floats(0.005, 0.5))
@settings(max_examples=200)
def test_the_places_are_enough_and_one_fewer_is_not(load, wait, stay, share):
    places = places_for_wait(load, wait=wait, stay=stay, share=share)
    assert late_share(places, load, wait=wait, stay=stay) <= share
    assert late_share(places - 1, load, wait=wait, stay=stay) > share
    places = places_for_loss(load, share=share)
    assert lost_share(places, load) <= share
    assert places == 0 or lost_share(places - 1, load) > share


@given(counts, st.floats(0.0, 20.0), st.floats(0.1, 90.0), st.floats(0.005, 0.5))
@settings(max_examples=100)
def test_the_largest_load_needs_just_these_places(places, wait, stay, share):
    load = load_for_wait(places, wait=wait, stay=stay, share=share)
    assert places_for_wait(load, wait=wait, stay=stay, share=share) == places
    assert places_for_wait(load * 1.001, wait=wait, stay=stay, share=share) > places or load == 0
    load = load_for_loss(places, share=share)
    assert places_for_loss(load, share=share) == places
    assert places_for_loss(load * 1.001, share=share) > places


def simulated(places, load, wait, *, arrivals=60_000, seed=1):
    """The shares of arrivals that wait, that wait long, that are lost, and the mean wait; stays of mean 1."""
    rng = np.random.default_rng(seed)
    times, stays = np.cumsum(rng.exponential(1 / load, arrivals)), rng.exponential(1.0, arrivals)
    free = [0.0] * places
    waits = np.empty(arrivals)
    for i, (at, stay) in enumerate(zip(times, stays, strict=True)):
        begins = max(at, heapq.heappop(free))
        waits[i] = begins - at
        heapq.heappush(free, begins + stay)
    taken, lost = [], 0
    for at, stay in zip(times, stays, strict=True):
        while taken and taken[0] <= at:
            heapq.heappop(taken)
        if len(taken) < places:
            heapq.heappush(taken, at + stay)
        else:
            lost += 1
    return (waits > 0).mean(), (waits > wait).mean(), lost / arrivals, waits.mean()


def test_a_simulated_queue_behaves_so():
    places, load, wait = 5, 3.8, 0.3
    waited, late, lost, mean = simulated(places, load, wait)
    assert waiting_share(places, load) == pytest.approx(waited, abs=0.03)
    assert late_share(places, load, wait=wait, stay=1.0) == pytest.approx(late, abs=0.03)
    assert lost_share(places, load) == pytest.approx(lost, abs=0.01)
    assert mean_wait(places, load, stay=1.0) == pytest.approx(mean, rel=0.1)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: lost_share(-1, 1.0),
        lambda: lost_share(1, -1.0),
        lambda: lost_share(1, math.nan),
        lambda: late_share(1, 0.5, wait=-1.0, stay=1.0),
        lambda: mean_wait(1, 0.5, stay=0.0),
        lambda: places_for_wait(1.0, wait=0.0, stay=1.0, share=0.0),
        lambda: places_for_loss(1.0, share=1.0),
        lambda: places_for_loss(1e9, share=0.01),
    ],
)
def test_a_bad_argument_is_refused(ask):
    with pytest.raises(ArgumentError):
        ask()
