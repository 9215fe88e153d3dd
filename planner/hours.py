"""Opening hours as they are written, and the periods of the day, in minutes after midnight.

Planning counts one day, a normal working day: Monday to Friday without a holiday. A text may say more (weekends,
holidays, a closing day), and what it says is kept as it is written; a minute counts as open where it is on most of the
five working days.

Spans are joined by ``;`` or a comma; ``22:00-06:00`` runs past midnight, into the day after its own; ``00:00-24:00``,
``24小时`` and ``全天`` never shut. Days may stand before the spans they are for
(``周一至周五 9:00-17:30; 周六 9:00-12:00``, ``工作日9:00-17:30``) or behind them in brackets
(``08:00～20:00（周末除外）``).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

DAY_MIN = 24 * 60
_WEEK: Final = 7
_WORKING_DAYS: Final = 5
_TIME = re.compile(r"(\d{1,2}):(\d{2})")

_DAY_NAMES: Final = "一二三四五六日"
_DAYS_OF_WORD: Final = {
    **dict.fromkeys(("法定工作日", "工作日", "上班日"), (0, 1, 2, 3, 4)),
    **dict.fromkeys(("周末", "双休日", "双休", "休息日"), (5, 6)),
    **dict.fromkeys(("国家法定节假日", "法定节假日", "节假日", "法定假日", "假日"), ()),
    **dict.fromkeys(("全年无休", "全年", "每天", "每日", "天天"), (0, 1, 2, 3, 4, 5, 6)),
}
_DAY: Final = rf"(?:周|星期|礼拜)?[{_DAY_NAMES}天]"
_NAMED_DAY: Final = rf"(?:周|星期|礼拜)[{_DAY_NAMES}天]"


def _clock(which: str) -> str:
    """A time of day: ``8:30``, ``8.30``, ``8点``, ``8时30分``, ``8点半``, ``下午2:00``, ``次日6:00``, a bare hour."""
    return (
        rf"(?P<next_{which}>次日|第二天|翌日)?(?P<half_{which}>上午|早上|早晨|早|中午|下午|晚上|晚间|晚|夜间|夜里|凌晨)?"
        rf"(?P<hour_{which}>\d{{1,2}})(?:(?P<mark_{which}>[:.](?P<minute_{which}>\d\d)(?::00)?"
        rf"|[点时](?P<part_{which}>\d{{1,2}}(?=分)|\d\d|半|整)?分?))?(?![\d:])"
    )


_TOKEN: Final = re.compile(
    "|".join(
        [
            r"(?P<always>全天候?|7[*x×]24|24[*x×]7|24/7|24(?:小时|hours|h))",
            rf"(?P<span>{_clock('from')}(?:-+|~+|至|到){_clock('to')})",
            rf"(?P<run>{_NAMED_DAY}(?:[-~至到]){_DAY})",
            rf"(?P<list>{_NAMED_DAY}(?:[、,和及]?{_DAY}(?![点时]))*)",
            rf"(?P<word>{'|'.join(sorted(_DAYS_OF_WORD, key=len, reverse=True))})",
            r"(?P<lunch>午休|午间休息|中午休息)(?:时间)?",
            r"(?P<nothing>(?:中午|午间)?(?:不休息?|不打烊|不间断)|照常|开放|营业|服务|可用|运营|对外|免费|时间|均|为|逢|每|及|和|小时|[:。.])",
            r"(?P<shut>除外|休息|不开放|不营业|闭馆|关闭|停业|不开门|休)",
            r"(?P<clause>;)",
            r"(?P<comma>[,、/()\[\]【】|])",
        ]
    ),
    re.IGNORECASE,
)
_SIGNS: Final = str.maketrans(dict.fromkeys("—–―‐‑−", "-") | dict.fromkeys("～〜∼", "~") | {"∶": ":", "\n": ";"})


@dataclass(frozen=True)
class OpeningHours:
    """Opening hours as read: ``week`` is (7 days from Monday, 1440 minutes), true where open.

    ``stated`` is false where only days are said and no times: ``week`` is then true all day on these days.
    """

    week: NDArray[np.bool_]
    stated: bool = True

    @property
    def on_working_day(self) -> NDArray[np.bool_]:
        """Which minutes are open on a normal working day, that is on most of the five."""
        is_open: NDArray[np.bool_] = self.week[:_WORKING_DAYS].sum(axis=0) > _WORKING_DAYS / 2
        return is_open

    @property
    def on_all_days(self) -> bool:
        """Whether every day of the week has the same hours."""
        return bool((self.week == self.week[0]).all())


def minute_of_day(text: str) -> int:
    """Minutes after midnight of ``"HH:MM"``, 0 to 1440. Raises ``ValueError`` for anything else."""
    match = _TIME.fullmatch(text.strip())
    if not match or int(match[2]) > 59 or (minute := int(match[1]) * 60 + int(match[2])) > DAY_MIN:
        raise ValueError(f"{text!r} is not a time of day such as 08:30")
    return minute


def open_minutes(open_hours: str) -> NDArray[np.bool_]:
    """Which minutes of a normal working day are open: a boolean array of 1440.

    Raises ``ValueError`` where it cannot be read, or says days and no times.
    """
    hours = read_hours(open_hours)
    if not hours.stated:
        raise ValueError(f"{open_hours!r} says when it is open by days alone; add times such as 08:30-17:30")
    return hours.on_working_day


def span_minutes(start: str, end: str) -> NDArray[np.bool_]:
    """The minutes from ``start`` up to ``end``, past midnight where the end comes first: a boolean array of 1440."""
    minutes = np.zeros(DAY_MIN, dtype=bool)
    minutes[_minutes_between(minute_of_day(start), minute_of_day(end)) % DAY_MIN] = True
    return minutes


def read_hours(text: str) -> OpeningHours:
    """The week that a text of opening hours says. Raises ``ValueError`` where any part of it cannot be read."""
    spans: list[_Span] = []
    days: list[int] | None = None  # for the spans that follow
    are_new = False  # whether no span has them yet
    said: set[int] = set()
    shut: set[int] = set()
    tokens = _tokens(text)
    for i, (kind, token) in enumerate(tokens):
        before = tokens[i - 1][0] if i else ""
        after = tokens[i + 1][0] if i + 1 < len(tokens) else ""
        match kind:
            case "days":
                days = [*(days or []), *token] if before == "days" else list(token)
                are_new = True
            case "span":
                spans.append(_Span(token, days, is_break=before == "lunch"))
                said |= set(days or ())
                are_new = False
            case "shut" if before == "days" and days is not None:
                shut |= set(days)
                days, are_new = None, False
            case "lunch" if after == "span":
                pass  # the span knows
            case "shut" | "lunch" if before == "span":
                spans[-1].is_break = True
            case "shut" | "lunch":
                raise _unreadable(text)
            case "clause" if are_new and _given(days, spans):
                days, are_new = None, False
    stated = bool(spans)
    if are_new and not _given(days, spans):
        if stated:
            raise _unreadable(text)  # days without times beside days with them
        said |= set(days or ())
    if not stated and not said and not shut:
        raise _unreadable(text)
    week = np.zeros((_WEEK, DAY_MIN), dtype=bool)
    if not stated:
        week[sorted((said or set(range(_WEEK))) - shut)] = True
    for span in sorted(spans, key=lambda span: span.is_break):
        for day in sorted(set(range(_WEEK) if span.days is None else span.days) - shut):
            minutes = (day * DAY_MIN + span.minutes) % week.size
            if span.is_break and not week.flat[minutes].all():
                raise _unreadable(text)  # a break while it is shut
            week.flat[minutes] = not span.is_break
    return OpeningHours(week=week, stated=stated)


@dataclass
class _Span:
    """Some minutes of some days (of all where ``None``), open or a break; from 1440 on they are of the day after."""

    minutes: NDArray[np.int64]
    days: list[int] | None
    is_break: bool


def _given(days: list[int] | None, spans: list[_Span]) -> bool:
    """Whether days that stand behind spans (``8:00-18:00（工作日）``) were taken by those that have none."""
    without = [span for span in spans if span.days is None]
    for span in without:
        span.days = days
    return bool(without)


def _unreadable(text: str) -> ValueError:
    return ValueError(f"{text!r} is not a span such as 08:30-17:30")


def _tokens(text: str) -> list[tuple[str, Any]]:
    """The parts of a text that mean something: days, spans as minutes, and what says that they are shut."""
    written = re.sub(r"(?<=\d)[^\S\n]+(?=\d)", ",", unicodedata.normalize("NFKC", text).strip())
    compact = re.sub(r"[^\S\n]+", "", written).translate(_SIGNS)
    compact = re.sub(r"除了?([^,;()]+?)(?:以|之)?外", r"\1除外", compact)
    tokens: list[tuple[str, Any]] = []
    at = 0
    while at < len(compact):
        match = _TOKEN.match(compact, at)
        if match is None:
            raise _unreadable(text)
        at = match.end()
        found = match.groupdict()
        if found["always"]:
            tokens.append(("span", np.arange(DAY_MIN)))
        elif found["span"]:
            tokens.append(("span", _span_of(found, text)))
        elif found["run"]:
            first, last = (_DAY_NAMES.index(day) for day in _day_letters(found["run"]))
            tokens.append(("days", [(first + step) % _WEEK for step in range((last - first) % _WEEK + 1)]))
        elif found["list"]:
            tokens.append(("days", [_DAY_NAMES.index(day) for day in _day_letters(found["list"])]))
        elif found["word"]:
            tokens.append(("days", _DAYS_OF_WORD[found["word"]]))
        else:
            tokens += [(kind, None) for kind in ("lunch", "shut", "clause") if found[kind]]
    return tokens


def _day_letters(text: str) -> list[str]:
    plain = text.replace("星期", "周").replace("礼拜", "周").replace("天", "日")
    return [letter for letter in plain if letter in _DAY_NAMES]


def _span_of(found: dict[str, str | None], text: str) -> NDArray[np.int64]:
    """The minutes of a span whose ends may be written with 上午 or 下午."""
    if not found["mark_from"] and not found["mark_to"]:
        raise ValueError(f"{text!r} is not a span such as 08:30-17:30")
    first, last = _minute_of(found, "from", text), _minute_of(found, "to", text)
    noon = DAY_MIN // 2
    if found["half_from"] and not found["half_to"] and not found["next_to"] and last < first < last + noon <= DAY_MIN:
        last += noon  # 下午2:00-5:30
    if found["next_to"] and first == last:
        return np.arange(first, first + DAY_MIN)
    return _minutes_between(first, last)


def _minute_of(found: dict[str, str | None], which: str, text: str) -> int:
    hour = int(found[f"hour_{which}"] or 0)
    part = found[f"minute_{which}"] or found[f"part_{which}"] or "0"
    minute = {"半": 30, "整": 0}.get(part) if part in "半整" else int(part)
    match found[f"half_{which}"]:
        case "下午" | "晚上" | "晚间" | "晚" | "夜间" | "夜里" if hour <= 12:
            hour = hour + 12 if hour < 12 or found[f"half_{which}"] != "下午" else hour
        case "中午" if hour < 10:
            hour += 12
        case "凌晨" if hour == 12:
            hour = 0
    assert minute is not None
    if minute > 59 or hour * 60 + minute > DAY_MIN:
        raise ValueError(f"{text!r} is not a time of day such as 08:30")
    return hour * 60 + minute


def _minutes_between(first: int, last: int) -> NDArray[np.int64]:
    """Minutes after midnight from ``first`` up to ``last``, from 1440 on where it comes first."""
    if first % DAY_MIN == last % DAY_MIN and (first, last) != (0, DAY_MIN):
        clock = f"{first // 60:02d}:{first % 60:02d}-{last // 60:02d}:{last % 60:02d}"
        raise ValueError(f"{clock} is empty; write 00:00-24:00 for the whole day")
    return np.arange(first, last if first < last else last + DAY_MIN)


def _readable(open_hours: str) -> str:
    try:
        open_minutes(open_hours)
    except ValueError as error:
        raise PydanticCustomError("open_hours", "{reason}", {"reason": str(error)}) from error
    return open_hours


OpenHours = Annotated[str, AfterValidator(_readable)]
