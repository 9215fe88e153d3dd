"""How much is enough: coverage against the number of new sites or against money, each point proven."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from planner.analysis.answer import Answer
from planner.analysis.knee import knee_of
from planner.choosing import By
from planner.curves import STEP_YUAN, coverage_curve, limit_of
from planner.errors import ArgumentError, UnknownNameError
from planner.figures import share_text, yuan_text
from planner.plan import Plan, ServicePlan
from planner.siting.covering.covers import covered_by, greedily_within, limits_of
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# The key, among the services, of all of them together.
TOGETHER: Final = "together"
POINTS: Final = 30

Progress = Callable[[int, int], None]

# A curve reaches as far as a greedy plan that covers this share of all that can be covered.
_REACH: Final = 0.95
_STEPS_BEYOND_THE_PLAN: Final = 2
_YUAN: Final = 1_000.0
_LEAST_POINTS: Final = 5  # both ends, the plan, the step after it and one more
_COLUMNS: Final = (
    "service", "limit", "covered_share", "new_sites", "cost_yuan", "optimality_gap", "is_plan", "is_knee",
)  # fmt: skip


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
        return (*sentences, say("ask_enough.knee_is", language, share=f"{_REACH:.0%}"))

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:
        """The services' names."""
        services = self.plan.study.catalog.services
        names: dict[object, str] = {name: services[name].name.in_language(language) for name in self.plan.services}
        return {"service": names | {TOGETHER: say("ask_enough.together", language)}}

    def figure(self, language: Language | None = None) -> Figure:
        """A line a curve, with its knee and the plan's place; where money is shared, thin lines for the services."""
        from planner.analysis.enough_figure import draw_curves

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
        return _weighted(shares, self.weights) if service == TOGETHER else shares[service]

    def plan_limit(self, service: str) -> float:
        """Where on the curve the plan stands."""
        return limit_of(self.plan, None if service == TOGETHER else service, self.by)


def how_much_is_enough(
    plan: Plan,
    service: str | None = None,
    *,
    by: By,
    together: bool = False,
    weights: Mapping[str, float] | None = None,
    limits: Sequence[float] | None = None,
    points: int = POINTS,
    progress: Progress | None = None,
) -> Enough:
    """Coverage against new sites (``by="site_limit"``) or yearly money (``"budget_yuan"``), planned anew at each point.

    ``service`` names one service; ``None`` is each of the plan's on its own. ``together``: all of them share one
    budget, also where the plan has none, and their covered shares count by ``weights`` (by default the scenario's, 1
    where it says nothing). ``limits``: the points; by default some ``points`` of them, evenly from none to where a
    greedy plan covers 95 % of all that can be covered. The plan's own place and the step after it are always among
    them. ``progress(done, of)`` is called after each point.

    Raises ``ArgumentError`` for services together by number, fewer than five points or a weight that is not above 0,
    ``UnknownNameError`` for a service that the plan has not.
    """
    _check(plan, service, by, together, weights, points)
    counted = {name: part.weight for name, part in plan.scenario.services.items()} | dict(weights or {})
    posed = _with_weights(plan, counted)
    curves: list[str] = [TOGETHER] if together else [service] if service is not None else list(plan.services)
    asked = {name: _limits(plan, name, by, limits, points) for name in curves}
    by_money = {name: _step(plan, name) for name in curves if by != "budget_yuan"}
    telling = _in_all(progress, sum(map(len, asked.values())) + sum(map(len, by_money.values())))
    frames, money = [], []
    for name in curves:
        of = None if name == TOGETHER else name
        frame = coverage_curve(posed, of, by=by, limits=asked[name], progress=telling())
        dear = frame
        if name in by_money:
            dear = coverage_curve(posed, of, by="budget_yuan", limits=by_money[name], progress=telling())
        if name == TOGETHER:
            frame = dear = _with_the_whole(frame, counted)
        frames.append(_marked(frame, name, _here(plan, name, by)))
        money.append({"service": name, **_next_money(dear[dear["service"] == name], _step(plan, name))})
    return Enough(
        frame=pd.concat(frames, ignore_index=True)[list(_COLUMNS)],
        plan=plan,
        by=by,
        money=pd.DataFrame(money),
        weights=counted if together else {},
    )


def _check(
    plan: Plan, service: str | None, by: By, together: bool, weights: Mapping[str, float] | None, points: int
) -> None:
    for name in [*([] if service is None else [service]), *(weights or {})]:
        if name not in plan.services:
            raise UnknownNameError("unknown_service", service=name, known=", ".join(plan.services))
    if together and (service is not None or by != "budget_yuan"):
        raise ArgumentError("curve_of_all_by_number")
    for name, weight in (weights or {}).items():
        if not (math.isfinite(weight) and weight > 0):
            raise ArgumentError("bad_weight", service=name, value=weight)
    if points < _LEAST_POINTS:
        raise ArgumentError("too_few_points", points=points)


def _with_weights(plan: Plan, weights: Mapping[str, float]) -> Plan:
    """The plan as if its services counted by these weights; with others its choice is not the best of a budget."""
    services = {n: part.model_copy(update={"weight": weights[n]}) for n, part in plan.scenario.services.items()}
    if all(services[name].weight == part.weight for name, part in plan.scenario.services.items()):
        return plan
    scenario = plan.scenario.model_copy(update={"services": services, "budget_yuan": None})
    return Plan(plan.study, scenario, plan.services)


def _limits(plan: Plan, service: str, by: By, limits: Sequence[float] | None, points: int) -> list[float]:
    """The limits of a curve, the plan's own and the next one among them, in ascending order."""
    here = _here(plan, service, by)
    beyond = here + (1.0 if by == "site_limit" else STEP_YUAN)
    if limits is not None:
        return sorted({*map(float, limits), here, beyond})
    parts = list(plan.services.values()) if service == TOGETHER else [plan.services[service]]
    reach = max(sum(_reach(part, by) for part in parts), beyond + _STEPS_BEYOND_THE_PLAN)
    if by == "site_limit":
        last = math.ceil(reach)
        even = {float(round(count)) for count in np.linspace(0, last, min(points - 2, last + 1))}
    else:
        apart = math.ceil(reach / (points - 3) / _YUAN) * _YUAN
        even = {at * apart for at in range(points - 2)}
    return sorted({*even, here, beyond})


def _here(plan: Plan, service: str, by: By) -> float:
    return limit_of(plan, None if service == TOGETHER else service, by)


def _step(plan: Plan, service: str) -> list[float]:
    """The plan's money, and 10,000 yuan more."""
    here = _here(plan, service, "budget_yuan")
    return [here, here + STEP_YUAN]


def _reach(part: ServicePlan, by: By) -> float:
    """How many sites, or how much money, a greedy plan takes to cover 95 % of all that can be covered."""
    weight = np.where(part.today.covered, 0.0, part.demand.weight).ravel()
    cost = part.sites.frame["cost_yuan"].to_numpy()
    order = greedily_within(part.covers, weight, limits_of(cost, len(cost), None))
    covered = [float(weight[covered_by(part.covers, order[: n + 1])].sum()) for n in range(len(order))]
    enough = int(np.searchsorted(covered, _REACH * covered[-1])) + 1 if covered else 0
    return float(enough if by == "site_limit" else cost[order[:enough]].sum())


def _with_the_whole(frame: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """A curve of services that share money, with rows for all of them together."""
    rows = [
        {
            "limit": limit,
            "service": TOGETHER,
            "covered_share": _weighted(dict(zip(some["service"], some["covered_share"], strict=True)), weights),
            "new_sites": some["new_sites"].sum(),
            "cost_yuan": some["cost_yuan"].sum(),
            "optimality_gap": some["optimality_gap"].max(),
        }
        for limit, some in frame.groupby("limit")
    ]
    return pd.concat([pd.DataFrame(rows, columns=frame.columns), frame], ignore_index=True)


def _weighted(shares: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return sum(weights[name] * share for name, share in shares.items()) / sum(weights[name] for name in shares)


def _marked(frame: pd.DataFrame, service: str, here: float) -> pd.DataFrame:
    """A curve, service by service, with the plan's place and the knee of ``service``."""
    order = [TOGETHER, *frame["service"].unique()]
    frame = frame.sort_values("service", key=lambda names: names.map(order.index), kind="stable", ignore_index=True)
    mine = frame.index[frame["service"] == service]
    at = knee_of(frame.loc[mine, "limit"].to_list(), frame.loc[mine, "covered_share"].to_list())
    is_knee = pd.Series(False, frame.index)
    if at is not None:
        is_knee.loc[mine[at]] = True
    return frame.assign(is_plan=frame["limit"] == here, is_knee=is_knee)


def _next_money(points: pd.DataFrame, step: Sequence[float]) -> dict[str, float]:
    shares = points.set_index("limit")["covered_share"]
    return {
        "spent_yuan": step[0],
        "most_share": float(shares[step[0]]),
        "next_share": float(shares[step[1]]),
        "optimality_gap": float(points[points["limit"].isin(step)]["optimality_gap"].max()),
    }


def _in_all(progress: Progress | None, of: int) -> Callable[[], Progress]:
    """One count of all points, for several curves in turn."""
    before = 0

    def next_curve() -> Progress:
        nonlocal before
        begun = before

        def tell(done: int, mine: int) -> None:
            nonlocal before
            before = begun + mine
            if progress is not None:
                progress(begun + done, of)

        return tell

    return next_curve


def _slope(left: pd.Series, right: pd.Series, per: float) -> float:
    """By how much coverage rises for so much more of the limit."""
    apart = right["limit"] - left["limit"]
    return float(per * (right["covered_share"] - left["covered_share"]) / apart) if apart > 0 else 0.0


def _points(share: float) -> str:
    """A difference of shares in percentage points."""
    return f"{100 * share:.2f}"
