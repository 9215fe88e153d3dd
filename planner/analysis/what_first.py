"""What first: which sites to open in which year, where what is built stays, and what it costs to look no further ahead
than the year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.analysis.answer import Answer
from planner.analysis.together import alone_or_together
from planner.analysis.years import ORDERS, Money, Order, YearsOf, spread_over, years_of
from planner.choosing import By
from planner.coverage import measure_coverage
from planner.curves import kind_of_limit, limit_of
from planner.errors import ArgumentError
from planner.figures import amount_text, share_text
from planner.plan import Plan
from planner.siting.arguments import amounts, one_of, positive_count
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
        from planner.analysis.years_figure import draw_years

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


def what_first(
    plan: Plan,
    service: str | None = None,
    *,
    by: By | None = None,
    limits: Sequence[float] | None = None,
    years: int = 3,
    money: Money = "running",
    year_weights: Sequence[float] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> WhatFirst:
    """The sites to open in each year so that the demand covered, summed over the years, is the most.

    ``service``: one, or ``None`` for all of the plan: each by itself, or together where they share one budget. ``by``:
    what ``limits`` count, a number of new sites or yuan, a limit a year; by default that of the plan, spread over
    ``years``. With ``money`` ``"running"`` a year's budget pays the yearly cost of all that the plan has opened until
    then, so it grows over the years; with ``"new"`` it pays that of the sites that open in the year, and what goes on
    is paid from elsewhere. ``year_weights``: what a year counts, 1 if not given. Required sites open in the first year.
    ``progress(done, of)`` is called after each order of each service.

    Besides the best order there are two that many offices follow: year by year, each year's best addition; and the best
    sites of the last year first, which then open in their best order.

    Raises ``ArgumentError`` for another ``by`` or ``money``; for limits that say nothing of one service, or are not a
    number a year; where required sites go beyond the first year's limit; and as :func:`planner.siting.phased_cover`.
    """
    one_of("money", money, get_args(Money))
    if by is not None:
        one_of("by", by, get_args(By))
    problems = alone_or_together(plan, service)
    if plan.scenario.budget_yuan is not None and by == "site_limit":
        raise ArgumentError("asked_of_shared_budget")
    if limits is not None and len(problems) > 1:
        raise ArgumentError("limits_of_each_service")
    count = positive_count("years", years if limits is None else len(limits))
    weights = amounts("year_weights", np.ones(count) if year_weights is None else year_weights, count)
    if not weights.sum() > 0:
        raise ArgumentError("no_year_counts")
    found: list[YearsOf] = []
    for problem in problems:
        own = next(iter(problem.parts)) if len(problem.parts) == 1 else None
        said = by or (kind_of_limit(plan, own) if own is not None else "budget_yuan")
        each = (
            spread_over(limit_of(plan, own, said), count, said, money)
            if limits is None
            else amounts("limits", limits, count)
        )
        before = len(ORDERS) * len(found)

        def tell(done: int, before: int = before) -> None:
            if progress is not None:
                progress(before + done, len(ORDERS) * len(problems))

        found.append(years_of(problem, plan.scenario, by=said, limits=each, money=money, weights=weights, tell=tell))
    return WhatFirst(_frame(found), _sites(found), plan, money, weights, tuple(found))


def _frame(found: Sequence[YearsOf]) -> pd.DataFrame:
    rows = []
    for years in found:
        for name in years.together.parts:
            for year, limit in enumerate(years.limits, start=1):
                shares = {order: _share(years, order, name, year) for order in ORDERS}
                phase = years.phase["best"][years.together.sites_of(name)]
                cost = years.together.parts[name].sites.frame["cost_yuan"].to_numpy()
                rows.append(
                    {
                        "service": name,
                        "year": year,
                        "limit": int(limit) if float(limit).is_integer() else float(limit),
                        "opened": int((phase == year).sum()),
                        "running_cost_yuan": float(cost[(phase >= 1) & (phase <= year)].sum()),
                        "covered_share": shares["best"],
                        "year_by_year_share": shares["year_by_year"],
                        "end_first_share": shares["end_first"],
                        "optimality_gap": years.solution.gap,
                    }
                )
    return pd.DataFrame(rows)


def _share(years: YearsOf, order: Order, service: str, year: int) -> float:
    part, phase = years.together.parts[service], years.phase[order][years.together.sites_of(service)]
    is_open = np.flatnonzero((phase >= 0) & (phase <= year))
    return measure_coverage(part.covers, part.demand.weight, is_open).covered_share


def _sites(found: Sequence[YearsOf]) -> pd.DataFrame:
    columns = ["service", "site_id", "name", "cost_yuan", *(f"year_{order}" for order in ORDERS)]
    frames = []
    for years in found:
        for name, part in years.together.parts.items():
            phase = {order: years.phase[order][years.together.sites_of(name)] for order in ORDERS}
            used = np.flatnonzero(np.max(list(phase.values()), axis=0) >= 1)
            own = part.sites.frame.iloc[used][["site_id", "name", "cost_yuan"]].reset_index(drop=True)
            own.insert(0, "service", name)
            for order in ORDERS:
                opens = pd.Series(phase[order][used], dtype="Int64")
                own[f"year_{order}"] = opens.mask(opens < 1)
            frames.append(own.sort_values(["year_best", "cost_yuan"], kind="stable"))
    sites: pd.DataFrame = pd.concat(frames, ignore_index=True)[columns]
    return sites
