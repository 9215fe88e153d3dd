"""A warm street: the stretch of one street along which several services together reach most."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd
import scipy.sparse as sp
import shapely

from planner.analysis.warm_street.answer import WarmStreetAnswer
from planner.analysis.warm_street.places import Places, places_of
from planner.analysis.warm_street.stretches import Stretch, stretches_of
from planner.coverage import measure_coverage
from planner.errors import ArgumentError, UnknownNameError
from planner.plan import Plan
from planner.scenario import ServiceScenario
from planner.siting import StretchChoice, WarmStreets
from planner.siting import warm_street as best_stretches
from planner.today import ServiceToday, service_today

# A street with one service is no street with several.
_FEWEST: Final = 2


def warm_street(
    plan: Plan,
    services: Sequence[str] | None = None,
    *,
    budget_yuan: float | None = None,
    longest_m: float | None = None,
    count: int = 5,
    progress: Callable[[int, int], None] | None = None,
) -> WarmStreetAnswer:
    """The best stretches of named streets for several ``services``, those of the plan by default: a site for each
    along one street, no more than ``longest_m`` apart (the catalog's by default), for at most ``budget_yuan`` a year.

    Where no stretch can have all of the services, those that can have most of them are ranked, down to two. What
    stands along a stretch counts as there. Each service is worth the covered share that it gains over today, times its
    weight in the plan's scenario; new sites of the plan do not count. Services may share a host that has room for them.
    ``count``: how many streets to tell of, each by its best stretch. ``progress(done, of)`` is called before each
    service is measured and before the stretches are.

    Raises ``UnknownNameError`` for a service that the catalog has not, ``ArgumentError`` for fewer than two of them and
    for limits that cannot be.
    """
    wanted = tuple(dict.fromkeys(plan.services if services is None else services))
    catalog = plan.study.catalog
    for name in wanted:
        if name not in catalog.services:
            raise UnknownNameError("unknown_service", service=name, known=", ".join(catalog.services))
    if len(wanted) < _FEWEST:
        raise ArgumentError("one_service_is_no_street")
    longest = catalog.warm_street.longest_m.value if longest_m is None else longest_m
    if not longest > 0:
        raise ArgumentError("bad_limit", name="longest_m", value=longest)
    parts = {}
    for done, name in enumerate(wanted):
        if progress is not None:
            progress(done, len(wanted) + 1)
        parts[name] = _today(plan, name)
    if progress is not None:
        progress(len(wanted), len(wanted) + 1)
    places = places_of(plan, parts)
    off_street_m = catalog.warm_street.off_street_m.value
    stretches = stretches_of(plan.study.streets.edges, places.xy, longest_m=longest, off_street_m=off_street_m)
    names = {street: number for number, street in enumerate(dict.fromkeys(some.street for some in stretches))}
    solution = _ranked(plan, parts, places, stretches, names, budget_yuan, count)
    return WarmStreetAnswer(
        frame=_frame(parts, places, stretches, solution),
        plan=plan,
        services=wanted,
        budget_yuan=budget_yuan,
        longest_m=longest,
        places=places,
        lines=tuple(_between(stretches, choice)[1] for choice in solution.ranked),
        solution=solution,
        streets=len(names),
        stretches=len(stretches),
    )


def _today(plan: Plan, service: str) -> ServiceToday:
    """The service as the plan has it, or measured for it where the plan does without it."""
    if service in plan.services:
        return plan.services[service]
    asked = plan.scenario.model_copy(update={"services": {service: ServiceScenario(site_limit=0)}, "budget_yuan": None})
    deliveries = next(iter(plan.services.values())).demand.deliveries
    return service_today(plan.study, asked, service, deliveries=deliveries)


def _ranked(
    plan: Plan,
    parts: Mapping[str, ServiceToday],
    places: Places,
    stretches: Sequence[Stretch],
    names: Mapping[str, int],
    budget_yuan: float | None,
    count: int,
) -> WarmStreets:
    """The ranking of those that have as many of the services as any stretch can, within the budget."""
    lengths = [len(some.sites) for some in stretches]
    along = sp.csr_array(
        (np.ones(sum(lengths)), np.concatenate([np.empty(0, dtype=np.int64), *(some.sites for some in stretches)]),
         np.cumsum([0, *lengths])),
        shape=(len(stretches), len(places.frame)),
    )  # fmt: skip
    for at_least in range(len(parts), _FEWEST - 1, -1):
        found = best_stretches(
            places.gain, places.allowed, along, np.array([names[some.street] for some in stretches], dtype=np.int64),
            cost=places.cost, budget=budget_yuan,
            need=[plan.study.catalog.services[name].area_m2 for name in parts], room=places.room,
            at_least=at_least, count=count, time_limit_s=plan.scenario.time_limit_s,
        )  # fmt: skip
        if found.ranked or found.status != "optimal":
            break
    return found


def _between(stretches: Sequence[Stretch], choice: StretchChoice) -> tuple[float, shapely.LineString]:
    return stretches[choice.stretch].between(choice.site[choice.site >= 0])


def _frame(
    parts: Mapping[str, ServiceToday], places: Places, stretches: Sequence[Stretch], solution: WarmStreets
) -> pd.DataFrame:
    rows = []
    for rank, choice in enumerate(solution.ranked, start=1):
        length_m = _between(stretches, choice)[0]
        for number, (name, part) in enumerate(parts.items()):
            place = choice.site[number]
            if place < 0:
                continue
            site = places.frame.iloc[place]
            own = np.flatnonzero((part.sites.frame["site_id"] == site["site_id"]).to_numpy())
            then = measure_coverage(part.covers, part.demand.weight, np.union1d(part.sites.existing, own))
            rows.append(
                {
                    "rank": rank,
                    "street": stretches[choice.stretch].street,
                    "length_m": length_m,
                    "service": name,
                    "site_id": site["site_id"],
                    "name": site["name"],
                    "stands": bool(site["existing"]),
                    "covered_share_today": part.today.covered_share,
                    "covered_share": then.covered_share,
                    "cost_yuan": float(places.cost[number, place]),
                }
            )
    columns = ["rank", "street", "length_m", "service", "site_id", "name", "stands", "covered_share_today"]
    return pd.DataFrame(rows, columns=[*columns, "covered_share", "cost_yuan"])
