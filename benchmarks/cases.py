"""Which problems are measured, with which limits and against whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import instances

Problem = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A problem with the limits to solve it under. ``quick`` ones are in the quick form too.

    ``model`` is the function of ``planner.siting``; ``problem`` makes its arguments; ``optimum`` is the published one;
    ``peers`` are given ``peer_limit_s``. ``reach`` says in words what is aimed at.
    """

    group: str
    name: str
    model: str
    problem: Callable[[], Problem]
    reach: str
    gap: float = 0.0
    time_limit_s: float = 60.0
    peers: tuple[str, ...] = ()
    peer_limit_s: float = 60.0
    optimum: Callable[[], float] | None = None
    quick: bool = False


def all_cases() -> list[Case]:
    """Every case, in the order of the table."""
    return [
        *_demo(), *_max_cover(), *_million(), *_set_cover(), *_p_median(), *_p_center(), *_capacitated(),
    ]  # fmt: skip


def _demo() -> Iterator[Case]:
    for service in ("rest_station", "charging_cabinet", "sorting_point"):
        yield Case(
            "demo", f"demo street, {service}", "max_cover", partial(_street, service), "proven, three in 0.3 s",
            peers=("highs",), peer_limit_s=30.0, quick=True,
        )  # fmt: skip


@cache
def _demo_plan() -> Any:
    from planner import load_study, make_plan

    study = load_study(Path(__file__).parent.parent / "data" / "demo")
    return make_plan(study, study.scenarios["base"])


def _street(service: str) -> Problem:
    """What the planner hands to the optimizer for a service of the shipped street."""
    from planner.coverage import covers_of

    demo = _demo_plan()
    plan, limits = demo.services[service], demo.scenario.services[service]
    sites = plan.sites
    return {
        "covers": covers_of(plan.costs, sites.open), "weight": plan.demand.weight.ravel(),
        "site_limit": limits.site_limit, "budget": limits.budget_yuan, "cost": sites.frame["cost_yuan"].to_numpy(),
        "fixed": sites.existing,
    }  # fmt: skip


def _covering(
    rows: int, sites: int, seed: int, *, site_limit: int | None = None, far: bool = False, degree: int = 30
) -> Problem:
    instance = instances.generated(rows, sites, seed, degree=degree)
    problem = {"covers": instances.covers_of(instance), "weight": instance["weight"].astype(float)}
    problem["site_limit"] = instance["p"] if site_limit is None else site_limit
    if far:
        # spopt is made for a matrix of distances and a radius.
        problem |= {"distance": instances.distances_of(instance), "radius": instance["radius"]}
    return problem


def _max_cover() -> Iterator[Case]:
    for seed in (1, 2, 3):
        problem = partial(_covering, 2_000, 2_000, seed, far=True)
        yield Case(
            "max cover 2,000", f"2,000 × 2,000, p = 40, seed {seed}, to 0.3 %", "max_cover", problem, "40 × spopt",
            gap=0.003, peers=("spopt", "highs", "cp-sat"), peer_limit_s=120.0, quick=seed == 1,
        )  # fmt: skip
    for seed in (1, 2, 3):
        problem = partial(_covering, 2_000, 2_000, seed, far=True)
        yield Case(
            "max cover 2,000 proven", f"2,000 × 2,000, p = 40, seed {seed}, proven", "max_cover", problem, "5 × spopt",
            time_limit_s=120.0, peers=("spopt", "highs", "cp-sat"), peer_limit_s=120.0,
        )  # fmt: skip
    for gap, limit in ((0.01, 5.0), (0.003, 60.0)):
        for seed in (1, 2, 3):
            problem = partial(_covering, 5_000, 5_000, seed, far=True)
            yield Case(
                f"max cover 5,000 to {gap:.1%}", f"5,000 × 5,000, p = 100, seed {seed}, to {gap:.1%}", "max_cover",
                problem, f"in {limit:.0f} s", gap=gap, time_limit_s=limit,
                peers=("highs", "cp-sat", "spopt") if seed == 1 else (), quick=gap == 0.01 and seed == 1,
            )  # fmt: skip


def _million() -> Iterator[Case]:
    for gap in (0.01, 0.005):
        yield Case(
            f"max cover 1,000,000 × 1,000 to {gap:.1%}", f"1,000,000 × 1,000, p = 50, to {gap:.1%}", "max_cover",
            partial(_covering, 1_000_000, 1_000, 1, site_limit=50), "in 40 s and 1 GB", gap=gap, time_limit_s=40.0,
        )  # fmt: skip
    yield Case(
        "max cover 1,000,000 × 1,000, 10 in reach", "1,000,000 × 1,000, p = 50, to 1 %", "max_cover",
        partial(_covering, 1_000_000, 1_000, 1, site_limit=50, degree=10), "in 40 s", gap=0.01, time_limit_s=40.0,
    )  # fmt: skip
    for degree in (30, 5):
        for site_limit in (10, 15):
            yield Case(
                f"max cover 1,000,000 × 100, {degree} in reach", f"1,000,000 × 100, p = {site_limit}, proven",
                "max_cover", partial(_covering, 1_000_000, 100, 1, site_limit=site_limit, degree=degree), "in 20 s",
                peers=("highs",) if degree == 5 else (),
            )  # fmt: skip


def _set_cover() -> Iterator[Case]:
    for size in (1_000, 2_000):
        for seed in (1, 2, 3):
            yield Case(
                f"set cover {size:,}", f"{size:,} × {size:,}, seed {seed}", "set_cover",
                partial(_set_covering, size, seed), "within 1 site in 60 s", peers=("highs", "cp-sat", "spopt"),
                quick=size == 1_000 and seed == 1,
            )  # fmt: skip
    for name in ("scp41", "scp51", "scp61", "scpa1", "scpclr10"):
        yield Case(
            "set cover, OR-Library", name, "set_cover", partial(_published_covering, name), "proven",
            peers=("highs", "cp-sat"), optimum=partial(instances.optimum, "scp/optimum.txt", name),
            quick=name == "scp41",
        )  # fmt: skip

    for size in (2_000, 5_000):
        yield Case(
            "set cover, 90 % of the weight", f"{size:,} × {size:,}, seed 1", "set_cover", partial(_share, size, 1),
            "proven", peers=("highs",),
        )  # fmt: skip


def _share(size: int, seed: int) -> Problem:
    problem = _covering(size, size, seed)
    return {name: problem[name] for name in ("covers", "weight")} | {"target_share": 0.9}


def _set_covering(size: int, seed: int) -> Problem:
    problem = _covering(size, size, seed, far=True)
    return {name: problem[name] for name in ("covers", "distance", "radius")}


def _published_covering(name: str) -> Problem:
    covers, cost = instances.set_covering(name)
    return {"covers": covers, "cost": cost}


def _p_median() -> Iterator[Case]:
    for k in range(1, 21):
        yield Case(
            "p-median, pmed", f"pmed{k}", "p_median", partial(_network, k, weighted=True), "20 in 10 s, 8 × pbp",
            peers=("pbp-pmedian",), optimum=partial(instances.optimum, "pmed/pmedian_optimum.txt", f"pmed{k}"),
            quick=k in (1, 5, 10),
        )  # fmt: skip
    for site_limit in (5, 10, 20, 50, 100, 200, 500):
        yield Case(
            "p-median, rl1304", f"rl1304, p = {site_limit}", "p_median", partial(_reinelt, site_limit),
            "optimum found; proven in 60 s", peers=("pbp-pmedian",) if site_limit in (20, 100, 500) else (),
            optimum=partial(instances.optimum, "tsplib/rl1304_pmedian_optimum.txt", str(site_limit)),
        )  # fmt: skip
    for seed in (1, 2, 3):
        yield Case(
            "p-median 2,000", f"2,000 × 2,000, p = 40, seed {seed}", "p_median", partial(_median, 2_000, seed),
            "proven in 15 s", time_limit_s=30.0, peers=("pbp-pmedian",) if seed == 1 else (), quick=seed == 1,
        )  # fmt: skip
    yield Case(
        "p-median 5,000", "5,000 × 5,000, p = 100, seed 1", "p_median", partial(_median, 5_000, 1),
        "≤ 0.05 % in 40 s, 1.2 GB", gap=0.0005, time_limit_s=40.0,
    )  # fmt: skip


def _network(k: int, *, weighted: bool) -> Problem:
    distance, site_limit = instances.network(f"pmed{k}")
    problem = {"distance": distance, "site_limit": site_limit}
    return problem | {"weight": np.ones(len(distance))} if weighted else problem


def _reinelt(site_limit: int) -> Problem:
    distance = instances.reinelt()
    return {"distance": distance, "weight": np.ones(len(distance)), "site_limit": site_limit}


def _median(size: int, seed: int) -> Problem:
    instance = instances.generated(size, size, seed)
    distance = instances.distances_of(instance)
    return {"distance": distance, "weight": instance["weight"].astype(float), "site_limit": instance["p"]}


def _p_center() -> Iterator[Case]:
    for k in range(1, 21):
        yield Case(
            "p-center, pmed", f"pmed{k}", "p_center", partial(_network, k, weighted=False), "5 s each",
            time_limit_s=30.0, peers=("spopt", "cp-sat") if k <= 5 else ("cp-sat",), peer_limit_s=20.0,
            optimum=partial(instances.optimum, "pmed/pcenter_optimum.txt", f"pmed{k}"), quick=k == 1,
        )  # fmt: skip


def _capacitated() -> Iterator[Case]:
    for number in range(1, 11):
        yield Case(
            "capacitated, cpmp", f"cpmp {number}", "capacitated_median", partial(_points, number), "20 s each",
            peers=("highs", "cp-sat"), peer_limit_s=20.0,
            optimum=partial(_best_known, number), quick=number == 2,
        )  # fmt: skip
    for name in [f"cap{group}{number}" for group in (7, 10, 13) for number in (1, 2, 3, 4)]:
        yield Case(
            "capacitated, cap", name, "capacitated_median", partial(_warehouses, name), "20 s each", time_limit_s=20.0,
            peers=("highs",), peer_limit_s=30.0, optimum=partial(instances.warehouse_optimum, name),
            quick=name == "cap71",
        )  # fmt: skip
    for whole in (False, True):
        yield Case(
            "capacitated, 1,000 × 500", f"p = 40, {'whole rows' if whole else 'parts of rows'}", "capacitated_median",
            partial(_roomy, 1_000, 500, 40, single_source=whole), "as near as 10 s allow", gap=0.001, time_limit_s=10.0,
            peers=("highs",), peer_limit_s=60.0,
        )  # fmt: skip


def _roomy(rows: int, sites: int, site_limit: int, *, single_source: bool) -> Problem:
    """Sites that hold a quarter more than all that comes, and each the largest of it."""
    instance = instances.generated(rows, sites, 1)
    load = np.minimum(instance["weight"], 200).astype(float)
    return {
        "distance": instances.distances_of(instance), "weight": load, "load": load, "site_limit": site_limit,
        "unit_capacity": np.full(sites, np.ceil(1.25 * load.sum() / site_limit)), "single_source": single_source,
    }  # fmt: skip


def _points(number: int) -> Problem:
    problem, _ = instances.capacitated_points(number)
    return problem | {"weight": np.ones(len(problem["load"])), "single_source": True}


def _best_known(number: int) -> float:
    return instances.capacitated_points(number)[1]


def _warehouses(name: str) -> Problem:
    problem = instances.warehouses(name)
    return problem | {"weight": np.ones(len(problem["load"]))}
