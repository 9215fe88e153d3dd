"""What a covering model may open: the sites that are free to, and what limits them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.siting.arguments import amounts, cover_limits, fixed_and_forbidden

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Allowed:
    """``fixed``: the sites that are open whatever is chosen. ``optional``: those that may open, none of which is dearer
    than the whole budget. ``cost``: (sites,), 0 each where there is no budget. ``None`` is no limit.
    """

    fixed: Ints
    optional: Ints
    cost: Floats
    site_limit: float | None
    budget: float | None


def allowed_sites(
    site_count: int,
    *,
    site_limit: float | None,
    cost: ArrayLike | None,
    budget: float | None,
    fixed: ArrayLike | None,
    forbidden: ArrayLike | None,
) -> Allowed:
    """The arguments of :func:`planner.siting.max_cover` that say what may open, checked.

    Raises ``ArgumentError`` for one of the wrong shape or range, and without a limit.
    """
    stay, never = fixed_and_forbidden(fixed, forbidden, site_count)
    count_limit, money_limit = cover_limits(site_limit, budget, cost)
    nothing = np.zeros(site_count)
    costs = amounts("cost", nothing if cost is None else cost, site_count)
    optional = np.setdiff1d(np.arange(site_count), np.concatenate([stay, never]))
    if money_limit is None:
        return Allowed(stay, optional, nothing, count_limit, None)
    return Allowed(stay, optional[costs[optional] <= money_limit], costs, count_limit, money_limit)
