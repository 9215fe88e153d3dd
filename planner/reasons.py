"""Why a plan opens a site, whom it serves, and why another place was not chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from planner.coverage import times_covered
from planner.errors import ArgumentError
from planner.plan import Plan, ServicePlan, plan_from

Why = Literal["rule", "centre", "chosen", "unreached", "nobody", "no_room", "adds_nothing", "as_good", "worse"]


@dataclass(frozen=True)
class Reason:
    """Why a place is no new site of a plan, or that it is one.

    ``why``: ``"rule"`` (a siting rule keeps it out, named by ``rule``), ``"centre"`` (it stands already), ``"chosen"``,
    ``"unreached"`` (no street of the mode leads there), ``"nobody"`` (no demand within the standard while it is open),
    ``"no_room"`` (the limits leave no room even for it alone), ``"adds_nothing"`` (the plan covers all that it
    reaches), ``"as_good"`` (a plan with it covers as much), ``"worse"`` (the best plan with it covers less).

    ``reach_per_day``: the weight within the standard while it is open; ``gain_per_day``: what of it the plan leaves
    uncovered. ``with_it``: the best plan that has the place, within the same limits; ``dropped``: the names of the
    plan's sites of this service that it does without.
    """

    why: Why
    rule: str = ""
    reach_per_day: float = 0.0
    gain_per_day: float = 0.0
    with_it: Plan | None = None
    dropped: tuple[str, ...] = ()


def why_not(plan: Plan, service: str, site_id: str) -> Reason:
    """Why the place ``site_id`` (a host, a proposed site or a centre) is no new site of ``service``.

    The best plan with it is searched anew, within the scenario's time limit. What the planner has forbidden is looked
    at as if it were not. Raises ``KeyError`` for a place that does not exist.
    """
    part = plan.services[service]
    kept_out = part.sites.rejected.set_index("host_id")["rule"]
    if site_id in kept_out.index:
        return Reason("rule", rule=str(kept_out[site_id]))
    site = int(pd.Index(part.sites.frame["site_id"]).get_loc(site_id))
    weight = part.demand.weight.ravel()
    within = part.covers[:, [site]].nonzero()[0]
    open_rows = ~part.planned.covered.ravel()[within]
    reach, gain = float(weight[within].sum()), float(weight[within][open_rows].sum())
    if part.sites.frame["existing"].iloc[site]:
        return Reason("centre", reach_per_day=reach)
    if site in part.solution.selected:
        return Reason("chosen", reach_per_day=reach)
    if site_id in set(part.unreached["id"][part.unreached["what"] == "candidate"]):
        return Reason("unreached")
    if reach == 0:
        return Reason("nobody")
    try:
        with_it = _with(plan, service, site_id)
    except ArgumentError:
        return Reason("no_room", reach_per_day=reach, gain_per_day=gain)
    mine, theirs = (set(some.services[service].new_sites["site_id"]) for some in (plan, with_it))
    names = part.new_sites.set_index("site_id")["name"]
    dropped = tuple(str(names[name]) for name in part.new_sites["site_id"] if name in mine - theirs)
    best, then = part.proven.objective, with_it.services[service].proven.objective
    why: Why = "adds_nothing" if gain == 0 else "worse" if best - then > 1e-9 * best else "as_good"
    return Reason(why, reach_per_day=reach, gain_per_day=gain, with_it=with_it, dropped=dropped)


def served_grids(part: ServicePlan, site: int) -> pd.DataFrame:
    """Whom a site serves: a row a grid (``grid_code``, the index), the most served first: ``within_reach_per_day`` and,
    of it, ``only_here_per_day``, which no other open site covers.
    """
    reach, only = _within_and_only(part, site)
    codes = part.demand.cells["grid_code"].to_numpy()
    frame = pd.DataFrame({"within_reach_per_day": reach.sum(axis=1), "only_here_per_day": only.sum(axis=1)})
    frame = frame.groupby(codes).sum().rename_axis("grid_code")
    frame = frame[frame["within_reach_per_day"] > 0]
    return frame.sort_values("within_reach_per_day", ascending=False, kind="stable")


def served_periods(part: ServicePlan, site: int) -> pd.DataFrame:
    """When a site serves: a row a period (the index), with the columns of :func:`served_grids`."""
    reach, only = _within_and_only(part, site)
    columns = {"within_reach_per_day": reach.sum(axis=0), "only_here_per_day": only.sum(axis=0)}
    return pd.DataFrame(columns, index=pd.Index(part.demand.periods, name="period"))


def _within_and_only(part: ServicePlan, site: int) -> tuple[np.ndarray, np.ndarray]:
    """The weight within reach of a site, and of it what only this site covers: (points, periods) each."""
    reached = np.zeros(part.covers.shape[0], dtype=bool)
    reached[part.covers[:, [site]].nonzero()[0]] = True
    once = times_covered(part.covers, np.union1d(part.solution.selected, [site])) == 1
    weight = part.demand.weight
    shape = weight.shape
    return np.where(reached.reshape(shape), weight, 0.0), np.where((reached & once).reshape(shape), weight, 0.0)


def _with(plan: Plan, service: str, site_id: str) -> Plan:
    limits = plan.scenario.services[service]
    picks = {"required": (*limits.required, site_id), "forbidden": tuple(f for f in limits.forbidden if f != site_id)}
    changed = {service: limits.model_copy(update=picks)}
    if plan.scenario.budget_yuan is None:
        scenario = plan.scenario.model_copy(update={"services": changed})
        return plan_from({service: plan.services[service]}, scenario)
    scenario = plan.scenario.model_copy(update={"services": {**plan.scenario.services, **changed}})
    return plan_from(plan.services, scenario)
