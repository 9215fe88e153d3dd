"""Services as one problem: the rows and the sites of one after those of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.coverage import measure_coverage
from planner.decided import Decided, decided
from planner.scenario import Scenario
from planner.today import ServiceToday

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Less than any demand: without any, rows are worth nothing rather than no number.
_NOTHING = 1e-300


@dataclass(frozen=True)
class SideBySide:
    """The services ``parts`` side by side, with the choices of ``scenario``; a service alone is as it always is.

    Rows are (service, demand point, period), sites (service, site). What is decided of sites is looked up when it is
    first asked for, and raises as :func:`planner.decided.decided`.
    """

    parts: Mapping[str, ServiceToday]
    scenario: Scenario

    @cached_property
    def covers(self) -> sp.csr_array:
        """Rows × sites."""
        return covers_beside([part.covers for part in self.parts.values()])

    @cached_property
    def worth(self) -> Floats:
        """(rows,): what they are worth by their demand, see :meth:`worth_of`."""
        return self.worth_of(self._weights)

    @cached_property
    def shares(self) -> Floats:
        """(rows,): each row's share of its service's demand, times what the service weighs."""
        return self._shares_of(self._weights)

    @cached_property
    def cost(self) -> Floats:
        """(sites,): what each costs a year."""
        return np.concatenate([part.sites.frame["cost_yuan"].to_numpy(dtype=float) for part in self.parts.values()])

    @cached_property
    def existing(self) -> Ints:
        """The sites that are open."""
        return self.placed({name: part.sites.existing for name, part in self.parts.items()})

    @cached_property
    def decided(self) -> Mapping[str, Decided]:
        """The sites that must open and those that must not, a service, as indices of its own sites."""
        return {name: decided(part, self.scenario) for name, part in self.parts.items()}

    @property
    def required(self) -> Ints:
        """The sites that must open."""
        return self.placed({name: own.required for name, own in self.decided.items()})

    @property
    def forbidden(self) -> Ints:
        """The sites that must not open."""
        return self.placed({name: own.forbidden for name, own in self.decided.items()})

    @property
    def fixed(self) -> Ints:
        """The sites that are open whatever is chosen."""
        return np.union1d(self.existing, self.required)

    @property
    def candidates(self) -> Ints:
        """The sites that may open."""
        return np.setdiff1d(np.arange(len(self.cost)), np.concatenate([self.existing, self.forbidden]))

    def worth_of(self, weights: Sequence[Floats]) -> Floats:
        """What rows are worth that weigh ``weights``, of each service (…, its rows): (…, rows).

        Of a service alone what they weigh; of several each row's share of its service's weight, times what the service
        weighs in the scenario.
        """
        return weights[0] if len(weights) == 1 else self._shares_of(weights)

    def rows_of(self, service: str) -> slice:
        """Where the rows of a service stand among all."""
        return self._places(0)[service]

    def sites_of(self, service: str) -> slice:
        """Where the sites of a service stand among all."""
        return self._places(1)[service]

    def placed(self, sites: Mapping[str, Ints]) -> Ints:
        """Sites of each service, which are indices of its own, as indices of all."""
        return np.concatenate([some + self.sites_of(name).start for name, some in sites.items()]).astype(np.int64)

    def own(self, sites: Ints, service: str) -> Ints:
        """Those of a service among ``sites``, as indices of its own."""
        place = self.sites_of(service)
        own: Ints = sites[(sites >= place.start) & (sites < place.stop)] - place.start
        return own

    def share_of(self, service: str) -> Floats:
        """(its rows,): each row's share of a service's demand."""
        return _share_of_all(self.parts[service].demand.weight.ravel())

    def most_of(self, service: str) -> float:
        """The weight that all allowed sites of a service cover together."""
        part = self.parts[service]
        allowed = np.setdiff1d(np.arange(part.covers.shape[1]), self.decided[service].forbidden)
        return measure_coverage(part.covers, part.demand.weight, allowed).covered_weight

    @property
    def _weights(self) -> list[Floats]:
        return [part.demand.weight.ravel() for part in self.parts.values()]

    def _shares_of(self, weights: Sequence[Floats]) -> Floats:
        scales = (self.scenario.services[name].weight for name in self.parts)
        return np.concatenate([_share_of_all(own, scale) for own, scale in zip(weights, scales, strict=True)], axis=-1)

    def _places(self, axis: int) -> dict[str, slice]:
        ends = np.cumsum([part.covers.shape[axis] for part in self.parts.values()]).tolist()
        return dict(zip(self.parts, map(slice, [0, *ends], ends), strict=True))


def covers_beside(covers: Sequence[sp.csr_array]) -> sp.csr_array:
    """Covers of several services as those of one: what covers rows of one covers none of another."""
    return covers[0] if len(covers) == 1 else sp.csr_array(sp.block_diag(covers, format="csr"))


def _share_of_all(weight: Floats, scale: float = 1.0) -> Floats:
    share: Floats = scale * weight / np.maximum(weight.sum(axis=-1, keepdims=True), _NOTHING)
    return share
