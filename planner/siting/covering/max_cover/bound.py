"""Compiled Lagrangian bound of maximal covering; a town as in :mod:`planner.siting.covering.max_cover.kernels`."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc, assignment"
from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel, put


@kernel
def site_sums(site_ptr, site_row, multiplier, sums):
    """The sum of the multipliers of each site's rows, into ``sums``."""
    for j in range(len(sums)):
        s = 0.0
        for k in range(site_ptr[j], site_ptr[j + 1]):
            s += multiplier[site_row[k]]
        sums[j] = s


@kernel
def lagrangian_step(
    site_ptr, site_row, weight, cost, limit, target,
    sums, ranked, multiplier, best_multiplier, mean_covered, mean_wanted, state,
):  # fmt: skip
    """A step of the volume algorithm (Barahona & Anbil 2000) on the relaxed covering rows; whether more may help.

    ``state`` = (best bound, step factor, stalls); ``multiplier`` lie in [0, weight], ``sums`` are theirs by site. The
    sites are opened as ``ranked``, by their sums for their costs: for a count limit that is the relaxed problem, for
    money the linear knapsack bounds it. Both bounds equal the linear relaxation's at best.
    """
    rows, sites = len(weight), len(cost)
    use, covered = np.zeros(sites), np.zeros(rows)
    bound, factor, stalls = state[0], state[1], state[2]
    value = 0.0
    for i in range(rows):
        value += weight[i] - multiplier[i]
    left = limit
    for t in range(sites):
        j = ranked[t]
        if sums[j] <= 0.0 or (left <= 0.0 and cost[j] > 0.0):
            break
        part = 1.0 if cost[j] <= left else left / cost[j]
        use[j] = part
        left -= part * cost[j]
        value += part * sums[j]
    for j in range(sites):
        if use[j] > 0.0:
            for k in range(site_ptr[j], site_ptr[j + 1]):
                covered[site_row[k]] += use[j]
    first = bound == np.inf
    if value < bound - 1e-12:
        stalls = 0.0 if bound - value > 1e-5 * abs(bound - target) or first else stalls + 1.0
        bound = value
        put(multiplier, best_multiplier)
    else:
        stalls += 1.0
        if stalls >= 40.0:
            factor *= 0.8
            stalls = 0.0
    alpha = 1.0 if first else 0.06
    norm = 0.0
    for i in range(rows):
        wanted = 1.0 if multiplier[i] < weight[i] else 0.0
        mean_wanted[i] = alpha * wanted + (1.0 - alpha) * mean_wanted[i]
        mean_covered[i] = alpha * covered[i] + (1.0 - alpha) * mean_covered[i]
        d = mean_wanted[i] - mean_covered[i]
        norm += d * d
    state[0], state[1], state[2] = bound, factor, stalls
    if norm <= 1e-18 or factor < 1e-4:
        return False
    step = factor * max(value - target, 1e-9 * abs(value)) / norm
    for i in range(rows):
        m = best_multiplier[i] + step * (mean_wanted[i] - mean_covered[i])
        multiplier[i] = min(max(m, 0.0), weight[i])
    return True
