"""Services under one budget as one covering problem, in which those in the same host share its opening cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.catalog import Service
from planner.choosing import Choice, chosen, decided
from planner.coverage import measure_coverage
from planner.errors import ArgumentError, UnknownNameError
from planner.plan import Plan, plan_from
from planner.scenario import Scenario
from planner.sites import hosts_of
from planner.siting import HostedSolution, hosted_cover
from planner.today import ServiceToday

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Shares are handed to the solver in percent, so that its tolerances are far below one demand point.
_PERCENT = 100.0


@dataclass(frozen=True)
class SharedHosts:
    """The services ``parts`` side by side: their rows, their sites as options, and the hosts that hold them.

    ``opening_yuan`` is what a host's opening costs a year, of which a service pays at most its own running cost; the
    rest of a site's cost (rent by area, fit-out) is its own. What stands in a host together must fit its area.
    ``scenario`` says what is required and forbidden.
    """

    parts: Mapping[str, ServiceToday]
    scenario: Scenario
    opening_yuan: float

    def solve(
        self,
        budget_yuan: float,
        weights: Mapping[str, float],
        *,
        least_shares: Mapping[str, float] | None = None,
        must_cover: sp.csr_array | None = None,
    ) -> HostedSolution:
        """The options that make the most of the weighted sum of covered shares.

        ``least_shares``: the share that must be covered at least, by service. The objective is in percent, times the
        weight. Raises ``ArgumentError`` where required sites cost more than the budget.
        """
        worth = [_PERCENT * weights[name] * _shares(part) for name, part in self.parts.items()]
        floors = {} if least_shares is None else least_shares
        required = np.unique(self._together({name: required for name, (required, _) in self.decided.items()}))
        spent = float(self.own_cost[required].sum() + self.host_cost[np.unique(self.host[required])].sum())
        if spent > budget_yuan:
            raise ArgumentError("required_over_shared_budget", cost=spent, budget=budget_yuan)
        existing = self._together({name: part.sites.existing for name, part in self.parts.items()})
        return hosted_cover(
            self.covers,
            np.concatenate(worth),
            host=self.host,
            cost=self.own_cost,
            host_cost=self.host_cost,
            budget=budget_yuan - spent,
            size=self.size,
            room=self.room,
            must_cover=must_cover,
            group=np.repeat(np.arange(len(self.parts)), [part.covers.shape[0] for part in self.parts.values()]),
            group_share=np.array([floors.get(name, 0.0) for name in self.parts]),
            fixed=np.union1d(existing, required),
            forbidden=self._together({name: forbidden for name, (_, forbidden) in self.decided.items()}),
            time_limit_s=self.scenario.time_limit_s * len(self.parts),
            gap=self.scenario.optimality_gap,
        )

    def plan(self, solution: HostedSolution, budget_yuan: float, weights: Mapping[str, float]) -> Plan:
        """The plan of these options; where services share a host, each is spared its part of what that saves."""
        spared = self._spared(solution.selected)
        joint = replace(solution, objective=solution.objective / _PERCENT, bound=solution.bound / _PERCENT)
        parts, choices = {}, {}
        for name, part in self.parts.items():
            own = self.of_service(solution.selected, name)
            cost = part.sites.frame["cost_yuan"] - spared[self._starts[name] :][: len(part.sites.frame)]
            sites = replace(part.sites, frame=part.sites.frame.assign(cost_yuan=cost.round(2)))
            parts[name] = replace(part, sites=sites)
            allowed = np.setdiff1d(np.arange(part.covers.shape[1]), self.decided[name][1])
            bound = measure_coverage(part.covers, part.demand.weight, allowed).covered_weight
            choices[name] = Choice(
                chosen(part, own, bound=bound, runtime_s=solution.runtime_s, method=solution.method), joint
            )
        limits = {
            name: self.scenario.services[name].model_copy(
                update={"site_limit": None, "budget_yuan": None, "weight": weights[name]}
            )
            for name in self.parts
        }
        scenario = self.scenario.model_copy(update={"services": limits, "budget_yuan": budget_yuan})
        return plan_from(parts, scenario, choices=choices)

    def of_service(self, selected: Ints, service: str) -> Ints:
        """The options of one service, as indices of its own sites."""
        start, count = self._starts[service], self.parts[service].covers.shape[1]
        return selected[(selected >= start) & (selected < start + count)] - start

    def covered_share(self, selected: Ints, service: str) -> float:
        """What these options cover of a service's demand."""
        part = self.parts[service]
        is_open = np.zeros(part.covers.shape[1])
        is_open[self.of_service(selected, service)] = 1.0
        return float(_shares(part)[part.covers @ is_open > 0].sum())

    def places(self, selected: Ints) -> pd.DataFrame:
        """A row a host with something new: ``site_id``, ``name``, ``services`` (names), ``cost_yuan``, ``saved_yuan``
        (what sharing its opening saves); the dearest first.
        """
        new = selected[self.host[selected] >= 0]
        spared = self._spared(selected)
        frame = pd.DataFrame(
            {
                "host": self.host[new],
                "site_id": self._ids[new],
                "name": self._names[new],
                "services": [list(self.parts)[k] for k in self._service[new]],
                "cost_yuan": (self._full_cost - spared)[new],
                "saved_yuan": spared[new],
            }
        )
        grouped = frame.groupby("host", sort=True).agg(
            {"site_id": "first", "name": "first", "services": tuple, "cost_yuan": "sum", "saved_yuan": "sum"}
        )
        return grouped.sort_values(["cost_yuan", "site_id"], ascending=[False, True]).reset_index(drop=True)

    @cached_property
    def decided(self) -> Mapping[str, tuple[Ints, Ints]]:
        """The sites that the scenario requires and those that it forbids, a service, as indices of its sites."""
        return {name: decided(part, self.scenario) for name, part in self.parts.items()}

    @cached_property
    def covers(self) -> sp.csr_array:
        """Rows (service, demand point, period) × options (service, site)."""
        return sp.csr_array(sp.block_diag([part.covers for part in self.parts.values()], format="csr"))

    @cached_property
    def host(self) -> Ints:
        """The number of each option's host; -1 for an existing centre."""
        existing = np.concatenate([part.sites.frame["existing"].to_numpy(dtype=bool) for part in self.parts.values()])
        numbers = np.full(len(existing), -1, dtype=np.int64)
        numbers[~existing] = np.unique(self._ids[~existing], return_inverse=True)[1]
        return numbers

    @cached_property
    def host_cost(self) -> Floats:
        """What opening each host costs a year: the shared part, at most what its cheapest service runs at."""
        least = np.full(int(self.host.max(initial=-1)) + 1, self.opening_yuan)
        running = np.array([self._rules(name).fit_out_yuan_per_year for name in self.parts])[self._service]
        is_host = self.host >= 0
        np.minimum.at(least, self.host[is_host], running[is_host])
        return least

    @cached_property
    def own_cost(self) -> Floats:
        """What each option costs a year besides the opening of its host."""
        cost = self._full_cost.copy()
        is_host = self.host >= 0
        cost[is_host] -= self.host_cost[self.host[is_host]]
        return np.maximum(0.0, cost)

    @cached_property
    def size(self) -> Floats:
        """The area in m² that each option takes."""
        return np.array([self._rules(name).area_m2 for name in self.parts])[self._service]

    @cached_property
    def room(self) -> Floats:
        """The area of each host in m²."""
        study = next(iter(self.parts.values())).study
        frame = hosts_of(study, self.scenario).set_index("host_id")["area_m2"]
        is_host = self.host >= 0
        ids = pd.Series(self._ids[is_host]).groupby(self.host[is_host]).first()
        area_m2: Floats = frame.loc[ids.to_numpy()].to_numpy(dtype=float)
        return area_m2

    @cached_property
    def _starts(self) -> Mapping[str, int]:
        counts = np.cumsum([0, *(part.covers.shape[1] for part in self.parts.values())])
        return dict(zip(self.parts, counts.tolist(), strict=False))

    @cached_property
    def _service(self) -> Ints:
        return np.repeat(np.arange(len(self.parts)), [part.covers.shape[1] for part in self.parts.values()])

    @cached_property
    def _ids(self) -> NDArray[np.object_]:
        return np.concatenate([part.sites.frame["site_id"].to_numpy(dtype=object) for part in self.parts.values()])

    @cached_property
    def _names(self) -> NDArray[np.object_]:
        return np.concatenate([part.sites.frame["name"].to_numpy(dtype=object) for part in self.parts.values()])

    @cached_property
    def _full_cost(self) -> Floats:
        return np.concatenate([part.sites.frame["cost_yuan"].to_numpy(dtype=float) for part in self.parts.values()])

    def _rules(self, service: str) -> Service:
        return self.parts[service].study.catalog.services[service]

    def _together(self, sites: Mapping[str, Ints]) -> Ints:
        return np.concatenate([some + self._starts[name] for name, some in sites.items()]).astype(np.int64)

    def _spared(self, selected: Ints) -> Floats:
        """What each option is spared: of k in one host, (k-1)/k of its opening cost each."""
        new = selected[self.host[selected] >= 0]
        count = np.bincount(self.host[new], minlength=len(self.host_cost))
        spared = np.zeros(len(self.host))
        of = self.host[new]
        spared[new] = self.host_cost[of] * (count[of] - 1) / count[of]
        return spared


def shared_hosts(
    plan: Plan, services: Sequence[str] | None = None, *, opening_yuan: float | None = None
) -> SharedHosts:
    """The services of a plan (all, if not said which) with the choices of its scenario.

    ``opening_yuan``: what opening a host costs a year, by the catalog if not given. Raises ``UnknownNameError`` for a
    service that the plan does not have.
    """
    names = list(plan.services) if services is None else list(services)
    for name in names:
        if name not in plan.services:
            raise UnknownNameError("unknown_service", service=name, known=", ".join(plan.services))
    opening = plan.study.catalog.opening.shared.yuan_per_year if opening_yuan is None else opening_yuan
    return SharedHosts({name: plan.services[name] for name in names}, plan.scenario, opening)


def spent_on(plan: Plan, services: Sequence[str] | None = None) -> float:
    """The budget of a plan: its own where it has one for all services, else what its new sites cost a year."""
    if services is None and plan.scenario.budget_yuan is not None:
        return plan.scenario.budget_yuan
    summary = plan.summary()["cost_yuan"]
    return float(summary.sum() if services is None else summary.loc[list(services)].sum())


def _shares(part: ServiceToday) -> Floats:
    """Each row's share of a service's weight."""
    weight = part.demand.weight.ravel()
    total = float(weight.sum())
    shares: Floats = weight / total if total > 0 else np.zeros(len(weight))
    return shares
