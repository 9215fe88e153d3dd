"""The trade-off between two services under one budget, each point proven."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from planner.analysis.money import checked_budget, spent_on
from planner.analysis.one_budget.front import SAME_SHARE, Front, Progress, nobody, terms
from planner.analysis.one_budget.shared_hosts import shared_hosts
from planner.errors import ArgumentError
from planner.figures import share_text, yuan_text
from planner.plan import Plan
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# What the other objective counts against the first, so that of equal answers the better is taken (AUGMECON).
_AUGMENTED: Final = 1e-3


@dataclass(frozen=True)
class ServicesFront(Front):
    """``frame``: a row a point, from the most of ``first`` to the most of ``second``: ``point`` (from 1),
    ``first_share``, ``second_share`` (the covered shares), ``new_sites``, ``cost_yuan``, ``optimality_gap``.
    """

    first: str
    second: str

    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """From where to where the front goes, and what is proven."""
        language = language or reader_language()
        begin, end = self.frame.iloc[0], self.frame.iloc[-1]
        return (
            say(
                "ask_one_budget.front_services",
                language,
                budget=yuan_text(self.budget_yuan, language),
                first=self._service(self.first, language),
                second=self._service(self.second, language),
                first_most=share_text(begin["first_share"]),
                second_least=share_text(begin["second_share"]),
                first_least=share_text(end["first_share"]),
                second_most=share_text(end["second_share"]),
            ),
            self._proof(language),
            say("ask_one_budget.front_between", language),
        )

    def figure(self, language: Language | None = None) -> Figure:
        """A point a plan, its number beside it."""
        from planner.analysis.one_budget.front_figure import draw_points

        language = language or reader_language()
        labels = [
            say("ask_one_budget.axis_share", language, service=self._service(name, language))
            for name in (self.first, self.second)
        ]
        return draw_points(self.frame, ("first_share", "second_share"), labels)

    def _point(self, point: pd.Series[float], language: Language) -> str:
        first, second = self._service(self.first, language), self._service(self.second, language)
        return say(
            "ask_one_budget.point_services",
            language,
            point=int(point["point"]),
            first=f"{first} {share_text(point['first_share'])}",
            second=f"{second} {share_text(point['second_share'])}",
        )

    def _heading(self, column: str, language: Language) -> str:
        if column in ("first_share", "second_share"):
            name = self.first if column == "first_share" else self.second
            return say("ask_one_budget.axis_share", language, service=self._service(name, language))
        return super()._heading(column, language)


def services_front(
    plan: Plan,
    first: str,
    second: str,
    *,
    budget_yuan: float | None = None,
    points: int = 7,
    opening_yuan: float | None = None,
    progress: Progress | None = None,
) -> ServicesFront:
    """What more of one service costs the other, for the same money: points of their Pareto front, each proven.

    The epsilon-constraint method (Haimes, Lasdon & Wismer 1971) on ``points`` floors for ``second``, evenly from what
    the best plan for ``first`` covers to the most that can be covered, augmented so that no point is only weakly
    efficient, and floors that a point meets already are passed over (AUGMECON, Mavrotas 2009). Each point is exact and
    efficient; between two of them there may be more.

    Both services share ``budget_yuan`` (by default what the plan spends on the two) and the opening of a place as in
    :func:`planner.analysis.one_budget`. ``progress(done, of)`` is called after each search.

    Raises ``UnknownNameError`` for a service that the plan lacks, ``ArgumentError`` for the same one twice, fewer than
    two points, or a budget below 0.
    """
    together = shared_hosts(plan, [first, second], opening_yuan=opening_yuan)
    if first == second:
        raise ArgumentError("services_alike", service=first)
    if isinstance(points, bool) or points != int(points) or points < 2:
        raise ArgumentError("bad_limit", name="points", value=points)
    money = checked_budget(spent_on(plan, [first, second]) if budget_yuan is None else budget_yuan)
    tell = progress or nobody
    for_first, for_second = {first: 1.0, second: _AUGMENTED}, {first: _AUGMENTED, second: 1.0}
    begin = together.solve(money, for_first)
    tell(1, points)
    end = together.solve(money, for_second)
    tell(2, points)
    found = [begin]
    low, high = (together.covered_share(one.selected, second) for one in (begin, end))
    for done, floor in enumerate(np.linspace(low, high, points)[1:-1], start=3):
        if together.covered_share(found[-1].selected, second) < floor - SAME_SHARE:
            answer = together.solve(money, for_first, least_shares={second: float(floor)})
            if answer.requirements == "met":
                found.append(answer)
        tell(done, points)
    if together.covered_share(found[-1].selected, second) < high - SAME_SHARE:
        found.append(end)
    rows = [
        {
            "point": number,
            "first_share": together.covered_share(one.selected, first),
            "second_share": together.covered_share(one.selected, second),
            **terms(together, one),
        }
        for number, one in enumerate(found, start=1)
    ]
    weights = {first: 1.0, second: 1.0}
    return ServicesFront(pd.DataFrame(rows), together, tuple(found), money, weights, first, second)
