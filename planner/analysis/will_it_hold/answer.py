"""What is found of how plans hold: each plan in each situation, and which sites are safe to build."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal, get_args

import numpy as np
import pandas as pd

from planner.analysis.answer import Answer
from planner.bridges import bridges_of
from planner.figures import share_text
from planner.plan import Plan
from planner.side_by_side import SideBySide
from planner.siting import RobustSolution
from planner.siting.covering.robust_cover.robust_cover import Goal
from planner.situations import Situation
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Held = Literal["in_hand", "average", "worst", "regret"]
HELD: Final[tuple[Held, ...]] = get_args(Held)
GOALS: Final[tuple[Goal, ...]] = get_args(Goal)
# A site that so large a share of the plans has is safe to build first.
SAFE_SHARE: Final = 0.95


@dataclass(frozen=True)
class WillItHold(Answer):
    """``frame``: a row a situation and plan: ``situation`` (its key), ``days`` of a year, ``plan`` (the one in hand,
    or the best on ``average``, in the ``worst`` situation, or of the least ``regret``), its ``covered_share``, the
    ``best_share`` that any plan was found to cover in this situation, and by how much it is less: ``regret_share``.

    ``sites``: a row a site that any plan opens: ``service``, ``site_id``, ``name``, the ``chosen_share`` of the plans
    for drawn demands that open it with its bounds ``low_share`` and ``high_share`` (95 %), ``alike``, how many other
    candidates cover exactly the same and could take its place, and whether each plan has it. ``draws``: how many plans
    the shares are of.
    """

    words: ClassVar[str] = "ask_will_it_hold"
    sites: pd.DataFrame
    plan: Plan
    together: SideBySide
    situations: tuple[Situation, ...]
    solutions: Mapping[Goal, RobustSolution]
    draws: int
    draws_proven: int
    variation: float

    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """How the plan in hand fares, what the others would gain, which sites are safe, and what is assumed."""
        language = language or reader_language()
        lines = [self._in_hand_told(language)]
        lines += [self._goal_told(goal, language) for goal in self.solutions]
        lines += self._sites_told(language)
        if len(self.together.parts) > 1:
            lines.append(say("ask_will_it_hold.together", language))
        figures = self.plan.study.catalog.situations
        mark = say("ask.list_mark", language)
        names = self.names(language)["situation"]
        days = mark.join(
            say("ask_will_it_hold.days", language, situation=names[each.key], days=each.days)
            for each in self.situations
            if each.days > 0
        )
        lines.append(say("ask_will_it_hold.year", language, days=days))
        for text in dict.fromkeys(
            source.in_language(language)
            for source in (figures.rain_demand_source, figures.rain_speed_source, figures.demand_variation.source)
        ):
            lines.append(text)
        return tuple(lines)

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:
        """What the services, the situations and the plans are called."""
        services = self.plan.study.catalog.services
        return {
            "service": {name: services[name].name.in_language(language) for name in self.together.parts},
            "situation": {each.key: self._situation(each, language) for each in self.situations},
            "plan": {held: say(f"ask_will_it_hold.{held}", language) for held in HELD},
        }

    def behind(self, language: Language) -> Mapping[str, pd.DataFrame]:
        """The sites with how often they are chosen."""
        return {say("ask_will_it_hold.sites", language): self.read(self.sites, language)}

    def figure(self, language: Language | None = None) -> Figure:
        """The plans in each situation; beside them how often each site is chosen."""
        from planner.analysis.will_it_hold.figure import draw_holding

        return draw_holding(self, language or reader_language())

    def _situation(self, situation: Situation, language: Language) -> str:
        study, name = self.plan.study, situation.of
        if situation.kind == "period":
            name = study.catalog.periods[name].name.in_language(language)
        elif situation.kind == "bridge":
            of = next(bridge for bridge in bridges_of(study.streets) if bridge.key == name)
            name = bridge_name(of.key, of.name, language)
        elif situation.kind == "centre":
            name = str(study.centres.set_index("centre_id").loc[name, "name"])
        return say(f"ask_will_it_hold.in_{situation.kind}", language, name=name)

    def _in_hand_told(self, language: Language) -> str:
        own = self.frame[self.frame["plan"] == "in_hand"].set_index("situation")
        covered = own["covered_share"].to_numpy(dtype=float)
        least = int(covered.argmin())
        return say(
            "ask_will_it_hold.fares", language,
            ordinary=share_text(float(covered[own.index == "ordinary"][0])),
            situation=self.names(language)["situation"][own.index[least]],
            least=share_text(float(covered[least])),
            best=share_text(float(own["best_share"].to_numpy(dtype=float)[least])),
        )  # fmt: skip

    def _goal_told(self, goal: Goal, language: Language) -> str:
        """What the plan made for a goal comes to, against the plan in hand, and whether it is proven."""
        solution = self.solutions[goal]
        measured = {}
        for held in (goal, "in_hand"):
            own = self.frame[self.frame["plan"] == held]
            measured[held] = {
                "average": float(np.average(own["covered_share"], weights=own["days"])),
                "worst": float(own["covered_share"].min()),
                "regret": float(own["regret_share"].max()),
            }[goal]
        proof = say("ask_will_it_hold.proven", language)
        if not (solution.status == "optimal" and solution.gap == 0):
            key = "not_proven_regret" if goal == "regret" else "not_proven"
            proof = say(f"ask_will_it_hold.{key}", language, bound=share_text(solution.bound))
        return say(
            f"ask_will_it_hold.told_{goal}", language,
            share=share_text(measured[goal]), in_hand=share_text(measured["in_hand"]), proof=proof,
        )  # fmt: skip

    def _sites_told(self, language: Language) -> list[str]:
        sites, mark = self.sites, say("ask.list_mark", language)
        about = {"draws": self.draws, "variation": f"{self.variation:.0%}", "safe": f"{SAFE_SHARE:.0%}"}
        safe = sites[sites["chosen_share"] >= SAFE_SHARE]["name"]
        key = "safe" if len(safe) else "none_safe"
        lines = [say(f"ask_will_it_hold.{key}", language, sites=mark.join(safe), **about)]
        if self.draws_proven < self.draws:
            lines.append(say("ask_will_it_hold.draws_not_proven", language, count=self.draws - self.draws_proven))
        if (sites["alike"] > 0).any():
            lines.append(say("ask_will_it_hold.alike_told", language))
        return lines


def bridge_name(key: str, name: str, language: Language) -> str:
    """What a bridge is called, one without a name too."""
    return key if name else say("ask_will_it_hold.unnamed_bridge", language, number=key.lstrip("#"))
