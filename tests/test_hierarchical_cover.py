"""Three tiers at once: against every way of giving tiers to sites."""

import itertools
import threading

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import ArgumentError, PlannerError
from planner.siting import hierarchical_cover, max_cover, stop_when


def covered(covers, weight, level, tiers):
    """The weight covered where site j has the tier tiers[j], -1 for none."""
    rows = np.zeros(len(weight), dtype=bool)
    for site, tier in enumerate(tiers):
        if tier >= 0:
            rows |= covers[tier][:, site] & (level <= tier)
    return float(weight[rows].sum())


def best_by_trying_all(
    covers, weight, level, *, cost, budget, site_limits, at_least, allowed, fixed, fixed_tier, forbidden
):
    stands = dict(zip(fixed, fixed_tier, strict=True))
    tiers = range(len(covers))
    choices = []
    for site in range(covers[0].shape[1]):
        if site in stands:
            choices.append([stands[site]])
        else:
            choices.append([-1, *(t for t in tiers if allowed[t, site] and site not in forbidden)])
    best = None
    for some in itertools.product(*choices):
        new = [(tier, site) for site, tier in enumerate(some) if tier >= 0 and site not in stands]
        counts = np.bincount([tier for tier, _ in new], minlength=len(covers))
        if any(most is not None and count > most for most, count in zip(site_limits, counts, strict=True)):
            continue
        if (counts < at_least).any():
            continue
        if budget is None or sum(cost[pair] for pair in new) <= budget:
            best = max(best or 0.0, covered(covers, weight, level, some))
    return best


@st.composite
def towns(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, sites, tiers = draw(st.integers(0, 10)), draw(st.integers(1, 5)), draw(st.integers(1, 3))
    covers = [rng.random((rows, sites)) < draw(st.sampled_from([0.2, 0.4, 0.7])) for _ in range(tiers)]
    if draw(st.booleans()):  # nested by distance too: a higher tier reaches no less
        covers = list(np.logical_or.accumulate(covers))
    weight = rng.choice([0.0, 1.0, 2.5, 7.0, 1 / 3], rows)
    level = rng.integers(0, tiers, rows)
    cost = rng.choice([0.0, 1.0, 2.0, 3.5], (tiers, sites))
    lot = rng.permutation(sites)
    fixed, forbidden = lot[: draw(st.integers(0, 2))], lot[2 : 2 + draw(st.integers(0, 1))]
    budget = draw(st.sampled_from([None, 0.0, 1.0, 4.0, 6.5, 100.0]))
    counts = [0, 1, 2, 5] if budget is None else [None, None, None, 0, 1, 2]
    return covers, weight, level, {
        "cost": cost, "budget": budget, "site_limits": [draw(st.sampled_from(counts)) for _ in range(tiers)],
        "at_least": rng.choice([0, 0, 0, 1, 2], tiers) if draw(st.booleans()) else np.zeros(tiers, int),
        "allowed": rng.random((tiers, sites)) < 0.8,
        "fixed": fixed, "fixed_tier": rng.integers(0, tiers, len(fixed)), "forbidden": forbidden,
    }  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(towns())
def test_is_the_best_of_all_ways_to_give_tiers(town):
    covers, weight, level, limits = town
    best = best_by_trying_all(covers, weight, level, **limits)
    if best is None:  # so many cannot open
        with pytest.raises(ArgumentError, match=r"场所少于|最少处数|至少要设"):
            hierarchical_cover([sp.csr_array(each) for each in covers], weight, level, **limits)
        return
    answer = hierarchical_cover([sp.csr_array(each) for each in covers], weight, level, **limits)
    assert answer.objective == pytest.approx(best)
    assert answer.objective == pytest.approx(covered(covers, weight, level, answer.tier))
    assert (answer.status, answer.gap) == ("optimal", 0.0)
    assert answer.bound == pytest.approx(best)
    assert (answer.tier[limits["fixed"]] == limits["fixed_tier"]).all()
    assert (answer.tier[limits["forbidden"]] == -1).all()
    assert answer.selected.tolist() == np.flatnonzero(answer.tier >= 0).tolist()
    new = np.setdiff1d(answer.selected, limits["fixed"])
    assert all(limits["allowed"][answer.tier[site], site] for site in new)
    for tier, most in enumerate(limits["site_limits"]):
        assert most is None or (answer.tier[new] == tier).sum() <= most
    if limits["budget"] is not None:
        assert limits["cost"][answer.tier[new], new].sum() <= limits["budget"] + 1e-9
    counts = np.bincount(answer.tier[new], minlength=len(covers))
    assert (counts >= limits["at_least"]).all()
    for site in new:  # no site is opened for nothing but those that must
        if counts[answer.tier[site]] <= limits["at_least"][answer.tier[site]]:
            continue
        without = answer.tier.copy()
        without[site] = -1
        assert covered(covers, weight, level, without) < answer.objective
    served = answer.assignment >= 0
    assert weight[served].sum() == pytest.approx(answer.objective)
    for row in np.flatnonzero(served):
        tier = answer.tier[answer.assignment[row]]
        assert tier >= level[row]
        assert covers[tier][row, answer.assignment[row]]


def line(reach=(1, 2, 4), length=12):
    """Demand and sites on a line, a unit apart; a third of each point's need for each of three levels."""
    place = np.arange(length)
    distance = np.tile(np.abs(place[:, None] - place[None, :]), (3, 1))
    level = np.repeat([0, 1, 2], length)
    covers = sp.csr_array(distance <= np.array(reach)[level][:, None])
    return [covers] * 3, np.ones(3 * length), level


def test_a_higher_tier_does_the_work_of_the_lower_ones():
    covers, weight, level = line()
    answer = hierarchical_cover(covers, weight, level, site_limits=[0, 0, 1])
    # In the middle: 3 points within 1 of level 0, 5 within 2 of level 1, 9 within 4 of level 2.
    assert answer.objective == 3 + 5 + 9
    assert hierarchical_cover(covers, weight, level, site_limits=[1, 0, 0]).objective == 3


def test_merchants_fill_in_where_money_is_short():
    covers, weight, level = line()
    cost = np.array([[1.0] * 12, [5.0] * 12, [20.0] * 12])
    poor = hierarchical_cover(covers, weight, level, cost=cost, budget=4)
    assert set(poor.tier[poor.selected]) == {0}
    assert len(poor.selected) == 4
    rich = hierarchical_cover(covers, weight, level, cost=cost, budget=1000)
    assert rich.objective == weight.sum()


def test_one_tier_alone_is_maximal_covering():
    rng = np.random.default_rng(3)
    covers, weight = sp.csr_array(rng.random((80, 30)) < 0.1), rng.integers(1, 50, 80).astype(float)
    cost = rng.uniform(1, 3, 30)
    one = hierarchical_cover([covers], weight, np.zeros(80, int), cost=cost[None, :], budget=8)
    assert one.objective == pytest.approx(max_cover(covers, weight, cost=cost, budget=8).objective)


def town(sites=60, points=150, seed=4):
    """A plane with three levels, hours that part the tiers and prices that rise with them."""
    rng = np.random.default_rng(seed)
    at, site = rng.random((points, 2)), rng.random((sites, 2))
    distance = np.tile(np.hypot(*(at[:, None, :] - site[None, :, :]).transpose(2, 0, 1)), (6, 1))
    level = np.repeat([0, 1, 2, 0, 1, 2], points)  # by day, then by night
    night = np.repeat([False, True], 3 * points)
    near = distance <= np.array([0.08, 0.12, 0.25])[level][:, None]
    covers = [
        sp.csr_array(near & ~night[:, None]),
        *[sp.csr_array(near & (~night[:, None] | (np.arange(sites) % 3 == 0)))] * 2,
    ]
    return (
        covers,
        rng.integers(1, 40, 6 * points).astype(float),
        level,
        np.outer([1.0, 4.0, 15.0], rng.uniform(0.8, 1.2, sites)),
    )


def test_more_money_never_covers_less_and_more_levels_never_more():
    covers, weight, level, cost = town()
    found = [hierarchical_cover(covers, weight, level, cost=cost, budget=money) for money in (0, 5, 10, 20, 40)]
    assert [answer.objective for answer in found] == sorted(answer.objective for answer in found)
    assert found[0].objective == 0
    higher = hierarchical_cover(covers, weight, np.minimum(level + 1, 2), cost=cost, budget=20)
    assert higher.objective <= found[3].objective


def test_limits_of_tiers_and_money_hold_at_once():
    covers, weight, level, cost = town()
    both = hierarchical_cover(covers, weight, level, cost=cost, budget=40, site_limits=[3, 4, 1])
    counts = np.bincount(both.tier[both.selected], minlength=3)
    assert (counts <= [3, 4, 1]).all()
    assert cost[both.tier[both.selected], both.selected].sum() <= 40
    assert both.status == "optimal"
    assert both.objective <= hierarchical_cover(covers, weight, level, cost=cost, budget=40).objective


def test_the_order_of_rows_and_sites_does_not_matter():
    covers, weight, level, cost = town()
    rows, sites = np.random.default_rng(5).permutation(len(weight)), np.random.default_rng(6).permutation(60)
    turned = [each[rows][:, sites] for each in covers]
    straight = hierarchical_cover(covers, weight, level, cost=cost, budget=25)
    shuffled = hierarchical_cover(turned, weight[rows], level[rows], cost=cost[:, sites], budget=25)
    assert shuffled.objective == straight.objective


def test_the_same_call_gives_the_same_tiers_and_leaves_its_arguments():
    covers, weight, level, cost = town()
    before = [each.copy() for each in covers], cost.copy()
    calls = [hierarchical_cover(covers, weight, level, cost=cost, budget=25, seed=3) for _ in range(2)]
    assert calls[0].tier.tolist() == calls[1].tier.tolist()
    assert all((each != old).nnz == 0 for each, old in zip(covers, before[0], strict=True))
    assert (cost == before[1]).all()


def test_a_gap_that_was_asked_for_is_kept():
    covers, weight, level, cost = town()
    answer = hierarchical_cover(covers, weight, level, cost=cost, budget=25, gap=0.05)
    exact = hierarchical_cover(covers, weight, level, cost=cost, budget=25)
    assert answer.status == "optimal"
    assert answer.gap <= 0.05
    assert answer.objective <= exact.objective <= answer.bound * (1 + 1e-9)


def test_out_of_time_is_an_answer_with_a_bound():
    covers, weight, level, cost = town(400, 800)
    answer = hierarchical_cover(
        covers, weight, level, cost=cost, budget=60, site_limits=[None, 6, 2], time_limit_s=0.05
    )
    assert answer.status == "feasible"
    assert answer.bound >= answer.objective
    assert answer.gap == pytest.approx((answer.bound - answer.objective) / answer.bound)


@pytest.mark.parametrize("after_s", [0.0, 0.7])
def test_it_stops_when_told_to(after_s):
    covers, weight, level, cost = town(600, 1200)
    told = threading.Event()
    timer = threading.Timer(after_s, told.set)
    timer.start()
    with stop_when(told.is_set):
        answer = hierarchical_cover(
            covers, weight, level, cost=cost, budget=100, site_limits=[None, 9, 3], time_limit_s=60
        )
    timer.join()
    assert answer.method == "interrupted"
    assert answer.runtime_s < 30
    assert answer.bound >= answer.objective
    assert (np.bincount(answer.tier[answer.selected], minlength=3)[1:] <= [9, 3]).all()


def test_what_must_open_opens_and_the_rest_is_still_the_best():
    covers, weight, level, cost = town()
    free = hierarchical_cover(covers, weight, level, cost=cost, budget=18)
    one = hierarchical_cover(covers, weight, level, cost=cost, budget=18, at_least=[2, 0, 1])
    assert (one.tier == 0).sum() >= 2
    assert (one.tier == 2).sum() == 1
    assert one.status == "optimal"
    assert one.objective <= free.objective


ONE = [sp.csr_array(np.ones((2, 3), dtype=bool))] * 2
PRICE = np.ones((2, 3))


@pytest.mark.parametrize(
    ("covers", "weight", "level", "arguments", "key"),
    [
        (ONE, [1, 1], [0, 1], {}, "no_tier_limit"),
        (ONE, [1, 1], [0, 1], {"site_limits": [1, None]}, "no_tier_limit"),
        (ONE, [1, 1], [0, 1], {"site_limits": [1]}, "wrong_shape"),
        (ONE, [1, 1], [0, 1], {"site_limits": [1, -1]}, "bad_limit"),
        (ONE, [1, 1], [0, 1], {"site_limits": [1, 0.5]}, "bad_limit"),
        (ONE, [1, -1], [0, 1], {"site_limits": [1, 1]}, "negative"),
        (ONE, [1, np.nan], [0, 1], {"site_limits": [1, 1]}, "not_finite"),
        (ONE, [1], [0, 1], {"site_limits": [1, 1]}, "wrong_shape"),
        (ONE, [1, 1], [0], {"site_limits": [1, 1]}, "wrong_shape"),
        (ONE, [1, 1], [0, 2], {"site_limits": [1, 1]}, "not_a_tier"),
        (ONE, [1, 1], [0, 0.5], {"site_limits": [1, 1]}, "not_a_tier"),
        (ONE, [1, 1], [0, 1], {"budget": 1.0}, "budget_without_cost"),
        (ONE, [1, 1], [0, 1], {"budget": -1.0, "cost": PRICE}, "bad_limit"),
        (ONE, [1, 1], [0, 1], {"budget": 1.0, "cost": [1, 1, 1]}, "wrong_shape"),
        (ONE, [1, 1], [0, 1], {"budget": 1.0, "cost": -PRICE}, "negative"),
        (ONE, [1, 1], [0, 1], {"site_limits": [1, 1], "allowed": [True]}, "wrong_shape"),
        (ONE, [1, 1], [0, 1], {"site_limits": [1, 1], "fixed": [0]}, "wrong_shape"),
        (ONE, [1, 1], [0, 1], {"site_limits": [1, 1], "fixed": [0], "fixed_tier": [2]}, "not_a_tier"),
        (ONE, [1, 1], [0, 1], {"site_limits": [1, 1], "fixed": [0, 0], "fixed_tier": [0, 1]}, "fixed_twice"),
        (ONE, [1, 1], [0, 1], {"site_limits": [1, 1], "fixed": [3], "fixed_tier": [0]}, "index_out_of_range"),
        (ONE, [1, 1], [0, 1], {"site_limits": [1, 1], "fixed": [1], "fixed_tier": [0], "forbidden": [1]},
         "fixed_and_forbidden"),
        (ONE, [1, 1], [0, 1], {"site_limits": [1, 1], "at_least": [1]}, "wrong_shape"),
        (ONE, [1, 1], [0, 1], {"site_limits": [1, 1], "at_least": [0, -1]}, "bad_limit"),
        (ONE, [1, 1], [0, 1], {"site_limits": [1, 1], "at_least": [0, 2]}, "at_least_over_limit"),
        (ONE, [1, 1], [0, 1], {"site_limits": [2, 2], "at_least": [2, 2]}, "at_least_too_many"),
        (ONE, [1, 1], [0, 1], {"budget": 1.0, "cost": PRICE, "at_least": [1, 1]}, "at_least_too_dear"),
        (ONE, [1, 1], [0, 1], {"site_limits": [1, 1], "time_limit_s": 0}, "bad_time_limit"),
        (ONE, [1, 1], [0, 1], {"site_limits": [1, 1], "gap": -1}, "bad_limit"),
        ([], [1, 1], [0, 1], {"site_limits": []}, "not_a_count"),
        ([ONE[0], sp.csr_array((2, 4))], [1, 1], [0, 1], {"site_limits": [1, 1]}, "wrong_shape"),
        (["covers"], [1, 1], [0, 0], {"site_limits": [1]}, "covers_not_a_matrix"),
    ],
)  # fmt: skip
def test_a_bad_argument_gets_its_own_error(covers, weight, level, arguments, key):
    with pytest.raises(ArgumentError) as caught:
        hierarchical_cover(covers, weight, level, **arguments)
    assert caught.value.key == key
    assert isinstance(caught.value, PlannerError)
    assert isinstance(caught.value, ValueError)
    assert caught.value.message("zh") != caught.value.message("en")
