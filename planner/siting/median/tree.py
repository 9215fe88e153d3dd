# mypy: disable-error-code="call-arg"
"""Branch and bound on the sites of a p-median, with the Lagrangian bound at every node.

After Beasley (1985), A note on solving large p-median problems. European Journal of Operational Research 21: at each
node the multipliers of the parent are improved for some steps, sites are fixed open or shut by their reduced cost, and
the site that the relaxation opens about half of the time is branched on.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.siting.median.bound import FREE, OPEN, SHUT, compressed, relax
from planner.siting.median.town import MedianTown

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_STEPS: Final = 120
_PATIENCE: Final = 10
_FACTOR: Final = 0.15
_STEPS_AT_ONCE: Final = 20
# With more open nodes than this the newest is taken first, so that memory stays bounded.
_MOST_NODES: Final = 3000


@dataclass
class Relaxation:
    """Multipliers, and what they prove where sites of a ``mode`` must (``OPEN``) or must not (``SHUT``) be open.

    ``quota``: how many of the free sites may open. ``price``: by row. ``mean_open``: how often a site was open lately.
    ``bound`` and ``worth`` (by site): at the best prices so far. ``opened``: the cheapest sites seen, at ``seen``.
    """

    mode: NDArray[np.int8]
    quota: int
    price: Floats
    mean_open: Floats
    bound: float = -np.inf
    bound_at_price: float = -np.inf
    worth: Floats | None = None
    seen: float = np.inf
    opened: NDArray[np.bool_] | None = None

    def improve(
        self, town: MedianTown, lists: tuple[NDArray[Any], ...], *, goal: float, target: float, steps: int,
        patience: int, factor: float, stop: Callable[[], bool],
    ) -> None:  # fmt: skip
        """Up to ``steps`` steps from ``price``; stops early at ``goal`` or where nothing more is gained."""
        cap, ceiling = town.lists[6], town.lists[7]
        best_price, mean_short = self.price.copy(), np.zeros(len(self.price))
        sites = len(self.mode)
        worth, opened = np.zeros(sites), np.zeros(sites, dtype=bool)
        scratch = (np.empty(sites), np.empty(sites), np.empty(sites, dtype=bool))
        state = np.array([-np.inf, factor, 0.0, np.inf])
        for _ in range(0, steps, _STEPS_AT_ONCE):
            relax(
                *lists, cap, ceiling, self.mode, self.quota, goal, target, _STEPS_AT_ONCE, patience,
                self.price, best_price, mean_short, self.mean_open, worth, state, opened, scratch,
            )  # fmt: skip
            if state[0] >= goal or state[1] < 1e-4 or stop():
                break
        self.price = best_price
        self.bound, self.worth = max(self.bound, float(state[0])), worth
        # The worths belong to these prices, so fixing must start from the bound at these prices.
        self.bound_at_price = float(state[0])
        self.seen, self.opened = float(state[3]), opened

    def fix(self, goal: float) -> None:
        """Open or shut for good the sites without (or with) which nothing stays below ``goal``."""
        assert self.worth is not None
        free = np.flatnonzero(self.mode == FREE)
        if len(free) <= self.quota:
            self.mode[free], self.quota = OPEN, 0
            return
        order = free[np.argsort(self.worth[free], kind="stable")]
        chosen, others = order[: self.quota], order[self.quota :]
        if self.quota == 0:
            self.mode[others] = SHUT
            return
        last, next_best = self.worth[chosen[-1]], self.worth[others[0]]
        never = others[self.bound_at_price + self.worth[others] - last >= goal]
        must = chosen[self.bound_at_price - self.worth[chosen] + next_best >= goal]
        self.mode[never], self.mode[must] = SHUT, OPEN
        self.quota -= len(must)

    def child(self, site: int, mode: int) -> Relaxation:
        """The same with one more site decided."""
        modes = self.mode.copy()
        modes[site] = mode
        return Relaxation(modes, self.quota - (mode == OPEN), self.price, self.mean_open.copy(), self.bound)


class MedianTree:
    """The open nodes of a branch and bound on one town.

    ``goal`` gives the total at which a node is not worth following; it falls as better totals are offered. ``offer``
    takes open sites with their total, inf where it is not known. All totals are without the town's base.
    """

    def __init__(
        self, town: MedianTown, root: Relaxation, goal: Callable[[], float], offer: Callable[[Ints, float], None]
    ) -> None:
        self.town, self.goal, self.offer = town, goal, offer
        self.heap: list[tuple[float, int, Relaxation]] = [(root.bound, 0, root)]
        self.made = 0

    def advance(self, nodes: int, stop: Callable[[], bool]) -> float:
        """Follow some nodes; what no allowed set of sites can go below, ``goal()`` where no node is left."""
        for _ in range(nodes):
            if not self.heap or stop():
                break
            entry = self._next()
            if entry[0] >= self.goal():
                continue
            children = self._followed(entry[2], stop)
            if stop():
                heapq.heappush(self.heap, entry)
                break
            for child in children:
                self.made += 1
                heapq.heappush(self.heap, (child.bound, -self.made, child))
        return min(self.goal(), min((entry[0] for entry in self.heap), default=np.inf))

    def _next(self) -> tuple[float, int, Relaxation]:
        if len(self.heap) <= _MOST_NODES:
            return heapq.heappop(self.heap)
        at = min(range(len(self.heap)), key=lambda k: self.heap[k][1])
        self.heap[at], self.heap[-1] = self.heap[-1], self.heap[at]
        newest = self.heap.pop()
        heapq.heapify(self.heap)
        return newest

    def _followed(self, node: Relaxation, stop: Callable[[], bool]) -> list[Relaxation]:
        """The children of a node that are worth following."""
        goal = self.goal()
        node.improve(
            self.town, compressed(self.town.lists, node.mode), goal=goal, target=goal * (1 + 1e-6), steps=_STEPS,
            patience=_PATIENCE, factor=_FACTOR, stop=stop,
        )  # fmt: skip
        if node.opened is not None and np.isfinite(node.seen):
            self.offer(np.flatnonzero(node.opened), node.seen)
        if node.bound >= goal:
            return []
        node.fix(goal)
        free = np.flatnonzero(node.mode == FREE)
        if node.quota == 0 or len(free) == 0:
            self.offer(np.flatnonzero(node.mode == OPEN), np.inf)
            return []
        site = int(free[np.argmin(np.abs(node.mean_open[free] - 0.5))])
        return [node.child(site, SHUT), node.child(site, OPEN)]
