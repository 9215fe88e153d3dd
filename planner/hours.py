"""Opening hours and the periods of the day, in minutes after midnight.

Written ``08:30-17:30``; several spans are joined by ``;``; ``22:00-06:00`` runs past midnight; ``00:00-24:00`` never
shuts.
"""

from __future__ import annotations

import re
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

DAY_MIN = 24 * 60
_TIME = re.compile(r"(\d{1,2}):(\d{2})")


def minute_of_day(text: str) -> int:
    """Minutes after midnight of ``"HH:MM"``, 0 to 1440. Raises ``ValueError`` for anything else."""
    match = _TIME.fullmatch(text.strip())
    if not match or int(match[2]) > 59 or (minute := int(match[1]) * 60 + int(match[2])) > DAY_MIN:
        raise ValueError(f"{text!r} is not a time of day such as 08:30")
    return minute


def open_minutes(open_hours: str) -> NDArray[np.bool_]:
    """Which minutes of the day are open: a boolean array of 1440. Raises ``ValueError`` where it cannot be read."""
    is_open = np.zeros(DAY_MIN, dtype=bool)
    for span in open_hours.split(";"):
        start_text, dash, end_text = span.partition("-")
        if not dash:
            raise ValueError(f"{span!r} is not a span such as 08:30-17:30")
        is_open |= span_minutes(start_text, end_text)
    return is_open


def span_minutes(start: str, end: str) -> NDArray[np.bool_]:
    """The minutes from ``start`` up to ``end``, past midnight where the end comes first: a boolean array of 1440."""
    first, last = minute_of_day(start), minute_of_day(end)
    if first % DAY_MIN == last % DAY_MIN and (first, last) != (0, DAY_MIN):
        raise ValueError(f"{start}-{end} is empty; write 00:00-24:00 for the whole day")
    minutes = np.arange(DAY_MIN)
    if first < last:
        return (minutes >= first) & (minutes < last)
    return (minutes >= first) | (minutes < last)


def _readable(open_hours: str) -> str:
    try:
        open_minutes(open_hours)
    except ValueError as error:
        raise PydanticCustomError("open_hours", "{reason}", {"reason": str(error)}) from error
    return open_hours


OpenHours = Annotated[str, AfterValidator(_readable)]
