"""Build or open, against trying every mix of options of a street with a few places."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from small_street import scenario_of

from planner.analysis import build_or_open
from planner.analysis.build_or_open.ways import hours_text, longer_minutes, ways_to_open
from planner.catalog import load_catalog
from planner.catalog.opening import LongerHours
from planner.errors import ArgumentError, UnknownNameError
from planner.hours import open_minutes
from planner.plan import make_plan

REST = "rest_station"


@pytest.fixture(scope="module")
def plan(demo_study):
    """Two centres that shut at 17:30 and 20:00; a community room, a shop of each sort of hours, a lobby."""
    kinds = {"community_room": 1, "shop": 2, "lobby": 1}
    fits = demo_study.hosts[(demo_study.hosts["floor"] == 1) & (demo_study.hosts["area_m2"] >= 12)]
    hosts = fits.groupby("kind", group_keys=False).head(40)
    few = [
        hosts[hosts["kind"] == kind].iloc[:: max(1, len(hosts[hosts["kind"] == kind]) // n)][:n]
        for kind, n in kinds.items()
    ]
    chosen = fits[fits["host_id"].isin([i for some in few for i in some["host_id"]])].reset_index(drop=True)
    small = replace(demo_study, hosts=chosen, centres=demo_study.centres.iloc[[0, 2]].reset_index(drop=True))
    return make_plan(small, scenario_of(rest_station={"budget_yuan": 60_000}))


def covered_by_hand(plan, site, open_hours, reach_share):
    """The weight in rows (point, period) that a site covers: by distance and by hours, without the planner's rows."""
    part, catalog = plan.services[REST], plan.study.catalog
    near = np.zeros(len(part.demand.xy), dtype=bool)
    pairs = part.costs.site == site
    near[part.costs.demand[pairs]] = part.costs.cost[pairs] <= reach_share * part.standard.value + 1e-6
    minutes = open_minutes(open_hours)
    is_open = []
    for period in catalog.periods.values():
        start, end = (int(t[:2]) * 60 + int(t[3:]) for t in (period.start, period.end))
        span = np.arange(start, end if end > start else end + 1440) % 1440
        is_open.append(minutes[span].mean() >= 0.5)
    return near[:, None] & np.array(is_open)[None, :]


def options_by_hand(plan):
    """Per place, (cost, rows covered, way): nothing new, or one of what the catalog offers, worked out anew."""
    part, catalog = plan.services[REST], plan.study.catalog
    opening, service = catalog.opening, catalog.services[REST]
    places = []
    for site, row in enumerate(part.sites.frame.to_dict("records")):
        own = open_minutes(row["open_hours"])
        nothing = covered_by_hand(plan, site, row["open_hours"], 1.0)
        options = [(0.0, nothing if row["existing"] else np.zeros_like(nothing), None)]
        for key, way in opening.ways.items():
            if (way.of == "centre") != row["existing"] or (way.host_kinds and row["kind"] not in way.host_kinds):
                continue
            base = service.fit_out_yuan_per_year if way.yuan_per_year is None else way.yuan_per_year
            base += row["cost_yuan"] - service.fit_out_yuan_per_year if way.pays_rent else 0.0
            hours = [(base, own)]
            for longer in opening.longer_hours.values() if way.longer_hours else ():
                minutes = own.copy()
                last = max(np.flatnonzero(own))
                until = 1440 if longer.until is None else int(longer.until[:2]) * 60
                minutes[last + 1 : until] = True
                if longer.until is None:
                    minutes[:] = True
                added = (minutes.sum() - own.sum()) / 60
                if added:
                    hours.append((base + longer.yuan_per_year + added * 365 * longer.yuan_per_hour, minutes))
            for cost, minutes in hours:
                text = hours_text(minutes)
                options.append((cost, covered_by_hand(plan, site, text, way.reach_share), key))
        places.append(options)
    return places


@pytest.fixture(scope="module")
def mixes(plan):
    """Every mix: cost, covered weight and ways."""
    weight = plan.services[REST].demand.weight
    found = []
    for mix in product(*options_by_hand(plan)):
        covered = np.logical_or.reduce([rows for _, rows, _ in mix])
        found.append((sum(c for c, _, _ in mix), float(weight[covered].sum()), {way for *_, way in mix} - {None}))
    return found


@pytest.mark.parametrize("budget", [0.0, 10_000.0, 35_000.0, 60_000.0, 120_000.0, 400_000.0])
def test_the_mix_is_the_best_of_all(plan, mixes, budget):
    answer = build_or_open(plan, budget_yuan=budget)
    whole = plan.services[REST].demand.weight.sum()
    assert answer.planned.covered_weight == pytest.approx(max(w for c, w, _ in mixes if c <= budget))
    assert answer.frame["cost_yuan"].sum() <= budget + 0.01
    assert (answer.by_budget["optimality_gap"] == 0).all()
    for row in answer.alone.to_dict("records"):
        ways = set(plan.study.catalog.opening.ways) if row["way"] == "mix" else {row["way"]}
        best = max(w for c, w, used in mixes if c <= budget and used <= ways)
        assert row["covered_share"] == pytest.approx(best / whole), row["way"]


def test_there_are_many_mixes_and_each_way_is_worth_something(plan, mixes):
    assert len(mixes) > 2_000
    answer = build_or_open(plan, budget_yuan=400_000)
    assert (answer.alone["covered_share"] > answer.today.covered_share).all()
    assert len(answer.frame) > 3


def test_staying_open_longer_is_chosen_where_nothing_else_is_allowed(plan, mixes):
    answer = build_or_open(plan, budget_yuan=200_000, ways=["stay_open"])
    assert set(answer.frame["way"]) == {"stay_open"}
    assert (answer.frame["longer"] != "").all()
    assert (answer.frame["added_hours_per_day"] > 0).all()
    best = max(w for c, w, used in mixes if c <= 200_000 and used <= {"stay_open"})
    assert answer.planned.covered_weight == pytest.approx(best)
    assert answer.planned.covered_weight > answer.today.covered_weight


def test_a_place_takes_one_way(plan):
    answer = build_or_open(plan, budget_yuan=10**7)
    assert answer.frame.index.is_unique


def test_what_is_lost_without_a_place(plan):
    answer = build_or_open(plan, budget_yuan=120_000)
    part = plan.services[REST]
    frame = ways_to_open(part).frame
    assert answer.frame["gain_per_day"].is_monotonic_decreasing
    assert (answer.frame["gain_per_day"] > 0).all()
    assert answer.frame["gain_share"].sum() <= answer.planned.covered_share - answer.today.covered_share + 1e-9
    assert set(answer.frame.index) <= set(frame["site_id"])


def test_forbidden_candidates_stay_out(plan):
    answer = build_or_open(plan, budget_yuan=10**7)
    gone = next(i for i in answer.frame.index if i in set(plan.study.hosts["host_id"]))
    scenario = scenario_of(rest_station={"budget_yuan": 60_000, "forbidden": (gone,)})
    assert gone not in build_or_open(make_plan(plan.study, scenario), budget_yuan=10**7).frame.index


def test_an_office_s_own_figures_count(plan, demo_study):
    """Where an added hour costs nothing, every centre stays open."""
    hours = {key: {"yuan_per_hour": 0, "yuan_per_year": 0} for key in demo_study.catalog.opening.longer_hours}
    catalog = load_catalog({"opening": {"longer_hours": hours}})
    free = make_plan(replace(plan.study, catalog=catalog), plan.scenario)
    answer = build_or_open(free, budget_yuan=0.0)
    assert set(answer.frame["way"]) == {"stay_open"}
    assert answer.planned.covered_weight > answer.today.covered_weight


def longer(until):
    text = {"zh": "长", "en": "longer"}
    return LongerHours(name=text, until=until, yuan_per_hour=1, yuan_per_year=0, source=text)


@pytest.mark.parametrize(
    ("own", "until", "then"),
    [
        ("08:30-17:30", "22:00", "08:30-22:00"),
        ("09:00-12:00;14:00-18:00", "20:00", "09:00-12:00;14:00-20:00"),
        ("08:00-22:00", "20:00", "08:00-22:00"),
        ("08:00-22:00", "24:00", "08:00-24:00"),
        ("08:30-17:30", None, "00:00-24:00"),
        ("00:00-24:00", "22:00", "00:00-24:00"),
    ],
)
def test_longer_hours(own, until, then):
    assert hours_text(longer_minutes(open_minutes(own), longer(until))) == then


def test_hours_longer_than_those_of_a_shut_place_are_none():
    assert not longer_minutes(np.zeros(1440, dtype=bool), longer("22:00")).any()


def test_it_says_what_it_found(plan):
    answer = build_or_open(plan, budget_yuan=120_000)
    for language in ("zh", "en"):
        told = answer.told(language)
        assert len(told) == 5
        assert f"{answer.planned.covered_share:.1%}" in told[0]
        assert "120,000" in told[0]
        assert answer.table(language).shape == answer.frame.shape
        assert len(answer.behind(language)) == 2
        assert answer.figure(language)._repr_png_().startswith(b"\x89PNG")


def test_it_can_be_stopped_between_two_searches(plan):
    def stop(done, of):
        raise InterruptedError(done, of)

    with pytest.raises(InterruptedError):
        build_or_open(plan, progress=stop)


def test_without_money_it_is_as_today(plan):
    answer = build_or_open(plan, budget_yuan=0)
    assert answer.frame["cost_yuan"].sum() == 0
    assert answer.figure("en").axes


def test_bad_arguments_are_named(plan):
    with pytest.raises(UnknownNameError, match="tea"):
        build_or_open(plan, "tea")
    with pytest.raises(UnknownNameError, match="castle"):
        build_or_open(plan, ways=["castle"])
    for options, key in (({"budget_yuan": -1}, "bad_limit"), ({"ways": []}, "no_ways")):
        with pytest.raises(ArgumentError) as error:
            build_or_open(plan, **options)
        assert error.value.key == key
