"""How much is enough: coverage against the number of new sites or against money, each point proven."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from planner.analysis.enough.answer import REACH, TOGETHER, Enough, weighted
from planner.analysis.enough.knee import knee_of
from planner.choosing import By
from planner.curves import STEP_YUAN, coverage_curve, limit_of
from planner.errors import ArgumentError, UnknownNameError
from planner.plan import Plan, ServicePlan
from planner.siting.covering.covers import covered_by, greedily_within, limits_of

POINTS: Final = 30
Progress = Callable[[int, int], None]
_STEPS_BEYOND_THE_PLAN: Final = 2
_YUAN: Final = 1_000.0
_LEAST_POINTS: Final = 5  # both ends, the plan, the step after it and one more
_COLUMNS: Final = (
    "service", "limit", "covered_share", "new_sites", "cost_yuan", "optimality_gap", "is_plan", "is_knee",
)  # fmt: skip


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
    enough = int(np.searchsorted(covered, REACH * covered[-1])) + 1 if covered else 0
    return float(enough if by == "site_limit" else cost[order[:enough]].sum())


def _with_the_whole(frame: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """A curve of services that share money, with rows for all of them together."""
    rows = [
        {
            "limit": limit,
            "service": TOGETHER,
            "covered_share": weighted(dict(zip(some["service"], some["covered_share"], strict=True)), weights),
            "new_sites": some["new_sites"].sum(),
            "cost_yuan": some["cost_yuan"].sum(),
            "optimality_gap": some["optimality_gap"].max(),
        }
        for limit, some in frame.groupby("limit")
    ]
    return pd.concat([pd.DataFrame(rows, columns=frame.columns), frame], ignore_index=True)


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
