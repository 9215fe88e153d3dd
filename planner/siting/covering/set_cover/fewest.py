"""The fewest sites that cover so much weight, by maximal covering with one number of sites after another."""

from __future__ import annotations

from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.covering.max_cover.phases import search_town
from planner.siting.covering.max_cover.town import Town
from planner.siting.covering.set_cover.core import Found
from planner.siting.stopping import INTERRUPTED, Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Of the time that is left, for one number of sites.
_PART: Final = 0.4


def fewest_sites(
    matrix: sp.csr_array, weight: Floats, need: float, cost: float, known: Ints, gap: float, seed: int,
    deadline: Deadline,
) -> Found:  # fmt: skip
    """As few columns, each of the same ``cost``, as can be found until the deadline that cover ``need``, and a bound.

    ``known`` are some that do. With so many sites maximal covering either finds enough, or its bound says that nobody
    can: both end its search early, so that only numbers near the fewest take long.
    """
    chosen, ones = known, np.ones(matrix.shape[1])
    alone = np.sort(np.asarray(matrix.T @ weight))[::-1]
    # Fewer than ``proven`` are not enough, ``low`` to ``high`` are looked at.
    proven = int(np.searchsorted(np.cumsum(alone), need)) + 1
    low, high = proven, len(known)
    try:
        while high - proven > gap * high and not deadline.passed():
            # Once all is looked at, what was left open, the easiest to rule out first.
            last = low >= high
            number, part = (proven, deadline.part(1.0)) if last else ((low + high) // 2, deadline.part(_PART))
            found = search_town(Town(matrix, weight, ones, number, None), 0.0, 0.0, seed, part, target=need)
            if float(weight[matrix[:, found.chosen].sum(axis=1) > 0].sum()) >= need:
                chosen = found.chosen
                high = len(chosen)
            elif found.bound < need:
                proven = number + 1
                low = max(low, proven)
            elif last:
                break
            else:
                low = number + 1
            deadline.tell(cost * high, cost * proven)
            if found.interrupted:
                raise KeyboardInterrupt
    except KeyboardInterrupt:
        return Found(chosen, cost * min(proven, high), INTERRUPTED)
    return Found(chosen, cost * min(proven, high), "maximal covering with one number of sites after another")
