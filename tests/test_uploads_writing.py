"""The study that is made of a draft."""

from dataclasses import replace
from pathlib import Path

import pytest
from study_world import study_files
from upload_world import added, confirmed, packed, village

from planner import load_study
from planner.intake.uploads import (
    check_draft,
    write_study_file,
)

pytestmark = pytest.mark.usefixtures("streets_read_once")
DEMO = Path(__file__).parent.parent / "data" / "demo"


def test_a_draft_becomes_the_study_that_its_files_make(draft):
    draft = confirmed(added(draft, *village()))
    assert check_draft(draft).is_clean
    write_study_file(draft)
    study = load_study(draft.folder)
    assert study.name.zh == "小村"
    assert len(study.cells) == 2
    assert list(study.scenarios) == ["base"]
    assert set(study.scenarios["base"].services) == set(study.catalog.usual_services())


def test_names_with_anything_in_them_are_written_as_they_are(draft):
    name = '"]\n[evil] = "#'
    draft = replace(confirmed(added(draft, *village())), name=name)
    write_study_file(draft)
    assert load_study(draft.folder).name.zh == name


def test_a_study_folder_comes_whole_as_one_archive(draft, demo_study):
    content = packed({f"demo/{path.name}": path.read_bytes() for path in DEMO.iterdir()})
    draft = added(replace(draft, name=""), ("demo.zip", content))
    assert draft.name == demo_study.name.zh
    assert check_draft(draft).is_clean
    write_study_file(draft)
    study = load_study(draft.folder)
    assert study.name == demo_study.name
    assert study.made_up
    assert study.scenarios == demo_study.scenarios
    assert study.combining == demo_study.combining
    assert [(s.role, s.rows, s.crs) for s in study.sources] == [(s.role, s.rows, s.crs) for s in demo_study.sources]


def test_a_study_with_its_files_in_folders_comes_too(draft):
    toml = study_files()["study.toml"].replace('"hosts.csv"', '"data/hosts.csv"')
    members = study_files() | {"study.toml": toml}
    members["data/hosts.csv"] = members.pop("hosts.csv")
    draft = added(draft, ("a.zip", packed(members)))
    assert draft.by_role["hosts"].file == "data-hosts.csv"
    assert check_draft(draft).is_clean
