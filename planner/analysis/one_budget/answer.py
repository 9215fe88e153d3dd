"""What is found of one budget: what each service comes to, what sharing places saves, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from planner.analysis.answer import Answer
from planner.figures import share_text, yuan_text
from planner.plan import Plan
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class OneBudget(Answer):
    """``frame``: a row a service: ``service``, ``weight`` (what its covered share counts), ``today_share``,
    ``apart_share`` (the same money, each service paying for its place itself), ``covered_share``,
    ``new_sites``, ``shared_sites`` (those in a place with another service), ``cost_yuan`` (a year),
    ``optimality_gap`` (of all together).

    ``plan``: the plan behind it, whose costs are those after sharing. ``places``: a row a place, see
    :meth:`planner.analysis.one_budget.shared_hosts.SharedHosts.places`. ``opening_yuan``: what is shared, a year and
    place.
    """

    words: ClassVar[str] = "ask_one_budget"
    plan: Plan
    places: pd.DataFrame
    budget_yuan: float
    opening_yuan: float

    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """What the money covers, what counts how much, what sharing saves, and what is shared."""
        language = language or reader_language()
        names, rows = self.names(language)["service"], self.frame.to_dict("records")
        comma = say("ask_one_budget.comma", language)
        shares = comma.join(f"{names[row['service']]} {share_text(row['covered_share'])}" for row in rows)
        weights = comma.join(f"{names[row['service']]} {row['weight']:g}" for row in rows)
        gap = float(self.frame["optimality_gap"].max())
        several = self.places[self.places["services"].map(len) > 1]
        more = float((self.frame["weight"] * (self.frame["covered_share"] - self.frame["apart_share"])).sum())
        shared = self.plan.study.catalog.opening.shared
        return (
            say("ask_one_budget.covered", language, budget=yuan_text(self.budget_yuan, language), shares=shares)
            + say("ask_one_budget.proven" if gap == 0 else "ask_one_budget.not_proven", language, gap=max(gap, 1e-3)),
            say("ask_one_budget.weights", language, weights=weights),
            say(
                "ask_one_budget.saved" if len(several) else "ask_one_budget.none_shared",
                language,
                places=len(several),
                of=len(self.places),
                saved=yuan_text(float(self.places["saved_yuan"].sum()), language),
                more=max(0.0, 100 * more),
            ),
            say(
                "ask_one_budget.shared",
                language,
                opening=yuan_text(self.opening_yuan, language),
                source=shared.source.in_language(language),
            ),
        )

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:
        """The services' names; a tuple of services as a list of names."""
        services = self.plan.study.catalog.services
        of = {name: services[name].name.in_language(language) for name in self.plan.services}
        comma = say("ask_one_budget.and", language)
        several = {keys: comma.join(of[key] for key in keys) for keys in self.places["services"]}
        return {"service": of, "services": several}

    def behind(self, language: Language) -> Mapping[str, pd.DataFrame]:
        """The places of the plan."""
        return {say("ask_one_budget.places", language): self.read(self.places.drop(columns="site_id"), language)}

    def figure(self, language: Language | None = None) -> Figure:
        """Three bars a service: today, paid for apart, and sharing."""
        from planner.analysis.one_budget.figure import draw_services

        return draw_services(self, language or reader_language())
