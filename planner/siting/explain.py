"""Why these sites: what each of them is worth, and what each other one would bring.

Loss and gain of one site are those of the interchange for maximal covering (Church & ReVelle 1974); the price of a
forced site is that of the model solved again with it fixed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.siting.arguments import amounts, cover_matrix, fixed_and_forbidden, search_limits, site_indices
from planner.siting.covering.max_cover.max_cover import max_cover
from planner.siting.stopping import Deadline, watch

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Explanation:
    """What every site of a plan is worth and what every other site would bring, in the unit of the weights.

    ``covered``: the weight that the plan covers. ``selected``: its sites in ascending order; for each of them ``reach``
    is the weight that it covers, ``alone`` what no other selected site covers, and ``loss`` what the plan loses when it
    shuts and nothing takes its place: the same as ``alone``.

    ``others``: the sites that are neither selected nor forbidden; for each ``gain`` is what the plan gains when it
    opens as well, and ``forced_loss`` what is lost when it must be open while the number of new sites stays the same:
    ``covered`` less the most that sites can cover with it among them. It is below 0 where that is more than the plan
    covers, and NaN where the plan has no new site that could make room. ``forced_loss_bound`` is what the loss cannot
    be less than; where the two are equal the loss is proven.
    """

    covered: float
    selected: Ints
    reach: Floats
    alone: Floats
    loss: Floats
    others: Ints
    gain: Floats
    forced_loss: Floats
    forced_loss_bound: Floats


@watch(None)
def explain(
    covers: sp.csr_array,
    weight: ArrayLike,
    selected: ArrayLike,
    *,
    fixed: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    time_limit_s: float = 30.0,
    gap: float = 0.0,
    seed: int = 0,
) -> Explanation:
    """What every selected site is worth, and what every other one would bring.

    ``covers``: CSR, demand rows × site columns, true where covered. ``weight``: (rows,), not negative. ``selected``:
    the sites of the plan; ``fixed`` ones count as selected and never make room. ``forbidden`` sites are not looked at.
    Forcing a site solves :func:`planner.siting.max_cover` once a site; what is not proven within ``time_limit_s`` in
    all is the best swap of the site for one of the plan's, with the bound of the whole model.

    Raises ``ArgumentError`` for an argument of the wrong shape or range.
    """
    deadline = Deadline(time_limit_s)
    matrix = cover_matrix(covers)
    weights = amounts("weight", weight, matrix.shape[0])
    stay, never = fixed_and_forbidden(fixed, forbidden, matrix.shape[1])
    plan = np.union1d(site_indices("selected", selected, matrix.shape[1]), stay)
    fixed_and_forbidden(plan, never, matrix.shape[1])
    search_limits(time_limit_s, gap)
    is_open = np.zeros(matrix.shape[1])
    is_open[plan] = 1.0
    times = np.asarray(matrix @ is_open)
    reach = np.asarray(matrix.T @ weights)
    alone = np.asarray(matrix.T @ np.where(times == 1, weights, 0.0))
    gain = np.asarray(matrix.T @ np.where(times == 0, weights, 0.0))
    covered = float(weights[times > 0].sum())
    others = np.setdiff1d(np.arange(matrix.shape[1]), np.concatenate([plan, never]))
    new = np.setdiff1d(plan, stay)
    forced = np.full(len(others), np.nan)
    forced_bound = np.full(len(others), np.nan)
    if len(new) and len(others):
        forced = _best_swaps(matrix, weights, times, alone, gain, new, others)
        whole = max_cover(
            matrix, weights, site_limit=len(new), fixed=stay, forbidden=never,
            time_limit_s=max(0.01, time_limit_s / 4), gap=gap, seed=seed,
        )  # fmt: skip
        forced_bound = np.full(len(others), min(covered - whole.bound, 0.0))
        at_best = np.isin(others, whole.selected)
        forced[at_best] = np.minimum(forced[at_best], covered - whole.objective)
        # A site of the best plan of all is in the best plan with it; the others take a search, the likely first.
        proven_best = at_best & (whole.bound - whole.objective <= 1e-9 * max(1.0, whole.bound))
        forced_bound[proven_best] = forced[proven_best]
        left = [int(i) for i in np.argsort(forced, kind="stable") if not proven_best[i]]
        for done, i in enumerate(left):
            remaining = deadline.left_s
            if remaining <= 0.01 or deadline.stopped:
                break
            answer = max_cover(
                matrix, weights, site_limit=len(new) - 1, fixed=np.append(stay, others[i]), forbidden=never,
                time_limit_s=max(0.02, remaining / min(4, len(left) - done)), gap=gap, seed=seed,
            )  # fmt: skip
            forced[i] = min(forced[i], covered - answer.objective)
            forced_bound[i] = min(forced[i], max(forced_bound[i], covered - answer.bound))
    return Explanation(
        covered=covered,
        selected=plan,
        reach=reach[plan],
        alone=alone[plan],
        loss=alone[plan].copy(),
        others=others,
        gain=gain[others],
        forced_loss=forced,
        forced_loss_bound=forced_bound,
    )


def _best_swaps(
    matrix: sp.csr_array, weights: Floats, times: Floats, alone: Floats, gain: Floats, new: Ints, others: Ints
) -> Floats:
    """For each other site the least loss when it takes the place of one of the new ones."""
    once = np.flatnonzero(times == 1)
    # What shutting s would lose but the other site covers too comes back.
    back = (matrix[once][:, others].T @ sp.diags_array(weights[once]) @ matrix[once][:, new]).toarray()
    swapped: Floats = (alone[new][None, :] - back).min(axis=1) - gain[others]
    return swapped
