"""What set covering is asked for: rows that must be covered, and weights of which a share must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError
from planner.siting.arguments import groups_of, shares

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# A target is met where what is missing is less than this part of it: the last bits of a sum decide nothing.
SLACK: Final = 1e-9


@dataclass(frozen=True)
class Targets:
    """Rows that must be covered, and weights of which enough must be: ``parts`` (targets × rows) and ``need``."""

    required: Bools
    parts: sp.csr_array
    need: Floats
    slack: Floats
    lowered: bool

    def after(self, covered: Bools) -> Targets:
        """What is left to do where some rows are covered already: targets that are met are gone."""
        sure = covered | self.required
        need = self.need - self.parts @ sure.astype(np.float64)
        open_targets = need > self.slack
        parts = (self.parts[open_targets] @ sp.diags_array((~sure).astype(np.float64))).tocsr()
        parts.eliminate_zeros()
        return Targets(self.required & ~covered, parts, need[open_targets], self.slack[open_targets], self.lowered)

    def met(self, covered: Bools) -> bool:
        """Whether covering these rows is enough."""
        enough = self.parts @ covered.astype(np.float64) >= self.need - self.slack
        return bool(covered[self.required].all() and enough.all())


def targets_of(
    weights: Floats,
    target_share: float | None,
    group: ArrayLike | None,
    group_share: ArrayLike | None,
    reachable: Bools,
) -> Targets:
    """The targets of :func:`planner.siting.set_cover.set_cover`, lowered to what ``reachable`` rows allow."""
    rows = len(weights)
    if target_share is None:
        target_share = 1.0 if group_share is None else 0.0
    wanted = [float(shares("target_share", target_share, 1)[0])]
    parts = [sp.csr_array(weights[None, :])]
    if (group is None) != (group_share is None):
        raise ArgumentError("group_and_share")
    if group is not None and group_share is not None:
        numbers = groups_of(group, rows)
        groups = int(numbers.max(initial=-1)) + 1
        if np.ndim(group_share) == 1:
            # Groups at the end may be empty; there must be a share for every one that is not.
            groups = max(groups, np.size(group_share))
        wanted.extend(shares("group_share", group_share, groups).tolist())
        member = np.flatnonzero(numbers >= 0)
        parts.append(sp.csr_array((weights[member], (numbers[member], member)), shape=(groups, rows)))
    stacked: sp.csr_array = sp.vstack(parts, format="csr")
    stacked.eliminate_zeros()
    share = np.array(wanted)
    total = stacked @ np.ones(rows)
    reach = stacked @ reachable.astype(np.float64)
    full = (share >= 1.0) | (share * total > reach * (1.0 - 1e-12))
    all_of_it = (stacked[full] @ sp.diags_array(reachable.astype(np.float64))).tocoo()
    required = np.zeros(rows, dtype=bool)
    required[all_of_it.col[all_of_it.data > 0]] = True
    need = share[~full] * total[~full]
    return Targets(
        required=required,
        parts=stacked[~full].tocsr(),
        need=need,
        slack=SLACK * need,
        lowered=bool((share * total > reach * (1.0 + SLACK)).any()),
    )
