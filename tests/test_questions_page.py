"""The page of the questions: each can be asked, answered, and its answer taken along."""

import shutil

import pytest
from page_runs import DEMO, opened, settled, turned_to

from planner.ui.questions import QUESTIONS
from planner.ui.studies import STUDIES_VARIABLE
from planner.words import say


def choose(page, name, language="zh"):
    return settled(page.selectbox(key=f"ask.question.{language}").set_value(name).run())


def ask(page, name):
    return settled(page.button(key=f"ask.{name}.go").click().run())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_question_is_put_in_words(language):
    page = opened("questions", language)
    for name in QUESTIONS:
        page = choose(page, name, language)
        assert not page.exception, name
        assert not page.error, name
        assert page.markdown[0].value == say(f"ask_{name}.lead", language)


def test_an_answer_is_told_drawn_and_tabled():
    page = ask(opened("questions"), "enough")
    assert not page.exception
    assert page.get("image")
    assert len(page.table) == 1
    assert len(page.get("download_button")) == 2


def test_other_entries_leave_the_answer_until_it_is_asked_anew():
    page = ask(opened("questions"), "enough")
    before = page.table[0].value
    page = settled(page.selectbox(key="ask.enough.zh.service").set_value("charging_cabinet").run())
    assert page.table[0].value.equals(before)
    assert say("ask.of_earlier_entries", "zh") in [caption.value for caption in page.caption]
    page = ask(page, "enough")
    assert not page.table[0].value.equals(before)


def test_answers_stay_with_their_question_and_go_with_their_study(tmp_path, monkeypatch, streets_read_once):  # noqa: ARG001
    other = tmp_path / "copied_street"
    shutil.copytree(DEMO, other)
    monkeypatch.setenv(STUDIES_VARIABLE, str(other))
    page = ask(opened("questions"), "enough")
    page = settled(page.selectbox(key="ask.enough.zh.service").set_value("charging_cabinet").run())
    before = page.table[0].value
    page = choose(page, "warm_street")
    assert not page.table
    assert choose(page, "enough").table[0].value.equals(before)
    turned_to(page, "street")
    settled(page.button(key=f"choose.{DEMO}").click().run())
    page = turned_to(page, "questions")
    assert not page.exception
    assert not page.table
    assert page.selectbox(key="ask.enough.zh.service").value == "rest_station"


def test_one_budget_lists_the_places_of_the_chosen_point():
    page = choose(opened("questions"), "one_budget")
    page = settled(page.segmented_control(key="ask.one_budget.zh.kind").set_value("walk").run())
    page = ask(page, "one_budget")
    assert not page.exception
    behind = page.selectbox(key="ask.one_budget.behind.zh")
    assert len(behind.options) == len(page.table[0].value)
    first = page.table[1].value
    page = settled(behind.set_value(behind.options[-1]).run())
    assert not page.table[1].value.equals(first)


def test_build_or_open_asks_for_a_way():
    page = choose(opened("questions"), "build_or_open")
    page.number_input(key="ask.build_or_open.zh.budget.rest_station").set_value(20_000.0)
    page = ask(page.run(), "build_or_open")
    assert not page.exception
    assert len(page.table) == 2
    page = settled(page.pills(key="ask.build_or_open.zh.ways").set_value([]).run())
    assert say("ask_build_or_open.choose_ways", "zh") in [caption.value for caption in page.caption]
    assert page.button(key="ask.build_or_open.go").disabled
