"""One budget, several services: what they cover together where services in one place share its opening cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from planner.analysis.answer import Answer
from planner.analysis.shared_hosts import SharedHosts, shared_hosts, spent_on
from planner.errors import ArgumentError
from planner.figures import share_text, yuan_text
from planner.plan import Plan
from planner.siting import HostedSolution
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class OneBudget(Answer):
    """``frame``: a row a service: ``service``, ``weight`` (what its covered share counts), ``today_share``,
    ``apart_share`` (the same money, each service paying for its place itself), ``covered_share``,
    ``new_sites``, ``shared_sites`` (those in a place with another service), ``cost_yuan`` (a year),
    ``optimality_gap`` (of all together).

    ``plan``: the plan behind it, whose costs are those after sharing. ``places``: a row a place, see
    :meth:`planner.analysis.shared_hosts.SharedHosts.places`. ``opening_yuan``: what is shared, a year and place.
    """

    words: ClassVar[str] = "ask_one_budget"
    plan: Plan
    places: pd.DataFrame
    budget_yuan: float
    opening_yuan: float

    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """What the money covers, what counts how much, what sharing saves, and what is shared."""
        language = language or reader_language()
        names, rows = self.names(language)["service"], self.frame.to_dict("records")
        comma = say("ask_one_budget.comma", language)
        shares = comma.join(f"{names[row['service']]} {share_text(row['covered_share'])}" for row in rows)
        weights = comma.join(f"{names[row['service']]} {row['weight']:g}" for row in rows)
        gap = float(self.frame["optimality_gap"].max())
        several = self.places[self.places["services"].map(len) > 1]
        more = float((self.frame["weight"] * (self.frame["covered_share"] - self.frame["apart_share"])).sum())
        shared = self.plan.study.catalog.opening.shared
        return (
            say("ask_one_budget.covered", language, budget=yuan_text(self.budget_yuan, language), shares=shares)
            + say("ask_one_budget.proven" if gap == 0 else "ask_one_budget.not_proven", language, gap=max(gap, 1e-3)),
            say("ask_one_budget.weights", language, weights=weights),
            say(
                "ask_one_budget.saved" if len(several) else "ask_one_budget.none_shared",
                language,
                places=len(several),
                of=len(self.places),
                saved=yuan_text(float(self.places["saved_yuan"].sum()), language),
                more=max(0.0, 100 * more),
            ),
            say(
                "ask_one_budget.shared",
                language,
                opening=yuan_text(self.opening_yuan, language),
                source=shared.source.in_language(language),
            ),
        )

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:
        """The services' names; a tuple of services as a list of names."""
        services = self.plan.study.catalog.services
        of = {name: services[name].name.in_language(language) for name in self.plan.services}
        comma = say("ask_one_budget.and", language)
        several = {keys: comma.join(of[key] for key in keys) for keys in self.places["services"]}
        return {"service": of, "services": several}

    def behind(self, language: Language) -> Mapping[str, pd.DataFrame]:
        """The places of the plan."""
        return {say("ask_one_budget.places", language): self.read(self.places.drop(columns="site_id"), language)}

    def figure(self, language: Language | None = None) -> Figure:
        """Three bars a service: today, paid for apart, and sharing."""
        from planner.analysis.drawing import BARS, in_shares, sheet

        language = language or reader_language()
        names = self.names(language)["service"]
        columns = ("today_share", "apart_share", "covered_share")
        with sheet() as figure:
            axes = figure.add_subplot()
            for k, (column, style) in enumerate(zip(columns, (BARS[3], BARS[1], BARS[0]), strict=True)):
                at = [i + 0.27 * (k - 1) for i in range(len(self.frame))]
                bars = axes.bar(
                    at, self.frame[column], width=0.25, label=say(f"ask_one_budget.bar_{column}", language), **style
                )
                axes.bar_label(bars, [share_text(share) for share in self.frame[column]], padding=2, fontsize=8)
            weight = self.frame["weight"]
            labels = [
                say("ask_one_budget.weighs", language, service=names[service], weight=value)
                for service, value in zip(self.frame["service"], weight, strict=True)
            ]
            axes.set_xticks(range(len(labels)), labels)
            axes.set_ylabel(say("term.covered_planned", language))
            axes.set_ylim(0, 1.18)
            axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
            axes.grid(visible=False, axis="x")
            in_shares(axes.yaxis)
            axes.legend(ncols=3, loc="upper center")
        return figure


def one_budget(
    plan: Plan,
    *,
    budget_yuan: float | None = None,
    weights: Mapping[str, float] | None = None,
    opening_yuan: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> OneBudget:
    """What one yearly budget covers of all services of ``plan`` together, and what it saves that they share places.

    A site's yearly cost is the rent of the area that the service takes, and the service's running cost. The rent is
    not shared, for each service takes its own floor; of the running cost ``opening_yuan`` is for the place itself
    (agreement, access, cleaning, connections, inspection; the catalog's ``opening.shared``, an assumption that an
    office replaces by its own) and is paid once a place. What stands in a place together must fit its area.

    ``budget_yuan``: by default the plan's budget for all, or what its new sites cost. ``weights``: what each service's
    covered share counts, by default as in the plan's scenario; the sum of them is maximised, and proven. The plan's
    required and forbidden sites hold. ``progress(done, of)`` is called between the two searches.

    Raises ``ArgumentError`` for a budget or weights that are not above 0 or name other services.
    """
    money = checked_budget(spent_on(plan) if budget_yuan is None else budget_yuan)
    weighs = checked_weights(plan, weights)
    together = shared_hosts(plan, opening_yuan=opening_yuan)
    _tell(progress, 0)
    shared = together.solve(money, weighs)
    _tell(progress, 1)
    apart = shared_hosts(plan, opening_yuan=0.0).solve(money, weighs)
    _tell(progress, 2)
    planned = together.plan(shared, money, weighs)
    return OneBudget(
        frame=_frame(together, shared, apart, planned, weighs),
        plan=planned,
        places=together.places(shared.selected),
        budget_yuan=money,
        opening_yuan=together.opening_yuan,
    )


def checked_budget(budget_yuan: float) -> float:
    """A finite amount of money of 0 or more. Raises ``ArgumentError`` for anything else."""
    if not 0 <= budget_yuan < float("inf"):
        raise ArgumentError("bad_limit", name="budget_yuan", value=budget_yuan)
    return float(budget_yuan)


def checked_weights(plan: Plan, weights: Mapping[str, float] | None) -> dict[str, float]:
    """What each service weighs, by default as the scenario says. Raises ``ArgumentError`` where one is not above 0."""
    said = {name: plan.scenario.services[name].weight for name in plan.services}
    for name, value in (weights or {}).items():
        if name not in said:
            raise ArgumentError("weight_of_other", service=name, known=", ".join(said))
        if not 0 < value < float("inf"):
            raise ArgumentError("bad_weight", service=name, value=value)
        said[name] = float(value)
    return said


def _frame(
    together: SharedHosts, shared: HostedSolution, apart: HostedSolution, planned: Plan, weights: Mapping[str, float]
) -> pd.DataFrame:
    several = together.places(shared.selected)
    together_at = {
        name: sum(1 for services in several["services"] if len(services) > 1 and name in services) for name in weights
    }
    summary = planned.summary()
    return pd.DataFrame(
        [
            {
                "service": name,
                "weight": weight,
                "today_share": summary.loc[name, "covered_share_today"],
                "apart_share": together.covered_share(apart.selected, name),
                "covered_share": summary.loc[name, "covered_share_planned"],
                "new_sites": summary.loc[name, "new_sites"],
                "shared_sites": together_at[name],
                "cost_yuan": summary.loc[name, "cost_yuan"],
                "optimality_gap": shared.gap,
            }
            for name, weight in weights.items()
        ]
    )


def _tell(progress: Callable[[int, int], None] | None, done: int) -> None:
    if progress is not None:
        progress(done, 2)
