"""Points that cannot be where they are said to be, or lie outside the boundary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from planner.errors import Fault
from planner.intake.vocabulary import plain, vocabulary

# Further from the boundary than this, a point was surely read in the wrong coordinates (GCJ-02 is off by 700 m at most,
# but a centre across the street boundary still serves it).
FAR_FROM_BOUNDARY_M: Final = 5000.0

Placing = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]


def point_faults(
    file: str,
    lon: pd.Series[float],
    lat: pd.Series[float],
    place: Placing,
    area: BaseGeometry,
    *,
    system: str,
    titles: Mapping[str, str],
    slack_m: float = 0.0,
) -> list[Fault]:
    """The faults of a file's positions by row: (0, 0), no degrees, swapped, far away; and remarks on those outside.

    ``lon`` and ``lat`` are degrees as the file has them; ``place`` gives their metric positions. Points that are less
    than ``slack_m`` outside ``area`` are not told. ``titles`` are the file's own names of the two columns.
    """
    x, y = lon.to_numpy(dtype=float), lat.to_numpy(dtype=float)
    given = np.isfinite(x) & np.isfinite(y)
    at_zero = given & (x == 0) & (y == 0)
    is_degrees = given & (np.abs(x) <= 180) & (np.abs(y) <= 90)
    may_be_swapped = given & ~at_zero & (np.abs(x) <= 90) & (np.abs(y) <= 180)
    away_m = _distance_m(np.where(is_degrees, x, np.nan), np.where(is_degrees, y, np.nan), place, area)
    # Where they are, exchanged, beside the boundary, and not as they are.
    turned = may_be_swapped & ~(away_m <= FAR_FROM_BOUNDARY_M)
    turned_m = _distance_m(np.where(turned, y, np.nan), np.where(turned, x, np.nan), place, area)
    swapped = turned & ((turned_m <= FAR_FROM_BOUNDARY_M) | ~is_degrees)
    rows = lon.index.to_numpy()

    def told(where: NDArray[np.bool_], key: str, **about: object) -> list[Fault]:
        values = [f"{x[i]:.10g}, {y[i]:.10g}" for i in np.flatnonzero(where)]
        return [Fault(file, key, int(r), None, v, about) for r, v in zip(rows[where], values, strict=True)]

    faults = told(at_zero, "position_at_zero")
    if swapped.sum() > 1 and (swapped == (given & ~at_zero)).all():
        example = f'columns = {{ lon = "{titles.get("lat", "lat")}", lat = "{titles.get("lon", "lon")}" }}'
        about = {"count": int(swapped.sum()), "example": example}
        faults.append(Fault(file, "positions_swapped", values=about))
    else:
        faults += told(swapped, "position_swapped")
    faults += told(given & ~is_degrees & ~swapped, "position_not_degrees")
    far = (away_m > FAR_FROM_BOUNDARY_M) & ~swapped & ~at_zero
    faults += told(far, "far_away", km=FAR_FROM_BOUNDARY_M / 1000, crs=system)
    outside = (away_m > slack_m) & (away_m <= FAR_FROM_BOUNDARY_M)
    first = ~pd.DataFrame({"x": x, "y": y}).duplicated().to_numpy()  # a cell has a row a period
    return faults + [
        Fault(file, "point_outside", int(rows[i]), values={"distance_m": float(away_m[i])}, severity="remark")
        for i in np.flatnonzero(outside & first)
    ]


def system_remarks(file: str, titles: Mapping[str, str], system: str) -> list[Fault]:
    """A remark where the name of a column of positions speaks of another coordinate system than the study does."""
    remarks = []
    for column in ("lon", "lat", "lon_lat"):
        title = titles.get(column, "")
        for spoken, names in vocabulary("systems").items():
            same = {spoken, system} <= {"wgs84", "cgcs2000"} or spoken == system
            if not same and any(plain(name) in plain(title) for name in names):
                about = {"spoken": spoken, "crs": system}
                remarks.append(Fault(file, "system_contradicts", None, title, None, about, "remark"))
    return remarks


def _distance_m(
    x: NDArray[np.float64], y: NDArray[np.float64], place: Placing, area: BaseGeometry
) -> NDArray[np.float64]:
    """How far points are outside the area, 0 within; NaN for those that are nowhere."""
    distance = np.full(len(x), np.nan)
    known = np.isfinite(x) & np.isfinite(y)
    if known.any():
        shapely.prepare(area)
        distance[known] = shapely.distance(shapely.points(place(x[known], y[known])), area)
    return distance
