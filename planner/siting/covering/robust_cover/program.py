"""The worst of several scenarios as a mixed-integer program, which HiGHS proves."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from planner.siting.arguments import LAST_BITS
from planner.siting.covering.covers import limits_of
from planner.siting.covering.robust_cover.search import SAME, RobustSearch
from planner.siting.covering.robust_cover.town import RobustTown
from planner.siting.covering.site_program import solve_site_program
from planner.siting.stopping import Deadline


def prove_least(town: RobustTown, search: RobustSearch, gap: float, deadline: Deadline) -> tuple[str, bool]:
    """Give the search a better plan where there is one, and the bound that is proven; how, and whether interrupted.

    max z  s.t.  z ≤ offset_s + Σ_i share_si y_i,  y_i ≤ Σ_j a_ij x_j,  the limits on x; each scenario's share is
    at most what its own best plan covers. z is a share, so from 0 to 1.
    """
    rows, sites = town.matrix.shape
    scenarios = len(town.base)
    limits = limits_of(town.cost, town.site_limit, town.budget)
    share, nothing = sp.csr_array(town.share), sp.csr_array((scenarios, sites))
    constraints = sp.vstack(
        [
            sp.hstack([town.matrix, -sp.eye_array(rows), sp.csr_array((rows, 1))]),
            sp.hstack([sp.csr_array(limits.use), sp.csr_array((len(limits.most), rows + 1))]),
            sp.hstack([nothing, share, sp.csr_array(-np.ones((scenarios, 1)))]),
            sp.hstack([nothing, share, sp.csr_array((scenarios, 1))]),
        ]
    )
    lower = np.concatenate(
        [
            np.zeros(rows),
            np.full(len(limits.most), -np.inf),
            -(search.offset + town.base),
            np.full(scenarios, -np.inf),
        ]
    )
    upper = np.concatenate(
        [
            np.full(rows, np.inf),
            limits.most * (1.0 + LAST_BITS),
            np.full(scenarios, np.inf),
            search.alone_bound - town.base + SAME,
        ]
    )
    opened = np.zeros(sites)
    opened[search.best] = 1.0
    objective = np.zeros(sites + rows + 1)
    objective[-1] = 1.0
    found = solve_site_program(
        sp.csr_array(constraints),
        lower,
        upper,
        objective,
        sites,
        maximise=True,
        start=np.concatenate([opened, np.minimum(town.matrix @ opened, 1.0), [search.value]]),
        time_limit_s=deadline.left_s,
        gap=gap,
        whole=False,
        tolerance=SAME,
    )
    if found.chosen is not None:
        search.take(found.chosen)
    search.lower(search.value if found.best else found.bound)
    return "HiGHS after weighed scenarios and swaps", found.interrupted
