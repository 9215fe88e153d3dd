"""Density cells: their faults, and their rows → squares with deliveries by period."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from planner.catalog import Catalog
from planner.errors import Fault


def cell_faults(file: str, rows: gpd.GeoDataFrame) -> list[Fault]:
    """What is wrong between rows: each cell has one place, and one row for each of its periods."""
    named = rows[rows["cell_id"] != ""]
    twice = named[named.duplicated(["cell_id", "period"])]
    faults = [
        Fault(file, "duplicate_period", row, "period", period, {"cell": cell})
        for row, cell, period in zip(twice.index, twice["cell_id"], twice["period"], strict=True)
    ]
    first = named.drop_duplicates("cell_id").set_index("cell_id").geometry.reindex(named["cell_id"])
    moved = named[shapely.distance(first.to_numpy(), named.geometry.to_numpy()) > 1.0]
    return faults + [Fault(file, "cell_moves", row, "cell_id", cell) for row, cell in moved["cell_id"].items()]


def squares(
    rows: gpd.GeoDataFrame, grids: gpd.GeoDataFrame, catalog: Catalog, *, side_m: float
) -> tuple[gpd.GeoDataFrame, NDArray[np.float64], dict[str, NDArray[np.float64]]]:
    """Squares with the grid of each, their centres (cells, 2), and deliveries by kind as (cells, periods)."""
    cells = rows.drop_duplicates("cell_id")[["cell_id", "geometry"]].reset_index(drop=True)
    number = pd.Series(cells.index, index=cells["cell_id"])
    period = {name: j for j, name in enumerate(catalog.periods)}
    at = number.loc[rows["cell_id"]].to_numpy(), rows["period"].map(period).to_numpy()
    deliveries = {}
    for kind in catalog.delivery_kinds():
        table = np.zeros((len(cells), len(period)))
        table[at] = rows[f"{kind}_per_day"].to_numpy()
        deliveries[kind] = table
    xy = shapely.get_coordinates(cells.geometry.to_numpy())
    half = side_m / 2
    grid_of = grids.sindex.nearest(cells.geometry.to_numpy(), return_all=False)[1]
    codes = grids["grid_code"].to_numpy()[grid_of]
    boxes = shapely.box(*(xy - half).T, *(xy + half).T)
    frame = gpd.GeoDataFrame({"cell_id": cells["cell_id"], "grid_code": codes}, geometry=boxes, crs=rows.crs)
    return frame, xy, deliveries
