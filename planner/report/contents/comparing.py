"""What a comparison of several plans says: the same figures side by side, and what the plans differ in."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from planner.comparison import figures_of, sites_of
from planner.figures import NOTHING, amount_text, share_text, yuan_text
from planner.plan import Plan, ServicePlan
from planner.report.contents.basis import delivery_kind, standard_text
from planner.report.contents.conditions import conditions_of
from planner.report.contents.demand_section import DemandSection
from planner.report.contents.imprint import Imprint, office_texts
from planner.report.contents.printed import PrintedTable
from planner.report.contents.service_section import points_text
from planner.report.contents.side_by_side import PlanHead, SideBySide, lettered
from planner.report.contents.sources_section import SourcesSection
from planner.report.options import ReportOptions
from planner.report.tables import grid_names, grid_table, unit_of
from planner.words import Language, say

GRIDS_SHOWN: Final = 12


@dataclass(frozen=True)
class ServiceComparison:
    """One service in all plans. ``bars``: for each plan the share today and as planned, not a number without it."""

    name: str
    figures: PrintedTable
    bars: list[tuple[float, float]]
    periods: PrintedTable
    grids: PrintedTable


@dataclass(frozen=True)
class ComparisonContents(Imprint):
    """All that is told of several plans, from top to bottom."""

    plans: list[PlanHead]
    totals: PrintedTable
    services: list[ServiceComparison]
    differences: PrintedTable
    sites: PrintedTable
    alike: list[str]
    differing: PrintedTable
    proofs: PrintedTable
    limits: list[str]


def comparison_contents(
    plans: Mapping[str, Plan], *, language: Language, options: ReportOptions = ReportOptions()
) -> ComparisonContents:
    """What is told of ``plans`` (name → plan), two to four of one place. Raises as :func:`lettered`."""
    return _Comparison(lettered(plans, least=2), list(plans), language).contents(options)


class _Comparison(SideBySide):
    def contents(self, options: ReportOptions) -> ComparisonContents:
        first = self.plans["A"]
        alike, differing = self._conditions()
        warnings = dict.fromkeys(told for plan in self.plans.values() for told in self._sources(plan).warnings())
        return ComparisonContents(
            language=self.language,
            street=first.study.name.in_language(self.language),
            title=self._say("title"),
            **office_texts(options, self.language),
            warnings=list(warnings),
            plans=self.heads(),
            totals=self._totals(),
            services=[self._service(service) for service in self.owners],
            differences=self._differences(),
            sites=self._sites(),
            alike=alike,
            differing=differing,
            proofs=self._by_service(self.status),
            limits=self._sources(first).limits(),
        )

    def _totals(self) -> PrintedTable:
        """The plans one below the other: what each is called and what it comes to."""
        heads = [self._say("plan"), say("report.name", self.language), say("term.new_sites", self.language)]
        heads += [say("report.yearly", self.language), self._say("answered")]
        rows = [[head.letter, head.name, head.new_sites, head.cost, head.appeals] for head in self.heads()]
        return PrintedTable(heads, rows, frozenset({2, 3, 4}))

    def _service(self, service: str) -> ServiceComparison:
        owner = self.owners[service]
        parts = [plan.services.get(service) for plan in self.plans.values()]
        figures = figures_of(self.plans).set_index(["service", "figure"]).loc[service]
        rows = [
            [say(f"compare.figure_{figure}", self.language), *(self._written(str(figure), row[k]) for k in self.plans)]
            for figure, row in figures.iterrows()
        ]
        rows.append([self._say("buys"), *(self.buys(plan, service) for plan in self.plans.values())])
        rows.append([say("report.proof", self.language), *(self.status(plan, service) for plan in self.plans.values())])
        return ServiceComparison(
            name=self.service_name(service),
            figures=self._table([say("compare.figure", self.language)], rows),
            bars=[
                (part.today.covered_share, part.planned.covered_share) if part else (math.nan, math.nan)
                for part in parts
            ],
            periods=self._periods(owner.services[service], parts),
            grids=self._grids(owner, service),
        )

    def _periods(self, own: ServicePlan, parts: list[ServicePlan | None]) -> PrintedTable:
        """Coverage by period: today, and as each plan has it."""
        names = [own.study.catalog.periods[key].name.in_language(self.language) for key in own.demand.periods]
        today = [*own.today.share_by_period(), own.today.covered_share]
        columns = [
            dict(
                zip(
                    [*part.demand.periods, ""],
                    [*part.planned.share_by_period(), part.planned.covered_share],
                    strict=True,
                )
            )
            if part
            else {}
            for part in parts
        ]
        rows = [
            [name, share_text(float(now)), *(share_text(float(column.get(key, math.nan))) for column in columns)]
            for name, key, now in zip(
                [*names, say("report.all_periods", self.language)], [*own.demand.periods, ""], today, strict=True
            )
        ]
        return self._table([say("term.period", self.language), say("report.today", self.language)], rows, texts=1)

    def _grids(self, owner: Plan, service: str) -> PrintedTable:
        """The grids whose covered demand the plans leave most unlike, the most unlike first."""
        names, own = grid_names(owner), grid_table(owner, service).set_index("grid_code")
        tables = {
            letter: grid_table(plan, service).set_index("grid_code")
            for letter, plan in self.plans.items()
            if service in plan.services
        }
        amounts = pd.DataFrame({letter: table["covered_planned_per_day"] for letter, table in tables.items()})
        spread = (amounts.max(axis=1) - amounts.min(axis=1)).sort_values(ascending=False, kind="stable")
        unlike = [str(code) for code in spread.index[spread > 0][:GRIDS_SHOWN]]
        unit = unit_of(owner, owner.services[service], self.language)

        def share(letter: str, code: str) -> str:
            table = tables.get(letter)
            return (
                share_text(float(table["covered_share_planned"].get(code, math.nan))) if table is not None else NOTHING
            )

        rows = [
            [
                names.get(code, code),
                code,
                amount_text(float(own["weight_per_day"].get(code, math.nan))),
                share_text(float(own["covered_share_today"].get(code, math.nan))),
                *(share(letter, code) for letter in self.plans),
                amount_text(float(spread[code])),
            ]
            for code in unlike
        ]
        heads = [say("term.grid", self.language), say("report.grid_code", self.language)]
        heads += [say("report.demand", self.language, unit=unit), say("report.today", self.language)]
        heads += [*self.plans, self._say("spread", unit=unit)]
        return PrintedTable(heads, rows, frozenset(range(2, len(heads))))

    def _differences(self) -> PrintedTable:
        """What each later plan has more or less than the first."""
        later = [letter for letter in self.plans if letter != "A"]
        rows = []
        for row in figures_of(self.plans).to_dict("records"):
            gaps = [row[letter] - row["A"] for letter in later]
            if row["figure"] == "covered_share_today" and not any(abs(gap) > 0 for gap in gaps):
                continue
            texts = [self._difference(row["figure"], gap) for gap in gaps]
            rows.append(
                [self.service_name(row["service"]), say(f"compare.figure_{row['figure']}", self.language), *texts]
            )
        heads = [say("term.service", self.language), say("compare.figure", self.language)]
        heads += [self._say("less", one=letter, other="A") for letter in later]
        return PrintedTable(heads, rows, frozenset(range(2, len(heads))))

    def _sites(self) -> PrintedTable:
        """Every new site and which plans have it, those of most plans first."""
        told = sites_of(self.plans)
        letters = list(self.plans)
        told["count"] = told[letters].sum(axis=1)
        order = {service: number for number, service in enumerate(self.owners)}
        told = told.sort_values(
            ["service", "count"], key=lambda c: c.map(order) if c.name == "service" else -c, kind="stable"
        )
        rows = [
            [self.service_name(row["service"]), str(row["name"]), str(row["site_id"])]
            + ["✓" if row[letter] else NOTHING for letter in letters]
            for row in told.to_dict("records")
        ]
        heads = [say("term.service", self.language), say("term.new_site", self.language), self._say("site_id")]
        return self._table(heads, rows)

    def _conditions(self) -> tuple[list[str], PrintedTable]:
        """What all plans assume, and what only some do."""
        alike: list[str] = []
        rows: list[list[str]] = []

        def add(aspect: str, told: Mapping[str, list[str] | None]) -> None:
            there = [phrases for phrases in told.values() if phrases is not None]
            common = [one for one in there[0] if all(one in phrases for phrases in there)]
            alike.extend(self._say("aspect", aspect=aspect, told=one) for one in common)
            own = [
                NOTHING if phrases is None else self._listed([one for one in phrases if one not in common])
                for phrases in told.values()
            ]
            if any(text not in ("", NOTHING) for text in own):
                rows.append([aspect, *(text or self._say("nothing_more") for text in own)])

        plans = self.plans
        add(
            self._say("study"), {letter: [plan.study.name.in_language(self.language)] for letter, plan in plans.items()}
        )
        add(self._say("day"), {letter: self._day(plan) for letter, plan in plans.items()})
        for service in self.owners:
            name = self.service_name(service)
            told = {
                letter: self._limits(plan, service) if service in plan.services else None
                for letter, plan in plans.items()
            }
            add(name, told)
        return alike, self._table([self._say("what")], rows, numeric=False)

    def _day(self, plan: Plan) -> list[str]:
        """The day that a plan stands for."""
        catalog = plan.study.catalog
        raised = [
            say("report.day_factor", self.language, kind=delivery_kind(kind, self.language), value=factor)
            for kind in catalog.delivery_kinds()
            if (factor := plan.scenario.day_factor(kind, catalog)) != 1.0
        ]
        return raised or [self._say("usual_day")]

    def _limits(self, plan: Plan, service: str) -> list[str]:
        part = plan.services[service]
        standard = standard_text(plan.study.catalog, part.standard, service, self.language)
        return [standard, *conditions_of(plan, service, self.language)]

    def _by_service(self, text: Callable[[Plan, str], str]) -> PrintedTable:
        rows = [
            [self.service_name(service), *(text(plan, service) for plan in self.plans.values())]
            for service in self.owners
        ]
        return self._table([say("term.service", self.language)], rows, numeric=False)

    def _table(
        self, heads: list[str], rows: list[list[str]], *, texts: int | None = None, numeric: bool = True
    ) -> PrintedTable:
        """A table with a column a plan after ``heads``, the first ``texts`` of which are no figures."""
        every = [*heads, *(self._say("plan_of", letter=letter) for letter in self.plans)]
        first = len(heads) if texts is None else texts
        return PrintedTable(every, rows, frozenset(range(first, len(every))) if numeric else frozenset())

    def _written(self, figure: str, value: float) -> str:
        if not math.isfinite(value):
            return NOTHING
        if figure.startswith("covered_share"):
            return share_text(value)
        return yuan_text(value, self.language) if figure == "cost_yuan" else f"{value:,.0f}"

    def _difference(self, figure: str, value: float) -> str:
        if not math.isfinite(value):
            return NOTHING
        if figure.startswith("covered_share"):
            return self._say("points", value=points_text(value))
        if figure == "cost_yuan":
            return ("+" if value > 0 else "") + yuan_text(value, self.language)
        return f"{value:+,.0f}"

    def _sources(self, plan: Plan) -> SourcesSection:
        return SourcesSection(plan, DemandSection(plan, self.language), self.language)

    def _listed(self, texts: list[Any]) -> str:
        return say("report.conditions_mark", self.language).join(texts)
