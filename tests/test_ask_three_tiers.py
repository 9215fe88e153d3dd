"""How centre, station and merchant go together."""

from dataclasses import replace

import numpy as np
import pytest

from planner import Plan, Scenario, ServiceScenario
from planner.analysis import three_tiers
from planner.catalog import load_catalog
from planner.errors import ArgumentError, UnknownNameError
from planner.hours import open_minutes


@pytest.fixture(scope="module")
def plan(demo_plan):
    """The demonstration plan with time enough for a proof on however slow a machine."""
    return replace(demo_plan, scenario=demo_plan.scenario.model_copy(update={"time_limit_s": 600.0}))


@pytest.fixture(scope="module")
def answer(plan):
    return three_tiers(plan, budget_yuan=220_000)


def recount(answer, level, hosts_of_tier):
    """The covered share of a level's need where these hosts (by tier) and the centres are open, counted anew."""
    import geopandas as gpd
    import pandas as pd

    from planner.sites import open_in_periods
    from planner.travel import join_points, network_for, travel_costs

    part, study = answer.plan.services[answer.service], answer.plan.study
    tiers = study.catalog.tiers[answer.service]
    names = list(tiers)
    reach = tiers[level].standard.value
    network = network_for(study.streets, study.catalog.modes["walk"], unit="m")
    demand = join_points(network, part.demand.xy, max_off_road_m=150)
    covered = np.zeros(part.demand.weight.shape, dtype=bool)
    centres = part.sites.frame.iloc[part.sites.existing]
    groups = [("station", centres, None)]
    for tier, ids in hosts_of_tier.items():
        groups.append((tier, study.hosts[study.hosts["host_id"].isin(ids)], tiers[tier].hours))
    for tier, places, hours in groups:
        if names.index(tier) < names.index(level) or not len(places):
            continue
        assert isinstance(places, gpd.GeoDataFrame)
        xy = np.column_stack([places.geometry.x, places.geometry.y])
        costs = travel_costs(network, demand, join_points(network, xy, max_off_road_m=150), cutoff=reach)
        texts = places["open_hours"]
        if hours is None:
            is_open = open_in_periods(texts, study.catalog)
        elif hours.as_host:
            minutes = [open_minutes(text) & open_minutes(hours.within) for text in texts]
            spans = [open_minutes(f"{p.start}-{p.end}") for p in study.catalog.periods.values()]
            is_open = np.array([[own[span].mean() >= 0.5 for span in spans] for own in minutes])
        else:
            is_open = open_in_periods(pd.Series(hours.within, texts.index), study.catalog)
        for point, site in zip(costs.demand, costs.site, strict=True):
            covered[point] |= is_open[site]
    weight = part.demand.weight
    return float(weight[covered].sum() / weight.sum())


def test_each_level_is_covered_as_counted_anew(answer):
    of_tier = {tier: set(own["site_id"]) for tier, own in answer.sites.groupby("tier")}
    frame = answer.frame.set_index("tier")
    for level in frame.index:
        assert frame["covered_share"][level] == pytest.approx(recount(answer, level, of_tier))
        assert frame["covered_share_today"][level] == pytest.approx(recount(answer, level, {}))


def test_the_whole_is_proven_and_no_worse_than_in_turn(answer, plan):
    assert (answer.solution.status, answer.solution.gap) == ("optimal", 0.0)
    assert answer.in_turn_proven
    assert answer.share_today < answer.share_evenly <= answer.share_planned
    assert answer.share_in_turn <= answer.share_planned
    frame = answer.frame
    assert frame["level_per_day"].sum() == pytest.approx(plan.services["rest_station"].demand.weight.sum())
    whole = (frame["covered_share"] * frame["level_per_day"]).sum() / frame["level_per_day"].sum()
    assert whole == pytest.approx(answer.share_planned)
    assert answer.solution.objective == pytest.approx(whole * frame["level_per_day"].sum())


def test_the_sites_keep_the_rules_of_their_tiers(answer, demo_study):
    tiers = demo_study.catalog.tiers["rest_station"]
    assert answer.sites["site_id"].is_unique
    assert answer.sites["cost_yuan"].sum() <= 220_000
    assert answer.frame["cost_yuan"].sum() == pytest.approx(answer.sites["cost_yuan"].sum())
    assert answer.frame.set_index("tier")["new_sites"].to_dict() == {
        name: int((answer.sites["tier"] == name).sum()) for name in tiers
    }
    assert answer.frame.set_index("tier")["new_sites"]["centre"] >= 1  # as the catalog asks
    hosts = demo_study.hosts.set_index("host_id")
    for row in answer.sites.to_dict("records"):
        tier, host = tiers[row["tier"]], hosts.loc[row["site_id"]]
        assert host["kind"] in tier.host_kinds
        assert host["area_m2"] >= tier.area_m2
        assert host["floor"] == 1
        rent = host["yearly_cost_yuan"] * tier.area_m2 / host["area_m2"] if row["tier"] != "merchant" else 0
        assert row["cost_yuan"] == pytest.approx(rent + tier.fit_out_yuan_per_year, abs=0.01)


def test_merchants_serve_nobody_at_night(answer):
    night = answer.world.periods.index("night")
    merchant = answer.world.names.index("merchant")
    new = answer.world.allowed[merchant]
    assert new.any()
    assert not answer.world.open[merchant, new, night].any()
    assert any("夜间" in sentence for sentence in answer.told("zh"))


def test_by_default_it_has_the_money_of_the_plan(plan):
    found = three_tiers(plan)
    assert found.budget_yuan == pytest.approx(plan.services["rest_station"].new_sites["cost_yuan"].sum())
    assert found.service == "rest_station"


def test_an_office_says_how_many_there_must_and_may_be(plan):
    free = three_tiers(plan, budget_yuan=200_000, at_least={"centre": 0})
    assert free.frame.set_index("tier")["new_sites"]["centre"] == 0
    held = three_tiers(plan, budget_yuan=200_000, at_least={"centre": 0, "station": 3}, site_limits={"merchant": 2})
    counts = held.frame.set_index("tier")["new_sites"]
    assert counts["station"] >= 3
    assert counts["merchant"] <= 2
    assert held.share_planned <= free.share_planned


def test_no_money_is_today_and_too_little_for_a_centre_is_told(plan):
    none = three_tiers(plan, budget_yuan=0, at_least={"centre": 0})
    assert none.share_planned == none.share_today == none.share_in_turn
    assert not len(none.sites)
    assert "不够" in none.told("zh")[0]
    assert len(none.figure("zh").axes) == 2
    with pytest.raises(ArgumentError) as caught:
        three_tiers(plan, budget_yuan=50_000)
    assert caught.value.key == "at_least_too_dear"


def test_out_of_time_it_is_no_worse_than_in_turn_and_says_so(plan, monkeypatch):
    """The joint plan is cut off at what is open today; the steps in turn are not."""
    from planner.analysis.three_tiers import planning
    from planner.siting import hierarchical_cover

    calls = []

    def cut_off(*arguments, **options):
        calls.append(options)
        if len(calls) > 1:
            return hierarchical_cover(*arguments, **options)
        nothing = hierarchical_cover(*arguments, **options | {"budget": 0, "at_least": None})
        bound = float(np.sum(arguments[1]))
        return replace(nothing, bound=bound, gap=1 - nothing.objective / bound, status="feasible")

    monkeypatch.setattr(planning, "hierarchical_cover", cut_off)
    found = three_tiers(plan, budget_yuan=100_000, at_least={"centre": 0})
    assert found.share_planned == max(found.share_in_turn, found.share_evenly) > found.share_today
    assert (found.solution.status, found.solution.objective < found.solution.bound) == ("feasible", True)
    assert found.solution.gap == pytest.approx(1 - found.solution.objective / found.solution.bound)
    assert "没有完全证明" in found.told("zh")[1]


def test_forbidden_places_stay_shut(plan, answer):
    shut = answer.sites["site_id"].iloc[0]
    limits = ServiceScenario(site_limit=6, forbidden=(shut,))
    without = Plan(
        plan.study,
        Scenario(services={"rest_station": limits}, time_limit_s=600),
        {"rest_station": plan.services["rest_station"]},
    )
    other = three_tiers(without, budget_yuan=220_000)
    assert shut not in set(other.sites["site_id"])
    assert other.solution.objective <= answer.solution.objective


def test_it_is_told_and_drawn_in_both_languages(answer):
    for language in ("zh", "en"):
        assert len(answer.told(language)) == 7
        assert len(answer.table(language)) == 3
        (sites,) = answer.behind(language).values()
        assert len(sites) == len(answer.sites)
        assert len(answer.figure(language).axes) == 2


def test_steps_are_told(plan):
    steps = []
    three_tiers(plan, budget_yuan=0, at_least={"centre": 0}, progress=lambda done, of: steps.append((done, of)))
    assert steps == [(done, 7) for done in range(8)]


def test_what_cannot_be_asked(plan, demo_study):
    with pytest.raises(UnknownNameError, match="castle"):
        three_tiers(plan, at_least={"castle": 1})
    with pytest.raises(UnknownNameError, match="tea"):
        three_tiers(plan, "tea")
    with pytest.raises(ArgumentError, match="层级"):
        three_tiers(plan, "sorting_point")
    catalog = load_catalog().model_copy(update={"tiers": {}})
    bare = replace(plan, study=replace(demo_study, catalog=catalog))
    with pytest.raises(ArgumentError, match="层级"):
        three_tiers(bare)
