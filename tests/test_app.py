"""The page program as a whole: its steps, its languages, and studies that are broken, changed or named alike."""

import os
import shutil

import pandas as pd
import pytest
from page_runs import DEMO, entry, opened, planned_shares, settled, shares, turned_to, whole

from planner.errors import Fault
from planner.report.fault_table import fault_csv, fault_table
from planner.ui.plain_text import plain
from planner.ui.studies import STUDIES_VARIABLE, study_choices
from planner.words import say


@pytest.fixture(autouse=True)
def no_other_studies(tmp_path, monkeypatch):
    monkeypatch.delenv(STUDIES_VARIABLE, raising=False)
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "saved"))


@pytest.fixture
def demo_copy(tmp_path, monkeypatch, streets_read_once):  # noqa: ARG001
    """A copy of the demo street, offered before the demo street itself."""
    copy = tmp_path / "copied_street"
    shutil.copytree(DEMO, copy)
    monkeypatch.setenv(STUDIES_VARIABLE, str(copy))
    return copy


def chosen(session, folder):
    """The session once it has chosen the study in ``folder`` on the page of the street."""
    turned_to(session, "street")
    return settled(session.button(key=f"choose.{folder}").click().run())


def test_it_opens_at_the_street_in_chinese_with_the_shipped_one_to_begin_with():
    app = whole()
    assert not app.exception
    assert app.title[0].value == say("page.title", "zh")
    assert app.button(key=f"choose.{DEMO}").label == say("street.choose", "zh")


def test_the_switch_changes_the_language_and_is_kept_in_the_address():
    app = whole()
    settled(app.segmented_control(key="language").set_value("en").run())
    assert app.title[0].value == say("page.title", "en")
    assert app.query_params["lang"] in ("en", ["en"])
    settled(app.segmented_control(key="language").set_value("zh").run())
    assert app.title[0].value == say("page.title", "zh")


def test_the_address_can_ask_for_english_and_an_unknown_language_is_chinese():
    assert whole("en").title[0].value == say("page.title", "en")
    assert whole("tlh").title[0].value == say("page.title", "zh")


def test_an_unforeseen_fault_is_told_in_the_readers_language(monkeypatch, caplog):
    monkeypatch.setattr("planner.ui.street_page.offered_choices", lambda: 1 / 0)
    app = whole("en")
    assert not app.exception
    assert app.error[0].value == say("page.failed", "en")
    assert "ZeroDivisionError" in caplog.text


def test_a_broken_study_shows_every_fault_and_no_traceback(demo_copy, demo_plan):
    hosts = demo_copy / "hosts.csv"
    frame = pd.read_csv(hosts, dtype=str)
    frame.loc[1, "area_m2"] = "=1+1"
    frame.loc[2, "kind"] = "**castle**"
    hosts.write_text(frame.to_csv(index=False), encoding="utf-8")
    cells = demo_copy / "cells.csv"
    frame = pd.read_csv(cells, dtype=str)
    frame.loc[3, "period"] = "brunch"
    cells.write_text(frame.to_csv(index=False), encoding="utf-8")
    page = opened("plan")
    assert not page.exception
    assert not page.metric
    assert "3" in page.error[0].value
    table = page.table[0].value
    assert sorted(table[say("page.fault_row", "zh")]) == ["3", "4", "5"]
    assert sorted(table[say("page.fault_file", "zh")]) == [plain("cells.csv"), plain("hosts.csv"), plain("hosts.csv")]
    assert any(plain("**castle**") in problem for problem in table[say("page.fault_problem", "zh")])
    for page_name in ("today", "why", "compare", "questions", "hand_on"):
        assert "3" in turned_to(page, page_name).error[0].value
    chosen(page, DEMO)
    assert shares(turned_to(page, "plan")) == planned_shares(demo_plan)


def test_a_folder_that_is_no_study_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv(STUDIES_VARIABLE, str(tmp_path / "nowhere"))
    page = opened("plan")
    assert not page.exception
    assert plain(tmp_path / "nowhere") in page.error[0].value


def test_limits_stay_while_one_looks_at_another_study(tmp_path, monkeypatch):
    monkeypatch.setenv(STUDIES_VARIABLE, str(tmp_path / "nowhere"))
    page = chosen(opened("street"), DEMO)
    turned_to(page, "plan")
    before = shares(settled(entry(page, "rest_station.site_limit").set_value(2).run()))
    chosen(page, tmp_path / "nowhere")
    assert not turned_to(page, "plan").metric
    chosen(page, DEMO)
    turned_to(page, "plan")
    assert entry(page, "rest_station.site_limit").value == 2
    assert shares(page) == before


def test_a_study_is_read_again_after_its_files_change(demo_copy, demo_plan):
    assert shares(opened("plan")) == planned_shares(demo_plan)
    said = demo_copy / "study.toml"
    said.write_text(said.read_text(encoding="utf-8").replace("site_limit = 6", "site_limit = 1"), encoding="utf-8")
    page = opened("plan")
    assert entry(page, "rest_station.site_limit").value == 1
    assert shares(page) != planned_shares(demo_plan)


def test_estimates_are_named(demo_copy):
    said = demo_copy / "study.toml"
    text = said.read_text(encoding="utf-8").replace('path = "hosts.csv"', 'path = "hosts.csv", estimated = true')
    said.write_text(text, encoding="utf-8")
    page = opened("today")
    assert not page.exception
    assert say("page.role_hosts", "zh") in page.warning[0].value
    assert say("term.estimate_note", "zh") in page.warning[0].value


def test_names_from_files_are_not_markup(demo_copy):
    said = demo_copy / "study.toml"
    text = said.read_text(encoding="utf-8")
    said.write_text(f'{text}\n[catalog.services.rest_station]\nname = "**a** :red[b] <b>"\n', encoding="utf-8")
    page = opened("today")
    for name in ("today", "plan", "why", "compare", "hand_on"):
        turned_to(page, name)
        assert not page.exception, name
        labels = [widget.label for widget in [*page.checkbox, *page.selectbox]]
        shown = [w.value for w in [*page.markdown, *page.caption]] + labels
        shown += [option for widget in page.segmented_control for option in widget.options]  # a selectbox reads none
        assert any(plain("**a** :red[b] <b>") in text for text in shown), name
        assert not any("**a**" in text or ":red[" in text for text in shown), name


def test_studies_of_one_name_are_told_apart_by_their_folder(demo_copy):
    choices = study_choices()
    labels = [choice.label("zh", choices) for choice in choices]
    assert [choice.folder for choice in choices] == [demo_copy, DEMO]
    assert len(set(labels)) == 2
    assert str(demo_copy) in labels[0]


def test_a_folder_named_twice_is_offered_once(monkeypatch):
    monkeypatch.setenv(STUDIES_VARIABLE, os.pathsep.join([str(DEMO), "", str(DEMO)]))
    assert [choice.folder for choice in study_choices()] == [DEMO]


def test_the_list_of_faults_is_a_table_in_which_text_stays_text():
    faults = [Fault("a.csv", "not_a_number", 2, "area_m2", "=1"), Fault("=b.csv", "empty_file")]
    lines = fault_csv(fault_table(faults, "en")).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("a.csv,2,area_m2,")
    assert lines[2].startswith("'=b.csv,,,")
