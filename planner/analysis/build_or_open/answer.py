"""What is found of building or opening: the best mix, what each way alone would do, and how it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import pandas as pd

from planner.analysis.answer import Answer
from planner.coverage import Coverage
from planner.figures import share_text, yuan_text
from planner.plan import Plan
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MIX: Final = "mix"


@dataclass(frozen=True)
class BuildOrOpen(Answer):
    """``frame``: a row a place of the best mix, the most useful first: ``name``, ``way``, ``longer`` (a key of the
    catalog's longer hours, empty for none), ``open_hours``, ``added_hours_per_day``, ``cost_yuan`` (a year),
    ``gain_per_day`` (what would be lost without it), ``gain_share`` (of all demand); ``site_id`` is its index.

    ``alone``: a row a way and one for ``"mix"``: ``way``, ``covered_share`` (the whole budget for this way only),
    ``cost_yuan``, ``places``, ``optimality_gap``. ``by_budget``: a row a budget and way: ``budget_yuan``, ``way``,
    ``cost_yuan`` (what the best mix spends on it), ``covered_share`` (of the mix), ``optimality_gap``. ``today`` and
    ``planned``: the coverage as it is and with the mix.
    """

    words: ClassVar[str] = "ask_build_or_open"
    plan: Plan
    service: str
    budget_yuan: float
    alone: pd.DataFrame
    by_budget: pd.DataFrame
    today: Coverage
    planned: Coverage

    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """What the mix covers and is made of, what each way alone would, how long places stay open, when it helps."""
        language = language or reader_language()
        gap = float(self.alone["optimality_gap"].iloc[-1])  # the mix stands last
        return (
            say(
                "ask_build_or_open.mix",
                language,
                budget=yuan_text(self.budget_yuan, language),
                service=self.plan.study.catalog.services[self.service].name.in_language(language),
                today=share_text(self.today.covered_share),
                planned=share_text(self.planned.covered_share),
                parts=self._counted("way", self.frame, language),
            )
            + say(
                "ask_build_or_open.proven" if gap == 0 else "ask_build_or_open.not_proven", language, gap=max(gap, 1e-3)
            ),
            self._told_alone(language),
            self._told_hours(language),
            self._told_periods(language),
            say("ask_build_or_open.assumed", language),
        )

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:
        """The names of ways and of longer hours."""
        opening = self.plan.study.catalog.opening
        ways: dict[object, str] = {key: way.name.in_language(language) for key, way in opening.ways.items()}
        longer: dict[object, str] = {
            key: hours.name.in_language(language) for key, hours in opening.longer_hours.items()
        }
        return {
            "way": ways | {MIX: say("ask_build_or_open.the_mix", language)},
            "longer": longer | {"": say("ask_build_or_open.as_it_is", language)},
        }

    def behind(self, language: Language) -> Mapping[str, pd.DataFrame]:
        """Each way alone, and the mix at smaller budgets."""
        return {
            say("ask_build_or_open.behind_alone", language): self.read(self.alone, language),
            say("ask_build_or_open.behind_budgets", language): self.read(self.by_budget, language),
        }

    def figure(self, language: Language | None = None) -> Figure:
        """Left: what the budget covers by each way alone and by the mix. Right: what the mix is made of, by budget."""
        from planner.analysis.build_or_open.figure import draw_mix

        return draw_mix(self, language or reader_language())

    def _counted(self, column: str, frame: pd.DataFrame, language: Language) -> str:
        names, counts = self.names(language)[column], Counter(frame[column])
        comma = say("ask_build_or_open.comma", language)
        parts = [
            say("ask_build_or_open.counted", language, name=names[key], count=counts[key])
            for key in names
            if counts[key]
        ]
        return comma.join(parts) or say("ask_build_or_open.nothing", language)

    def _told_alone(self, language: Language) -> str:
        names, comma = self.names(language)["way"], say("ask_build_or_open.comma", language)
        alone = self.alone[self.alone["way"] != MIX]
        shares = [
            f"{names[way]} {share_text(share)}" for way, share in zip(alone["way"], alone["covered_share"], strict=True)
        ]
        told = say("ask_build_or_open.alone", language, ways=comma.join(shares))
        gap = float(alone["optimality_gap"].max())
        return told if gap == 0 else told + say("ask_build_or_open.alone_not_proven", language, gap=max(gap, 1e-3))

    def _told_hours(self, language: Language) -> str:
        longer = self.frame[self.frame["longer"] != ""]
        if longer.empty:
            return say("ask_build_or_open.no_longer_hours", language)
        return say(
            "ask_build_or_open.longer_hours",
            language,
            count=len(longer),
            of=len(self.frame),
            hours=self._counted("longer", longer, language),
            cost=yuan_text(float(longer["cost_yuan"].sum()), language),
        )

    def _told_periods(self, language: Language) -> str:
        before, after = self.today.share_by_period(), self.planned.share_by_period()
        periods = self.plan.study.catalog.periods.values()
        comma = say("ask_build_or_open.comma", language)
        return say(
            "ask_build_or_open.by_period",
            language,
            periods=comma.join(
                f"{period.name.in_language(language)} {share_text(one)} → {share_text(other)}"
                for period, one, other in zip(periods, before, after, strict=True)
            ),
        )
