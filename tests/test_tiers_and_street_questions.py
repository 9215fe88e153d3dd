"""The page asks for tiers and for a warm street, shows further tables, and says what is missing."""

from page_runs import opened, settled
from test_questions_page import ask, choose

from planner.words import say


def test_both_are_answered_with_their_further_tables():
    page = choose(opened("questions"), "three_tiers")
    settled(page.number_input(key="ask.three_tiers.zh.rest_station.budget_yuan").set_value(200_000.0).run())
    settled(page.number_input(key="ask.three_tiers.zh.rest_station.centre.at_least").set_value(0).run())
    page = ask(page, "three_tiers")
    assert not page.exception
    assert not page.error
    assert page.get("image")
    tiers, sites = (table.value for table in page.table)
    assert len(tiers) == 3
    cost = say("ask.column_cost_yuan", "zh")
    assert 0 < sites[cost].str.replace(r"[^0-9]", "", regex=True).astype(float).sum() <= 200_000
    page = choose(page, "warm_street")
    settled(page.multiselect(key="ask.warm_street.zh.services").set_value(["rest_station"]).run())
    assert [box.value for box in page.warning] == [say("ask_warm_street.too_few", "zh")]
    assert page.button(key="ask.warm_street.go").disabled
    settled(page.multiselect(key="ask.warm_street.zh.services").set_value(["rest_station", "parking_zone"]).run())
    page = ask(page, "warm_street")
    assert not page.exception
    assert not page.error
    each, ranking = (table.value for table in page.table)
    assert len(each) == 2 * len(ranking)


def test_too_little_money_is_told_with_its_remedy():
    page = choose(opened("questions"), "three_tiers")
    settled(page.number_input(key="ask.three_tiers.zh.rest_station.budget_yuan").set_value(10_000.0).run())
    page = ask(page, "three_tiers")
    assert not page.exception
    assert "超过经费 10" in page.error[0].value
