"""The inequality of a region of rows that a fractional answer breaks most."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.siting.covering.branch_and_cut.local_kernels import drop_idle, pivot_greedily
from planner.siting.covering.branch_and_cut.small_covers import cheapest_cover

Floats = NDArray[np.float64]
Masks = NDArray[np.uint64]

_PROVEN: Final = 1e-6


def most_broken(
    mask: Masks, x: Floats, rows: int, enough: float, most_nodes: int, random: NDArray[np.uint64]
) -> Floats | None:
    """Amounts a ≥ 0 with Σ a ≥ 1 over every cover of the rows for which Σ a x is least.

    None where that least is more than ``enough``, or was not found. ``mask``: the rows that each site covers. The
    simplex method on the dual, Σ of the covers' shares most with no site used beyond ``x``, its columns made when
    needed: greedily while that finds one, then by search.
    """
    sites = len(mask)
    inverse, price = np.eye(sites), np.zeros(sites)
    # No two shares alike, or the pivots could go round in circles.
    share = x * (1.0 + 1e-6 * (0.618 * np.arange(sites) % 1.0)) + 1e-7
    room = np.empty(sites), np.empty(sites)
    way, chosen = np.empty(sites), np.ones(sites, dtype=bool)
    everything = np.uint64((1 << rows) - 1)
    while True:
        drop_idle(mask, price, chosen)
        if not pivot_greedily(mask, x, rows, enough, random, inverse, share, price, *room, chosen, way):
            return None
        price = np.maximum(price, 0.0)
        least = cheapest_cover(mask, price, price.argsort(), rows, everything, np.inf, most_nodes, chosen)
        if least < 0.0:
            return None
        if least >= 1.0 - _PROVEN:
            return price
