"""A tally → figures that may be shown: each has ``k`` riders, and what is withheld is nothing or has ``k`` riders too.

A figure is the deliveries of one kind in one period in one cell. One with fewer than ``k`` different riders goes to a
touching cell that has some of that kind and period: to one that has ``k`` riders where there is one, the busiest
first; otherwise such small figures are put together until they have ``k``, and stand in their busiest cell. Where no
neighbour is left, the figure is withheld. If all that is withheld of a kind and period comes from fewer than ``k``
riders, somebody who knows the total could subtract; so the smallest figure that could be shown is withheld too (the
complementary suppression of statistical offices: Hundepool et al. 2012, Statistical Disclosure Control, 4.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.density.tally import Tally


@dataclass(frozen=True)
class Protected:
    """``deliveries`` as in the tally, what may not be shown moved or taken out; the rest are counts.

    ``merged_figures`` with ``merged_rows`` deliveries went to a neighbour, ``withheld_figures`` with
    ``withheld_rows`` to nobody.
    """

    deliveries: NDArray[np.int64]
    merged_figures: int
    merged_rows: int
    withheld_figures: int
    withheld_rows: int


def protect(tally: Tally) -> Protected:
    """The figures of ``tally`` under its rule of ``k``."""
    shape = tally.deliveries.shape
    flat = tally.deliveries.reshape(shape[0], shape[1] * shape[2])
    shown = np.zeros_like(flat)
    touching = tally.cells.touching(tally.codes)
    place = {code: i for i, code in enumerate(tally.codes.tolist())}
    near = [[place[other] for other in touching[code]] for code in place]
    known: list[dict[int, set[int]]] = [{} for _ in range(flat.shape[1])]
    at = np.searchsorted(tally.codes, tally.riders["cell"].to_numpy()).tolist()
    for cell, layer, rider in zip(at, tally.riders["layer"].tolist(), tally.riders["rider"].tolist(), strict=True):
        known[layer].setdefault(cell, set()).add(rider)
    layers = [_Layer(flat[:, i], known[i], near, tally.k) for i in range(flat.shape[1])]
    _withhold_enough_in_all(layers, tally.k)
    for i, layer in enumerate(layers):
        for group in layer.shown:
            shown[group.seat, i] = group.deliveries
    published = [group for layer in layers for group in layer.shown]
    withheld = [group for layer in layers for group in layer.withheld]
    return Protected(
        deliveries=shown.reshape(shape),
        merged_figures=sum(len(group.cells) - 1 for group in published),
        merged_rows=sum(group.deliveries - group.seat_deliveries for group in published),
        withheld_figures=sum(len(group.cells) for group in withheld),
        withheld_rows=sum(group.deliveries for group in withheld),
    )


@dataclass
class _Group:
    """Cells whose figures are shown as one, at ``seat``; ``riders`` are all of them where they are fewer than k."""

    cells: list[int]
    deliveries: int
    riders: set[int]
    seat: int
    seat_deliveries: int

    def take(self, other: _Group) -> None:
        self.cells += other.cells
        self.deliveries += other.deliveries
        self.riders |= other.riders
        if (other.seat_deliveries, -other.seat) > (self.seat_deliveries, -self.seat):
            self.seat, self.seat_deliveries = other.seat, other.seat_deliveries


class _Layer:
    """The figures of one period and kind, merged until each has k riders."""

    def __init__(self, deliveries: NDArray[np.int64], riders: dict[int, set[int]], near: list[list[int]], k: int):
        self._k = k
        self._of = {
            cell: _Group([cell], int(deliveries[cell]), set(riders.get(cell, ())), cell, int(deliveries[cell]))
            for cell in np.flatnonzero(deliveries).tolist()
        }
        small = [cell for cell, group in self._of.items() if len(group.riders) < k]
        for cell in sorted(small, key=lambda c: (len(self._of[c].riders), self._of[c].deliveries, c)):
            group = self._of[cell]
            while len(group.riders) < k and (other := self._neighbour(group, near)) is not None:
                into, gone = (other, group) if len(other.riders) >= k else (group, other)
                into.take(gone)
                for member in gone.cells:
                    self._of[member] = into
                group = into
        groups = list({id(group): group for group in self._of.values()}.values())
        self.shown = [group for group in groups if len(group.riders) >= k]
        self.withheld = [group for group in groups if len(group.riders) < k]
        self._withhold_enough()

    def riders_withheld(self) -> set[int]:
        """The riders of all that is withheld, k of them at least where there are so many."""
        return set().union(*(group.riders for group in self.withheld))

    def withhold_smallest(self) -> None:
        """Withhold one more figure, the one with the fewest deliveries."""
        smallest = min(self.shown, key=lambda group: (group.deliveries, group.seat))
        self.shown.remove(smallest)
        self.withheld.append(smallest)

    def _withhold_enough(self) -> None:
        if self.withheld and self.shown and len(self.riders_withheld()) < self._k:
            self.withhold_smallest()

    def _neighbour(self, group: _Group, near: list[list[int]]) -> _Group | None:
        """The group to join: one that has k riders before one that has not, then the busiest, then the first."""
        own = id(group)
        others = {
            id(other): other
            for cell in group.cells
            for by in near[cell]
            if (other := self._of.get(by)) is not None and id(other) != own
        }
        rank = lambda other: (len(other.riders) >= self._k, other.deliveries, -other.seat)  # noqa: E731
        return max(others.values(), key=rank, default=None)


def _withhold_enough_in_all(layers: list[_Layer], k: int) -> None:
    """The same over all periods and kinds, where a whole layer had to be withheld."""
    withheld = any(layer.withheld for layer in layers)
    riders: set[int] = set().union(*(layer.riders_withheld() for layer in layers))
    left = [layer for layer in layers if layer.shown]
    if withheld and len(riders) < k and left:
        min(left, key=lambda layer: min(group.deliveries for group in layer.shown)).withhold_smallest()
