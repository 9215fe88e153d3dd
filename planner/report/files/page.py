"""The report as one page that needs no other file: figures, map, tables and where every number comes from."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from planner.catalog import Standard
from planner.crs import SYSTEMS
from planner.figures import NOTHING, amount_text, interval_text, share_text, yuan_text
from planner.maps import plan_map
from planner.plan import Plan, ServicePlan
from planner.report.contents.basis import basis_of, standard_text
from planner.report.contents.conditions import conditions_of
from planner.report.contents.demand_section import DemandSection
from planner.report.contents.printed import PrintedTable
from planner.report.options import ReportOptions
from planner.report.tables import grid_names, grid_table, rows_of, service_name, unit_of, unreached_table
from planner.words import Language, reader_language, say

TEMPLATES: Final = Path(__file__).with_name("templates")
LIMITS: Final = 5


def report_page(plan: Plan, *, language: Language | None = None, options: ReportOptions = ReportOptions()) -> str:
    """The report as HTML, the map inside."""
    language = language or reader_language()
    writer = _Writer(plan, language)
    page = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page.globals["say"] = lambda key, **values: say(f"report.{key}", language, **values)
    page.globals["term"] = lambda key, **values: say(f"term.{key}", language, **values)
    return page.get_template("report.html.jinja").render(
        lang="zh-CN" if language == "zh" else "en",
        street=plan.study.name.in_language(language),
        scenario=plan.scenario.name.in_language(language),
        made_on=options.made_on.isoformat() if options.made_on else "",
        made_up=plan.study.made_up,
        estimated=writer.estimated_files(),
        grids_without_data=writer.grids_without_data(),
        services=[writer.service(number, part) for number, part in enumerate(plan.services.values())],
        total_cost=yuan_text(float(plan.summary()["cost_yuan"].sum()), language),
        map=plan_map(plan, language=language).get_root().render(),
        unreached=writer.unreached(),
        basis=basis_of(plan, language),
        sources=writer.sources(),
        limits=writer.limits(),
        appeals=writer.demand.all_appeals(),
        appeal_rows=writer.demand.appeal_rows(),
        demand_notes=writer.demand.notes(),
    )


class _Writer:
    """The plan in the words of one language."""

    def __init__(self, plan: Plan, language: Language) -> None:
        self.plan, self.study, self.language = plan, plan.study, language
        self.summary = cast("dict[str, dict[str, Any]]", plan.summary().to_dict("index"))
        self.names = grid_names(plan)
        self.demand = DemandSection(plan, language)

    def service(self, number: int, part: ServicePlan) -> dict[str, Any]:
        """Everything that the page tells of one service."""
        row = self.summary[part.service]
        return {
            "number": number,
            "name": service_name(self.plan, part.service, self.language),
            "today": share_text(row["covered_share_today"]),
            "planned": share_text(row["covered_share_planned"]),
            "bar_today": _bar(row["covered_share_today"]),
            "bar_planned": _bar(row["covered_share_planned"]),
            "new_sites": int(row["new_sites"]),
            "cost": yuan_text(row["cost_yuan"], self.language),
            "proof": self._proof(part),
            "status": self._status(part),
            "demand": self._demand_total(part),
            "standard": self._say("standard_line", standard=self._standard(part.standard, part.service)),
            "limits": self._limits(part.service),
            "periods": self._periods(part),
            "sites": self._sites(part),
            "gaps": self._gaps(part),
            "grids": self._grids(part),
            "made_of": self.demand.made_of(part),
            "appeals": self.demand.appeals(part),
            "centres": self.demand.centres(part),
            "hot_spots": self.demand.hot_spots(part),
        }

    def limits(self) -> list[str]:
        """What the report does not say; of the day it stands for by the scenario."""
        factors = [self.plan.scenario.day_factor(k, self.study.catalog) for k in self.study.catalog.delivery_kinds()]
        raised = any(factor != 1.0 for factor in factors)
        keys = [f"limit_{number + 1}" for number in range(LIMITS)]
        return [self._say("peak_limit" if key == "limit_4" and raised else key) for key in keys]

    def estimated_files(self) -> str:
        """The contents of the files that hold estimates, empty where all are data."""
        return self._listed(self._say(f"role_{role}") for role in self.study.estimated_roles)

    def grids_without_data(self) -> str:
        """That some grids have no data, empty where all have."""
        missing = self.study.grids_without_data
        about = {"count": missing, "of": len(self.study.grids)}
        return say("term.grids_without_data", self.language, **about) if missing else ""

    def unreached(self) -> PrintedTable:
        """Every point that some service's streets do not reach, with the services."""
        frame = unreached_table(self.plan, self.language)
        heads = ["what", "code", "name"]
        heads_text = [self._say(key) for key in heads] + [say("map.fault", self.language)]
        heads_text += [self._say("off_road"), self._say("services_touched"), self._say("demand_lost")]
        rows = []
        for (what, code, fault), group in frame.groupby(["what", "id", "fault"], sort=False):
            first = next(iter(rows_of(group)))
            lost = [
                self.demand.marked_text(amount_text(row.weight_per_day, row.unit), float(row.demand_is_estimate))
                for row in rows_of(group)
                if row.weight_per_day > 0
            ]
            rows.append(
                [
                    say(f"map.what_{what}", self.language),
                    str(code),
                    first.name or NOTHING,
                    say(f"map.fault_{fault}", self.language),
                    amount_text(first.off_road_m),
                    self._listed(group["service_name"]),
                    self._listed(lost) or NOTHING,
                ]
            )
        return PrintedTable(heads_text, rows, frozenset({4}))

    def sources(self) -> PrintedTable:
        """Every file of the study and where it comes from."""
        heads = [self._say(key) for key in ("role", "file", "rows", "crs", "origin", "kind_of_data")]
        rows = [
            [
                self._say(f"role_{source.role}"),
                source.path,
                f"{source.rows:,}",
                self._system(source.crs) if source.crs else NOTHING,
                source.origin.in_language(self.language) if source.origin else self._say("no_origin"),
                self._say("is_estimate" if source.estimated else "is_data"),
            ]
            for source in self.study.sources
        ]
        return PrintedTable(heads, rows, frozenset({2}))

    def _periods(self, part: ServicePlan) -> list[dict[str, str]]:
        names = [self.study.catalog.periods[key].name.in_language(self.language) for key in part.demand.periods]
        names = [
            self.demand.marked_text(name, share)
            for name, share in zip(names, part.demand.estimated_share_by_period(), strict=True)
        ]
        shares = zip(
            [*part.today.share_by_period(), part.today.covered_share],
            [*part.planned.share_by_period(), part.planned.covered_share],
            strict=True,
        )
        rows = []
        for name, (today, planned) in zip([*names, self._say("all_periods")], shares, strict=True):
            gain = planned - today
            rows.append(
                {
                    "name": name,
                    "today": share_text(today),
                    "planned": share_text(planned),
                    "gain": f"{100 * gain:+.1f}" if math.isfinite(gain) else NOTHING,
                    "bar_today": _bar(today),
                    "bar_planned": _bar(planned),
                }
            )
        return rows

    def _sites(self, part: ServicePlan) -> PrintedTable:
        unit = unit_of(self.plan, part, self.language)
        heads = [self._say("number"), self._say("name"), self._say("host_kind"), say("term.grid", self.language)]
        heads += [say("term.open_hours", self.language), say("map.open_in", self.language), self._say("yearly_cost")]
        heads += [self._say("within_reach", unit=unit), self._say("only_here", unit=unit), self._say("why")]
        rows = [
            [
                str(site["number"]),
                str(site["name"]),
                self.study.catalog.host_kinds[site["kind"]].name.in_language(self.language),
                self.names.get(site["grid_code"], site["grid_code"]),
                str(site["open_hours"]),
                self._periods_open(part, site["site"]),
                f"{site['cost_yuan']:,.0f}",
                self.demand.marked(site["within_reach_per_day"], site["estimated_share"]),
                amount_text(site["only_here_per_day"]),
                self._why(part, site),
            ]
            for site in part.new_sites.to_dict("records")
        ]
        return PrintedTable(heads, rows, frozenset({6, 7, 8}))

    def _periods_open(self, part: ServicePlan, site: int) -> str:
        keys = [key for key, there in zip(part.demand.periods, part.sites.open[site], strict=True) if there]
        return self._listed(self.study.catalog.periods[k].name.in_language(self.language) for k in keys) or NOTHING

    def _why(self, part: ServicePlan, site: dict[str, Any]) -> str:
        """Why a site is in the plan, in a sentence or two."""
        unit = unit_of(self.plan, part, self.language)
        values = {
            "standard": self._standard(part.standard, part.service),
            "within": amount_text(site["within_reach_per_day"], unit),
            "only": amount_text(site["only_here_per_day"], unit),
        }
        reason = self._say("why_alone" if site["only_here_per_day"] > 0 else "why_shared", **values)
        for gap in part.gaps_today.to_dict("records"):
            if gap["geometry"].covers(site["geometry"]):
                lost = amount_text(gap["uncovered_per_day"], unit)
                return reason + self._say("why_gap", rank=gap["rank"], uncovered=lost)
        return reason

    def _gaps(self, part: ServicePlan) -> PrintedTable:
        unit = unit_of(self.plan, part, self.language)
        periods = [self.study.catalog.periods[key].name.in_language(self.language) for key in part.demand.periods]
        heads = [self._say("rank"), self._say("grids"), self._say("uncovered", unit=unit)]
        heads += periods
        rows = [
            [
                str(gap["rank"]),
                self.demand.named_grids(gap["grid_codes"]),
                self.demand.marked(gap["uncovered_per_day"], gap["estimated_share"]),
                *(amount_text(gap[f"uncovered_{j}"]) for j in range(len(periods))),
            ]
            for gap in part.gaps_planned.to_dict("records")
        ]
        return PrintedTable(heads, rows, frozenset(range(2, len(heads))))

    def _grids(self, part: ServicePlan) -> PrintedTable:
        unit = unit_of(self.plan, part, self.language)
        heads = [say("term.grid", self.language), self._say("grid_code"), self._say("demand", unit=unit)]
        heads += [self._say("covered_today"), self._say("covered_planned"), self._say("uncovered", unit=unit)]
        rows = [
            [
                row.grid_name,
                row.grid_code,
                self._marked(row),
                share_text(row.covered_share_today),
                share_text(row.covered_share_planned),
                amount_text(row.uncovered_per_day),
            ]
            for row in rows_of(grid_table(self.plan, part.service))
        ]
        return PrintedTable(heads, rows, frozenset({2, 3, 4, 5}))

    def _marked(self, grid: Any) -> str:
        """A grid's demand, marked and with its interval where it is an estimate."""
        if not grid.demand_is_estimate:
            return amount_text(grid.weight_per_day)
        bounds = interval_text(grid.weight_low_per_day, grid.weight_high_per_day)
        key = "estimated" if bounds == NOTHING else "estimated_between"
        return self._say(key, value=amount_text(grid.weight_per_day), bounds=bounds)

    def _status(self, part: ServicePlan) -> str:
        """How well the choice is proven, in short; :meth:`_proof` says what that means."""
        proven = "optimal" if part.is_proven_best else "feasible"
        return say(f"term.status_{proven}", self.language, gap=part.proven.gap)

    def _proof(self, part: ServicePlan) -> str:
        if part.is_proven_best:
            return self._say("proof_optimal")
        return self._say("proof_feasible", gap=part.proven.gap)

    def _demand_total(self, part: ServicePlan) -> str:
        row = self.summary[part.service]
        total = amount_text(row["weight_per_day"], unit_of(self.plan, part, self.language))
        if "cells" in self.study.estimated_roles:
            return self._say("estimated", value=total)
        return self.demand.marked_text(total, row["estimated_share"])

    def _limits(self, service: str) -> str:
        told = conditions_of(self.plan, service, self.language)
        return self._say("limits_in_force", limits=say("report.conditions_mark", self.language).join(told))

    def _standard(self, standard: Standard, service: str) -> str:
        return standard_text(self.study.catalog, standard, service, self.language)

    def _listed(self, texts: Iterable[str]) -> str:
        return say("map.list_mark", self.language).join(texts)

    def _system(self, name: str) -> str:
        """What a coordinate system is called; an EPSG code and a city's own grid by the name that the study has."""
        _, zoneless, meridian = name.partition("cgcs2000_gk_")
        if zoneless:
            return self._say("crs_cgcs2000_gk_meridian", meridian=meridian)
        return self._say(f"crs_{name}") if name in SYSTEMS else name

    def _say(self, key: str, **values: object) -> str:
        return say(f"report.{key}", self.language, **values)


def _bar(share: float) -> str:
    """The width of a bar in percent."""
    return f"{100 * min(max(share, 0.0), 1.0):.1f}" if math.isfinite(share) else "0"
