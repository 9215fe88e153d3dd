"""Distances of demand rows to sites: a dense array, or a CSR array of the pairs within a cutoff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.errors import ArgumentError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Distances = Floats | sp.csr_array

_ROWS_AT_ONCE: Final = 512


def distance_table(distance: object) -> Distances:
    """``distance`` as it is meant: dense with inf for no way, or CSR in which every stored pair can be reached.

    Nothing is copied where it need not be, so the table is only read. Raises ``ArgumentError`` where it is not a matrix
    or a distance is negative or not a number.
    """
    if not sp.issparse(distance):
        try:
            dense = np.ascontiguousarray(distance, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ArgumentError("distances_not_a_matrix") from error
        if np.ndim(distance) != 2:  # type: ignore[arg-type]
            raise ArgumentError("distances_not_a_matrix")
        for begin in range(0, len(dense), _ROWS_AT_ONCE):
            right = dense[begin : begin + _ROWS_AT_ONCE] >= 0
            if not right.all():
                row, site = np.argwhere(~right)[0]
                raise ArgumentError(
                    "bad_distance", row=int(begin + row), site=int(site), value=float(dense[begin + row, site])
                )
        return dense
    table: sp.csr_array = sp.csr_array(distance, dtype=np.float64, copy=True)  # type: ignore[call-overload]
    pairs = table.nnz
    if table.ndim == 2:
        table.sum_duplicates()
    if table.ndim != 2 or table.nnz != pairs:
        raise ArgumentError("distances_not_a_matrix")
    wrong = np.flatnonzero(~(table.data >= 0))
    if wrong.size:
        at = int(wrong[0])
        row = int(np.searchsorted(table.indptr, at, side="right")) - 1
        raise ArgumentError("bad_distance", row=row, site=int(table.indices[at]), value=float(table.data[at]))
    way = np.isfinite(table.data)
    if not way.all():
        pointer = np.concatenate([[0], np.cumsum(way)])[table.indptr]
        table = sp.csr_array((table.data[way], table.indices[way], pointer), shape=table.shape)
    return table


@dataclass(frozen=True)
class Pairs:
    """Who can go where, and how far, by row and then by site."""

    row: Ints
    site: Ints
    distance: Floats
    shape: tuple[int, int]


def finite_pairs(distance: object) -> Pairs:
    """The pairs between which there is a way; raises as :func:`distance_table`."""
    table = distance_table(distance)
    shape = int(table.shape[0]), int(table.shape[1])
    if isinstance(table, np.ndarray):
        row, site = np.nonzero(np.isfinite(table))
        return Pairs(row.astype(np.int64), site.astype(np.int64), table[row, site], shape)
    row = np.repeat(np.arange(shape[0]), np.diff(table.indptr))
    return Pairs(row, table.indices.astype(np.int64), table.data, shape)


def has_gaps(table: Distances) -> bool:
    """Whether for some pair there is no way."""
    return sp.issparse(table) or not bool(np.isfinite(table).all())


def nearest_open(table: Distances, selected: Ints) -> tuple[Ints, Floats]:
    """The nearest of the selected sites for each row (the lowest-numbered of equals), -1 for none, and its distance."""
    rows = table.shape[0]
    site, nearest = np.full(rows, -1, dtype=np.int64), np.full(rows, np.inf)
    if len(selected) == 0 or rows == 0:
        return site, nearest
    if isinstance(table, np.ndarray):
        for begin in range(0, rows, _ROWS_AT_ONCE):
            part = table[begin : begin + _ROWS_AT_ONCE, selected]
            at = part.argmin(axis=1)
            site[begin : begin + _ROWS_AT_ONCE] = selected[at]
            nearest[begin : begin + _ROWS_AT_ONCE] = part[np.arange(len(part)), at]
    else:
        is_open = np.zeros(table.shape[1], dtype=bool)
        is_open[selected] = True
        at = np.flatnonzero(is_open[table.indices])
        row = (np.searchsorted(table.indptr, at, side="right") - 1).astype(np.int64)
        order = np.lexsort((table.indices[at], table.data[at], row))
        at, row = at[order], row[order]
        first = np.ones(len(row), dtype=bool)
        first[1:] = row[1:] != row[:-1]
        site[row[first]], nearest[row[first]] = table.indices[at[first]], table.data[at[first]]
    site[~np.isfinite(nearest)] = -1
    return site, nearest


def rows_at(table: Distances, site: int, rows: Ints, distance: Floats) -> Ints:
    """Those of ``rows`` that are exactly ``distance`` (by row) from a site."""
    if isinstance(table, np.ndarray):
        near: Ints = rows[table[rows, site] == distance[rows]]
        return near
    at = np.flatnonzero(table.indices == site)
    row = np.searchsorted(table.indptr, at, side="right") - 1
    return np.intersect1d(row[table.data[at] == distance[row]], rows)


def distinct_sites(table: Distances, sites: Ints) -> Ints:
    """The sites without those that are as far from every row as one of a lower number."""
    if len(sites) < 2 or table.shape[0] == 0:
        return sites
    number = np.random.default_rng(0).random(int(table.shape[0])) + 0.5
    if isinstance(table, np.ndarray):
        # Summed row by row, so that equal columns give equal sums to the last bit.
        mark = np.zeros(table.shape[1])
        for row, times in zip(table, number, strict=True):
            mark += np.where(np.isfinite(row), row, -1.0) * times
        by_site = None
    else:
        by_site = table.tocsc()
        row_number = number[by_site.indices]
        mark = np.zeros(table.shape[1])
        filled = np.diff(by_site.indptr) > 0
        sums = np.add.reduceat(np.append((by_site.data + 1.0) * row_number, 0.0), by_site.indptr[:-1])
        mark[filled] = sums[filled]
    order = sites[np.lexsort((sites, mark[sites]))]
    kept: list[int] = []
    for at, site in enumerate(order):
        same = at > 0 and mark[site] == mark[kept[-1]] and _equal_columns(table, by_site, int(site), kept[-1])
        if not same:
            kept.append(int(site))
    return np.sort(np.array(kept, dtype=np.int64))


def _equal_columns(table: Distances, by_site: sp.csc_array | None, a: int, b: int) -> bool:
    if by_site is None:
        dense = np.asarray(table)
        return np.array_equal(dense[:, a], dense[:, b])
    of_a, of_b = slice(by_site.indptr[a], by_site.indptr[a + 1]), slice(by_site.indptr[b], by_site.indptr[b + 1])
    return np.array_equal(by_site.indices[of_a], by_site.indices[of_b]) and np.array_equal(
        by_site.data[of_a], by_site.data[of_b]
    )
