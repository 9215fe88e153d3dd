"""What a comparison of several plans says, held against the plans themselves."""

from dataclasses import replace

import numpy as np
import pytest

from planner.errors import ArgumentError
from planner.figures import NOTHING, share_text, yuan_text
from planner.report.contents.comparing import GRIDS_SHOWN, comparison_contents
from planner.report.contents.printed import shortened, width_em
from planner.report.contents.side_by_side import MOST_PLANS, lettered
from planner.report.tables import grid_table
from planner.words import say


@pytest.fixture(scope="module")
def told(plans, language):
    return comparison_contents(plans, language=language)


def of_service(told, plans, service, language):
    name = next(p for p in plans.values() if service in p.services).study.catalog.services[service].name
    return next(one for one in told.services if one.name == name.in_language(language))


def test_each_figure_stands_under_the_letter_of_its_plan(told, plans, language):
    assert [(head.letter, head.name) for head in told.plans] == list(zip("ABC", plans, strict=True))
    for service in ("rest_station", "charging_cabinet", "sorting_point"):
        rows = {row[0]: row[1:] for row in of_service(told, plans, service, language).figures.rows}
        summaries = [plan.summary() for plan in plans.values()]
        shares = rows[say("compare.figure_covered_share_planned", language)]
        costs = rows[say("compare.figure_cost_yuan", language)]
        for share, cost, summary in zip(shares, costs, summaries, strict=True):
            there = service in summary.index
            assert share == (share_text(summary.loc[service, "covered_share_planned"]) if there else NOTHING)
            assert cost == (yuan_text(summary.loc[service, "cost_yuan"], language) if there else NOTHING)


def test_what_ten_thousand_yuan_buy_is_gain_over_cost(told, plans, language):
    rows = {row[0]: row[1:] for row in of_service(told, plans, "rest_station", language).figures.rows}
    for text, plan in zip(rows[say("comparing.buys", language)], plans.values(), strict=True):
        row = plan.summary().loc["rest_station"]
        points = 100 * (row["covered_share_planned"] - row["covered_share_today"])
        assert float(text) == pytest.approx(points / (row["cost_yuan"] / 10_000), abs=0.051)


def test_every_new_site_is_ticked_where_it_is(told, plans):
    found = {(row[0], row[2]): row[3:] for row in told.sites.rows}
    assert len(found) == len(told.sites.rows)
    for column, plan in enumerate(plans.values()):
        ticked = {key for key, marks in found.items() if marks[column] == "✓"}
        own = {
            (plan.study.catalog.services[service].name.in_language(told.language), site)
            for service, part in plan.services.items()
            for site in part.new_sites["site_id"]
        }
        assert ticked == own


def test_the_grids_shown_are_those_that_differ_most(told, plans, language):
    tables = [
        grid_table(plan, "rest_station").set_index("grid_code")["covered_planned_per_day"] for plan in plans.values()
    ]
    spread = {
        code: max(table[code] for table in tables) - min(table[code] for table in tables) for code in tables[0].index
    }
    shown = [row[1] for row in of_service(told, plans, "rest_station", language).grids.rows]
    most = sorted((value for value in spread.values() if value > 0), reverse=True)[:GRIDS_SHOWN]
    assert shown
    assert [spread[code] for code in shown] == pytest.approx(most)


def test_periods_end_with_the_whole_day(told, plans, language):
    rows = of_service(told, plans, "rest_station", language).periods.rows
    planned = [plan.services["rest_station"].planned for plan in plans.values()]
    assert rows[-1][2:] == [share_text(coverage.covered_share) for coverage in planned]
    assert rows[0][2:] == [share_text(float(coverage.share_by_period()[0])) for coverage in planned]
    assert {text for row in of_service(told, plans, "sorting_point", language).periods.rows for text in row[2:4]} == {
        NOTHING
    }


def test_differences_are_against_the_first_plan(told, plans, language):
    rows = {(row[0], row[1]): row[2:] for row in told.differences.rows}
    name = plans["节俭"].study.catalog.services["rest_station"].name.in_language(language)
    counts = [len(plan.services["rest_station"].new_sites) for plan in plans.values()]
    assert rows[name, say("compare.figure_new_sites", language)] == [f"{n - counts[0]:+d}" for n in counts[1:]]


def test_limits_that_all_share_are_told_once(told, plans, language):
    limits = {row[0]: row[1:] for row in told.differing.rows}
    name = plans["节俭"].study.catalog.services["rest_station"].name.in_language(language)
    assert limits[name] == [say("report.limit_sites", language, count=count) for count in (1, 3, 2)]
    assert any(say("comparing.usual_day", language) in line for line in told.alike)


def test_plans_that_are_the_same_differ_in_nothing(plans, language):
    told = comparison_contents({"1": plans["节俭"], "2": plans["节俭"]}, language=language)
    assert told.differing.rows == []
    assert all(service.grids.rows == [] for service in told.services)


@pytest.mark.parametrize("count", [1, MOST_PLANS + 1])
def test_too_few_and_too_many_plans_are_refused(plans, count):
    many = {str(i): plans["节俭"] for i in range(count)}
    with pytest.raises(ArgumentError) as caught:
        comparison_contents(many, language="zh")
    assert caught.value.key == "compared_count"
    assert str(count) in caught.value.message("en")


def test_plans_of_different_places_are_refused(plans):
    plan = plans["节俭"]
    away = plan.study.grids.assign(geometry=plan.study.grids.geometry.translate(90_000, 0))
    other = replace(plan, study=replace(plan.study, grids=away))
    with pytest.raises(ArgumentError) as caught:
        lettered({"here": plan, "there": other}, least=2)
    assert "there" in caught.value.message("zh")
    assert caught.value.key == "compared_places"


def test_a_text_is_cut_where_it_is_too_long_and_that_is_shown():
    assert shortened("驿站", 4) == "驿站"
    assert shortened("一二三四五六", 4) == "一二三…"
    assert shortened("a\n  b\tc", 9) == "a b c"
    for text in ("x" * 4000, "长" * 4000, "a长" * 50):
        cut = shortened(text, 20)
        assert cut.endswith("…")
        assert width_em(cut) <= 20
    assert np.isclose(width_em("ab"), 1.12)
