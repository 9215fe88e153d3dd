"""Files of delivery records → :class:`Tally`, in a stream through DuckDB; memory does not grow with the rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from planner import crs
from planner.catalog import load_catalog
from planner.density import engine
from planner.density.aside import SetAside, set_aside_in
from planner.density.cells import OUTSIDE, cells_of
from planner.density.cleaning import CHINA_DEGREES, CODE, REASONS, judged
from planner.density.columns import Roles, choose_columns
from planner.density.files import RecordFile, open_records
from planner.density.placing import OUTSIDE_BOUNDARY, Placing, is_in_a_cell
from planner.density.rules import Days, Rules, check_rules, period_of_minute
from planner.density.tally import DAY_S, Counting, Tally, empty_tally
from planner.errors import Fault, MissingFileError, RecordsError, StudyError
from planner.words import Language, reader_language

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

Progress = Callable[[str, int], None]


def count_deliveries(
    files: Sequence[str | Path],
    rules: Rules,
    *,
    set_aside: Path | None = None,
    language: Language | None = None,
    progress: Progress | None = None,
) -> Tally:
    """What ``files`` hold, cell by cell, before anything is protected; tallies of several files add up.

    Every row that is not counted goes to the CSV file ``set_aside`` with file, row, column and reason. ``progress``
    is called with a file's name and the rows read of it.

    Raises ``MissingFileError``, ``ArgumentError`` for rules that cannot be, ``RecordsError`` with all that keeps the
    files from being read (personal columns too), and ``StudyError`` for a boundary or polygons at fault.
    """
    catalog = load_catalog(rules.catalog)
    check_rules(rules, catalog)
    one_kind, words = (rules.kinds, {}) if isinstance(rules.kinds, str) else ("", rules.kinds)
    paths = [Path(file) for file in files]
    for path in paths:
        if not path.is_file():
            raise MissingFileError("no_file", path=path)
    boundary = _boundary(rules.boundary)
    with engine.started(rules.memory_gb, rules.threads) as (connection, scratch):
        opened = _opened(paths, rules, bool(one_kind), scratch, connection)
        metric = CRS.from_user_input(rules.metric) if rules.metric else _metric(boundary, opened, rules.system)
        cells = cells_of(rules.cell, metric, polygons_system=rules.polygon_system, polygon_column=rules.polygon_column)
        nothing = empty_tally(
            cells, catalog, k=rules.k, counted=rules.counted, period_of_minute=period_of_minute(catalog)
        )
        placing = Placing(rules.system, cells, boundary)
        total = nothing
        with set_aside_in(set_aside, language or reader_language()) as aside:
            for file, roles in opened:
                query = judged(file, roles, kinds=nothing.kinds, words=words, one_kind=one_kind)
                counting = Counting(nothing, file.name)
                for batch in engine.batches(connection, query, file.name):
                    _count(batch, counting, placing, rules.days, aside, file, roles)
                    if progress is not None:
                        progress(file.name, counting.rows)
                total = total + counting.tally()
    return total


def _boundary(path: Path | None) -> BaseGeometry | None:
    if path is None:
        return None
    from planner.intake.shapes import read_shapes

    if not path.is_file():
        raise MissingFileError("no_file", path=path)
    frame, faults = read_shapes(path, "wgs84", ())
    if any(fault.is_error for fault in faults):
        raise StudyError(path.name, faults)
    area: BaseGeometry = frame.geometry.union_all()
    return area


def _opened(
    paths: Sequence[Path], rules: Rules, one_kind: bool, scratch: Path, connection: duckdb.DuckDBPyConnection
) -> list[tuple[RecordFile, Roles]]:
    faults: list[Fault] = []
    opened = []
    given = dict(rules.columns) | ({"rider": rules.rider} if rules.rider else {})
    seen: set[Path] = set()
    for path in paths:
        if path.resolve() in seen:
            faults.append(Fault(path.name, "file_twice"))
            continue
        seen.add(path.resolve())
        file = open_records(path, scratch, connection)
        if isinstance(file, Fault):
            faults.append(file)
            continue
        roles, found = choose_columns(file, given=given, drop=rules.drop, one_kind=one_kind)
        faults += found
        if roles is not None:
            opened.append((file, roles))
    if faults:
        raise RecordsError(faults)
    return opened


def _metric(boundary: BaseGeometry | None, opened: Sequence[tuple[RecordFile, Roles]], system: str) -> CRS:
    if boundary is not None:
        return crs.metric_crs(boundary.centroid.x, boundary.centroid.y)
    west, south, east, north = CHINA_DEGREES
    for file, roles in opened:
        values = dict(zip(file.columns, file.sample, strict=True))
        if roles.position is not None:
            pairs = pd.Series(values[roles.position], dtype=str).str.split(r"[,，]", n=1, expand=True)
            texts = [pairs[i] if i in pairs else pd.Series(dtype=str) for i in (0, 1)]
        else:
            texts = [pd.Series(values[str(column)], dtype=str) for column in (roles.lon, roles.lat)]
        lon, lat = (pd.to_numeric(text, errors="coerce").to_numpy(dtype=float) for text in texts)
        there = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        if there.any():
            middle = crs.to_wgs84(np.median(lon[there]), np.median(lat[there]), system)
            return crs.metric_crs(float(middle[0]), float(middle[1]))
    return crs.metric_crs(117.0, 35.0)  # no position can be read, and none will be counted


def _count(
    batch: pa.RecordBatch,
    counting: Counting,
    placing: Placing,
    days: Days,
    aside: SetAside,
    file: RecordFile,
    roles: Roles,
) -> None:
    counting.rows += batch.num_rows
    reason = np.array(batch["reason"].to_numpy())
    good = np.flatnonzero(reason == 0)
    table = {name: batch[name].to_numpy(zero_copy_only=False) for name in ("second", "lon", "lat", "kind", "rider")}
    second, lon, lat, kind, rider = (table[name][good] for name in table)
    second = second.astype(np.int64)
    # Day 0 of 1970 was a Thursday.
    weekend = (second // DAY_S + 3) % 7 >= 5
    period = counting.nothing.period_of_minute[second // 60 % (24 * 60)]
    wanted = (period >= 0) & {"all": np.full(len(good), True), "weekdays": ~weekend, "weekends": weekend}[days]
    counting.set_aside("other_time", int((~wanted).sum()))
    cell = np.full(len(good), OUTSIDE, dtype=np.int64)
    cell[wanted] = placing.cells_of(lon[wanted], lat[wanted])
    reason[good[wanted & (cell == OUTSIDE_BOUNDARY)]] = CODE["outside_boundary"]
    reason[good[wanted & (cell == OUTSIDE)]] = CODE["outside_cells"]
    counted = wanted & is_in_a_cell(cell)
    layer = period * len(counting.nothing.kinds) + kind
    counting.add(cell[counted], layer[counted].astype(np.int64), rider[counted].astype(np.uint64), second[counted])
    bad = np.flatnonzero(reason)
    for code, rows in zip(*np.unique(reason[bad], return_counts=True), strict=True):
        counting.set_aside(REASONS[code], int(rows))
    for code in (CODE["odd_time"], CODE["odd_kind"]):
        values = batch["shown"].take(np.flatnonzero(reason == code)).to_pandas()
        counting.show(REASONS[code], values)
    aside(file.name, roles, batch["row"].to_numpy()[bad], reason[bad])
