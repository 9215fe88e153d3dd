"""Covering over phases as a mixed-integer program, which HiGHS proves."""

from __future__ import annotations

from typing import Final

import numpy as np
import scipy.sparse as sp

from planner.siting.arguments import LAST_BITS
from planner.siting.covering.phased_cover.search import PhasedSearch
from planner.siting.covering.phased_cover.town import PhasedTown
from planner.siting.covering.site_program import solve_site_program
from planner.siting.stopping import Deadline

# By so much, relatively, a bound of one phase may be wrong.
_SAFE: Final = 1e-9


def prove_phases(town: PhasedTown, search: PhasedSearch, gap: float, deadline: Deadline) -> tuple[str, bool]:
    """Give the search a better plan where there is one, and the bound that is proven; how, and whether interrupted.

    max Σ v_t w_ti y_ti  s.t.  y_ti ≤ Σ_j a_ij x_tj,  x_tj ≤ x_(t+1)j,  the limits of each phase; what a phase covers is
    at most its own bound, and at least what the others' bounds leave it to do in a better plan.
    """
    rows, sites = town.matrix.shape
    phases = town.phases
    weight = (town.weight * town.worth[:, None]).ravel()
    columns = phases * (sites + rows)
    each = sp.eye_array(phases)
    blocks, lower, upper = [], [], []

    def add(x: sp.sparray | None, y: sp.sparray | None, low: np.ndarray, high: np.ndarray) -> None:
        count = len(low)
        blocks.append(
            sp.hstack(
                [
                    sp.csr_array((count, phases * sites)) if x is None else x,
                    sp.csr_array((count, phases * rows)) if y is None else y,
                ]
            )
        )
        lower.append(low)
        upper.append(high)

    covering = phases * rows
    add(sp.kron(each, town.matrix), -sp.eye_array(covering), np.zeros(covering), np.full(covering, np.inf))
    if phases > 1:
        later = sp.diags_array([-1.0, 1.0], offsets=[0, 1], shape=(phases - 1, phases))
        stays = (phases - 1) * sites
        add(sp.kron(later, sp.eye_array(sites)), None, np.zeros(stays), np.full(stays, np.inf))
    opening = sp.diags_array([1.0, -1.0], offsets=[0, -1], shape=(phases, phases))
    nothing = np.full(phases, -np.inf)
    if town.site_limits is not None:
        add(sp.kron(opening, np.ones((1, sites))), None, nothing, town.site_limits)
    if town.budgets is not None:
        paid = each if town.recurring else opening
        add(sp.kron(paid, town.cost[None, :]), None, nothing, town.budgets * (1.0 + LAST_BITS))
    at_most = search.phase_bound * town.worth
    at_least = search.value - (at_most.sum() - at_most)
    room = _SAFE * max(1.0, search.bound)
    of_phase = sp.kron(each, np.ones((1, rows))) @ sp.diags_array(weight)
    add(None, of_phase, at_least - room, at_most + room)

    x = (search.best[None, :] <= np.arange(phases)[:, None]).astype(float)
    begin = np.concatenate([x.ravel(), np.minimum(x @ town.matrix.T, 1.0).ravel()])
    found = solve_site_program(
        sp.csr_array(sp.vstack(blocks)),
        np.concatenate(lower),
        np.concatenate(upper),
        np.concatenate([np.zeros(columns - len(weight)), weight]),
        phases * sites,
        maximise=True,
        start=begin,
        time_limit_s=deadline.left_s,
        gap=gap,
        whole=bool((weight == np.round(weight)).all()),
        tolerance=1e-6,
    )
    if found.chosen is not None:
        is_open = np.zeros(phases * sites, dtype=bool)
        is_open[found.chosen] = True
        opens = is_open.reshape(phases, sites)
        search.take(np.where(opens.any(axis=0), opens.argmax(axis=0), phases))
    if found.best or found.impossible:
        search.lower(search.value)  # where nothing is allowed, nothing is better than what is known
    else:
        search.lower(found.bound)
    return "HiGHS after each phase by itself and local search", found.interrupted
