"""Will it hold: plans in rush hours, on a peak day, in rain, with a bridge closed or a centre shut; and the sites that
are chosen whatever the demand turns out to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.analysis.together import alone_or_together
from planner.analysis.will_it_hold.answer import GOALS, HELD, Held, WillItHold
from planner.analysis.will_it_hold.drawn import drawn_demand, wilson_interval
from planner.bridges import bridges_of
from planner.coverage import times_covered
from planner.errors import ArgumentError
from planner.plan import Plan
from planner.side_by_side import SideBySide, covers_beside
from planner.siting import RepeatedSolution, RobustSolution, repeated_cover, robust_cover
from planner.siting.arguments import limit, positive_count
from planner.siting.covering.robust_cover.robust_cover import Goal
from planner.situations import Situation, seen_in, situations_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def will_it_hold(
    plan: Plan,
    service: str | None = None,
    *,
    bridges: Sequence[str] | None = None,
    centres: Sequence[str] | None = None,
    draws: int = 100,
    variation: float | None = None,
    seed: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> WillItHold:
    """How the plan of ``service``, and plans made to hold, fare in each situation of
    :func:`planner.situations.situations_of`; and how often each site is chosen for drawn demands.

    ``service`` may be left out where the plan has one, or where all share one budget and are looked at together.
    ``bridges`` (keys of :func:`planner.bridges.bridges_of`) and ``centres`` (ids) are closed one at a time; ``None`` is
    the one whose closing the plan in hand feels most. The average is over the days of a year. All plans keep the limits
    and the choices of the plan. ``draws`` demands are drawn as
    :func:`planner.analysis.will_it_hold.drawn.drawn_demand` says, with ``variation`` in place of the catalog's;
    ``seed`` in place of the scenario's. ``progress(done, of)`` is called after each goal, each counted as ten draws,
    and after each draw.

    Raises ``UnknownNameError`` for a bridge or centre that does not exist, ``ArgumentError`` where it does not say
    which service is meant, or where an argument is out of its range.
    """
    problems = alone_or_together(plan, service)
    if len(problems) > 1:
        raise ArgumentError("name_one_service")
    (together,) = problems
    count = positive_count("draws", draws)
    spread = limit(
        "variation", plan.study.catalog.situations.demand_variation.value if variation is None else variation
    )
    assert spread is not None
    situations = _situations(plan, together, bridges, centres)
    covers, weights = _world(plan, together, situations)
    steps = 10 * len(GOALS) + count

    def tell(done: int) -> None:
        if progress is not None:
            progress(done, steps)

    about = _limits(plan, together)
    solutions: dict[Goal, RobustSolution] = {}
    for done, goal in enumerate(GOALS, start=1):
        solutions[goal] = robust_cover(
            covers, weights, goal=goal, likelihood=[each.days for each in situations], **about
        )
        tell(10 * done)
    number = plan.scenario.seed if seed is None else seed
    drawn = repeated_cover(
        together.covers,
        together.worth_of([
            drawn_demand(part, count, variation=spread, seed=number + at)
            for at, part in enumerate(together.parts.values())
        ]),
        **{**about, "time_limit_s": plan.scenario.time_limit_s * 2},
        progress=lambda done, _: tell(10 * len(GOALS) + done),
    )  # fmt: skip
    chosen: dict[Held, Ints] = {"in_hand": _in_hand(plan, together)}
    chosen.update({goal: solution.selected for goal, solution in solutions.items()})
    proven = int((drawn.bound - drawn.objective <= 1e-9 * np.maximum(drawn.bound, 1e-300)).sum())
    return WillItHold(
        frame=_frame(situations, covers, weights, chosen, solutions),
        sites=_sites(together, drawn, chosen),
        plan=plan,
        together=together,
        situations=situations,
        solutions=solutions,
        draws=len(drawn.chosen),
        draws_proven=proven,
        variation=spread,
    )


def _situations(
    plan: Plan, together: SideBySide, bridges: Sequence[str] | None, centres: Sequence[str] | None
) -> tuple[Situation, ...]:
    """Those asked for; where none are named, the bridge and the centre that the plan in hand would miss most."""
    stand = pd.concat([part.sites.frame["site_id"].iloc[part.sites.existing] for part in together.parts.values()])
    if bridges is None:
        every = [Situation("bridge", bridge.key) for bridge in bridges_of(plan.study.streets)]
        bridges = _most_missed(plan, together, every)
    if centres is None:
        centres = _most_missed(plan, together, [Situation("centre", site) for site in dict.fromkeys(stand)])
    return situations_of(plan.study, plan.scenario, bridges=bridges, centres=centres)


def _in_hand(plan: Plan, together: SideBySide) -> Ints:
    """The sites of the plan in hand."""
    return np.union1d(together.existing, together.placed({n: plan.services[n].opened for n in together.parts}))


def _most_missed(plan: Plan, together: SideBySide, closings: list[Situation]) -> list[str]:
    """The closing after which the plan in hand covers least, if any makes it cover less."""
    selected = _in_hand(plan, together)

    situations = [Situation("ordinary"), *closings]
    left = _shares(*_world(plan, together, situations), selected)
    least = int(left.argmin())
    return [situations[least].of] if left[least] < left[0] - 1e-9 else []


def _world(
    plan: Plan, together: SideBySide, situations: Sequence[Situation]
) -> tuple[list[sp.csr_array], list[Floats]]:
    """The covers and the weights of each situation."""
    covers, weights = [], []
    for situation in situations:
        seen = [seen_in(part, situation, plan.scenario) for part in together.parts.values()]
        covers.append(covers_beside([each.covers for each in seen]))
        weights.append(together.worth_of([each.weight.ravel() for each in seen]))
    return covers, weights


def _limits(plan: Plan, together: SideBySide) -> dict[str, Any]:
    """What the optimizer is told beside who needs what; the required sites are open, and paid for."""
    scenario = plan.scenario
    site_limit, budget = None, scenario.budget_yuan
    if budget is None:
        (name,) = together.parts
        site_limit, budget = scenario.services[name].site_limit, scenario.services[name].budget_yuan
    spent = float(together.cost[together.required].sum())
    return {
        "site_limit": None if site_limit is None else site_limit - len(together.required),
        "budget": None if budget is None else max(0.0, budget - spent),
        "cost": together.cost,
        "fixed": together.fixed,
        "forbidden": together.forbidden,
        "time_limit_s": scenario.time_limit_s,
        "gap": scenario.optimality_gap,
        "seed": scenario.seed,
    }


def _shares(covers: Sequence[sp.csr_array], weights: Sequence[Floats], selected: Ints) -> Floats:
    """The covered share of each situation."""
    return np.array(
        [
            float(weight[times_covered(each, selected) > 0].sum() / weight.sum())
            for each, weight in zip(covers, weights, strict=True)
        ]
    )


def _frame(
    situations: Sequence[Situation],
    covers: Sequence[sp.csr_array],
    weights: Sequence[Floats],
    chosen: Mapping[Held, Ints],
    solutions: Mapping[Goal, RobustSolution],
) -> pd.DataFrame:
    shares = {held: _shares(covers, weights, selected) for held, selected in chosen.items()}
    best = np.max([*(solution.best_share for solution in solutions.values()), *shares.values()], axis=0)
    rows = [
        {
            "situation": situation.key,
            "days": situation.days,
            "plan": held,
            "covered_share": float(shares[held][at]),
            "best_share": float(best[at]),
            "regret_share": float(best[at] - shares[held][at]),
        }
        for at, situation in enumerate(situations)
        for held in HELD
    ]
    return pd.DataFrame(rows)


def _sites(together: SideBySide, drawn: RepeatedSolution, chosen: Mapping[Held, Ints]) -> pd.DataFrame:
    """The sites by how often they are chosen, most often first."""
    candidates = together.candidates
    times = drawn.chosen.sum(axis=0)
    opened = {held: np.isin(np.arange(len(together.cost)), selected) for held, selected in chosen.items()}
    alike = _alike(together)
    rows = []
    for name, part in together.parts.items():
        place = together.sites_of(name)
        for site in candidates[(candidates >= place.start) & (candidates < place.stop)]:
            if not (times[site] or any(of[site] for of in opened.values())):
                continue
            low, high = wilson_interval(int(times[site]), len(drawn.chosen))
            own = part.sites.frame.iloc[site - place.start]
            plans = {str(held): bool(of[site]) for held, of in opened.items()}
            rows.append(
                {
                    "service": name,
                    "site_id": own["site_id"],
                    "name": own["name"],
                    "chosen_share": times[site] / len(drawn.chosen) if len(drawn.chosen) else float("nan"),
                    "low_share": low,
                    "high_share": high,
                    "alike": alike[site],
                    **plans,
                }
            )
    columns = ["service", "site_id", "name", "chosen_share", "low_share", "high_share", "alike", *HELD]
    return pd.DataFrame(rows, columns=columns).sort_values(
        "chosen_share", ascending=False, kind="stable", ignore_index=True
    )


def _alike(together: SideBySide) -> Ints:
    """How many other candidates cover exactly what each site covers."""
    by_site = together.covers.tocsc()
    by_site.sort_indices()
    reach = [by_site.indices[by_site.indptr[j] : by_site.indptr[j + 1]].tobytes() for j in range(by_site.shape[1])]
    number = pd.Series(reach).iloc[together.candidates].value_counts()
    return np.array([int(number.get(each, 1)) - 1 for each in reach], dtype=np.int64)
