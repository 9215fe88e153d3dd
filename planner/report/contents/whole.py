"""All that a report of one plan tells, put together."""

from __future__ import annotations

from planner.figures import yuan_text
from planner.plan import Plan
from planner.report.contents.basis import basis_of
from planner.report.contents.demand_section import DemandSection
from planner.report.contents.imprint import office_texts
from planner.report.contents.parts import ReportContents
from planner.report.contents.service_section import ServiceSection
from planner.report.contents.sources_section import SourcesSection
from planner.report.options import ReportOptions
from planner.words import Language, say


def report_contents(plan: Plan, *, language: Language, options: ReportOptions = ReportOptions()) -> ReportContents:
    """What the report of ``plan`` tells. The first time it plans anew for some points of each service's curve."""
    demand = DemandSection(plan, language)
    sources = SourcesSection(plan, demand, language)
    return ReportContents(
        language=language,
        street=plan.study.name.in_language(language),
        title=say("report.title", language),
        scenario=say("report.scenario", language, name=plan.scenario.name.in_language(language)),
        **office_texts(options, language),
        warnings=sources.warnings(),
        total_cost=yuan_text(float(plan.summary()["cost_yuan"].sum()), language),
        services=[ServiceSection(plan, part, demand, language).contents() for part in plan.services.values()],
        appeals=demand.all_appeals(),
        appeal_rows=demand.appeal_rows(),
        demand_notes=demand.notes(),
        basis=basis_of(plan, language),
        unreached=sources.unreached(),
        sources=sources.sources(),
        limits=sources.limits(),
    )
