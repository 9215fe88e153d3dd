"""Maximal covering with hosts: options that share a host share its opening cost, and its room.

Church, R. & ReVelle, C. (1974), The maximal covering location problem. Papers of the Regional Science Association 32,
with the fixed charge of a host as in Balinski, M. (1965), Integer programming: methods, uses, computation. Management
Science 12, and alternatives of which a place has at most one (multiple choice). What must be covered besides makes it a
subproblem of the epsilon-constraint method: Haimes, Y., Lasdon, L. & Wismer, D. (1971), IEEE Transactions on Systems,
Man and Cybernetics 1.

Rows with the same options are merged and options dropped that another can always replace; greedy with ruin and recreate
gives a first answer, and HiGHS improves and proves it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError
from planner.siting.arguments import LAST_BITS, amounts, cover_matrix, fixed_and_forbidden, limit, search_limits
from planner.siting.covering.covers import covered_by, first_covering, without_useless
from planner.siting.covering.hosted_cover.hosts import (
    HostedTown,
    Hosts,
    hosts_of,
    with_one_price,
    with_rows_merged,
    without_dominated,
)
from planner.siting.covering.hosted_cover.program import solve_hosted_program
from planner.siting.covering.hosted_cover.search import good_start
from planner.siting.covering.set_cover.targets import SLACK, Targets, targets_of
from planner.siting.solution import Solution, proven_gap
from planner.siting.stopping import INTERRUPTED, Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Requirements = Literal["met", "impossible", "not found"]


@dataclass(frozen=True)
class HostedSolution(Solution):
    """A :class:`Solution` of options, with the hosts that they open.

    ``hosts``: the numbers of the hosts that hold a selected option. ``spent``: what the new options and the new hosts
    cost. ``requirements``: ``"met"`` where what must be covered is; ``"impossible"`` where it is proven that no
    allowed options cover it; ``"not found"`` where time was up before either. In the last two cases the answer is the
    fixed options alone, and its status ``"feasible"``.
    """

    hosts: Ints
    spent: float
    requirements: Requirements


def hosted_cover(
    covers: sp.csr_array,
    weight: ArrayLike,
    *,
    host: ArrayLike | None,
    cost: ArrayLike | None = None,
    host_cost: ArrayLike | None = None,
    budget: float | None = None,
    size: ArrayLike | None = None,
    room: ArrayLike | None = None,
    must_cover: sp.csr_array | None = None,
    group: ArrayLike | None = None,
    group_share: ArrayLike | None = None,
    fixed: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
) -> HostedSolution:
    """The options that cover the most weight for at most ``budget``, each host's opening cost paid once.

    ``covers``: CSR, demand rows × options, true where covered. ``weight``: (rows,), not negative. ``host``: (options,)
    the number of each option's host from 0, -1 for one that needs none. ``cost``: (options,), 0 each if not given;
    ``host_cost``: (hosts,), what it costs to open a host with any of its options, 0 each if not given. ``room``:
    (hosts,), what the open options of a host may take of it in all, and ``size``: (options,), what each takes, 1 if not
    given: so a room of 1 is at most one option of a host. Without ``budget`` money is no limit.

    ``must_cover``: CSR, further rows × options, each of which must be covered by an open option, as places that nobody
    may have further than so far to go. ``group``: (rows,) the number of each row's group from 0, -1 for none;
    ``group_share``: a share for all groups or one a group, (groups,), of whose weight at least so much must be covered.

    ``fixed`` options are open and so are their hosts: both cost nothing, and they take their room. ``forbidden`` ones
    stay shut. The search stops when proven within the relative ``gap`` or after ``time_limit_s``, with the best answer
    in hand. The objective is the covered weight.

    Raises ``ArgumentError`` for an argument of the wrong shape or range.
    """
    deadline = Deadline(time_limit_s)
    matrix = cover_matrix(covers)
    row_count, option_count = matrix.shape
    weights = amounts("weight", weight, row_count)
    costs = amounts("cost", np.zeros(option_count) if cost is None else cost, option_count)
    must = sp.csr_array((0, option_count)) if must_cover is None else cover_matrix(must_cover)
    if must.shape[1] != option_count:
        raise ArgumentError("wrong_shape", name="must_cover", shape=must.shape, wanted=(must.shape[0], option_count))
    hosts, host_count = hosts_of(host, host_cost, size, room, option_count)
    stay, never = fixed_and_forbidden(fixed, forbidden, option_count)
    search_limits(time_limit_s, gap)
    money = limit("budget", budget)
    hosts = _after(hosts, stay)

    optional = np.setdiff1d(np.arange(option_count), np.concatenate([stay, never]))
    targets = targets_of(weights, 0.0, group, group_share, covered_by(matrix, np.union1d(stay, optional)))
    left, optional = _left(matrix, weights, must, targets, costs, hosts, stay, optional, money)
    already = covered_by(matrix, stay)
    base = float(weights[already].sum())
    found = (
        _Found(None, -np.inf, "nobody can reach it", "impossible")
        if targets.lowered or (np.diff(left.must.indptr) == 0).any()
        else _search(left, base, gap, deadline)
    )
    new = np.empty(0, dtype=np.int64) if found.chosen is None else optional[found.chosen]
    selected = np.union1d(stay, new)
    objective = float(weights[covered_by(matrix, selected)].sum())
    reached, bound = proven_gap(objective, base + found.bound, maximise=True)
    opened = np.unique(hosts.host[selected])
    is_met = found.requirements == "met"
    return HostedSolution(
        selected=selected,
        objective=objective,
        bound=bound,
        gap=reached,
        status="optimal" if reached <= gap and is_met else "feasible",
        assignment=first_covering(matrix, selected),
        runtime_s=deadline.elapsed_s,
        method=found.method,
        hosts=opened[opened < host_count],
        spent=float(costs[new].sum() + hosts.cost[np.unique(hosts.host[new])].sum()),
        requirements=found.requirements,
    )


@dataclass(frozen=True)
class _Found:
    """Options of a town (``None`` where none keep the requirements), and the most that its options may add."""

    chosen: Ints | None
    bound: float
    method: str
    requirements: Requirements


def _after(hosts: Hosts, stay: Ints) -> Hosts:
    """The hosts once the fixed options are in them: open already, with the room that is left."""
    taken = hosts.taken(stay)
    full = np.flatnonzero(taken > hosts.room * (1.0 + LAST_BITS))
    if full.size:
        raise ArgumentError("fixed_over_room", host=int(full[0]), size=taken[full[0]], room=hosts.room[full[0]])
    cost = hosts.cost.copy()
    cost[hosts.host[stay]] = 0.0
    return replace(hosts, cost=cost, room=np.maximum(0.0, hosts.room - taken))


def _left(
    matrix: sp.csr_array,
    weights: Floats,
    must: sp.csr_array,
    targets: Targets,
    costs: Floats,
    hosts: Hosts,
    stay: Ints,
    optional: Ints,
    money: float | None,
) -> tuple[HostedTown, Ints]:
    """What the fixed options leave to decide, made small, and the options that it has."""
    budget = np.inf if money is None else money * (1.0 + LAST_BITS)
    price = costs + hosts.cost[hosts.host]
    optional = optional[(price <= budget)[optional] & (hosts.size <= hosts.room[hosts.host])[optional]]
    already = covered_by(matrix, stay)
    after = targets.after(already)
    bare = np.flatnonzero(~covered_by(must, stay))
    part = after.parts.tocoo()
    group = np.full(len(weights), -1, dtype=np.int64)
    group[part.col] = part.row
    town = HostedTown(
        matrix=matrix[~already][:, optional].tocsr(),
        weight=weights[~already],
        must=sp.csr_array(
            sp.vstack([must[bare][:, optional], matrix[np.flatnonzero(after.required)][:, optional]], format="csr")
        ),
        group=group[~already],
        whole=after.slack / SLACK,
        need=after.need * SLACK / after.slack,
        cost=costs[optional],
        hosts=hosts.of(optional),
        budget=budget,
    )
    if (np.diff(town.must.indptr) == 0).any():
        return town, optional
    small, kept = without_dominated(with_one_price(with_rows_merged(town)))
    return small, optional[kept]


def _search(town: HostedTown, base: float, gap: float, deadline: Deadline) -> _Found:
    everything = float(town.weight.sum())
    if not len(town.cost) and not town.keeps(np.zeros(0, dtype=bool)):
        return _Found(None, -np.inf, "nobody can reach it", "impossible")
    try:
        start = good_start(town, deadline)
    except KeyboardInterrupt:
        return _Found(None, everything, INTERRUPTED, "not found")
    if start is not None:
        value = town.covered_weight(start)
        deadline.tell(base + value, base + everything)
        if everything - value <= gap * (base + everything):
            return _chosen(town, np.flatnonzero(start), everything, "every row that can be covered is")
    if deadline.ended:
        chosen = None if start is None else np.flatnonzero(start)
        return _chosen(town, chosen, everything, INTERRUPTED if deadline.stopped else "greedy, ruin and recreate")
    answer = solve_hosted_program(town, start=start, time_limit_s=deadline.left_s, gap=gap)
    if answer.impossible:
        return _Found(None, -np.inf, "HiGHS", "impossible")
    method = INTERRUPTED if answer.interrupted else "HiGHS"
    best = None if answer.chosen is None else np.isin(np.arange(len(town.cost)), answer.chosen)
    better = [is_open for is_open in (start, best) if is_open is not None and town.keeps(is_open)]
    if not better:
        return _Found(None, answer.bound, method, "not found")
    final = max(better, key=town.covered_weight)
    bound = town.covered_weight(final) if answer.best and final is best else answer.bound
    return _chosen(town, np.flatnonzero(final), bound, method)


def _chosen(town: HostedTown, chosen: Ints | None, bound: float, method: str) -> _Found:
    """Without options that are of no use to anybody."""
    if chosen is None:
        return _Found(None, bound, method, "not found")
    rows: sp.csr_array = sp.vstack([town.matrix, town.must], format="csr")
    return _Found(without_useless(rows, chosen), bound, method, "met")
