"""GCJ-02, the offset grid of China's public maps, and BD-09, Baidu's further offset; both ways, on degrees.

Neither is published by those who use it. The formulas are the ones that the mapping community recovered and that every
open implementation shares (eviltransform, coordtransform, PRCoords); the tests compare with PRCoords.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Degrees = NDArray[np.float64]
_Turns = NDArray[np.complex128]
_Offset = tuple[Degrees, Degrees]

_KRASOVSKY_A_M: Final = 6378245.0
_KRASOVSKY_E2: Final = 0.00669342162296594323
_ROOT_EAST_M, _ROOT_NORTH_M = 0.1, 0.2
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_MIDDLE_LON, _MIDDLE_LAT = 105.0, 35.0
_MIDDLE_TURN: Final = complex(np.exp(1j * np.radians(_MIDDLE_LAT)))

_ROUNDS: Final = 3  # of the inverse: they leave 0.1 m, 0.1 mm and less than 0.1 µm
_BD_ROUNDS: Final = 6  # each leaves 0.02 of the error before it
_BLOCK: Final = 4096  # points at a time: their working arrays stay in the processor's cache

_BD_WAVE: Final = np.pi * 3000.0 / 180.0
_BD_EAST, _BD_NORTH = 0.0065, 0.006


def gcj02_from_wgs84(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """GCJ-02 degrees of WGS-84 degrees; points outside the box of :func:`in_box` stay as they are, to the last bit."""
    return _by_blocks(lon, lat, _offset_from_wgs84)


def wgs84_from_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """WGS-84 degrees of GCJ-02 degrees, within 1e-6 m of the true inverse; outside the box nothing changes.

    Within a kilometre of the box's rim there and back need not meet: there the offset carries points over the rim.
    """
    return _by_blocks(lon, lat, _offset_to_wgs84)


def in_box(lon: Degrees, lat: Degrees) -> NDArray[np.bool_]:
    """Whether points lie in the box in which GCJ-02 differs from WGS-84.

    The box is part of the published algorithm. It holds all of China, Hong Kong, Macau and Taiwan included, with a
    degree or more to spare, and much of its neighbours, of which nobody issues GCJ-02.
    """
    return (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)


def bd09_from_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """BD-09 degrees of GCJ-02 degrees."""
    known = np.isfinite(lon) & np.isfinite(lat)
    lon, lat = np.where(known, lon, np.nan), np.where(known, lat, np.nan)
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_WAVE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_WAVE)
    return radius * np.cos(angle) + _BD_EAST, radius * np.sin(angle) + _BD_NORTH


def gcj02_from_bd09(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """GCJ-02 degrees of BD-09 degrees, within 1e-6 m of the true inverse."""
    known = np.isfinite(lon) & np.isfinite(lat)
    east, north = np.where(known, lon, np.nan) - _BD_EAST, np.where(known, lat, np.nan) - _BD_NORTH
    radius = np.hypot(east, north)
    gcj_lon, gcj_lat = east, north
    for _ in range(_BD_ROUNDS):
        # BD-09 turns and stretches a point about (0, 0); both are undone, by what they are at the last guess.
        turn = 0.000003 * np.cos(gcj_lon * _BD_WAVE)
        stretch = radius - 0.00002 * np.sin(gcj_lat * _BD_WAVE)
        cos = 1.0 - turn * turn / 2.0  # the sine of a turn this small is the turn
        share = np.divide(stretch, radius, out=np.ones_like(radius), where=radius > 0)
        gcj_lon, gcj_lat = share * (east * cos + north * turn), share * (north * cos - east * turn)
    return gcj_lon, gcj_lat


def _by_blocks(lon: Degrees, lat: Degrees, offset: Callable[[Degrees, Degrees], _Offset]) -> tuple[Degrees, Degrees]:
    shape, lon, lat = lon.shape, lon.flatten(), lat.flatten()
    inside = np.flatnonzero(in_box(lon, lat))
    for start in range(0, len(inside), _BLOCK):
        block = inside[start : start + _BLOCK]
        at_lon, at_lat = lon[block], lat[block]
        east, north = offset(at_lon - _MIDDLE_LON, at_lat - _MIDDLE_LAT)
        lon[block], lat[block] = at_lon + east, at_lat + north
    return lon.reshape(shape), lat.reshape(shape)


def _offset_from_wgs84(x: Degrees, y: Degrees) -> _Offset:
    return _waves(x, y, _turn(x * (np.pi / 60.0)), _turn(y * (np.pi / 180.0))).offset()


def _offset_to_wgs84(x: Degrees, y: Degrees) -> _Offset:
    """Minus the offset at the place sought, which Newton's method finds, with the slopes of the first guess.

    Sines and cosines are computed once: the small step of a round turns them on by a few terms of their series.
    """
    x_turn, y_turn = _turn(x * (np.pi / 60.0)), _turn(y * (np.pi / 180.0))
    waves = _waves(x, y, x_turn, y_turn)
    east_by_x, east_by_y, north_by_x, north_by_y = waves.slopes()
    determinant = (1.0 + east_by_x) * (1.0 + north_by_y) - east_by_y * north_by_x
    gone_east, gone_north = np.zeros_like(x), np.zeros_like(y)
    for left in reversed(range(_ROUNDS)):
        east, north = waves.offset()
        miss_east, miss_north = gone_east + east, gone_north + north
        step_east = (east_by_y * miss_north - (1.0 + north_by_y) * miss_east) / determinant
        step_north = (north_by_x * miss_east - (1.0 + east_by_x) * miss_north) / determinant
        gone_east, gone_north = gone_east + step_east, gone_north + step_north
        if left:
            x_turn, y_turn = x_turn * _step(step_east * (np.pi / 60.0)), y_turn * _step(step_north * (np.pi / 180.0))
            waves = _waves(x + gone_east, y + gone_north, x_turn, y_turn)
    # At the middle meridian the root is steeper than any slope; it alone is brought up to date.
    root = np.sqrt(np.abs(waves.x))
    for _ in range(_ROUNDS):
        before, root = root, np.sqrt(np.abs(x + gone_east))
        gone_east = gone_east - _ROOT_EAST_M * (root - before) / waves.parallel_m
        gone_north = gone_north - _ROOT_NORTH_M * (root - before) / waves.meridian_m
    return gone_east, gone_north


@dataclass(frozen=True)
class _Waves:
    """The waves of the GCJ-02 formula at places ``x`` and ``y`` degrees from the middle of China.

    ``x2`` to ``x360`` are powers of exp(iπx/60), ``y2`` to ``y60`` powers of exp(iπy/60): each sine of the formula is
    the imaginary part of one of them. ``parallel_m`` and ``meridian_m`` are the metres of a degree there.
    """

    x: Degrees
    y: Degrees
    x2: _Turns
    x5: _Turns
    x20: _Turns
    x60: _Turns
    x120: _Turns
    x360: _Turns
    y2: _Turns
    y5: _Turns
    y20: _Turns
    y60: _Turns
    parallel_m: Degrees
    meridian_m: Degrees

    def offset(self) -> _Offset:
        """Degrees east and north by which GCJ-02 lies from WGS-84."""
        x, y, root = self.x, self.y, np.sqrt(np.abs(self.x))
        wave = self.x360.imag + self.x120.imag
        east_m = 20.0 * (wave + self.x60.imag) + 40.0 * self.x20.imag + 150.0 * self.x5.imag + 300.0 * self.x2.imag
        north_m = 20.0 * (wave + self.y60.imag) + 40.0 * self.y20.imag + 160.0 * self.y5.imag + 320.0 * self.y2.imag
        east_m = east_m * (2.0 / 3.0) + 300.0 + x + 2.0 * y + 0.1 * x * (x + y) + _ROOT_EAST_M * root
        north_m = north_m * (2.0 / 3.0) - 100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + _ROOT_NORTH_M * root
        return east_m / self.parallel_m, north_m / self.meridian_m

    def slopes(self) -> tuple[Degrees, Degrees, Degrees, Degrees]:
        """How the offset grows: east by x, east by y, north by x, north by y; without the terms below 0.0002."""
        x, y, turn_m = self.x, self.y, 2.0 / 3.0 * np.pi / 60.0
        wave = (20.0 * 360.0) * self.x360.real + (20.0 * 120.0) * self.x120.real
        x_waves = wave + 1200.0 * self.x60.real + 800.0 * self.x20.real + 750.0 * self.x5.real + 600.0 * self.x2.real
        y_waves = 1200.0 * self.y60.real + 800.0 * self.y20.real + 800.0 * self.y5.real + 640.0 * self.y2.real
        east_by_x = x_waves * turn_m + 1.0 + 0.2 * x + 0.1 * y
        north_by_x = wave * turn_m + 2.0 + 0.1 * y
        north_by_y = y_waves * turn_m + 3.0 + 0.4 * y + 0.1 * x
        return (
            east_by_x / self.parallel_m,
            (2.0 + 0.1 * x) / self.parallel_m,
            north_by_x / self.meridian_m,
            north_by_y / self.meridian_m,
        )


def _waves(x: Degrees, y: Degrees, x_turn: _Turns, y_turn: _Turns) -> _Waves:
    """The waves, from exp(iπx/60) and exp(iπy/180)."""
    x2, x5, x20, x60 = _powers(x_turn)
    x120 = x60 * x60
    latitude = y_turn * _MIDDLE_TURN
    w2 = 1.0 - _KRASOVSKY_E2 * latitude.imag**2
    w = np.sqrt(w2)
    parallel_m = (np.pi / 180.0 * _KRASOVSKY_A_M) / w * latitude.real
    meridian_m = (np.pi / 180.0 * _KRASOVSKY_A_M * (1.0 - _KRASOVSKY_E2)) / (w2 * w)
    y_powers = _powers(y_turn * y_turn * y_turn)
    return _Waves(x, y, x2, x5, x20, x60, x120, x120 * x120 * x120, *y_powers, parallel_m, meridian_m)


def _powers(turn: _Turns) -> tuple[_Turns, _Turns, _Turns, _Turns]:
    """The powers 2, 5, 20 and 60."""
    second = turn * turn
    fifth = second * second * turn
    tenth = fifth * fifth
    twentieth = tenth * tenth
    return second, fifth, twentieth, twentieth * twentieth * twentieth


def _turn(radians: Degrees) -> _Turns:
    turn = np.empty(radians.shape, dtype=np.complex128)
    turn.real, turn.imag = np.cos(radians), np.sin(radians)
    return turn


def _step(radians: Degrees) -> _Turns:
    step = np.empty(radians.shape, dtype=np.complex128)
    square = radians * radians
    step.real, step.imag = 1.0 - square / 2.0, radians * (1.0 - square / 6.0)
    return step
