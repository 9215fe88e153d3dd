"""Covering with floors, against every choice of sites there is."""

from itertools import combinations, pairwise

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import ArgumentError
from planner.siting import fair_cover, max_cover, stop_when

# Two villages: site 0 covers the large one, site 1 half of the small one, site 2 the other half of it, site 3 both
# halves of the small one at three times the cost.
#                     0  1  2  3
VILLAGES = np.array(
    [
        [1, 0, 0, 0],  # large, weight 90
        [0, 1, 0, 1],  # small, weight 5
        [0, 0, 1, 1],
    ]
)  # small, weight 5
WEIGHT, VILLAGE = [90.0, 5.0, 5.0], [0, 1, 1]


def villages(**more):
    return fair_cover(sp.csr_array(VILLAGES), WEIGHT, group=VILLAGE, **more)


def test_floors_are_kept_and_cost_coverage():
    free = max_cover(sp.csr_array(VILLAGES), WEIGHT, site_limit=1)
    assert free.objective == 90
    both = villages(group_share=[0.0, 0.5], site_limit=1)
    assert both.selected.tolist() == [3]
    assert (both.objective, both.bound, both.status) == (10, 10, "optimal")
    assert both.floor == both.floor_bound == 0.5
    assert both.share.tolist() == [0.0, 1.0]


def test_floors_that_cannot_all_be_had_are_as_high_as_can_be():
    one = villages(site_limit=1)
    assert one.floor == one.floor_bound == 0
    assert one.objective == 90  # of all that leave somebody with nothing, the one that covers the most
    two = villages(site_limit=2)
    assert (two.floor, two.objective, two.selected.tolist()) == (1.0, 100, [0, 3])
    poor = villages(cost=[1, 1, 1, 3], budget=2)
    assert (poor.floor, poor.objective, poor.status) == (0.5, 95, "optimal")
    assert poor.is_floor_proven


def test_a_group_out_of_reach_does_not_pull_the_others_down():
    found = villages(site_limit=2, forbidden=[1, 3])
    assert found.reach.tolist() == [1.0, 0.5]
    assert found.share.tolist() == [1.0, 0.5]
    assert found.floor == found.floor_bound == 1.0


def test_fixed_sites_count_for_the_floors_and_against_no_limit():
    found = villages(site_limit=1, fixed=[0], cost=[9, 1, 1, 3], budget=3)
    assert (found.selected.tolist(), found.floor) == ([0, 3], 1.0)


def test_a_site_that_adds_nothing_is_not_opened():
    assert villages(site_limit=4).selected.tolist() == [0, 3]


def test_groups_without_weight_have_no_share():
    found = fair_cover(sp.csr_array(VILLAGES), [90, 0, 0], group=[0, 1, -1], group_share=[1, 1, 1], site_limit=1)
    assert found.share[0] == 1
    assert np.isnan(found.share[1:]).all()
    assert np.isnan(found.reach[1:]).all()
    assert found.floor == 1


def world(seed):
    """Up to 8 sites, 14 rows and 4 groups; some rows in no group, some groups asked for less, some sites dear."""
    rng = np.random.default_rng(seed)
    rows, sites, groups = rng.integers(1, 15), rng.integers(1, 9), rng.integers(1, 5)
    whole = rng.random() < 0.5
    more = {}
    if rng.random() < 0.7:
        more["site_limit"] = int(rng.integers(0, sites + 1))
    if "site_limit" not in more or rng.random() < 0.4:
        more |= {"cost": rng.integers(0, 6, sites).astype(float), "budget": float(rng.integers(0, 12))}
    stay = np.flatnonzero(rng.random(sites) < 0.15)
    never = np.setdiff1d(np.flatnonzero(rng.random(sites) < 0.15), stay)
    asked = 1.0 if rng.random() < 0.4 else rng.integers(0, 5, groups) / 4
    return {
        "covers": sp.csr_array(rng.random((rows, sites)) < rng.uniform(0.1, 0.5)),
        "weight": rng.integers(0, 9, rows).astype(float) if whole else rng.random(rows),
        "group": rng.integers(-1, groups, rows),
        "group_share": asked if np.ndim(asked) == 0 else np.asarray(asked)[: max(1, groups)],
        "fixed": stay,
        "forbidden": never,
        **more,
    }


def by_hand(given):
    """The highest floor and the most weight under it, of every choice of sites."""
    covers, weight, group = given["covers"].toarray(), np.asarray(given["weight"]), np.asarray(given["group"])
    sites = covers.shape[1]
    cost, budget = given.get("cost", np.zeros(sites)), given.get("budget", np.inf)
    count = given.get("site_limit", sites)
    free = [j for j in range(sites) if j not in given["fixed"] and j not in given["forbidden"] and cost[j] <= budget]
    of_group = {g: (group == g) & (weight > 0) for g in range(group.max() + 1) if weight[group == g].sum() > 0}
    asked = np.broadcast_to(given["group_share"], max(group.max() + 1, np.size(given["group_share"])))

    def shares(chosen):
        covered = covers[:, [*given["fixed"], *chosen]].any(axis=1)
        return {g: weight[own & covered].sum() / weight[own].sum() for g, own in of_group.items()}, weight[
            covered
        ].sum()

    reach = shares(free)[0]
    wanted = {g: min(asked[g], reach[g]) for g in of_group}
    highest, options = max(wanted.values(), default=0.0), []
    for size in range(min(count, len(free)) + 1):
        for chosen in combinations(free, size):
            if cost[list(chosen)].sum() <= budget:
                share, total = shares(chosen)
                short = [share[g] for g in of_group if share[g] < wanted[g] - 1e-9]
                options.append((min(short, default=highest), total))
    floor = max(option[0] for option in options)
    return floor, max(total for reached, total in options if reached >= floor - 1e-9)


@pytest.mark.parametrize("part", range(4))
def test_against_every_choice(part):
    for seed in range(part * 100, part * 100 + 100):
        given_world = world(seed)
        found = fair_cover(**given_world)
        floor, total = by_hand(given_world)
        assert found.status == "optimal", seed
        assert found.floor == pytest.approx(floor, abs=1e-8), seed
        assert found.floor_bound == pytest.approx(floor, abs=1e-8), seed
        assert found.objective == pytest.approx(total, abs=1e-8), seed
        assert found.bound == pytest.approx(total, abs=1e-8), seed
        new = np.setdiff1d(found.selected, given_world["fixed"])
        assert len(new) <= given_world.get("site_limit", 99)
        assert set(given_world["fixed"]) <= set(found.selected)
        assert not set(given_world["forbidden"]) & set(found.selected)
        if "budget" in given_world:
            assert given_world["cost"][new].sum() <= given_world["budget"]


@given(st.integers(0, 10**6))
@settings(max_examples=12, deadline=None)
def test_no_floors_is_max_cover_and_a_higher_floor_never_covers_more(seed):
    given_world = world(seed) | {"group_share": 0.0}
    free = {key: value for key, value in given_world.items() if not key.startswith("group")}
    covered = [fair_cover(**given_world | {"group_share": share}).objective for share in (0.0, 0.3, 0.7, 1.0)]
    assert covered[0] == pytest.approx(max_cover(**free).objective, abs=1e-9)
    assert all(more >= less - 1e-9 for more, less in pairwise(covered))


def test_one_that_is_stopped_keeps_to_the_limits_and_proves_nothing():
    rng = np.random.default_rng(1)
    covers, group = sp.csr_array(rng.random((400, 80)) < 0.05), rng.integers(0, 10, 400)
    with stop_when(lambda: True):
        found = fair_cover(covers, rng.random(400), group=group, site_limit=8)
    assert found.status == "feasible"
    assert found.method == "interrupted"
    assert len(found.selected) <= 8
    assert found.floor <= found.floor_bound
    assert found.objective <= found.bound


def test_one_that_runs_out_of_time_says_how_far_it_may_be_off():
    rng = np.random.default_rng(2)
    covers, group = sp.csr_array(rng.random((600, 150)) < 0.04), rng.integers(0, 12, 600)
    found = fair_cover(covers, rng.random(600), group=group, site_limit=15, time_limit_s=0.2)
    assert found.status == "feasible"
    assert 0 < len(found.selected) <= 15
    assert found.floor == pytest.approx(found.share.min())
    assert found.floor_bound > found.floor or found.gap > 0


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"group": [0, 1]}, "wrong_shape"),
        ({"group": [0.5, 1, 1]}, "not_groups"),
        ({"group": [0, 1, -2]}, "not_groups"),
        ({"group_share": 1.2}, "bad_share"),
        ({"group_share": [1.0]}, "wrong_shape"),
        ({"site_limit": None}, "no_limit"),
        ({"budget": 3}, "budget_without_cost"),
        ({"site_limit": -1}, "bad_limit"),
        ({"site_limit": 1.5}, "bad_limit"),
        ({"fixed": [7]}, "index_out_of_range"),
        ({"fixed": [1], "forbidden": [1]}, "fixed_and_forbidden"),
        ({"time_limit_s": 0}, "bad_time_limit"),
        ({"gap": -1}, "bad_limit"),
    ],
)
def test_arguments_that_cannot_be(wrong, key):
    with pytest.raises(ArgumentError) as caught:
        fair_cover(**{"covers": sp.csr_array(VILLAGES), "weight": WEIGHT, "group": VILLAGE, "site_limit": 1} | wrong)
    assert caught.value.key == key
