"""Made-up delivery records of a city, as platforms hand them over: any number of rows, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

BATCH_ROWS = 1_000_000
FIRST_DAY = np.datetime64("2026-03-02", "s")  # a Monday
DAYS = 28
MIDDLE = (117.02, 36.66)
# Share of the rows that are bad in some way, each way alike.
BAD_SHARE = 0.005
_BAD_WAYS = ("no time", "odd time", "zero", "swapped", "no position", "far away", "odd kind")


def record_batches(rows: int, seed: int, *, riders: int = 20_000, spread_km: float = 12.0) -> Iterator[pa.Table]:
    """Records in tables of at most a million rows: 下单时间, 经度, 纬度 (GCJ-02), 业务类型, 骑手编号, 配送距离.

    Deliveries lie along some two thousand straight streets, busy at lunch and at dinner; a rider keeps to a few
    streets. All values are texts, as in a CSV file; one row in two hundred is bad.
    """
    streets = _streets(np.random.default_rng(seed), spread_km)
    for number, start in enumerate(range(0, rows, BATCH_ROWS)):
        rng = np.random.default_rng([seed, number])
        yield pa.table(_columns(rng, min(BATCH_ROWS, rows - start), streets, riders))


def write_records(path: Path, rows: int, seed: int, **options: Any) -> Path:
    """The records in a file, Parquet or CSV (UTF-8) by its name."""
    writer: Any = None
    for table in record_batches(rows, seed, **options):
        if writer is None:
            kind = pa.csv.CSVWriter if path.suffix == ".csv" else pa.parquet.ParquetWriter
            more = {"write_options": pa.csv.WriteOptions(quoting_style="none")} if path.suffix == ".csv" else {}
            writer = kind(path, table.schema, **more)
        writer.write_table(table)
    writer.close()
    return path


def _streets(rng: np.random.Generator, spread_km: float) -> np.ndarray:
    """Some two thousand segments as (lon, lat, d_lon, d_lat), denser towards the middle."""
    count = 2_000
    lon = MIDDLE[0] + rng.normal(0, spread_km / 3, count) / 89.0
    lat = MIDDLE[1] + rng.normal(0, spread_km / 3, count) / 111.0
    length = rng.uniform(0.001, 0.006, count)
    east = rng.random(count) < 0.5
    return np.column_stack([lon, lat, np.where(east, length, 0), np.where(east, 0, length)])


def _columns(rng: np.random.Generator, rows: int, streets: np.ndarray, riders: int) -> dict[str, pa.Array]:
    street = (rng.beta(0.6, 2.0, rows) * len(streets)).astype(int)
    along = rng.random(rows)
    aside = rng.normal(0, 0.00015, (2, rows))
    lon = np.round(streets[street, 0] + along * streets[street, 2] + aside[0], 6)
    lat = np.round(streets[street, 1] + along * streets[street, 3] + aside[1], 6)
    hour = np.clip(rng.choice([12.0, 18.5, 14.0], rows, p=[0.4, 0.35, 0.25]) + rng.normal(0, 2.2, rows), 0, 23.99)
    day = rng.integers(0, DAYS, rows)
    time = FIRST_DAY + (day * 86_400 + (hour * 3_600).astype(int)).astype("timedelta64[s]")
    parcel = rng.random(rows) < 0.45
    kind = np.where(parcel, np.where(rng.random(rows) < 0.5, 1, 2), 0)
    rider = (street * 7 + rng.integers(0, 40, rows)) % riders
    time_text = pa.array(time).cast(pa.string())
    lon_text, lat_text = pa.array(lon).cast(pa.string()), pa.array(lat).cast(pa.string())
    kind_text = pa.DictionaryArray.from_arrays(pa.array(kind), pa.array(["外卖", "快递", "包裹"])).cast(pa.string())
    way = np.where(rng.random(rows) < BAD_SHARE, rng.integers(1, len(_BAD_WAYS) + 1, rows), 0)
    bad = {name: pa.array(way == i) for i, name in enumerate(_BAD_WAYS, start=1)}

    def put(texts: pa.Array, **values: Any) -> pa.Array:
        for name, value in values.items():
            texts = pa.compute.if_else(bad[name.replace("_", " ")], value, texts)
        return texts

    return {
        "下单时间": put(time_text, no_time="", odd_time="2026-13-45 25:61"),
        "经度": put(lon_text, zero="0", no_position="", far_away="2.35", swapped=lat_text),
        "纬度": put(lat_text, zero="0", far_away="48.85", swapped=lon_text),
        "业务类型": put(kind_text, odd_kind="未知业务"),
        "骑手编号": pa.array(rider).cast(pa.string()),
        "配送距离": pa.array(np.round(rng.gamma(2, 900, rows)).astype(int)).cast(pa.string()),
    }
