import pickle

import pytest
from study_world import STUDY_TOML, write_study

from planner.errors import MissingFileError, StudyError
from planner.intake.study_file import read_study_file

CELLS = 'cells = { path = "cells.csv", crs = "wgs84", cell_size_m = 100 }'
LIMIT = "site_limit = 1"


def faults_of(tmp_path, text):
    folder = write_study(tmp_path / "小村", study_toml=text)
    with pytest.raises(StudyError) as caught:
        read_study_file(folder)
    assert caught.value.study == "小村"
    return caught.value.faults


def changed(old, new):
    assert old in STUDY_TOML
    return STUDY_TOML.replace(old, new)


def test_a_good_file_is_read(tmp_path):
    said = read_study_file(write_study(tmp_path))
    assert said.name.zh == said.name.en == "小村"
    assert said.files.cells.cell_size_m == 100
    assert said.files.streets.path == "streets.osm"
    assert said.scenarios["base"].services["rest_station"].site_limit == 1
    assert not said.made_up


def test_a_byte_order_mark_does_no_harm(tmp_path):
    assert read_study_file(write_study(tmp_path, study_toml="\ufeff" + STUDY_TOML)).name.zh == "小村"


def test_communities_and_restricted_areas_may_be_left_out(tmp_path):
    lines = [x for x in STUDY_TOML.splitlines() if not x.startswith(("communities", "restricted"))]
    said = read_study_file(write_study(tmp_path, study_toml="\n".join(lines)))
    assert said.files.communities is None
    assert said.files.restricted is None


@pytest.mark.parametrize("make", ["nothing", "an empty folder", "a file", "a folder in its place"])
def test_no_study_there(tmp_path, make):
    folder = tmp_path / "street"
    if make == "a file":
        folder.write_text("x", encoding="utf-8")
    elif make != "nothing":
        folder.mkdir()
    if make == "a folder in its place":
        (folder / "study.toml").mkdir()
    with pytest.raises(MissingFileError, match=r"street.*study\.toml"):
        read_study_file(folder)


@pytest.mark.parametrize(
    ("old", "new", "place", "key"),
    [
        ('name = "小村"\n', "", "name", "setting_missing"),
        ('name = "小村"', "name = 3", "name", "setting_model"),
        ('name = "小村"', 'name = { zh = "小村" }', "name.en", "setting_missing"),
        ('name = "小村"', 'name = "小村"\nmade_up = "maybe"', "made_up", "setting_bool"),
        ('name = "小村"', 'name = "小村"\ncolour = "red"', "colour", "setting_extra_forbidden"),
        (CELLS, "", "files", "setting_no_demand"),
        (CELLS, 'cells = "cells.csv"', "files.cells", "setting_model"),
        (CELLS, CELLS.replace("wgs84", "mars"), "files.cells.crs", "setting_coordinate_system"),
        (CELLS, CELLS.replace("wgs84", "EPSG:999999"), "files.cells.crs", "setting_no_such_epsg"),
        (CELLS, CELLS.replace("wgs84", "EPSG:2383"), "files.cells.crs", "setting_other_datum"),
        (CELLS, CELLS.replace('"wgs84"', "4490"), "files.cells.crs", "setting_string"),
        (CELLS, CELLS.replace("100", "0"), "files.cells.cell_size_m", "setting_greater_than"),
        (CELLS, CELLS.replace("100", "inf"), "files.cells.cell_size_m", "setting_finite"),
        (CELLS, CELLS.replace("100", "nan"), "files.cells.cell_size_m", "setting_finite"),
        (CELLS, CELLS.replace("100", '"wide"'), "files.cells.cell_size_m", "setting_float"),
        (CELLS, CELLS.replace('"cells.csv"', '""'), "files.cells.path", "setting_string"),
        (CELLS, CELLS.replace('"cells.csv"', "7"), "files.cells.path", "setting_string"),
        (CELLS, CELLS.replace(" }", ", colour = 2 }"), "files.cells.colour", "setting_extra_forbidden"),
        (LIMIT, "site_limit = -1", "scenarios.base.services.rest_station.site_limit", "setting_greater_than_equal"),
        (LIMIT, "site_limit = 1.5", "scenarios.base.services.rest_station.site_limit", "setting_int"),
        (LIMIT, 'site_limit = "many"', "scenarios.base.services.rest_station.site_limit", "setting_int"),
        (
            LIMIT,
            "site_limit = 1\nstandard_m = 0",
            "scenarios.base.services.rest_station.standard_m",
            "setting_greater_than",
        ),
        (LIMIT, "", "scenarios.base", "setting_unlimited"),
        ("[scenarios.base.services.rest_station]\nsite_limit = 1\n", "[scenarios]", "scenarios", "setting_too_short"),
    ],
)
def test_a_fault_names_the_setting_in_both_languages(tmp_path, old, new, place, key):
    faults = [f for f in faults_of(tmp_path, changed(old, new)) if f.column == place]
    assert [(f.file, f.key) for f in faults] == [("study.toml", key)]
    zh, en = faults[0].line("zh"), faults[0].line("en")
    assert place in zh
    assert place in en
    if key != "setting":
        assert not any(word in zh for word in ("Input", "should", "Field", "valid"))


def test_all_faults_are_told_at_once(tmp_path):
    text = changed(CELLS, 'cells = { crs = "mars", cell_size_m = -5 }').replace("site_limit = 1", "site_limit = -1")
    assert {f.column for f in faults_of(tmp_path, text)} == {
        "files.cells.path",
        "files.cells.crs",
        "files.cells.cell_size_m",
        "scenarios.base.services.rest_station.site_limit",
    }


def test_a_choice_shows_what_may_be_chosen(tmp_path):
    (fault,) = faults_of(tmp_path, changed(CELLS, CELLS.replace("wgs84", "mars")))
    assert "不认识坐标系“mars”。可选 wgs84、gcj02、bd09、cgcs2000、" in fault.line("zh")
    assert 'There is no coordinate system "mars". Choose wgs84, gcj02, bd09, cgcs2000, ' in fault.line("en")


def test_a_number_shows_its_limit(tmp_path):
    (fault,) = faults_of(tmp_path, changed(LIMIT, "site_limit = -4"))
    assert "“-4”太小，应不小于 0" in fault.line("zh")
    assert '"-4" is too low. It must be 0 or more' in fault.line("en")


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("name = \n", "not_toml"),
        ('{"name": 1}', "not_toml"),
        ('name = "a"\nname = "b"\n', "not_toml"),
        (b"\x00\x01", "not_toml"),
        (STUDY_TOML.encode("gbk"), "text_not_utf8"),
        (STUDY_TOML.encode("utf-16"), "text_not_utf8"),
    ],
)
def test_what_is_no_toml(tmp_path, content, key):
    (fault,) = faults_of(tmp_path, content)
    assert (fault.file, fault.key) == ("study.toml", key)
    assert fault.line("zh") != fault.line("en")


def test_an_empty_file_lacks_everything(tmp_path):
    assert {f.column for f in faults_of(tmp_path, "")} == {"name", "files", "scenarios"}


@pytest.mark.parametrize("name", ['a \\"quoted\\" name', "two\\nlines", '\\"\\"\\"', "{braces}", "<b>&amp;", "=1+1"])
def test_a_name_may_hold_anything(tmp_path, name):
    said = read_study_file(write_study(tmp_path, study_toml=changed("小村", name)))
    assert said.name.zh == name.encode().decode("unicode_escape")


def test_the_error_can_be_sent_to_another_process(tmp_path):
    folder = write_study(tmp_path, study_toml=changed(LIMIT, ""))
    with pytest.raises(StudyError) as caught:
        read_study_file(folder)
    assert pickle.loads(pickle.dumps(caught.value)).message("en") == caught.value.message("en")


def test_a_study_in_the_working_directory_has_its_name(tmp_path, monkeypatch):
    folder = write_study(tmp_path / "here", study_toml="")
    monkeypatch.chdir(folder)
    with pytest.raises(StudyError, match="here"):
        read_study_file(type(folder)("."))
