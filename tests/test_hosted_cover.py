"""Covering with hosts against trying every set of options, and what must hold of any answer."""

import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from interrupts import LATE_S, interrupted_after

from planner.errors import ArgumentError
from planner.siting import hosted_cover, max_cover, stop_when

ENOUGH = 1e-9


def covered(covers, options):
    return covers[:, list(options)].any(axis=1)


def spent(options, *, host, cost, host_cost, fixed):
    """What the new options cost, and each host that no fixed option has open, once."""
    new = [j for j in options if j not in fixed]
    opened = {host[j] for j in new} - {host[j] for j in fixed} - {-1}
    return cost[new].sum() + sum(host_cost[h] for h in opened)


def is_allowed(options, world):
    """Whether money, room, must_cover and the groups' floors allow these options."""
    host, fixed = world["host"], world["fixed"]
    money = spent(options, host=host, cost=world["cost"], host_cost=world["host_cost"], fixed=fixed)
    if world["budget"] is not None and money > world["budget"]:
        return False
    for h, room in enumerate(world["room"]):
        if sum(world["size"][j] for j in options if host[j] == h) > room:
            return False
    if not covered(world["must_cover"], options).all():
        return False
    is_covered = covered(world["covers"], options)
    for g, share in enumerate(world["group_share"]):
        own = np.where(world["group"] == g, world["weight"], 0.0)
        if own[is_covered].sum() < share * own.sum() - ENOUGH:
            return False
    return True


def best_by_trying_all(world):
    """The most weight that allowed options cover; ``None`` where none are allowed."""
    fixed, forbidden = list(world["fixed"]), set(world["forbidden"])
    free = [j for j in range(world["covers"].shape[1]) if j not in fixed and j not in forbidden]
    best = None
    for size in range(len(free) + 1):
        for chosen in itertools.combinations(free, size):
            options = [*fixed, *chosen]
            if is_allowed(options, world):
                value = world["weight"][covered(world["covers"], options)].sum()
                best = value if best is None else max(best, value)
    return best


def random_world(seed):
    rng = np.random.default_rng(seed)
    rows, options, hosts = rng.integers(0, 18), rng.integers(3, 9), rng.integers(1, 5)
    covers = rng.random((rows, options)) < rng.choice([0.1, 0.2, 0.3])
    if options > 2:
        covers[:, 1] = covers[:, 0]  # two options that cover the same
        covers[:, 2] |= covers[:, 0]  # one that covers more
    host = rng.integers(-1, hosts, options)
    size = rng.choice([0.0, 1.0, 1.0, 2.5], options) if rng.random() < 0.5 else np.ones(options)
    room = rng.choice([1.0, 1.0, 2.0, 4.0, 50.0], hosts)
    lot = rng.permutation(options)
    fixed = [j for j in lot[: rng.integers(0, 2)] if host[j] < 0 or size[j] <= room[host[j]]]
    groups = rng.integers(0, 3)
    return {
        "covers": covers,
        "weight": rng.choice([0.0, 1.0, 2.5, 7.0, 1 / 3], rows),
        "host": host,
        "cost": rng.choice([0.0, 1.0, 1.0, 2.0], options),
        "host_cost": rng.choice([0.0, 1.0, 3.0], hosts),
        "size": size,
        "room": room,
        "budget": rng.choice([None, 2.0, 4.0, 4.0, 6.0]),
        "must_cover": rng.random((rng.integers(0, 2), options)) < 0.5,
        "group": rng.integers(-1, groups, rows) if groups else np.full(rows, -1),
        "group_share": rng.choice([0.0, 0.2, 0.4, 0.6, 1.0], groups),
        "fixed": fixed,
        "forbidden": lot[2 : 2 + rng.integers(0, 2)],
    }


def solve(world, **more):
    matrices = {name: sp.csr_array(world[name]) for name in ("covers", "must_cover")}
    return hosted_cover(**(world | matrices | more))


@pytest.mark.parametrize("first", range(0, 300, 100))
def test_is_the_best_of_all_sets(first):
    for seed in range(first, first + 100):
        world = random_world(seed)
        answer, best = solve(world), best_by_trying_all(world)
        if best is None:
            assert answer.requirements == "impossible", seed
            assert answer.selected.tolist() == sorted(world["fixed"]), seed
            continue
        assert answer.requirements == "met", seed
        assert (answer.status, answer.gap) == ("optimal", 0.0), seed
        assert answer.objective == pytest.approx(best), seed
        assert answer.bound == pytest.approx(best), seed
        assert is_allowed(answer.selected.tolist(), world), seed
        assert answer.objective == pytest.approx(world["weight"][covered(world["covers"], answer.selected)].sum()), seed


def test_the_worlds_are_of_every_sort():
    answers = [solve(random_world(seed)) for seed in range(150)]
    methods = [answer.method for answer in answers]
    assert {answer.requirements for answer in answers} == {"met", "impossible"}
    assert methods.count("HiGHS") > 20
    assert methods.count("nobody can reach it") > 10


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.0, 2.0, 5.0]))
def test_tells_what_it_opens_and_spends(seed, budget):
    world = random_world(seed) | {"budget": budget, "must_cover": np.zeros((0, 0)), "group_share": [], "group": None}
    world["must_cover"] = np.zeros((0, world["covers"].shape[1]))
    answer = solve(world | {"group": None, "group_share": None})
    opened = {h for h in world["host"][answer.selected] if h >= 0}
    assert answer.hosts.tolist() == sorted(opened)
    terms = {name: world[name] for name in ("host", "cost", "host_cost", "fixed")}
    assert answer.spent == pytest.approx(spent(answer.selected.tolist(), **terms))
    assert answer.spent <= budget + ENOUGH
    site_of = answer.assignment
    is_covered = covered(world["covers"], answer.selected)
    assert ((site_of >= 0) == is_covered).all()
    assert world["covers"][np.flatnonzero(is_covered), site_of[is_covered]].all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_more_money_covers_no_less_and_a_higher_opening_cost_no_more(seed):
    world = random_world(seed) | {"group": None, "group_share": None}
    world["must_cover"] = np.zeros((0, world["covers"].shape[1]))
    values = [solve(world | {"budget": money}).objective for money in (0.0, 2.0, 4.0, None)]
    assert all(b >= a - ENOUGH for a, b in itertools.pairwise(values))
    dear = solve(world | {"budget": 4.0, "host_cost": world["host_cost"] + 1.0})
    assert dear.objective <= values[2] + ENOUGH


@pytest.mark.parametrize("seed", range(20))
def test_without_hosts_it_is_maximal_covering(seed):
    rng = np.random.default_rng(seed)
    covers, weight = sp.csr_array(rng.random((60, 25)) < 0.1), rng.uniform(0, 5, 60)
    cost = rng.uniform(1, 4, 25)
    known = max_cover(covers, weight, cost=cost, budget=9.0)
    for host, host_cost in ((None, None), (np.arange(25), cost)):
        own = cost if host_cost is None else None
        found = hosted_cover(covers, weight, host=host, cost=own, host_cost=host_cost, budget=9.0)
        assert found.objective == pytest.approx(known.objective)
        assert found.status == "optimal"


def test_two_services_in_one_host_pay_for_it_once():
    """Three hosts; either service alone could stand anywhere, and two can only be paid for where they share::

    rows     a b | c d        a, c: only host 0;  b: host 1;  d: host 2
    """
    covers = np.zeros((4, 4), dtype=bool)
    covers[0, 0] = covers[2, 1] = True  # both in host 0
    covers[1, 2] = covers[3, 3] = True  # in hosts 1 and 2
    terms = {"host": [0, 0, 1, 2], "cost": [1.0] * 4, "host_cost": [5.0] * 3, "budget": 7.0}
    weight = [2.0, 2.9, 2.0, 2.9]
    shared = hosted_cover(sp.csr_array(covers), weight, **terms)
    assert (shared.selected.tolist(), shared.hosts.tolist(), shared.spent) == ([0, 1], [0], 7.0)
    twice = max_cover(sp.csr_array(covers), weight, cost=[6.0] * 4, budget=7.0)
    assert twice.objective == 2.9 < shared.objective == 4.0


def test_a_room_of_one_is_one_option_of_a_place():
    """The same place until 18:00, until 20:00 or until 22:00: the longest that the money allows."""
    covers = sp.csr_array(np.tril(np.ones((3, 3), dtype=bool)).T)
    terms = {"host": [0, 0, 0], "cost": [1.0, 2.0, 4.0], "room": [1.0]}
    for budget, chosen in ((0.5, []), (1.0, [0]), (3.0, [1]), (9.0, [2])):
        assert hosted_cover(covers, [1.0, 1.0, 1.0], **terms, budget=budget).selected.tolist() == chosen


def test_a_fixed_option_has_opened_its_host():
    covers = sp.csr_array(np.eye(3, dtype=bool))
    terms = {"host": [0, 0, 1], "cost": [9.0, 1.0, 1.0], "host_cost": [5.0, 5.0], "budget": 2.0}
    answer = hosted_cover(covers, [1.0, 1.0, 3.0], **terms, fixed=[0])
    assert (answer.selected.tolist(), answer.spent, answer.objective) == ([0, 1], 1.0, 2.0)


def large_town(rows=3000, options=400):
    rng = np.random.default_rng(5)
    at, to = rng.random((options, 2)), rng.random((rows, 2))
    near = ((at[None] - to[:, None]) ** 2).sum(axis=2) < 0.09**2
    return sp.csr_array(near), rng.uniform(0, 9, rows), {
        "host": np.arange(options) // 2,
        "cost": rng.uniform(3, 9, options),
        "host_cost": rng.uniform(1, 9, options // 2),
        "budget": 110.0,
    }  # fmt: skip


def test_out_of_time_it_has_an_answer_and_a_bound():
    covers, weight, terms = large_town()
    answer = hosted_cover(covers, weight, **terms, time_limit_s=1e-6)
    assert (answer.status, answer.requirements) == ("feasible", "met")
    assert 0 < answer.objective < answer.bound
    assert answer.spent <= 110.0 + ENOUGH
    assert answer.gap == pytest.approx((answer.bound - answer.objective) / answer.bound)


def test_a_gap_is_enough_where_it_is_asked_for():
    covers, weight, terms = large_town(600, 80)
    answer = hosted_cover(covers, weight, **terms, gap=0.2)
    assert answer.status == "optimal"
    assert answer.gap <= 0.2


def test_it_can_be_interrupted():
    covers, weight, terms = large_town()
    with interrupted_after(0.5):
        answer = hosted_cover(covers, weight, **terms, time_limit_s=10 * LATE_S)
    assert answer.runtime_s < LATE_S
    assert answer.objective > 0
    assert answer.method in ("interrupted", "HiGHS")


def test_it_can_be_stopped():
    covers, weight, terms = large_town()
    with stop_when(lambda: True):
        answer = hosted_cover(covers, weight, **terms)
    assert answer.method == "interrupted"
    assert answer.status == "feasible"
    assert answer.spent <= 110.0 + ENOUGH


EYE = sp.csr_array(np.eye(3, dtype=bool))


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"covers": sp.csr_array((0, 3)), "weight": [1.0]}, "wrong_shape"),
        ({"covers": "abc"}, "covers_not_a_matrix"),
        ({"weight": [1.0, 1.0]}, "wrong_shape"),
        ({"weight": [1.0, -1.0, 1.0]}, "negative"),
        ({"weight": [1.0, np.nan, 1.0]}, "not_finite"),
        ({"host": [0, 0]}, "wrong_shape"),
        ({"host": [0, -2, 0]}, "not_hosts"),
        ({"host": [0.0, 1.0, 1.0]}, "not_hosts"),
        ({"cost": [1.0, -1.0, 1.0]}, "negative"),
        ({"cost": [1.0]}, "wrong_shape"),
        ({"host_cost": [1.0]}, "wrong_shape"),
        ({"host_cost": [1.0, -1.0]}, "negative"),
        ({"room": [1.0]}, "wrong_shape"),
        ({"room": [1.0, np.inf]}, "not_finite"),
        ({"size": [1.0, 1.0, 1.0], "room": None}, "size_without_room"),
        ({"size": [1.0, 1.0]}, "wrong_shape"),
        ({"size": [1.0, 1.0, 5.0], "fixed": [2]}, "fixed_over_room"),
        ({"budget": -1.0}, "bad_limit"),
        ({"must_cover": sp.csr_array((1, 2))}, "wrong_shape"),
        ({"must_cover": "abc"}, "covers_not_a_matrix"),
        ({"group": [0, 0, 0]}, "group_and_share"),
        ({"group": [0, 0, -2], "group_share": 0.5}, "not_groups"),
        ({"group": [0, 0], "group_share": 0.5}, "wrong_shape"),
        ({"group": [0, 0, 0], "group_share": 1.5}, "bad_share"),
        ({"fixed": [3]}, "index_out_of_range"),
        ({"fixed": [1], "forbidden": [1]}, "fixed_and_forbidden"),
        ({"time_limit_s": 0.0}, "bad_time_limit"),
        ({"gap": -0.1}, "bad_limit"),
    ],
)
def test_a_bad_argument_is_named(changes, key):
    good = {"covers": EYE, "weight": [1.0, 1.0, 1.0], "host": [0, 1, 1], "room": [2.0, 2.0], "budget": 3.0}
    with pytest.raises(ArgumentError) as error:
        hosted_cover(**(good | changes))
    assert error.value.key == key
