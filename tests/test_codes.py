import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.intake.codes import read_codes


def read(*cells, known=None):
    codes, bad, remarks = read_codes("t.csv", "网格编码", dict(enumerate(cells, start=2)), known=known)
    return list(codes.values()), bad, [remark.key for remark in remarks]


def test_zeros_come_back_where_other_codes_of_the_column_kept_theirs():
    assert read("001", "2", "13", "A7") == (["001", "002", "013", "A7"], {}, ["zeros_back"])


def test_zeros_come_back_where_the_codes_there_are_tell_them():
    assert read("1", "2", "110", known=["001", "002", "110"]) == (["001", "002", "110"], {}, ["zeros_back"])


def test_a_code_that_might_be_two_is_not_guessed():
    codes, bad, remarks = read("1", known=["001", "01"])
    assert (codes, bad, remarks) == (["1"], {2: "unknown_code"}, [])


def test_a_code_whose_zeros_would_make_it_another_is_a_fault():
    assert read("003", "3") == (["003", "3"], {3: "code_clash"}, [])


@pytest.mark.parametrize("cells", [("01", "001", "2"), ("001", "2", "1234")])
def test_codes_of_several_lengths_are_left_as_they_are(cells):
    assert read(*cells)[:2] == (list(cells), {})


def test_lengths_that_differ_are_told_where_zeros_may_be_lost():
    assert read("99010", "1099010")[2] == ["zeros_unclear"]
    assert read(*map(str, range(1, 121)))[2] == []  # running numbers
    assert read("110108001001", "110108001002")[2] == []


@pytest.mark.parametrize(
    ("cell", "code"),
    [("'001", "001"), ("１１０", "110"), ("110108.0", "110108"), (" 甲-7 ", "甲-7"), ("A.0", "A.0")],
)
def test_what_a_spreadsheet_puts_to_a_code_is_taken_off(cell, code):
    assert read(cell)[0] == [code]


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("1.10108E+14", "code_rounded"),
        ("1.10108001001E+17", "code_rounded"),
        ("1月2日", "code_is_date"),
        ("2-Jan", "code_is_date"),
        ("2026-01-02", "code_is_date"),
    ],
)
def test_a_code_that_excel_destroyed_is_a_fault(cell, key):
    assert read("110108001001001", cell)[1] == {3: key}


@given(st.sets(st.integers(1, 999), min_size=2, max_size=30))
def test_whatever_zeros_were_lost_come_back_by_the_codes_there_are(numbers):
    known = [f"{number:04d}" for number in numbers]
    codes, bad, _ = read(*map(str, numbers), known=known)
    assert (codes, bad) == (known, {})
