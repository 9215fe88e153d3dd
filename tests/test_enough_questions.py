"""Two questions on the page: how much is enough for all services together, and how large stations must be."""

from functools import partial

from page_runs import opened, settled

from planner.analysis import how_much_is_enough
from planner.ui.plain_text import plain
from planner.ui.questions import enough_form
from planner.words import say


def asked(page, name):
    return settled(page.button(key=f"ask.{name}.go").click().run())


def test_all_services_share_a_budget_by_the_weights_that_are_entered(monkeypatch):
    monkeypatch.setattr(enough_form, "how_much_is_enough", partial(how_much_is_enough, points=6))
    page = opened("questions")
    page = settled(page.selectbox(key="ask.enough.zh.service").set_value("together").run())
    assert not page.button_group
    page = settled(page.number_input(key="ask.enough.zh.weight.rest_station").set_value(3.0).run())
    page = asked(page, "enough")
    assert not page.exception
    assert any("户外劳动者驿站 3，" in markdown.value for markdown in page.markdown)
    assert say("ask_enough.together", "zh") in page.table[0].value.to_numpy()


def test_a_factor_that_is_changed_changes_what_stations_need_and_an_impossible_one_is_told():
    page = opened("questions")
    page = settled(page.selectbox(key="ask.question.zh").set_value("sizing").run())
    page = asked(page, "sizing")
    assert not page.exception
    before = page.table[0].value
    assert {"换电柜", "分拣面积（m²）", "座位"} <= set(before.columns)
    page = settled(page.number_input(key="ask.sizing.zh.parcels_per_m2").set_value(1.0).run())
    page = asked(page, "sizing")
    area = "分拣面积（m²）"
    assert page.table[0].value[area].tolist() != before[area].tolist()
    page = settled(page.number_input(key="ask.sizing.zh.late_share").set_value(1.0).run())
    page = asked(page, "sizing")
    assert not page.exception
    assert any(plain("late_share") in error.value for error in page.error)
