"""Shapefiles that were written by pyogrio itself and then spoilt as offices spoil them."""

import warnings

import geopandas as gpd
import pyogrio
import pytest
import shapely

from planner.intake.map_files import open_shapes
from planner.intake.shapes import read_shapes
from planner.intake.tables import Column

SQUARES = [shapely.box(116 + i / 10, 40, 116.1 + i / 10, 40.1) for i in range(2)]
GRIDS = [Column("grid_code", "code", unique=True), Column("name"), Column("community_code", "code")]


def shapefile(tmp_path, columns, *, encoding="GBK", cpg=None, prj=True, shapes=SQUARES, name="网格.shp"):
    """``cpg`` is the text of the .cpg, none where ``None``."""
    path = tmp_path / name
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are cut short
        pyogrio.write_dataframe(frame, path, encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg, encoding="ascii")
    if not prj:
        path.with_suffix(".prj").unlink()
    dbf = bytearray(path.with_suffix(".dbf").read_bytes())
    dbf[29] = 0  # the byte that would say the language
    path.with_suffix(".dbf").write_bytes(dbf)
    return path


GOOD = {"网格编码": ["001", "002"], "名称": ["学院路第一网格", "五道口网格"], "社区编码": ["1", "1"]}


@pytest.mark.parametrize("cpg", [None, "GBK", "936", "UTF-8", "ISO-8859-1"])
@pytest.mark.parametrize("prj", [True, False])
def test_gbk_is_read_as_gbk_whatever_the_file_says_of_itself(tmp_path, cpg, prj):
    path = shapefile(tmp_path, GOOD, cpg=cpg, prj=prj)
    if cpg is None:
        assert "学院路第一网格" not in pyogrio.read_dataframe(path).to_numpy()  # mojibake, without an error
    frame, faults = read_shapes(path, "wgs84", GRIDS)
    assert [f for f in faults if f.is_error] == []
    assert [f.key for f in faults] == ([] if cpg in ("GBK", "936") else ["dbf_read_as"])
    assert frame["name"].tolist() == GOOD["名称"]
    assert frame["grid_code"].tolist() == ["001", "002"]
    assert frame.geometry[1].equals(SQUARES[1])


@pytest.mark.parametrize("cpg", [None, "UTF-8"])
def test_utf8_is_read_as_utf8_with_and_without_a_cpg(tmp_path, cpg):
    path = shapefile(tmp_path, {"名称": ["学院路", "五道口"]}, encoding="UTF-8", cpg=cpg)
    frame, faults = read_shapes(path, "wgs84", [Column("name")])
    assert frame["name"].tolist() == ["学院路", "五道口"]
    assert [f.key for f in faults] == ([] if cpg else ["dbf_read_as"])


def test_a_column_name_cut_in_mid_character_is_read(tmp_path):
    """Ten bytes hold three characters of UTF-8 and a third of the fourth: pyogrio cannot read what it wrote."""
    columns = {"网格编码": ["001", "002"], "网格名称": ["甲", "乙"], "所属社区编码": ["1", "1"]}
    path = shapefile(tmp_path, columns, encoding="UTF-8", cpg="UTF-8")
    with pytest.raises(UnicodeDecodeError):
        pyogrio.read_dataframe(path)
    frame, faults = open_shapes(path)
    assert faults == []
    assert next(name for name in frame.columns if name != "geometry") == "网格编"
    named, faults = read_shapes(path, "wgs84", [Column("community_code", "code")])
    assert faults == []
    assert named["community_code"].tolist() == ["1", "1"]


def test_names_cut_until_they_are_alike_are_asked_about(tmp_path):
    """网格编码 and 网格编号 both become 网格编, as a name of the grids' code."""
    path = shapefile(tmp_path, {"网格编码": ["1", "2"], "网格编号": ["3", "4"]}, encoding="UTF-8", cpg="UTF-8")
    _, faults = read_shapes(path, "wgs84", [Column("grid_code", "code")])
    assert [f.key for f in faults] == ["columns_compete"]


def test_our_own_names_cut_to_ten_letters_are_known(tmp_path):
    path = shapefile(tmp_path, {"grid_code": ["1", "2"], "name": ["a", "b"], "community_code": ["7", "8"]}, cpg="GBK")
    frame, faults = read_shapes(path, "wgs84", GRIDS)
    assert [f for f in faults if f.is_error] == []
    assert frame["community_code"].tolist() == ["7", "8"]


def test_a_text_cut_in_mid_character_loses_half_a_character_and_no_more(tmp_path):
    path = shapefile(tmp_path, {"名称": ["网" * 100, "乙"]}, encoding="UTF-8")
    frame, _ = read_shapes(path, "wgs84", [Column("name")])
    assert set(frame["name"][0]) == {"网"}
    assert 80 <= len(frame["name"][0]) <= 100
    assert frame["name"][1] == "乙"


def test_codes_in_a_column_of_numbers_keep_every_digit(tmp_path):
    columns = {"网格编码": [110108001001001, 110108001001002], "面积": [1.5, 2.0]}
    frame, _ = open_shapes(shapefile(tmp_path, columns))
    assert frame["网格编码"].tolist() == ["110108001001001", "110108001001002"]
    assert frame["面积"].tolist() == ["1.5", "2"]


def test_records_that_were_deleted_are_not_read(tmp_path):
    path = shapefile(tmp_path, GOOD)
    dbf = bytearray(path.with_suffix(".dbf").read_bytes())
    dbf[int.from_bytes(dbf[8:10], "little")] = ord("*")  # the first byte of the first record
    path.with_suffix(".dbf").write_bytes(dbf)
    frame, faults = read_shapes(path, "wgs84", [Column("grid_code", "code")])
    assert [f for f in faults if f.is_error] == []
    assert frame["grid_code"].tolist() == ["002"]
    assert frame.geometry[0].equals(SQUARES[1])


def test_a_shx_that_is_missing_is_made_and_nothing_is_written_beside_the_file(tmp_path):
    path = shapefile(tmp_path, GOOD)
    path.with_suffix(".shx").unlink()
    before = sorted(file.name for file in tmp_path.iterdir())
    frame, faults = read_shapes(path, "wgs84", GRIDS)
    assert [f for f in faults if f.is_error] == []
    assert frame.geometry[1].equals(SQUARES[1])
    assert sorted(file.name for file in tmp_path.iterdir()) == before


def test_without_its_table_it_is_shapes_alone(tmp_path):
    path = shapefile(tmp_path, GOOD)
    path.with_suffix(".dbf").unlink()
    frame, faults = read_shapes(path, "wgs84", [])
    assert [f.key for f in faults] == ["no_dbf"]
    assert len(frame) == 2


@pytest.mark.parametrize(
    ("spoil", "key"),
    [
        (lambda dbf: dbf[: len(dbf) - 200], "dbf_length"),
        (lambda _: b"", "shapes_unreadable"),
        (lambda _: bytes(400), "shapes_unreadable"),
        (lambda dbf: dbf.replace("名称".encode("gbk"), b"\xff\xff\xff\xff"), "dbf_encoding"),
    ],
    ids=["cut off", "empty", "zeros", "of no encoding"],
)
def test_a_damaged_table_is_a_fault(tmp_path, spoil, key):
    path = shapefile(tmp_path, GOOD)
    table = path.with_suffix(".dbf")
    table.write_bytes(spoil(table.read_bytes()))
    frame, faults = open_shapes(path)
    assert [f.key for f in faults] == [key]
    assert frame.empty
    assert faults[0].line("zh") != faults[0].line("en")


def test_taiwans_big5_is_read_where_the_file_says_so(tmp_path):
    path = shapefile(tmp_path, {"名稱": ["中關村街道辦事處", "海淀區"]}, encoding="CP950", cpg="BIG5")
    frame, faults = open_shapes(path)
    assert faults == []
    assert frame["名稱"].tolist() == ["中關村街道辦事處", "海淀區"]
