"""Shapes brought from one coordinate system into another."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import shapely
from pyproj import CRS

from planner.crs.projected import way_between

if TYPE_CHECKING:
    import geopandas as gpd

Shapes = TypeVar("Shapes", "gpd.GeoSeries", "gpd.GeoDataFrame")


def in_crs(shapes: Shapes, crs: CRS | str) -> Shapes:
    """The shapes in ``crs``, as ``to_crs`` of geopandas gives them.

    The way there is found once, while ``to_crs`` has PROJ look for it anew in each thread; a page runs in a new thread
    after each click.
    """
    source, target = CRS.from_user_input(shapes.crs), CRS.from_user_input(crs)
    if source.is_exact_same(target):
        return shapes.copy()
    way = way_between(source, target)
    moved = shapely.transform(shapes.geometry.to_numpy(), lambda xy: np.column_stack(way.transform(*xy.T)))
    if shapes.ndim == 1:
        return type(shapes)(moved, index=shapes.index, crs=target, name=shapes.name)
    return shapes.set_geometry(type(shapes.geometry)(moved, index=shapes.index, crs=target))
