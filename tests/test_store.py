from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from store_world import ROWS, VILLAGE, beside, draft

from planner.catalog import shipped_catalog
from planner.errors import ArgumentError, DamagedError, OutputError, UnknownNameError
from planner.store import open_store
from planner.store.contents import is_safe_path
from planner.words import Text

TOWN = VILLAGE | {"study.toml": b'name = "town"'}
ALL = VILLAGE | {"catalog.toml": shipped_catalog()}


@pytest.fixture
def store(place):
    with open_store(place) as store:
        yield store


def files_below(folder: Path):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def count(place, table):
    with beside(place) as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()


# Studies


def test_a_saved_study_says_who_saved_it_and_when(store):
    saved = store.save_study(Text(zh="小村", en="Village"), VILLAGE, saved_by=" 王工 ")
    assert (saved.name, saved.saved_by) == (Text(zh="小村", en="Village"), "王工")
    assert saved.saved_at.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - saved.saved_at) < timedelta(minutes=1)
    assert saved.size_bytes == sum(map(len, ALL.values()))
    assert store.studies() == [saved] == [store.study(saved.id)]


def test_the_files_come_back_as_they_were_with_the_catalog_of_that_day(store, tmp_path):
    saved = store.save_study("小村", VILLAGE, saved_by="王工")
    folder = store.study_folder(saved.id, tmp_path / "cache")
    assert files_below(folder) == ALL
    assert [p.name for p in (tmp_path / "cache").iterdir()] == [saved.id]


def test_a_catalog_among_the_files_is_kept_as_it_is(store, tmp_path):
    saved = store.save_study("小村", VILLAGE | {"catalog.toml": b"# ours"}, saved_by="王工")
    assert (store.study_folder(saved.id, tmp_path) / "catalog.toml").read_bytes() == b"# ours"
    assert saved.id != store.save_study("小村", VILLAGE, saved_by="王工").id


def test_the_same_files_are_one_study_and_each_content_is_kept_once(store, place):
    first = store.save_study("小村", VILLAGE, saved_by="王工")
    again = store.save_study("小村", dict(reversed(VILLAGE.items())), saved_by="李工")
    assert again == first
    other = store.save_study("小镇", TOWN, saved_by="李工")
    assert other.id != first.id
    assert store.studies() == [other, first]
    assert count(place, "planner_contents") == len(ALL) + 1


def test_files_that_change_places_are_another_study(store):
    swapped = VILLAGE | {"maps/grids.geojson": VILLAGE["hosts.csv"], "hosts.csv": VILLAGE["maps/grids.geojson"]}
    ids = {store.save_study("小村", files, saved_by="王工").id for files in (VILLAGE, swapped)}
    assert len(ids) == 2


def test_another_name_for_the_same_files_is_the_one_it_is_known_by(store, place):
    first = store.save_study("小村", VILLAGE, saved_by="王工")
    store.save_study("小镇", TOWN, saved_by="王工")
    renamed = store.save_study("小村 2026", VILLAGE, saved_by="李工")
    assert (renamed.id, renamed.name.zh, renamed.saved_by) == (first.id, "小村 2026", "李工")
    assert [s.name.zh for s in store.studies()] == ["小村 2026", "小镇"]
    assert count(place, "planner_study_names") == 3


def test_files_that_do_not_get_smaller_are_kept_as_they_are(store, tmp_path):
    import random

    noise = random.Random(0).randbytes(5000)
    saved = store.save_study("小村", VILLAGE | {"streets.pbf": noise, "empty.csv": b""}, saved_by="王工")
    folder = store.study_folder(saved.id, tmp_path)
    assert (folder / "streets.pbf").read_bytes() == noise
    assert (folder / "empty.csv").read_bytes() == b""


@pytest.mark.parametrize("harm", ["changed", "missing", "extra", "a file in its place"])
def test_a_folder_that_was_changed_is_written_anew(store, tmp_path, harm):
    saved = store.save_study("小村", VILLAGE, saved_by="王工")
    folder = store.study_folder(saved.id, tmp_path)
    if harm == "changed":
        (folder / "hosts.csv").write_bytes(b"a,b\n1,3\n")
    elif harm == "missing":
        (folder / "maps" / "grids.geojson").unlink()
    elif harm == "extra":
        (folder / "maps" / "grids.prj").write_bytes(b"moved")
    else:
        folder.rename(tmp_path / "elsewhere")
        folder.write_bytes(b"")
    assert store.study_folder(saved.id, tmp_path) == folder
    assert files_below(folder) == ALL


def test_a_folder_that_is_whole_is_left_alone(store, tmp_path):
    saved = store.save_study("小村", VILLAGE, saved_by="王工")
    folder = store.study_folder(saved.id, tmp_path)
    before = folder.stat().st_mtime_ns, (folder / "hosts.csv").stat().st_mtime_ns
    store.study_folder(saved.id, tmp_path)
    assert (folder.stat().st_mtime_ns, (folder / "hosts.csv").stat().st_mtime_ns) == before


def test_a_cache_that_cannot_be_written_is_told(store, tmp_path):
    saved = store.save_study("小村", VILLAGE, saved_by="王工")
    (tmp_path / "cache").write_bytes(b"")
    with pytest.raises(OutputError, match="cache"):
        store.study_folder(saved.id, tmp_path / "cache")


@pytest.mark.parametrize("packed", [b"", b"rubbish", "other"])
def test_bytes_that_are_not_those_that_were_saved_are_never_used(store, place, tmp_path, packed):
    saved = store.save_study("小村", VILLAGE, saved_by="王工")
    with beside(place) as connection:
        if packed == "other":  # a content that can be unpacked, and is not the one
            others = connection.execute(text("SELECT packed FROM planner_contents WHERE packing = 'zlib'")).scalars()
            packed = max(others, key=len)
        changed = text("UPDATE planner_contents SET packed = :packed WHERE size_bytes = 1000")
        connection.execute(changed, {"packed": packed})
    with pytest.raises(DamagedError) as caught:
        store.study_folder(saved.id, tmp_path / "cache")
    assert "maps/grids.geojson" in caught.value.message("zh")
    assert not list((tmp_path / "cache").iterdir())


def test_a_removed_study_is_hidden_with_its_plans_and_comes_back(store, tmp_path):
    saved = store.save_study("小村", VILLAGE, saved_by="王工")
    plan = store.save_plan(draft(saved.id), saved_by="王工")
    store.remove_study(saved.id, removed_by="李工")
    assert (store.studies(), store.plans(), store.plans(saved.id)) == ([], [], [])
    hidden = store.studies(removed=True)[0]
    assert (hidden.id, hidden.removed_by) == (saved.id, "李工")
    assert hidden.removed_at >= saved.saved_at
    assert files_below(store.study_folder(saved.id, tmp_path)) == ALL
    assert store.plan(plan.id) == plan
    store.restore_study(saved.id)
    assert (store.studies(), store.studies(removed=True), store.plans()) == ([saved], [], [plan])


@pytest.mark.parametrize("what", ["the study", "a plan of it"])
def test_whoever_saves_again_what_another_removed_brings_it_back(store, what):
    saved = store.save_study("小村", VILLAGE, saved_by="王工")
    store.remove_study(saved.id, removed_by="李工")
    if what == "the study":
        store.save_study("小村", VILLAGE, saved_by="王工")
    else:
        store.save_plan(draft(saved.id), saved_by="王工")
    assert store.studies() == [saved]


# Plans


def test_a_plan_comes_back_to_the_last_bit(store):
    study = store.save_study("小村", VILLAGE, saved_by="王工")
    said = draft(study.id, " 基本\n方案 ", note="第一稿\n请街道审阅")
    saved = store.save_plan(said, saved_by="王工")
    assert (saved.name, saved.revision, saved.note) == ("基本 方案", 1, "第一稿\n请街道审阅")
    assert saved.solutions == said.solutions
    assert saved.scenario == said.scenario
    assert saved.figures == {"rest_station": ROWS}
    assert (saved.saved_by, saved.planner_version, saved.study_id) == ("王工", "0.1.0", study.id)
    assert abs(datetime.now(UTC) - saved.saved_at) < timedelta(minutes=1)
    assert store.plan(saved.id) == saved
    assert store.plans() == [saved]


def test_numbers_that_are_not_finite_come_back_too(store):
    from dataclasses import replace

    study = store.save_study("小村", VILLAGE, saved_by="王工")
    said = draft(study.id)
    open_ended = replace(said.solutions["rest_station"], bound=float("inf"), gap=float("-inf"))
    saved = store.save_plan(replace(said, solutions={"rest_station": open_ended}), saved_by="王工")
    assert saved.solutions["rest_station"] == open_ended


def test_a_name_that_is_there_gets_a_new_revision_and_nothing_is_overwritten(store):
    study = store.save_study("小村", VILLAGE, saved_by="王工")
    one = store.save_plan(draft(study.id, sites=("H1",)), saved_by="王工")
    two = store.save_plan(draft(study.id, sites=("H2",)), saved_by="李工")
    other = store.save_plan(draft(study.id, "另一方案"), saved_by="王工")
    assert [plan.revision for plan in (one, two, other)] == [1, 2, 1]
    assert store.plans() == [other, two]
    assert store.plans(all_revisions=True) == [other, two, one]
    assert store.plan(one.id).solutions["rest_station"].site_ids == ("H1",)


def test_plans_belong_to_their_study(store):
    village = store.save_study("小村", VILLAGE, saved_by="王工")
    town = store.save_study("小镇", TOWN, saved_by="王工")
    in_village, in_town = (store.save_plan(draft(study.id), saved_by="王工") for study in (village, town))
    assert in_town.revision == 1
    assert store.plans(village.id) == [in_village]
    assert store.plans() == [in_town, in_village]


def test_a_removed_plan_is_hidden_with_its_earlier_revisions_and_comes_back(store):
    study = store.save_study("小村", VILLAGE, saved_by="王工")
    one, two, three = (store.save_plan(draft(study.id), saved_by="王工") for _ in range(3))
    other = store.save_plan(draft(study.id, "另一方案"), saved_by="王工")
    store.remove_plan(two.id, removed_by="李工")  # while another saved the third revision
    assert store.plans(all_revisions=True) == [other, three]
    assert [p.id for p in store.plans(removed=True)] == [two.id]
    assert [p.id for p in store.plans(removed=True, all_revisions=True)] == [two.id, one.id]
    assert store.plan(one.id).removed_by == "李工"
    store.restore_plan(two.id)
    assert store.plans(all_revisions=True) == [other, three, two, one]
    store.remove_plan(three.id, removed_by="李工")
    assert store.plans() == [other]
    assert store.save_plan(draft(study.id), saved_by="王工").revision == 4


def test_a_plan_that_is_not_as_it_was_saved_is_never_used(store, place):
    study = store.save_study("小村", VILLAGE, saved_by="王工")
    saved, other = (store.save_plan(draft(study.id, name), saved_by="王工") for name in ("甲", "乙"))
    with beside(place) as connection:
        forged = text("UPDATE planner_plans SET content = replace(content, 'H1', 'H9') WHERE id = :id")
        connection.execute(forged, {"id": saved.id})
    for read in (lambda: store.plan(saved.id), store.plans):
        with pytest.raises(DamagedError) as caught:
            read()
        assert "甲" in caught.value.message("zh")
        assert saved.id in caught.value.message("en")
    store.remove_plan(saved.id, removed_by="王工")
    assert store.plans() == [other]


# What is asked for wrongly


def test_an_unknown_id_is_named(store, tmp_path):
    study = store.save_study("小村", VILLAGE, saved_by="王工")
    for wrong in (
        lambda: store.study("nothing"),
        lambda: store.study_folder("nothing", tmp_path),
        lambda: store.remove_study("nothing", removed_by="王工"),
        lambda: store.restore_study("nothing"),
        lambda: store.save_plan(draft("nothing"), saved_by="王工"),
        lambda: store.plan("nothing"),
        lambda: store.remove_plan("nothing", removed_by="王工"),
        lambda: store.restore_plan("nothing"),
    ):
        with pytest.raises(UnknownNameError, match="nothing"):
            wrong()
    assert (store.plans("nothing"), store.studies()) == ([], [study])


def test_names_and_people_are_asked_for(store):
    study = store.save_study("小村", VILLAGE, saved_by="王工")
    for name in ("", " \n", "长" * 201, "\0", "\ud800"):
        with pytest.raises(ArgumentError):
            store.save_study(name, TOWN, saved_by="王工")
        with pytest.raises(ArgumentError):
            store.save_plan(draft(study.id, name), saved_by="王工")
    for person in ("", " ", "\0"):
        with pytest.raises(ArgumentError):
            store.save_plan(draft(study.id), saved_by=person)
        with pytest.raises(ArgumentError):
            store.remove_study(study.id, removed_by=person)
    with pytest.raises(ArgumentError):
        store.save_plan(draft(study.id, note="\0"), saved_by="王工")
    assert (store.studies(), store.plans()) == ([study], [])


@pytest.mark.parametrize("files", [{"hosts.csv": b""}, VILLAGE | {"../hosts.csv": b""}, VILLAGE | {"/etc/hosts": b""}])
def test_files_that_make_no_study_are_refused(store, files):
    with pytest.raises(ArgumentError):
        store.save_study("小村", files, saved_by="王工")
    assert store.studies() == []


def test_a_file_larger_than_a_database_holds_is_refused(store, monkeypatch):
    monkeypatch.setattr("planner.store.contents.MOST_BYTES", 999)
    with pytest.raises(ArgumentError, match=r"maps/grids\.geojson"):
        store.save_study("小村", VILLAGE, saved_by="王工")


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "..",
        "/a",
        "a/../b",
        "a//b",
        "./a",
        "a/",
        "C:/a",
        "C:a",
        "\\a",
        "a\\..\\b",
        "\\\\host\\a",
        "a\0",
        "\ud800",
    ],
)
def test_paths_that_lead_out_of_a_folder_or_cannot_be_kept(path):
    assert not is_safe_path(path)


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_path_that_is_safe_stays_below_its_folder(one, two):
    path = f"{one}/{two}"
    if is_safe_path(path):
        assert Path("/folder").joinpath(path).resolve().is_relative_to("/folder")
    if one.isalnum() and two.isalnum():
        assert is_safe_path(path)
