"""A city's own grid (独立坐标系), fitted to control points that are known in it and on the earth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from planner.crs.projected import metric_crs, to_metric
from planner.errors import ArgumentError

# The widest pair of control points: nearer ones turn a metre at a point into many at the far end of a street office.
NEAREST_M: Final = 500.0
# Height and distance from a meridian stretch a city's grid by less than this. More is a wrong point or a wrong unit.
SCALE_TOLERANCE: Final = 0.002
# A line of points wider than this share of its length tells a grid from its mirror image.
_FLAT: Final = 0.05


@dataclass(frozen=True)
class CityGrid:
    """A grid whose eastings and northings, turned, stretched and moved, are those of ``metric``.

    A position e + in of the grid lies at ``turn``·(e + in) + ``shift``, as complex numbers of metres. ``residual_m`` is
    how far each control point misses. ``on_a_line`` says that the control points, two or all along one line, cannot
    show a mix-up of easting and northing.
    """

    name: str
    metric: CRS
    turn: complex
    shift: complex
    residual_m: tuple[float, ...]
    on_a_line: bool

    @property
    def scale(self) -> float:
        """Metres of ``metric`` to a metre of the grid."""
        return abs(self.turn)

    @property
    def rotation_deg(self) -> float:
        """By how much the grid's axes are turned against those of ``metric``, anticlockwise."""
        return float(np.degrees(np.angle(self.turn)))


def fit_city_grid(
    name: str,
    lon_lat: Sequence[tuple[float, float]],
    easting_northing: Sequence[tuple[float, float]],
    *,
    tolerance_m: float = 1.0,
    labels: Sequence[str] | None = None,
) -> CityGrid:
    """The grid in which points of WGS-84 degrees have the eastings and northings given, by least squares.

    It has four parameters: a shift, a turn and a scale (Helmert's similarity in the plane), in the metric system of the
    place. More would follow the errors of the points: a grid made by surveyors is conformal, and so is the metric
    system, so that within 10 km they differ from a similarity by centimetres. Two points fix it; a third checks it.

    Raises ``ArgumentError`` where there are fewer than two points, where they lie within ``NEAREST_M`` of each other,
    where the scale is off by more than ``SCALE_TOLERANCE``, where the mirrored points fit instead (easting and northing
    were mixed up), and where a point misses by more than ``tolerance_m``; it names that point by its label.
    """
    if len(lon_lat) != len(easting_northing) or len(lon_lat) < 2:
        raise ArgumentError("few_control_points", grid=name, count=min(len(lon_lat), len(easting_northing)))
    lon, lat = np.array(lon_lat, dtype=np.float64).T
    metric = metric_crs(float(lon.mean()), float(lat.mean()))
    x, y = to_metric(metric).transform(lon, lat)
    there, here = x + 1j * y, _complex(easting_northing)
    span_m = float(np.abs(there[:, None] - there).max())
    if span_m < NEAREST_M or np.abs(here - here[0]).max() == 0:
        raise ArgumentError("near_control_points", grid=name, span_m=span_m, least_m=NEAREST_M)
    turn, shift, residual_m = _similarity(here, there)
    on_a_line = _is_flat(there)
    mirrored_m = _similarity(1j * here.conj(), there)[2]  # easting and northing exchanged
    if not on_a_line and residual_m.max() > tolerance_m >= mirrored_m.max():
        raise ArgumentError("mirrored_control_points", grid=name)
    if residual_m.max() > tolerance_m:
        worst = int(residual_m.argmax())
        label = labels[worst] if labels is not None else str(worst + 1)
        raise ArgumentError(
            "control_point_misses", grid=name, point=label, miss_m=residual_m[worst], tolerance_m=tolerance_m
        )
    if abs(abs(turn) - 1.0) > SCALE_TOLERANCE:
        raise ArgumentError("control_points_scale", grid=name, scale=abs(turn))
    return CityGrid(name, metric, turn, shift, tuple(residual_m.tolist()), on_a_line)


def city_grid_to_wgs84(
    x: NDArray[np.float64], y: NDArray[np.float64], grid: CityGrid
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """WGS-84 degrees of eastings and northings of the grid."""
    place = grid.turn * (x + 1j * y) + grid.shift
    lon, lat = to_metric(grid.metric).transform(place.real, place.imag, direction="INVERSE")
    return lon, lat


def city_grid_from_wgs84(
    lon: NDArray[np.float64], lat: NDArray[np.float64], grid: CityGrid
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Eastings and northings of the grid of WGS-84 degrees."""
    x, y = to_metric(grid.metric).transform(lon, lat)
    place = (x + 1j * y - grid.shift) / grid.turn
    return place.real, place.imag


def _similarity(
    here: NDArray[np.complex128], there: NDArray[np.complex128]
) -> tuple[complex, complex, NDArray[np.float64]]:
    """The turn and shift that bring ``here`` closest to ``there``, and by how many metres each point misses."""
    middle, target = here.mean(), there.mean()
    turn = complex(np.vdot(here - middle, there - target) / np.vdot(here - middle, here - middle).real)
    shift = complex(target - turn * middle)
    return turn, shift, np.abs(turn * here + shift - there)


def _is_flat(place: NDArray[np.complex128]) -> bool:
    centred = place - place.mean()
    long, short = np.linalg.svd(np.column_stack([centred.real, centred.imag]), compute_uv=False)[:2]
    return bool(short < _FLAT * long)


def _complex(pairs: Sequence[tuple[float, float]]) -> NDArray[np.complex128]:
    east, north = np.array(pairs, dtype=np.float64).T
    return np.asarray(east + 1j * north)
