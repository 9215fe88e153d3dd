"""What is found of sizes: the stations, the street in all, and how they are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.analysis.answer import Answer
from planner.analysis.sizing.assigning import assigned_by_period
from planner.analysis.sizing.rules import SizingRules
from planner.catalog import Sizing
from planner.figures import amount_text, share_text
from planner.plan import Plan
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
        from planner.analysis.sizing.figure import draw_sizes

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
