"""How much is enough, against every set of sites and against plans made on their own."""

import numpy as np
import pytest
from small_street import candidates, cost, covered, scenario_of, subsets, with_few_hosts

from planner import make_plan
from planner.analysis import how_much_is_enough
from planner.analysis.drawing import png_of
from planner.analysis.enough.knee import knee_of
from planner.errors import ArgumentError, UnknownNameError

TWO = ("rest_station", "charging_cabinet")


@pytest.fixture(scope="module")
def plan(demo_study):
    limits = {"rest_station": {"site_limit": 2}, "charging_cabinet": {"budget_yuan": 40_000.0}}
    return make_plan(with_few_hosts(demo_study), scenario_of(**limits))


def best_shares(part):
    """For every set of candidates its cost and the share of the demand that is covered with it."""
    sets = list(subsets(candidates(part)))
    total = part.demand.weight.sum()
    return np.array([cost(part, new) for new in sets]), np.array([covered(part, new) / total for new in sets])


@pytest.mark.parametrize(
    ("x", "y", "at"),
    [
        ([0, 1, 2, 3, 4], [0.0, 0.6, 0.9, 0.95, 1.0], 2),
        ([0, 1, 10], [0.0, 0.5, 1.0], 1),
        ([0, 2, 4], [0.0, 1.0, 1.0], 1),
        ([0, 1, 2, 3, 4], [0.0, 0.5, 0.75, 1.0, 1.0], 1),  # of equals the first
        ([0, 1, 2], [0.0, 0.5, 1.0], None),  # a line
        ([0, 1, 2], [0.0, 0.1, 1.0], None),  # bent the other way
        ([0, 1, 2], [0.5, 0.5, 0.5], None),
        ([0, 1], [0.0, 1.0], None),
        ([], [], None),
    ],
)
def test_the_knee_is_furthest_above_the_chord(x, y, at):
    assert knee_of(x, y) == at


def test_by_number_each_point_is_the_best_of_all_sets_and_the_plan_is_among_them(plan):
    answer = how_much_is_enough(plan, by="site_limit")
    assert list(answer.curves) == list(TWO)
    for name, points in answer.curves.items():
        part = plan.services[name]
        spent, share = best_shares(part)
        sizes = np.array([len(new) for new in subsets(candidates(part))])
        assert points["covered_share"].tolist() == pytest.approx(
            [share[sizes <= limit].max() for limit in points["limit"]]
        )
        assert (points["optimality_gap"] == 0).all()
        assert points[points["is_plan"]]["limit"].tolist() == [len(part.opened)]
        money = answer.money.set_index("service").loc[name]
        assert money["most_share"] == pytest.approx(share[spent <= money["spent_yuan"] + 1e-6].max())
        assert money["next_share"] == pytest.approx(share[spent <= money["spent_yuan"] + 10_000].max())
        knee = knee_of(points["limit"].to_list(), points["covered_share"].to_list())
        assert points["is_knee"].tolist() == [at == knee for at in range(len(points))]
    assert answer.money.set_index("service").loc["charging_cabinet", "spent_yuan"] == 40_000.0


def test_together_the_weighted_share_is_the_best_of_all_sets_of_both(plan):
    weights = {"rest_station": 2.0, "charging_cabinet": 0.5}
    told = []
    answer = how_much_is_enough(
        plan, by="budget_yuan", together=True, weights=weights, limits=[0, 3e4, 6e4, 2e5],
        progress=lambda *now: told.append(now),
    )  # fmt: skip
    (costs, shares), (other_costs, other_shares) = (best_shares(plan.services[name]) for name in TWO)
    spent = costs[:, None] + other_costs[None, :]
    worth = (2.0 * shares[:, None] + 0.5 * other_shares[None, :]) / 2.5
    points = answer.curves["together"]
    assert points["covered_share"].tolist() == pytest.approx(
        [worth[spent <= limit + 1e-6].max() for limit in points["limit"]]
    )
    parts = answer.frame[answer.frame["service"] != "together"].groupby("limit")
    assert points["cost_yuan"].tolist() == pytest.approx(parts["cost_yuan"].sum().tolist())
    assert told[-1] == (len(points), len(points))
    assert any("2" in sentence and "0.5" in sentence for sentence in answer.told("en"))
    assert answer.plan_share("together") == pytest.approx(
        np.average(plan.summary()["covered_share_planned"], weights=[2.0, 0.5])
    )


def test_a_shared_plan_is_on_its_own_curve_unless_the_weights_change(plan):
    shared = make_plan(plan.study, scenario_of(budget_yuan=60_000.0, rest_station={"weight": 3}, charging_cabinet={}))
    answer = how_much_is_enough(shared, by="budget_yuan", together=True, limits=[0, 1e5])
    here = answer.curves["together"].set_index("limit").loc[60_000.0]
    assert here["is_plan"]
    assert here["covered_share"] == pytest.approx(answer.plan_share("together"))
    other = how_much_is_enough(
        shared, by="budget_yuan", together=True, limits=[0, 1e5], weights={"charging_cabinet": 9.0}
    )
    assert other.curves["together"].set_index("limit").loc[60_000.0, "covered_share"] >= other.plan_share("together")
    alone = how_much_is_enough(shared, "rest_station", by="budget_yuan", limits=[0, 1e5])
    assert alone.curves.keys() == {"rest_station"}


def test_the_curve_is_as_fine_as_asked_and_reaches_beyond_the_plan(demo_plan):
    asked = {}
    for points in (8, 12):
        asked[points] = how_much_is_enough(demo_plan, "rest_station", by="site_limit", points=points)
        assert len(asked[points].frame) <= points
    frame = asked[12].frame
    assert frame["limit"].iloc[0] == 0
    assert frame["limit"].iloc[-1] > 6
    assert frame["covered_share"].iloc[-1] >= 0.94
    assert frame["covered_share"].is_monotonic_increasing
    common = asked[8].frame.merge(frame, on="limit")
    assert len(common) >= 3
    assert common["covered_share_x"].tolist() == pytest.approx(common["covered_share_y"].tolist())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_told_with_its_figures_and_drawn(plan, language):
    answer = how_much_is_enough(plan, by="site_limit")
    told = " ".join(answer.told(language))
    for name in TWO:
        assert plan.study.catalog.services[name].name.in_language(language) in told
    for share in answer.money["next_share"]:
        assert f"{share:.1%}" in told
    axes = answer.figure(language).axes[0]
    drawn = [line.get_ydata().tolist() for line in axes.lines]
    for points in answer.curves.values():
        assert points["covered_share"].tolist() in drawn
    assert png_of(answer.figure(language)).startswith(b"\x89PNG")


def test_what_cannot_be_asked_is_named(plan):
    with pytest.raises(UnknownNameError, match="lamps"):
        how_much_is_enough(plan, "lamps", by="site_limit")
    with pytest.raises(ArgumentError, match="年费用"):
        how_much_is_enough(plan, by="site_limit", together=True)
    with pytest.raises(ArgumentError, match="权重"):
        how_much_is_enough(plan, by="budget_yuan", together=True, weights={"rest_station": 0.0})
    for limits in ([float("nan")], [3.0, -1.0], [float("inf")]):
        with pytest.raises(ArgumentError, match="limits"):
            how_much_is_enough(plan, "rest_station", by="budget_yuan", limits=limits)
    with pytest.raises(ArgumentError, match="site_limit, budget_yuan"):
        how_much_is_enough(plan, "rest_station", by="metres")
    with pytest.raises(ArgumentError, match="5 个"):
        how_much_is_enough(plan, by="site_limit", points=4)
