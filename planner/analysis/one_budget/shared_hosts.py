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
from planner.choosing import Choice, chosen
from planner.errors import ArgumentError, UnknownNameError
from planner.plan import Plan, plan_from
from planner.side_by_side import SideBySide
from planner.sites import hosts_of
from planner.siting import HostedSolution, hosted_cover

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Shares are handed to the solver in percent, so that its tolerances are far below one demand point.
_PERCENT = 100.0


@dataclass(frozen=True)
class SharedHosts(SideBySide):
    """Services side by side, their sites as options, and the hosts that hold them.

    ``opening_yuan`` is what a host's opening costs a year, of which a service pays at most its own running cost; the
    rest of a site's cost (rent by area, fit-out) is its own. What stands in a host together must fit its area.
    """

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
        worth = [_PERCENT * weights[name] * self.share_of(name) for name in self.parts]
        floors = {} if least_shares is None else least_shares
        required = self.required
        spent = float(self.own_cost[required].sum() + self.host_cost[np.unique(self.host[required])].sum())
        if spent > budget_yuan:
            raise ArgumentError("required_over_shared_budget", cost=spent, budget=budget_yuan)
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
            fixed=self.fixed,
            forbidden=self.forbidden,
            time_limit_s=self.scenario.time_limit_s * len(self.parts),
            gap=self.scenario.optimality_gap,
        )

    def plan(self, solution: HostedSolution, budget_yuan: float, weights: Mapping[str, float]) -> Plan:
        """The plan of these options; where services share a host, each is spared its part of what that saves."""
        spared = self._spared(solution.selected)
        joint = replace(solution, objective=solution.objective / _PERCENT, bound=solution.bound / _PERCENT)
        parts, choices = {}, {}
        for name, part in self.parts.items():
            own = self.own(solution.selected, name)
            cost = part.sites.frame["cost_yuan"] - spared[self.sites_of(name)]
            sites = replace(part.sites, frame=part.sites.frame.assign(cost_yuan=cost.round(2)))
            parts[name] = replace(part, sites=sites)
            choices[name] = Choice(
                chosen(part, own, bound=self.most_of(name), runtime_s=solution.runtime_s, method=solution.method), joint
            )
        limits = {
            name: self.scenario.services[name].model_copy(
                update={"site_limit": None, "budget_yuan": None, "weight": weights[name]}
            )
            for name in self.parts
        }
        scenario = self.scenario.model_copy(update={"services": limits, "budget_yuan": budget_yuan})
        return plan_from(parts, scenario, choices=choices)

    def covered_share(self, selected: Ints, service: str) -> float:
        """What these options cover of a service's demand."""
        part = self.parts[service]
        is_open = np.zeros(part.covers.shape[1])
        is_open[self.own(selected, service)] = 1.0
        return float(self.share_of(service)[part.covers @ is_open > 0].sum())

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
                "cost_yuan": (self.cost - spared)[new],
                "saved_yuan": spared[new],
            }
        )
        grouped = frame.groupby("host", sort=True).agg(
            {"site_id": "first", "name": "first", "services": tuple, "cost_yuan": "sum", "saved_yuan": "sum"}
        )
        return grouped.sort_values(["cost_yuan", "site_id"], ascending=[False, True]).reset_index(drop=True)

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
        cost = self.cost.copy()
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
    def _service(self) -> Ints:
        return np.repeat(np.arange(len(self.parts)), [part.covers.shape[1] for part in self.parts.values()])

    @cached_property
    def _ids(self) -> NDArray[np.object_]:
        return np.concatenate([part.sites.frame["site_id"].to_numpy(dtype=object) for part in self.parts.values()])

    @cached_property
    def _names(self) -> NDArray[np.object_]:
        return np.concatenate([part.sites.frame["name"].to_numpy(dtype=object) for part in self.parts.values()])

    def _rules(self, service: str) -> Service:
        return self.parts[service].study.catalog.services[service]

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
