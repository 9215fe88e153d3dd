import json
import zipfile

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from study_world import geojson
from test_shapefile import GOOD, shapefile
from workbooks import workbook

from planner.intake.map_files import open_shapes
from planner.intake.shapes import read_shapes
from planner.intake.tables import Column, read_table

SQUARE = shapely.box(116.0, 40.0, 116.1, 40.1)
FRAME = gpd.GeoDataFrame({"网格编码": ["001", "002"]}, geometry=[SQUARE, shapely.box(116.1, 40, 116.2, 40.1)], crs=4326)
CODE = [Column("grid_code", "code")]
POINTS = [Column("centre_id", "code"), Column("lon", "number"), Column("lat", "number")]


def keys(faults):
    return [fault.key for fault in faults]


@pytest.mark.parametrize("suffix", [".geojson", ".json", ".gpkg", ".parquet", ".GPKG", ".kml"])
def test_every_format_reads_the_same(tmp_path, suffix):
    path = tmp_path / f"网格{suffix}"
    if suffix == ".parquet":
        FRAME.to_parquet(path)
    else:
        FRAME.to_file(path, driver={".json": "GeoJSON", ".GPKG": "GPKG", ".kml": "LIBKML"}.get(suffix))
    frame, faults = read_shapes(path, "wgs84", CODE)
    assert faults == []
    assert frame["grid_code"].tolist() == ["001", "002"]
    assert shapely.hausdorff_distance(frame.geometry[1], FRAME.geometry[1]) < 1e-9


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_a_geojson_in_another_encoding_is_read_rightly(tmp_path, encoding):
    path = tmp_path / "z.geojson"
    path.write_bytes(geojson(({"网格编码": "001", "名称": "学院路街道"}, SQUARE.__geo_interface__)).encode(encoding))
    frame, faults = read_shapes(path, "wgs84", [*CODE, Column("name")])
    assert keys(faults) == ([] if encoding == "utf-8-sig" else ["read_as"])
    assert frame["name"].tolist() == ["学院路街道"]


def test_a_projected_geoparquet_and_a_geojson_with_a_crs_come_in_degrees(tmp_path):
    FRAME.to_crs(4548).to_parquet(tmp_path / "z.parquet")
    FRAME.to_crs(3857).to_file(tmp_path / "z.geojson")
    for name in ("z.parquet", "z.geojson"):
        frame, faults = open_shapes(tmp_path / name)
        assert faults == []
        assert shapely.hausdorff_distance(frame.geometry[1], SQUARE) < 1e-7


def test_a_parquet_without_shapes_is_told(tmp_path):
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "z.parquet")
    assert keys(open_shapes(tmp_path / "z.parquet")[1]) == ["shapes_unreadable"]


def test_of_several_layers_the_study_names_one(tmp_path):
    path = tmp_path / "z.gpkg"
    FRAME.to_file(path, layer="网格")
    FRAME[:1].to_file(path, layer="社区")
    _, (fault,) = open_shapes(path)
    assert fault.key == "several_layers"
    assert 'layer = "网格"' in fault.line("zh")
    assert len(open_shapes(path, layer="社区")[0]) == 1
    _, (fault,) = open_shapes(path, layer="河流")
    assert fault.key == "no_such_layer"
    assert "网格, 社区" in fault.line("en")


def zipped(path, *files, folder=""):
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            archive.write(file, folder + file.name)
    return path


def parts(path):
    return sorted(path.parent.glob(f"{path.stem}.*"))


@pytest.mark.parametrize("folder", ["", "数据/2026/"])
def test_a_zipped_shapefile_without_cpg_or_prj(tmp_path, folder):
    made = shapefile(tmp_path, GOOD, prj=False, name="网格.shp")
    path = zipped(tmp_path / "a.zip", *parts(made), folder=folder)
    frame, faults = read_shapes(path, "wgs84", [*CODE, Column("name")])
    assert keys(faults) == ["dbf_read_as"]
    assert faults[0].file == "a.zip"
    assert frame["name"].tolist() == GOOD["名称"]


def test_names_in_gbk_within_a_zip(tmp_path):
    one = shapefile(tmp_path, GOOD, name="grids.shp")
    two = shapefile(tmp_path, GOOD, name="areas.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for made, name in ((one, "\u7f51\u683c"), (two, "\u793e\u533a")):
            for file in parts(made):
                archive.writestr(zipfile.ZipInfo(f"{name}{file.suffix}"), file.read_bytes())
    _, (fault,) = open_shapes(tmp_path / "a.zip")
    assert (fault.key, fault.value) == ("several_layers", "社区, 网格")
    assert len(open_shapes(tmp_path / "a.zip", layer="社区")[0]) == 2


def test_a_zip_with_names_in_gbk_that_do_not_say_so(tmp_path):
    content = tmp_path / "z.geojson"
    content.write_text(geojson(({"name": "a"}, SQUARE.__geo_interface__)), encoding="utf-8")
    raw = "网格.geojson".encode("gbk")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("x" * len(raw)), content.read_bytes())
        archive.writestr(zipfile.ZipInfo("y.kml"), b"")
    path = tmp_path / "a.zip"
    path.write_bytes(path.read_bytes().replace(b"x" * len(raw), raw))
    _, (fault,) = open_shapes(path)
    assert set(fault.value.split(", ")) == {"y", "网格"}
    assert len(open_shapes(path, layer="网格")[0]) == 1


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda path: path.write_bytes(b"PK\x03\x04 cut off"), "shapes_unreadable"),
        (lambda path: path.write_bytes(b""), "shapes_unreadable"),
        (lambda path: zipfile.ZipFile(path, "w").close(), "zip_without_map"),
    ],
)
def test_an_archive_that_holds_no_map(tmp_path, make, key):
    make(tmp_path / "a.zip")
    assert keys(open_shapes(tmp_path / "a.zip")[1]) == [key]


def test_a_zip_that_would_write_elsewhere_or_swell_does_neither(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    with zipfile.ZipFile(home / "a.zip", "w") as archive:
        archive.writestr("../../evil.geojson", geojson(({"name": "a"}, SQUARE.__geo_interface__)))
    frame, faults = open_shapes(home / "a.zip")
    assert (len(frame), faults) == (1, [])
    assert [file.name for file in tmp_path.rglob("*")] == ["home", "a.zip"]
    with zipfile.ZipFile(home / "b.zip", "w") as archive:
        for i in range(2100):
            archive.writestr(f"{i}.txt", b"")
    assert keys(open_shapes(home / "b.zip")[1]) == ["shapes_unreadable"]


KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{folders}</Document></kml>"""
PLACEMARK = "<Placemark><name>{name}</name><Point><coordinates>{at}</coordinates></Point></Placemark>"


def test_points_and_folders_of_a_kml(tmp_path):
    marks = "".join(PLACEMARK.format(name=n, at=at) for n, at in (("甲", "116.35,39.98,0"), ("乙", "116.36,39.98")))
    path = tmp_path / "点位.kml"
    path.write_text(KML.format(folders=f"<Folder><name>驿站</name>{marks}</Folder>"), encoding="utf-8")
    table, faults = read_table(path, [Column("name"), *POINTS[1:]])
    assert faults == []
    assert table.to_dict("list") == {"name": ["甲", "乙"], "lon": [116.35, 116.36], "lat": [39.98, 39.98]}
    two = "".join(f"<Folder><name>{name}</name>{marks}</Folder>" for name in ("驿站", "柜"))
    path.write_text(KML.format(folders=two), encoding="utf-8")
    _, (fault,) = read_table(path, [Column("name"), *POINTS[1:]])
    assert (fault.key, fault.value) == ("several_layers", "驿站, 柜")
    assert read_table(path, [Column("name"), *POINTS[1:]], part="柜")[1] == []


def test_points_of_a_map_file_are_a_table(tmp_path):
    points = [shapely.Point(116.35, 39.98), shapely.MultiPoint([(116.36, 39.98)]), SQUARE, None]
    columns = {"编号": ["007", "008", "009", "010"], "经度": [1.0] * 4, "x": [2.0] * 4}
    gpd.GeoDataFrame(columns, geometry=points, crs=4326).to_file(tmp_path / "p.geojson")
    table, faults = read_table(tmp_path / "p.geojson", POINTS)
    assert table["centre_id"].tolist() == ["007", "008", "009", "010"]
    assert table["lon"].tolist()[:2] == [116.35, 116.36]
    assert {(f.row, f.key) for f in faults if f.column is None} == {(3, "not_a_point"), (4, "empty_point")}


def test_points_of_a_gbk_shapefile_are_a_table(tmp_path):
    path = shapefile(
        tmp_path,
        {"驿站编号": ["1", "2"], "驿站名称": ["甲", "乙"]},
        shapes=[shapely.Point(116.35, 40), shapely.Point(116.36, 40)],
    )
    table, faults = read_table(path, [*POINTS, Column("name")])
    assert keys(faults) == ["dbf_read_as"]
    assert table.loc[1].tolist() == ["1", 116.35, 40.0, "甲"]


@pytest.mark.parametrize("name", ["z.csv", "z.xlsx"])
def test_outlines_in_a_table(tmp_path, name):
    rows = [
        ["网格编码", "边界坐标"],
        ["001", SQUARE.wkt],
        ["002", "116.1,40;116.2,40;116.2,40.1;116.1,40.1"],
        ["003", "?"],
    ]
    if name.endswith("xlsx"):
        path = workbook(tmp_path / name, *rows)
    else:
        path = tmp_path / name
        path.write_text("\n".join(f'{code},"{shape}"' for code, shape in rows), encoding="utf-8")
    frame, faults = open_shapes(path)
    assert faults == []
    assert frame.geometry[1].equals(SQUARE)
    assert frame.geometry[2].area == pytest.approx(0.01)
    assert frame.geometry[3] is None
    assert keys(read_shapes(path, "wgs84", CODE)[1]) == ["empty_shape"]


def test_corners_at_zero_are_told(tmp_path):
    path = tmp_path / "z.geojson"
    path.write_text(json.dumps(shapely.Polygon([(0, 0), (116, 40), (116.1, 40)]).__geo_interface__), encoding="utf-8")
    assert [(f.row, f.key) for f in open_shapes(path)[1]] == [(1, "shape_at_zero")]


def test_no_format_that_we_write_is_a_shapefile():
    """A Chinese column name would be cut in mid-character and the file be lost to its reader."""
    from pathlib import Path

    import planner
    from planner.report.write import FORMATS

    assert not {"shp", "shapefile"} & set(FORMATS)
    for path in Path(planner.__file__).parent.rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        if "to_file(" in code or "write_dataframe(" in code:
            assert 'driver="GPKG"' in code or 'driver="GeoJSON"' in code, path.name
    assert pyogrio.list_drivers()["GPKG"]
