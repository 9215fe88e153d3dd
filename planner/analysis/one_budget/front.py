"""A Pareto front: what the fronts of one budget have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Final

import pandas as pd

from planner.analysis.answer import Answer
from planner.analysis.one_budget.shared_hosts import SharedHosts
from planner.plan import Plan
from planner.siting import HostedSolution
from planner.words import Language, say

Progress = Callable[[int, int], None]
SAME_SHARE: Final = 1e-9


@dataclass(frozen=True)
class Front(Answer):
    """A Pareto front: of each point no plan for the same money is better in one respect and as good in the other.

    ``solutions``: what is open, a point; ``together``: the problem that they solve.
    """

    words: ClassVar[str] = "ask_one_budget"
    together: SharedHosts
    solutions: tuple[HostedSolution, ...]
    budget_yuan: float
    weights: Mapping[str, float]

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """The plan behind each point, in the order of the frame."""
        return tuple(self.together.plan(solution, self.budget_yuan, self.weights) for solution in self.solutions)

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:
        """The services' names; a tuple of services as a list of names."""
        of = {name: self._service(name, language) for name in self.together.parts}
        between = say("ask_one_budget.and", language)
        keys = [*((name,) for name in of), tuple(of)]
        return {"services": {key: between.join(of[name] for name in key) for key in keys}}

    def behind(self, language: Language) -> Mapping[str, pd.DataFrame]:
        """The places of the plan behind each point."""
        return {
            self._point(point, language): self.read(
                self.together.places(solution.selected).drop(columns="site_id"), language
            )
            for (_, point), solution in zip(self.frame.iterrows(), self.solutions, strict=True)
        }

    def _point(self, point: pd.Series[float], language: Language) -> str:
        raise NotImplementedError

    def _service(self, name: str, language: Language) -> str:
        part = self.together.parts[name]
        return part.study.catalog.services[name].name.in_language(language)

    def _proof(self, language: Language) -> str:
        gap = float(self.frame["optimality_gap"].max())
        key = "front_proven" if gap == 0 else "front_not_proven"
        return say(f"ask_one_budget.{key}", language, points=len(self.frame), gap=max(gap, 1e-3))


def terms(together: SharedHosts, solution: HostedSolution) -> dict[str, float]:
    """What every front tells of a point: its new sites, their cost, and how well it is proven."""
    places = together.places(solution.selected)
    return {
        "new_sites": int(places["services"].map(len).sum()),
        "cost_yuan": float(places["cost_yuan"].sum()),
        "optimality_gap": solution.gap,
    }


def nobody(done: int, of: int) -> None:
    """Told nothing."""
