"""What first: which sites to open in which year, where what is built stays, and what it costs to look no further ahead
than the year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import get_args

import numpy as np
import pandas as pd

from planner.analysis.together import alone_or_together
from planner.analysis.what_first.answer import WhatFirst
from planner.analysis.what_first.years import ORDERS, Money, Order, YearsOf, spread_over, years_of
from planner.choosing import By
from planner.coverage import measure_coverage
from planner.curves import kind_of_limit, limit_of
from planner.errors import ArgumentError
from planner.plan import Plan
from planner.siting.arguments import amounts, one_of, positive_count


def what_first(
    plan: Plan,
    service: str | None = None,
    *,
    by: By | None = None,
    limits: Sequence[float] | None = None,
    years: int = 3,
    money: Money = "running",
    year_weights: Sequence[float] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> WhatFirst:
    """The sites to open in each year so that the demand covered, summed over the years, is the most.

    ``service``: one, or ``None`` for all of the plan: each by itself, or together where they share one budget. ``by``:
    what ``limits`` count, a number of new sites or yuan, a limit a year; by default that of the plan, spread over
    ``years``. With ``money`` ``"running"`` a year's budget pays the yearly cost of all that the plan has opened until
    then, so it grows over the years; with ``"new"`` it pays that of the sites that open in the year, and what goes on
    is paid from elsewhere. ``year_weights``: what a year counts, 1 if not given. Required sites open in the first year.
    ``progress(done, of)`` is called after each order of each service.

    Besides the best order there are two that many offices follow: year by year, each year's best addition; and the best
    sites of the last year first, which then open in their best order.

    Raises ``ArgumentError`` for another ``by`` or ``money``; for limits that say nothing of one service, or are not a
    number a year; where required sites go beyond the first year's limit; and as :func:`planner.siting.phased_cover`.
    """
    one_of("money", money, get_args(Money))
    if by is not None:
        one_of("by", by, get_args(By))
    problems = alone_or_together(plan, service)
    if plan.scenario.budget_yuan is not None and by == "site_limit":
        raise ArgumentError("asked_of_shared_budget")
    if limits is not None and len(problems) > 1:
        raise ArgumentError("limits_of_each_service")
    count = positive_count("years", years if limits is None else len(limits))
    weights = amounts("year_weights", np.ones(count) if year_weights is None else year_weights, count)
    if not weights.sum() > 0:
        raise ArgumentError("no_year_counts")
    found: list[YearsOf] = []
    for problem in problems:
        own = next(iter(problem.parts)) if len(problem.parts) == 1 else None
        said = by or (kind_of_limit(plan, own) if own is not None else "budget_yuan")
        each = (
            spread_over(limit_of(plan, own, said), count, said, money)
            if limits is None
            else amounts("limits", limits, count)
        )
        before = len(ORDERS) * len(found)

        def tell(done: int, before: int = before) -> None:
            if progress is not None:
                progress(before + done, len(ORDERS) * len(problems))

        found.append(years_of(problem, plan.scenario, by=said, limits=each, money=money, weights=weights, tell=tell))
    return WhatFirst(_frame(found), _sites(found), plan, money, weights, tuple(found))


def _frame(found: Sequence[YearsOf]) -> pd.DataFrame:
    rows = []
    for years in found:
        for name in years.together.parts:
            for year, limit in enumerate(years.limits, start=1):
                shares = {order: _share(years, order, name, year) for order in ORDERS}
                phase = years.phase["best"][years.together.sites_of(name)]
                cost = years.together.parts[name].sites.frame["cost_yuan"].to_numpy()
                rows.append(
                    {
                        "service": name,
                        "year": year,
                        "limit": int(limit) if float(limit).is_integer() else float(limit),
                        "opened": int((phase == year).sum()),
                        "running_cost_yuan": float(cost[(phase >= 1) & (phase <= year)].sum()),
                        "covered_share": shares["best"],
                        "year_by_year_share": shares["year_by_year"],
                        "end_first_share": shares["end_first"],
                        "optimality_gap": years.solution.gap,
                    }
                )
    return pd.DataFrame(rows)


def _share(years: YearsOf, order: Order, service: str, year: int) -> float:
    part, phase = years.together.parts[service], years.phase[order][years.together.sites_of(service)]
    is_open = np.flatnonzero((phase >= 0) & (phase <= year))
    return measure_coverage(part.covers, part.demand.weight, is_open).covered_share


def _sites(found: Sequence[YearsOf]) -> pd.DataFrame:
    columns = ["service", "site_id", "name", "cost_yuan", *(f"year_{order}" for order in ORDERS)]
    frames = []
    for years in found:
        for name, part in years.together.parts.items():
            phase = {order: years.phase[order][years.together.sites_of(name)] for order in ORDERS}
            used = np.flatnonzero(np.max(list(phase.values()), axis=0) >= 1)
            own = part.sites.frame.iloc[used][["site_id", "name", "cost_yuan"]].reset_index(drop=True)
            own.insert(0, "service", name)
            for order in ORDERS:
                opens = pd.Series(phase[order][used], dtype="Int64")
                own[f"year_{order}"] = opens.mask(opens < 1)
            frames.append(own.sort_values(["year_best", "cost_yuan"], kind="stable"))
    sites: pd.DataFrame = pd.concat(frames, ignore_index=True)[columns]
    return sites
