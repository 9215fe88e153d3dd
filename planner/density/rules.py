"""How records are read and counted, and what of it cannot be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from planner.catalog import Catalog
from planner.density.columns import ROLES
from planner.density.tally import Counted
from planner.errors import ArgumentError
from planner.hours import span_minutes

Days = Literal["all", "weekdays", "weekends"]
_DEGREE_SYSTEMS: Final = ("wgs84", "gcj02", "bd09", "cgcs2000")


@dataclass(frozen=True)
class Rules:
    """How records are read and counted: everything but the files. Plain values, to be handed to another process.

    ``system`` is that of the positions, ``cell`` is ``"100m"``, ``"h3:10"`` or a file of polygons with their codes in
    ``polygon_column``. Squares lie in the metric system of the middle of ``boundary``, or else of the first file's
    positions; give ``metric`` (such as ``"EPSG:4548"``) where files counted apart are to add up. Positions outside
    ``boundary``, a file of polygons in WGS-84, are set aside. ``columns`` names the column of a role outright, ``drop``
    are columns not to be read, ``rider`` is the one with a pseudonym of the rider. ``kinds`` says which kind a further
    word stands for, or the one kind of all rows. A figure is shown from ``k`` different riders on; where the records
    have none, ``counted="deliveries"`` counts ``k`` deliveries instead, which protects less. ``days`` are those
    counted. DuckDB works within half of ``memory_gb`` and on ``threads`` threads.
    """

    system: str
    cell: str
    boundary: Path | None = None
    metric: str | None = None
    polygon_column: str = "grid_code"
    polygon_system: str = "wgs84"
    columns: Mapping[str, str] = field(default_factory=dict)
    drop: Collection[str] = ()
    rider: str | None = None
    kinds: Mapping[str, str] | str = field(default_factory=dict)
    counted: Counted = "riders"
    k: int = 5
    days: Days = "all"
    catalog: Mapping[str, Any] = field(default_factory=dict)
    memory_gb: float = 4.0
    threads: int = 2


def check_rules(rules: Rules, catalog: Catalog) -> None:
    """Raises ``ArgumentError`` where a rule cannot be."""
    kinds = catalog.delivery_kinds()
    if rules.system not in _DEGREE_SYSTEMS:
        raise ArgumentError("coordinate_system", system=rules.system, known=", ".join(_DEGREE_SYSTEMS))
    if rules.k < 1:
        raise ArgumentError("not_a_count", name="k", value=rules.k)
    if rules.threads < 1:
        raise ArgumentError("not_a_count", name="threads", value=rules.threads)
    if not rules.memory_gb >= 0.5:
        raise ArgumentError("little_memory", value=rules.memory_gb)
    if rules.rider is None and rules.counted == "riders":
        raise ArgumentError("no_rider_column", k=rules.k)
    for kind in [rules.kinds] if isinstance(rules.kinds, str) else rules.kinds.values():
        if kind not in kinds:
            raise ArgumentError("delivery_kind", kind=kind, known=", ".join(kinds))
    for role in rules.columns:
        if role not in ROLES:
            raise ArgumentError("column_role", role=role, known=", ".join(ROLES))


def period_of_minute(catalog: Catalog) -> NDArray[np.int64]:
    """The number of the period of each minute of the day, -1 where there is none."""
    number = np.full(24 * 60, -1, dtype=np.int64)
    for place, (name, period) in enumerate(catalog.periods.items()):
        minutes = span_minutes(period.start, period.end)
        if (number[minutes] >= 0).any():
            raise ArgumentError("periods_overlap", period=name)
        number[minutes] = place
    return number
