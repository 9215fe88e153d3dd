"""Points that nobody measured: many on one spot, on a line, on a lattice, or at a few decimals only."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from planner.errors import Fault

# A pattern is told where it holds this many points and this share of the file. Real lists stay far below: of 1,587
# chargers in Shenzhen five share a spot, of 82 stations in Zhengzhou none.
_FEWEST: Final = 8
_SHARE: Final = 0.3
_FEWEST_ON_A_SPOT: Final = 4
_SHARE_ON_A_SPOT: Final = 0.2
_SAME_SPOT_M: Final = 0.5
_ON_A_LINE_M: Final = 0.5
_SAME_STEP_M: Final = 1.0
# Three decimals of a degree are about 100 m.
_FEW_DECIMALS: Final = 3
_DECIMAL_STEP_M: Final = 111_000 * 10.0**-_FEW_DECIMALS
_LINES_TRIED: Final = 400


def placeholder_remarks(
    file: str, lon: NDArray[np.float64], lat: NDArray[np.float64], xy: NDArray[np.float64]
) -> list[Fault]:
    """Remarks, with figures, on what gives made-up positions away.

    ``lon`` and ``lat`` are the file's own degrees, ``xy`` (points, 2) the metric positions; points that are not finite
    are left out.
    """
    known = np.isfinite(xy).all(axis=1)
    lon, lat, xy = lon[known], lat[known], xy[known]
    if len(xy) < _FEWEST_ON_A_SPOT:
        return []
    spot = np.unique(np.round(xy / _SAME_SPOT_M).astype(np.int64), axis=0, return_inverse=True)[1].ravel()
    remarks = _on_one_spot(file, lon, lat, spot)
    first_of_spot = np.unique(spot, return_index=True)[1]
    apart = xy[first_of_spot]
    remarks += _few_decimals(file, lon, lat)
    if len(apart) >= _FEWEST:
        on_line = _most_on_a_line(apart)
        if _is_many(on_line, len(apart)):
            about = {"count": on_line, "of": len(apart), "metres": _ON_A_LINE_M}
            remarks.append(Fault(file, "many_on_a_line", values=about, severity="remark"))
        in_step, step_m = _most_in_step(apart)
        if _is_many(in_step, len(apart)):
            about = {"count": in_step, "of": len(apart), "step_m": step_m, "metres": _SAME_STEP_M}
            remarks.append(Fault(file, "many_on_a_lattice", values=about, severity="remark"))
    return remarks


def _is_many(count: int, of: int) -> bool:
    return count >= _FEWEST and count >= _SHARE * of


def _on_one_spot(file: str, lon: NDArray[np.float64], lat: NDArray[np.float64], spot: NDArray[np.int64]) -> list[Fault]:
    counts = np.bincount(spot)
    told = np.flatnonzero((counts >= _FEWEST_ON_A_SPOT) & (counts >= _SHARE_ON_A_SPOT * len(spot)))
    remarks = []
    for number in told:
        i = int(np.flatnonzero(spot == number)[0])
        about = {"count": int(counts[number]), "of": len(spot)}
        remarks.append(Fault(file, "many_on_one_spot", None, None, f"{lon[i]:.7g}, {lat[i]:.7g}", about, "remark"))
    return remarks


def _few_decimals(file: str, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[Fault]:
    few = (np.round(lon, _FEW_DECIMALS) == lon) & (np.round(lat, _FEW_DECIMALS) == lat)
    is_degrees = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    count = int((few & is_degrees).sum())
    if count < _FEWEST_ON_A_SPOT or count < _SHARE * len(lon):
        return []
    about = {"count": count, "of": len(lon), "decimals": _FEW_DECIMALS, "metres": round(_DECIMAL_STEP_M, -1)}
    return [Fault(file, "few_decimals", values=about, severity="remark")]


def _most_on_a_line(xy: NDArray[np.float64]) -> int:
    """How many points the fullest line through two of them holds, of lines drawn at random (a fixed seed)."""
    draw = np.random.default_rng(0)
    most = 0
    for i, j in draw.integers(0, len(xy), (_LINES_TRIED, 2)):
        along = xy[j] - xy[i]
        length = float(np.hypot(*along))
        if length > 10 * _ON_A_LINE_M:
            off = np.abs((xy - xy[i]) @ np.array([-along[1], along[0]])) / length
            most = max(most, int((off <= _ON_A_LINE_M).sum()))
    return most


def _most_in_step(xy: NDArray[np.float64]) -> tuple[int, float]:
    """How many points have a near one at the same step, in metres and direction, as most others have."""
    others = min(5, len(xy))
    near = np.asarray(KDTree(xy).query(xy, k=others)[1])[:, 1:]
    steps = (xy[near] - xy[:, None, :]).reshape(-1, 2)
    steps[(steps[:, 0] < 0) | ((steps[:, 0] == 0) & (steps[:, 1] < 0))] *= -1  # there and back are one step
    origin = np.repeat(np.arange(len(xy)), others - 1)
    long_enough = np.hypot(*steps.T) > 10 * _SAME_STEP_M
    steps, origin = steps[long_enough], origin[long_enough]
    if not len(steps):
        return 0, 0.0
    tree = KDTree(steps)
    best = int(np.argmax(tree.query_ball_point(steps, _SAME_STEP_M, return_length=True)))
    alike = tree.query_ball_point(steps[best], _SAME_STEP_M)
    return len(np.unique(origin[alike])), float(np.hypot(*steps[best]))
