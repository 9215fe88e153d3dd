import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.intake.numbers import has_decimal_commas, read_numbers


def read(*texts, name="yearly_cost_yuan", factor=1.0):
    values, bad, remarks = read_numbers("t.csv", name, "费用", dict(enumerate(texts, start=2)), factor)
    return [None if math.isnan(v) else v for v in values.values()], bad, [r.key for r in remarks]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("１２．５", 12.5),
        (" 3000元", 3000),
        ("3000 元/年", 3000),
        ("￥3000", 3000),
        ("1.5万元", 15000),
        ("2万", 20000),
        ("500元/月", 6000),
        ("−5", -5),
        ("1e3", 1000),
        ("+7", 7),
    ],
)
def test_a_number_is_read_with_its_unit(text, number):
    values, bad, remarks = read(text)
    assert (values, bad) == ([number], {})
    assert remarks == (["unit_converted"] if "万" in text or "月" in text else [])


@pytest.mark.parametrize(
    "text",
    [
        "约200",
        "200左右",
        "3000美元",
        "$3000",
        "12-15",
        "1 2",
        "0x1F",
        "1_000",
        "nan",
        "两千",
        "3000㎡",
        "1,00,0",
        "1..2",
        "--1",
        "1e999",
        "50%",
    ],
)
def test_what_is_not_beyond_doubt_is_no_number(text):
    assert read(text) == ([None], {2: "not_a_number"}, [])


@pytest.mark.parametrize(
    ("name", "text", "number"),
    [
        ("area_m2", "12㎡", 12),
        ("area_m2", "12.5 平方米", 12.5),
        ("area_m2", "约12㎡", None),
        ("area_m2", "1亩", None),
        ("floor", "2层", 2),
        ("floor", "一层", 1),
        ("floor", "负一层", -1),
        ("floor", "B1", -1),
        ("floor", "-1F", -1),
        ("floor", "１楼", 1),
        ("lon", "116.35°", 116.35),
        ("lon", "东经116.35", 116.35),
        ("lon", "E116°21′0″", 116.35),
        ("lat", "39°54'36\"N", 39.91),
        ("lat", "39°54'36\"E", None),
        ("parcels_per_day", "120件/日", 120),
        ("parcels_per_day", "1.2万件", 12000),
    ],
)
def test_units_are_those_of_the_column(name, text, number):
    values, bad, _ = read(text, name=name)
    assert values == pytest.approx([number]) if number is not None else bad == {2: "not_a_number"}


def test_the_unit_in_a_columns_title_counts_where_a_cell_has_none():
    assert read("1.5", "2元", "3万", factor=10000)[0] == [15000, 2, 30000]


@pytest.mark.parametrize(
    ("texts", "name", "numbers", "key"),
    [
        (["1,234", "5"], "yearly_cost_yuan", [1234, 5], "commas_part"),
        (["1,234,567", "1,234"], "yearly_cost_yuan", [1234567, 1234], "commas_part"),
        (["1,234.5"], "yearly_cost_yuan", [1234.5], "commas_part"),
        (["3,5", "1,234"], "area_m2", [3.5, 1.234], "commas_decimal"),
        (["116,3512345", "116,35"], "lon", [116.3512345, 116.35], "commas_decimal"),
        (["395,123.5"], "lon", [395123.5], "commas_part"),
    ],
)
def test_commas_mean_one_thing_in_a_column_and_it_is_told_which(texts, name, numbers, key):
    values, bad, remarks = read(*texts, name=name)
    assert values == pytest.approx(numbers)
    assert bad == {}
    assert remarks == [key]


@pytest.mark.parametrize(
    ("texts", "name", "unclear"),
    [
        (["3,5", "1,234,567", "1,234"], "area_m2", {4}),
        (["3,5", "2.5", "1,234"], "area_m2", {4}),
        (["116,352"], "lon", {2}),
    ],
)
def test_a_comma_that_may_be_either_is_asked_about(texts, name, unclear):
    values, bad, _ = read(*texts, name=name)
    assert bad == dict.fromkeys(unclear, "comma_unclear")
    assert all(values[row - 2] is None for row in unclear)


@given(st.lists(st.floats(-1e12, 1e12), max_size=5))
def test_plain_numbers_come_back(numbers):
    values, bad, _ = read(*map(repr, numbers))
    assert values == numbers
    assert bad == {}


@given(st.integers(0, 10**12))
def test_thousands_come_back(number):
    values, bad, _ = read(f"{number:,}")
    assert (values, bad) == ([number], {})


def test_beside_decimal_commas_of_another_column_a_comma_that_may_be_either_is_asked_about():
    cells = {2: "1,234"}
    assert has_decimal_commas("lon", {2: "116,35"})
    assert not has_decimal_commas("lon", {2: "116,352", 3: "1.5"})
    _, bad, _ = read_numbers("t.csv", "area_m2", "面积", cells, 1.0, beside_decimal_commas=True)
    assert bad == {2: "comma_unclear"}
    _, bad, _ = read_numbers("t.csv", "area_m2", "面积", cells | {3: "1,234,567"}, 1.0, beside_decimal_commas=True)
    assert bad == {}
