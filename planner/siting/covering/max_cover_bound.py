"""Compiled Lagrangian bound of maximal covering; a town as in :mod:`planner.siting.covering.max_cover_kernels`."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc, assignment"
from __future__ import annotations

import numpy as np

from planner.siting.compiled import kernel


@kernel
def lagrangian_steps(
    site_ptr, site_row, weight, cost, limit, is_count, target,
    multiplier, best_multiplier, mean_covered, mean_wanted, state, steps,
):  # fmt: skip
    """``steps`` steps of the volume algorithm (Barahona & Anbil 2000) on the relaxed covering rows.

    ``state`` = (best bound, step factor, stalls); ``multiplier`` lie in [0, weight]. For a count limit the sites of the
    largest sums are open; for money the linear knapsack bounds them. Both bounds equal the linear relaxation's at best.
    """
    rows, sites = len(weight), len(cost)
    sums = np.empty(sites)
    key, use = np.empty(sites), np.empty(sites)
    covered = np.empty(rows)
    bound, factor, stalls = state[0], state[1], state[2]
    for _ in range(steps):
        for j in range(sites):
            s = 0.0
            for k in range(site_ptr[j], site_ptr[j + 1]):
                s += multiplier[site_row[k]]
            sums[j] = s
        value = 0.0
        for i in range(rows):
            value += weight[i] - multiplier[i]
        use[:] = 0.0
        left = limit
        for j in range(sites):
            key[j] = -sums[j] if is_count else -sums[j] / max(cost[j], 1e-12)
        ranked = np.argsort(key)
        for t in range(sites):
            j = ranked[t]
            if sums[j] <= 0.0 or (left <= 0.0 and cost[j] > 0.0):
                break
            part = 1.0 if cost[j] <= left else left / cost[j]
            use[j] = part
            left -= part * cost[j]
            value += part * sums[j]
        covered[:] = 0.0
        for j in range(sites):
            if use[j] > 0.0:
                for k in range(site_ptr[j], site_ptr[j + 1]):
                    covered[site_row[k]] += use[j]
        first = bound == np.inf
        if value < bound - 1e-12:
            stalls = 0.0 if bound - value > 1e-5 * abs(bound - target) or first else stalls + 1.0
            bound = value
            best_multiplier[:] = multiplier
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
        if norm <= 1e-18 or factor < 1e-4:
            break
        step = factor * max(value - target, 1e-9 * abs(value)) / norm
        for i in range(rows):
            m = best_multiplier[i] + step * (mean_wanted[i] - mean_covered[i])
            multiplier[i] = min(max(m, 0.0), weight[i])
    state[0], state[1], state[2] = bound, factor, stalls
