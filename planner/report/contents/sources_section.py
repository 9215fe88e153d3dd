"""Where the figures come from and what they do not say: files, points off the streets, what is only estimated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from planner.crs import SYSTEMS
from planner.figures import NOTHING, amount_text
from planner.plan import Plan
from planner.report.contents.demand_section import DemandSection
from planner.report.contents.printed import PrintedTable
from planner.report.tables import rows_of, unreached_table
from planner.words import Language, say

LIMITS: Final = 5


class SourcesSection:
    """What a plan rests on, in the words of one language."""

    def __init__(self, plan: Plan, demand: DemandSection, language: Language) -> None:
        self.plan, self.study, self.demand, self.language = plan, plan.study, demand, language

    def warnings(self) -> list[str]:
        """What is to be known before any figure is read: made up, without data, estimated."""
        told = []
        if self.study.made_up:
            told.append(say("term.made_up_note", self.language))
        missing = self.study.grids_without_data
        if missing:
            told.append(say("term.grids_without_data", self.language, count=missing, of=len(self.study.grids)))
        roles = [self._say(f"role_{role}") for role in self.study.estimated_roles]
        if roles:
            told.append(self._say("estimate_banner", roles=self._listed(roles)))
        return told

    def limits(self) -> list[str]:
        """What the report does not say; of the day it stands for by the scenario."""
        factors = [self.plan.scenario.day_factor(k, self.study.catalog) for k in self.study.catalog.delivery_kinds()]
        raised = any(factor != 1.0 for factor in factors)
        keys = [f"limit_{number + 1}" for number in range(LIMITS)]
        return [self._say("peak_limit" if key == "limit_4" and raised else key) for key in keys]

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
