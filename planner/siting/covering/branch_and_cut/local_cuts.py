"""Local cuts: inequalities that hold for the rows of a small region, found by looking at all its covers.

Of a region only its rows are asked for, so what holds there holds for the whole town. The inequality Σ a x ≥ 1 that a
fractional answer x breaks most is the answer of a small linear program with a row for every set of sites that covers
the region; sets are added as they are needed (Applegate, Bixby, Chvátal & Cook 2001; for set covering Avella, Boccia &
Vasilyev 2009). Sites that x leaves shut are lifted into it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.covering.branch_and_cut.cut import Cut, shared_by_rows
from planner.siting.covering.branch_and_cut.local_kernels import grow_region, masks_in
from planner.siting.covering.branch_and_cut.most_broken import most_broken
from planner.siting.covering.branch_and_cut.small_covers import cheapest_cover
from planner.siting.draws import seeded
from planner.siting.stopping import Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Masks = NDArray[np.uint64]

_LOOSE: Final = 0.35
# A row that was in so many regions is no start of another.
_TIMES: Final = 2
_MOST_NODES: Final = 1_000
# Amounts of a cut are made whole by a factor up to this, or rounded up to such parts of the largest.
_FACTORS: Final = 40
_PARTS: Final = 10_000.0
_CLEARLY: Final = 0.005
# A region is left as soon as none of its inequalities is broken by more than 1 less this.
_ENOUGH: Final = 0.98


class LocalCuts:
    """The search for local cuts of a covering matrix in which every row must be covered."""

    def __init__(self, matrix: sp.csr_array, deadline: Deadline) -> None:
        self.matrix, self.deadline = matrix, deadline
        self.random = seeded(0)
        self.known: set[tuple[float, bytes, bytes]] = set()

    def broken(self, x: Floats, free: Bools, kinds: int) -> list[Cut]:
        """Cuts that the relaxation's answer ``x`` breaks, from regions of at most ``kinds`` kinds of sites.

        ``free`` are the sites that may be open. Regions lie around rows drawn at random until every row was in some.
        """
        use = np.flatnonzero(x > 1e-6)
        part = self.matrix[:, use].tocsr()
        share = shared_by_rows(part, x[use])
        loose = part @ x[use] - 1.0 > _LOOSE
        tight = np.flatnonzero(~loose)
        order = np.random.default_rng(int(self.random[0])).permutation(tight)
        region = np.empty(64, dtype=np.int64)
        found: list[Cut] = []
        times = np.zeros(self.matrix.shape[0], dtype=np.int64)
        for row in order:
            if times[row] >= _TIMES:
                continue
            if self.deadline.passed():
                break
            rows = grow_region(
                part.indptr, part.indices, x[use], share.indptr, share.indices, share.data, loose, row, kinds,
                self.random, region,
            )  # fmt: skip
            times[region[:rows]] += 1
            if rows < 3:
                continue
            cut = self._cut_of(region[:rows], x, free)
            if cut is not None:
                key = (cut.least, cut.columns.tobytes(), cut.amounts.tobytes())
                if key not in self.known:
                    self.known.add(key)
                    found.append(cut)
        return found

    def _cut_of(self, region: Ints, x: Floats, free: Bools) -> Cut | None:
        mask = np.zeros(self.matrix.shape[1], dtype=np.uint64)
        masks_in(self.matrix.indptr, self.matrix.indices, region, mask)
        sites = np.flatnonzero((mask > 0) & free)
        kinds, of_site = np.unique(mask[sites], return_inverse=True)
        open_part = np.bincount(of_site, weights=x[sites]).astype(np.float64)
        # Kinds that the answer uses come first, then the others, those that cover most first.
        bits = np.bitwise_count(kinds)
        order = np.lexsort((kinds, -bits.astype(np.int64), open_part <= 1e-6))
        used = int((open_part > 1e-6).sum())
        kinds, open_part = kinds[order], open_part[order]
        everything = np.uint64((1 << len(region)) - 1)
        if np.bitwise_or.reduce(kinds[:used]) != everything:
            return None  # a row that is covered by crumbs alone
        price = most_broken(kinds[:used], open_part[:used], len(region), _ENOUGH, _MOST_NODES, self.random)
        if price is None:
            return None
        whole = _whole_amounts(price)
        chosen = np.empty(used, dtype=bool)
        least = cheapest_cover(
            kinds[:used], whole, whole.argsort(), len(region), everything, np.inf, _MOST_NODES, chosen
        )
        if least <= 0.0 or whole @ open_part[:used] > least * (1.0 - _CLEARLY):
            return None
        amounts = np.concatenate([whole, np.zeros(len(kinds) - used)])
        lift_sites(kinds, amounts, used, len(region), least)
        of_sites = amounts[np.argsort(order)[of_site]]
        return Cut(least, sites[of_sites > 0], of_sites[of_sites > 0])


def lift_sites(mask: Masks, price: Floats, known: int, rows: int, least: float) -> None:
    """What the sites from ``known`` on must count in Σ price x ≥ ``least``, one after the other, so that it holds.

    Opening such a site may save as much as the rest of the rows then costs less than ``least``.
    """
    chosen = np.empty(len(mask), dtype=bool)
    everything = np.uint64((1 << rows) - 1)
    for j in range(known, len(mask)):
        left = everything & ~mask[j]
        cost = cheapest_cover(mask[:j], price[:j], price[:j].argsort(), rows, left, least, _MOST_NODES, chosen[:j])
        price[j] = least - max(0.0, min(cost, least))


def _whole_amounts(price: Floats) -> Floats:
    """Multiples of the amounts that are whole: of all at once where there is such a number, else rounded up."""
    unit = price / price[price > 1e-7].min()
    for factor in range(1, _FACTORS):
        if np.abs(unit * factor - np.round(unit * factor)).max() < 1e-4 * factor:
            return np.asarray(np.round(unit * factor))
    return np.asarray(np.ceil(price / price.max() * _PARTS - 1e-6))
