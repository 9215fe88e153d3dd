"""What the p-median tries in turn, the cheap first.

Each row's sites are sorted by cost once. A greedy start and fast swaps give a good answer, the Lagrangian relaxation of
"every row is served once" a bound; sites whose reduced cost rules them in or out are fixed, iterated local search among
those left improves the answer. Where what is left is small HiGHS solves it, else branch and bound with the same
relaxation.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.siting.distances import Distances, distinct_sites
from planner.siting.draws import seeded
from planner.siting.median.bound import FREE, SHUT
from planner.siting.median.program import median_program
from planner.siting.median.search import greedy, swap_search
from planner.siting.median.town import MedianTown, median_town
from planner.siting.median.tree import MedianTree, Relaxation
from planner.siting.stopping import Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Two totals nearer than this, relatively, are the same number summed in another order.
SAME: Final = 1e-9
_SHRINK: Final = 0.7
_KICKS: Final = 4
_NODES_AT_ONCE: Final = 50
_NODES_BETWEEN: Final = 200
# Of the time that is left; a program that takes longer is rather searched on.
_PROGRAM_SHARE: Final = 0.6


class MedianSearch:
    """The search with all that it knows: the best sites so far, and what no allowed set of sites can go below."""

    def __init__(
        self, table: Distances, weight: Floats, cap: Floats, sites: Ints, most: int, gap: float, seed: int,
        deadline: Deadline,
    ) -> None:  # fmt: skip
        self.table, self.weight, self.cap, self.gap, self.deadline = table, weight, cap, gap, deadline
        self.sites, self.most = sites, most
        self.chosen, self.total, self.bound = np.empty(0, dtype=np.int64), np.inf, 0.0
        self.random = seeded(seed)
        self.in_units = False
        self.town: MedianTown

    def run(self) -> str:
        """Search until proven or out of time; how the answer was found."""
        if self.most == 0 or len(self.sites) == 0 or not (self.weight > 0).any():
            self.total = self.bound = float(self.cap.sum())
            return "nothing to choose"
        self.sites = distinct_sites(self.table, self.sites)
        if self.most >= len(self.sites):
            self.chosen = self.sites
            self.bound = np.inf
            return "every site fits"
        if self.most == 1:
            self.chosen = self.sites[[int(np.argmin(self._totals_alone()))]]
            self.bound = np.inf
            return "every site tried"
        # Until something better is known: any sites, so that an interrupt finds an answer.
        self.chosen = self.sites[: self.most]
        self.town = self._town(self.sites)
        if self.town.row_count == 0:
            self.chosen, self.bound = self.sites[:0], np.inf
            return "nothing to choose"
        self.in_units = self._whole()
        self._prepare()
        self._start()
        root = self._root()
        while True:
            before = root.bound
            self._relax(root, 400)
            if self._done(root.bound):
                return "Lagrangian bound"
            root = self._shrunk(root)
            self._improve(10 + self.most)
            if self._done(root.bound):
                return "Lagrangian bound and local search"
            if root.bound <= before + 0.02 * (self._goal() - root.bound):
                break
        return self._solved_by_program(root) or self._branch(root)

    def _totals_alone(self) -> Floats:
        totals = np.zeros(len(self.sites))
        for i in np.flatnonzero(self.weight > 0):
            if isinstance(self.table, np.ndarray):
                totals += np.minimum(self.weight[i] * self.table[i, self.sites], self.cap[i])
            else:
                part = slice(self.table.indptr[i], self.table.indptr[i + 1])
                saved = np.maximum(self.cap[i] - self.weight[i] * self.table.data[part], 0.0)
                at = np.searchsorted(self.sites, self.table.indices[part])
                at[at == len(self.sites)] = 0
                here = self.sites[at] == self.table.indices[part]
                totals[at[here]] -= saved[here]
        return totals

    def _town(self, sites: Ints) -> MedianTown:
        return median_town(self.table, self.weight, self.cap, sites, self.most)

    def _whole(self) -> bool:
        """Whether every total is a whole number, so that a better one is better by 1."""
        cost, cap = self.town.lists[2], self.cap[np.isfinite(self.cap)]
        if not ((cost == np.rint(cost)).all() and (cap == np.rint(cap)).all()):
            return False
        rest = self.town.lists[11]
        return bool((self.weight == np.rint(self.weight)).all()) and bool((rest == np.rint(rest)).all())

    def _ended(self) -> bool:
        return self.deadline.ended

    def _goal(self) -> float:
        """The total, less the town's base, at which a set of sites is not worth finding."""
        least = 1.0 - 1e-6 if self.in_units else SAME * self.total
        # A hair inside the gap asked for, so that rounding cannot leave the answer outside it.
        return self.total - max(least, self.gap * (1.0 - 1e-6) * self.total) - self.town.base

    def _done(self, bound: float) -> bool:
        """Takes note of a proven bound; whether the search may stop."""
        whole = bound + self.town.base
        if bound >= self._goal():
            # What was ruled out is no better than the goal, whole totals no better than the total itself.
            whole = self.total if self.in_units and self.gap == 0 else self._goal() + self.town.base
        elif self.in_units:
            whole = float(np.ceil(whole - 1e-6))
        self.bound = max(self.bound, min(whole, self.total))
        self.deadline.tell(self.total, self.bound)
        return bound >= self._goal() or self.deadline.passed()

    def _prepare(self) -> None:
        """Arrays of the compiled search for the town."""
        rows, sites, p = self.town.row_count, self.town.site_count, min(self.most, self.town.site_count)
        self.state = (
            np.full(sites, -1), np.zeros(p, dtype=np.int64), np.full(rows, -1), np.full(rows, -1),
            np.zeros(rows), np.zeros(rows), np.zeros(sites), np.zeros(p), np.zeros((sites, p)),
        )  # fmt: skip

    def _offer(self, opened: Ints, total: float) -> None:
        """Take sites of the town with their total (less its base) if they are better."""
        if total + self.town.base < self.total - self._least():
            self.total = total + self.town.base
            self.chosen = np.sort(self.town.site_id[opened])

    def _least(self) -> float:
        return 0.5 if self.in_units else 0.1 * SAME * (self.total if np.isfinite(self.total) else 0.0)

    def _descend(self, opened: Ints) -> None:
        """Swaps from these sites of the town; with fewer than may be open, any others are added."""
        slots = self.state[1]
        if len(opened) < len(slots):
            rest = np.setdiff1d(np.arange(self.town.site_count), opened)
            opened = np.concatenate([opened, rest[: len(slots) - len(opened)]])
        slots[:] = opened
        self._swaps(np.arange(self.town.site_count), 0, slots.copy(), np.inf)

    def _swaps(self, order: Ints, rounds: int, best: Ints, best_total: float) -> float:
        span = max(5, 3 * self.town.site_count // self.most)
        total = float(
            swap_search(
                self.town.lists, self.state, self._least(), order, span, _KICKS, rounds, self.random, best, best_total
            )
        )
        self._offer(best, total)
        return total

    def _start(self) -> None:
        self._descend(greedy(self.town.lists, self.most))

    def _root(self) -> Relaxation:
        cost1, cost2, ceiling = self.state[4], self.state[5], self.town.lists[7]
        sites = self.town.site_count
        price = np.minimum((cost1 + cost2) / 2, ceiling)
        return Relaxation(np.full(sites, FREE, dtype=np.int8), self.most, price, np.zeros(sites))

    def _relax(self, root: Relaxation, steps: int) -> None:
        """Further steps of the bound, and swaps from the sites that it opened."""
        factor = 1.0 if root.worth is None else 0.3
        root.improve(
            self.town, self.town.lists[:3], goal=self._goal(), target=self._goal() * (1 + 1e-6), steps=steps,
            patience=20, factor=factor, stop=self._ended,
        )  # fmt: skip
        if root.opened is not None and np.isfinite(root.seen) and not self._ended():
            self._descend(np.flatnonzero(root.opened))

    def _shrunk(self, root: Relaxation) -> Relaxation:
        """The relaxation with sites fixed by reduced cost; the town without the shut ones, where many are."""
        root.fix(self._goal())
        town = self.town
        keep = (root.mode != SHUT) | np.isin(town.site_id, self.chosen)
        if keep.sum() > _SHRINK * town.site_count or keep.sum() <= self.most:
            return root
        price = np.zeros(self.table.shape[0])
        price[town.lists[9]] = root.price
        base = town.base
        self.town = self._town(town.site_id[keep])
        self._prepare()
        assert root.worth is not None
        smaller = Relaxation(
            root.mode[keep], root.quota, np.minimum(price[self.town.lists[9]], self.town.lists[7]),
            root.mean_open[keep], root.bound + base - self.town.base,
        )  # fmt: skip
        smaller.worth, smaller.bound_at_price = root.worth[keep], root.bound_at_price + base - self.town.base
        return smaller

    def _improve(self, rounds: int) -> None:
        """Iterated local search until it has stalled for ``rounds``, counted, not timed."""
        best = np.searchsorted(self.town.site_id, self.chosen)
        slots = self.state[1]
        if len(best) < len(slots):
            self._descend(best)
            best = slots.copy()
        slots[:] = best
        total = self._swaps(np.empty(0, dtype=np.int64), 0, best, np.inf)
        # Rounds of a call, so that it takes some 50 ms: a swap touches the fewer rows and sites the more are open.
        at_once = max(1, min(50, int(5e4 * self.most**1.6 / (self.town.row_count * self.town.site_count))))
        stalled = 0
        while stalled < rounds and not self.deadline.passed():
            before = total
            total = self._swaps(np.empty(0, dtype=np.int64), at_once, best, total)
            stalled = 0 if total < before else stalled + at_once

    def _solved_by_program(self, root: Relaxation) -> str:
        """Let HiGHS solve what is left, where that is small; how it was solved, empty where it was not."""
        goal, total = self._goal(), self.total - self.town.base
        program = median_program(self.town, root, goal)
        if program is None:
            return ""
        limit_s = _PROGRAM_SHARE * self.deadline.left_s
        answer = program.solve(cutoff=total, least_gap=0.9 * (total - goal), time_limit_s=limit_s)
        if answer.opened is not None:
            self._descend(answer.opened)
        root.bound = max(root.bound, min(goal, answer.bound))
        if self._done(root.bound):
            return "HiGHS after Lagrangian fixing"
        if answer.interrupted:
            raise KeyboardInterrupt
        return ""

    def _branch(self, root: Relaxation) -> str:
        tree = MedianTree(self.town, root, self._goal, self._offer_and_descend)
        self.offered = 0
        followed = 0
        while True:
            bound = tree.advance(_NODES_AT_ONCE, self._ended)
            followed += _NODES_AT_ONCE
            if self._done(bound):
                return "Lagrangian branch and bound"
            if followed % _NODES_BETWEEN == 0:
                self._improve(10 + self.most)

    def _offer_and_descend(self, opened: Ints, total: float) -> None:
        """What a node opened, and every now and then, or where the total is not known, swaps from there."""
        self._offer(opened, total)
        self.offered += 1
        if self.offered % 8 == 1 or total == np.inf:
            self._descend(opened)
