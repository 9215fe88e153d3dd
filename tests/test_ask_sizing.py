"""Enough places: who goes to which station, what it takes by hand, and a known street worked back and forth."""

from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from small_street import scenario_of, with_few_hosts

from planner import make_plan
from planner.analysis import enough_places
from planner.analysis.drawing import png_of
from planner.analysis.sizing.assigning import assigned_by_period
from planner.analysis.sizing.rules import SizingRules
from planner.catalog import load_catalog
from planner.errors import ArgumentError, UnknownNameError
from planner.queueing import late_share, lost_share

CATALOG = load_catalog()
SERVICES = ("rest_station", "charging_cabinet", "sorting_point")


@pytest.fixture(scope="module")
def plan(demo_study):
    return make_plan(with_few_hosts(demo_study), scenario_of(**{name: {"site_limit": 1} for name in SERVICES}))


@pytest.fixture(scope="module")
def answer(plan):
    return enough_places(plan)


def rules_with(**factors):
    changed = {name: {"value": value} for name, value in factors.items()}
    catalog = load_catalog({"sizing": changed})
    return SizingRules(catalog, catalog.sizing)


def test_everybody_goes_to_the_nearest_open_site(plan):
    for part in plan.services.values():
        served = assigned_by_period(part)
        periods = part.demand.weight.shape[1]
        by_hand = np.zeros_like(served)
        number = {site: i for i, site in enumerate(part.solution.selected)}
        nearest = {}
        for point, site, cost in zip(part.costs.demand, part.costs.site, part.costs.cost, strict=True):
            for period in range(periods):
                if site in number and part.sites.open[site, period]:
                    nearest[point, period] = min(nearest.get((point, period), (np.inf, 0)), (cost, site))
        for (point, period), (_, site) in nearest.items():
            by_hand[number[site], period] += part.demand.weight[point, period]
        assert served == pytest.approx(by_hand)
        assert served.sum() == pytest.approx(part.planned.covered_weight)


def test_each_station_is_sized_by_hand(answer):
    value = {name: figure.value for name, figure in CATALOG.sizing.factors.items()}
    hours = np.array([4.0, 4.0, 3.0, 4.0, 9.0])
    for row in answer.frame.to_dict("records"):
        by_period = answer.demand_at(row)
        busiest = (by_period / hours).max() * value["busiest_hour"]
        assert row["weight_per_day"] == pytest.approx(by_period.sum())
        if row["service"] == "rest_station":
            resting = busiest * value["resting_share"]
            assert lost_share(row["seats"], resting) <= value["full_share"] < lost_share(row["seats"] - 1, resting)
            assert row["parking_m2"] == pytest.approx(row["parking_places"] * value["parking_m2_per_ebike"])
        elif row["service"] == "charging_cabinet":
            load = busiest / 60 * 0.7 * 2.5
            late = [
                late_share(n * 11, load, wait=5, stay=150) for n in (row["swap_cabinets"], row["swap_cabinets"] - 1)
            ]
            assert late[0] <= 0.05 < late[1]
            assert row["late_share"] == pytest.approx(late[0])
            assert row["swap_slots"] == 12 * row["swap_cabinets"]
            assert row["charging_sockets"] == np.ceil(by_period.sum() / 60 * 0.3 * 6 / 12)
        else:
            assert row["sorting_m2"] == np.ceil(by_period.max() / 10)
            vans = busiest / 1000 * 0.5
            assert late_share(row["unloading_bays"], vans, wait=10, stay=30) <= 0.05
            assert late_share(row["unloading_bays"] - 1, vans, wait=10, stay=30) > 0.05


def test_what_a_station_is_not_for_is_left_open_and_the_street_is_the_sum(plan, answer):
    assert len(answer.frame) == sum(len(part.solution.selected) for part in plan.services.values())
    assert set(answer.frame[answer.frame["is_new"]]["site_id"]) == {
        site for part in plan.services.values() for site in part.new_sites["site_id"]
    }
    rest = answer.frame[answer.frame["service"] == "rest_station"]
    assert rest[["swap_cabinets", "sorting_m2"]].isna().all(axis=None)
    street = answer.street.set_index("amount")
    for name in street.index:
        assert street.loc[name, "by_stations"] == pytest.approx(float(answer.frame[name].sum()))
    cabinets = plan.services["charging_cabinet"]
    whole = street.loc["swap_cabinets", "by_stations"] / cabinets.planned.covered_share
    assert street.loc["swap_cabinets", "for_all_demand"] == np.ceil(whole)


def test_nobody_to_serve_needs_nothing():
    rules, nobody = SizingRules(CATALOG, CATALOG.sizing), np.zeros(5)
    for need in ("swap", "charge", "sort", "unload", "rest", "park"):
        assert set(rules.needed(need, nobody).values()) == {0.0}


def test_what_a_known_street_is_right_for_gives_its_figures_back():
    rules = SizingRules(CATALOG, CATALOG.sizing)
    given = {"parking_m2": 400.0, "sorting_m2": 200.0, "swap_cabinets": 100.0, "charging_sockets": 2170.0}
    assert {name: figure.value for name, figure in CATALOG.sizing.known_street} == given
    for size in rules.right_for(**given):
        parcels = size.parcels_per_day or 0
        riders = 0 if parcels else size.riders_per_day
        place = CATALOG.sizing.parking_m2_per_ebike.value
        wanted = given[size.what] // place * place if size.what == "parking_m2" else given[size.what]
        assert rules.street(riders, parcels)[size.what] == pytest.approx(wanted)
        more = rules.street(0 if parcels else riders + 1, parcels + 1 if parcels else 0)
        assert more[size.what] > given[size.what]


def test_a_known_street_by_hand():
    """Factors so plain that a napkin does: no queue worth speaking of, one e-bike a metre, one hour as any other."""
    rules = rules_with(
        parcels_per_m2=5, parcels_per_courier_day=100, socket_use_share=0.25, hours_to_charge_at_socket=3,
        swapping_share=0.5, km_per_battery=50, riding_km_per_rider_day=100,
    )  # fmt: skip
    by_name = {size.what: size for size in rules.right_for(400, 60, 100, 10)}
    assert by_name["sorting_m2"].parcels_per_day == 1000  # 300 in the largest wave, three tenths of the day
    assert by_name["sorting_m2"].riders_per_day == 10
    assert by_name["charging_sockets"].riders_per_day == 20  # two charges a socket, one of a rider's two refills


def test_it_is_told_whether_the_four_agree(answer):
    assert len(answer.known) == 4
    told = " ".join(answer.told("en"))
    for row in answer.known.itertuples():
        assert f"{row.riders_per_day:,}" in told
    assert "do not agree" in told
    rules = answer.rules
    riders = 300
    street = rules.street(riders, 300 * 200)
    one = {name: {"value": value} for name, value in street.items()}
    agreeing = load_catalog({"sizing": {"known_street": one}}).sizing
    known = rules.right_for(**{name: figure.value for name, figure in agreeing.known_street})
    assert all(riders <= size.riders_per_day <= 1.05 * riders for size in known)
    told = " ".join(replace(answer, known=pd.DataFrame([asdict(size) for size in known])).told("en"))
    assert "The four agree" in told
    assert "do not agree" not in told


def test_an_office_changes_a_factor_for_once_and_for_good(plan, answer):
    roomy = enough_places(plan, factors={"parcels_per_m2": 1.0})
    name = "sorting_m2"
    assert roomy.frame[name].sum() > 9 * answer.frame[name].sum()
    assert roomy.sizing.parcels_per_m2.source.en == "given for this answer"
    assert roomy.sizing.km_per_battery == answer.sizing.km_per_battery
    kept = load_catalog({"sizing": {"parcels_per_m2": {"value": 4, "source": "实测"}}}).sizing
    assert (kept.parcels_per_m2.value, kept.parcels_per_m2.source.zh) == (4, "实测")
    with pytest.raises(UnknownNameError, match="beds"):
        enough_places(plan, factors={"beds": 2.0})
    for name, value in (("late_share", 1.0), ("slots_per_cabinet", 1.0), ("bay_m2", 0.0), ("wait_min", np.nan)):
        with pytest.raises(ArgumentError, match=name):
            enough_places(plan, factors={name: value})
    with pytest.raises(ValidationError, match="late_share"):
        load_catalog({"sizing": {"late_share": {"value": 1.5}}})


def test_a_catalog_from_before_there_were_sizes_takes_the_shipped_ones():
    old = CATALOG.model_dump(exclude={"sizing"})
    assert load_catalog(below=old).sizing == CATALOG.sizing
    assert load_catalog({"sizing": {"wait_min": {"value": 9}}}, below=old).sizing.wait_min.value == 9


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_busiest_cabinets_and_the_known_street_are_drawn(answer, language):
    figure = answer.figure(language)
    late = figure.axes[0].lines[0].get_ydata()
    cabinets = answer.busiest_cabinets["swap_cabinets"]
    assert late[cabinets - 1] <= 0.05
    assert cabinets == 1 or late[cabinets - 2] > 0.05
    widths = [bar.get_width() for bar in figure.axes[1].patches]
    assert sorted(widths) == sorted(answer.known["riders_per_day"])
    assert png_of(figure).startswith(b"\x89PNG")


def test_without_cabinets_the_rest_is_told_and_drawn(demo_study):
    plan = make_plan(with_few_hosts(demo_study), scenario_of(sorting_point={"site_limit": 1}))
    told = []
    answer = enough_places(plan, progress=lambda *now: told.append(now))
    assert told == [(1, 1)]
    assert answer.busiest_cabinets is None
    assert not any("Erlang" in sentence for sentence in answer.told("en"))
    assert png_of(answer.figure()).startswith(b"\x89PNG")
