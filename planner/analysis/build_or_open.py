"""Build or open: the best mix of longer hours, opened rooms, merchants' corners and new stations for a budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.analysis.answer import Answer
from planner.analysis.one_budget import checked_budget
from planner.analysis.shared_hosts import spent_on
from planner.analysis.ways_to_open import WaysToOpen, ways_to_open
from planner.choosing import decided
from planner.coverage import Coverage, measure_coverage
from planner.errors import ArgumentError, UnknownNameError
from planner.figures import share_text, yuan_text
from planner.plan import Plan, ServicePlan
from planner.siting import HostedSolution, hosted_cover
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Ints = NDArray[np.int64]
Progress = Callable[[int, int], None]

MIX: Final = "mix"
_STEPS: Final = (0.25, 0.5, 0.75, 1.0)


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
        from planner.analysis.drawing import BARS, SOFT, in_shares, in_thousands, sheet

        language = language or reader_language()
        names = self.names(language)["way"]
        styles = {way: BARS[k % len(BARS)] for k, way in enumerate([*self.plan.study.catalog.opening.ways, MIX])}
        ways = [way for way in self.alone["way"] if way != MIX]
        with sheet(width_in=9.6, height_in=4.2) as figure:
            left, right = figure.subplots(1, 2, width_ratios=(1.1, 1.0))
            shown = self.alone.iloc[::-1]
            for at, row in enumerate(shown.to_dict("records")):
                bar = left.barh(at, row["covered_share"], height=0.62, **styles[row["way"]])
                left.bar_label(bar, [share_text(row["covered_share"])], padding=3, fontsize=9)
            left.axvline(self.today.covered_share, color=SOFT, linestyle="--", linewidth=1.2)
            left.set_title(
                say("ask_build_or_open.title_alone", language, today=share_text(self.today.covered_share)), fontsize=10
            )
            left.set_yticks(range(len(shown)), [names[way] for way in shown["way"]])
            left.set_xlim(0, 1.12)
            left.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
            left.grid(visible=False, axis="y")
            in_shares(left.xaxis)
            spent = self.by_budget.pivot_table(index="budget_yuan", columns="way", values="cost_yuan", aggfunc="sum")
            bottom = np.zeros(len(spent))
            for way in ways:
                if spent[way].sum() > 0:
                    right.bar(range(len(spent)), spent[way], 0.62, bottom, label=names[way], **styles[way])
                bottom += spent[way].to_numpy()
            shares = self.by_budget.groupby("budget_yuan")["covered_share"].first()
            for at, share in enumerate(shares):
                right.annotate(share_text(share), (at, bottom[at]), (0, 3), textcoords="offset points", ha="center")
            right.set_xticks(range(len(spent)), [f"{budget:,.0f}" for budget in spent.index])
            right.set_xlabel(say("ask_build_or_open.column_budget_yuan", language))
            right.set_ylabel(say("ask_build_or_open.spent", language))
            right.set_title(say("ask_build_or_open.title_mix", language), fontsize=10)
            right.set_ylim(0, max(1.0, bottom.max()) * 1.45)
            right.grid(visible=False, axis="x")
            in_thousands(right.yaxis)
            if right.patches:
                right.legend(loc="upper left", fontsize=9)
        return figure

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
    mixing = _Mixing(plan, part, ways_to_open(part))
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


@dataclass(frozen=True)
class _Mixing:
    """The existing centres as they are, and the options beside them, as one covering problem."""

    plan: Plan
    part: ServicePlan
    options: WaysToOpen

    def solve(self, budget_yuan: float, ways: Sequence[str]) -> HostedSolution:
        frame, centres = self.options.frame, len(self.part.sites.existing)
        scenario = self.plan.scenario
        kept_out = np.isin(frame["site"], decided(self.part, scenario)[1]) | ~frame["way"].isin(ways)
        cost = np.concatenate([np.zeros(centres), frame["cost_yuan"].to_numpy(dtype=float)])
        return hosted_cover(
            self._covers(),
            self.part.demand.weight.ravel(),
            host=np.concatenate([np.full(centres, -1), frame["site"].to_numpy(dtype=np.int64)]),
            cost=cost,
            room=np.ones(int(frame["site"].max()) + 1 if len(frame) else 0),
            budget=budget_yuan,
            fixed=np.arange(centres),
            forbidden=centres + np.flatnonzero(kept_out),
            time_limit_s=scenario.time_limit_s,
            gap=scenario.optimality_gap,
        )

    def coverage(self, selected: Ints) -> Coverage:
        return measure_coverage(self._covers(), self.part.demand.weight, selected)

    def chosen(self, solution: HostedSolution) -> pd.DataFrame:
        """The chosen options with what each of them adds."""
        new = self._new(solution)
        centres, whole = len(self.part.sites.existing), float(self.part.demand.weight.sum())
        all_open = self.coverage(solution.selected).covered_weight
        gain = np.array(
            [all_open - self.coverage(np.setdiff1d(solution.selected, [centres + i])).covered_weight for i in new]
        )
        frame = self.options.frame.iloc[new].set_index("site_id").drop(columns="site")
        frame = frame.assign(gain_per_day=gain, gain_share=gain / whole if whole > 0 else gain)
        return frame.sort_values("gain_per_day", ascending=False, kind="stable")

    def figures(self, way: str, solution: HostedSolution) -> dict[str, object]:
        return {
            "way": way,
            "covered_share": self.coverage(solution.selected).covered_share,
            "cost_yuan": solution.spent,
            "places": len(self._new(solution)),
            "optimality_gap": solution.gap,
        }

    def spent_by_way(self, budget_yuan: float, solution: HostedSolution, ways: Sequence[str]) -> pd.DataFrame:
        frame = self.options.frame.iloc[self._new(solution)]
        spent = frame.groupby("way")["cost_yuan"].sum()
        return pd.DataFrame(
            {
                "budget_yuan": budget_yuan,
                "way": list(ways),
                "cost_yuan": [float(spent.get(way, 0.0)) for way in ways],
                "covered_share": self.coverage(solution.selected).covered_share,
                "optimality_gap": solution.gap,
            }
        )

    def _new(self, solution: HostedSolution) -> Ints:
        centres = len(self.part.sites.existing)
        return solution.selected[solution.selected >= centres] - centres

    def _covers(self) -> sp.csr_array:
        as_it_is = self.part.covers[:, self.part.sites.existing]
        return sp.csr_array(sp.hstack([as_it_is, self.options.covers], format="csr"))
