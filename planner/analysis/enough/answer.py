"""What is found of how much is enough: the curves with their knees, and how they are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import pandas as pd

from planner.analysis.answer import Answer
from planner.choosing import By
from planner.curves import STEP_YUAN, limit_of
from planner.figures import share_text, yuan_text
from planner.plan import Plan
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# The key, among the services, of all of them together.
TOGETHER: Final = "together"
# A curve reaches as far as a greedy plan that covers this share of all that can be covered.
REACH: Final = 0.95


@dataclass(frozen=True)
class Enough(Answer):
    """``frame``: a row a curve and limit, with ``service``, ``limit``, ``covered_share``, ``new_sites``, ``cost_yuan``,
    ``optimality_gap`` (0 where proven best), ``is_plan`` (the plan's own limit) and ``is_knee``.

    Where all services share the money, ``service`` is also ``"together"``: their covered shares, weighted. ``money``: a
    row a curve, ``spent_yuan`` (what the plan may spend, or does), ``most_share`` (the most that so much money covers),
    ``next_share`` (with another 10,000 yuan) and ``optimality_gap``. ``weights``: what each service counts in it.
    """

    words: ClassVar[str] = "ask_enough"
    plan: Plan
    by: By
    money: pd.DataFrame
    weights: Mapping[str, float]

    @property
    def curves(self) -> Mapping[str, pd.DataFrame]:
        """The curves that the answer is about: that of all together, else one a service."""
        parts = {str(name): points for name, points in self.frame.groupby("service", sort=False)}
        return {TOGETHER: parts[TOGETHER]} if TOGETHER in parts else parts

    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """The knee, the plan's place and the next 10,000 yuan of each curve; then what is proven and assumed."""
        sentences = []
        for service in self.curves:
            sentences += self._told_of(service, language)
        gaps = pd.concat([points["optimality_gap"] for points in self.curves.values()])
        proof = "ask_enough.proven" if gaps.max() == 0 else "ask_enough.not_all_proven"
        counts = {"points": len(gaps), "exact": int((gaps == 0).sum())}
        sentences.append(say(proof, language, **counts, gap=share_text(float(gaps.max()))))
        if self.weights:
            names = self.names(language or reader_language())["service"]
            said = say("ask_enough.comma", language).join(f"{names[n]} {w:g}" for n, w in self.weights.items())
            sentences.append(say("ask_enough.weights", language, weights=said))
        return (*sentences, say("ask_enough.knee_is", language, share=f"{REACH:.0%}"))

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:
        """The services' names."""
        services = self.plan.study.catalog.services
        names: dict[object, str] = {name: services[name].name.in_language(language) for name in self.plan.services}
        return {"service": names | {TOGETHER: say("ask_enough.together", language)}}

    def figure(self, language: Language | None = None) -> Figure:
        """A line a curve, with its knee and the plan's place; where money is shared, thin lines for the services."""
        from planner.analysis.enough.figure import draw_curves

        return draw_curves(self, language or reader_language())

    def limit_text(self, limit: float, language: Language | None) -> str:
        """A limit in words: so many sites, or so much money."""
        if self.by == "budget_yuan":
            return yuan_text(limit, language or reader_language())
        return say("ask_enough.one" if limit == 1 else "ask_enough.count", language, count=int(limit))

    def _told_of(self, service: str, language: Language | None) -> list[str]:
        points = self.curves[service].reset_index(drop=True)
        name = self.names(language or reader_language())["service"][service]
        first, last = points.iloc[0], points.iloc[-1]
        about = {"service": name, "from": share_text(first["covered_share"]), "to": share_text(last["covered_share"])}
        about |= {"last": self.limit_text(last["limit"], language)}
        knees = points[points["is_knee"]]
        if knees.empty:
            told = [say("ask_enough.no_knee", language, **about)]
        else:
            knee = knees.iloc[0]
            per = 1.0 if self.by == "site_limit" else STEP_YUAN
            rise, later = _slope(first, knee, per), _slope(knee, last, per)
            about |= {"knee": self.limit_text(knee["limit"], language), "share": share_text(knee["covered_share"])}
            about |= {"unit": self.limit_text(per, language), "before": _points(rise), "after": _points(later)}
            told = [say("ask_enough.knee", language, **about)]
            here = self.plan_limit(service)
            place = "at" if here == knee["limit"] else "before" if here < knee["limit"] else "beyond"
            told.append(say(f"ask_enough.place_{place}", language, **about, here=self.limit_text(here, language)))
        money = self.money[self.money["service"] == service].iloc[0]
        mine = self.plan_share(service)
        about |= {"now": share_text(mine), "money": yuan_text(money["spent_yuan"], language or reader_language())}
        about |= {"most": share_text(money["most_share"]), "next": share_text(money["next_share"])}
        about |= {"more": _points(money["next_share"] - money["most_share"])}
        told.append(say("ask_enough.next_money", language, **about))
        return told

    def plan_share(self, service: str) -> float:
        """What the plan covers: of one service, or of all together by their weights."""
        shares = {name: part.planned.covered_share for name, part in self.plan.services.items()}
        return weighted(shares, self.weights) if service == TOGETHER else shares[service]

    def plan_limit(self, service: str) -> float:
        """Where on the curve the plan stands."""
        return limit_of(self.plan, None if service == TOGETHER else service, self.by)


def weighted(shares: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The mean of the services' shares by their weights."""
    return sum(weights[name] * share for name, share in shares.items()) / sum(weights[name] for name in shares)


def _slope(left: pd.Series, right: pd.Series, per: float) -> float:
    """By how much coverage rises for so much more of the limit."""
    apart = right["limit"] - left["limit"]
    return float(per * (right["covered_share"] - left["covered_share"]) / apart) if apart > 0 else 0.0


def _points(share: float) -> str:
    """A difference of shares in percentage points."""
    return f"{100 * share:.2f}"
