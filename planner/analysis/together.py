"""One service, or all that share a budget, as the optimizer is asked about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.choosing import decided
from planner.errors import ArgumentError
from planner.plan import Plan, ServicePlan
from planner.scenario import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Together:
    """Services side by side: the rows and the sites of one after those of another.

    ``parts``: the services, ``scales``: what each of them weighs. ``covers``: their covers. ``worth``: (rows,), of a
    service alone its demand; of several each row's share of its service's demand, times what the service weighs.
    ``cost``: (sites,) a year. ``required`` sites must open, ``forbidden`` ones must not, ``existing`` ones are open.
    """

    parts: Mapping[str, ServicePlan]
    scales: tuple[float, ...]
    covers: sp.csr_array
    worth: Floats
    cost: Floats
    existing: Ints
    required: Ints
    forbidden: Ints

    @property
    def candidates(self) -> Ints:
        """The sites that may open."""
        return np.setdiff1d(np.arange(self.covers.shape[1]), np.concatenate([self.existing, self.forbidden]))

    def sites_of(self, service: str) -> slice:
        """Where the sites of a service stand among all."""
        sizes = {name: part.covers.shape[1] for name, part in self.parts.items()}
        first = sum(list(sizes.values())[: list(sizes).index(service)])
        return slice(first, first + sizes[service])

    def worth_of(self, weights: Sequence[Floats]) -> Floats:
        """What rows are worth that weigh ``weights``, of each service (any, its rows): (any, rows)."""
        if len(weights) == 1:
            return weights[0]
        totals = [np.maximum(each.sum(axis=1, keepdims=True), 1e-300) for each in weights]
        of = zip(self.scales, weights, totals, strict=True)
        return np.concatenate([scale * each / total for scale, each, total in of], axis=1)

    def opened_by(self, plan: Plan) -> Ints:
        """The new sites of the plan that these services were taken from."""
        return np.concatenate([self.sites_of(name).start + plan.services[name].opened for name in self.parts])


def alone_or_together(plan: Plan, service: str | None) -> list[Together]:
    """``service`` by itself; for ``None`` all services of the plan, together where they share one budget, else each.

    Raises ``ArgumentError`` where one service is asked for of a plan whose services share a budget.
    """
    shared = plan.scenario.budget_yuan is not None
    if shared and service is not None:
        raise ArgumentError("asked_of_shared_budget")
    if shared:
        return [_together(plan.services, plan.scenario)]
    names = plan.services if service is None else [service]
    return [_together({name: plan.services[name]}, plan.scenario) for name in names]


def _together(parts: Mapping[str, ServicePlan], scenario: Scenario) -> Together:
    starts = np.cumsum([0, *(part.covers.shape[1] for part in parts.values())])
    picked = [decided(part, scenario) for part in parts.values()]
    existing = [part.sites.existing for part in parts.values()]

    def placed(some: list[Ints]) -> Ints:
        return np.concatenate([start + sites for start, sites in zip(starts, some, strict=False)]).astype(np.int64)

    together = Together(
        parts=parts,
        scales=tuple(scenario.services[name].weight for name in parts),
        covers=sp.csr_array(sp.block_diag([part.covers for part in parts.values()], format="csr")),
        worth=np.empty(0),
        cost=np.concatenate([part.sites.frame["cost_yuan"].to_numpy(dtype=np.float64) for part in parts.values()]),
        existing=placed(existing),
        required=placed([required for required, _ in picked]),
        forbidden=placed([forbidden for _, forbidden in picked]),
    )
    worth = together.worth_of([part.demand.weight.reshape(1, -1) for part in parts.values()])
    return replace(together, worth=worth[0])
