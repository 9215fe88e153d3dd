import csv
import io

import pytest
from openpyxl import load_workbook

from planner.errors import ArgumentError, Fault, OutputError
from planner.report.fault_table import write_fault_table

FAULTS = [
    Fault("=危险.csv", "not_a_number", 2, "面积", "=1+1"),
    Fault("hosts.csv", "duplicate", 3, "编号", "007"),
    Fault("hosts.csv", "code_rounded", 4, "编号", "110108001001001"),
    Fault("hosts.csv", "point_outside", 5, values={"distance_m": 12.0}, severity="remark"),
    Fault("hosts.csv", "not_a_number", 6, "+cmd", "@SUM(A1)\x07"),
]


def rows_of(path):
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    return [list(row) for row in load_workbook(path).active.iter_rows(values_only=True)]


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".XLSX"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_row_a_fault_in_the_language_asked_for(tmp_path, suffix, language):
    path = tmp_path / "new" / f"faults{suffix}"
    write_fault_table(path, FAULTS, language)
    header, *rows = rows_of(path)
    assert header[:3] == (["文件", "行", "列"] if language == "zh" else ["File", "Row", "Column"])
    assert len(rows) == len(FAULTS)
    assert rows[1][1:3] == ["3", "编号"]
    assert rows[3][5] == ("提示" if language == "zh" else "remark")
    assert rows[1][4] == FAULTS[1].problem(language)


def test_a_workbook_keeps_formulas_and_codes_as_text(tmp_path):
    path = tmp_path / "f.xlsx"
    write_fault_table(path, FAULTS, "zh")
    page = load_workbook(path).active
    cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert page["A2"].value == "=危险.csv"
    assert page["A2"].quotePrefix
    assert page["D3"].value == "007"
    assert page["D6"].value == "@SUM(A1)"


def test_a_csv_has_an_apostrophe_before_what_a_spreadsheet_would_change(tmp_path):
    path = tmp_path / "f.csv"
    write_fault_table(path, FAULTS, "zh")
    rows = rows_of(path)[1:]
    assert rows[0][0] == "'=危险.csv"
    assert [row[3][:4] for row in rows] == ["'=1+", "'007", "'110", "", "'@SU"]
    assert rows[4][2] == "'+cmd"


def test_another_suffix_and_a_place_that_cannot_be_written_are_errors(tmp_path):
    with pytest.raises(ArgumentError, match=r"\.xlsx \.csv"):
        write_fault_table(tmp_path / "f.docx", FAULTS, "zh")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError):
        write_fault_table(tmp_path / "file" / "f.csv", FAULTS, "zh")
