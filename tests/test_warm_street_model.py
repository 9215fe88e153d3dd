"""One site of each service along one stretch: against trying all of them."""

import itertools
import threading

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import ArgumentError
from planner.siting import stop_when, warm_street


def value(gain, sites):
    return sum(gain[service, site] for service, site in enumerate(sites) if site >= 0)


def price(cost, sites):
    return sum(cost[service, site] for service, site in enumerate(sites) if site >= 0)


def is_possible(sites, along, *, allowed, cost, budget, need, room, at_least):
    if sum(site >= 0 for site in sites) < at_least:
        return False
    if any(site >= 0 and not (allowed[service, site] and along[site]) for service, site in enumerate(sites)):
        return False
    if budget is not None and price(cost, sites) > budget:
        return False
    return all(
        sum(need[service] for service, other in enumerate(sites) if other == site) <= room[site]
        for site in set(sites) - {-1}
    )


def best_by_trying_all(gain, stretches, street, **limits):
    """The best value of each street that has any possible choice, the highest first."""
    best = {}
    for along, number in zip(stretches, street, strict=True):
        for sites in itertools.product(range(-1, gain.shape[1]), repeat=len(gain)):
            if is_possible(sites, along, **limits):
                best[number] = max(best.get(number, 0.0), value(gain, sites))
    return sorted(best.values(), reverse=True)


@st.composite
def towns(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    services, sites, stretches = draw(st.integers(1, 3)), draw(st.integers(1, 5)), draw(st.integers(0, 5))
    gain = rng.choice([0.0, 1.0, 2.0, 2.5, 1 / 3], (services, sites))
    budget = draw(st.sampled_from([None, 0.0, 2.0, 3.5, 6.0]))
    return gain, rng.random((stretches, sites)) < 0.6, rng.integers(0, 3, stretches), {
        "allowed": rng.random((services, sites)) < 0.7,
        "cost": rng.choice([0.0, 1.0, 2.0, 3.5], (services, sites)),
        "budget": budget,
        "need": rng.choice([0.0, 1.0, 2.0], services),
        "room": rng.choice([0.5, 1.0, 2.0, 3.0, np.inf], sites),
        "at_least": draw(st.integers(1, services)),
    }  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(towns(), st.integers(1, 3))
def test_is_the_best_of_all_choices_of_every_stretch(town, count):
    gain, stretches, street, limits = town
    others = {name: values for name, values in limits.items() if name != "allowed"}
    found = warm_street(gain, limits["allowed"], sp.csr_array(stretches), street, count=count, **others)
    best = best_by_trying_all(gain, stretches, street, **limits)[:count]
    assert [choice.objective for choice in found.ranked] == pytest.approx(best)
    assert len({street[choice.stretch] for choice in found.ranked}) == len(found.ranked)
    assert (found.status, found.gap) == ("optimal", 0.0)
    for choice in found.ranked:
        assert is_possible(choice.site.tolist(), stretches[choice.stretch], **limits)
        assert choice.objective == pytest.approx(value(gain, choice.site))
        assert choice.cost == pytest.approx(price(limits["cost"], choice.site))


def town(services=5, sites=200, stretches=120, seed=2):
    rng = np.random.default_rng(seed)
    starts = rng.uniform(0, 0.9, stretches)
    at = rng.random(sites)
    along = (at[None, :] >= starts[:, None]) & (at[None, :] <= starts[:, None] + 0.1)
    gain, cost = rng.random((services, sites)), rng.uniform(1, 5, (services, sites))
    limits = {"cost": cost, "budget": 8.0, "need": np.full(services, 1.0), "room": rng.choice([1.0, 2.0], sites)}
    return gain, rng.random((services, sites)) < 0.8, sp.csr_array(along), np.arange(stretches) % 9, limits


def test_more_money_never_gains_less():
    gain, allowed, stretches, street, limits = town()
    found = [warm_street(gain, allowed, stretches, street, **limits | {"budget": b}) for b in (6.0, 8.0, 12.0, 99.0)]
    values = [some.ranked[0].objective for some in found if some.ranked]
    assert values == sorted(values)
    assert len(values) >= 3


def test_the_best_streets_come_in_order_each_once():
    gain, allowed, stretches, street, limits = town()
    five = warm_street(gain, allowed, stretches, street, count=5, **limits)
    assert [choice.objective for choice in five.ranked] == sorted((c.objective for c in five.ranked), reverse=True)
    assert len({street[choice.stretch] for choice in five.ranked}) == 5
    one = warm_street(gain, allowed, stretches, street, **limits)
    assert one.ranked[0].objective == five.ranked[0].objective


def test_the_order_of_sites_and_stretches_does_not_matter():
    gain, allowed, stretches, street, limits = town()
    sites, rows = np.random.default_rng(1).permutation(200), np.random.default_rng(2).permutation(120)
    turned = limits | {"cost": limits["cost"][:, sites], "room": limits["room"][sites]}
    other = warm_street(gain[:, sites], allowed[:, sites], stretches[rows][:, sites], street[rows], **turned)
    assert other.ranked[0].objective == pytest.approx(
        warm_street(gain, allowed, stretches, street, **limits).ranked[0].objective
    )


def test_two_services_in_one_small_place_are_not_both_there():
    gain, one = np.array([[5.0, 1.0], [5.0, 1.0]]), sp.csr_array(np.ones((1, 2), dtype=bool))
    both = np.ones((2, 2), dtype=bool)
    found = warm_street(gain, both, one, [0], need=[10, 10], room=[15, 15])
    assert sorted(found.ranked[0].site.tolist()) == [0, 1]
    assert found.ranked[0].objective == 6
    assert warm_street(gain, both, one, [0], need=[10, 10], room=[20, 15]).ranked[0].objective == 10


def test_a_stretch_without_one_of_the_services_is_none_unless_fewer_will_do():
    gain, allowed = np.array([[1.0, 2.0], [3.0, 3.0]]), np.array([[True, True], [False, False]])
    one = sp.csr_array(np.ones((1, 2), dtype=bool))
    none = warm_street(gain, allowed, one, [0])
    assert (none.ranked, none.possible, none.status) == ((), 0, "optimal")
    fewer = warm_street(gain, allowed, one, [0], at_least=1)
    assert fewer.ranked[0].site.tolist() == [1, -1]
    assert fewer.possible == 1


def test_what_stands_already_counts_and_gains_nothing():
    found = warm_street(
        [[0.0, 2.0], [0.0, 5.0]], [[True, False], [False, True]], sp.csr_array([[1, 1], [0, 1]]), [0, 1]
    )
    assert found.ranked[0].site.tolist() == [0, 1]
    assert found.ranked[0].objective == 5


@pytest.mark.parametrize("stopped", [True, False])
def test_out_of_time_or_stopped_is_an_answer_with_a_bound(stopped):
    gain, allowed, stretches, street, limits = town(services=9, sites=3000, stretches=2000)
    told = threading.Event()
    if stopped:
        told.set()
    with stop_when(told.is_set):
        found = warm_street(gain, allowed, stretches, street, time_limit_s=60 if stopped else 0.001, **limits)
    assert found.status == "feasible"
    assert (found.method == "interrupted") is stopped
    assert found.bound >= warm_street(gain, allowed, stretches[:50], street[:50], **limits).bound - 1e-9


ONE = sp.csr_array(np.ones((2, 3), dtype=bool))
GAIN, MAY = np.ones((2, 3)), np.ones((2, 3), dtype=bool)


@pytest.mark.parametrize(
    ("gain", "allowed", "street", "arguments", "key"),
    [
        (np.ones(3), MAY, [0, 1], {}, "wrong_shape"),
        (np.ones((2, 4)), MAY, [0, 1], {}, "wrong_shape"),
        (np.ones((0, 3)), MAY, [0, 1], {}, "wrong_shape"),
        (-GAIN, MAY, [0, 1], {}, "negative"),
        (GAIN * np.nan, MAY, [0, 1], {}, "not_finite"),
        (GAIN, MAY[:1], [0, 1], {}, "wrong_shape"),
        (GAIN, MAY, [0], {}, "wrong_shape"),
        (GAIN, MAY, [0, 0.5], {}, "not_indices"),
        (GAIN, MAY, [0, 1], {"budget": 3}, "budget_without_cost"),
        (GAIN, MAY, [0, 1], {"budget": -3, "cost": GAIN}, "bad_limit"),
        (GAIN, MAY, [0, 1], {"cost": GAIN[:1]}, "wrong_shape"),
        (GAIN, MAY, [0, 1], {"need": [1]}, "wrong_shape"),
        (GAIN, MAY, [0, 1], {"need": [1, -1]}, "negative"),
        (GAIN, MAY, [0, 1], {"room": [1, 1]}, "wrong_shape"),
        (GAIN, MAY, [0, 1], {"room": [1, 1, -1]}, "negative"),
        (GAIN, MAY, [0, 1], {"room": [1, 1, np.nan]}, "not_finite"),
        (GAIN, MAY, [0, 1], {"at_least": 0}, "not_a_count"),
        (GAIN, MAY, [0, 1], {"at_least": 3}, "too_many_services"),
        (GAIN, MAY, [0, 1], {"count": 0}, "not_a_count"),
        (GAIN, MAY, [0, 1], {"time_limit_s": 0}, "bad_time_limit"),
    ],
)
def test_a_bad_argument_gets_its_own_error(gain, allowed, street, arguments, key):
    with pytest.raises(ArgumentError) as caught:
        warm_street(gain, allowed, ONE, street, **arguments)
    assert caught.value.key == key
    assert caught.value.message("zh") != caught.value.message("en")
