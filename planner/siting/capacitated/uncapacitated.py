"""The same problem without capacities, a p-median: where few sites are full its sites are good ones."""

from __future__ import annotations

from typing import Final

import numpy as np
import scipy.sparse as sp

from planner.siting.capacitated.problem import Ints, Town
from planner.siting.median.phases import MedianSearch
from planner.siting.stopping import Deadline

_NEAR_ENOUGH: Final = 0.002


def sites_without_capacity(town: Town, seed: int, deadline: Deadline) -> tuple[Ints, float]:
    """Sites to open beside the fixed ones for the least travel, and a bound on the cost of any answer to ``town``."""
    rows, sites = town.shape
    travel = sp.csr_array((town.pair_cost, (town.pair_row, town.pair_site)), shape=(rows, sites))
    at_most = town.left_cost.copy()
    stays = town.fixed[town.pair_site]
    np.minimum.at(at_most, town.pair_row[stays], town.pair_cost[stays])
    search = MedianSearch(
        travel, np.ones(rows), at_most, np.flatnonzero(~town.fixed), int(town.site_limit), _NEAR_ENOUGH, seed, deadline
    )
    search.run()
    return search.chosen, search.bound if search.bound < np.inf else 0.0
