"""Writes ``store_1.sqlite``: a store of version 1 of its tables, with a study and its plan, as offices have them.

Later versions must open it with the same figures, so it is made anew only with a new version of the tables, under a new
name. From the checkout: ``PYTHONPATH=.:tests python tests/kept/make.py``
"""

import sqlite3
import tempfile
from pathlib import Path

from study_world import STUDY_TOML, write_study

from planner import load_study, make_plan
from planner.store import draft_of, open_store, study_files

with tempfile.TemporaryDirectory() as home:
    folder = write_study(Path(home) / "小村", study_toml=f"{STUDY_TOML}standard_m = 100\n")
    study = load_study(folder)
    plan = make_plan(study, study.scenarios["base"])
    with open_store(home) as store:
        saved = store.save_study(study.name, study_files(folder), saved_by="王工")
        store.save_plan(draft_of(plan, "基本方案", "送审稿", saved.id), saved_by="王工")
    target = Path(__file__).with_name("store_1.sqlite")
    target.unlink(missing_ok=True)
    with sqlite3.connect(Path(home) / "planner.sqlite") as connection:
        connection.execute("VACUUM INTO ?", [str(target)])
    connection.close()
