"""What each file is taken for."""

import io
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shared_data import shared_data
from study_world import study_files
from upload_world import added, roles, village

from planner.intake.uploads import (
    change_upload,
    could_be,
)


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
    assert set(could_be(upload.parts[0])) == {"cells", "grid_totals", "centres", "hosts", "appeals", "checkins"}
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
