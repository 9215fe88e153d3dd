"""Columns with persons in them."""

import pytest
from density_world import HEADER, HERE, LUNCH, RULES, counted, five_riders, records, rules
from study_world import places

from planner.density import count_deliveries, density
from planner.errors import ArgumentError, RecordsError


@pytest.mark.parametrize(
    "column",
    [
        "收件人",
        "骑手姓名",
        "联系电话",
        "收货地址",
        "订单编号",
        "运单号",
        "身份证号",
        "车牌",
        "order_id",
        "phone",
        "user_name",
        "设备ID",
    ],
)
def test_a_column_with_a_personal_name_is_refused_unless_dropped(tmp_path, column):
    path = records(tmp_path / "r.csv", *(f"{row},x" for row in five_riders()), header=f"{HEADER},{column}")
    with pytest.raises(RecordsError) as error:
        count_deliveries([path], RULES)
    assert places(error.value.faults) == [("r.csv", None, column, "personal_column")]
    assert f"--drop {column}" in str(error.value)
    assert counted(path, drop=[column]) == {("lunch", "meals"): 5}


@pytest.mark.parametrize(
    "value",
    ["13812345678", "请打 138 后缀13812345678", "+86-13812345678", "11010519491231002X", "a.b@c.cn", "鲁A12345"],
)
def test_a_column_with_an_innocent_name_is_refused_for_what_it_holds(tmp_path, value):
    rows = [f"{row},{'好' if i else value}" for i, row in enumerate(five_riders())]
    with pytest.raises(RecordsError) as error:
        count_deliveries([records(tmp_path / "r.csv", *rows, header=f"{HEADER},评价")], RULES)
    assert places(error.value.faults) == [("r.csv", None, "评价", "personal_column")]


def test_a_column_of_names_is_told_by_surnames(tmp_path):
    people = ["王伟", "李娜", "张**", "刘某某", "陈静"]
    rows = [f"{row},{name}" for row, name in zip(five_riders(), people, strict=True)]
    with pytest.raises(RecordsError):
        count_deliveries([records(tmp_path / "r.csv", *rows, header=f"{HEADER},组别")], RULES)


@pytest.mark.parametrize("column", ["网格编码", "商圈ID", "配送距离", "天气", "社区名称"])
def test_columns_of_areas_and_amounts_are_no_matter(tmp_path, column):
    values = ["370102001", "370102002", "12345678901234", "晴", "110105194912310021"]  # the last: a wrong check digit
    rows = [f"{row},{value}" for row, value in zip(five_riders(), values, strict=True)]
    assert counted(records(tmp_path / "r.csv", *rows, header=f"{HEADER},{column}")) == {("lunch", "meals"): 5}


def test_riders_must_be_pseudonyms(tmp_path):
    rows = [f"{LUNCH},{HERE},外卖,1381234567{i}" for i in range(5)]
    with pytest.raises(RecordsError) as error:
        count_deliveries([records(tmp_path / "r.csv", *rows)], RULES)
    assert places(error.value.faults) == [("r.csv", None, "骑手编号", "rider_in_clear")]


def test_without_riders_it_must_be_said_that_deliveries_count_in_their_place(tmp_path):
    far = "117.12,36.66"
    rows = [f"{LUNCH},{HERE},外卖"] * 5 + [f"{LUNCH},{far},外卖"] * 6 + [f"{LUNCH},{HERE},快递"] * 4
    path = records(tmp_path / "r.csv", *rows, header="时间,经度,纬度,类型")
    with pytest.raises(ArgumentError, match="--no-rider"):
        density([path], rules(rider=None))
    found = density([path], rules(rider=None, counted="deliveries"))
    # Four parcels alone may not be told, nor found by subtraction: the smallest other figure is withheld with them.
    assert found.rows[["meals_per_day", "parcels_per_day"]].to_numpy().tolist() == [[6.0, 0.0]]
    assert (found.rows_published, found.rows_withheld, found.figures_withheld) == (6, 9, 2)


def test_a_rider_without_a_number_counts_as_none(tmp_path):
    rows = [*five_riders()[:4], f"{LUNCH},{HERE},外卖,", f"{LUNCH},{HERE},外卖,"]
    with pytest.raises(ArgumentError, match="5"):
        density([records(tmp_path / "r.csv", *rows)], RULES)
