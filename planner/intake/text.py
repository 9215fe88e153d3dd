"""The values of map files and spreadsheets as texts."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from typing import Final

# Beyond this a float does not hold every digit of a whole number.
_EXACT_DIGITS: Final = 15


def as_text(value: object) -> str:
    """A value as a person would write it: nothing as empty, a whole number without a decimal point.

    A number too long for its last digits to be certain is written with an exponent, so that no code is read from it.
    """
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float():
            if math.isnan(value):
                return ""
            if not value.is_integer():
                return repr(float(value))
            return str(int(value)) if abs(value) < 10**_EXACT_DIGITS else f"{value:.{_EXACT_DIGITS - 1}E}"
        case datetime():
            if value != value:  # pandas' NaT
                return ""
            has_time = value.time() != time(0)
            return value.strftime("%Y-%m-%d %H:%M" if has_time else "%Y-%m-%d")
        case time():
            return value.strftime("%H:%M")
        case date():
            return value.isoformat()
    text = str(value).strip()
    return "" if text in ("<NA>", "NaT") else text
