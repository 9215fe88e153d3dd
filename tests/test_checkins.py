"""Check-ins as offices send them: as a file of a study, and handed over by itself."""

import datetime

import pandas as pd
import pytest
from study_world import places, study_files, write_study
from upload_world import added, roles, village
from workbooks import workbook

from planner import load_study
from planner.errors import StudyError
from planner.intake.checkins import read_checkins
from planner.intake.uploads import check_draft

CENTRES = pd.DataFrame(
    {"centre_id": ["001", "S2", "S3", "S4"], "name": ["一号驿站", "河东 换电柜", "党群驿站", "党群驿站"]}
)
TODAY = datetime.date(2024, 7, 1)


def read(tmp_path, content, name="签到.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_checkins(path, CENTRES, today=TODAY)


def faults(tmp_path, content, name="签到.csv"):
    with pytest.raises(StudyError) as caught:
        read(tmp_path, content, name)
    return [(fault.row, fault.key) for fault in caught.value.faults], caught.value


@pytest.mark.parametrize(
    "content",
    [
        "日期,站点编号,人次\n2024-05-02,001,7\n2024-05-01,S2,3\n",
        "date,station_id,check_ins\n2024/5/2,001,7\n20240501,S2,3\n",
        "签到日期,驿站,签到人次（人次）\n2024年5月2日,一号驿站,7\n2024.5.1 00:00,河东换电柜,3\n",
        "打卡日期,站点名称,站点编号,打卡次数\n2024-05-02,甲,1,7\n2024-05-01,乙,S2,3.0\n",
        "2024 年签到汇总,,\n日期,站点,人次\n2024-05-02,1,7\n2024-05-01,S2,3\n合计,,10\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_headings_dates_and_names_as_they_are_written(tmp_path, content, encoding):
    found = read(tmp_path, content.encode(encoding))
    assert found["date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-05-01", "2024-05-02"]
    assert found["centre_id"].tolist() == ["S2", "001"]
    assert found["checkins"].tolist() == [3, 7]
    assert found["checkins"].dtype == "int64"


def test_a_workbook_with_real_dates(tmp_path):
    day = datetime.date(2024, 5, 1)
    path = workbook(tmp_path / "签到.xlsx", ["日期", "站点", "人次"], [day, "S2", 4], [day, 1, 2.0])
    found = read_checkins(path, CENTRES, today=TODAY)
    assert found.to_numpy().tolist() == [[pd.Timestamp(day), "001", 2], [pd.Timestamp(day), "S2", 4]]


def test_all_faults_are_told_at_once(tmp_path):
    content = (
        "日期,站点,人次\n2024-05-01,S9,3\n5月2日,S2,3\n2024-05-03,S2,-1\n2024-05-04,S2,1.5\n2024-07-02,S2,1\n"
        "2024-05-05,S2,1\n2024-05-05,河东换电柜,2\n2024-05-06,党群驿站,2\n,S2,2\n2024-05-08,,2\n2024-05-09,S2,许多\n"
        "2024-02-30,S2,1\n"
    )
    found, error = faults(tmp_path, content)
    assert sorted(found) == sorted(
        [
            (2, "unknown_station"),
            (3, "not_a_date"),
            (4, "too_low"),
            (5, "not_whole"),
            (6, "date_in_future"),
            (8, "checkins_doubled"),
            (9, "station_unclear"),
            (10, "empty_value"),
            (11, "empty_value"),
            (12, "not_a_number"),
            (13, "not_a_date"),
        ]
    )
    for language in ("zh", "en"):
        assert all(fault.problem(language) for fault in error.faults)
    assert "001 一号驿站" in next(fault for fault in error.faults if fault.key == "unknown_station").problem("zh")


def test_the_last_day_may_be_today(tmp_path):
    assert len(read(tmp_path, "日期,站点,人次\n2024-07-01,S2,0\n")) == 1


@pytest.mark.parametrize(
    ("content", "key"),
    [("", "empty_file"), ("日期,站点,人次\n", "no_rows"), ("日期,站点\n2024-05-01,S2\n", "missing_column")],
)
def test_a_file_that_holds_nothing(tmp_path, content, key):
    assert key in [fault for _, fault in faults(tmp_path, content)[0]]


SETTINGS = study_files()["study.toml"].replace("hosts =", 'checkins = { path = "checkins.csv" }\nhosts =')


def test_as_a_file_of_the_study(tmp_path):
    rows = "日期,站点,人次\n2024-05-02,S1,7\n2024-05-01,一号驿站,3\n"
    study = load_study(write_study(tmp_path, study_toml=SETTINGS, checkins_csv=rows))
    assert study.checkins["checkins"].tolist() == [3, 7]
    assert [(source.role, source.rows) for source in study.sources if source.role == "checkins"] == [("checkins", 2)]


def test_a_study_without_check_ins_has_none(tmp_path):
    checkins = load_study(write_study(tmp_path)).checkins
    assert checkins.empty
    assert list(checkins.columns) == ["date", "centre_id", "checkins"]


def test_faults_of_the_study_hold_those_of_its_check_ins(tmp_path):
    rows = "日期,站点,人次\n2024-05-02,S7,7\n2024-05-01,S1,-3\n"
    with pytest.raises(StudyError) as caught:
        load_study(write_study(tmp_path, study_toml=SETTINGS, checkins_csv=rows))
    expected = [("checkins.csv", 2, "station", "unknown_station"), ("checkins.csv", 3, "人次", "too_low")]
    assert sorted(places(caught.value.faults)) == expected


def test_an_empty_file_of_the_study_is_a_fault(tmp_path):
    with pytest.raises(StudyError) as caught:
        load_study(write_study(tmp_path, study_toml=SETTINGS, checkins_csv="日期,站点,人次\n"))
    assert places(caught.value.faults) == [("checkins.csv", None, None, "no_rows")]


def test_an_upload_is_told_by_its_columns_and_needs_no_system(draft):
    draft = added(draft, *village(), ("七月.csv", "日期,站点编号,人次\n2024-05-02,S1,7\n".encode()))
    assert roles(draft)["七月.csv"] == "checkins"
    upload = draft.by_role["checkins"]
    assert not upload.has_position
    told = check_draft(draft).files["七月.csv"]
    assert (told.faults, told.question, told.rows) == ((), None, 1)
