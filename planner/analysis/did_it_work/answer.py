"""What is found of how stations were used: station by station, over time, and what it says of demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
import pandas as pd

from planner.analysis.answer import Answer
from planner.coverage import measure_coverage
from planner.demand import Demand
from planner.demand.use import (
    UseFactors,
    nearest_open,
)
from planner.figures import amount_text, share_text
from planner.plan import Plan, ServicePlan, plan_from
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Absent = Literal["unknown", "zero"]
Verdict = Literal["unused", "less", "as_expected", "more", "no_demand", "no_data"]

# A station is unused where, at this confidence, it has fewer check-ins than this.
UNUSED_PER_DAY: Final = 1 / 7
CONFIDENCE: Final = 0.95
INTERVAL: Final = 0.9
_NAMES_TOLD: Final = 4
_READ: Final = ("name", "days", "per_day", "expected_per_day", "factor_share", "low_share", "high_share", "verdict")


@dataclass(frozen=True)
class Worked(Answer):
    """``frame``: a row a station of the service: ``centre_id``, ``name``, ``days`` with data and ``days_without``,
    ``checkins``, ``per_day``; ``assigned_per_day``, the demand for which it is the nearest open station within the
    standard, and ``expected_per_day``, the check-ins that so much demand brings on the whole; ``use_share`` (seen by
    expected) and ``factor_share`` with ``low_share`` and ``high_share``, what is to be believed of that after chance
    (see :func:`planner.demand.use.use_factors`); ``most_per_day``, how many check-ins a day there may be at most; and
    ``verdict``.

    ``verdict``: ``unused`` (at 95 % confidence less than one check-in a week), ``less`` or ``more`` than expected (the
    whole interval), else ``as_expected``; ``no_demand`` where nobody has it for the nearest, ``no_data``.

    ``months`` and ``weekdays``: ``checkins``, ``station_days`` and ``index_share``, the check-ins by what the same
    stations have on average in as many days, with ``low_share`` and ``high_share``; ``weekday`` is 0 for Monday.
    ``demand`` is the new estimate, ``replanned`` the plan that it leads to.
    """

    words: ClassVar[str] = "ask_did_it_work"
    plan: Plan
    service: str
    checkins: pd.DataFrame
    months: pd.DataFrame
    weekdays: pd.DataFrame
    rate: float
    is_rate_given: bool
    dispersion: float
    factors: UseFactors
    demand: Demand
    absent: Absent

    @property
    def part(self) -> ServicePlan:
        """The plan of the service that was asked about."""
        return self.plan.services[self.service]

    @cached_property
    def replanned(self) -> Plan:
        """The scenario planned again with the new estimate of demand; the other services have theirs as before."""
        old, weight = self.part, self.demand.weight
        unreached = old.unreached.copy()
        of_cell = dict(zip(self.demand.cells["cell_id"], weight.sum(axis=1), strict=True))
        anew = unreached["id"].map(of_cell).astype(float)
        unreached["weight_per_day"] = anew.where(unreached["what"] == "demand", unreached["weight_per_day"])
        today = measure_coverage(old.covers, weight, old.sites.existing)
        part = replace(old, demand=self.demand, today=today, unreached=unreached)
        return plan_from({**self.plan.services, self.service: part}, self.plan.scenario)

    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """What was used and what was not, how use went, and what the new estimate changes."""
        language = language or reader_language()
        told = [self._span(language)]
        told += [self._listed(verdict, language) for verdict in ("unused", "less", "more") if self._count(verdict)]
        if not self._count("unused"):
            told.append(self._say("none_unused", language))
        told += [self._say(f"some_{name}", language, count=self._count(name)) for name in ("no_data", "no_demand")
                 if self._count(name)]  # fmt: skip
        return (
            *told,
            *self._pattern(language),
            self._estimate(language),
            self._again(language),
            self._assumed(language),
        )

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:
        """What the verdicts are called."""
        kinds = ("unused", "less", "as_expected", "more", "no_demand", "no_data")
        return {"verdict": {kind: say(f"ask_did_it_work.verdict_{kind}", language) for kind in kinds}}

    def table(self, language: Language | None = None) -> pd.DataFrame:
        """What a reader asks for first; ``data`` has every column."""
        language = language or reader_language()
        return super().table(language)[[self._heading(column, language) for column in _READ]]

    def figure(self, language: Language | None = None) -> Figure:
        """Use against what was expected, station by station, and use by month and weekday."""
        from planner.analysis.did_it_work.figure import draw_worked

        return draw_worked(self, language or reader_language())

    def _say(self, key: str, language: Language, **values: object) -> str:
        return say(f"ask_did_it_work.{key}", language, **values)

    def _count(self, verdict: str) -> int:
        return int((self.frame["verdict"] == verdict).sum())

    def _span(self, language: Language) -> str:
        days, missing = self.frame["days"].sum(), self.frame["days_without"].sum()
        return self._say(
            "span", language, first=f"{self.checkins['date'].min():%Y-%m-%d}",
            last=f"{self.checkins['date'].max():%Y-%m-%d}", stations=len(self.frame),
            checkins=int(self.frame["checkins"].sum()), missing=share_text(missing / max(1, days + missing)),
        )  # fmt: skip

    def _listed(self, verdict: Verdict, language: Language) -> str:
        rows = self.frame[self.frame["verdict"] == verdict]
        rows = rows.sort_values("factor_share", ascending=verdict != "more", kind="stable")
        each = [
            self._say(
                f"one_{verdict}", language, name=row["name"], per_day=f"{row['per_day']:.1f}", days=int(row["days"]),
                use=share_text(row["use_share"]), low=share_text(row["low_share"]), high=share_text(row["high_share"]),
            )
            for row in rows.head(_NAMES_TOLD).to_dict("records")
        ]  # fmt: skip
        more = self._say("and_more", language, count=len(rows) - len(each)) if len(rows) > len(each) else ""
        names = self._say("join", language).join(each) + more
        return self._say(f"are_{verdict}", language, count=len(rows), names=names)

    def _pattern(self, language: Language) -> list[str]:
        told = []
        months = self.months
        if len(months) > 1:
            first, last = months.iloc[0], months.iloc[-1]
            key = "as_before"
            if last["low_share"] > first["high_share"]:
                key = "rising"
            elif last["high_share"] < first["low_share"]:
                key = "falling"
            told.append(
                self._say(
                    f"trend_{key}",
                    language,
                    first=first["month"],
                    last=last["month"],
                    first_share=share_text(first["index_share"]),
                    last_share=share_text(last["index_share"]),
                )
            )
        if len(self.weekdays) == 7:
            index = self.weekdays["index_share"]
            most, least = int(index.argmax()), int(index.argmin())
            told.append(
                self._say(
                    "weekday_pattern",
                    language,
                    most=self._say(f"weekday_{most}", language),
                    least=self._say(f"weekday_{least}", language),
                    most_share=share_text(index[most]),
                    least_share=share_text(index[least]),
                )
            )
        return told

    def _estimate(self, language: Language) -> str:
        unit = self.plan.study.catalog.demands[self.demand.rule].unit.in_language(language)
        old, new = float(self.part.demand.weight.sum()), float(self.demand.weight.sum())
        served = nearest_open(self.part.costs, self.part.sites.open, self.part.sites.existing) >= 0
        elsewhere = float(self.part.demand.weight[~served].sum()) / old if old > 0 else 0.0
        return self._say(
            "estimate", language, old=amount_text(old, unit), new=amount_text(new, unit),
            elsewhere=share_text(elsewhere), factor=share_text(self.factors.elsewhere),
            low=share_text(self.factors.elsewhere_low), high=share_text(self.factors.elsewhere_high),
        )  # fmt: skip

    def _again(self, language: Language) -> str:
        old, new = self.part, self.replanned.services[self.service]
        kept = len(np.intersect1d(old.opened, new.opened))
        now = measure_coverage(old.covers, self.demand.weight, old.solution.selected).covered_share
        return self._say(
            "again", language, kept=kept, of=len(old.opened), now=share_text(now),
            then=share_text(new.planned.covered_share),
        )  # fmt: skip

    def _assumed(self, language: Language) -> str:
        unit = self.plan.study.catalog.demands[self.demand.rule].unit.in_language(language)
        return self._say(
            "assumed_rate_given" if self.is_rate_given else "assumed_rate_found", language, rate=f"{self.rate:.3g}",
            unit=unit, absent=self._say(f"absent_is_{self.absent}", language), dispersion=f"{self.dispersion:.1f}",
        )  # fmt: skip
