"""Check-ins (签到): how often an existing centre was used, day by day."""

from __future__ import annotations

import datetime
import unicodedata
from pathlib import Path
from typing import Final

import pandas as pd

from planner.errors import Fault, StudyError
from planner.intake.codes import read_codes
from planner.intake.columns import checkin_columns
from planner.intake.dates import read_date
from planner.intake.tables import read_table
from planner.intake.vocabulary import plain

_STATIONS_TOLD: Final = 6


def read_checkins(path: Path, centres: pd.DataFrame, *, today: datetime.date | None = None) -> pd.DataFrame:
    """The check-ins in a table of their own (``.csv``, ``.xlsx``, ``.xls``), see :func:`typed_checkins`.

    Raises ``StudyError`` with every fault of the file.
    """
    rows, faults = read_table(path, checkin_columns())
    checkins, found = typed_checkins(path.name, rows, centres, today=today)
    faults += found
    if not any(fault.is_error for fault in faults) and checkins.empty:
        faults.append(Fault(path.name, "no_rows"))
    if any(fault.is_error for fault in faults):
        raise StudyError(path.name, faults)
    return checkins


def typed_checkins(
    file: str, rows: pd.DataFrame, centres: pd.DataFrame, *, today: datetime.date | None = None
) -> tuple[pd.DataFrame, list[Fault]]:
    """``date``, ``centre_id`` and ``checkins``, by date and then in the order of the centres; and the faults found.

    A station is named by its id or by its name. A day after ``today`` (that of this machine) is a fault, as are two
    rows of one station and day: which of them counts, or whether both do, nobody can tell.
    """
    texts = rows["date"].map(lambda text: unicodedata.normalize("NFKC", str(text)).strip())
    dates = pd.to_datetime(texts.map(read_date))
    stations, faults = _stations(file, rows["station"], centres)
    faults += [
        Fault(file, "not_a_date", row, "date", rows["date"][row]) for row in rows.index[dates.isna() & (texts != "")]
    ]
    last = pd.Timestamp(datetime.date.today() if today is None else today)
    about: dict[str, object] = {"today": last.date().isoformat()}
    faults += [Fault(file, "date_in_future", row, "date", texts[row], about) for row in rows.index[dates > last]]
    frame = pd.DataFrame({"date": dates, "centre_id": stations, "checkins": rows["checkins"]}, index=rows.index)
    known = frame[frame["date"].notna() & (stations != "")]
    first: dict[tuple[object, str], int] = {}
    for row, day, station in zip(map(int, known.index), known["date"], known["centre_id"], strict=True):
        earlier = first.setdefault((day, station), row)
        if earlier != row:
            about = {"first": earlier, "date": day.date().isoformat()}
            faults.append(Fault(file, "checkins_doubled", row, "station", rows["station"][row], about))
    if any(fault.is_error for fault in faults) or frame["checkins"].isna().any():
        return empty_checkins(), faults
    order = {centre: place for place, centre in enumerate(centres["centre_id"])}
    frame = frame.astype({"checkins": "int64"}).assign(order=frame["centre_id"].map(order))
    frame = frame.sort_values(["date", "order"], kind="stable").drop(columns="order").reset_index(drop=True)
    return frame, faults


def empty_checkins() -> pd.DataFrame:
    """No check-ins."""
    return pd.DataFrame(
        {
            "date": pd.Series(dtype="datetime64[us]"),
            "centre_id": pd.Series(dtype=object),
            "checkins": pd.Series(dtype="int64"),
        }
    )


def _stations(file: str, texts: pd.Series, centres: pd.DataFrame) -> tuple[pd.Series, list[Fault]]:
    """The centre that each row is of, empty where that cannot be told."""
    ids, names = list(centres["centre_id"]), list(centres["name"])
    of_name: dict[str, set[str]] = {}
    for centre, name in zip(ids, names, strict=True):
        of_name.setdefault(plain(name), set()).add(centre)
    cells = {int(row): str(text) for row, text in zip(texts.index, texts, strict=True)}
    same = {row: {text} & set(ids) or of_name.get(plain(text), set()) for row, text in cells.items()}
    left = {row: text for row, text in cells.items() if text and not same[row]}
    codes, bad, faults = read_codes(file, "station", left, known=ids)
    known = "、".join(f"{i} {name}" for i, name in zip(ids[:_STATIONS_TOLD], names, strict=False))
    for row, key in bad.items():
        key = "unknown_station" if key == "unknown_code" else key
        faults.append(Fault(file, key, row, "station", cells[row], {"known": known}))
    faults += [Fault(file, "station_unclear", row, "station", cells[row]) for row in same if len(same[row]) > 1]
    found = {row: next(iter(centres)) for row, centres in same.items() if len(centres) == 1}
    found |= {row: code for row, code in codes.items() if row not in bad}
    return pd.Series([found.get(row, "") for row in cells], index=texts.index, dtype=object), faults
