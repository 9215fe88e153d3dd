"""Several plans side by side: under which letter each stands, and what is read of each in the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from planner.crs import in_crs
from planner.errors import ArgumentError
from planner.figures import NOTHING, yuan_text
from planner.plan import Plan
from planner.report.contents.service_section import points_text
from planner.report.tables import service_name
from planner.words import Language, say

MOST_PLANS: Final = 4
LETTERS: Final = "ABCD"
YUAN_STEP: Final = 10_000.0


@dataclass(frozen=True)
class PlanHead:
    """One of the plans: the letter under which its figures stand, and what it comes to in all."""

    letter: str
    name: str
    new_sites: str
    cost: str
    appeals: str


def lettered(plans: Mapping[str, Plan], *, least: int) -> dict[str, Plan]:
    """The plans by letter, in their order.

    Raises ``ArgumentError`` for fewer than ``least`` plans or more than ``MOST_PLANS``, and for plans of places that
    have nothing in common.
    """
    check_count(len(plans), least=least)
    names = list(plans)
    first = plans[names[0]].study
    for name in names[1:]:
        study = plans[name].study
        there = in_crs(study.grids.geometry, first.grids.crs).union_all()
        if not there.intersects(first.grids.geometry.union_all()):
            raise ArgumentError("compared_places", one=names[0], other=name)
    return dict(zip(LETTERS, plans.values(), strict=False))


def check_count(count: int, *, least: int) -> None:
    """Raise ``ArgumentError`` for fewer plans than ``least`` or more than stand side by side."""
    if not least <= count <= MOST_PLANS:
        raise ArgumentError("compared_count", count=count, least=least, most=MOST_PLANS)


class SideBySide:
    """Several plans by letter in the words of one language, and what is read of each in the same way."""

    def __init__(self, plans: Mapping[str, Plan], names: list[str], language: Language) -> None:
        self.plans, self.names, self.language = plans, names, language
        owners: dict[str, Plan] = {}
        for plan in plans.values():
            for service in plan.services:
                owners.setdefault(service, plan)
        self.owners = owners

    def heads(self) -> list[PlanHead]:
        """The plans and what each comes to."""
        found = []
        for (letter, plan), name in zip(self.plans.items(), self.names, strict=True):
            summary = plan.summary()
            appeals = plan.appeals()
            own = appeals[appeals["services"].map(len) > 0]
            answered = self._say("of", part=int(own["answered_planned"].sum()), whole=len(own)) if len(own) else NOTHING
            cost = yuan_text(float(summary["cost_yuan"].sum()), self.language)
            found.append(PlanHead(letter, name, str(int(summary["new_sites"].sum())), cost, answered))
        return found

    def buys(self, plan: Plan, service: str) -> str:
        """By how many percentage points each 10,000 yuan a year raises coverage; a dash where nothing is spent."""
        if service not in plan.services:
            return NOTHING
        part = plan.services[service]
        gain = part.planned.covered_share - part.today.covered_share
        cost = float(part.new_sites["cost_yuan"].sum())
        return points_text(gain * YUAN_STEP / cost) if cost > 0 else NOTHING

    def status(self, plan: Plan, service: str) -> str:
        """How well the choice of a service's sites is proven."""
        part = plan.services.get(service)
        if part is None:
            return NOTHING
        return say(
            f"term.status_{'optimal' if part.is_proven_best else 'feasible'}", self.language, gap=part.proven.gap
        )

    def service_name(self, service: str) -> str:
        """A service's name, by the first plan that has it."""
        return service_name(self.owners[service], service, self.language)

    def _say(self, key: str, **values: object) -> str:
        return say(f"comparing.{key}", self.language, **values)
