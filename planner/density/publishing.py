"""A tally → :class:`Density`: what may be shown of it, as deliveries per day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.density.cells import Polygons, Squares
from planner.density.names import personal_by_content
from planner.density.privacy import protect
from planner.density.tally import DAY_S, Counted, Tally
from planner.errors import ArgumentError

_VALUES_SHOWN: Final = 5


@dataclass(frozen=True)
class Density:
    """Deliveries per cell and period of a day, with nothing in it that may not be shown.

    ``rows`` has ``cell_id``, ``period``, ``lon``, ``lat`` (WGS-84, the cell's middle) and a column
    ``<kind>_per_day`` for each kind, as in a study's cells.csv; for polygons ``grid_code`` in place of the first and
    last ones, as in grid_totals.csv, all polygons and periods, empty where nothing may be shown. ``shapes`` are the
    cells' outlines with the day's totals and those of each period. ``days`` are the days counted of each period;
    ``days_without`` those between ``first_day`` and ``last_day`` on which nothing was delivered, which are not
    counted. Counts of rows add up: ``rows_read`` = ``rows_published`` + ``rows_withheld`` + those of ``set_aside``.
    ``unreadable`` are the commonest unreadable values, by reason.
    """

    rows: pd.DataFrame
    shapes: gpd.GeoDataFrame
    cells: str
    cell_size_m: float | None
    by_polygon: bool
    days: Mapping[str, int]
    first_day: str | None
    last_day: str | None
    days_without: int
    k: int
    counted: Counted
    files: tuple[tuple[str, int], ...]
    rows_read: int
    rows_published: int
    rows_withheld: int
    rows_merged: int
    figures_merged: int
    figures_withheld: int
    set_aside: Mapping[str, int]
    unreadable: Mapping[str, Mapping[str, int]]


def publish(tally: Tally) -> Density:
    """What may be shown of ``tally``: figures of fewer than ``k`` riders are merged into a neighbour or withheld.

    Raises ``ArgumentError`` where there are deliveries and nothing of them may be shown.
    """
    found = protect(tally)
    if tally.rows_used and not found.deliveries.any():
        raise ArgumentError("too_few_riders", k=tally.k)
    days = _days_by_period(tally)
    counted_days = np.array([max(days[period], 1) for period in tally.periods])
    per_day = found.deliveries / counted_days[None, :, None]
    by_polygon = isinstance(tally.cells, Polygons)
    dates = sorted(tally.days)
    span = [str(np.datetime64(day, "D")) for day in dates]
    return Density(
        rows=_polygon_rows(tally, found.deliveries, per_day) if by_polygon else _cell_rows(tally, per_day),
        shapes=_shapes(tally, per_day),
        cells=tally.cells.spec,
        cell_size_m=tally.cells.side_m if isinstance(tally.cells, Squares) else None,
        by_polygon=by_polygon,
        days=days,
        first_day=span[0] if span else None,
        last_day=span[-1] if span else None,
        days_without=dates[-1] - dates[0] + 1 - len(dates) if dates else 0,
        k=tally.k,
        counted=tally.counted,
        files=tally.files,
        rows_read=tally.rows_read,
        rows_published=int(found.deliveries.sum()),
        rows_withheld=found.withheld_rows,
        rows_merged=found.merged_rows,
        figures_merged=found.merged_figures,
        figures_withheld=found.withheld_figures,
        set_aside=dict(tally.reasons),
        unreadable=_unreadable(tally),
    )


def _days_by_period(tally: Tally) -> dict[str, int]:
    """Days with records, less the first and the last one for periods that were over or had not begun.

    A day is one of the calendar, so that its night is that before six and that after nine. Days without any record
    count as days on which nothing was recorded, not as days on which nothing was delivered.
    """
    days = {}
    for number, period in enumerate(tally.periods):
        minutes = np.flatnonzero(tally.period_of_minute == number)
        count = len(tally.days)
        if tally.first_s is not None and tally.last_s is not None and len(minutes):
            count -= int(minutes.max() < tally.first_s % DAY_S // 60)
            count -= int(minutes.min() > tally.last_s % DAY_S // 60)
        days[period] = max(count, 0)
    return days


def _cell_rows(tally: Tally, per_day: NDArray[np.float64]) -> pd.DataFrame:
    """A row for each cell and period in which something may be shown."""
    cell, period = np.nonzero(per_day.any(axis=2))
    about = tally.cells.frame(tally.codes[cell]).drop(columns="geometry")
    about.insert(1, "period", np.asarray(tally.periods, dtype=object)[period])
    return _with_counts(pd.DataFrame(about), tally, per_day[cell, period])


def _polygon_rows(tally: Tally, shown: NDArray[np.int64], per_day: NDArray[np.float64]) -> pd.DataFrame:
    """A row for each polygon and period; empty where deliveries of the kind exist and none of them may be shown."""
    assert isinstance(tally.cells, Polygons)
    every = np.arange(len(tally.cells.names))
    table = np.zeros((len(every), *per_day.shape[1:]))
    table[tally.codes] = per_day
    hidden = (tally.deliveries.sum(axis=1) > 0) & (shown.sum(axis=1) == 0)
    table[tally.codes] = np.where(hidden[:, None, :], np.nan, table[tally.codes])
    names = np.repeat(np.asarray(tally.cells.names, dtype=object), len(tally.periods))
    about = pd.DataFrame({"grid_code": names, "period": list(tally.periods) * len(every)})
    return _with_counts(about, tally, table.reshape(-1, len(tally.kinds)))


def _with_counts(about: pd.DataFrame, tally: Tally, counts: NDArray[np.float64]) -> pd.DataFrame:
    return about.assign(**{f"{kind}_per_day": counts[:, i] for i, kind in enumerate(tally.kinds)})


def _shapes(tally: Tally, per_day: NDArray[np.float64]) -> gpd.GeoDataFrame:
    there = np.flatnonzero(per_day.any(axis=(1, 2)))
    table = per_day[there]
    shapes = tally.cells.frame(tally.codes[there]).drop(columns=["lon", "lat"])
    columns: dict[str, Any] = {f"{kind}_per_day": table[:, :, i].sum(axis=1) for i, kind in enumerate(tally.kinds)}
    for j, period in enumerate(tally.periods):
        columns |= {f"{kind}_{period}": table[:, j, i] for i, kind in enumerate(tally.kinds)}
    return shapes.assign(**columns)


def _unreadable(tally: Tally) -> dict[str, dict[str, int]]:
    """Values that ``k`` rows have in common and that tell nothing of a person: enough to see what is meant."""
    shown: dict[str, dict[str, int]] = {}
    for (reason, value), rows in tally.shown.most_common():
        of_reason = shown.setdefault(reason, {})
        if rows >= max(tally.k, 2) and len(of_reason) < _VALUES_SHOWN and personal_by_content([value]) is None:
            of_reason[value] = rows
    return {reason: values for reason, values in shown.items() if values}
