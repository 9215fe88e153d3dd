"""The page of the questions: each can be asked, answered, and its answer taken along."""

import pytest
from page_runs import opened, settled

from planner.ui.questions import QUESTIONS
from planner.words import say


def choose(page, name, language="zh"):
    return settled(page.selectbox(key=f"ask.question.{language}").set_value(name).run())


def ask(page, name):
    return settled(page.button(key=f"ask.{name}.go").click().run())


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_question_is_put_in_words(name, language):
    page = choose(opened("questions", language), name, language)
    assert not page.exception
    assert not page.error
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
