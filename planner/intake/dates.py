"""A day as offices write it."""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

_DATE: Final = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?")


def read_date(text: str) -> pd.Timestamp | None:
    """The day of ``2024-05-06``, ``2024/5/6``, ``2024年5月6日`` or ``20240506``, with or without a time."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    try:
        return pd.Timestamp(year=year, month=month, day=day)
    except ValueError:
        return None
