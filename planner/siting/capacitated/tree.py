"""Lagrangian branch and bound for capacitated problems with whole rows."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.siting.capacitated.problem import Flags, Floats, Ints, Town
from planner.siting.capacitated.relaxation import Grains, Pairs, Relaxation
from planner.siting.capacitated.rules import row_to_split
from planner.siting.stopping import Deadline

_STEPS_A_NODE: Final = 40
_ROUNDS_A_NODE: Final = 4


@dataclass(frozen=True)
class Node:
    """A part of the problem: pairs and sites that may be used, sites that must be, the prices to start from."""

    pairs: Ints
    must_open: Flags
    price: Floats
    bound: float


def part_of(pairs: Pairs, which: Ints, sites: int) -> Pairs:
    """Some of the pairs."""
    site = pairs.site[which]
    pointer = np.concatenate([[0], np.cumsum(np.bincount(site, minlength=sites))]).astype(np.int64)
    return Pairs(pointer, pairs.row[which], pairs.cost[which], site)


def branch(
    town: Town,
    grains: Grains,
    pairs: Pairs,
    root: Node,
    table: Floats,
    *,
    cutoff: Callable[[], float],
    offer: Callable[[Relaxation, Ints], None],
    settle: Callable[[Ints], float],
    deadline: Deadline,
) -> tuple[float, int]:
    """A bound on every answer below the cutoff, and the nodes it took; infinite where there is none below.

    Best bound first; the sites of a row are split in near and far ones (after Ceselli & Righini 2005). ``offer`` gets a
    relaxation that serves every row once; ``settle`` the pairs of a node that has nothing to split: it returns the
    node's bound.
    """
    rows = town.shape[0]
    # Of equal bounds the deepest.
    waiting = [(root.bound, 0, 0, root)]
    count, made, settled = 0, 0, np.inf
    while waiting:
        bound, depth, _, node = heapq.heappop(waiting)
        if bound >= cutoff():
            break
        if deadline.ended:
            return min(bound, settled), count
        count += 1
        part = _narrowed(town, grains, pairs, node, table, cutoff, offer)
        if part is None:
            continue
        which, relaxation, kept, must = part
        cost, row = pairs.cost[which], pairs.row[which]
        order = np.lexsort((cost, row))
        first = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows))])
        i, cut = row_to_split(first, order, cost, relaxation.mean_pick[kept])
        bound = max(bound, relaxation.bound)
        if i < 0:
            settled = min(settled, max(bound, settle(which)))
            continue
        for dropped in (order[first[i] : first[i] + cut], order[first[i] + cut : first[i + 1]]):
            made += 1
            child = Node(np.delete(which, dropped), must, relaxation.best_price, bound)
            heapq.heappush(waiting, (bound, depth - 1, -made, child))
    return settled, count


def _narrowed(
    town: Town,
    grains: Grains,
    pairs: Pairs,
    node: Node,
    table: Floats,
    cutoff: Callable[[], float],
    offer: Callable[[Relaxation, Ints], None],
) -> tuple[Ints, Relaxation, Flags, Flags] | None:
    """The pairs of the node that are still needed, its relaxation, which of its pairs they are, and the sites that must
    be open; ``None`` where nothing in the node is below the cutoff."""
    rows, sites = town.shape
    which, must, price = node.pairs, node.must_open, node.price
    for turn in range(_ROUNDS_A_NODE):
        if town.most_left <= 0.0 and np.bincount(pairs.row[which], minlength=rows).min() == 0:
            return None
        relaxation = Relaxation(town, grains, part_of(pairs, which, sites), must, price.copy(), table)
        relaxation.step(_STEPS_A_NODE, cutoff(), cutoff())
        if relaxation.feasible:
            offer(relaxation, which)
        if relaxation.bound >= cutoff():
            return None
        relaxation.at_best()
        if relaxation.feasible:
            offer(relaxation, which)
            if relaxation.bound >= cutoff():
                return None
        keep, _, must = relaxation.needed(cutoff())
        price, before, which = relaxation.best_price, len(which), which[keep]
        if len(which) >= 0.8 * before or turn == _ROUNDS_A_NODE - 1:
            break
    return which, relaxation, keep, must
