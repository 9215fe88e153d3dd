"""What is found of whom a plan serves: the places, what floors cost them, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.analysis.answer import Answer
from planner.choosing import Choice
from planner.equity import gini
from planner.figures import amount_text, share_text
from planner.plan import Plan, ServicePlan, plan_from
from planner.siting import FairSolution, Solution
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
Level = Literal["community", "grid"]

# Accessibility is told for so many units of demand.
PER: Final = 1000.0
# Shares that differ by less are the same.
SAME: Final = 1e-9
_NAMES_TOLD: Final = 5
_READ: Final = (
    *("name", "weight_per_day", "today_share", "planned_share", "floor_share", "reach_share", "alone_share"),
    *("today_per_1000", "planned_per_1000"),
)


@dataclass(frozen=True)
class Served(Answer):
    """``frame``: a row a community and then a row a grid with demand: ``level``, ``code``, ``name``,
    ``weight_per_day``; the covered share of its demand ``today_share``, ``planned_share`` and, with a floor for every
    place of ``level``, ``floor_share``; ``reach_share``, with every candidate open, and ``alone_share``, if all that
    the limits allow were for it alone (only where the floor is not met); ``today_per_1000`` and ``planned_per_1000``,
    the supply within reach for 1,000 units of demand, see :func:`planner.accessibility.accessibility`, the mean over
    points and periods by demand.

    ``level``: what the floors are for. ``floor``: what was asked for each. ``free``: the best without floors,
    ``fair``: the best with them, ``fairest``: that of the highest floor.
    ``price``: a row a floor: ``floor_share`` (that every place has, or all within its reach), ``covered_share``, what
    the floor costs of the best coverage without it (``price_share``, Bertsimas, Farias & Trichakis 2011) and
    ``optimality_gap``.
    """

    words: ClassVar[str] = "ask_whom_it_serves"
    plan: Plan
    service: str
    level: Level
    floor: float
    free: Solution
    fair: FairSolution
    fairest: FairSolution
    price: pd.DataFrame

    @property
    def part(self) -> ServicePlan:
        """The plan of the service that was asked about."""
        return self.plan.services[self.service]

    @property
    def places(self) -> pd.DataFrame:
        """The rows of the places that the floors are for."""
        return self.frame[self.frame["level"] == self.level].reset_index(drop=True)

    @property
    def grids(self) -> pd.DataFrame:
        """The rows of the grids."""
        return self.frame[self.frame["level"] == "grid"].reset_index(drop=True)

    @cached_property
    def gini(self) -> pd.DataFrame:
        """The Gini coefficient over grids, each at its demand: rows ``covered`` and ``accessibility``, columns
        ``today`` and ``planned``.
        """
        grids = self.grids
        columns = {"covered": "share", "accessibility": f"per_{PER:.0f}"}
        table = {
            when: {of: gini(grids[f"{when}_{unit}"], grids["weight_per_day"]) for of, unit in columns.items()}
            for when in ("today", "planned")
        }
        return pd.DataFrame(table)

    @property
    def short(self) -> pd.DataFrame:
        """The places that do not have the floor, the worst-off first."""
        places = self.places
        return places[places["floor_share"] < self.floor - SAME].sort_values("floor_share", kind="stable")

    @cached_property
    def fair_plan(self) -> Plan:
        """The plan with the floors kept as far as they can be; the other services as they are."""
        parts = self.plan.services
        choices = {name: Choice(part.solution, part.joint) for name, part in parts.items()}
        return plan_from(parts, self.plan.scenario, choices=choices | {self.service: Choice(self.fair)})

    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """The worst-off, how unequal it is, the highest floor with its price, and who falls short of the floor."""
        language = language or reader_language()
        return (
            self._worst(language),
            self._worst_grid(language),
            self._inequality(language),
            self._highest(language),
            *self._shortfall(language),
            self._assumed(language),
        )

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:
        """What the levels are called."""
        return {"level": {level: say(f"ask_whom_it_serves.{level}", language) for level in ("community", "grid")}}

    def table(self, language: Language | None = None) -> pd.DataFrame:
        """What a reader asks for first; ``data`` has every column."""
        language = language or reader_language()
        return super().table(language)[[self._heading(column, language) for column in _READ]]

    def figure(self, language: Language | None = None) -> Figure:
        """Lorenz curves, the price of fairness, and accessibility by grid today and as planned."""
        from planner.analysis.whom_it_serves.figure import draw_served

        return draw_served(self, language or reader_language())

    def _say(self, key: str, language: Language, **values: object) -> str:
        return say(f"ask_whom_it_serves.{key}", language, **values)

    def _worst(self, language: Language) -> str:
        places = self.places
        worst = places.iloc[int(places["planned_share"].argmin())]
        shares = {when: share_text(worst[f"{when}_share"]) for when in ("today", "planned")}
        whole = share_text(self.part.planned.covered_share)
        return self._say(f"worst_{self.level}", language, name=worst["name"], whole=whole, **shares)

    def _worst_grid(self, language: Language) -> str:
        grids = self.grids
        bare = grids[grids["planned_share"] <= 0]
        if bare.empty:
            worst = grids.iloc[int(grids["planned_share"].argmin())]
            return self._say("worst_of_grids", language, name=worst["name"], share=share_text(worst["planned_share"]))
        largest = bare.iloc[int(bare["weight_per_day"].argmax())]
        amount = amount_text(largest["weight_per_day"], self._unit(language))
        return self._say(
            "bare_grids", language, count=len(bare), today=int((grids["today_share"] <= 0).sum()),
            of=len(grids), name=largest["name"], amount=amount,
        )  # fmt: skip

    def _inequality(self, language: Language) -> str:
        covered, access = self.gini.loc["covered"], self.gini.loc["accessibility"]
        return self._say(
            "gini", language, covered_today=covered["today"], covered_planned=covered["planned"],
            access_today=access["today"], access_planned=access["planned"],
        )  # fmt: skip

    def _highest(self, language: Language) -> str:
        found = self.fairest
        last = self.price.iloc[-1]
        key = f"highest_{self.level}" if found.is_floor_proven else f"highest_so_far_{self.level}"
        return self._say(
            key, language, floor=share_text(found.floor), bound=share_text(found.floor_bound),
            share=share_text(last["covered_share"]), free=share_text(self._share_of(self.free)),
            price=share_text(last["price_share"]), proof=self._proof(found, language),
        )  # fmt: skip

    def _shortfall(self, language: Language) -> list[str]:
        short, floor = self.short, share_text(self.floor)
        price = share_text(price_of(self.free.objective, self.fair.objective))
        if short.empty:
            share, proof = share_text(self._share_of(self.fair)), self._proof(self.fair, language)
            return [self._say(f"met_{self.level}", language, floor=floor, price=price, share=share, proof=proof)]
        told = [self._say(f"unmet_{self.level}", language, floor=floor, count=len(short), price=price)]
        for row in short.head(_NAMES_TOLD).to_dict("records"):
            key = "out_of_reach" if row["reach_share"] < self.floor - SAME else "beyond_limits"
            key = key if row["alone_share"] < self.floor - SAME else "not_together"
            shares = {name: share_text(row[f"{name}_share"]) for name in ("reach", "alone", "floor")}
            told.append(self._say(key, language, name=row["name"], **shares))
        if len(short) > _NAMES_TOLD:
            told.append(self._say("more_short", language, count=len(short) - _NAMES_TOLD))
        return told

    def _assumed(self, language: Language) -> str:
        zones = self.plan.study.catalog.accessibility
        weights = "、" if language == "zh" else ", "
        return self._say(
            "assumed", language, weights=weights.join(f"{zone.weight:g}" for zone in zones.zones),
            source=zones.source.in_language(language), per=int(PER), unit=self._unit(language),
        )  # fmt: skip

    def _proof(self, found: Solution, language: Language) -> str:
        return self._say("proven", language) if found.gap == 0 else self._say("gap", language, gap=found.gap)

    def _share_of(self, found: Solution) -> float:
        total = float(self.part.demand.weight.sum())
        return found.objective / total if total > 0 else float("nan")

    def _unit(self, language: Language) -> str:
        return self.plan.study.catalog.demands[self.part.demand.rule].unit.in_language(language)


def price_of(free: float, fair: float) -> float:
    """What fairness costs of the coverage that there would be without it, 0 to 1."""
    return max(0.0, 1.0 - fair / free) if free > 0 else 0.0
