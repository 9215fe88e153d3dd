import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from planner.hours import DAY_MIN, OpenHours, minute_of_day, open_minutes, read_hours, span_minutes

MINUTES = st.integers(0, DAY_MIN)


def written(minute):
    return f"{minute // 60:02d}:{minute % 60:02d}"


@pytest.mark.parametrize(("text", "minute"), [("00:00", 0), ("8:05", 485), (" 08:30 ", 510), ("24:00", 1440)])
def test_a_time_of_day(text, minute):
    assert minute_of_day(text) == minute


@pytest.mark.parametrize("text", ["", "8", "24:01", "12:60", "-1:00", "8.30", "12:00:00", "99:00", "noon", "8:5"])
def test_what_is_no_time_of_day(text):
    with pytest.raises(ValueError, match="is not a time of day such as 08:30"):
        minute_of_day(text)


def test_a_span_holds_its_first_minute_and_not_its_last():
    is_open = open_minutes("08:30-17:30")
    assert is_open.sum() == 9 * 60
    assert not is_open[509]
    assert is_open[510]
    assert is_open[1049]
    assert not is_open[1050]


def test_a_night_runs_past_midnight():
    is_open = open_minutes("22:00-06:00")
    assert is_open.sum() == 8 * 60
    assert is_open[0]
    assert is_open[1439]
    assert not is_open[360]


def test_several_spans_join_and_may_overlap():
    assert open_minutes("08:00-12:00;14:00-18:00").sum() == 8 * 60
    assert open_minutes("08:00-12:00; 11:00-13:00").sum() == 5 * 60


def test_always_open():
    assert open_minutes("00:00-24:00").all()


@pytest.mark.parametrize("text", ["08:00-08:00", "00:00-00:00", "24:00-24:00", "24:00-00:00"])
def test_a_span_without_length_is_not_read_as_a_day_or_as_nothing(text):
    with pytest.raises(ValueError, match="write 00:00-24:00 for the whole day"):
        open_minutes(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "08:00",
        "08:00-",
        "-20:00",
        "08:00-12:00-14:00",
        "8-20",
        "约8点到晚上",
        "夏季8:00-18:00",
        "开放",
        "早8点半以后",
    ],
)
def test_what_cannot_be_read_is_an_error(text):
    with pytest.raises(ValueError, match="is not a"):
        open_minutes(text)


@settings(deadline=None)
@given(MINUTES, MINUTES)
def test_a_span_and_its_opposite_fill_the_day_once(start, end):
    if start % DAY_MIN == end % DAY_MIN:
        return
    day = span_minutes(written(start), written(end))
    night = span_minutes(written(end), written(start))
    assert (day ^ night).all()
    assert day.sum() == (end - start) % DAY_MIN or (start, end) == (0, DAY_MIN)


@settings(deadline=None)
@given(st.text(max_size=20))
def test_no_text_is_read_as_never_open(text):
    try:
        is_open = open_minutes(text)
    except ValueError:
        return
    assert is_open.any()


def test_a_setting_of_hours_is_checked_by_pydantic():
    hours = TypeAdapter(OpenHours)
    assert hours.validate_python("08:00-20:00") == "08:00-20:00"
    with pytest.raises(ValidationError) as caught:
        hours.validate_python("all day")
    assert caught.value.errors()[0]["type"] == "open_hours"
    assert "'all day' is not a span" in caught.value.errors()[0]["msg"]


def spans(text, day=0):
    """The spans of one day, 0 for Monday, as they would be written."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], read_hours(text).week[day].astype(int), [0]])))
    return ";".join(f"{written(a)}-{written(b)}" for a, b in edges.reshape(-1, 2))


@pytest.mark.parametrize(
    ("text", "monday", "sunday"),
    [
        ("24小时", "00:00-24:00", "00:00-24:00"),
        ("全天", "00:00-24:00", "00:00-24:00"),
        ("全天24小时开放", "00:00-24:00", "00:00-24:00"),
        ("7×24小时", "00:00-24:00", "00:00-24:00"),
        ("8:00-20:00", "08:00-20:00", "08:00-20:00"),
        ("08:00～20:00（周末除外）", "08:00-20:00", ""),
        ("除周末外 8:30-17:30", "08:30-17:30", ""),
        ("工作日9:00-17:30", "09:00-17:30", ""),
        ("工作日（8:00-18:00）", "08:00-18:00", ""),
        ("8:00-18:00（工作日）", "08:00-18:00", ""),
        ("周一至周五 08:30-12:00,13:00-17:30", "08:30-12:00;13:00-17:30", ""),
        ("周一到五9:00~21:00", "09:00-21:00", ""),
        ("周一至周五8:00-18:00；周末9:00-12:00", "08:00-18:00", "09:00-12:00"),
        ("周一至周五8:00-18:00，周六日休息", "08:00-18:00", ""),
        ("星期一至星期日 6:00-22:00", "06:00-22:00", "06:00-22:00"),
        ("周六、日9:00-17:00", "", "09:00-17:00"),
        ("9:00-17:00（周一闭馆）", "", "09:00-17:00"),
        ("9:00-17:00，法定节假日除外", "09:00-17:00", "09:00-17:00"),
        ("8：30—17：30", "08:30-17:30", "08:30-17:30"),
        ("８：３０－１７：３０", "08:30-17:30", "08:30-17:30"),
        ("8.30-17.30", "08:30-17:30", "08:30-17:30"),
        ("08:00:00-20:00:00", "08:00-20:00", "08:00-20:00"),
        ("8点-20点", "08:00-20:00", "08:00-20:00"),
        ("8时30分至17时", "08:30-17:00", "08:30-17:00"),
        ("早8点到晚8点半", "08:00-20:30", "08:00-20:30"),
        ("上午8:30-12:00，下午2:00-5:30", "08:30-12:00;14:00-17:30", "08:30-12:00;14:00-17:30"),
        ("9:00-12:00 14:00-17:00", "09:00-12:00;14:00-17:00", "09:00-12:00;14:00-17:00"),
        ("9:00-17:30，午休12:00-14:00", "09:00-12:00;14:00-17:30", "09:00-12:00;14:00-17:30"),
        ("9:00-17:30（中午不休）", "09:00-17:30", "09:00-17:30"),
        ("22:00-次日6:00", "00:00-06:00;22:00-24:00", "00:00-06:00;22:00-24:00"),
        ("晚上10:00-6:00", "00:00-06:00;22:00-24:00", "00:00-06:00;22:00-24:00"),
        ("开放时间：8:00至18:00", "08:00-18:00", "08:00-18:00"),
        ("08:00-20:00;", "08:00-20:00", "08:00-20:00"),
    ],
)
def test_what_offices_write(text, monday, sunday):
    assert (spans(text), spans(text, day=6)) == (monday, sunday)


@pytest.mark.parametrize(
    "text",
    [
        "周一至周五 9:00-17:00;周六",
        "周一 9:00-17:00 休息",
        "8:00-12:00午休14:00-17:00",
        "9:00-17:00，午休",
        "夏季8:00-19:00，冬季8:30-18:00",
        "5月1日-10月1日 8:00-20:00",
        "8:00-20:00（电话预约）",
        "不定时",
        "25:00-26:00",
        "8:75-9:00",
    ],
)
def test_what_leaves_a_doubt_is_not_read(text):
    with pytest.raises(ValueError, match="is not a"):
        read_hours(text)


def test_a_normal_working_day_is_what_most_of_the_five_are():
    assert open_minutes("周一至周三9:00-17:00;周四周五9:00-12:00").sum() == 8 * 60
    assert open_minutes("9:00-17:00（周一闭馆）").sum() == 8 * 60
    assert open_minutes("周一、周二 9:00-17:00").sum() == 0
    assert open_minutes("周末10:00-16:00").sum() == 0
    assert open_minutes("工作日9:00-17:30；周末10:00-16:00").sum() == 8.5 * 60


@pytest.mark.parametrize("text", ["工作日开放", "周末休息", "周一至周五"])
def test_days_without_times_are_no_hours_but_say_which_days(text):
    hours = read_hours(text)
    assert not hours.stated
    assert [bool(day.any()) for day in hours.week] == [True] * 5 + [False] * 2
    with pytest.raises(ValueError, match="add times"):
        open_minutes(text)


def test_whether_all_days_are_alike():
    assert read_hours("8:00-20:00").on_all_days
    assert read_hours("法定节假日除外，8:00-20:00").on_all_days
    assert not read_hours("工作日8:00-20:00").on_all_days
    assert not read_hours("工作日8:00-20:00；周末9:00-20:00").on_all_days


@pytest.mark.parametrize(
    ("text", "open_at", "shut_at"),
    [
        (
            "周一至周五 22:00-06:00",
            ["二 05:59", "五 23:00", "六 05:59"],
            ["一 05:59", "六 06:00", "六 22:00", "日 03:00"],
        ),
        ("周六 20:00-次日2:00", ["六 23:59", "日 01:59"], ["六 01:00", "日 02:00"]),
        ("周日 22:00-06:00", ["日 22:00", "一 05:59"], ["日 05:59", "一 06:00"]),
        ("22:00-06:00（周日休息）", ["六 23:00", "日 05:59", "一 22:00"], ["日 22:00", "一 05:59"]),
        ("周五 8:00-次日8:00", ["五 08:00", "六 07:59"], ["五 07:59", "六 08:00"]),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_starts(text, open_at, shut_at):
    week = read_hours(text).week
    for wanted, moments in ((True, open_at), (False, shut_at)):
        for moment in moments:
            day, clock = moment.split()
            assert week["一二三四五六日".index(day), minute_of_day(clock)] == wanted, moment
