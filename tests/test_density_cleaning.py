"""Rows that are set aside, each with its reason."""

import pytest
from density_world import HERE, LUNCH, RULES, counted, five_riders, records, set_aside
from study_world import CELLS, geojson

from planner.density import count_deliveries, density


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (f",{HERE},外卖,r1", "下单时间", "no time is given"),
        (f"noon,{HERE},外卖,r1", "下单时间", "cannot be read"),
        (f"infinity,{HERE},外卖,r1", "下单时间", "cannot be read"),
        (f"2026-02-30 12:00:00,{HERE},外卖,r1", "下单时间", "cannot be read"),
        (f"1970-01-01 08:00:00,{HERE},外卖,r1", "下单时间", "2000 to 2099"),
        (f"2026-03-02,{HERE},外卖,r1", "下单时间", "time of day"),
        (f"{LUNCH},,36.66,外卖,r1", "经度, 纬度", "no position"),
        (f"{LUNCH},117.02,east,外卖,r1", "经度, 纬度", "not a number"),
        (f"{LUNCH},nan,36.66,外卖,r1", "经度, 纬度", "not a number"),
        (f"{LUNCH},0,0.0,外卖,r1", "经度, 纬度", "0, 0"),
        (f"{LUNCH},36.66,117.02,外卖,r1", "经度, 纬度", "swapped"),
        (f"{LUNCH},1170.2,36.66,外卖,r1", "经度, 纬度", "out of range"),
        (f"{LUNCH},2.35,48.86,外卖,r1", "经度, 纬度", "not in China"),
        (f"{LUNCH},{HERE},,r1", "业务类型", "no kind"),
        (f"{LUNCH},{HERE},跑腿,r1", "业务类型", "not known"),
        (f"{LUNCH},{HERE},外卖", "", "another number of cells"),
        (f"{LUNCH},{HERE},外卖,r1,,", "", "another number of cells"),
        (f'{LUNCH},{HERE},"外卖,r1', "", "another number of cells"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_reason_and_the_next_one_is_counted(tmp_path, row, column, reason):
    path = records(tmp_path / "r.csv", *five_riders(), row, "", *five_riders())
    ((number, about, said),) = set_aside(path, tmp_path)
    assert (number, about) == (7, column)
    assert reason in said
    assert counted(path) == {("lunch", "meals"): 10}


def test_what_was_set_aside_names_no_value_of_its_rows(tmp_path):
    path = records(tmp_path / "r.csv", f"张三,{HERE},外卖,secret", f"{LUNCH},{HERE},李四,secret")
    count_deliveries([path], RULES, set_aside=tmp_path / "aside.csv")
    text = (tmp_path / "aside.csv").read_text(encoding="utf-8-sig")
    assert len(text.splitlines()) == 3
    assert not any(secret in text for secret in ("张三", "李四", "secret", "117"))


def test_a_value_that_cannot_be_read_is_told_only_where_many_rows_share_it(tmp_path):
    rows = [f"{LUNCH},{HERE},生鲜,r{i}" for i in range(7)] + [f"{LUNCH},{HERE},张三,r1"]
    found = density([records(tmp_path / "r.csv", *rows, *five_riders())], RULES)
    assert found.unreadable == {"odd_kind": {"生鲜": 7}}
    assert found.set_aside == {"odd_kind": 8}


def test_full_width_digits_and_a_decimal_comma_are_numbers(tmp_path):
    path = records(tmp_path / "r.csv", f'{LUNCH},１１７．０２,"36,66",外卖,r1')
    assert counted(path) == {("lunch", "meals"): 1}


def test_rows_outside_the_boundary_are_set_aside(tmp_path):
    """Eleven metres inside and outside of the west edge of a box, which lies at 117° E."""
    edge = {"type": "Polygon", "coordinates": [[[117, 36], [118, 36], [118, 37], [117, 37], [117, 36]]]}
    (tmp_path / "b.geojson").write_text(geojson(({"name": "街道"}, edge)), encoding="utf-8")
    inside, outside = (f"{LUNCH},{lon},36.5,外卖,r1" for lon in (117.000_12, 116.999_88))
    path = records(tmp_path / "r.csv", inside, outside)
    ((number, column, reason),) = set_aside(path, tmp_path, boundary=tmp_path / "b.geojson", system="wgs84")
    assert (number, column) == (3, "经度, 纬度")
    assert "outside the boundary" in reason


def test_nothing_in_a_file_and_nothing_good_in_it_are_answers_too(tmp_path):
    for rows in ((), (f"{LUNCH},0,0,外卖,r1",) * 3):
        found = density([records(tmp_path / "r.csv", *rows)], RULES)
        assert (found.rows_read, found.rows_published, len(found.rows)) == (len(rows), 0, 0)
        assert list(found.rows) == CELLS.replace("cell_id,lon,lat,period", "cell_id,period,lon,lat").split(",")
