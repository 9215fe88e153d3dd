"""A grid's total → its demand points, each grid's total kept exact."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BY_AREA = "area"


def spread(total: float, mass: Floats) -> Floats:
    """``total`` in proportion to ``mass``, the shape of ``mass``; ``math.fsum`` of the parts is ``total`` to the bit.

    What rounding leaves over goes to the largest part, the first of equals, and what that part is too coarse to take to
    the next. ``mass`` must not be negative, and some of it must be positive.
    """
    parts: Floats = total * (mass.ravel() / mass.sum())
    for part in np.argsort(-mass.ravel(), kind="stable"):
        if math.fsum(parts) == total:
            break
        left = math.fsum((total, *-parts))
        if mass.flat[part] > 0 and parts[part] + left >= 0:
            parts[part] += left
    spread_out: Floats = parts.reshape(mass.shape)
    return spread_out


def basis_of_grids(
    grid: NDArray[np.int64], count: int, masses: Mapping[str, Floats], order: Sequence[str]
) -> tuple[list[str], Floats]:
    """By what each of ``count`` grids is spread, and the mass of each demand point.

    ``grid`` is the grid of each point, ``masses`` a basis → (points,); a grid goes by the first basis of ``order`` that
    it has any of, else by ``area``. A grid without points has no basis (empty).
    """
    chosen = [""] * count
    mass = np.zeros(len(grid))
    for name in (*order, BY_AREA):
        in_grid = np.bincount(grid, weights=masses[name], minlength=count)
        for g in np.flatnonzero(in_grid > 0):
            chosen[g] = chosen[g] or name
        here = np.array([chosen[g] == name for g in grid], dtype=bool)
        mass[here] = masses[name][here]
    return chosen, mass


def spread_totals(
    totals: Floats, grid: NDArray[np.int64], mass: Floats, by_period: Floats | None, periods: int
) -> Floats:
    """(points, periods) from ``totals``, (grids, periods) or, with ``by_period``, whole days (grids, 1).

    Points of grids without a total (not a number) are not a number.
    """
    out = np.full((len(grid), periods), np.nan)
    for g in np.unique(grid):
        here = np.flatnonzero(grid == g)
        if np.isnan(totals[g]).any():
            continue
        if by_period is not None:
            out[here] = spread(float(totals[g, 0]), np.outer(mass[here], by_period))
        else:
            for j in range(periods):
                out[here, j] = spread(float(totals[g, j]), mass[here])
    return out
