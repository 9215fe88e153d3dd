"""Enough places: how large each station of a plan must be for those whom it serves, and the street in all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.analysis.sizing.answer import EnoughPlaces
from planner.analysis.sizing.assigning import assigned_by_period
from planner.analysis.sizing.rules import SizingRules
from planner.catalog import Catalog, Sizing
from planner.errors import ArgumentError, UnknownNameError
from planner.plan import Plan, ServicePlan
from planner.words import say

# What is added up over the stations, in the order in which it is told.
AMOUNTS: Final = (
    "swap_cabinets", "swap_slots", "charging_sockets", "sorting_m2", "unloading_bays", "unloading_m2",
    "seats", "parking_places", "parking_m2",
)  # fmt: skip
_COUNTS: Final = (
    "swap_cabinets", "swap_slots", "charging_sockets", "sorting_m2", "unloading_bays", "seats", "parking_places",
)  # fmt: skip
# Amounts that are so much of a count.
_OF_COUNTS: Final = {
    "swap_slots": ("swap_cabinets", "slots_per_cabinet"),
    "unloading_m2": ("unloading_bays", "bay_m2"),
    "parking_m2": ("parking_places", "parking_m2_per_ebike"),
}


def enough_places(
    plan: Plan, *, factors: Mapping[str, float] | None = None, progress: Callable[[int, int], None] | None = None
) -> EnoughPlaces:
    """How large each station of the plan must be, existing ones too, by the catalog's ``[sizing]``.

    Each demand point goes, in each period, to the nearest open site that covers it. ``factors`` are figures in place of
    the catalog's, by the names there. ``progress(done, of)`` is called after each service.

    Raises ``UnknownNameError`` for a factor that there is not, ``ArgumentError`` for one out of its range.
    """
    catalog = plan.study.catalog
    sizing = _with_factors(catalog.sizing, factors or {})
    rules = SizingRules(catalog, sizing)
    rows: list[dict[str, object]] = []
    street: dict[str, list[float]] = {name: [0.0, 0.0] for name in AMOUNTS}
    for done, (service, part) in enumerate(plan.services.items(), start=1):
        served = assigned_by_period(part)
        mine = _stations(catalog, rules, service, part, served)
        rows += mine
        whole = float(part.demand.weight.sum()) / served.sum() if served.sum() > 0 else np.nan
        for name in AMOUNTS:
            amount = sum(float(str(row.get(name, 0.0))) for row in mine)
            street[name][0] += amount
            street[name][1] += amount * whole if amount else 0.0
        if progress is not None:
            progress(done, len(plan.services))
    known = rules.right_for(**{name: figure.value for name, figure in sizing.known_street})
    columns = ["service", "site_id", "site_name", "is_new", "weight_per_day", "peak_period"]
    columns += ["swap_cabinets", "swap_slots", "late_share", "mean_wait_min", *AMOUNTS[2:]]
    return EnoughPlaces(
        frame=pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(_COUNTS, "Int64")),
        plan=plan,
        sizing=sizing,
        street=_street(street, sizing),
        known=pd.DataFrame([asdict(size) for size in known]).astype({"parcels_per_day": "Int64"}),
    )


def _street(sums: Mapping[str, Sequence[float]], sizing: Sizing) -> pd.DataFrame:
    """The amounts of all stations, and in whole units those for all demand."""
    everything = {name: float(np.ceil(scaled)) for name, (_, scaled) in sums.items()}
    for name, (count, factor) in _OF_COUNTS.items():
        everything[name] = everything[count] * sizing.factors[factor].value
    return pd.DataFrame(
        [{"amount": n, "by_stations": own, "for_all_demand": everything[n]} for n, (own, _) in sums.items()]
    )


def _stations(
    catalog: Catalog, rules: SizingRules, service: str, part: ServicePlan, served: NDArray[np.float64]
) -> list[dict[str, object]]:
    """A row a station of one service; the busiest hour of its peak period is what it is sized for."""
    needs = rules.sizing.needs.get(catalog.services[service].demand, ())
    periods, sites = list(catalog.periods), part.sites.frame.iloc[part.solution.selected]
    rows = []
    for site, by_period in zip(sites.to_dict("records"), served, strict=True):
        busy = float(by_period.sum()) > 0
        row: dict[str, object] = {"service": service, "site_id": site["site_id"], "site_name": site["name"]}
        row |= {"is_new": not site["existing"], "weight_per_day": float(by_period.sum())}
        row["peak_period"] = periods[int(np.argmax(by_period / rules.hours))] if busy else None
        for need in needs:
            row |= rules.needed(need, by_period)
        rows.append(row)
    return rows


def _with_factors(sizing: Sizing, factors: Mapping[str, float]) -> Sizing:
    """The sizing with some factors of one's own; those that differ from the catalog's are nobody's but the reader's."""
    known = sizing.factors
    changed = sizing.model_dump()
    for name, value in factors.items():
        if name not in known:
            raise UnknownNameError("unknown_factor", name=name, known=", ".join(known))
        if value != known[name].value:
            own = {language: say("ask_sizing.own_figure", language) for language in ("zh", "en")}
            changed[name] = {"value": value, "source": own}
        if not sizing.allows(name, value):
            raise ArgumentError("bad_factor", name=name, value=value)
    return Sizing.model_validate(changed)
