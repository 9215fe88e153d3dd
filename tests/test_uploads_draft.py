"""A draft: files come, are replaced, wait for each other and are removed."""

import geopandas as gpd
from shared_data import shared_data
from study_world import study_files
from upload_world import added, confirmed, keys, packed, roles, village

from planner.intake.uploads import (
    accepting,
    add_uploads,
    change_upload,
    remove_upload,
    write_study_file,
)


def test_what_is_too_much_in_all_is_refused_and_a_file_may_still_be_replaced(draft, monkeypatch):
    monkeypatch.setattr(accepting, "MOST_MB_UNPACKED", 1)
    draft = added(draft, ("a.csv", b"x,y\n" * 150_000))
    draft, faults = add_uploads(draft, [("b.csv", b"x,y\n" * 150_000)])
    assert [(fault.file, fault.key) for fault in faults] == [("b.csv", "upload_too_much")]
    assert list(roles(draft)) == ["a.csv"]
    added(draft, ("a.csv", b"x,y\n" * 200_000))


def test_the_parts_of_a_shapefile_come_in_any_order_and_wait_for_each_other(draft, tmp_path):
    source = tmp_path / "grids.geojson"
    source.write_text(study_files()["grids.geojson"], encoding="utf-8")
    gpd.read_file(source)[["grid_code", "name", "geometry"]].to_file(tmp_path / "格.shp", encoding="utf-8")
    parts = {path.suffix: (path.name, path.read_bytes()) for path in tmp_path.glob("格.*")}
    draft = added(draft, parts[".dbf"], parts[".shx"])
    assert draft.lone == ("格.dbf", "格.shx")
    assert not draft.uploads
    draft = added(draft, parts[".shp"], parts[".prj"])
    assert not draft.lone
    assert roles(draft) == {"格.shp": "grids"}
    alone = added(remove_upload(draft, "格.shp"), parts[".shp"])
    assert list(alone.folder.iterdir()) == [alone.folder / "格.shp"]
    assert alone.uploads[0].role is None
    assert roles(added(alone, parts[".dbf"])) == {"格.shp": "grids"}


def test_a_map_file_that_cannot_be_read_is_told_and_replaced(draft):
    draft = added(draft, ("g.geojson", b"{broken"))
    assert keys(draft.uploads[0].faults) == ["shapes_unreadable"]
    draft = added(draft, ("g.geojson", study_files()["grids.geojson"].encode()))
    assert not draft.uploads[0].faults
    assert roles(draft) == {"g.geojson": "grids"}


def test_a_replaced_file_is_to_be_confirmed_anew_and_keeps_the_rest(draft):
    draft = confirmed(added(draft, *village()))
    draft = change_upload(draft, "hosts.csv", estimated=True)
    hosts = dict(village())["hosts.csv"]
    draft = added(draft, ("hosts.csv", hosts.replace("小卖部".encode(), "报刊亭".encode())))
    of_file = {upload.file: upload for upload in draft.uploads}
    assert of_file["hosts.csv"].crs is None
    assert of_file["hosts.csv"].estimated
    assert of_file["centres.csv"].crs == "wgs84"


def test_a_study_file_cannot_name_files_of_the_server(draft):
    toml = study_files()["study.toml"].replace('"hosts.csv"', '"/etc/passwd"')
    draft = added(draft, ("a.zip", packed(study_files() | {"study.toml": toml})))
    assert draft.by_role["hosts"].file == "hosts.csv"
    write_study_file(confirmed(draft))
    assert "passwd" not in (draft.folder / "study.toml").read_text(encoding="utf-8")


def test_a_real_shapefile_of_roads_comes_in_its_loose_parts(draft):
    shared_data("roads/jinan/edges.shp")
    paths = sorted(shared_data("roads/jinan").glob("edges.*"))
    draft = added(draft, *[(path.name, path.read_bytes()) for path in paths])
    assert roles(draft) == {"edges.shp": "streets"}
