"""What a brief for a meeting says on two pages: the problem, the options, and what is to be decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from planner.figures import NOTHING, amount_text, share_text, yuan_text
from planner.plan import Plan
from planner.report.contents.demand_section import DemandSection
from planner.report.contents.imprint import Imprint, office_texts
from planner.report.contents.printed import shortened
from planner.report.contents.service_section import points_text
from planner.report.contents.side_by_side import PlanHead, SideBySide, lettered
from planner.report.contents.sources_section import SourcesSection
from planner.report.options import ReportOptions
from planner.report.tables import unit_of
from planner.words import Language, say

SERVICES_SHOWN: Final = 5
_APPEAL: Final = ("appeal_id", "answered_today", "services")
# In widths of a Chinese character.
_NAME_EM, _SERVICE_EM, _GRIDS_EM, _WARNING_EM = 26.0, 16.0, 34.0, 90.0


@dataclass(frozen=True)
class Problem:
    """One service as it is today: ``bar`` the covered share, not a number without demand."""

    service: str
    today: str
    bar: float
    lost: str
    gap: str
    appeals: str


@dataclass(frozen=True)
class Bought:
    """One service in one plan."""

    change: str
    bar_today: float
    bar_planned: float
    sites: str
    cost: str
    buys: str
    status: str


@dataclass(frozen=True)
class Option:
    """One plan: what it comes to, what it changes for each service (none it does not have), how it stands to the
    cheapest."""

    head: PlanHead
    services: list[Bought | None]
    against: str


@dataclass(frozen=True)
class BriefContents(Imprint):
    """All that the brief tells; every text is short enough for its place."""

    problems: list[Problem]
    appeals: str
    services: list[str]
    more: str
    options: list[Option]
    questions: list[str]


def brief_contents(
    plans: Mapping[str, Plan], *, language: Language, options: ReportOptions = ReportOptions()
) -> BriefContents:
    """What is told of ``plans`` (name → plan), one to four of one place. Raises as :func:`lettered`."""
    names = [shortened(name, _NAME_EM) or NOTHING for name in plans]
    return _Brief(lettered(plans, least=1), names, language).contents(options)


class _Brief(SideBySide):
    def contents(self, options: ReportOptions) -> BriefContents:
        first = self.plans["A"]
        shown = list(self.owners)[:SERVICES_SHOWN]
        short = replace(
            options,
            office=shortened(options.office, _NAME_EM),
            review_number=shortened(options.review_number, _NAME_EM),
        )
        demand = DemandSection(first, self.language)
        heads, more = self.heads(), len(self.owners) - len(shown)
        return BriefContents(
            language=self.language,
            street=shortened(first.study.name.in_language(self.language), _NAME_EM),
            title=self._brief("title"),
            **office_texts(short, self.language),
            warnings=[shortened(told, _WARNING_EM) for told in SourcesSection(first, demand, self.language).warnings()],
            problems=[self._problem(service) for service in shown],
            appeals=self._appeals(),
            services=[self._short(service) for service in shown],
            more=self._brief("more_services", count=more) if more else "",
            options=[
                Option(head, [self._bought(plan, service) for service in shown], self._against(head.letter))
                for head, plan in zip(heads, self.plans.values(), strict=True)
            ],
            questions=self._questions(heads),
        )

    def _problem(self, service: str) -> Problem:
        plan = self.owners[service]
        part, unit = plan.services[service], unit_of(plan, plan.services[service], self.language)
        lost = float(part.demand.weight.sum()) - part.today.covered_weight
        gap = self._brief("no_gap")
        for row in part.gaps_today.head(1).to_dict("records"):
            grids = shortened(DemandSection(plan, self.language).named_grids(row["grid_codes"]), _GRIDS_EM)
            gap = self._brief("gap", grids=grids, uncovered=amount_text(row["uncovered_per_day"], unit))
        told, today = len(part.appeals), int(part.appeals["answered_today"].sum())
        return Problem(
            service=self._short(service),
            today=share_text(part.today.covered_share),
            bar=part.today.covered_share,
            lost=amount_text(lost, unit),
            gap=gap,
            appeals=self._brief("unanswered", count=told, unanswered=told - today) if told else NOTHING,
        )

    def _appeals(self) -> str:
        """How many appeals are open and answered today, each counted once; empty where there are none."""
        told = {
            appeal: bool(answered)
            for plan in self.plans.values()
            for appeal, answered, services in zip(*(plan.appeals()[c] for c in _APPEAL), strict=True)
            if services
        }
        return self._brief("appeals_today", count=len(told), answered=sum(told.values())) if told else ""

    def _bought(self, plan: Plan, service: str) -> Bought | None:
        part = plan.services.get(service)
        if part is None:
            return None
        today, planned = part.today.covered_share, part.planned.covered_share
        return Bought(
            change=self._brief("change", today=share_text(today), planned=share_text(planned)),
            bar_today=today,
            bar_planned=planned,
            sites=self._brief("sites", count=len(part.new_sites)),
            cost=yuan_text(float(part.new_sites["cost_yuan"].sum()), self.language),
            buys=self.buys(plan, service),
            status=self.status(plan, service),
        )

    def _against(self, letter: str) -> str:
        """How a plan stands to the cheapest: what more it costs and covers."""
        costs = {key: float(plan.summary()["cost_yuan"].sum()) for key, plan in self.plans.items()}
        cheapest = min(costs, key=lambda key: costs[key])
        if len(costs) == 1:
            return self._brief("only_one")
        if letter == cheapest:
            return self._brief("cheapest")
        one, other = self.plans[letter].services, self.plans[cheapest].services
        gains = {
            name: one[name].planned.covered_share - other[name].planned.covered_share for name in self._in(one, other)
        }
        told = [
            self._brief(
                "against",
                letter=cheapest,
                more=yuan_text(costs[letter] - costs[cheapest], self.language),
                gains=self._listed(
                    self._brief("gain", service=self._short(name), points=points_text(gain))
                    for name, gain in gains.items()
                ),
            )
        ]
        for key, names in (
            ("besides", [n for n in one if n not in other]),
            ("lacks", [n for n in other if n not in one]),
        ):
            if names:
                told.append(self._brief(key, services=self._listed(map(self._short, names[:SERVICES_SHOWN]))))
        return ("" if self.language == "zh" else " ").join(told)

    def _in(self, one: Iterable[str], other: Iterable[str]) -> list[str]:
        """The services that both plans have, as many as are shown."""
        return [name for name in self.owners if name in set(one) & set(other)][:SERVICES_SHOWN]

    def _short(self, service: str) -> str:
        return shortened(self.service_name(service), _SERVICE_EM)

    def _listed(self, texts: Iterable[str]) -> str:
        return say("map.list_mark", self.language).join(texts) or NOTHING

    def _questions(self, heads: list[PlanHead]) -> list[str]:
        """What the meeting is asked to decide."""
        if len(heads) == 1:
            first = self._brief("decide_one", cost=heads[0].cost, sites=heads[0].new_sites)
        else:
            each = [self._brief("option_cost", letter=head.letter, cost=head.cost) for head in heads]
            first = self._brief("decide", options=self._listed(each))
        return [first, self._brief("decide_money"), self._brief("decide_sites")]

    def _brief(self, key: str, **values: object) -> str:
        return say(f"brief.{key}", self.language, **values)
