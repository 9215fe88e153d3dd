import json
from dataclasses import replace

import numpy as np
import pytest
from study_world import STUDY_TOML, write_study

from planner import Scenario, load_study, make_plan
from planner.errors import StoreError
from planner.store import draft_of, open_store, plan_of, scenario_of, study_files


@pytest.fixture(scope="module")
def village_plan(tmp_path_factory):
    study = load_study(write_study(tmp_path_factory.mktemp("street") / "小村"))
    return make_plan(study, study.scenarios["base"])


def test_a_draft_has_the_sites_and_figures_of_the_plan(demo_plan):
    draft = draft_of(demo_plan, "基本方案", "送审稿", "of-study")
    assert (draft.name, draft.note, draft.study_id) == ("基本方案", "送审稿", "of-study")
    assert draft.planner_version != ""
    summary = demo_plan.summary()
    assert list(draft.figures) == list(draft.solutions) == list(summary.index)
    for service, part in demo_plan.services.items():
        said = draft.solutions[service]
        ids = part.sites.frame["site_id"]
        assert ids.is_unique
        assert np.flatnonzero(ids.isin(said.site_ids)).tolist() == sorted(part.solution.selected.tolist())
        for name in ("objective", "bound", "gap", "status", "method", "runtime_s"):
            assert getattr(said, name) == getattr(part.solution, name)
        assert draft.figures[service] == summary.loc[service].to_dict()
    json.dumps(draft.figures, allow_nan=False)


def test_a_figure_that_is_no_number_is_none(village_plan):
    class Nowhere:
        services, scenario = village_plan.services, village_plan.scenario

        def summary(self):
            return village_plan.summary().assign(covered_share_today=np.nan, cost_yuan=np.inf)

    figures = draft_of(Nowhere(), "甲", "", "s").figures["rest_station"]
    assert (figures["covered_share_today"], figures["cost_yuan"]) == (None, None)


def test_the_scenario_comes_back(demo_plan, place):
    with open_store(place) as store:
        study = store.save_study("示范", {"study.toml": b""}, saved_by="王工")
        saved = store.save_plan(draft_of(demo_plan, "基本方案", "", study.id), saved_by="王工")
        assert scenario_of(store.plan(saved.id)) == demo_plan.scenario
        assert list(saved.scenario["services"]) == list(demo_plan.scenario.services)


def test_settings_that_this_version_does_not_know_are_told(village_plan, tmp_path):
    draft = draft_of(village_plan, "基本方案", "", "s")
    newer = replace(draft, scenario={**draft.scenario, "by_drone": True}, planner_version="9.0.0")
    with open_store(tmp_path) as store:
        study = store.save_study("小村", {"study.toml": b""}, saved_by="王工")
        saved = store.save_plan(replace(newer, study_id=study.id), saved_by="王工")
        assert store.plans() == [saved]  # and keeps no other plan from being listed
    with pytest.raises(StoreError) as caught:
        scenario_of(saved)
    assert "9.0.0" in caught.value.message("zh")
    assert "基本方案" in caught.value.message("en")


def test_a_plan_has_the_same_figures_when_it_is_made_of_what_the_store_kept(place, tmp_path):
    said = f"{STUDY_TOML}\n[scenarios.base.services.charging_cabinet]\nbudget_yuan = 100000\n"
    folder = write_study(tmp_path / "小村", study_toml=said)
    study = load_study(folder)
    plan = make_plan(study, study.scenarios["base"])
    with open_store(place) as store:
        kept = store.save_study(study.name, study_files(folder), saved_by="王工")
        plan_id = store.save_plan(draft_of(plan, "基本方案", "", kept.id), saved_by="王工").id
    with open_store(place) as store:
        saved = store.plan(plan_id)
        again = load_study(store.study_folder(saved.study_id, tmp_path / "cache"))
    made = draft_of(make_plan(again, scenario_of(saved)), saved.name, saved.note, saved.study_id)
    assert made.figures == saved.figures
    assert {name: s.site_ids for name, s in made.solutions.items()} == {
        name: s.site_ids for name, s in saved.solutions.items()
    }


def kept_in(place, folder, plan):
    """A plan and its study, saved and read again from the store."""
    with open_store(place) as store:
        study = store.save_study(plan.study.name, study_files(plan.study.folder), saved_by="王工")
        saved = store.save_plan(draft_of(plan, "基本方案", "", study.id), saved_by="王工")
        return saved, load_study(store.study_folder(study.id, folder))


@pytest.mark.parametrize("limits", ["each its own", "one budget"])
def test_a_plan_is_opened_again_without_a_search(place, tmp_path, monkeypatch, limits):
    study = load_study(write_study(tmp_path / "小村"))
    near = {"rest_station": {"standard_m": 100}, "charging_cabinet": {}}  # which leaves one of two cells to be reached
    if limits == "one budget":
        said = {"services": near, "budget_yuan": 90_000}
    else:
        said = {"services": {name: {**service, "site_limit": 1} for name, service in near.items()}}
    plan = make_plan(study, Scenario.model_validate(said))
    assert plan.summary()["new_sites"].sum() > 0
    saved, again = kept_in(place, tmp_path / "cache", plan)

    def searched(*_args, **_options):
        raise AssertionError("a search")

    monkeypatch.setattr("planner.plan.choose_sites", searched)
    opened = plan_of(saved, again)
    assert opened.summary().equals(plan.summary())
    for service, part in plan.services.items():
        there = opened.services[service]
        assert there.new_sites["site_id"].tolist() == part.new_sites["site_id"].tolist()
        assert (there.proven.gap, there.proven.status) == (part.proven.gap, part.proven.status)
        assert (there.joint is None) == (limits == "each its own")


def test_a_plan_whose_site_is_not_in_the_study_is_told(village_plan, tmp_path):
    saved, again = kept_in(tmp_path / "saved", tmp_path / "cache", village_plan)
    elsewhere = replace(saved.solutions["rest_station"], site_ids=("S1", "H9"))
    with pytest.raises(StoreError) as caught:
        plan_of(replace(saved, solutions={"rest_station": elsewhere}), again)
    assert (caught.value.key, caught.value.values["site"]) == ("plan_site_missing", "H9")


def test_a_plan_with_other_figures_than_those_that_were_saved_is_told(village_plan, tmp_path):
    saved, again = kept_in(tmp_path / "saved", tmp_path / "cache", village_plan)
    row = saved.figures["rest_station"]
    other = {"rest_station": {**row, "covered_share_planned": row["covered_share_planned"] - 0.01}}
    with pytest.raises(StoreError) as caught:
        plan_of(replace(saved, figures=other), again)
    assert (caught.value.key, caught.value.values["figure"]) == ("plan_figures_differ", "covered_share_planned")
