"""Stores that earlier versions of the program wrote; see kept/make.py."""

import shutil
from pathlib import Path

from planner import load_study
from planner.store import open_store, plan_of

KEPT = Path(__file__).parent / "kept"


def test_a_store_of_version_1_is_opened_with_the_same_figures(tmp_path):
    shutil.copyfile(KEPT / "store_1.sqlite", tmp_path / "planner.sqlite")
    with open_store(tmp_path) as store:
        (saved,) = store.plans()
        (study,) = store.studies()
        assert (study.name.zh, saved.name, saved.note, saved.saved_by) == ("小村", "基本方案", "送审稿", "王工")
        again = load_study(store.study_folder(saved.study_id, tmp_path / "cache"))
    plan = plan_of(saved, again)  # which holds the figures against those that were saved
    # Within 100 m the centre is near the first of two cells alone, and the host near the other.
    assert 0 < saved.figures["rest_station"]["covered_share_today"] < 1
    assert saved.figures["rest_station"]["covered_share_planned"] == 1
    assert plan.services["rest_station"].new_sites["site_id"].tolist() == ["H1"]
