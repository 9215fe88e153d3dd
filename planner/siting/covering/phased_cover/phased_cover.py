"""Maximal covering over phases: which sites to open first, where what is open stays open.

Schilling, D. (1980), Dynamic location modeling for public-sector facilities: a multicriteria approach. Decision
Sciences 11; Gunawardane, G. (1982), Dynamic versions of set covering type public facility location problems. European
Journal of Operational Research 10.

What each phase could cover by itself bounds what it covers; plans that open phase by phase, or the best last phase in
its best order, are improved by swaps of sites and of phases, and HiGHS proves the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError
from planner.siting.arguments import amounts, cover_matrix, fixed_and_forbidden, search_limits
from planner.siting.covering.covers import covered_by
from planner.siting.covering.phased_cover.program import prove_phases
from planner.siting.covering.phased_cover.search import PhasedSearch
from planner.siting.covering.phased_cover.town import PhasedTown
from planner.siting.covering.reduction import merged_rows, undominated_sites
from planner.siting.solution import proven_gap
from planner.siting.stopping import INTERRUPTED, Deadline, watch

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# The part of the time in which plans are searched for; the rest is the proof's.
_SEARCH: Final = 0.3


@dataclass(frozen=True)
class PhasedSolution:
    """When each site opens, and how well it is proven.

    ``phase``: (sites,) 0 for a site that is open from the start, 1, 2 … for the phase in which it opens, -1 for one
    that stays shut. ``covered``: (phases,) the weight covered in each phase. ``objective``: their sum, each times its
    ``phase_weight``. ``bound``, ``gap``, ``status`` and ``method`` are as those of
    :class:`planner.siting.Solution`.
    """

    phase: Ints
    covered: Floats
    objective: float
    bound: float
    gap: float
    status: Literal["optimal", "feasible"]
    runtime_s: float
    method: str

    def open_in(self, phase: int) -> Ints:
        """The sites that are open in a phase, counted from 1."""
        return np.flatnonzero((self.phase >= 0) & (self.phase <= phase))

    def opened_in(self, phase: int) -> Ints:
        """The sites that open in a phase, counted from 1."""
        return np.flatnonzero(self.phase == phase)


@watch(None)
def phased_cover(
    covers: sp.csr_array,
    weight: ArrayLike,
    *,
    site_limits: ArrayLike | None = None,
    cost: ArrayLike | None = None,
    budgets: ArrayLike | None = None,
    recurring: bool = True,
    phase_weight: ArrayLike | None = None,
    fixed: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    seed: int = 0,
) -> PhasedSolution:
    """The sites to open in each phase so that the weight covered, summed over the phases, is the most.

    ``covers``: CSR, demand rows × site columns, true where covered. ``weight``: (rows,), or (phases, rows) where demand
    changes; not negative. ``site_limits``: (phases,) how many sites may open in each phase. ``budgets``: (phases,), in
    the unit of ``cost``, (sites,). Where costs are ``recurring`` (rent), a phase's budget pays for all new sites that
    are open in it; else it pays for those that open in it. What a phase leaves over is not carried on. One of the two
    limits must be given, and both may be. ``phase_weight``: (phases,) what each phase counts, 1 if not given. ``fixed``
    sites are open from the start and count against no limit; ``forbidden`` ones stay shut. The search stops when proven
    within the relative ``gap`` or after ``time_limit_s``, with the best answer in hand.

    Raises ``ArgumentError`` for an argument of the wrong shape or range.
    """
    deadline = Deadline(time_limit_s)
    matrix = cover_matrix(covers)
    rows, sites = matrix.shape
    phases = _phases(site_limits, budgets, cost)
    weights = _weights(weight, phases, rows)
    worth = amounts("phase_weight", np.ones(phases) if phase_weight is None else phase_weight, phases)
    counts = None if site_limits is None else _whole("site_limits", amounts("site_limits", site_limits, phases))
    money = None if budgets is None else amounts("budgets", budgets, phases)
    costs = amounts("cost", np.zeros(sites) if cost is None else cost, sites)
    stay, never = fixed_and_forbidden(fixed, forbidden, sites)
    search_limits(time_limit_s, gap)

    already = covered_by(matrix, stay)
    base = float((weights[:, already].sum(axis=1) * worth).sum())
    optional = np.setdiff1d(np.arange(sites), np.concatenate([stay, never]))
    if money is not None:
        most = money[-1] if recurring else money.max()
        optional = optional[costs[optional] <= most]
    else:
        costs = np.zeros(sites)
    by_row = weights[:, ~already]
    small, _, became = merged_rows(matrix[~already][:, optional].tocsr(), (by_row * worth[:, None]).sum(axis=0))
    kept = became >= 0
    small_weight = np.array([np.bincount(became[kept], weights=w[kept], minlength=small.shape[0]) for w in by_row])
    useful = undominated_sites(small, costs[optional])
    small, optional = small[:, useful].tocsr(), optional[useful]
    town = PhasedTown(
        small, small_weight.reshape(phases, small.shape[0]), worth, counts, costs[optional], money, recurring
    )
    search = PhasedSearch(town, gap, base, seed)
    interrupted = False
    try:
        method = search.run(deadline.part(_SEARCH))
        if not search.done() and not deadline.passed():
            method, interrupted = prove_phases(town, search, gap, deadline)
    except KeyboardInterrupt:
        interrupted = True
    phase = np.full(sites, -1, dtype=np.int64)
    phase[optional] = town.without_useless(search.best)
    phase[stay] = 0
    covered = np.array([weights[t - 1][covered_by(matrix, _open(phase, t))].sum() for t in range(1, phases + 1)])
    objective = float((covered * worth).sum())
    reached, bound = proven_gap(objective, base + search.bound, maximise=True)
    return PhasedSolution(
        phase=phase,
        covered=covered,
        objective=objective,
        bound=bound,
        gap=reached,
        status="optimal" if reached <= gap else "feasible",
        runtime_s=deadline.elapsed_s,
        method=INTERRUPTED if interrupted else method,
    )


def _open(phase: Ints, until: int) -> Ints:
    return np.flatnonzero((phase >= 0) & (phase <= until))


def _phases(site_limits: ArrayLike | None, budgets: ArrayLike | None, cost: ArrayLike | None) -> int:
    """How many phases the limits name."""
    if site_limits is None and budgets is None:
        raise ArgumentError("no_phase_limits")
    if budgets is not None and cost is None:
        raise ArgumentError("budget_without_cost")
    sizes = {np.shape(limits) for limits in (site_limits, budgets) if limits is not None}
    shape = min(sizes)
    if len(sizes) > 1 or len(shape) != 1 or shape[0] == 0:
        raise ArgumentError("phases_differ", shapes=", ".join(str(size) for size in sorted(sizes)))
    return int(shape[0])


def _weights(weight: ArrayLike, phases: int, rows: int) -> Floats:
    """What each row weighs in each phase: (phases, rows)."""
    array = np.asarray(weight, dtype=np.float64)
    if array.ndim == 2:
        if array.shape != (phases, rows):
            raise ArgumentError("wrong_shape", name="weight", shape=array.shape, wanted=(phases, rows))
        return np.array([amounts("weight", of_phase, rows) for of_phase in array]).reshape(phases, rows)
    return np.tile(amounts("weight", weight, rows), (phases, 1))


def _whole(name: str, values: Floats) -> Floats:
    wrong = np.flatnonzero(values != np.round(values))
    if wrong.size:
        raise ArgumentError("not_whole", name=name, index=int(wrong[0]), value=float(values[wrong[0]]))
    return values
