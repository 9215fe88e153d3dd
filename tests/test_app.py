"""The page without a browser: what a session sees, in Streamlit's own test runner."""

import io
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from planner import Plan, Scenario, Study, make_plan
from planner.errors import Fault, UnknownNameError
from planner.figures import share_text, yuan_text
from planner.report.fault_table import fault_csv, fault_table
from planner.ui import plans
from planner.ui.plain_text import plain
from planner.ui.studies import STUDIES_VARIABLE, study_choices
from planner.words import say

APP = Path(__file__).parent.parent / "app.py"
DEMO = APP.parent / "data" / "demo"


@pytest.fixture(autouse=True)
def no_other_studies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STUDIES_VARIABLE, raising=False)


@pytest.fixture
def page() -> AppTest:
    return opened()


@pytest.fixture
def demo_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the demo street, offered before the demo street itself."""
    copy = tmp_path / "copied_street"
    shutil.copytree(DEMO, copy)
    monkeypatch.setenv(STUDIES_VARIABLE, str(copy))
    return copy


def opened(language: str | None = None) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    if language:
        app.query_params["lang"] = language
    return app.run()


def entry(page: AppTest, name: str):
    """The input of the form whose key ends so, such as ``rest_station.site_limit``."""
    return next(w for w in [*page.number_input, *page.checkbox, *page.button] if w.key.endswith(f".{name}"))


def press_plan(page: AppTest) -> AppTest:
    return entry(page, "plan").click().run()


def choose_study(page: AppTest, folder: Path) -> AppTest:
    box = next(box for box in page.selectbox if box.key in ("study.zh", "study.en"))
    return box.set_value(str(folder)).run()


def shares(page: AppTest) -> list[str]:
    assert not page.exception
    return [metric.value for metric in page.metric]


def expected_shares(plan: Plan) -> list[str]:
    return [share_text(share) for share in plan.summary()["covered_share_planned"]]


def changed(study: Study, **services: dict[str, float | None]) -> Scenario:
    """The base scenario with other limits for some of its services."""
    said = study.scenarios["base"].model_dump()
    for name, limits in services.items():
        said["services"][name] |= limits
    return Scenario.model_validate(said)


def test_the_page_opens_in_chinese_with_the_preset_planned(page, demo_plan):
    assert page.title[0].value == say("page.title", "zh")
    assert shares(page) == expected_shares(demo_plan)
    assert page.selectbox(key="study.zh").options == [demo_plan.study.name.zh]
    assert say("term.made_up_note", "zh") in [box.value for box in page.info]


def test_the_cards_tell_today_sites_cost_and_proof(page, demo_plan):
    part = demo_plan.services["rest_station"]
    card = next(m.value for m in page.markdown if say("term.status_optimal", "zh") in m.value)
    cost = yuan_text(part.new_sites["cost_yuan"].sum(), "zh")
    for text in (share_text(part.today.covered_share), str(len(part.new_sites)), cost):
        assert f"**{text}**" in card


def test_the_tables_list_every_new_site(page, demo_plan):
    sites = demo_plan.services["rest_station"].new_sites
    table = page.table[0].value
    assert list(table[say("term.site", "zh")]) == [plain(name) for name in sites["name"]]
    assert list(table[say("term.cost_yuan", "zh")]) == list(sites["cost_yuan"])


def test_the_tables_follow_the_service(page, demo_plan):
    page.segmented_control[-1].set_value("sorting_point").run()
    assert not page.exception
    names = [plain(name) for name in demo_plan.services["sorting_point"].new_sites["name"]]
    assert list(page.table[0].value[say("term.site", "zh")]) == names
    page.segmented_control(key="language").set_value("en").run()
    assert list(page.table[0].value[say("term.site", "en")]) == names


def test_the_switch_changes_the_language_and_plans_nothing_anew(page, monkeypatch):
    before = shares(page)
    monkeypatch.setattr(plans, "make_plan", lambda *_, **__: pytest.fail("planned again"))
    page.segmented_control(key="language").set_value("en").run()
    assert page.title[0].value == say("page.title", "en")
    assert shares(page) == before
    assert page.query_params["lang"] in ("en", ["en"])
    page.segmented_control(key="language").set_value("zh").run()
    assert page.title[0].value == say("page.title", "zh")


def test_the_address_can_ask_for_english():
    page = opened("en")
    assert page.title[0].value == say("page.title", "en")
    assert page.metric[0].label == say("term.covered_planned", "en")


def test_an_unknown_language_in_the_address_is_chinese():
    assert opened("tlh").title[0].value == say("page.title", "zh")


def test_a_changed_limit_changes_the_figures(page, demo_study, demo_plan):
    entry(page, "rest_station.site_limit").set_value(2)
    press_plan(page)
    plan = make_plan(demo_study, changed(demo_study, rest_station={"site_limit": 2}))
    assert shares(page) == expected_shares(plan) != expected_shares(demo_plan)


def test_a_changed_standard_changes_the_figures(page, demo_study, demo_plan):
    entry(page, "charging_cabinet.standard").set_value(1.0)
    press_plan(page)
    plan = make_plan(demo_study, changed(demo_study, charging_cabinet={"standard_min": 1.0}))
    assert shares(page) == expected_shares(plan) != expected_shares(demo_plan)


def test_a_budget_can_replace_the_count(page, demo_study):
    entry(page, "rest_station.site_limit").set_value(None)
    entry(page, "rest_station.budget_yuan").set_value(70_000.0)
    press_plan(page)
    limits = {"site_limit": None, "budget_yuan": 70_000.0}
    plan = make_plan(demo_study, changed(demo_study, rest_station=limits))
    assert shares(page) == expected_shares(plan)
    assert 0 < page.table[0].value[say("term.cost_yuan", "zh")].sum() <= 70_000


def test_a_service_can_be_left_out(page, demo_plan):
    entry(page, "charging_cabinet.wanted").uncheck()
    press_plan(page)
    assert shares(page) == [expected_shares(demo_plan)[0], expected_shares(demo_plan)[2]]


def test_the_scenario_can_be_brought_back(page, demo_plan):
    entry(page, "rest_station.site_limit").set_value(1)
    press_plan(page)
    assert shares(page) != expected_shares(demo_plan)
    entry(page, "reset").click().run()
    assert shares(page) == expected_shares(demo_plan)


def test_a_service_without_limits_is_told_and_the_last_plan_stays(page):
    entry(page, "rest_station.site_limit").set_value(3)
    press_plan(page)
    before = shares(page)
    entry(page, "rest_station.site_limit").set_value(None)
    press_plan(page)
    assert "户外劳动者驿站" in page.error[0].value
    assert say("page.still_shown", "zh") in [caption.value for caption in page.caption]
    assert shares(page) == before
    entry(page, "rest_station.site_limit").set_value(3)
    press_plan(page)
    assert not page.error
    assert shares(page) == before


def test_no_service_at_all_is_told(page):
    for name in ("rest_station", "charging_cabinet", "sorting_point"):
        entry(page, f"{name}.wanted").uncheck()
    press_plan(page)
    assert page.error[0].value == say("page.no_service", "zh")
    assert not page.exception


def test_an_error_while_planning_is_told_and_the_last_plan_stays(page, monkeypatch):
    before = shares(page)

    def fail(*_: object, **__: object) -> Plan:
        raise UnknownNameError("unknown_service", service="*spa*", known="rest_station")

    monkeypatch.setattr(plans, "make_plan", fail)
    entry(page, "rest_station.site_limit").set_value(5)
    press_plan(page)
    assert r"\*spa\*" in page.error[0].value
    assert shares(page) == before


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
    page = opened()
    assert not page.exception
    assert not page.metric
    assert "3" in page.error[0].value
    table = page.table[0].value
    assert sorted(table[say("page.fault_row", "zh")]) == ["3", "4", "5"]
    assert sorted(table[say("page.fault_file", "zh")]) == [plain("cells.csv"), plain("hosts.csv"), plain("hosts.csv")]
    assert any(plain("**castle**") in problem for problem in table[say("page.fault_problem", "zh")])

    page.segmented_control(key="language").set_value("en").run()
    assert list(page.table[0].value.columns) == [
        say(f"page.{name}", "en") for name in ("fault_file", "fault_row", "fault_column", "fault_problem")
    ]
    choose_study(page, DEMO)
    assert shares(page) == expected_shares(demo_plan)


def test_a_folder_that_is_no_study_is_told(tmp_path, monkeypatch, demo_plan):
    monkeypatch.setenv(STUDIES_VARIABLE, str(tmp_path / "nowhere"))
    page = opened()
    assert not page.exception
    assert plain(tmp_path / "nowhere") in page.error[0].value
    choose_study(page, DEMO)
    assert shares(page) == expected_shares(demo_plan)


def test_limits_stay_while_one_looks_at_another_study(tmp_path, monkeypatch):
    monkeypatch.setenv(STUDIES_VARIABLE, str(tmp_path / "nowhere"))
    page = opened()
    choose_study(page, DEMO)
    entry(page, "rest_station.site_limit").set_value(2)
    before = shares(press_plan(page))
    choose_study(page, tmp_path / "nowhere")
    assert not page.metric
    choose_study(page, DEMO)
    assert entry(page, "rest_station.site_limit").value == 2
    assert shares(page) == before


def test_the_switch_keeps_the_study_that_was_chosen(tmp_path, monkeypatch, demo_plan):
    monkeypatch.setenv(STUDIES_VARIABLE, str(tmp_path / "nowhere"))
    page = choose_study(opened(), DEMO)
    for language in ("en", "zh"):
        page.segmented_control(key="language").set_value(language).run()
        assert page.selectbox(key=f"study.{language}").value == str(DEMO)
        assert shares(page) == expected_shares(demo_plan)


def test_two_sessions_are_independent(page, demo_plan):
    other = opened("en")
    entry(page, "rest_station.site_limit").set_value(0)
    press_plan(page)
    other.run()
    assert other.title[0].value == say("page.title", "en")
    assert shares(other) == expected_shares(demo_plan) != shares(page)


def test_a_study_is_read_again_after_its_files_change(demo_copy, demo_plan):
    assert shares(opened()) == expected_shares(demo_plan)
    said = demo_copy / "study.toml"
    said.write_text(said.read_text(encoding="utf-8").replace("site_limit = 6", "site_limit = 1"), encoding="utf-8")
    page = opened()
    assert entry(page, "rest_station.site_limit").value == 1
    assert shares(page) != expected_shares(demo_plan)


def test_estimates_are_named(demo_copy):
    said = demo_copy / "study.toml"
    text = said.read_text(encoding="utf-8").replace('path = "hosts.csv"', 'path = "hosts.csv", estimated = true')
    said.write_text(text, encoding="utf-8")
    page = opened()
    assert not page.exception
    assert say("page.role_hosts", "zh") in page.warning[0].value
    assert say("term.estimate_note", "zh") in page.warning[0].value


def test_names_from_files_are_not_markup(demo_copy):
    said = demo_copy / "study.toml"
    text = said.read_text(encoding="utf-8")
    said.write_text(f'{text}\n[catalog.services.rest_station]\nname = "**a** :red[b] <b>"\n', encoding="utf-8")
    page = opened()
    assert not page.exception
    shown = [w.value for w in [*page.markdown, *page.caption]] + [w.label for w in page.checkbox]
    assert any(plain("**a** :red[b] <b>") in text for text in shown)
    assert not any("**a**" in text or ":red[" in text for text in shown)


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


def test_the_documents_are_complete_files(demo_plan):
    assert plans.document(demo_plan, "zh", "html").decode().lstrip().lower().startswith("<!doctype html")
    assert demo_plan.study.name.en in plans.document(demo_plan, "en", "map").decode()
    with zipfile.ZipFile(io.BytesIO(plans.all_documents(demo_plan, "zh"))) as archive:
        assert archive.testzip() is None
        assert {"report.html", "map.html", "plan.gpkg", "summary.csv"} <= set(archive.namelist())
