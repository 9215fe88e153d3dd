"""Hierarchical covering: sites of several tiers, a higher one offering all that the lower ones offer.

Moore, G. C. & ReVelle, C. (1982), The hierarchical service location problem. Management Science 28. Successively
inclusive (nested) tiers with a distance of their own for each level of service, here under one budget; Daskin, M.
(1995), Network and Discrete Location.

Every site and tier that it may have is a column, at most one of a site's opens. Where no two columns are of one site it
is maximal covering under a budget, as it is without that rule, which bounds large problems; HiGHS proves the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.siting.arguments import (
    amounts,
    search_limits,
)
from planner.siting.covering.covers import Limits, without_useless
from planner.siting.covering.hierarchical_cover.arguments import (
    allowed_tiers,
    least_of_tiers,
    standing_sites,
    tier_costs,
    tier_limits,
    tier_matrices,
    tier_numbers,
)
from planner.siting.covering.hierarchical_cover.options import Options, cheapest, searched, undominated
from planner.siting.covering.max_cover.phases import search_town
from planner.siting.covering.max_cover.program import cover_program
from planner.siting.covering.max_cover.town import Town
from planner.siting.covering.site_program import solve_site_program
from planner.siting.solution import Solution, proven_gap
from planner.siting.stopping import INTERRUPTED, Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
# Up to so many columns HiGHS proves the whole sooner than the bound of maximal covering helps.
_MANY: Final = 1_500
# A limit is a whole number of sites or of money: nothing here is a close call.
_TOLERANCE: Final = 1e-6


@dataclass(frozen=True)
class HierarchicalSolution(Solution):
    """A :class:`Solution` with ``tier``: (sites,), the tier of each open site, -1 where it is shut."""

    tier: Ints


def hierarchical_cover(
    covers: Sequence[sp.csr_array],
    weight: ArrayLike,
    level: ArrayLike,
    *,
    cost: ArrayLike | None = None,
    budget: float | None = None,
    site_limits: Sequence[int | None] | None = None,
    at_least: Sequence[int] | None = None,
    allowed: ArrayLike | None = None,
    fixed: ArrayLike | None = None,
    fixed_tier: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    seed: int = 0,
) -> HierarchicalSolution:
    """The sites, and the tier of each, that cover the most weight for at most ``budget`` in all.

    ``covers``: for each tier from the lowest, CSR, demand rows × sites, true where a site of this tier is near enough
    and open. ``level``: (rows,), the tier from 0 whose service a row asks for: no lower one covers it, whatever
    ``covers`` says. ``weight``: (rows,), not negative. ``cost``: (tiers, sites), needed with ``budget``.
    ``site_limits``: how many new sites of each tier at most, ``None`` for no limit; ``at_least``: how many of each must
    open, 0 by default. ``allowed``: (tiers, sites), which tiers a
    site may have. ``fixed`` sites are open with the tiers ``fixed_tier`` and count against no limit; ``forbidden`` ones
    stay shut. A site has one tier at most. Further arguments and the objective as :func:`max_cover`.

    Raises ``ArgumentError`` for an argument of the wrong shape or range, and where ``at_least`` cannot be met.
    """
    deadline = Deadline(time_limit_s)
    matrices = tier_matrices(covers)
    row_count, site_count = matrices[0].shape
    weights = amounts("weight", weight, row_count)
    levels = tier_numbers("level", level, row_count, len(matrices))
    served = [_of_rows(matrix, levels <= tier) for tier, matrix in enumerate(matrices)]
    now = standing_sites(fixed, fixed_tier, forbidden, (len(matrices), site_count))
    search_limits(time_limit_s, gap)
    most, money = tier_limits(site_limits, budget, cost, len(matrices))
    least = least_of_tiers(at_least, most)
    costs = tier_costs(cost, (len(matrices), site_count))
    may = allowed_tiers(allowed, (len(matrices), site_count))
    may &= (now.tier == -1) & ~now.forbidden & (most >= 1)[:, None]

    already = _times(served, now.tier) > 0
    base = float(weights[already].sum())
    tier, site = np.nonzero(may)
    columns = sp.hstack([served[t][:, may[t].nonzero()[0]] for t in range(len(served))], format="csr")
    options = Options(columns[~already], weights[~already], site, tier, costs[tier, site], least, most, money)
    cheapest(options)  # or says what is short, before columns are left out
    options = options.part(np.flatnonzero(options.cost <= money)).merged()
    options = options.part(undominated(options))
    found = _search(options, base, gap, seed, deadline)
    chosen = _useful(options, found.chosen)
    open_tier = now.tier.copy()
    open_tier[options.site[chosen]] = options.tier[chosen]
    covered_times, assignment = _times(served, open_tier), _first_covering(served, open_tier)
    objective = float(weights[covered_times > 0].sum())
    reached, bound = proven_gap(objective, base + found.bound, maximise=True)
    return HierarchicalSolution(
        selected=np.flatnonzero(open_tier >= 0),
        objective=objective,
        bound=bound,
        gap=reached,
        status="optimal" if reached <= gap else "feasible",
        assignment=assignment,
        runtime_s=deadline.elapsed_s,
        method=found.method,
        tier=open_tier,
    )


@dataclass(frozen=True)
class _Found:
    chosen: Ints
    bound: float
    method: str


def _search(options: Options, base: float, gap: float, seed: int, deadline: Deadline) -> _Found:
    """The best columns that the deadline allows; ``base`` is the weight covered outside of them."""
    start, bound = cheapest(options), float(options.weight.sum())
    if not len(options.site):
        return _Found(start, 0.0, "nothing to choose")
    is_plain = not len(options.limited) and not options.host_use.shape[0]
    if np.isfinite(options.budget) and (is_plain or len(options.site) > _MANY):
        serving = np.unique(options.matrix.indices).astype(np.int64)  # one that must open may serve nobody
        town = Town(options.matrix[:, serving].tocsr(), options.weight, options.cost[serving], None, options.budget)
        relaxed = search_town(town, base, gap, seed, deadline if is_plain else deadline.part(1 / 2))
        bound = min(bound, relaxed.bound)
        likely = without_useless(options.matrix, serving[relaxed.chosen])
        if options.keeps_limits(likely):
            start = likely
            if deadline.ended or _is_proven(options.value(start), bound, base, gap):
                return _Found(start, bound, INTERRUPTED if relaxed.interrupted else relaxed.method)
        elif not options.least.any():
            start = _kept(options, likely)
        if relaxed.interrupted:
            return _Found(start, bound, INTERRUPTED)
    try:
        start = searched(options, start, deadline)
        if deadline.passed():
            return _Found(start, bound, "local search")
    except KeyboardInterrupt:
        return _Found(start, bound, INTERRUPTED)
    if _is_proven(options.value(start), bound, base, gap):
        return _Found(start, bound, "local search within the bound of maximal covering")
    return _by_highs(options, start, bound, base, gap, deadline)


def _by_highs(options: Options, start: Ints, bound: float, base: float, gap: float, deadline: Deadline) -> _Found:
    use, most = [options.tier_use], [options.most[options.limited]]
    least = np.concatenate([np.zeros(len(options.weight)), options.least[options.limited].astype(np.float64)])
    if np.isfinite(options.budget):
        use, most = [*use, options.cost[None, :]], [*most, np.array([options.budget])]
    program = cover_program(options.matrix, options.weight, Limits(np.vstack(use), np.concatenate(most)))
    hosts = options.host_use
    rows = sp.hstack([hosts, sp.csr_array((hosts.shape[0], len(options.weight)))])
    is_open = np.zeros(len(options.site))
    is_open[start] = 1.0
    known = options.value(start)
    # The gap is of the whole, of which the solver sees a part.
    answer = solve_site_program(
        sp.csr_array(sp.vstack([program.constraints, rows], format="csr")),
        np.concatenate([least, np.full(len(program.lower) - len(least) + hosts.shape[0], -np.inf)]),
        np.concatenate([program.upper, np.ones(hosts.shape[0])]),
        program.objective,
        len(options.site),
        maximise=True,
        start=np.concatenate([is_open, np.minimum(options.matrix @ is_open, 1.0)]),
        time_limit_s=deadline.left_s,
        gap=gap * (base + known) / known if known > 0 else gap,
        whole=bool((options.weight == np.round(options.weight)).all()),
        tolerance=_TOLERANCE,
    )
    chosen, is_best = start, answer.best
    if answer.chosen is not None and options.value(answer.chosen) > known:
        if options.keeps_limits(answer.chosen):
            chosen = answer.chosen
        else:  # by a hair, within the solver's tolerance
            is_best = False
    value = options.value(chosen)
    bound = min(bound, value if is_best else max(value, answer.bound))
    return _Found(chosen, bound, INTERRUPTED if answer.interrupted else "HiGHS after local search")


def _is_proven(value: float, bound: float, base: float, gap: float) -> bool:
    return bound - value <= max(gap * (base + bound), 1e-9 * (base + bound))


def _kept(options: Options, chosen: Ints) -> Ints:
    """Of columns that may not all open together some that may, those that cover most first."""
    rows = np.asarray(options.matrix.T @ options.weight)[chosen]
    kept = np.empty(0, dtype=np.int64)
    for column in chosen[np.argsort(-rows, kind="stable")]:
        if options.fits(np.append(kept, column)):
            kept = np.append(kept, column)
    return np.sort(kept)


def _useful(options: Options, chosen: Ints) -> Ints:
    """The chosen columns without those that add nothing, but as many of each tier as must open."""
    kept = without_useless(options.matrix, chosen)
    for tier in np.flatnonzero(options.counts(kept) < options.least):
        spare = np.setdiff1d(chosen[options.tier[chosen] == tier], kept)
        kept = np.append(kept, spare[: options.least[tier] - options.counts(kept)[tier]])
    return np.sort(kept)


def _of_rows(matrix: sp.csr_array, wanted: Bools) -> sp.csr_array:
    """The matrix with the other rows empty."""
    kept: sp.csr_array = sp.csr_array(sp.diags_array(wanted.astype(np.float32), format="csr") @ matrix)
    kept.eliminate_zeros()
    return kept


def _times(served: Sequence[sp.csr_array], tier: Ints) -> Floats:
    """How many sites, open with these tiers, cover each row."""
    times: Floats = np.zeros(served[0].shape[0])
    for number, matrix in enumerate(served):
        times += matrix @ (tier == number).astype(np.float64)
    return times


def _first_covering(served: Sequence[sp.csr_array], tier: Ints) -> Ints:
    """The lowest-numbered open site that covers each row, -1 for none."""
    own = [matrix @ sp.diags_array((tier == t).astype(np.float32), format="csr") for t, matrix in enumerate(served)]
    first: Ints = np.full(served[0].shape[0], np.iinfo(np.int64).max, dtype=np.int64)
    for matrix in own:
        pairs = matrix.tocoo()
        there = pairs.data > 0
        np.minimum.at(first, pairs.row[there], pairs.col[there].astype(np.int64))
    return np.where(first == np.iinfo(np.int64).max, -1, first)
