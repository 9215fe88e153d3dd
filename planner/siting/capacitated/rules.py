"""Rules of the capacitated models: what the Lagrangian bound makes needless, and where to branch."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc"
from __future__ import annotations

import numpy as np

from planner.siting.capacitated.bound import FAR, fill_table
from planner.siting.capacitated.problem import Floats, Ints
from planner.siting.compiled import kernel, step


@kernel
def needed_pairs(
    site_ptr, site_row, reduced, load, grain, least, holds, standing, unit_price, others, may_open, cutoff, table,
    behind, keep,
):  # fmt: skip
    """Which pairs an answer below ``cutoff`` cannot do without: those that do not lift the bound to it.

    ``others`` is the bound without what each site adds to it, but with its fee. ``behind`` is room for a line of the
    ``table``.
    """
    for j in range(len(holds)):
        if not may_open[j]:
            continue
        first, last = site_ptr[j], site_ptr[j + 1]
        total = 0
        for k in range(first, last):
            total += grain[site_row[k]]
        largest = min(holds[j], total)
        level = fill_table(table, first, last, site_row, reduced, grain, largest, least[j])
        # What the rows behind a pair can add, at each load.
        for c in range(largest + 1):
            behind[c] = FAR if c > 0 and least[j] > 0 else 0.0
        for k in range(last - 1, first - 1, -1):
            size = grain[site_row[k]]
            fee = unit_price[j] if standing[j] == 0 and load[site_row[k]] > 0.0 else 0.0
            counts = reduced[k] < 0.0 or least[j] > 0
            level -= counts
            best = _best_with(table[level], behind, largest - size, least[j] - size, least[j] > 0)
            keep[k] = others[j] + fee + reduced[k] + best < cutoff
            if counts:
                for c in range(largest, size - 1, -1):
                    behind[c] = min(behind[c], behind[c - size] + reduced[k])


@step
def _best_with(before, behind, most, least, exact):
    """The least of before[a] + behind[b] with least ≤ a + b ≤ most."""
    best = FAR
    if most < 0:
        return best
    if not exact:
        for a in range(most + 1):
            best = min(best, before[a] + behind[most - a])
        return best
    # A window of ``behind`` slides down while ``a`` grows; its lowest entries wait in a queue.
    queue = np.empty(most + 2, dtype=np.int64)
    head, tail, low = 0, 0, most + 1
    for a in range(most + 1):
        top = most - a
        bottom = max(0, least - a)
        while low > bottom:
            low -= 1
            while tail > head and behind[queue[tail - 1]] >= behind[low]:
                tail -= 1
            queue[tail] = low
            tail += 1
        while head < tail and queue[head] > top:
            head += 1
        if head < tail:
            best = min(best, before[a] + behind[queue[head]])
    return best


def row_to_split(first: Ints, order: Ints, cost: Floats, mean_pick: Floats) -> tuple[int, int]:
    """The row whose near and far sites the relaxation is most torn between, and after how many of them to cut.

    ``order`` has the pairs by row, then by cost, those of row i from ``first[i]`` on. The pull of a cut is the smaller
    of the two shares times the difference of their mean costs. A row of -1 where every row has one site at most.
    """
    size = np.diff(first)
    torn = np.flatnonzero(size > 1)
    if not len(torn):
        return -1, 0
    part = mean_pick[order] + 1e-6
    row = np.repeat(np.arange(len(size)), size)

    def up_to_here(values: Floats) -> tuple[Floats, Floats]:
        """Of each pair's row the sum up to the pair and that of all."""
        running = np.append(0.0, np.cumsum(values))
        return running[1:] - running[first[row]], running[first[row + 1]] - running[first[row]]

    near, mass = up_to_here(part)
    near_worth, worth = up_to_here(part * cost[order])
    apart = np.abs(near / mass - 0.5)
    apart[first[1:][size > 0] - 1] = np.inf  # behind the last pair there is nothing to cut
    at = np.lexsort((apart, row))[first[torn]]
    far = mass[at] - near[at]
    far_mean = (worth[at] - near_worth[at]) / np.maximum(far, 1e-12)
    pull = np.minimum(near[at], far) / mass[at] * (far_mean - near_worth[at] / near[at])
    most = int(pull.argmax())
    return int(torn[most]), int(at[most] - first[torn[most]] + 1)
