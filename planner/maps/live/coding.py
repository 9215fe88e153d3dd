"""Shapes → whole numbers of 1e-6 degrees, each the step from the position before it."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from planner.crs import in_crs

# 1e-6 degrees are 0.11 m at most: finer than a map shows, and than the files are.
STEPS_PER_DEGREE: Final = 1_000_000
Ints = NDArray[np.int64]


def coded_shapes(shapes: NDArray[np.object_], crs: CRS) -> dict[str, Any]:
    """Points, lines or areas, all of one dimension, in ``crs`` → their code.

    ``dimension`` is 0, 1 or 2; ``parts`` is how many points, lines or rings each shape has, ``sizes`` how many
    positions each of those has (a ring's last, which repeats its first, is left out), one number where all are alike;
    ``steps`` are the longitudes and latitudes by turns, each the difference from the one before, from 0. Outer rings
    run against the clock and holes with it, so that areas that overlap are filled once. An empty shape has no parts.
    """
    degrees = in_crs(gpd.GeoSeries(shapes, crs=crs), "EPSG:4326").to_numpy() if len(shapes) else shapes
    degrees = shapely.orient_polygons(degrees)
    kinds = shapely.get_dimensions(degrees)
    dimension = int(kinds.max(initial=0))
    parts, part_of_shape = shapely.get_parts(degrees, return_index=True)
    if dimension == 2:
        parts, ring_of_part = shapely.get_rings(parts, return_index=True)
        part_of_shape = part_of_shape[ring_of_part]
    positions, part_of_position = shapely.get_coordinates(parts, return_index=True)
    if dimension == 2 and len(positions):
        is_last = np.append(part_of_position[1:] != part_of_position[:-1], True)
        positions, part_of_position = positions[~is_last], part_of_position[~is_last]
    whole = np.rint(positions * STEPS_PER_DEGREE).astype(np.int64)
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return {
        "dimension": dimension,
        "count": len(degrees),
        "parts": _counts(np.bincount(part_of_shape, minlength=len(degrees))),
        "sizes": _counts(np.bincount(part_of_position, minlength=len(parts))),
        "steps": steps.ravel().tolist(),
    }


def _counts(counts: Ints) -> int | list[int]:
    return int(counts[0]) if len(counts) and (counts == counts[0]).all() else counts.tolist()
