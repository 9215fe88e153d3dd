"""How stations were used: a made-up truth on the demonstration street, and the words, the figure and the page."""

import numpy as np
import pandas as pd
import pytest
from page_runs import opened, settled, turned_to
from small_street import covered, scenario_of, with_few_hosts

from planner import make_plan
from planner.analysis import did_it_work
from planner.analysis.drawing import png_of
from planner.coverage import measure_coverage
from planner.demand.use import nearest_open
from planner.errors import ArgumentError, UnknownNameError

SERVICE = "rest_station"


@pytest.fixture(scope="module")
def worked(demo_plan):
    return did_it_work(demo_plan, SERVICE)


def rows_of(frame, *verdicts):
    return set(frame.loc[frame["verdict"].isin(verdicts), "centre_id"])


def loads(plan, service=SERVICE):
    """What is assigned to each centre, counted one demand point and period after the other."""
    part = plan.services[service]
    found = dict.fromkeys(part.sites.frame["site_id"].iloc[part.sites.existing], 0.0)
    pairs = pd.DataFrame({"point": part.costs.demand, "site": part.costs.site, "cost": part.costs.cost})
    pairs = pairs[pairs["site"].isin(part.sites.existing)].sort_values(["cost", "site"], kind="stable")
    near = {point: own["site"].tolist() for point, own in pairs.groupby("point")}
    for point, sites in near.items():
        for period in range(part.demand.weight.shape[1]):
            first = next((site for site in sites if part.sites.open[site, period]), None)
            if first is not None:
                found[part.sites.frame["site_id"].iloc[first]] += part.demand.weight[point, period]
    return found


def test_every_station_is_counted_from_the_file(demo_plan, worked):
    file = demo_plan.study.checkins
    load = loads(demo_plan)
    for row in worked.frame.to_dict("records"):
        own = file[file["centre_id"] == row["centre_id"]]["checkins"]
        assert (row["days"], row["days_without"], row["checkins"]) == (len(own), 120 - len(own), own.sum())
        assert row["per_day"] == pytest.approx(own.mean())
        assert row["assigned_per_day"] == pytest.approx(load[row["centre_id"]])
    assert len(worked.frame) == len(load)


def test_what_was_expected_is_what_was_seen_in_all(worked):
    frame = worked.frame
    assert (frame["expected_per_day"] * frame["days"]).sum() == pytest.approx(frame["checkins"].sum())
    assert worked.factors.elsewhere == pytest.approx(1.0)


def test_the_one_that_nobody_uses_is_found_and_a_new_one_is_not_called_so(demo_plan, worked):
    assert rows_of(worked.frame, "unused") == {"S13"}
    cabinets = did_it_work(demo_plan, "charging_cabinet").frame.set_index("centre_id")
    assert cabinets.loc["S21", "verdict"] == "unused"  # three check-ins in four months
    assert cabinets.loc["S25", "days"] == 14


@pytest.mark.parametrize(("days", "is_enough"), [(5, False), (20, False), (26, True)])
def test_few_days_without_anybody_are_not_enough(demo_plan, days, is_enough):
    file = demo_plan.study.checkins
    others = file[(file["centre_id"] != "S13") & (file["checkins"] > 0)]
    dates = pd.date_range("2024-06-01", periods=days)
    nobody = pd.DataFrame({"date": dates, "centre_id": "S13", "checkins": 0})
    found = did_it_work(demo_plan, SERVICE, checkins=pd.concat([others, nobody], ignore_index=True))
    row = found.frame.set_index("centre_id").loc["S13"]
    assert (row["verdict"] == "unused") == is_enough
    assert (row["most_per_day"] < 1 / 7) == is_enough


def test_what_a_day_without_a_row_means_is_said(demo_plan, worked):
    zero = did_it_work(demo_plan, SERVICE, absent="zero")
    assert (zero.frame["days"] == 120).all()
    assert (zero.frame["days_without"] == 0).all()
    assert zero.frame["checkins"].tolist() == worked.frame["checkins"].tolist()


def test_a_station_of_which_nothing_was_written_down_has_no_verdict(demo_plan):
    file = demo_plan.study.checkins
    found = did_it_work(demo_plan, SERVICE, checkins=file[file["centre_id"] != "S05"])
    row = found.frame.set_index("centre_id").loc["S05"]
    assert row["verdict"] == "no_data"
    assert np.isnan(row["factor_share"])
    assert "不作判断" in " ".join(found.told("zh"))


def simulated(plan, seed, days=60):
    """Check-ins drawn from known factors of each centre's catchment, at 0.1 a rider-hour."""
    rng = np.random.default_rng(seed)
    load = loads(plan)
    truth = dict(zip(load, rng.gamma(6, 1 / 6, len(load)), strict=True))
    dates = pd.date_range("2024-03-03", periods=days)
    rows = [
        pd.DataFrame({"date": dates, "centre_id": c, "checkins": rng.poisson(0.1 * truth[c] * load[c], days)})
        for c in load
    ]
    return truth, pd.concat(rows, ignore_index=True)


def test_the_new_estimate_is_nearer_to_the_truth_and_its_intervals_hold_it(demo_plan):
    part = demo_plan.services[SERVICE]
    station = nearest_open(part.costs, part.sites.open, part.sites.existing)
    served = station >= 0
    ids = part.sites.frame["site_id"].to_numpy()
    inside, before, after = [], 0.0, 0.0
    for seed in range(8):
        truth, file = simulated(demo_plan, seed)
        found = did_it_work(demo_plan, SERVICE, checkins=file, rate=0.1)
        factor = np.array([truth.get(ids[site], np.nan) for site in station[served]])
        true_weight = part.demand.weight[served] * factor
        before += np.abs(part.demand.weight[served] - true_weight).sum()
        after += np.abs(found.demand.weight[served] - true_weight).sum()
        frame = found.frame
        real = frame["centre_id"].map(truth)
        inside += ((frame["low_share"] <= real) & (real <= frame["high_share"])).tolist()
    assert after < 0.1 * before
    assert np.mean(inside) == pytest.approx(0.9, abs=0.07)


def test_demand_is_spread_anew_point_by_point(worked):
    part = worked.part
    station = nearest_open(part.costs, part.sites.open, part.sites.existing)
    factor = dict(zip(part.sites.existing, worked.factors.mean, strict=True)) | {-1: worked.factors.elsewhere}
    expected = part.demand.weight * np.vectorize(factor.get)(station)
    assert worked.demand.weight == pytest.approx(expected)
    assert sum(worked.demand.parts.values()) == pytest.approx(worked.demand.weight.sum())
    assert worked.demand.weight.sum() == pytest.approx(part.demand.weight.sum(), rel=0.02)  # the rate is their own
    grids = pd.Series(worked.demand.weight.sum(axis=1)).groupby(worked.demand.cells["grid_code"].to_numpy()).sum()
    bounds = worked.demand.intervals
    assert (bounds["low_per_day"] <= grids.reindex(bounds.index) + 1e-9).all()
    assert (bounds["high_per_day"] >= grids.reindex(bounds.index) - 1e-9).all()


def test_it_can_be_planned_again(demo_study):
    study = with_few_hosts(demo_study)
    plan = make_plan(study, scenario_of(rest_station={"site_limit": 1}, charging_cabinet={"site_limit": 1}))
    found = did_it_work(plan, SERVICE)
    again = found.replanned.services[SERVICE]
    assert again.demand is found.demand
    assert again.proven.status == "optimal"
    assert again.planned.covered_weight >= measure_coverage(
        again.covers, found.demand.weight, plan.services[SERVICE].solution.selected
    ).covered_weight - 1e-6  # fmt: skip
    assert again.planned.covered_weight == pytest.approx(covered(again, again.opened))
    assert again.unreached["weight_per_day"].notna().all()
    other = "charging_cabinet"
    assert found.replanned.services[other].planned.covered_weight == plan.services[other].planned.covered_weight


def test_a_rate_that_is_known_says_how_large_demand_is(demo_plan, worked):
    half = did_it_work(demo_plan, SERVICE, rate=2 * worked.rate)
    assert half.demand.weight.sum() == pytest.approx(worked.demand.weight.sum() / 2, rel=0.02)


def test_months_and_weekdays_are_held_against_the_stations_that_were_seen(demo_plan, worked):
    file = demo_plan.study.checkins
    assert worked.months["month"].tolist() == ["2024-03", "2024-04", "2024-05", "2024-06"]
    assert worked.months["checkins"].sum() == worked.frame["checkins"].sum()
    assert worked.months["index_share"].is_monotonic_increasing
    assert worked.weekdays["weekday"].tolist() == list(range(7))
    # Half of the stations not written down in June change nothing much: the others are as busy as they were.
    gone = file["centre_id"].isin(["S14", "S11", "S09"]) & (file["date"] >= "2024-06-01")
    some = did_it_work(demo_plan, SERVICE, checkins=file[~gone])
    assert some.months["checkins"].iloc[-1] < 0.6 * worked.months["checkins"].iloc[-1]
    assert some.months["index_share"].iloc[-1] == pytest.approx(worked.months["index_share"].iloc[-1], abs=0.03)


@pytest.mark.parametrize(
    ("wrong", "error", "key"),
    [
        ({"service": "park"}, UnknownNameError, "unknown_service"),
        ({"rate": 0.0}, ArgumentError, "bad_limit"),
        ({"absent": "perhaps"}, ArgumentError, "unknown_choice"),
        ({"checkins": pd.DataFrame({"date": [], "centre_id": [], "checkins": []})}, ArgumentError, "no_checkins"),
    ],
)
def test_arguments_that_cannot_be(demo_plan, wrong, error, key):
    with pytest.raises(error) as caught:
        did_it_work(demo_plan, **{"service": SERVICE} | wrong)
    assert caught.value.key == key
    assert caught.value.message("en")


def test_it_is_told_and_drawn_in_both_languages(worked):
    for language in ("zh", "en"):
        told = " ".join(worked.told(language))
        assert "南苑社区工会户外劳动者驿站" in told
        assert "2024-03-03" in told
    assert len({png_of(worked.figure(language), dpi=50) for language in ("zh", "en")}) == 2
    assert len(worked.table("zh")) == len(worked.frame)
    assert worked.data("zh").shape == worked.frame.shape


@pytest.mark.slow
def test_a_table_is_handed_over_on_the_page():
    page = opened("questions")
    page = settled(page.selectbox(key="ask.question.zh").set_value("did_it_work").run())
    good = "日期,站点,人次\n" + "".join(f"2024-06-{day:02d},S05,7\n" for day in range(1, 29))
    page = settled(page.file_uploader[0].upload("六月.csv", good.encode(), "text/csv").run())
    assert any("28 行" in caption.value for caption in page.caption)
    page = settled(page.button(key="ask.did_it_work.go").click().run())
    assert not page.exception
    assert page.get("image")
    assert "196 人次" in page.markdown[1].value
    # Another page and back: it is still in use. One with faults is told of, and does not take its place.
    page = turned_to(turned_to(page, "street"), "questions")
    assert any("28 行" in caption.value for caption in page.caption)
    page = settled(
        page.file_uploader[0].upload("七月.csv", "日期,站点,人次\n6月1日,S99,-2\n".encode(), "text/csv").run()
    )
    assert len(page.table[0].value) == 3
    assert any("28 行" in caption.value for caption in page.caption)
    page = settled(next(b for b in page.button if b.key.endswith(".remove")).click().run())
    assert not any("28 行" in caption.value for caption in page.caption)
