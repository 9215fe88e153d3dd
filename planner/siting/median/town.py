"""A p-median problem made ready for the search: what matters of it, as sorted neighbour lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Table = Floats | sp.csr_array

# Lists of this many pairs in all are kept whole (about 100 MB); longer ones are cut.
_MOST_PAIRS: Final = 4_000_000
# A row's list reaches over this many times the sites that an open one serves on average.
_REACH: Final = 12
_LEAST_REACH: Final = 60
_ROWS_AT_ONCE: Final = 256


@dataclass(frozen=True)
class MedianTown:
    """Rows with weight × sites that may be opened, sorted by cost (weight × distance).

    ``lists`` is what the compiled search takes: (``row_ptr``, ``row_site``, ``row_cost``) by row in ascending cost,
    (``site_ptr``, ``site_row``, ``site_cost``) the same by site, ``cap`` (what a row pays where nothing better opens:
    for the nearest fixed site or the penalty; inf for nothing), ``ceiling`` (every pair that is not listed costs at
    least this; below the cap only where the list was cut), ``weight``, ``row_id`` and ``site_id`` (rows and columns of
    the distances) and the dense distances themselves for the rows whose list was cut, empty where none was. ``base`` is
    what rows pay for whom no site is better than the cap.
    """

    lists: tuple[NDArray[Any], ...]
    base: float

    @property
    def site_id(self) -> Ints:
        """The column of each site in the distances."""
        return self.lists[10]

    @property
    def row_count(self) -> int:
        """How many rows there are to serve."""
        return len(self.lists[6])

    @property
    def site_count(self) -> int:
        """How many sites may be opened."""
        return len(self.lists[10])


def median_town(table: Table, weight: Floats, cap: Floats, sites: Ints, site_limit: int) -> MedianTown:
    """The rows with weight and the given sites. ``cap`` is by row, weighted; pairs that cost no less are dropped."""
    row_id = np.flatnonzero(weight > 0)
    if isinstance(table, np.ndarray):
        pointer, site, cost, ceiling = _dense_lists(table, weight, cap, row_id, sites, site_limit)
    else:
        pointer, site, cost = _sparse_lists(table, weight, cap, row_id, sites)
        ceiling = cap[row_id]
    length = np.diff(pointer)
    served = length > 0
    base = float(cap[row_id[~served]].sum())
    row_id, ceiling = row_id[served], ceiling[served]
    pointer = np.concatenate([[0], np.cumsum(length[served])])
    cut = table if isinstance(table, np.ndarray) and (ceiling < cap[row_id]).any() else np.empty((0, 0))
    by_site = sp.csr_array((cost, site, pointer), shape=(len(row_id), len(sites))).tocsc()
    lists: tuple[NDArray[Any], ...] = (
        pointer.astype(np.int64), site, cost,
        by_site.indptr.astype(np.int64), by_site.indices.astype(np.int32), by_site.data,
        cap[row_id], ceiling, weight[row_id], row_id.astype(np.int64), sites, cut,
    )  # fmt: skip
    return MedianTown(lists, base)


def _dense_lists(
    table: Floats, weight: Floats, cap: Floats, row_id: Ints, sites: Ints, site_limit: int
) -> tuple[Ints, NDArray[np.int32], Floats, Floats]:
    """Row pointer, sites, costs and ceiling; a list is cut where all lists together would be too long."""
    keep = len(sites)
    if len(row_id) * keep > _MOST_PAIRS:
        whole = _MOST_PAIRS // max(1, len(row_id))
        keep = min(keep, max(whole, _LEAST_REACH, _REACH * keep // max(1, site_limit)))
    counts, all_sites, costs = [], [], []
    ceiling = cap[row_id]
    for begin in range(0, len(row_id), _ROWS_AT_ONCE):
        rows = row_id[begin : begin + _ROWS_AT_ONCE]
        part = table[rows][:, sites] if len(sites) < table.shape[1] else table[rows]
        part = part * weight[rows, None]
        if keep < len(sites):
            nearest = np.argpartition(part, keep - 1, axis=1)[:, :keep]
            part = np.take_along_axis(part, nearest, axis=1)
            order = np.argsort(part, axis=1, kind="stable")
            nearest = np.take_along_axis(nearest, order, axis=1)
            part = np.take_along_axis(part, order, axis=1)
            ceiling[begin : begin + len(rows)] = np.minimum(ceiling[begin : begin + len(rows)], part[:, -1])
        else:
            nearest = np.argsort(part, axis=1, kind="stable")
            part = np.take_along_axis(part, nearest, axis=1)
        better = part < cap[rows, None]
        counts.append(better.sum(axis=1))
        all_sites.append(nearest[better].astype(np.int32))
        costs.append(part[better])
    if not counts:
        return np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int32), np.empty(0), ceiling
    pointer = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
    return pointer, np.concatenate(all_sites), np.concatenate(costs), ceiling


def _sparse_lists(
    table: sp.csr_array, weight: Floats, cap: Floats, row_id: Ints, sites: Ints
) -> tuple[Ints, NDArray[np.int32], Floats]:
    column = np.full(table.shape[1], -1, dtype=np.int32)
    column[sites] = np.arange(len(sites), dtype=np.int32)
    place = np.full(table.shape[0], -1, dtype=np.int64)
    place[row_id] = np.arange(len(row_id))
    row = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    cost = table.data * weight[row]
    better = (column[table.indices] >= 0) & (place[row] >= 0) & (cost < cap[row])
    row, site, cost = place[row[better]], column[table.indices[better]], cost[better]
    order = np.lexsort((site, cost, row))
    pointer = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(row_id)))])
    return pointer, site[order], cost[order]
