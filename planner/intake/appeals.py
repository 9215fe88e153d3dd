"""Appeals (诉求): where somebody asked for something, of which category, when, and whether it is still open."""

from __future__ import annotations

import unicodedata
from typing import Final

import pandas as pd

from planner.catalog import Catalog
from planner.errors import Fault
from planner.intake.dates import read_date

# How files write that an appeal is settled, or that it is not.
STATUS: Final = {
    **dict.fromkeys(("open", "未办结", "办理中", "待办", "待办理", "处理中", "未解决", "未结"), True),
    **dict.fromkeys(("closed", "已办结", "办结", "已解决", "已完成", "已结"), False),
}


def typed_appeals(file: str, rows: pd.DataFrame, catalog: Catalog) -> tuple[pd.DataFrame, list[Fault]]:
    """``appeal_id``, ``category`` (a key of the catalog, empty for any other), ``written`` (as in the file), ``date``
    and ``open``, row by row; and the faults found.

    A category that the catalog does not know is no fault: such an appeal calls for no service of the planner.
    """
    plain = rows.map(lambda text: unicodedata.normalize("NFKC", text).strip())
    category_of = {text: name for name, category in catalog.appeals.items() for text in (name, *category.written)}
    dates = plain["date"].map(read_date)
    is_open = plain["status"].map(str.lower).map(STATUS)
    faults = [
        Fault(file, "not_a_date", row, "date", rows["date"][row])
        for row in rows.index[dates.isna() & (plain["date"] != "")]
    ]
    faults += [
        Fault(file, "unknown_name", row, "status", rows["status"][row], {"known": ", ".join(STATUS)})
        for row in rows.index[is_open.isna() & (plain["status"] != "")]
    ]
    frame = pd.DataFrame(
        {
            "appeal_id": rows["appeal_id"],
            "category": plain["category"].map(category_of).fillna(""),
            "written": rows["category"],
            "date": pd.to_datetime(dates),
            "open": is_open.eq(True),
        },
        index=rows.index,
    )
    return frame, faults
