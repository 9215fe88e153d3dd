"""The places along streets: what each would gain and cost for each of several services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from planner.plan import Plan
from planner.scenario import ServiceScenario
from planner.today import ServiceToday

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Places:
    """Every place that holds or could hold one of some services: ``site_id``, ``name``, ``existing`` and ``geometry``
    in ``frame``; ``gain``, ``cost`` and ``allowed``: (services, places); ``room``: (places,) in m², infinite for a
    centre that stands.
    """

    frame: pd.DataFrame
    gain: Floats
    cost: Floats
    allowed: NDArray[np.bool_]
    room: Floats

    @property
    def xy(self) -> Floats:
        """Positions (places, 2), metric."""
        xy: Floats = shapely.get_coordinates(self.frame["geometry"].to_numpy())
        return xy


def places_of(plan: Plan, parts: Mapping[str, ServiceToday]) -> Places:
    """The places of these services, each place once."""
    frames = [part.sites.frame[["site_id", "name", "existing", "geometry"]] for part in parts.values()]
    frame = pd.DataFrame(pd.concat(frames, ignore_index=True)).drop_duplicates("site_id", ignore_index=True)
    at = pd.Series(frame.index, index=frame["site_id"])
    shape = len(parts), len(frame)
    gain, cost, allowed = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=bool)
    for number, (name, part) in enumerate(parts.items()):
        own = at[part.sites.frame["site_id"]].to_numpy()
        weight = part.demand.weight.ravel()
        bare = np.where(part.today.covered.ravel(), 0.0, weight)
        limits = limits_in(plan, name)
        gain[number, own] = part.covers.astype(float).T @ bare * (limits.weight / max(float(weight.sum()), 1e-12))
        gain[number, own[part.sites.existing]] = 0.0
        cost[number, own] = part.sites.frame["cost_yuan"].to_numpy()
        allowed[number, own] = ~part.sites.frame["site_id"].isin(limits.forbidden).to_numpy()
    return Places(frame, gain, cost, allowed, _room(plan, frame))


def limits_in(plan: Plan, service: str) -> ServiceScenario:
    """What the plan's scenario says of a service, nothing where it does without it."""
    return plan.scenario.services.get(service, ServiceScenario(site_limit=0))


def _room(plan: Plan, frame: pd.DataFrame) -> Floats:
    hosts = plan.study.hosts.set_index("host_id")["area_m2"]
    own = pd.Series({site.site_id: site.area_m2 for site in plan.scenario.proposed}, dtype=float)
    area = frame["site_id"].map(pd.concat([hosts, own])).to_numpy(dtype=float)
    return np.where(frame["existing"].to_numpy(dtype=bool), np.inf, area)
