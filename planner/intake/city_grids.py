"""``[crs.NAME]`` of ``study.toml``: a city's own grid by control points, and what each file's ``crs`` means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from planner.crs import CityGrid, System, check_system, fit_city_grid, is_in_metres, to_wgs84
from planner.errors import ArgumentError, Fault
from planner.words import Text


class ControlPoint(BaseModel):
    """A place known on the earth, in degrees of ``points_crs``, and in the city's grid, in metres."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    name: str = ""
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    easting: float
    northing: float


class ControlPoints(BaseModel):
    """The control points of one grid, the system of their degrees, and by how much one may miss the fitted grid."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    points_crs: str = "wgs84"
    tolerance_m: Annotated[float, Field(gt=0)] = 1.0
    points: tuple[ControlPoint, ...]


def fit_city_grids(file: str, tables: Mapping[str, ControlPoints]) -> tuple[dict[str, CityGrid], list[Fault]]:
    """The study's own grids by name; what keeps one from being fitted, and as remarks how well each fits.

    ``file`` is the one that has the tables.
    """
    grids, faults = {}, []
    for name, table in tables.items():
        place = f"crs.{name}"
        try:
            grids[name] = _fit(name, table)
        except ArgumentError as error:
            faults.append(Fault(file, "city_grid", column=place, values={"reason": in_both_languages(error)}))
            continue
        key = "city_grid_unchecked" if grids[name].on_a_line else "city_grid_fits"
        about: dict[str, object] = {"count": len(table.points), "miss_m": max(grids[name].residual_m)}
        faults.append(Fault(file, key, column=place, values=about, severity="remark"))
    return grids, faults


def system_named(name: str, grids: Mapping[str, CityGrid]) -> System:
    """The system that a file's ``crs`` names. Raises ``ArgumentError`` where there is none that can be used."""
    if name in grids:
        return grids[name]
    is_in_metres(name)  # tells an EPSG code that does not exist or stands on another datum
    return name


def in_both_languages(error: ArgumentError) -> Text:
    """What an error says, to stand within a fault."""
    return Text(zh=error.message("zh"), en=error.message("en"))


def _fit(name: str, table: ControlPoints) -> CityGrid:
    if _is_a_system(name):
        raise ArgumentError("grid_name_taken", grid=name)
    if is_in_metres(table.points_crs):
        raise ArgumentError("control_points_in_degrees", grid=name, system=table.points_crs)
    lon, lat = np.array([(point.lon, point.lat) for point in table.points]).reshape(-1, 2).T
    return fit_city_grid(
        name,
        list(zip(*to_wgs84(lon, lat, table.points_crs), strict=True)),
        [(point.easting, point.northing) for point in table.points],
        tolerance_m=table.tolerance_m,
        labels=[point.name or str(i) for i, point in enumerate(table.points, start=1)],
    )


def _is_a_system(name: str) -> bool:
    try:
        check_system(name)
    except ArgumentError:
        return False
    return True
