import pytest
import shapely
from osm_world import BEIJING, degrees_at
from study_world import STUDY_TOML, places, write_study
from study_world import study_files as village_files
from test_map_files import parts, zipped
from test_shapefile import shapefile

from planner import load_study
from planner.catalog import load_catalog, shipped_catalog
from planner.errors import MissingFileError, StudyError
from planner.intake.beside import files_beside
from planner.store import open_store, study_files


def faults_of(folder):
    with pytest.raises(StudyError) as caught:
        study_files(folder)
    return places(caught.value.faults)


def test_the_files_are_those_that_study_toml_names_and_the_catalog(tmp_path):
    folder = write_study(tmp_path / "小村")
    (folder / "notes.docx").write_bytes(b"not part of the study")
    found = study_files(folder)
    assert found == {name: text.encode() for name, text in village_files().items()} | {
        "catalog.toml": shipped_catalog()
    }


def test_a_study_s_own_catalog_goes_with_it(tmp_path):
    own = shipped_catalog() + b"\n# ours\n"
    assert study_files(write_study(tmp_path / "小村", catalog_toml=own))["catalog.toml"] == own


def test_a_shapefile_goes_with_all_that_belongs_to_it_and_a_zip_as_it_is(tmp_path):
    said = STUDY_TOML.replace("grids.geojson", "maps/grids.SHP").replace("restricted.geojson", "./restricted.zip")
    folder = write_study(tmp_path / "小村", study_toml=said)
    (folder / "maps").mkdir()
    for suffix in ("SHP", "shx", "DBF", "prj", "cpg", "csv", "sbn"):
        (folder / "maps" / f"grids.{suffix}").write_bytes(suffix.encode())
    (folder / "maps" / "grids2.dbf").write_bytes(b"of another")
    (folder / "restricted.zip").write_bytes(b"packed")
    found = study_files(folder)
    assert sorted(name for name in found if name.startswith("maps/")) == [
        f"maps/grids.{suffix}" for suffix in ("DBF", "SHP", "cpg", "prj", "shx")
    ]
    assert found["restricted.zip"] == b"packed"
    assert "grids.geojson" not in found


def test_what_belongs_to_other_kinds_of_map(tmp_path):
    for name in ("a.tab", "a.DAT", "a.map", "a.id", "a.csv", "b.mif", "b.mid", "c.gml", "c.xsd"):
        (tmp_path / name).touch()
    beside = {name: [p.name for p in files_beside(tmp_path / name)] for name in ("a.tab", "b.mif", "c.gml", "a.csv")}
    assert beside == {"a.tab": ["a.DAT", "a.id", "a.map"], "b.mif": ["b.mid"], "c.gml": ["c.xsd"], "a.csv": []}


def test_files_that_are_missing_or_lie_elsewhere_are_all_told(tmp_path):
    outside = tmp_path / "secret.csv"
    outside.write_text("not to be saved")
    said = STUDY_TOML.replace('"cells.csv"', '"../secret.csv"').replace('"hosts.csv"', f"'{outside}'")
    folder = write_study(tmp_path / "小村", study_toml=said, centres_csv=None)
    assert faults_of(folder) == [
        ("study.toml", None, "files.cells.path", "file_elsewhere"),
        ("centres.csv", None, None, "no_such_file"),
        ("study.toml", None, "files.hosts.path", "file_elsewhere"),
    ]


def test_a_folder_without_a_study_is_told(tmp_path):
    with pytest.raises(MissingFileError):
        study_files(tmp_path)


def test_a_study_is_read_from_the_store_as_from_its_folder(place, tmp_path):
    folder = write_study(tmp_path / "小村")
    with open_store(place) as store:
        saved = store.save_study("小村", study_files(folder), saved_by="王工")
        kept = store.study_folder(saved.id, tmp_path / "cache")
        assert store.save_study("小村", study_files(kept), saved_by="李工") == saved
    here, there = load_study(folder), load_study(kept)
    for frame in ("cells", "grids", "centres", "hosts", "restricted"):
        assert getattr(here, frame).equals(getattr(there, frame))
    assert (here.catalog, here.scenarios, here.sources) == (there.catalog, there.scenarios, there.sources)


def test_a_study_of_shapefiles_is_read_from_the_store_as_from_its_folder(tmp_path):
    """Its grids are a shapefile in GBK without .cpg, whose table would be lost without its .dbf; its roads a zip."""
    grids = load_study(write_study(tmp_path / "plain")).grids.to_crs(4326)
    said = STUDY_TOML.replace("grids.geojson", "网格.shp").replace("streets.osm", "roads.zip")
    folder = write_study(tmp_path / "小村", study_toml=said, streets_osm=None, grids_geojson=None)
    columns = {"网格编码": ["W", "E"], "名称": ["西网格", "东网格"], "社区编码": ["1", "1"]}
    shapefile(folder, columns, shapes=list(grids.geometry))
    lines = [shapely.LineString(degrees_at(BEIJING, line)) for line in ([(-300, 0), (300, 0)], [(0, -300), (0, 300)])]
    roads = shapefile(tmp_path, {"道路等级": ["次干道", "支路"]}, shapes=lines, name="roads.shp")
    zipped(folder / "roads.zip", *parts(roads))
    with open_store(tmp_path / "saved") as store:
        saved = store.save_study("小村", study_files(folder), saved_by="王工")
        there = load_study(store.study_folder(saved.id, tmp_path / "cache"))
    assert there.grids["name"].tolist() == ["西网格", "东网格"]
    assert there.grids.equals(load_study(folder).grids)
    assert sorted(there.streets.edges["highway"]) == ["secondary", "tertiary"]


def test_a_saved_study_keeps_its_figures_when_the_shipped_ones_change(place, tmp_path, monkeypatch):
    folder = write_study(tmp_path / "小村")
    with open_store(place) as store:
        saved = store.save_study("小村", study_files(folder), saved_by="王工")
        before = load_catalog()
        changed = shipped_catalog().replace(b"standard_m = 500", b"standard_m = 650")
        monkeypatch.setattr("planner.catalog.whole.shipped_catalog", lambda: changed)
        assert load_study(folder).catalog.services["rest_station"].standard_m == 650
        assert load_study(store.study_folder(saved.id, tmp_path / "cache")).catalog == before
