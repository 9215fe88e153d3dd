# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"
"""Compiled Lagrangian bound of the p-median: every row's "is served once" is relaxed, sites stay whole.

Narula, Ogbu & Samuelsson (1977), An algorithm for the p-median problem. Operations Research 25; the steps follow a mean
of the subgradients, as in the volume algorithm of Barahona & Anbil (2000).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.siting.compiled import kernel, step

FREE, OPEN, SHUT = 0, 1, 2


def compressed(
    lists: tuple[NDArray[Any], ...], mode: NDArray[np.int8]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """The lists by row of a town without the sites that are shut; sites keep their numbers."""
    row_ptr, row_site, row_cost = lists[:3]
    # By positions: by flags numpy takes several times as long, and longer than a compiled loop.
    kept = np.flatnonzero(np.take(mode, row_site) != SHUT)
    return np.searchsorted(kept, row_ptr), row_site[kept], row_cost[kept]


@step
def _smallest(values, number, rank):
    """The value of this rank (from 0) among the first ``number``, which are put in another order (Hoare 1961)."""
    low, high = 0, number - 1
    while low < high:
        pivot = values[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if rank <= j:
            high = j
        elif rank >= i:
            low = i
        else:
            break
    return values[rank]


@kernel
def relax(
    row_ptr, row_site, row_cost, cap, ceiling, mode, quota, goal, target, steps, patience,
    price, best_price, mean_short, mean_open, best_worth, state, best_open, scratch,
):  # fmt: skip
    """``steps`` steps; stops where the bound reaches ``goal`` or nothing is left to gain.

    ``mode`` of a site: may open, must (``OPEN``), must not (``SHUT``); ``quota`` is how many of the free ones may.
    ``price`` is what a row is ready to pay, at most its ``ceiling``; a site's worth is the sum over rows of what it
    costs less than that, negative. ``state`` = (best bound, step factor, stalls, cheapest total seen); the sites of
    that total are left in ``best_open``. ``scratch``: by site two lots of numbers and one of flags.
    """
    rows, sites = len(cap), len(mode)
    worth, free, is_open = scratch
    for _ in range(steps):
        for j in range(sites):
            worth[j] = 0.0
        value = 0.0
        for i in range(rows):
            m = price[i]
            value += m
            for k in range(row_ptr[i], row_ptr[i + 1]):
                c = row_cost[k]
                if c >= m:
                    break
                worth[row_site[k]] += c - m
        number = np.int64(0)
        for j in range(sites):
            is_open[j] = mode[j] == OPEN
            if mode[j] == FREE:
                free[number] = worth[j]
                number += 1
            elif mode[j] == OPEN:
                value += worth[j]
        if quota > 0 and number > 0:
            take = min(quota, number)
            edge = _smallest(free, number, take - 1)
            left = take
            for j in range(sites):
                if mode[j] == FREE and worth[j] < edge:
                    is_open[j] = True
                    value += worth[j]
                    left -= 1
            for j in range(sites):
                if left == 0:
                    break
                if mode[j] == FREE and worth[j] == edge:
                    is_open[j] = True
                    value += worth[j]
                    left -= 1
        first = state[0] == -np.inf
        if value > state[0]:
            state[2] = 0.0 if first or value - state[0] > 1e-4 * (target - value) else state[2] + 1.0
            state[0] = value
            for i in range(rows):
                best_price[i] = price[i]
            for j in range(sites):
                best_worth[j] = worth[j]
            if value >= goal:
                return
        else:
            state[2] += 1.0
        if state[2] >= patience:
            state[1] *= 0.7
            state[2] = 0.0
        alpha = 1.0 if first else 0.2
        norm, total = 0.0, 0.0
        for i in range(rows):
            m = price[i]
            short = 1.0
            cost = cap[i] if ceiling[i] >= cap[i] else np.inf
            for k in range(row_ptr[i], row_ptr[i + 1]):
                c = row_cost[k]
                if c >= m:
                    if short < 1.0:
                        break
                    if is_open[row_site[k]]:
                        cost = c
                        break
                elif is_open[row_site[k]]:
                    if short == 1.0:
                        cost = c
                    short -= 1.0
            total += cost
            if short > 0.0 and m >= ceiling[i]:
                short = 0.0
            mean_short[i] = alpha * short + (1.0 - alpha) * mean_short[i]
            norm += mean_short[i] * mean_short[i]
        for j in range(sites):
            mean_open[j] += 0.05 * ((1.0 if is_open[j] else 0.0) - mean_open[j])
        if total < state[3]:
            state[3] = total
            for j in range(sites):
                best_open[j] = is_open[j]
        if norm <= 1e-14 or state[1] < 1e-4:
            return
        step = state[1] * max(target - value, 1e-7 * abs(value)) / norm
        for i in range(rows):
            m = price[i] + step * mean_short[i]
            price[i] = min(max(m, 0.0), ceiling[i])
