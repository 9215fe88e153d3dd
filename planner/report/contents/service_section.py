"""What the report says of one service: its headline, when, where and for whom it is covered, and how that is proven."""

from __future__ import annotations

import math
from typing import Any, cast

from planner.figures import NOTHING, amount_text, interval_text, share_text, yuan_text
from planner.plan import Plan, ServicePlan
from planner.report.contents.basis import standard_text
from planner.report.contents.conditions import conditions_of
from planner.report.contents.curve_section import curve_of
from planner.report.contents.demand_section import DemandSection
from planner.report.contents.parts import Headline, ServiceContents
from planner.report.contents.printed import PrintedTable
from planner.report.contents.site_cards import SiteCards
from planner.report.tables import grid_names, grid_table, rows_of, service_name, unit_of
from planner.words import Language, say


class ServiceSection:
    """The plan of one service in the words of one language."""

    def __init__(self, plan: Plan, part: ServicePlan, demand: DemandSection, language: Language) -> None:
        self.plan, self.part, self.demand, self.language = plan, part, demand, language
        self.study = plan.study
        self.unit = unit_of(plan, part, language)

    def contents(self) -> ServiceContents:
        """Everything that is told of the service."""
        part = self.part
        periods, bars = self._periods()
        cards = SiteCards(self.plan, part, self.language)
        return ServiceContents(
            headline=headline_of(self.plan, part, self.demand, self.language),
            standard=self._say("standard_line", standard=self._standard()),
            limits=self._limits(),
            proof=self._proof(),
            made_of=self.demand.made_of(part),
            appeals=self.demand.appeals(part),
            periods=periods,
            period_bars=bars,
            centres=self.demand.centres(part),
            sites=self._sites(cards),
            cards=cards.all(),
            gaps=self._gaps(),
            hot_spots=self.demand.hot_spots(part),
            grids=self._grids(),
            curve=curve_of(self.plan, part, self.language),
        )

    def _periods(self) -> tuple[PrintedTable, list[tuple[float, float]]]:
        part = self.part
        names = [self.study.catalog.periods[key].name.in_language(self.language) for key in part.demand.periods]
        estimated = part.demand.estimated_share_by_period()
        names = [self.demand.marked_text(name, share) for name, share in zip(names, estimated, strict=True)]
        today = [*part.today.share_by_period(), part.today.covered_share]
        planned = [*part.planned.share_by_period(), part.planned.covered_share]
        bars = [(float(now), float(then)) for now, then in zip(today, planned, strict=True)]
        rows = [
            [name, share_text(now), share_text(then), points_text(then - now)]
            for name, (now, then) in zip([*names, self._say("all_periods")], bars, strict=True)
        ]
        heads = [say("term.period", self.language), *(self._say(key) for key in ("today", "planned", "change"))]
        return PrintedTable(heads, rows, frozenset({1, 2, 3})), bars

    def _sites(self, cards: SiteCards) -> PrintedTable:
        heads = [self._say("number"), self._say("name"), self._say("host_kind"), say("term.grid", self.language)]
        heads += [say("term.open_hours", self.language), say("map.open_in", self.language), self._say("yearly_cost")]
        heads += [self._say("within_reach", unit=self.unit), self._say("only_here", unit=self.unit)]
        names = grid_names(self.plan)
        rows = [
            [
                str(site["number"]),
                str(site["name"]),
                self.study.catalog.host_kinds[site["kind"]].name.in_language(self.language),
                names.get(site["grid_code"], site["grid_code"]),
                str(site["open_hours"]),
                cards.periods_open(site["site"]),
                f"{site['cost_yuan']:,.0f}",
                self.demand.marked(site["within_reach_per_day"], site["estimated_share"]),
                amount_text(site["only_here_per_day"]),
            ]
            for site in self.part.new_sites.to_dict("records")
        ]
        return PrintedTable(heads, rows, frozenset({6, 7, 8}))

    def _gaps(self) -> PrintedTable:
        periods = [self.study.catalog.periods[key].name.in_language(self.language) for key in self.part.demand.periods]
        heads = [self._say("rank"), self._say("grids"), self._say("uncovered", unit=self.unit), *periods]
        rows = [
            [
                str(gap["rank"]),
                self.demand.named_grids(gap["grid_codes"]),
                self.demand.marked(gap["uncovered_per_day"], gap["estimated_share"]),
                *(amount_text(gap[f"uncovered_{j}"]) for j in range(len(periods))),
            ]
            for gap in self.part.gaps_planned.to_dict("records")
        ]
        return PrintedTable(heads, rows, frozenset(range(2, len(heads))))

    def _grids(self) -> PrintedTable:
        heads = [say("term.grid", self.language), self._say("grid_code"), self._say("demand", unit=self.unit)]
        heads += [self._say("covered_today"), self._say("covered_planned"), self._say("uncovered", unit=self.unit)]
        rows = [
            [
                row.grid_name,
                row.grid_code,
                self._with_interval(row),
                share_text(row.covered_share_today),
                share_text(row.covered_share_planned),
                amount_text(row.uncovered_per_day),
            ]
            for row in rows_of(grid_table(self.plan, self.part.service))
        ]
        return PrintedTable(heads, rows, frozenset({2, 3, 4, 5}))

    def _with_interval(self, grid: Any) -> str:
        """A grid's demand, marked and with its interval where it is an estimate."""
        if not grid.demand_is_estimate:
            return amount_text(grid.weight_per_day)
        bounds = interval_text(grid.weight_low_per_day, grid.weight_high_per_day)
        key = "estimated" if bounds == NOTHING else "estimated_between"
        return self._say(key, value=amount_text(grid.weight_per_day), bounds=bounds)

    def _proof(self) -> str:
        if self.part.is_proven_best:
            return self._say("proof_optimal")
        return self._say("proof_feasible", gap=self.part.proven.gap)

    def _limits(self) -> str:
        told = conditions_of(self.plan, self.part.service, self.language)
        return self._say("limits_in_force", limits=say("report.conditions_mark", self.language).join(told))

    def _standard(self) -> str:
        return standard_text(self.study.catalog, self.part.standard, self.part.service, self.language)

    def _say(self, key: str, **values: object) -> str:
        return say(f"report.{key}", self.language, **values)


def headline_of(plan: Plan, part: ServicePlan, demand: DemandSection, language: Language) -> Headline:
    """The figures of one service that every file leads with: those of :meth:`planner.plan.Plan.summary`."""
    row = cast("dict[str, Any]", plan.summary().loc[part.service].to_dict())
    total = amount_text(row["weight_per_day"], unit_of(plan, part, language))
    if "cells" in plan.study.estimated_roles:
        total = say("report.estimated", language, value=total)
    else:
        total = demand.marked_text(total, row["estimated_share"])
    figures = {
        "today": share_text(row["covered_share_today"]),
        "planned": share_text(row["covered_share_planned"]),
        "cost": yuan_text(row["cost_yuan"], language),
    }
    name, count = service_name(plan, part.service, language), str(int(row["new_sites"]))
    proven = "optimal" if part.is_proven_best else "feasible"
    return Headline(
        service=part.service,
        name=name,
        new_sites=count,
        demand=total,
        status=say(f"term.status_{proven}", language, gap=part.proven.gap),
        bar_today=float(row["covered_share_today"]),
        bar_planned=float(row["covered_share_planned"]),
        sentence=say("report.summary_line", language, service=name, sites=count, **figures),
        **figures,
    )


def points_text(difference: float) -> str:
    """A difference of two shares in percentage points."""
    return f"{100 * difference:+.1f}" if math.isfinite(difference) else NOTHING
