"""A first good answer for covering with hosts: greedy, then ruin and recreate."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.siting.covering.hosted_cover.hosts import HostedTown
from planner.siting.stopping import Deadline

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

_PASSES: Final = 4
_LEAST_PRICE: Final = 1e-9


def good_start(town: HostedTown, deadline: Deadline) -> Bools | None:
    """Which options to open; ``None`` where none were found that cover what must be covered.

    Raises ``KeyboardInterrupt`` where it is told to stop before it has anything.
    """
    nothing = np.zeros(len(town.cost), dtype=bool)
    found = [filled(town, nothing, by_price=by_price) for by_price in (False, True)]
    kept = [is_open for is_open in found if town.keeps(is_open)]
    if not kept:
        return None
    best = max(kept, key=town.covered_weight)
    try:
        return _mended(town, best, deadline)
    except KeyboardInterrupt:
        return best


def filled(town: HostedTown, begin: Bools, *, by_price: bool, shut: Ints | None = None) -> Bools:
    """``begin`` and what greedy opens beside it: first for what must be covered, then for the most weight.

    ``by_price``: by gain for the money, not by gain. ``shut`` options stay so.
    """
    hosts, is_open = town.hosts, begin.copy()
    allowed = ~begin
    if shut is not None:
        allowed[shut] = False
    while True:
        open_host = np.zeros(len(hosts.cost), dtype=bool)
        open_host[hosts.host[is_open]] = True
        left = town.budget - float(town.cost[is_open].sum()) - float(hosts.cost[open_host].sum())
        price = town.cost + np.where(open_host, 0.0, hosts.cost)[hosts.host]
        room = hosts.room - hosts.taken(np.flatnonzero(is_open))
        possible = allowed & ~is_open & (price <= left) & (hosts.size <= room[hosts.host])
        gain = np.where(possible, _gain(town, is_open), 0.0)
        if not gain.size or gain.max() <= 0.0:
            return is_open
        is_open[int(np.argmax(gain / np.maximum(price, _LEAST_PRICE) if by_price else gain))] = True


def _gain(town: HostedTown, is_open: Bools) -> NDArray[np.float64]:
    opened = is_open.astype(np.float64)
    gain: NDArray[np.float64]
    bare = town.must @ opened == 0
    if bare.any():
        gain = town.must.T @ bare.astype(np.float64)
        return gain
    covered = town.matrix @ opened > 0
    short = town.short(covered)
    weight = town.weight if not short.any() else town.parts[np.flatnonzero(short)].sum(axis=0)
    gain = town.matrix.T @ np.where(covered, 0.0, np.asarray(weight).ravel())
    return gain


def _mended(town: HostedTown, best: Bools, deadline: Deadline) -> Bools:
    """Shut one option or one host at a time and fill up again, as long as that helps."""
    value = town.covered_weight(best)
    for _ in range(_PASSES):
        before = value
        opened = np.flatnonzero(best)
        ruins = [np.array([option]) for option in opened]
        ruins += [opened[town.hosts.host[opened] == host] for host in _shared(town.hosts.host[opened])]
        for ruin in ruins:
            if deadline.passed():
                return best
            if not best[ruin].all():
                continue
            for by_price in (False, True):
                rest = best.copy()
                rest[ruin] = False
                tried = filled(town, rest, by_price=by_price, shut=ruin)
                if town.covered_weight(tried) > value and town.keeps(tried):
                    best, value = tried, town.covered_weight(tried)
                    break
        if value <= before:
            break
    return best


def _shared(host: Ints) -> Ints:
    numbers, count = np.unique(host, return_counts=True)
    shared: Ints = numbers[count > 1]
    return shared
