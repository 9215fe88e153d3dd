"""What was counted in some files, exactly and before anything is published; two tallies add up to one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.catalog import Catalog
from planner.density.cells import Cells, Codes
from planner.errors import ArgumentError

Counted = Literal["riders", "deliveries"]
DAY_S: Final = 86_400
RIDER_COLUMNS: Final = ("cell", "layer", "rider")
# So many different unreadable values are told apart; the rest of them counts as others.
_MOST_VALUES: Final = 1_000


@dataclass(frozen=True)
class Tally:
    """Deliveries by cell, period and kind, with up to ``k`` riders of each; ``a + b`` counts the files of both.

    ``deliveries`` is (cells, periods, kinds), its cells ``codes`` in rising order; ``period_of_minute`` is the number
    of the period of each minute of the day, -1 for none. ``riders`` has a row for each of up to ``k`` different riders
    of a figure: ``cell``, ``layer`` (period × number of kinds + kind) and ``rider``, a hash; so many are enough to know
    whether a figure, or several together, have ``k``. ``days`` are the rows used by day since 1970, ``first_s`` and
    ``last_s`` the local times of the first and last one. ``reasons`` are the rows set aside by reason, ``shown`` the
    commonest values that could not be read, by reason. ``files`` are (name, rows).

    A tally holds what may not be published: hand it on only to :func:`~planner.density.publish`.
    """

    cells: Cells
    periods: tuple[str, ...]
    period_of_minute: NDArray[np.int64]
    kinds: tuple[str, ...]
    k: int
    counted: Counted
    codes: Codes
    deliveries: NDArray[np.int64]
    riders: pd.DataFrame
    days: Counter[int]
    first_s: int | None
    last_s: int | None
    reasons: Counter[str]
    shown: Counter[tuple[str, str]]
    files: tuple[tuple[str, int], ...]

    @property
    def rows_used(self) -> int:
        """The rows that were counted in a cell."""
        return int(self.deliveries.sum())

    @property
    def rows_read(self) -> int:
        """The rows of all files, blank lines apart."""
        return sum(rows for _, rows in self.files)

    def __add__(self, other: Tally) -> Tally:
        """Both together. Raises ``ArgumentError`` where they do not count the same."""
        for name, one, another in (
            ("cells", self.cells.spec, other.cells.spec),
            ("periods", self.periods, other.periods),
            ("periods", self.period_of_minute.tolist(), other.period_of_minute.tolist()),
            ("kinds", self.kinds, other.kinds),
            ("k", self.k, other.k),
            ("counted", self.counted, other.counted),
        ):
            if one != another:
                raise ArgumentError("tallies_differ", name=name, one=one, other=another)
        codes = np.union1d(self.codes, other.codes)
        deliveries = np.zeros((len(codes), *self.deliveries.shape[1:]), dtype=np.int64)
        for part in (self, other):
            deliveries[np.searchsorted(codes, part.codes)] += part.deliveries
        return replace(
            self,
            codes=codes,
            deliveries=deliveries,
            riders=first_riders(pd.concat([self.riders, other.riders], ignore_index=True), self.k),
            days=self.days + other.days,
            first_s=min((s for s in (self.first_s, other.first_s) if s is not None), default=None),
            last_s=max((s for s in (self.last_s, other.last_s) if s is not None), default=None),
            reasons=self.reasons + other.reasons,
            shown=self.shown + other.shown,
            files=self.files + other.files,
        )


def empty_tally(
    cells: Cells, catalog: Catalog, *, k: int, counted: Counted, period_of_minute: NDArray[np.int64]
) -> Tally:
    """Nothing counted yet."""
    periods, kinds = tuple(catalog.periods), catalog.delivery_kinds()
    return Tally(
        cells=cells,
        periods=periods,
        period_of_minute=period_of_minute,
        kinds=kinds,
        k=k,
        counted=counted,
        codes=np.empty(0, dtype=np.int64),
        deliveries=np.zeros((0, len(periods), len(kinds)), dtype=np.int64),
        riders=_riders(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.uint64)),
        days=Counter(),
        first_s=None,
        last_s=None,
        reasons=Counter(),
        shown=Counter(),
        files=(),
    )


class Counting:
    """The tally of one file while its rows stream by; memory depends on the cells, not on the rows."""

    def __init__(self, nothing: Tally, name: str) -> None:
        self.nothing, self._name = nothing, name
        self._layers = len(nothing.periods) * len(nothing.kinds)
        self._codes = np.empty(0, dtype=np.int64)
        self._deliveries = np.zeros((0, self._layers), dtype=np.int64)
        self._known_riders = np.zeros((0, self._layers), dtype=np.int64)
        self._riders = nothing.riders  # of figures that have fewer than k so far
        self._enough: list[pd.DataFrame] = []  # of those that have k
        self._days: Counter[int] = Counter()
        self._first_s: int | None = None
        self._last_s: int | None = None
        self._reasons: Counter[str] = Counter()
        self._shown: Counter[tuple[str, str]] = Counter()
        self.rows = 0

    def add(self, cell: Codes, layer: NDArray[np.int64], rider: NDArray[np.uint64], second: NDArray[np.int64]) -> None:
        """Count rows that are in a cell."""
        if not len(cell):
            return
        number, distinct = pd.factorize(cell)
        at = self._places(np.asarray(distinct))[number]
        figure = at * self._layers + layer
        self._deliveries.ravel()[:] += np.bincount(figure, minlength=self._deliveries.size)
        self._add_riders(cell, layer, rider, self._known_riders.ravel()[figure] < self.nothing.k)
        days, rows = np.unique(second // DAY_S, return_counts=True)
        self._days.update(dict(zip(days.tolist(), rows.tolist(), strict=True)))
        low, high = int(second.min()), int(second.max())
        self._first_s = low if self._first_s is None else min(self._first_s, low)
        self._last_s = high if self._last_s is None else max(self._last_s, high)

    def set_aside(self, reason: str, rows: int) -> None:
        """Count rows that are not."""
        self._reasons[reason] += rows

    def show(self, reason: str, values: pd.Series) -> None:
        """Note values that could not be read."""
        for value, rows in values.value_counts().items():
            known = (reason, str(value)) in self._shown or len(self._shown) < _MOST_VALUES
            if known:
                self._shown[reason, str(value)] += int(rows)

    def tally(self) -> Tally:
        """What was counted."""
        shape = (len(self._codes), len(self.nothing.periods), len(self.nothing.kinds))
        return replace(
            self.nothing,
            codes=self._codes,
            deliveries=self._deliveries.reshape(shape),
            riders=pd.concat([*self._enough, self._riders], ignore_index=True),
            days=self._days,
            first_s=self._first_s,
            last_s=self._last_s,
            reasons=+self._reasons,
            shown=self._shown,
            files=((self._name, self.rows),),
        )

    def _places(self, distinct: Codes) -> NDArray[np.int64]:
        """Where each of these cells stands; new ones get a place."""
        codes = np.union1d(self._codes, distinct)
        if len(codes) > len(self._codes):
            old = np.searchsorted(codes, self._codes)
            self._deliveries = _spread(self._deliveries, old, len(codes))
            self._known_riders = _spread(self._known_riders, old, len(codes))
            self._codes = codes
        return np.searchsorted(codes, distinct)

    def _add_riders(
        self, cell: Codes, layer: NDArray[np.int64], rider: NDArray[np.uint64], wanted: NDArray[np.bool_]
    ) -> None:
        """Once a figure has its ``k`` riders, no further one is looked at."""
        wanted &= rider != 0
        if not wanted.any():
            return
        fresh = _riders(cell[wanted], layer[wanted], rider[wanted])
        riders = first_riders(pd.concat([self._riders, fresh], ignore_index=True), self.nothing.k)
        figure = np.searchsorted(self._codes, riders["cell"].to_numpy()) * self._layers + riders["layer"].to_numpy()
        known = np.bincount(figure, minlength=self._deliveries.size)
        np.maximum(self._known_riders, known.reshape(self._known_riders.shape), out=self._known_riders)
        enough = known[figure] >= self.nothing.k
        self._enough.append(riders[enough])
        self._riders = riders[~enough].reset_index(drop=True)


def first_riders(riders: pd.DataFrame, k: int) -> pd.DataFrame:
    """Up to ``k`` different riders of each figure: which of more does not matter."""
    each = riders.drop_duplicates().sort_values(list(RIDER_COLUMNS), ignore_index=True)
    return each[each.groupby(["cell", "layer"]).cumcount() < k].reset_index(drop=True)


def _spread(table: NDArray[np.int64], at: NDArray[np.int64], rows: int) -> NDArray[np.int64]:
    spread = np.zeros((rows, table.shape[1]), dtype=np.int64)
    spread[at] = table
    return spread


def _riders(cell: Codes, layer: NDArray[np.int64], rider: NDArray[np.uint64]) -> pd.DataFrame:
    return pd.DataFrame(dict(zip(RIDER_COLUMNS, (cell, layer, rider), strict=True)))
