"""Three tiers: street-level centres, stations and caring merchants, planned together and one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.analysis.three_tiers.answer import ThreeTiers
from planner.analysis.three_tiers.planning import TierPlanner
from planner.analysis.three_tiers.world import TierWorld, tier_world
from planner.errors import ArgumentError, UnknownNameError
from planner.plan import Plan

Ints = NDArray[np.int64]


def three_tiers(
    plan: Plan,
    service: str | None = None,
    *,
    budget_yuan: float | None = None,
    at_least: Mapping[str, int] | None = None,
    site_limits: Mapping[str, int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ThreeTiers:
    """The best sites of every tier of ``service`` for ``budget_yuan`` a year, all planned together.

    By default the service is the first of the plan that the catalog has tiers for, and the money what the plan spends
    on it. ``at_least`` and ``site_limits``: tier → how many new sites must and may open; the catalog says how many must
    of a tier that ``at_least`` does not name. The demand, the planner's own places, the areas ruled out
    and the forbidden candidates are those of the plan; its required candidates are not, since they have no tier.
    ``progress(done, of)`` is called before each of the problems.

    Raises ``UnknownNameError`` for a service that the plan or a tier that the catalog has not, ``ArgumentError`` where
    no service of the plan has tiers, and as :func:`planner.siting.hierarchical_cover` for limits that cannot be met.
    """
    service = _service(plan, service)
    part = plan.services[service]
    tiers = plan.study.catalog.tiers[service]
    for name in {**(site_limits or {}), **(at_least or {})}:
        if name not in tiers:
            raise UnknownNameError("unknown_tier", tier=name, known=", ".join(tiers))
    budget = float(part.new_sites["cost_yuan"].sum()) if budget_yuan is None else budget_yuan
    world = tier_world(part, plan.scenario)
    least = [(at_least or {}).get(name, tier.at_least) for name, tier in tiers.items()]
    planner = TierPlanner(world, plan, service, [(site_limits or {}).get(name) for name in tiers], least, progress)
    joint = planner.plan(budget, world.existing, world.standing, range(len(tiers)))
    spent = [float(world.cost[number, joint.tier == number].sum()) for number in range(len(tiers))]
    in_turn, surely = planner.in_turn(spent)
    evenly, also_surely = planner.in_turn(_evenly(world, budget, least))
    planner.tell()
    if joint.gap > 0:  # out of time: what was found in turn may be better
        joint = planner.better(joint, [in_turn, evenly])
    now = np.full(len(world.sites), -1, dtype=np.int64)
    now[world.existing] = world.standing
    return ThreeTiers(
        frame=_frame(world, now, in_turn, joint.tier),
        plan=plan,
        service=service,
        budget_yuan=budget,
        sites=_sites(world, joint.tier),
        world=world,
        solution=joint,
        share_today=world.covered_share(now),
        share_planned=world.covered_share(joint.tier),
        share_in_turn=world.covered_share(in_turn),
        share_evenly=world.covered_share(evenly),
        in_turn_proven=surely and also_surely,
    )


def _evenly(world: TierWorld, budget: float, at_least: list[int]) -> list[float]:
    """What each tier has where the money is split evenly, but for what the sites that must open cost at the least."""
    least = [
        float(np.sort(world.cost[number, world.allowed[number]])[:count].sum()) for number, count in enumerate(at_least)
    ]
    rest = max(0.0, budget - sum(least)) / len(at_least)
    return [some + rest for some in least]


def _service(plan: Plan, service: str | None) -> str:
    tiers = plan.study.catalog.tiers
    if service is None:
        service = next((name for name in plan.services if name in tiers), None)
        if service is None:
            raise ArgumentError("no_tiers", known=", ".join(tiers))
    if service not in plan.services:
        raise UnknownNameError("unknown_service", service=service, known=", ".join(plan.services))
    if service not in tiers:
        raise ArgumentError("no_tiers", known=", ".join(tiers))
    return service


def _frame(world: TierWorld, now: Ints, in_turn: Ints, planned: Ints) -> pd.DataFrame:
    whole = world.weights.sum(axis=(1, 2))
    shares = [
        np.divide(np.where(world.covered(tier), world.weights, 0.0).sum(axis=(1, 2)), whole,
                  out=np.full(len(whole), np.nan), where=whole > 0)
        for tier in (now, in_turn, planned)
    ]  # fmt: skip
    new = np.where(world.sites["existing"].to_numpy(dtype=bool), -1, planned)
    numbers = np.arange(len(world.names))
    frame = pd.DataFrame(
        {
            "tier": world.names,
            "level_per_day": whole,
            "covered_share_today": shares[0],
            "covered_share_in_turn": shares[1],
            "covered_share": shares[2],
            "new_sites": [int((new == number).sum()) for number in numbers],
            "cost_yuan": [float(world.cost[number, new == number].sum()) for number in numbers],
        }
    )
    return frame.iloc[::-1].reset_index(drop=True)


def _sites(world: TierWorld, tier: Ints) -> gpd.GeoDataFrame:
    new = np.flatnonzero((tier >= 0) & ~world.sites["existing"].to_numpy(dtype=bool))
    frame = world.sites.iloc[new].drop(columns="existing").assign(cost_yuan=world.cost[tier[new], new])
    frame.insert(0, "tier", np.array(world.names, dtype=object)[tier[new]])
    columns = ["tier", "site_id", "name", "kind", "open_hours", "cost_yuan", "geometry"]
    order = np.lexsort((frame["site_id"], -tier[new]))
    return frame[columns].iloc[order].reset_index(drop=True)
