"""What is found of warm streets: the best of them with their sites, and how they are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd
import shapely

from planner.analysis.answer import Answer
from planner.analysis.warm_street.places import Places, limits_in
from planner.figures import share_text, yuan_text
from planner.plan import Plan
from planner.siting import WarmStreets
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class WarmStreetAnswer(Answer):
    """``frame``: a row a service of each of the best streets, the best street first: ``rank``, ``street``, ``length_m``
    (between its outermost sites), ``service``, ``site_id``, ``name``, ``stands`` (whether it is a centre that stands),
    ``covered_share_today``, ``covered_share`` (with the site) and ``cost_yuan``.

    ``lines``: where each of these stretches runs, metric. ``solution``: the ranking and its proof. ``services``: what
    was wanted. ``streets`` and ``stretches``: how many were looked at.
    """

    words: ClassVar[str] = "ask_warm_street"
    plan: Plan
    services: tuple[str, ...]
    budget_yuan: float | None
    longest_m: float
    places: Places
    lines: tuple[shapely.LineString, ...]
    solution: WarmStreets
    streets: int
    stretches: int

    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """The best street and what it brings, how well that is proven, what comes next, and what is assumed."""
        language = language or reader_language()
        if not len(self.frame):
            return (self._say("none", language, streets=self.streets, longest=self.longest_m), self._basis(language))
        return (
            self._best(language),
            *self._gains(language),
            self._proof(language),
            *self._next(language),
            self._basis(language),
        )

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:
        """The services' names."""
        catalog = self.plan.study.catalog
        return {"service": {name: catalog.services[name].name.in_language(language) for name in self.services}}

    def behind(self, language: Language) -> Mapping[str, pd.DataFrame]:
        """A row a street."""
        return {self._say("ranking", language): self.read(self.ranking(), language)} if len(self.frame) else {}

    def ranking(self) -> pd.DataFrame:
        """A row a street: ``rank``, ``street``, ``length_m``, ``services`` (how many), ``gain_share`` (the covered
        share that the services gain, on average over those wanted, by their weights) and ``cost_yuan``.
        """
        grouped = self.frame.assign(gain_share=self.gains()).groupby(["rank", "street", "length_m"], sort=False)
        sums = grouped.agg(
            services=("service", "count"), gain_share=("gain_share", "sum"), cost_yuan=("cost_yuan", "sum")
        )
        return sums.reset_index()

    def gains(self) -> pd.Series[float]:
        """What each row of ``frame`` adds to the ranking's ``gain_share``."""
        weight = pd.Series({name: limits_in(self.plan, name).weight for name in self.services})
        gain = self.frame["covered_share"] - self.frame["covered_share_today"]
        return (gain * self.frame["service"].map(weight / weight.sum())).astype(float)

    def figure(self, language: Language | None = None) -> Figure:
        """The best street with its sites, and what each of the best streets gains."""
        from planner.analysis.warm_street.figure import draw_warm_street

        return draw_warm_street(self, language or reader_language())

    def _say(self, key: str, language: Language, **values: object) -> str:
        return say(f"ask_warm_street.{key}", language, **values)

    def _best(self, language: Language) -> str:
        best = self.frame[self.frame["rank"] == 1]
        names = self.names(language)["service"]
        listed = [
            self._say(
                "stands" if row["stands"] else "opens", language, service=names[row["service"]], place=row["name"]
            )
            for row in best.to_dict("records")
        ]
        missing = [names[name] for name in self.services if name not in set(best["service"])]
        told = self._say(
            "best", language, street=best["street"].iloc[0], length=best["length_m"].iloc[0], count=len(best),
            of=len(self.services), sites=self._say("site_mark", language).join(listed),
            cost=yuan_text(float(best["cost_yuan"].sum()), language),
        )  # fmt: skip
        if missing:
            told += self._say("missing", language, services=say("map.list_mark", language).join(missing))
        return told

    def _gains(self, language: Language) -> tuple[str, ...]:
        names = self.names(language)["service"]
        best = self.frame[(self.frame["rank"] == 1) & ~self.frame["stands"]]
        each = [
            self._say("gain", language, service=names[row["service"]], today=share_text(row["covered_share_today"]),
                      planned=share_text(row["covered_share"]))
            for row in best.to_dict("records")
        ]  # fmt: skip
        return (self._say("gains", language, each=self._say("site_mark", language).join(each)),) if each else ()

    def _proof(self, language: Language) -> str:
        return self._say(
            "proven" if self.solution.status == "optimal" else "not_proven", language,
            streets=self.streets, stretches=self.stretches, longest=self.longest_m,
        )  # fmt: skip

    def _next(self, language: Language) -> tuple[str, ...]:
        ranking = self.ranking()
        if len(ranking) < 2:
            return (self._say("no_other", language),)
        first, second = ranking.to_dict("records")[:2]
        figures = {"street": second["street"], "first": share_text(first["gain_share"])}
        return (
            self._say("next", language, **figures, second=share_text(second["gain_share"]),
                      cost=yuan_text(second["cost_yuan"], language)),
        )  # fmt: skip

    def _basis(self, language: Language) -> str:
        catalog = self.plan.study.catalog
        return self._say(
            "basis", language, off=catalog.warm_street.off_street_m.value,
            source=catalog.warm_street.longest_m.source, off_source=catalog.warm_street.off_street_m.source,
        )  # fmt: skip
