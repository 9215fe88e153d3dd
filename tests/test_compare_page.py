"""Saving plans, opening them again, two side by side, and the curve."""

import pytest
from page_runs import entry, opened, planned_shares, settled, shares, turned_to

from planner.store import open_store
from planner.ui.plain_text import plain
from planner.words import say


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "saved"))
    with open_store(tmp_path / "saved") as store:
        yield store


def saved_as(page, name, *, who="王工"):
    """The plan in hand saved under a name."""
    page.session_state["who"] = who
    field = next(text for text in page.text_input if text.label == say("saved.name", "zh"))
    field.set_value(name)
    button = next(button for button in page.button if button.label == say("saved.save_button", "zh"))
    return settled(button.click().run())


def changed_to(page, count):
    return settled(entry(page, "rest_station.site_limit").set_value(count).run())


def test_without_saved_plans_there_is_the_curve_alone():
    page = opened("compare")
    assert not page.exception
    assert page.info[0].value == say("compare.none_saved", "zh")
    assert any("79.4%" in text.value for text in page.markdown)


def test_a_plan_is_saved_with_who_and_when_and_again_as_a_revision(store):
    page = saved_as(opened("plan"), "送审稿")
    assert not page.error
    assert "王工" in page.success[0].value
    saved_as(changed_to(page, 3), "送审稿", who="李工")
    plans = store.plans(all_revisions=True)
    assert sorted((plan.name, plan.revision, plan.saved_by) for plan in plans) == [
        ("送审稿", 1, "王工"),
        ("送审稿", 2, "李工"),
    ]
    assert len(store.studies()) == 1


def test_nobody_saves_nothing(store):
    page = saved_as(opened("plan"), "送审稿", who="")
    assert page.error[0].value == plain(say("error.saved_by_nobody", "zh"))
    assert store.plans() == []


def test_two_plans_stand_side_by_side_with_their_differences(store, demo_plan):
    page = saved_as(opened("plan"), "六处")
    page = saved_as(changed_to(page, 3), "三处")
    page = turned_to(page, "compare")
    names = {plan.name: plan.id for plan in store.plans()}
    settled(page.selectbox(key="compare.left.zh").set_value(names["六处"]).run())
    settled(page.selectbox(key="compare.right.zh").set_value(names["三处"]).run())
    figures, sites = page.table[0].value, page.table[1].value
    row = figures[figures.iloc[:, 1] == say("compare.figure_new_sites", "zh")].iloc[0]
    assert list(row)[2:] == ["6", "3", r"\-3"]
    share = figures[figures.iloc[:, 1] == say("compare.figure_covered_share_planned", "zh")].iloc[0]
    assert share.iloc[2] == plain(planned_shares(demo_plan)[0])
    rest = sites[sites.iloc[:, 0] == demo_plan.study.catalog.services["rest_station"].name.zh]
    assert (rest["A"] == say("compare.yes", "zh")).sum() == 6
    box = page.multiselect[0]
    assert box.value == ["draft", *[plan.id for plan in store.plans()]]
    offered = [button.proto.label for button in page.get("download_button")]
    kinds = ("comparison", "comparison_pdf", "brief")
    assert offered == [say("hand_on.download", "zh", what=say(f"hand_on.name_{kind}", "zh")) for kind in kinds]
    page = settled(box.set_value(["draft"]).run())
    assert not page.get("download_button")
    assert (rest["B"] == say("compare.yes", "zh")).sum() == 3


def test_a_saved_plan_opens_with_the_same_figures(store):
    page = changed_to(opened("plan"), 2)
    before = shares(page)
    saved_as(page, "两处")
    street = opened("street")
    plan = store.plans()[0]
    settled(street.button(key=f"open.{plan.id}").click().run())
    again = turned_to(street, "plan")
    assert shares(again) == before
    assert entry(again, "rest_station.site_limit").value == 2


def test_a_plan_put_away_is_listed_no_more_and_not_lost(store):
    saved_as(opened("plan"), "草稿")
    plan = store.plans()[0]
    street = opened("street")
    street.session_state["who"] = "王工"
    settled(street.button(key=f"remove.{plan.id}").click().run())
    assert store.plans() == []
    assert not [button for button in street.button if button.key == f"open.{plan.id}"]
    store.restore_plan(plan.id)
    assert store.plans()[0].name == "草稿"


def test_a_store_that_cannot_be_opened_is_told_and_the_page_goes_on(monkeypatch):
    monkeypatch.setenv("PLANNER_STORE", "mysql://nowhere/planner")
    page = opened("compare")
    assert not page.exception
    assert "mysql" in page.error[0].value
    assert any("79.4%" in text.value for text in page.markdown)
