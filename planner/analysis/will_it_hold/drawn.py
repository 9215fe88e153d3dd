"""Demand drawn from how little is known of it, and what can be said from a number of draws."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from planner.today import ServiceToday

Floats = NDArray[np.float64]


def drawn_demand(part: ServiceToday, count: int, *, variation: float, seed: int) -> Floats:
    """``count`` demands that could be the true one: (draws, points × periods).

    Each point's demand, in all periods alike, is multiplied by a gamma variable of mean 1 and coefficient of variation
    ``variation``, each by itself. All points of a grid whose demand is an estimate are multiplied by a further one, so
    that its total is normal on the scale of square roots and above the upper end of the grid's interval as often as the
    interval says: the scale on which the interval was found (see :mod:`planner.demand.learning`).
    """
    random = np.random.default_rng(seed)
    weight = part.demand.weight
    factor = np.ones((count, len(weight)))
    if variation > 0:
        factor = random.gamma(variation**-2, variation**2, factor.shape)
    codes = part.demand.cells["grid_code"].to_numpy()
    for grid, high in part.demand.intervals["high_per_day"].dropna().items():
        own = codes == grid
        total = float(weight[own].sum())
        if not (total > 0 and math.isfinite(high)):
            continue
        reach = NormalDist().inv_cdf(0.5 + part.study.combining.interval / 2)
        spread = max(0.0, math.sqrt(high / total) - 1.0) / reach
        factor[:, own] *= np.maximum(0.0, 1.0 + spread * random.standard_normal(count))[:, None] ** 2
    drawn: Floats = (factor[:, :, None] * weight[None]).reshape(count, -1)
    return drawn


def wilson_interval(hits: int, of: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """The bounds of a share of which ``hits`` were seen among ``of``: the score interval of Wilson (1927)."""
    if of == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, scale = hits / of, 1.0 + z * z / of
    middle = (share + z * z / (2 * of)) / scale
    reach = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / scale
    return (0.0 if hits == 0 else middle - reach), (1.0 if hits == of else middle + reach)
