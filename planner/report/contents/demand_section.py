"""What the report says of demand: what it is made of, how good its estimates are, appeals, hot spots, open hours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from planner.figures import NOTHING, amount_text, share_text
from planner.plan import Plan, ServicePlan
from planner.report.contents.basis import delivery_kind
from planner.report.contents.printed import PrintedTable
from planner.report.demand_tables import appeal_counts
from planner.report.tables import grid_names, rows_of, service_name, unit_of
from planner.words import Language, say

GRIDS_NAMED: Final = 4


class DemandSection:
    """The demand of one plan in the words of one language."""

    def __init__(self, plan: Plan, language: Language) -> None:
        self.plan, self.study, self.language = plan, plan.study, language
        self.names = grid_names(plan)

    def made_of(self, part: ServicePlan) -> str:
        """The parts of a service's demand and their shares, and the day they stand for."""
        total = sum(part.demand.parts.values())
        parts = [
            self._say("part", name=self._say(f"role_{name}"), share=share_text(value / total))
            for name, value in part.demand.parts.items()
            if value > 0
        ]
        told = [self._say("made_of", parts=self._listed(parts))] if parts else []
        factors = {
            kind: self.plan.scenario.day_factor(kind, self.study.catalog)
            for kind in self.study.catalog.demands[part.demand.rule].per_delivery
        }
        raised = [
            self._say("day_factor", kind=delivery_kind(kind, self.language), value=value)
            for kind, value in factors.items()
            if value != 1.0
        ]
        if raised:
            told.append(self._say("day", factors=self._listed(raised)))
        if part.demand.estimated_share > 0:
            told.append(self._say("estimated_part", share=share_text(part.demand.estimated_share)))
        return "".join(told)

    def notes(self) -> list[str]:
        """How grid totals were spread, and how good the estimates of grids without data are; a warning where poor."""
        deliveries = next(iter(self.plan.services.values())).demand.deliveries
        notes = []
        for kind, used in deliveries.spread_by.items():
            bases = [self._say("basis_count", basis=self._say(f"basis_{b}"), count=n) for b, n in used.items()]
            if bases:
                notes.append(self._say("spread_by", kind=delivery_kind(kind, self.language), bases=self._listed(bases)))
        for kind, skill in deliveries.skills.items():
            about = {
                "kind": delivery_kind(kind, self.language),
                "count": int((deliveries.grids["kind"] == kind).sum()),
                "grids": skill.grids,
                "blocks": skill.blocks,
                "model": amount_text(skill.error_model),
                "area": amount_text(skill.error_area),
                "mean": amount_text(skill.error_mean),
                "gain": share_text(skill.gain),
                "interval": f"{skill.interval:.0%}",
                "inside": share_text(skill.inside),
            }
            notes.append(self._say("skill" if skill.method == "model" else f"no_skill_{skill.method}", **about))
        if self.study.combining.grids_without_data == "zero" and len(deliveries.grids):
            notes.append(self._say("zero_grids", count=deliveries.grids["grid_code"].nunique()))
        return notes

    def appeals(self, part: ServicePlan) -> str:
        """How many open appeals one service's plan answers, empty where none calls for it."""
        if part.appeals.empty:
            return ""
        counts = {when: int(part.appeals[f"answered_{when}"].sum()) for when in ("today", "planned")}
        return self._say("appeals_line", count=len(part.appeals), **counts)

    def all_appeals(self) -> str:
        """The same for all services together, each appeal counted once."""
        if self.study.appeals.empty:
            return ""
        frame = self.plan.appeals()
        own = frame[frame["services"].map(len) > 0]
        return self._say(
            "appeals_all",
            count=len(own),
            today=int(own["answered_today"].sum()),
            planned=int(own["answered_planned"].sum()),
        )

    def appeal_rows(self) -> PrintedTable:
        """Appeals by category."""
        heads = ["appeal_category", "appeal_services", "appeal_open", "appeal_today", "appeal_planned"]
        heads += ["appeal_closed", "appeal_not_counted"]
        rows = [
            [
                row.category_name,
                self._listed(service_name(self.plan, name, self.language) for name in row.services) or NOTHING,
                str(row.open),
                *((str(row.answered_today), str(row.answered_planned)) if row.services else (NOTHING, NOTHING)),
                str(row.closed),
                str(row.not_counted),
            ]
            for row in rows_of(appeal_counts(self.plan, self.language))
        ]
        return PrintedTable([self._say(head) for head in heads], rows, frozenset({2, 3, 4, 5, 6}))

    def centres(self, part: ServicePlan) -> PrintedTable:
        """The centres that offer a service and the periods in which each counts as open."""
        periods = [self.study.catalog.periods[key].name.in_language(self.language) for key in part.demand.periods]
        existing = part.sites.existing
        rows = [
            [row.name, row.open_hours, *("✓" if is_open else NOTHING for is_open in opens)]
            for row, opens in zip(rows_of(part.sites.frame.iloc[existing]), part.sites.open[existing], strict=True)
        ]
        heads = [self._say("name"), say("term.open_hours", self.language), *periods]
        return PrintedTable(heads, rows, frozenset(range(2, len(heads))))

    def hot_spots(self, part: ServicePlan) -> PrintedTable:
        """Where demand is densest, and whether a host is there for it."""
        unit = unit_of(self.plan, part, self.language)
        heads = [self._say("rank"), self._say("grids"), self._say("demand", unit=unit)]
        heads += [self._say("uncovered", unit=unit), self._say("nearest_host"), self._say("nearest_m")]
        heads += [self._say("advice")]
        rows = [
            [
                str(row.rank),
                self.named_grids(row.grid_codes),
                self.marked(row.weight_per_day, row.estimated_share),
                amount_text(row.uncovered_per_day),
                str(row.nearest_name) or NOTHING,
                amount_text(row.nearest_m),
                say(f"map.advice_{row.advice}", self.language),
            ]
            for row in rows_of(part.hot_spots)
        ]
        return PrintedTable(heads, rows, frozenset({2, 3, 5}))

    def marked(self, value: float, estimated_share: float) -> str:
        """An amount, marked where all or a share of it is an estimate."""
        return self.marked_text(amount_text(value), estimated_share)

    def marked_text(self, amount: str, estimated_share: float) -> str:
        """The same of an amount that is written already."""
        if not estimated_share > 0:
            return amount
        if estimated_share > 0.9995:
            return self._say("estimated", value=amount)
        return self._say("partly_estimated", value=amount, share=share_text(estimated_share))

    def named_grids(self, codes: tuple[str, ...]) -> str:
        """The first grids by name and how many there are."""
        names = self._listed(self.names.get(code, code) for code in codes[:GRIDS_NAMED])
        if len(codes) <= GRIDS_NAMED:
            return names
        return self._say("grids_more", names=names, count=len(codes))

    def _listed(self, texts: Iterable[str]) -> str:
        return say("map.list_mark", self.language).join(texts)

    def _say(self, key: str, **values: object) -> str:
        return say(f"report.{key}", self.language, **values)
