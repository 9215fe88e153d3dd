"""The demo street with a handful of hosts, few enough to try every set of them."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, combinations

import numpy as np

from planner import Scenario, ServiceScenario, Study
from planner.coverage import measure_coverage
from planner.today import ServiceToday


def with_few_hosts(study: Study) -> Study:
    """Seven hosts, spread over the list."""
    return replace(study, hosts=study.hosts.iloc[::43][:7].reset_index(drop=True))


def scenario_of(*, budget_yuan: float | None = None, **services: dict) -> Scenario:
    limits = {name: ServiceScenario(**entries) for name, entries in services.items()}
    return Scenario(services=limits, budget_yuan=budget_yuan)


def subsets(items: list[int]) -> Iterable[tuple[int, ...]]:
    return chain.from_iterable(combinations(items, size) for size in range(len(items) + 1))


def candidates(part: ServiceToday) -> list[int]:
    return [int(i) for i in np.flatnonzero(~part.sites.frame["existing"].to_numpy(dtype=bool))]


def covered(part: ServiceToday, new: Iterable[int]) -> float:
    return measure_coverage(part.covers, part.demand.weight, [*part.sites.existing, *new]).covered_weight


def cost(part: ServiceToday, new: Iterable[int]) -> float:
    return float(part.sites.frame["cost_yuan"].to_numpy()[list(new)].sum())


def ids(part: ServiceToday, new: Iterable[int]) -> set[str]:
    return {part.sites.frame["site_id"].iloc[i] for i in new}
