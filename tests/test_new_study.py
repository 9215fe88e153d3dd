import os
import shutil
import tomllib
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from osm_world import BEIJING, BERLIN, SANTIAGO, degrees_at, village, write_osm
from shared_data import shared_data
from study_world import box, geojson
from test_shapefile import shapefile

from planner import load_study, make_plan
from planner.errors import ArgumentError, MissingFileError, OutputError, StudyError
from planner.intake.new_study import new_study

EXTRACTS = ("haidian_xueyuanlu", "haidian_zhongguancun", "shenzhen_longgang")


@pytest.fixture
def osm(tmp_path):
    return write_osm(tmp_path / "village.osm", **village())


def boundary(tmp_path, *features):
    path = tmp_path / "areas.geojson"
    path.write_text(geojson(*features), encoding="utf-8")
    return path


def planned(folder):
    study = load_study(folder)
    return study, make_plan(study, study.scenarios["base"]).summary()


@pytest.mark.parametrize(
    ("at", "epsg"), [(BEIJING, 4548), (BERLIN, 32633), (SANTIAGO, 32719)], ids=["Beijing", "Berlin", "Santiago"]
)
def test_a_street_map_alone_becomes_a_study_and_a_plan_anywhere(tmp_path, at, epsg):
    folder = new_study(tmp_path / "new", write_osm(tmp_path / "v.osm", **village(), at=at))
    study, summary = planned(folder)
    assert study.metric_crs.to_epsg() == epsg
    assert study.deliveries["parcels"].sum() == pytest.approx(31.7, abs=0.1)  # counted in test_estimate
    assert len(study.hosts) == 3
    assert summary.loc["rest_station", "covered_share_today"] == 0
    assert summary.loc["rest_station", "covered_share_planned"] > 0.5
    assert summary["demand_is_estimate"].all()


def test_what_is_estimated_is_marked_as_such(tmp_path, osm):
    study = load_study(new_study(tmp_path / "new", osm, name="小村"))
    assert set(study.estimated_roles) == {"boundary", "grids", "cells", "hosts"}
    assert study.name.zh == "小村"
    for source in study.sources:
        if source.estimated and source.role != "grids":
            assert "village.osm" in source.origin.zh
            assert "estimate" in source.origin.en
    readme = (tmp_path / "new" / "README.md").read_text(encoding="utf-8")
    assert "小村" in readme
    assert "estimates, not data" in readme


def test_the_name_of_the_folder_is_the_name_of_the_study(tmp_path, osm, monkeypatch):
    assert load_study(new_study(tmp_path / "一街", osm)).name.zh == "一街"
    (tmp_path / "二街").mkdir()
    monkeypatch.chdir(tmp_path / "二街")
    assert load_study(new_study(".", osm)).name.zh == "二街"


def test_the_words_are_those_of_the_language_asked_for(tmp_path, osm):
    for language, word in (("zh", "估计网格"), ("en", "Estimated grid")):
        study = load_study(new_study(tmp_path / language, osm, language=language))
        assert study.grids["name"].str.startswith(word).all()


def test_the_same_extract_gives_the_same_bytes(tmp_path, osm):
    one, two = (new_study(tmp_path / name, osm, name="x") for name in ("a", "b"))
    assert {p.name: p.read_bytes() for p in one.iterdir()} == {p.name: p.read_bytes() for p in two.iterdir()}


def test_the_grids_fill_the_boundary_once(tmp_path, osm):
    area = boundary(tmp_path, ({}, box(-310, -310, 620)))  # two squares of 300 m each way; what is left is too thin
    study = load_study(new_study(tmp_path / "new", osm, boundary=area))
    assert len(study.grids) == 4
    assert study.grids.area.sum() == pytest.approx(620 * 620, rel=1e-3)
    assert study.grids.union_all().symmetric_difference(study.boundary).area < 1
    assert study.grids["grid_code"].tolist() == ["E0001", "E0002", "E0003", "E0004"]


def test_every_cell_is_a_centre_inside_the_boundary_and_has_every_period(tmp_path, osm):
    folder = new_study(tmp_path / "new", osm)
    study = load_study(folder)
    rows = pd.read_csv(folder / "cells.csv")
    assert len(rows) == len(study.cells) * 5
    assert gpd.GeoSeries(study.cells.centroid).within(study.boundary).all()
    assert (rows.groupby("cell_id")[["meals_per_day", "parcels_per_day"]].sum().sum(axis=1) > 0).all()


@pytest.mark.parametrize(
    "name",
    ['a "quoted" name', "two\nlines", '"""', "'''", "back\\slash \\u0041", "\x00\x01\x1f\x7f", "{name}", "<b>&", "=1+1",
     "街道🚲"],
)  # fmt: skip
def test_a_name_may_hold_anything(tmp_path, osm, name):
    folder = new_study(tmp_path / "new", osm, name=name)
    assert load_study(folder).name.zh == name
    assert gpd.read_file(folder / "boundary.geojson").shape == (1, 2)


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_names_of_files_and_folders_that_are_not_utf8(tmp_path, osm):
    odd_osm, odd_folder = (Path(os.fsdecode(os.fsencode(tmp_path) + name)) for name in (b"/\xb1.osm", b"/\xb0\xb1"))
    shutil.copy(osm, odd_osm)
    study = load_study(new_study(tmp_path / "new", odd_osm))
    assert "?.osm" in next(s for s in study.sources if s.role == "cells").origin.zh
    new_study(odd_folder, osm)
    assert tomllib.loads((odd_folder / "study.toml").read_text(encoding="utf-8"))["name"] == "??"
    with pytest.raises(StudyError):  # GDAL takes no such path, and says so without a traceback
        load_study(odd_folder)


@pytest.mark.parametrize("name", ['q"uote.osm', "two\nlines.osm", "cells.csv.osm", "研究 🚲.osm", "{osm}.osm"])
def test_an_extract_may_be_called_anything(tmp_path, osm, name):
    shutil.copy(osm, tmp_path / name)
    study = load_study(new_study(tmp_path / "new", tmp_path / name))
    assert name in next(s for s in study.sources if s.role == "cells").origin.zh


def test_an_osm_name_may_hold_anything(tmp_path):
    world = village()
    world["nodes"]["shop"] = (60, -20, {"shop": "convenience", "name": 'a, "b"\r\n;=1'})
    study = load_study(new_study(tmp_path / "new", write_osm(tmp_path / "v.osm", **world)))
    assert 'a, "b" ;=1' in set(study.hosts["name"])


def test_a_boundary_is_taken_as_it_is(tmp_path, osm):
    area = boundary(tmp_path, ({}, box(0, -300, 600)))
    study = load_study(new_study(tmp_path / "new", osm, boundary=area))
    assert study.boundary.area == pytest.approx(600 * 600, rel=1e-3)
    assert "boundary" not in study.estimated_roles
    assert "areas.geojson" in next(s for s in study.sources if s.role == "boundary").origin.zh
    assert study.hosts["host_id"].tolist() == ["n15", "w4"]
    assert study.deliveries["parcels"].sum() == 0  # the house stands west of it, the office inside
    assert study.deliveries["meals"].sum() == pytest.approx(160 * 0.064, abs=0.1)


def test_of_several_polygons_one_is_picked_by_any_of_its_texts(tmp_path, osm):
    west, east = ({"code": 7, "name": "西"}, box(-300, -300, 300)), ({"code": 8, "name": "东"}, box(0, -300, 600))
    areas = boundary(tmp_path, west, east)
    for number, name in enumerate(("东", " 东 ", "8")):
        study = load_study(new_study(tmp_path / str(number), osm, boundary=areas, boundary_name=name))
        assert study.boundary.area == pytest.approx(600 * 600, rel=1e-3)


@pytest.mark.parametrize(
    ("features", "name", "key"),
    [
        ([({"name": "西"}, box(-300, -300, 300)), ({"name": "东"}, box(0, -300, 300))], None, "several_polygons"),
        ([({"name": "西"}, box(-300, -300, 300))], "东", "no_such_polygon"),
        ([({}, {"type": "Point", "coordinates": [116.35, 40.0]})], None, "not_a_polygon"),
        ([({}, None)], None, "empty_shape"),
        ([], None, "no_shapes"),
        ([({}, box(60_000, 0, 900))], None, "nothing_to_estimate"),
        ([({}, box(1000, 1000, 5))], None, "nothing_to_estimate"),
    ],
)
def test_a_boundary_that_cannot_be_used(tmp_path, osm, features, name, key):
    areas = boundary(tmp_path, *features)
    with pytest.raises(StudyError) as caught:
        new_study(tmp_path / "new", osm, boundary=areas, boundary_name=name)
    assert [f.key for f in caught.value.faults] == [key]
    assert caught.value.message("zh") != caught.value.message("en")
    assert not (tmp_path / "new").exists()


def test_a_boundary_drawn_as_a_bow_tie_or_swapped_is_told_with_its_number(tmp_path, osm):
    bow = box(-300, -300, 600)
    ring = bow["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    swapped = {"type": "Polygon", "coordinates": [[[lat, lon] for lon, lat in box(-300, -300, 600)["coordinates"][0]]]}
    for shape, key in ((bow, "invalid_shape"), (swapped, "shape_swapped")):
        with pytest.raises(StudyError) as caught:
            new_study(tmp_path / "new", osm, boundary=boundary(tmp_path, ({}, shape)))
        assert [(f.row, f.key) for f in caught.value.faults] == [(1, key)]


def test_features_of_a_file_of_their_own(tmp_path):
    """As ``planner fetch`` writes them; without ids of their own they are numbered, broken ones are left out."""
    shop = ({"shop": "yes", "name": "店"}, {"type": "Point", "coordinates": degrees_at(BEIJING, [(20, 20)])[0]})
    house = ({"building": "house", "building:levels": 2}, box(-60, 40, 10))
    broken = ({"building": "house"}, None)
    streets = {"nodes": {"W": (-200, 0), "E": (200, 0)}, "ways": [{"path": "W E", "highway": "residential"}]}
    path = boundary(tmp_path, shop, house, broken).rename(tmp_path / "features.geojson")
    area = boundary(tmp_path, ({}, box(-200, -200, 400)))
    folder = new_study(tmp_path / "new", write_osm(tmp_path / "s.osm", **streets), features=path, boundary=area)
    study = load_study(folder)
    assert study.hosts.set_index("host_id")["name"].to_dict() == {"f1": "店"}
    assert study.deliveries["parcels"].sum() == pytest.approx(10 * 10 * 2 * 0.0259 * 0.34, abs=0.03)
    assert "features.geojson" in next(s for s in study.sources if s.role == "hosts").origin.en


@pytest.mark.parametrize("content", ["", "hello", geojson()])
def test_features_that_cannot_be_read(tmp_path, osm, content):
    (tmp_path / "f.geojson").write_text(content, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        new_study(tmp_path / "new", osm, features=tmp_path / "f.geojson")
    assert [f.file for f in caught.value.faults] == ["f.geojson"]


def test_features_in_metres_are_told(tmp_path, osm):
    square = {"type": "Polygon", "coordinates": [[[4e5, 4e6], [4.1e5, 4e6], [4.1e5, 4.1e6], [4e5, 4e6]]]}
    (tmp_path / "f.geojson").write_text(geojson(({"building": "yes"}, square)), encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        new_study(tmp_path / "new", osm, features=tmp_path / "f.geojson")
    assert [f.key for f in caught.value.faults] == ["not_degrees"]


def test_one_street_without_a_corner_is_a_study_without_hosts(tmp_path):
    world = {"nodes": {"W": (-200, 0), "E": (200, 0)}, "ways": [{"path": "W E", "highway": "residential"}]}
    study, summary = planned(new_study(tmp_path / "new", write_osm(tmp_path / "v.osm", **world)))
    assert study.hosts.empty
    assert (summary["new_sites"] == 0).all()


@pytest.mark.parametrize("content", ["a file", "a full folder", "a hidden file"])
def test_what_is_there_is_left_alone(tmp_path, osm, content):
    target = tmp_path / "mine"
    if content == "a file":
        target.write_text("keep", encoding="utf-8")
    else:
        target.mkdir()
        (target / (".keep" if content == "a hidden file" else "keep.txt")).write_text("keep", encoding="utf-8")
    with pytest.raises(OutputError, match="mine"):
        new_study(target, osm)
    kept = target if target.is_file() else next(target.iterdir())
    assert kept.read_text(encoding="utf-8") == "keep"


def test_an_empty_folder_is_filled(tmp_path, osm):
    (tmp_path / "new").mkdir()
    assert load_study(new_study(tmp_path / "new", osm))


def test_input_that_is_not_there(tmp_path, osm):
    absent = tmp_path / "absent.osm"
    for arguments in (
        {"osm": absent},
        {"osm": tmp_path},
        {"osm": osm, "boundary": absent},
        {"osm": osm, "features": absent},
    ):
        with pytest.raises(MissingFileError):
            new_study(tmp_path / "new", **arguments)
    with pytest.raises(ArgumentError, match=r"\.osm\.pbf"):
        new_study(tmp_path / "new", boundary(tmp_path))
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("failing", ["write_text", "copyfile", "replace"])
def test_nothing_is_left_where_writing_fails_halfway(tmp_path, osm, monkeypatch, failing):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    before = sorted(tmp_path.iterdir())
    count = iter(range(10))
    write = Path.write_text
    if failing == "write_text":  # the third file does not fit any more
        monkeypatch.setattr(Path, "write_text", lambda *a, **k: full() if next(count) == 2 else write(*a, **k))
    else:
        monkeypatch.setattr(shutil if failing == "copyfile" else Path, failing, full)
    with pytest.raises(OutputError, match="No space left"):
        new_study(tmp_path / "new", osm)
    assert sorted(tmp_path.iterdir()) == before


def test_nothing_is_left_of_the_folders_above_either(tmp_path, osm):
    elsewhere = boundary(tmp_path, ({}, box(60_000, 0, 900)))
    with pytest.raises(StudyError):
        new_study(tmp_path / "a" / "b" / "new", osm, boundary=elsewhere)
    assert not (tmp_path / "a").exists()
    assert load_study(new_study(tmp_path / "a" / "b" / "new", osm))


def test_a_folder_cannot_be_made_below_a_file(osm):
    with pytest.raises(OutputError, match="below"):
        new_study(osm / "below" / "it", osm)


def test_study_toml_is_toml_that_people_can_edit(tmp_path, osm):
    text = (new_study(tmp_path / "new", osm) / "study.toml").read_text(encoding="utf-8")
    said = tomllib.loads(text)
    assert list(said["scenarios"]["base"]["services"]) == list(load_study(tmp_path / "new").catalog.usual_services())
    assert said["files"]["streets"]["path"] == "streets.osm"
    assert said["files"]["cells"]["estimated"] is True


@pytest.mark.slow
@pytest.mark.parametrize("extract", EXTRACTS)
def test_the_three_real_neighbourhoods_as_xml(tmp_path, extract):
    """As PBF they are taken all the way to a report in test_real_extracts.py."""
    source = shared_data(f"osm/{extract}") / f"{extract}.osm"
    study, summary = planned(new_study(tmp_path / "new", source))
    assert len(study.hosts) >= 20
    assert len(study.cells) >= 50
    assert (summary["covered_share_today"] == 0).all()
    assert (summary["covered_share_planned"] > 0.05).all()
    assert (summary["new_sites"] <= 5).all()


@pytest.mark.slow
def test_the_drive_graph_of_futian(tmp_path):
    study, summary = planned(new_study(tmp_path / "new", shared_data("roads/shenzhen_futian_drive.graphml")))
    assert set(study.hosts["kind"]) == {"street_corner"}
    assert study.metric_crs.to_epsg() == 4547
    assert (summary["covered_share_planned"] > 0).all()


@pytest.mark.slow
def test_a_street_office_of_beijing_picked_by_its_name(tmp_path):
    extract = shared_data("osm/haidian_xueyuanlu") / "haidian_xueyuanlu.osm.pbf"
    zones = shared_data("zones/beijing_streets.geojson")
    study, _ = planned(new_study(tmp_path / "new", extract, boundary=zones, boundary_name="学院路街道"))
    street = gpd.read_file(zones).query("street == '学院路街道'").to_crs(study.metric_crs).union_all()
    assert study.boundary.symmetric_difference(street).area < 1
    assert study.hosts.within(street.buffer(1)).all()


def test_a_boundary_may_be_a_gbk_shapefile_and_is_picked_by_its_chinese_name(tmp_path, osm):
    here, there = shapely.geometry.shape(box(-300, -300, 600)), shapely.box(1, 1, 2, 2)
    path = shapefile(tmp_path, {"街道名称": ["学院路街道", "别处"]}, shapes=[here, there], name="b.shp", prj=False)
    folder = new_study(tmp_path / "new", osm, boundary=path, boundary_name="学院路街道")
    drawn = gpd.read_file(folder / "boundary.geojson").geometry[0]
    assert drawn.symmetric_difference(here).area < 1e-6 * here.area
