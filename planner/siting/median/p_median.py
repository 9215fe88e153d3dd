"""The p-median: the sites from which all demand is served with the least weighted travel.

Hakimi, S. L. (1964), Optimum locations of switching centers and the absolute centers and medians of a graph. Operations
Research 12.

Each row's sites are sorted by cost once. A greedy start and fast swaps give a good answer, the Lagrangian relaxation of
"every row is served once" a bound; sites whose reduced cost rules them in or out are fixed, iterated local search among
those left improves the answer, and branch and bound with the same relaxation proves it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError
from planner.siting.arguments import amounts, fixed_and_forbidden, limit, search_limits
from planner.siting.distances import Distances, distance_table, distinct_sites, has_gaps, nearest_open, rows_at
from planner.siting.draws import seeded
from planner.siting.median.bound import FREE, SHUT
from planner.siting.median.search import greedy, swap_search
from planner.siting.median.town import MedianTown, median_town
from planner.siting.median.tree import MedianTree, Relaxation
from planner.siting.solution import Solution
from planner.siting.stopping import INTERRUPTED, Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Two totals nearer than this, relatively, are the same number summed in another order.
_SAME: Final = 1e-9
_SHRINK: Final = 0.7
_KICKS: Final = 4
_NODES_AT_ONCE: Final = 50
_NODES_BETWEEN: Final = 200


def p_median(
    distance: ArrayLike,
    weight: ArrayLike,
    *,
    site_limit: int,
    fixed: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    penalty: float | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    seed: int = 0,
) -> Solution:
    """The sites with the least weighted distance from all demand: at most ``site_limit`` new ones.

    ``distance``: demand rows × site columns, dense (inf where there is no way) or a CSR array of the pairs within a
    cutoff, in which a stored 0 is a distance of 0. ``weight``: (rows,), not negative. ``fixed`` sites are open and do
    not count against the limit; ``forbidden`` ones stay shut. The objective is the sum over rows of weight × distance
    to the nearest open site. A row to which none is as near as ``penalty`` (a distance, in the unit of the others) is
    served by none and pays that instead; it is needed with a CSR array, where a dense distance is inf, and where no
    site may be open at all. Sites that would save nobody anything are not opened. The search stops when proven within
    the relative ``gap`` or after ``time_limit_s``, with the best answer in hand; an interrupt gives that answer too.

    Raises ``ArgumentError`` for an argument of the wrong shape or range, or a penalty that is missing.
    """
    deadline = Deadline(time_limit_s)
    table = distance_table(distance)
    row_count, site_count = table.shape
    weights = amounts("weight", weight, row_count)
    stay, never = fixed_and_forbidden(fixed, forbidden, site_count)
    search_limits(time_limit_s, gap)
    most = _count(site_limit)
    unserved = _penalty(penalty)
    may = np.setdiff1d(np.arange(site_count), np.union1d(stay, never))
    asking = weights > 0
    nobody = len(stay) == 0 and (most == 0 or len(may) == 0) and bool(asking.any())
    if penalty is None and (nobody or has_gaps(table)):
        raise ArgumentError("no_penalty")
    _, to_fixed = nearest_open(table, stay)
    cap = np.zeros(row_count)
    cap[asking] = weights[asking] * np.minimum(to_fixed, unserved)[asking]
    search = _MedianSearch(table, weights, cap, may, most, gap, seed, deadline)
    try:
        method = search.run()
    except KeyboardInterrupt:
        method = INTERRUPTED
    return _solution(table, weights, unserved, stay, search, gap, method)


def _count(site_limit: int) -> int:
    if site_limit is None:
        raise ArgumentError("bad_limit", name="site_limit", value=site_limit)
    return int(limit("site_limit", site_limit, whole=True) or 0)


def _penalty(penalty: float | None) -> float:
    if penalty is None:
        return np.inf
    if not 0 <= penalty < np.inf:
        raise ArgumentError("bad_penalty", value=penalty)
    return float(penalty)


def _solution(
    table: Distances, weights: Floats, unserved: float, stay: Ints, search: _MedianSearch, gap: float, method: str
) -> Solution:  # fmt: skip
    selected = np.union1d(stay, _without_useless(table, weights, unserved, stay, search.chosen))
    site, nearest = nearest_open(table, selected)
    site[nearest > unserved] = -1
    paid = np.minimum(nearest, unserved)
    objective = float((weights[weights > 0] * paid[weights > 0]).sum())
    bound = min(objective, max(0.0, search.bound))
    reached = 0.0 if objective == bound else (objective - bound) / objective
    reached, bound = (0.0, objective) if reached <= 2 * _SAME else (reached, bound)
    return Solution(
        selected=selected,
        objective=objective,
        bound=bound,
        gap=reached,
        status="optimal" if reached <= gap else "feasible",
        assignment=site,
        runtime_s=search.deadline.elapsed_s,
        method=method,
    )


def _without_useless(table: Distances, weights: Floats, unserved: float, stay: Ints, chosen: Ints) -> Ints:
    """The chosen sites without those that save nobody anything."""
    _, by_fixed = nearest_open(table, stay)
    _, nearest = nearest_open(table, np.union1d(stay, chosen))
    asking = np.flatnonzero((weights > 0) & (nearest < np.minimum(by_fixed, unserved)))
    at_nearest = [rows_at(table, int(j), asking, nearest) for j in chosen]
    times = np.zeros(table.shape[0], dtype=np.int64)
    for rows in at_nearest:
        times[rows] += 1
    kept = []
    for j, rows in zip(chosen, at_nearest, strict=True):
        if (times[rows] == 1).any():
            kept.append(j)
        else:
            times[rows] -= 1
    return np.array(kept, dtype=np.int64)


class _MedianSearch:
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
        return self._branch(root)

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
        least = 1.0 - 1e-6 if self.in_units else _SAME * self.total
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
        return 0.5 if self.in_units else 0.1 * _SAME * (self.total if np.isfinite(self.total) else 0.0)

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
        smaller.worth, smaller.bound_at_price = root.worth[keep], -np.inf
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
