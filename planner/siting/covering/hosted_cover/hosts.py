"""Covering with options that belong to hosts, made small: what is left to decide, and what need not be decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError
from planner.siting.arguments import amounts
from planner.siting.covering.reduction import merged_rows
from planner.siting.covering.set_cover.targets import SLACK

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Comparing all pairs of options costs the sum of the squared row lengths; beyond this it does not pay.
_MOST_PAIRS: Final = 50_000_000


@dataclass(frozen=True)
class Hosts:
    """Per option its ``host`` (every option has one) and its ``size``; per host its ``cost`` and its ``room``."""

    host: Ints
    size: Floats
    cost: Floats
    room: Floats

    def of(self, options: Ints) -> Hosts:
        """The same hosts with some of the options."""
        return replace(self, host=self.host[options], size=self.size[options])

    def taken(self, options: Ints) -> Floats:
        """How much of each host's room these options take."""
        return np.bincount(self.host[options], weights=self.size[options], minlength=len(self.room)).astype(np.float64)


@dataclass(frozen=True)
class HostedTown:
    """What is left to decide: the most ``weight`` of ``matrix`` (rows × options) within ``budget`` and the hosts' room.

    ``must`` (rows × options) are the rows of which each must be covered. ``group`` is the number of each row's group,
    -1 for none; the covered weight of a group, in parts of ``whole``, must come to ``need``.
    """

    matrix: sp.csr_array
    weight: Floats
    must: sp.csr_array
    group: Ints
    whole: Floats
    need: Floats
    cost: Floats
    hosts: Hosts
    budget: float

    @cached_property
    def parts(self) -> sp.csr_array:
        """What each row is of its group, in parts of ``whole``: (groups, rows)."""
        member = np.flatnonzero(self.group >= 0)
        of = self.group[member]
        return sp.csr_array(
            (self.weight[member] / self.whole[of], (of, member)), shape=(len(self.need), len(self.weight))
        )

    def short(self, covered: Bools) -> Bools:
        """Which groups are short of what they need."""
        missing: Bools = self.parts @ covered.astype(np.float64) < self.need - SLACK
        return missing

    def keeps(self, is_open: Bools) -> bool:
        """Whether these options cover what must be covered."""
        opened = is_open.astype(np.float64)
        return bool((self.must @ opened > 0).all() and not self.short(self.matrix @ opened > 0).any())

    def covered_weight(self, is_open: Bools) -> float:
        """The weight of the rows that these options cover."""
        return float(self.weight[self.matrix @ is_open.astype(np.float64) > 0].sum())


def hosts_of(
    host: ArrayLike | None,
    host_cost: ArrayLike | None,
    size: ArrayLike | None,
    room: ArrayLike | None,
    option_count: int,
) -> tuple[Hosts, int]:
    """The hosts as given, and how many there are; an option without a host then has one for itself that costs nothing.

    Raises ``ArgumentError`` as :func:`planner.siting.hosted_cover`.
    """
    numbers = np.asarray(np.full(option_count, -1) if host is None else host)
    numbers = numbers.astype(np.int64) if numbers.size == 0 else numbers
    if numbers.shape != (option_count,):
        raise ArgumentError("wrong_shape", name="host", shape=numbers.shape, wanted=(option_count,))
    if numbers.dtype.kind not in "iu" or (numbers < -1).any():
        raise ArgumentError("not_hosts")
    count = max(
        int(numbers.max(initial=-1)) + 1, *(np.size(given) for given in (host_cost, room) if given is not None), 0
    )
    if size is not None and room is None:
        raise ArgumentError("size_without_room")
    cost = amounts("host_cost", np.zeros(count) if host_cost is None else host_cost, count)
    sizes = amounts("size", np.ones(option_count) if size is None else size, option_count)
    rooms = np.full(count, np.inf) if room is None else amounts("room", room, count)
    alone = np.flatnonzero(numbers < 0)
    own = numbers.astype(np.int64)
    own[alone] = count + np.arange(len(alone))
    more = len(alone)
    return Hosts(own, sizes, np.append(cost, np.zeros(more)), np.append(rooms, np.full(more, np.inf))), count


def with_one_price(town: HostedTown) -> HostedTown:
    """Where at most one option of a host can open, the host's cost is part of the option's."""
    hosts = town.hosts
    # Of the options of a host, the two that take the least room.
    order = np.lexsort((hosts.size, hosts.host))
    host, size = hosts.host[order], hosts.size[order]
    second = np.flatnonzero(host[1:] == host[:-1]) + 1
    second = second[(second == 1) | (host[np.maximum(second - 2, 0)] != host[second])]
    fits_two = np.zeros(len(hosts.room), dtype=bool)
    fits_two[host[second]] = size[second] + size[second - 1] <= hosts.room[host[second]]
    return replace(
        town,
        cost=town.cost + np.where(fits_two, 0.0, hosts.cost)[hosts.host],
        hosts=replace(hosts, cost=np.where(fits_two, hosts.cost, 0.0)),
    )


def with_rows_merged(town: HostedTown) -> HostedTown:
    """Rows of the same options as one with the sum of their weights, within their group; rows that must be covered
    likewise. Rows without an option or without weight are dropped.
    """
    matrices, weights, groups = [], [], []
    for number in range(-1, len(town.need)):
        own = np.flatnonzero(town.group == number)
        matrix, weight, _ = merged_rows(town.matrix[own].tocsr(), town.weight[own])
        matrices.append(matrix)
        weights.append(weight)
        groups.append(np.full(len(weight), number))
    must, _, _ = merged_rows(town.must, np.ones(town.must.shape[0]))
    stacked: sp.csr_array = sp.vstack(matrices, format="csr")
    return replace(
        town, matrix=stacked, weight=np.concatenate(weights), must=must, group=np.concatenate(groups).astype(np.int64)
    )


def without_dominated(town: HostedTown) -> tuple[HostedTown, Ints]:
    """The town with those options that some best answer can do with, and their indices.

    An option goes where another covers all that it covers and can always take its place for no more money: another of
    the same host that needs no more room, or one of a host with room for all its options, with that host's cost.
    """
    matrix: sp.csr_array = sp.vstack([town.matrix, town.must], format="csr")
    options = matrix.shape[1]
    if (np.diff(matrix.indptr).astype(np.float64) ** 2).sum() > _MOST_PAIRS:
        return town, np.arange(options)
    hosts, cost = town.hosts, town.cost
    by_option = matrix.T.tocsr()
    shared = (by_option @ matrix).tocoo()
    rows = np.diff(by_option.indptr)
    has_room = hosts.taken(np.arange(options)) <= hosts.room

    def can_replace(a: Ints, b: Ints) -> Bools:
        same = hosts.host[a] == hosts.host[b]
        fits = has_room[hosts.host[b]] | (same & (hosts.size[b] <= hosts.size[a]))
        price = cost[b] + np.where(same, 0.0, hosts.cost[hosts.host[b]])
        takes_its_place: Bools = (shared_rows >= rows[a] - 0.5) & fits & (price <= cost[a])
        return takes_its_place

    apart = shared.row != shared.col
    a, b, shared_rows = shared.row[apart], shared.col[apart], shared.data[apart]
    inside, back = can_replace(a, b), can_replace(b, a)
    stays = rows > 0
    stays[a[inside & (~back | (b < a))]] = False
    kept = np.flatnonzero(stays)
    return replace(
        town,
        matrix=town.matrix[:, kept].tocsr(),
        must=town.must[:, kept].tocsr(),
        cost=cost[kept],
        hosts=hosts.of(kept),
    ), kept
