"""What a column of :mod:`planner.report.tables` and :mod:`planner.report.demand_tables` is called in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from planner.plan import Plan
from planner.report.tables import column_name
from planner.words import Language, say

_IN_PERIOD: Final = ("open_in", "uncovered_in", "weight_in", "today_in", "planned_in")


def column_headings(columns: Iterable[str], plan: Plan, language: Language, *, system: str = "wgs84") -> dict[str, str]:
    """Column → its heading; ``system`` is that of ``lon`` and ``lat``."""
    periods = {
        f"{what.removesuffix('in')}{column_name(key, number)}": say(f"column.{what}", language, period=period.name)
        for number, (key, period) in enumerate(plan.study.catalog.periods.items())
        for what in _IN_PERIOD
    }
    about = {"system": say(f"report.crs_{system}", language)}
    return {
        column: periods[column] if column in periods else say(f"column.{column}", language, **about)
        for column in columns
    }
