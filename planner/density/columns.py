"""Which columns of a file are read, and which keep the file from being read because they are personal."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from planner.density.files import RecordFile
from planner.density.names import columns_named, personal_by_content, personal_by_name, plain
from planner.errors import Fault
from planner.words import Text, say

ROLES: Final = ("time", "lon", "lat", "position", "kind", "rider")


@dataclass(frozen=True)
class Roles:
    """The column of a file for each thing that is read, by name; either ``lon`` and ``lat`` or ``position``."""

    time: str
    lon: str | None
    lat: str | None
    position: str | None
    kind: str | None
    rider: str | None


def choose_columns(
    file: RecordFile, *, given: Mapping[str, str], drop: Collection[str], one_kind: bool
) -> tuple[Roles | None, list[Fault]]:
    """The columns to read, or ``None``, and every fault: what is missing, what is unclear, what is personal.

    ``given`` names the column of a role outright; ``drop`` are columns that are never read; with ``one_kind`` no
    column tells the kind.
    """
    there = ", ".join(file.columns)
    faults = [
        Fault(file.name, "missing_column", column=column, values={"there": there, "known": column})
        for column in given.values()
        if column not in file.columns
    ]
    left = [column for column in file.columns if column not in drop]
    found: dict[str, str | None] = {}
    for role in ROLES:
        fitting = [c for c in left if plain(c) in columns_named().get(role, ()) and c not in given.values()]
        if role in given:
            found[role] = given[role]
        elif len(fitting) > 1 and not (role == "kind" and one_kind):
            about: dict[str, object] = {"role": role, "choice": fitting[0], "known": ", ".join(fitting)}
            faults.append(Fault(file.name, "columns_fit", column=", ".join(fitting), values=about))
            found[role] = fitting[0]
        else:
            found[role] = fitting[0] if fitting else None
    if one_kind:
        found["kind"] = None
    if found["lon"] and found["lat"]:
        found["position"] = None
    needed = {"time": ["time"], "position": ["lon", "lat"]} | ({} if one_kind else {"kind": ["kind"]})
    for role, columns in needed.items():
        if found[role] is None and not all(found[c] for c in columns):
            names = "、".join(sorted(columns_named()[columns[0]], key=lambda name: (name.isascii(), name))[:4])
            values: dict[str, object] = {"role": columns[0], "names": names, "there": there}
            faults.append(Fault(file.name, "no_column_for", values=values))
    faults += _personal(file, left, found)
    if faults or found["time"] is None:
        return None, faults
    by_two = found["position"] is None
    return Roles(
        time=found["time"],
        lon=found["lon"] if by_two else None,
        lat=found["lat"] if by_two else None,
        position=found["position"],
        kind=found["kind"],
        rider=found["rider"],
    ), []


def _personal(file: RecordFile, left: Collection[str], found: Mapping[str, str | None]) -> list[Fault]:
    faults = []
    for column, texts in zip(file.columns, file.sample, strict=True):
        if column not in left:
            continue
        is_rider = column == found["rider"]
        if column in found.values() and not is_rider:
            continue  # what stands in these is counted or set aside, and never shown
        what = (None if is_rider else personal_by_name(column)) or personal_by_content(texts)
        if what is not None:
            key = "rider_in_clear" if is_rider else "personal_column"
            kind = Text(zh=say(f"fault.what_{what}", "zh"), en=say(f"fault.what_{what}", "en"))
            faults.append(Fault(file.name, key, column=column, values={"what": kind}))
    return faults
