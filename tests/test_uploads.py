"""A study made of uploads: what comes in, what each file is taken for, what is told before all of them are there."""

import gc
import io
import os
import stat
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from osm_world import BEIJING, degrees_at
from shared_data import shared_data
from study_world import HOSTS, lon_lat, study_files, table

from planner import load_study
from planner.crs import from_wgs84
from planner.intake.uploads import (
    Draft,
    PrivateFolder,
    accepting,
    add_uploads,
    can_be_estimated,
    change_upload,
    check_draft,
    could_be,
    estimate_missing,
    remove_upload,
    write_study_file,
)
from planner.intake.uploads.accepting import accept_upload, safe_name

DEMO = Path(__file__).parent.parent / "data" / "demo"


@pytest.fixture
def draft() -> Iterator[Draft]:
    home = PrivateFolder()
    yield Draft(home.path, name="小村")
    home.remove()


def packed(members: dict[str, bytes | str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def village(**changes: str) -> list[tuple[str, bytes]]:
    """The files of the tiny study but study.toml; ``hosts_csv="…"`` changes one."""
    given = {name.rpartition("_")[0] + "." + name.rpartition("_")[2]: text for name, text in changes.items()}
    return [(name, text.encode()) for name, text in (study_files() | given).items() if name != "study.toml"]


def added(draft: Draft, *files: tuple[str, bytes]) -> Draft:
    draft, refused = add_uploads(draft, files)
    assert not refused
    return draft


def confirmed(draft: Draft, system: str = "wgs84") -> Draft:
    uploads = [replace(upload, crs=system) if upload.has_position else upload for upload in draft.uploads]
    return replace(draft, uploads=tuple(uploads))


def roles(draft: Draft) -> dict[str, str | None]:
    return {upload.file: upload.role for upload in draft.uploads}


def keys(faults) -> list[str]:
    return [fault.key for fault in faults]


# The folder.


def test_the_folder_is_entered_by_this_user_alone_and_has_a_name_of_its_own():
    one, other = PrivateFolder(), PrivateFolder()
    assert one.path != other.path
    assert len(one.path.name) > len("planner-") + 6
    if os.name == "posix":
        assert stat.S_IMODE(one.path.stat().st_mode) == 0o700
    one.remove()
    other.remove()


def test_the_folder_goes_with_the_session():
    home = PrivateFolder()
    path = home.path
    (path / "hosts.csv").write_text("x", encoding="utf-8")
    del home
    gc.collect()
    assert not path.exists()


# Names.


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("hosts.csv", "hosts.csv"),
        ("驿站 2024（新）.xlsx", "驿站 2024（新）.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\a.csv", "a.csv"),
        ("/abs/olute.csv", "olute.csv"),
        ("C:\\x\\a.csv", "a.csv"),
        ("CON.csv", "_CON.csv"),
        ("lpt1", "_lpt1"),
        ("console.csv", "console.csv"),
        ("a\0b\n.csv", "a_b_.csv"),
        ("a:b*?.csv", "a_b__.csv"),
        ("..", "_"),
        ("", "_"),
        (".hidden.csv", "hidden.csv"),
        ("a.csv. ", "a.csv"),
    ],
)
def test_a_name_is_made_safe(name, safe):
    assert safe_name(name) == safe


@given(st.text(max_size=400))
def test_whatever_the_name_it_names_a_file_in_the_folder(name):
    safe = safe_name(name)
    assert safe == Path(safe).name
    assert safe not in ("", ".", "..")
    assert len(safe.encode()) <= 255
    assert not set(safe) & set('<>:"/\\|?*\0')
    assert safe_name(safe) == safe


@given(st.text(min_size=200, max_size=400, alphabet="街道网格ab"))
def test_a_long_name_keeps_its_ending(stem):
    assert safe_name(f"{stem}.geojson").endswith(".geojson")


# What is refused.


def refused(name: str, content: bytes) -> str:
    files, faults = accept_upload(name, content)
    assert not files
    (fault,) = faults
    for language in ("zh", "en"):
        assert fault.line(language)
    return fault.key


@pytest.mark.parametrize("name", ["a.exe", "a.vrt", "a.py", "a", "a.gml", "a.csv.lnk"])
def test_other_kinds_of_files_are_refused(name):
    assert refused(name, b"x") == "upload_suffix"


def test_an_empty_file_is_refused():
    assert refused("a.csv", b"") == "empty_file"


@pytest.mark.parametrize("name", ["a.geojson", "a.kml", "a.gpkg", "a.shp", "a.parquet", "a.zip", "a.osm"])
def test_a_file_that_points_to_others_is_refused_whatever_it_is_called(name):
    content = b"OGRVRTDataSource"
    disguised = b"<OGRVRTDataSource><OGRVRTLayer><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>"
    assert refused(name, content) == "upload_other_content"
    if name != "a.osm":
        assert refused(name, disguised) == "upload_other_content"


def test_a_kml_with_such_a_source_within_is_refused():
    assert refused("a.kml", b"<OGRVRTDataSource><!-- <kml> --></OGRVRTDataSource>") == "upload_other_content"


@pytest.mark.parametrize("member", ["../evil.csv", "/evil.csv", "a/../../evil.csv", "..\\evil.csv", "C:/evil.csv"])
def test_an_archive_that_leads_outside_is_refused_whole(member):
    assert refused("a.zip", packed({"good.csv": "a,b", member: "x"})) == "upload_zip_outside"


def test_an_archive_with_a_link_is_refused():
    link = zipfile.ZipInfo("passwords.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert refused("a.zip", content.getvalue()) == "upload_zip_outside"


@pytest.mark.parametrize("name", ["a.zip", "a.xlsx", "a.kmz"])
def test_an_archive_that_swells_is_refused_before_it_is_unpacked(name, monkeypatch):
    bomb = packed({"xl/a.csv": b"0" * 2_000_000})
    monkeypatch.setattr(accepting, "MOST_MB_UNPACKED", 1)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("unpacked"))
    assert refused(name, bomb) == "upload_zip_too_large"


def test_an_archive_that_lies_about_its_size_is_refused():
    content = packed({"a.csv": b"0" * 3_000_000})
    lie = struct.pack("<I", 10)
    lying = content.replace(struct.pack("<I", 3_000_000), lie)
    assert refused("a.zip", lying) == "upload_zip_unreadable"


def test_an_archive_of_very_many_files_is_refused(monkeypatch):
    monkeypatch.setattr(accepting, "_MOST_MEMBERS", 3)
    assert refused("a.zip", packed({f"{i}.csv": "x" for i in range(4)})) == "upload_zip_too_large"


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(accepting, "MOST_MB_A_FILE", 1)
    assert refused("a.csv", b"x" * 1_000_001) == "upload_too_large"


def test_what_is_too_much_in_all_is_refused_and_a_file_may_still_be_replaced(draft, monkeypatch):
    monkeypatch.setattr(accepting, "MOST_MB_UNPACKED", 1)
    draft = added(draft, ("a.csv", b"x,y\n" * 150_000))
    draft, faults = add_uploads(draft, [("b.csv", b"x,y\n" * 150_000)])
    assert [(fault.file, fault.key) for fault in faults] == [("b.csv", "upload_too_much")]
    assert list(roles(draft)) == ["a.csv"]
    added(draft, ("a.csv", b"x,y\n" * 200_000))


def test_a_damaged_archive_is_refused():
    content = packed({"a.csv": "a,b\n" * 1000})
    assert refused("a.zip", content[: len(content) // 2]) == "upload_zip_unreadable"


def test_an_archive_in_an_archive_is_refused_and_the_rest_taken():
    files, faults = accept_upload("a.zip", packed({"b.zip": packed({"c.csv": "x"}), "d.csv": "x"}))
    assert list(files) == ["d.csv"]
    assert keys(faults) == ["upload_zip_in_zip"]


def test_an_archive_without_anything_to_use_is_told():
    assert refused("a.zip", packed({"readme.md": "x"})) == "upload_zip_empty"


def test_the_folder_around_all_members_is_left_out():
    files, faults = accept_upload("a.zip", packed({"街道/a.csv": "x", "街道/deep/b.csv": "y", "街道/说明.pdf": "z"}))
    assert not faults
    assert set(files) == {"a.csv", "deep-b.csv"}


def test_a_kmz_is_the_kml_in_it():
    files, _ = accept_upload("格.kmz", packed({"doc.kml": "<kml></kml>", "icon.png": "x"}))
    assert files == {"格.kml": b"<kml></kml>"}


# What each file is taken for.


def test_each_file_of_a_study_is_told_by_its_columns(draft):
    files = [(f"{i}{Path(name).suffix}", text) for i, (name, text) in enumerate(village())]
    draft = added(draft, *files)
    of_name = {name: role for (name, _), role in zip(village(), roles(draft).values(), strict=True)}
    expected = {name: name.partition(".")[0] for name, _ in village()}
    assert of_name == expected
    assert not draft.missing


def test_chinese_columns_and_names_are_told_too(draft):
    grid = "网格编码,单量,件量\n1,2,3\n"
    appeals = "工单编号,经度,纬度,问题类型,受理时间,状态\n1,116,40,停车难,2024-01-01,未办结\n"
    draft = added(draft, ("统计.csv", grid.encode("gb18030")), ("表.csv", appeals.encode("gb18030")))
    assert roles(draft) == {"统计.csv": "grid_totals", "表.csv": "appeals"}


def test_what_cannot_be_told_is_left_to_the_planner(draft):
    draft = added(draft, ("x.csv", "甲,乙\n1,2\n".encode()))
    (upload,) = draft.uploads
    assert upload.role is None
    assert set(could_be(upload.parts[0])) == {"cells", "grid_totals", "centres", "hosts", "appeals"}
    assert draft.missing == ("boundary", "grids", "streets", "centres", "hosts", "demand")


def test_the_sheet_that_fits_is_chosen_and_another_can_be(draft):
    book = io.BytesIO()
    with pd.ExcelWriter(book) as writer:
        pd.DataFrame({"说明": ["甲"]}).to_excel(writer, sheet_name="封面", index=False)
        pd.read_csv(io.StringIO(study_files()["hosts.csv"])).to_excel(writer, sheet_name="2026", index=False)
        pd.read_csv(io.StringIO(study_files()["centres.csv"])).to_excel(writer, sheet_name="现状", index=False)
    draft = added(draft, ("表.xlsx", book.getvalue()))
    (upload,) = draft.uploads
    assert (upload.part, upload.role, [part.name for part in upload.parts]) == (
        "2026",
        "hosts",
        ["封面", "2026", "现状"],
    )
    assert upload.entry().sheet == "2026"
    (other,) = change_upload(draft, "表.xlsx", part="现状").uploads
    assert (other.role, other.entry().sheet) == ("centres", "现状")


def test_the_layer_that_fits_is_chosen(draft, tmp_path):
    path = tmp_path / "图.gpkg"
    for name in ("communities", "grids"):
        source = tmp_path / f"{name}.geojson"
        source.write_text(study_files()[f"{name}.geojson"], encoding="utf-8")
        gpd.read_file(source).to_file(path, layer=name, driver="GPKG")
    draft = added(draft, ("图.gpkg", path.read_bytes()))
    (upload,) = draft.uploads
    assert (upload.role, upload.entry().layer) == ("grids", "grids")


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


# Checks before all is there.


def test_faults_are_told_by_row_while_other_files_are_missing(draft):
    hosts = table(HOSTS, f"H1,小卖部,castle,{lon_lat(100, 0)},1,很大,72000,08:00-22:00")
    draft = added(draft, ("hosts.csv", hosts.encode()))
    check = check_draft(draft)
    assert not check.is_placed
    told = check.files["hosts.csv"]
    assert [(fault.row, fault.column, fault.key) for fault in told.faults] == [
        (2, "kind", "unknown_name"),
        (2, "area_m2", "not_a_number"),
    ]
    assert told.question is not None
    assert told.evidence is None


def test_faults_of_place_are_told_once_the_boundary_is_there(draft):
    hosts = table(HOSTS, f"H1,小卖部,shop,{lon_lat(9000, 0)},1,60,72000,08:00-22:00")
    draft = confirmed(added(draft, *[f for f in village(hosts_csv=hosts) if f[0] in ("hosts.csv", "boundary.geojson")]))
    check = check_draft(draft)
    assert check.is_placed
    assert keys(check.files["hosts.csv"].faults) == ["far_away"]
    assert not check.files["boundary.geojson"].faults


def test_a_whole_study_is_checked_as_a_whole(draft):
    totals = "grid_code,meals_per_day\nW,3\nX,4\n"
    files = [file for file in village() if file[0] != "cells.csv"]
    draft = confirmed(added(draft, *files, ("totals.csv", totals.encode())))
    check = check_draft(draft)
    assert keys(check.files["totals.csv"].faults) == ["unknown_code"]
    assert not check.is_clean
    mended = confirmed(added(draft, ("totals.csv", b"grid_code,meals_per_day\nW,3\nE,4\n")))
    told = check_draft(mended).files["totals.csv"]
    assert "unknown_code" not in keys(told.faults)


def test_a_missing_column_is_assigned_or_filled(draft):
    hosts = table("代号,称呼,kind,lon,lat,area_m2,yearly_cost_yuan,open_hours",
                  f"H1,小卖部,shop,{lon_lat(100, 0)},60,72000,08:00-22:00")  # fmt: skip
    draft = added(draft, *village(hosts_csv=hosts))
    draft = confirmed(change_upload(draft, "hosts.csv", role="hosts"))
    missing = {str(fault.column) for fault in check_draft(draft).files["hosts.csv"].faults}
    assert missing == {"host_id", "name", "floor"}
    said = {"columns": {"host_id": "代号", "name": "称呼"}, "fill": {"floor": "1"}}
    draft = change_upload(draft, "hosts.csv", **said)
    assert check_draft(draft).is_clean
    write_study_file(draft)
    hosts_read = load_study(draft.folder).hosts
    assert hosts_read[["host_id", "name", "floor"]].to_numpy().tolist() == [["H1", "小卖部", 1]]


# Coordinates.


def in_gcj02(name: str) -> bytes:
    frame = pd.read_csv(DEMO / name, dtype=str)
    lon, lat = from_wgs84(frame["lon"].astype(float).to_numpy(), frame["lat"].astype(float).to_numpy(), "gcj02")
    return frame.assign(lon=lon.round(7), lat=lat.round(7)).to_csv(index=False).encode()


@pytest.fixture(scope="module")
def demo_in_gcj02() -> list[tuple[str, bytes]]:
    names = ("boundary.geojson", "grids.geojson", "streets.osm", "cells.csv", "centres.csv")
    return [*((name, (DEMO / name).read_bytes()) for name in names), ("hosts.csv", in_gcj02("hosts.csv"))]


def test_the_system_of_each_file_is_proposed_with_its_evidence(draft, demo_in_gcj02):
    draft = added(draft, *demo_in_gcj02)
    check = check_draft(draft)
    told = {file: each.proposed for file, each in check.files.items() if each.question is not None}
    assert told == {
        "boundary.geojson": "wgs84",
        "grids.geojson": "wgs84",
        "cells.csv": "wgs84",
        "centres.csv": "wgs84",
        "hosts.csv": "gcj02",
    }
    best, *others = check.files["hosts.csv"].evidence.placings
    assert best.system == "gcj02"
    assert best.inside_share > 0.98
    assert all(best.inside_share > other.inside_share for other in others)
    sure = check_draft(change_upload(draft, "hosts.csv", crs="gcj02")).files["hosts.csv"]
    assert sure.question is None
    assert sure.evidence.placings[0].system == "gcj02"


def test_a_system_that_the_points_contradict_is_told_though_it_was_confirmed(draft, demo_in_gcj02):
    draft = change_upload(confirmed(added(draft, *demo_in_gcj02)), "hosts.csv", crs="wgs84")
    told = check_draft(draft).files["hosts.csv"]
    assert "crs_contradicted" in keys(told.remarks)


def test_a_replaced_file_is_to_be_confirmed_anew_and_keeps_the_rest(draft):
    draft = confirmed(added(draft, *village()))
    draft = change_upload(draft, "hosts.csv", estimated=True)
    hosts = dict(village())["hosts.csv"]
    draft = added(draft, ("hosts.csv", hosts.replace("小卖部".encode(), "报刊亭".encode())))
    of_file = {upload.file: upload for upload in draft.uploads}
    assert of_file["hosts.csv"].crs is None
    assert of_file["hosts.csv"].estimated
    assert of_file["centres.csv"].crs == "wgs84"


def test_a_file_in_metres_is_not_at_fault_before_the_place_is_known(draft):
    lon, lat = zip(*degrees_at(BEIJING, [(-300, -300), (300, -300), (300, 300)]), strict=True)
    x, y = from_wgs84(lon, lat, "cgcs2000_gk_117")
    corners = ", ".join(f"{a:.2f} {b:.2f}" for a, b in [*zip(x, y, strict=True), (x[0], y[0])])
    draft = added(draft, ("网格.csv", f'网格编码,名称,社区编码,几何\n1,a,1,"POLYGON (({corners}))"\n'.encode()))
    told = check_draft(draft).files["网格.csv"]
    assert roles(draft) == {"网格.csv": "grids"}
    assert not told.faults


# The study.


def test_a_draft_becomes_the_study_that_its_files_make(draft):
    draft = confirmed(added(draft, *village()))
    assert check_draft(draft).is_clean
    write_study_file(draft)
    study = load_study(draft.folder)
    assert study.name.zh == "小村"
    assert len(study.cells) == 2
    assert list(study.scenarios) == ["base"]
    assert set(study.scenarios["base"].services) == set(study.catalog.services)


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


def test_a_study_file_cannot_name_files_of_the_server(draft):
    toml = study_files()["study.toml"].replace('"hosts.csv"', '"/etc/passwd"')
    draft = added(draft, ("a.zip", packed(study_files() | {"study.toml": toml})))
    assert draft.by_role["hosts"].file == "hosts.csv"
    write_study_file(confirmed(draft))
    assert "passwd" not in (draft.folder / "study.toml").read_text(encoding="utf-8")


def test_a_study_file_with_faults_is_told_and_the_files_are_kept(draft):
    draft = added(draft, ("a.zip", packed(study_files() | {"study.toml": "name = 1\n[files]\n"})))
    check = check_draft(draft)
    assert check.settings
    assert not check.is_clean
    assert not draft.missing
    draft = added(draft, ("study.toml", study_files()["study.toml"].encode()))
    assert check_draft(draft).is_clean
    assert draft.by_role["hosts"].crs == "wgs84"


def test_a_catalog_with_faults_is_told(draft):
    draft = added(draft, *village(), ("catalog.toml", b"[services]\n"))
    assert {fault.file for fault in check_draft(draft).settings} == {"catalog.toml"}


def test_two_files_of_one_role_are_told(draft):
    draft = added(draft, *village(), ("more_hosts.csv", dict(village())["hosts.csv"]))
    assert draft.doubled == ("hosts",)
    assert draft.by_role["hosts"].file == "hosts.csv"


# Estimates.


def test_what_is_missing_can_be_estimated_from_the_map_and_is_marked(draft):
    files = dict(village())
    draft = added(draft, ("streets.osm", files["streets.osm"]), ("boundary.geojson", files["boundary.geojson"]))
    assert can_be_estimated(draft) == ()  # while the boundary's system is open
    draft = confirmed(draft)
    assert can_be_estimated(draft) == ("grids", "centres", "hosts", "cells")
    draft = estimate_missing(draft, "zh")
    assert not draft.missing
    assert check_draft(draft).is_clean
    write_study_file(draft)
    study = load_study(draft.folder)
    assert set(study.estimated_roles) == {"grids", "hosts", "cells"}
    assert study.centres.empty
    origin = next(source.origin for source in study.sources if source.role == "cells")
    assert "streets.osm" in origin.zh


def test_the_estimates_stand_where_the_confirmed_boundary_is(draft):
    """A boundary in GCJ-02 is half a kilometre away if it is read as WGS-84."""
    files = dict(village())
    frame = gpd.read_file(io.BytesIO(files["boundary.geojson"]))
    moved = frame.transform(lambda xy: np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], "gcj02")))
    boundary = gpd.GeoDataFrame(geometry=moved, crs=4326).to_json().encode()
    draft = confirmed(added(draft, ("streets.osm", files["streets.osm"]), ("boundary.geojson", boundary)), "gcj02")
    draft = estimate_missing(draft, "zh")
    cells = pd.read_csv(draft.folder / "estimated-cells.csv")
    (west, south), (east, north) = degrees_at(BEIJING, [(-310, -310), (310, 310)])
    assert cells["lon"].between(west, east).all()
    assert cells["lat"].between(south, north).all()


def test_without_an_extract_nothing_is_estimated(draft):
    files = dict(village())
    assert can_be_estimated(confirmed(added(draft, ("boundary.geojson", files["boundary.geojson"])))) == ()


# Real files.


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("stations/zhengzhou_rider_stations_gcj02.csv", "centres"),
        ("stations/shenzhen_ev_chargers_gcj02.csv", None),
        ("zones/beijing_streets.geojson", None),
        ("osm/haidian_xueyuanlu/haidian_xueyuanlu.osm.pbf", "streets"),
        ("osm/haidian_xueyuanlu/haidian_xueyuanlu.osm", "streets"),
        ("roads/shenzhen_futian_drive.graphml", "streets"),
    ],
)
def test_real_files_are_taken_for_what_they_are(draft, name, role):
    path = shared_data(name)
    assert roles(added(draft, (path.name, path.read_bytes()))) == {path.name: role}


def test_a_real_shapefile_of_roads_comes_in_its_loose_parts(draft):
    shared_data("roads/jinan/edges.shp")
    paths = sorted(shared_data("roads/jinan").glob("edges.*"))
    draft = added(draft, *[(path.name, path.read_bytes()) for path in paths])
    assert roles(draft) == {"edges.shp": "streets"}


def test_a_real_extract_alone_becomes_a_study_of_estimates(draft):
    path = shared_data("osm/haidian_xueyuanlu/haidian_xueyuanlu.osm.pbf")
    draft = estimate_missing(added(draft, (path.name, path.read_bytes())), "zh")
    assert check_draft(draft).is_clean
    write_study_file(draft)
    study = load_study(draft.folder)
    assert set(study.estimated_roles) == {"boundary", "grids", "hosts", "cells"}
    assert len(study.hosts) > 50
