import json
from dataclasses import replace

import numpy as np
import pytest
from study_world import STUDY_TOML, write_study

from planner import load_study, make_plan
from planner.errors import StoreError
from planner.store import draft_of, open_store, scenario_of, study_files


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
