"""How much supply there is for whom: the enhanced two-step floating catchment area method (E2SFCA).

Luo, W. & Qi, Y. (2009), An enhanced two-step floating catchment area (E2SFCA) method for measuring spatial
accessibility to primary care physicians. Health & Place 15. Where coverage says whether a site is near, this says how
many share it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from planner.catalog import CatchmentZone
from planner.errors import ArgumentError
from planner.travel import TOLERANCE, TravelCosts

Floats = NDArray[np.float64]


def accessibility(costs: TravelCosts, weight: Floats, supply: Floats, zones: Sequence[CatchmentZone]) -> Floats:
    """The supply there is for each unit of demand, (demand points, periods).

    ``weight``: (demand points, periods), ``supply``: (sites, periods), neither negative. The zones are parts of the
    cutoff of ``costs``, which is the catchment: a pair within the cost of a zone (inclusive), and of none before it,
    has the zone's weight w. Step one: each site's supply is shared by the demand in its catchment,
    R_j = S_j / Σ_k w_kj P_k. Step two: a demand point has A_i = Σ_j w_ij R_j. A site with nobody in its catchment gives
    nothing to anybody; the demand times its accessibility sums to the supply of all others.

    Raises ``ArgumentError`` where the shapes do not fit, or a weight or a supply is negative.
    """
    points, sites = costs.shape
    for name, table, rows in (("weight", weight, points), ("supply", supply, sites)):
        if table.shape != (rows, weight.shape[1]):
            raise ArgumentError("wrong_shape", name=name, shape=table.shape, wanted=(rows, weight.shape[1]))
        if not (table >= 0).all():
            raise ArgumentError("negative", name=name, index=int(np.flatnonzero(~(table >= 0).all(axis=1))[0]))
    near = _weight_of(costs, zones)[:, None]
    served = _summed(costs.site, near * weight[costs.demand], sites)
    ratio = np.divide(supply, served, out=np.zeros(supply.shape), where=served > 0)
    return _summed(costs.demand, near * ratio[costs.site], points)


def _weight_of(costs: TravelCosts, zones: Sequence[CatchmentZone]) -> Floats:
    """The weight of each pair, 0 beyond the last zone."""
    ends = np.array([zone.up_to for zone in zones]) * costs.cutoff
    zone = np.searchsorted(ends + TOLERANCE * np.maximum(1.0, ends), costs.cost, side="left")
    weights: Floats = np.array([*(zone.weight for zone in zones), 0.0])[zone]
    return weights


def _summed(group: NDArray[np.int64], table: Floats, count: int) -> Floats:
    return np.column_stack([np.bincount(group, weights=column, minlength=count) for column in table.T])
