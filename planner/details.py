"""The figures of single things on the map: a grid, a cell, a gap, a site."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from planner.coverage import Coverage
from planner.plan import ServicePlan


def demand_by_period(part: ServicePlan, points: ArrayLike) -> pd.DataFrame:
    """The demand of some points: a row a period (the index): ``weight_per_day``, ``covered_share_today`` and
    ``covered_share_planned``, which are no number where there is no demand.

    ``points``: (demand points,), true for those that count.
    """
    some = np.asarray(points, dtype=bool)
    weight = part.demand.weight[some]
    columns = {"weight_per_day": weight.sum(axis=0)}
    for when, coverage in (("today", part.today), ("planned", part.planned)):
        columns[f"covered_share_{when}"] = Coverage(coverage.covered[some], weight).share_by_period()
    return pd.DataFrame(columns, index=pd.Index(part.demand.periods, name="period"))


def points_in_grid(part: ServicePlan, grid_code: str) -> np.ndarray:
    """Which demand points lie in a grid: (demand points,)."""
    found: np.ndarray = (part.demand.cells["grid_code"] == grid_code).to_numpy(dtype=bool)
    return found


def points_of_cell(part: ServicePlan, cell_id: str) -> np.ndarray:
    """Which demand point is the cell: (demand points,)."""
    found: np.ndarray = (part.demand.cells["cell_id"] == cell_id).to_numpy(dtype=bool)
    return found


def reach_per_day(part: ServicePlan, site: int) -> float:
    """The weight within the standard of a site while it is open, whoever else covers it."""
    return float(part.demand.weight.ravel()[part.covers[:, [site]].nonzero()[0]].sum())


def share_of_all(part: ServicePlan, weight_per_day: float) -> float:
    """A weight as a share of all demand for the service; not a number where there is none."""
    total = float(part.demand.weight.sum())
    return weight_per_day / total if total > 0 else float("nan")
