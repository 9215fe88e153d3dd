"""Where demand is: the density cells of a study, and pieces of its grids where it has none."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from planner.intake.study import Study

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DemandPoints:
    """Demand points: ``cells`` (``cell_id``, ``grid_code``, ``geometry``), ``xy`` (points, 2), ``grid`` the row of each
    point's grid in the study, and ``appeal`` the point that each appeal counts at, in the study's order.
    """

    cells: gpd.GeoDataFrame
    xy: Floats
    grid: NDArray[np.int64]
    appeal: NDArray[np.int64]


def demand_points(study: Study) -> DemandPoints:
    """The study's cells in their order; then, where it has grid totals, each grid without a cell cut into squares; then
    a square for each appeal that lies further than half a square from all of these.
    """
    frames = [study.cells[["cell_id", "grid_code", "geometry"]]]
    xy = [study.centre_xy]
    if study.grid_totals is not None:
        bare = study.grids[~study.grids["grid_code"].isin(study.cells["grid_code"])]
        frames.append(_pieces(bare, study.cell_size_m))
        xy.append(_middles(frames[-1]))
    points = study.appeals.geometry.to_numpy()
    placed = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), geometry="geometry", crs=study.metric_crs)
    own = _squares_of(points[_holder(placed, points, study.cell_size_m / 2) < 0], study, origin=np.concatenate(xy))
    frames.append(own)
    xy.append(_middles(own))
    cells = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), geometry="geometry", crs=study.metric_crs)
    row = pd.Series(np.arange(len(study.grids)), index=study.grids["grid_code"])
    return DemandPoints(
        cells=cells,
        xy=np.concatenate(xy),
        grid=row.loc[cells["grid_code"]].to_numpy(dtype=np.int64),
        appeal=_holder(cells, points, study.cell_size_m / 2),
    )


def _pieces(grids: gpd.GeoDataFrame, side_m: float) -> gpd.GeoDataFrame:
    """Grids cut along a lattice of squares, so that every piece lies in one grid."""
    if grids.empty:
        return gpd.GeoDataFrame({"cell_id": [], "grid_code": []}, geometry=[], crs=grids.crs)
    west, south, east, north = grids.total_bounds
    x, y = (
        np.arange(np.floor(low / side_m), np.ceil(high / side_m)) * side_m
        for low, high in ((west, east), (south, north))
    )
    corner = np.array(np.meshgrid(x, y[::-1])).reshape(2, -1).T  # from the north-west, row by row
    squares = _squares(corner, side_m)
    shapes = grids.geometry.to_numpy()
    grid, square = shapely.STRtree(squares).query(shapes, predicate="intersects")
    order = np.lexsort((square, grid))
    grid, square = grid[order], square[order]
    pieces = np.asarray(shapely.intersection(shapes[grid], squares[square]))
    real = shapely.area(pieces) > 1.0  # a square metre: edges that only touch leave lines and slivers
    frame = gpd.GeoDataFrame(
        {"grid_code": grids["grid_code"].to_numpy()[grid[real]]}, geometry=pieces[real], crs=grids.crs
    )
    number = frame.groupby("grid_code").cumcount() + 1
    frame.insert(0, "cell_id", frame["grid_code"] + "-" + number.astype(str).str.zfill(2))
    return frame


def _squares(corner: Floats, side_m: float) -> NDArray[np.object_]:
    x, y = corner[:, 0], corner[:, 1]
    boxes: NDArray[np.object_] = shapely.box(x, y, x + side_m, y + side_m)
    return boxes


def _squares_of(points: NDArray[np.object_], study: Study, *, origin: Floats) -> gpd.GeoDataFrame:
    """A square for each place among ``points``, in line with the cells there are."""
    side = study.cell_size_m
    shift = origin[0] - side / 2 if len(study.cells) else np.zeros(2)
    corner = np.unique(np.floor((shapely.get_coordinates(points) - shift) / side), axis=0) * side + shift
    squares = _squares(corner, side)
    nearest = study.grids.sindex.nearest(shapely.centroid(squares), return_all=False)[1]
    names = [f"a{number:03d}" for number in range(1, len(squares) + 1)]
    codes = study.grids["grid_code"].to_numpy()[nearest]
    return gpd.GeoDataFrame({"cell_id": names, "grid_code": codes}, geometry=squares, crs=study.metric_crs)


def _holder(cells: gpd.GeoDataFrame, points: NDArray[np.object_], within_m: float) -> NDArray[np.int64]:
    """The cell that holds each point, else the nearest one (the first of equals) within a distance, else -1."""
    found = np.full(len(points), -1, dtype=np.int64)
    if len(cells) and len(points):
        tree = shapely.STRtree(cells.geometry.to_numpy())
        point, cell = tree.query_nearest(points, max_distance=within_m, all_matches=True)
        order = np.lexsort((cell, point))[::-1]  # of several the first is written last
        found[point[order]] = cell[order]
    return found


def _middles(cells: gpd.GeoDataFrame) -> Floats:
    """The middle of each piece, or a place in it where its middle lies outside."""
    shapes = cells.geometry.to_numpy()
    middle = shapely.centroid(shapes)
    place = np.where(shapely.intersects(shapes, middle), middle, shapely.point_on_surface(shapes))
    return shapely.get_coordinates(place).reshape(-1, 2)
