"""Build or open: the best mix of longer hours, opened rooms, merchants' corners and new stations for a budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import pandas as pd

from planner.analysis.build_or_open.answer import MIX, BuildOrOpen
from planner.analysis.build_or_open.mixing import Mixing
from planner.analysis.build_or_open.ways import ways_to_open
from planner.analysis.money import checked_budget, spent_on
from planner.errors import ArgumentError, UnknownNameError
from planner.plan import Plan

Progress = Callable[[int, int], None]
_STEPS: Final = (0.25, 0.5, 0.75, 1.0)


def build_or_open(
    plan: Plan,
    service: str | None = None,
    *,
    budget_yuan: float | None = None,
    ways: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> BuildOrOpen:
    """The best mix, for a yearly budget, of changing the hours of existing centres and of opening hosts in some way.

    Each centre and candidate of ``service`` (the plan's first, if not said) takes at most one of its options: a way of
    the catalog's ``opening.ways`` with hours as they are or one of ``opening.longer_hours``; what they cost and how far
    they reach is there. Coverage by period follows from the hours. The mix covers the most demand, and is proven; so is
    what each way covers alone for the same money. Candidates that the plan forbids stay out; sites that it requires
    are not required here. ``budget_yuan``: by default what the plan spends on the service. ``ways``: those to choose
    from, all of the catalog's if not said. ``progress(done, of)`` is called after each search.

    Raises ``UnknownNameError`` for a service that the plan lacks or a way that the catalog lacks, ``ArgumentError`` for
    a budget below 0 or no way at all.
    """
    service = next(iter(plan.services)) if service is None else service
    if service not in plan.services:
        raise UnknownNameError("unknown_service", service=service, known=", ".join(plan.services))
    part = plan.services[service]
    money = checked_budget(spent_on(plan, [service]) if budget_yuan is None else budget_yuan)
    mixing = Mixing(plan, part, ways_to_open(part))
    ways = _known_ways(plan, ways)
    total = len(ways) + len(_STEPS)
    solved = []
    tell = progress or (lambda done, of: None)  # noqa: ARG005 - nobody is told
    for way in ways:
        solved.append(mixing.solve(money, [way]))
        tell(len(solved), total)
    budgets = [step * money for step in _STEPS]
    mixes = []
    for budget in budgets:
        mixes.append(mixing.solve(budget, ways))
        tell(len(solved) + len(mixes), total)
    best = mixes[-1]
    alone = [mixing.figures(way, solution) for way, solution in zip([*ways, MIX], [*solved, best], strict=True)]
    return BuildOrOpen(
        frame=mixing.chosen(best),
        plan=plan,
        service=service,
        budget_yuan=money,
        alone=pd.DataFrame(alone),
        by_budget=pd.concat(
            [mixing.spent_by_way(budget, solution, ways) for budget, solution in zip(budgets, mixes, strict=True)],
            ignore_index=True,
        ),
        today=part.today,
        planned=mixing.coverage(best.selected),
    )


def _known_ways(plan: Plan, ways: Sequence[str] | None) -> list[str]:
    known = plan.study.catalog.opening.ways
    for way in ways or ():
        if way not in known:
            raise UnknownNameError("unknown_way", way=way, known=", ".join(known))
    if ways is not None and not ways:
        raise ArgumentError("no_ways", known=", ".join(known))
    return [way for way in known if ways is None or way in ways]
