"""What is found of what comes first: what opens in which year, what shorter views cost, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.analysis.answer import Answer
from planner.analysis.what_first.years import ORDERS, Money, Order, YearsOf
from planner.figures import amount_text, share_text
from planner.plan import Plan
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class WhatFirst(Answer):
    """``frame``: a row a service and year: ``service``, ``year`` from 1, ``limit`` of the year, ``opened`` new sites,
    ``running_cost_yuan``, the yearly cost of all new sites that are open, the ``covered_share`` of the best order, that
    of going year by year (``year_by_year_share``) and of choosing the last year's sites first (``end_first_share``),
    ``optimality_gap``.

    ``sites``: a row a site that any of the orders opens: ``service``, ``site_id``, ``name``, ``cost_yuan`` and the
    year of each order, nothing where it does not open.
    """

    words: ClassVar[str] = "ask_what_first"
    sites: pd.DataFrame
    plan: Plan
    money: Money
    year_weights: Floats
    found: tuple[YearsOf, ...]

    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """What opens when, how good that is, what the shorter views cost, and what a year's limit means."""
        language = language or reader_language()
        lines = [self._order_told(str(name), language) for name in self.names(language)["service"]]
        for years in self.found:
            lines.append(self._proof_told(years, language))
            lines += [self._price_told(years, order, language) for order in ORDERS[1:]]
        for kind in dict.fromkeys("sites" if years.by == "site_limit" else self.money for years in self.found):
            lines.append(say(f"ask_what_first.means_{kind}", language))
        if any(len(years.together.required) for years in self.found):
            lines.append(say("ask_what_first.required", language))
        weights = say("ask.list_mark", language).join(f"{weight:g}" for weight in self.year_weights)
        alike = len(set(self.year_weights.tolist())) == 1
        lines.append(say("ask_what_first.years_alike" if alike else "ask_what_first.years_weighed", language,
                         weights=weights))  # fmt: skip
        return tuple(lines)

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:
        """The services' names."""
        services = self.plan.study.catalog.services
        return {
            "service": {
                name: services[name].name.in_language(language) for years in self.found for name in years.together.parts
            }
        }

    def behind(self, language: Language) -> Mapping[str, pd.DataFrame]:
        """The sites with their years."""
        return {say("ask_what_first.sites", language): self.read(self.sites, language)}

    def figure(self, language: Language | None = None) -> Figure:
        """The covered share of each year by each order, a part a service."""
        from planner.analysis.what_first.figure import draw_years

        return draw_years(self, language or reader_language())

    def _order_told(self, service: str, language: Language) -> str:
        own = self.sites[self.sites["service"] == service]
        rows = self.frame[self.frame["service"] == service]
        years = []
        for year, covered in zip(rows["year"], rows["covered_share"].to_numpy(dtype=float), strict=True):
            opened = own[own["year_best"] == year]["name"]
            names = say("ask.list_mark", language).join(opened) or say("ask_what_first.none", language)
            share = share_text(covered)
            years.append(say("ask_what_first.year", language, year=year, sites=names, share=share))
        today = share_text(self.plan.services[service].today.covered_share)
        years_text = say("ask.part_mark", language).join(years)
        return say("ask_what_first.order", language, service=self.names(language)["service"][service], today=today,
                   years=years_text)  # fmt: skip

    def _whom(self, years: YearsOf, language: Language) -> str:
        names = self.names(language)["service"]
        return say("ask.list_mark", language).join(names[name] for name in years.together.parts)

    def _proof_told(self, years: YearsOf, language: Language) -> str:
        key = "proven" if years.solution.status == "optimal" and years.solution.gap == 0 else "not_proven"
        gap = share_text(years.solution.gap)
        return say(f"ask_what_first.{key}", language, service=self._whom(years, language), gap=gap)

    def _price_told(self, years: YearsOf, order: Order, language: Language) -> str:
        whole = float(self.year_weights.sum())
        lost = (years.value["best"] - years.value[order]) / whole
        about = {"service": self._whom(years, language), "order": say(f"ask_what_first.{order}", language)}
        if abs(lost) <= 1e-9 * max(1.0, years.value["best"]):
            return say("ask_what_first.no_price", language, **about)
        share = f"{lost / float(years.together.worth.sum()):.2%}"
        if len(years.together.parts) > 1:
            return say("ask_what_first.price_together", language, share=share, **about)
        (part,) = years.together.parts.values()
        unit = self.plan.study.catalog.demands[part.demand.rule].unit.in_language(language)
        return say("ask_what_first.price", language, share=share, weight=amount_text(lost, unit), **about)
