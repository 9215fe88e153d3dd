"""A small world of delivery records, and what is counted of it."""

from collections import Counter

import numpy as np
import pandas as pd
from pyproj import Transformer

from planner.crs import to_wgs84
from planner.density import Rules, count_deliveries

RULES = Rules(system="gcj02", cell="100m", rider="骑手编号", metric="EPSG:4548")
HEADER = "下单时间,经度,纬度,业务类型,骑手编号"
HERE = "117.02,36.66"
LUNCH = "2026-03-02 12:00:00"
PERIOD_HOURS = {"morning": (6, 10), "lunch": (10, 14), "afternoon": (14, 17), "dinner": (17, 21)}


def records(path, *rows, header=HEADER, encoding="utf-8", end="\n"):
    path.write_bytes(end.join([header, *rows, ""]).encode(encoding))
    return path


def five_riders(at=HERE, time=LUNCH, kind="外卖"):
    return [f"{time},{at},{kind},r{i}" for i in range(5)]


def counted(path, **changes):
    """What a file holds as {(period, kind): deliveries}, in whatever cells."""
    tally = count_deliveries([path], rules(**changes))
    by_layer = tally.deliveries.sum(axis=0)
    return {
        (period, kind): int(by_layer[i, j])
        for i, period in enumerate(tally.periods)
        for j, kind in enumerate(tally.kinds)
        if by_layer[i, j]
    }


def rules(**changes):
    return Rules(**(vars(RULES) | changes))


def set_aside(path, tmp_path, **changes):
    """(row, column, reason in English) of each row set aside."""
    out = tmp_path / "aside.csv"
    count_deliveries([path], rules(**changes), set_aside=out, language="en")
    table = pd.read_csv(out, encoding="utf-8-sig", keep_default_na=False)
    return list(zip(table["row"], table["column"], table["reason"], strict=True))


def by_hand(tables):
    """Deliveries by (cell, period, kind), riders of each, and bad rows, one row at a time: the slow plain way."""
    table = pd.concat([t.to_pandas() for t in tables])
    lon, lat = (pd.to_numeric(table[name]).to_numpy() for name in ("经度", "纬度"))
    x, y = Transformer.from_crs(4326, 4548, always_xy=True).transform(*to_wgs84(lon, lat, "gcj02"))
    times = pd.to_datetime(table["下单时间"], errors="coerce").to_list()
    deliveries, riders, bad = Counter(), {}, 0
    for i, row in enumerate(table.itertuples(index=False)):
        kind = {"外卖": "meals", "快递": "parcels", "包裹": "parcels"}.get(row.业务类型)
        time = times[i]
        if kind is None or pd.isna(time) or not (73 < lon[i] < 136 and 3 < lat[i] < 54):
            bad += 1
            continue
        period = next((p for p, (start, end) in PERIOD_HOURS.items() if start <= time.hour < end), "night")
        figure = (f"{int(x[i] // 100)}_{int(y[i] // 100)}", period, kind)
        deliveries[figure] += 1
        riders.setdefault(figure, set()).add(row.骑手编号)
    return deliveries, riders, bad


def figures(tally):
    """A tally as {(cell, period, kind): deliveries}."""
    names = tally.cells.frame(tally.codes)["cell_id"].tolist()
    return {
        (names[c], tally.periods[p], tally.kinds[k]): int(tally.deliveries[c, p, k])
        for c, p, k in zip(*np.nonzero(tally.deliveries), strict=True)
    }
