import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from planner.hours import DAY_MIN, OpenHours, minute_of_day, open_minutes, span_minutes

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
