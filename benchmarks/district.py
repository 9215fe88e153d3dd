"""A made-up district of 20,000 cells, 3,000 candidates and 40,000 street edges, to see how the page's map bears it."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.intake.study import Streets, Study

CELL_M, BLOCK_M = 100.0, 100.0
SIDE, GRID_CELLS, HOSTS, CENTRES = 142, 12, 3000, 60


def district_of(study: Study, *, centres: int = CENTRES, seed: int = 1) -> Study:
    """A district made of ``study``: its catalog and its kinds of things, on a square of 14 km by 14 km."""
    random = np.random.default_rng(seed)
    west, south = study.boundary.bounds[:2]
    column, row = (index.ravel() for index in np.meshgrid(np.arange(SIDE), np.arange(SIDE)))
    x, y = west + column * CELL_M, south + row * CELL_M
    per_side = -(-SIDE // GRID_CELLS)
    grid_of_cell = (row // GRID_CELLS) * per_side + column // GRID_CELLS
    grid_column, grid_row = (index.ravel() for index in np.meshgrid(np.arange(per_side), np.arange(per_side)))
    far = np.array([west, south]) + SIDE * CELL_M
    left, low = west + grid_column * GRID_CELLS * CELL_M, south + grid_row * GRID_CELLS * CELL_M
    right, high = np.minimum(left + GRID_CELLS * CELL_M, far[0]), np.minimum(low + GRID_CELLS * CELL_M, far[1])
    codes = np.array([f"G{number:03d}" for number in range(per_side**2)])
    community = study.communities["community_code"].iloc[0]
    kinds = study.deliveries
    shape = next(iter(kinds.values())).shape[1]
    dense = np.exp(-(((column - SIDE / 2) ** 2 + (row - SIDE / 2) ** 2) / (2 * (SIDE / 4) ** 2)))[:, None]
    return replace(
        study,
        boundary=shapely.box(west, south, *far),
        grids=_frame(study, shapely.box(left, low, right, high), grid_code=codes, name=codes, community_code=community),
        cells=_frame(
            study,
            shapely.box(x, y, x + CELL_M, y + CELL_M),
            cell_id=[f"c{number}" for number in range(len(x))],
            grid_code=codes[grid_of_cell],
        ),
        centre_xy=np.column_stack([x, y]) + CELL_M / 2,
        deliveries={kind: (random.gamma(1.0, 20.0, (len(x), shape)) * dense).round(1) for kind in kinds},
        centres=_placed(study.centres, "centre_id", centres, study, random, west, south),
        hosts=_placed(study.hosts, "host_id", HOSTS, study, random, west, south),
        appeals=study.appeals.iloc[:0],
        streets=_streets(study, west, south, random),
    )


def _frame(study: Study, shapes: object, **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=study.metric_crs)


def _placed(
    like: gpd.GeoDataFrame, key: str, count: int, study: Study, random: np.random.Generator, west: float, south: float
) -> gpd.GeoDataFrame:
    """``count`` rows like those of a frame, with ids of their own, thrown over the square."""
    rows = pd.DataFrame(like.drop(columns="geometry")).iloc[random.integers(0, len(like), count)].reset_index(drop=True)
    rows[key] = [f"{key[0].upper()}{number:04d}" for number in range(count)]
    xy = np.array([west, south]) + random.random((count, 2)) * SIDE * CELL_M
    return gpd.GeoDataFrame(rows, geometry=shapely.points(xy), crs=study.metric_crs)


def _streets(study: Study, west: float, south: float, random: np.random.Generator) -> Streets:
    """A net of blocks, its corners shaken, every edge with a bend in it."""
    column, row = (index.ravel() for index in np.meshgrid(np.arange(SIDE), np.arange(SIDE)))
    at = np.column_stack([west + column * BLOCK_M, south + row * BLOCK_M]) + random.uniform(-25, 25, (len(column), 2))
    number = np.arange(len(column))
    tail = np.concatenate([number[column < SIDE - 1], number[row < SIDE - 1]])
    head = np.concatenate([number[column < SIDE - 1] + 1, number[row < SIDE - 1] + SIDE])
    bend = (at[tail] + at[head]) / 2 + random.uniform(-8, 8, (len(tail), 2))
    lines = shapely.linestrings(np.stack([at[tail], bend, at[head]], axis=1))
    is_main = np.where(tail % SIDE == head % SIDE, column[tail], row[tail]) % 8 == 0
    empty = dict.fromkeys(study.streets.edges.columns.drop("geometry"), "")
    columns = empty | {
        "tail": tail,
        "head": head,
        "length_m": shapely.length(lines),
        "highway": np.where(is_main, "secondary", np.where(random.random(len(tail)) < 0.3, "footway", "residential")),
        "forward": True,
        "backward": True,
    }
    return Streets(edges=gpd.GeoDataFrame(columns, geometry=lines, crs=study.metric_crs), node_count=len(at))
