"""Enough places: how large each station of a plan must be for those whom it serves, and the street in all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.analysis.answer import Answer
from planner.analysis.assigning import assigned_by_period
from planner.analysis.sizing_rules import SizingRules
from planner.catalog import Catalog, Sizing
from planner.errors import ArgumentError, UnknownNameError
from planner.figures import amount_text, share_text
from planner.plan import Plan, ServicePlan
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
# What a table on a page has no room for; it is in the frame and in the data to take along.
_NOT_SHOWN: Final = ("site_id", "swap_slots", "mean_wait_min", "unloading_m2", "parking_places")
# Known sizes are said to agree where the most riders that one is right for are so many times the fewest, at most.
_AGREEING: Final = 1.5


@dataclass(frozen=True)
class EnoughPlaces(Answer):
    """``frame``: a row a station of the plan, with ``service``, ``site_id``, ``site_name``, ``is_new``,
    ``weight_per_day`` (the demand that it serves), ``peak_period``, ``swap_cabinets``, ``swap_slots``, ``late_share``
    (of riders, who wait longer for a battery than they should), ``mean_wait_min``, ``charging_sockets``,
    ``sorting_m2``, ``unloading_bays``, ``unloading_m2``, ``seats``, ``parking_places`` and ``parking_m2``; no number
    where a station is not for that.

    ``street``: a row an amount: ``amount``, ``by_stations`` (their sum) and ``for_all_demand`` (in proportion, also for
    the demand that none of them serves). ``known``: a row a figure that a street is known by: ``what``, ``amount``,
    ``riders_per_day`` and ``parcels_per_day`` that it is right for. ``sizing``: the factors, each with its source.
    """

    words: ClassVar[str] = "ask_sizing"
    plan: Plan
    sizing: Sizing
    street: pd.DataFrame
    known: pd.DataFrame

    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """What the street needs; its busiest cabinets; what the known figures are right for, and if they agree."""
        language = language or reader_language()
        sentences = [
            self._told_street("street", "by_stations", language),
            self._told_street("street_in_all", "for_all_demand", language),
        ]
        busiest = self.busiest_cabinets
        if busiest is not None:
            sentences.append(self._told_cabinets(busiest, language))
        for row in self.known.to_dict("records"):
            about = {"amount": f"{row['amount']:,.0f}", "riders": f"{row['riders_per_day']:,.0f}"}
            parcels = row["parcels_per_day"]
            about |= {"parcels": "" if pd.isna(parcels) else f"{parcels:,.0f}"}
            sentences.append(say(f"ask_sizing.known_{row['what']}", language, **about))
        sentences.append(self._told_agreement(language))
        factors = self.sizing.factors
        assumed = sum(figure.source.en.startswith("assumption") for figure in factors.values())
        return (*sentences, say("ask_sizing.assumed", language, assumed=assumed, of=len(factors)))

    def table(self, language: Language | None = None) -> pd.DataFrame:
        """``frame`` as it is read, without what follows from its other columns."""
        short = replace(self, frame=self.frame.drop(columns=list(_NOT_SHOWN)))
        return super(EnoughPlaces, short).table(language)

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:
        """The services' and the periods' names."""
        catalog = self.plan.study.catalog
        services: dict[object, str] = {
            name: catalog.services[name].name.in_language(language) for name in self.plan.services
        }
        periods: dict[object, str] = {
            name: period.name.in_language(language) for name, period in catalog.periods.items()
        }
        return {"service": services, "peak_period": periods}

    def figure(self, language: Language | None = None) -> Figure:
        """How long riders wait at the busiest cabinets, and what the known figures are right for."""
        from planner.analysis.sizing_figure import draw_sizes

        return draw_sizes(self, language or reader_language())

    @property
    def rules(self) -> SizingRules:
        """The rules by which it was worked out."""
        return SizingRules(self.plan.study.catalog, self.sizing)

    @property
    def busiest_cabinets(self) -> dict[str, Any] | None:
        """The row of the station that needs the most cabinets; of equals that of the most demand."""
        order = ["swap_cabinets", "weight_per_day"]
        rows = self.frame[self.frame["swap_cabinets"].fillna(0) > 0].sort_values(order).to_dict("records")
        return {str(name): value for name, value in rows[-1].items()} if rows else None

    def demand_at(self, station: Mapping[str, Any]) -> NDArray[np.float64]:
        """The demand by period of one row of ``frame``."""
        part = self.plan.services[station["service"]]
        ids = part.sites.frame["site_id"].to_numpy()[part.solution.selected]
        served: NDArray[np.float64] = assigned_by_period(part)[ids == station["site_id"]][0]
        return served

    def _told_agreement(self, language: Language) -> str:
        """How far apart the known figures are: riders by those that are for riders, and couriers."""
        for_parcels = self.known["parcels_per_day"].notna()
        riders, couriers = (self.known["riders_per_day"][some] for some in (~for_parcels, for_parcels))
        few, many = int(riders.min()), int(riders.max())
        everybody = self.known["riders_per_day"]
        agree = "agree" if everybody.max() <= _AGREEING * everybody.min() else "disagree"
        return say(
            f"ask_sizing.{agree}",
            language,
            few=f"{few:,}",
            many=f"{many:,}",
            times=amount_text(many / few) if few else "∞",
            couriers=f"{int(couriers.iloc[0]):,}",
        )

    def _told_street(self, key: str, column: str, language: Language) -> str:
        parts = [
            say(f"ask_sizing.amount_{row['amount']}", language, amount=f"{row[column]:,.0f}")
            for row in self.street.to_dict("records")
            if row[column] > 0
        ]
        every = say("ask_sizing.comma", language).join(parts)
        return say(f"ask_sizing.{key}", language, stations=len(self.frame), all=every)

    def _told_cabinets(self, station: Mapping[str, Any], language: Language) -> str:
        swaps, _ = self.rules.swap_queue(self.demand_at(station))
        return say(
            "ask_sizing.busiest",
            language,
            site=station["site_name"],
            swaps=amount_text(swaps),
            cabinets=int(station["swap_cabinets"]),
            late=share_text(station["late_share"]),
            wait=f"{self.sizing.wait_min.value:g}",
            mean=f"{station['mean_wait_min']:.2f}",
        )


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
