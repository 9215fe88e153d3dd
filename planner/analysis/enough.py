"""How much is enough: coverage against the number of new sites or against money."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from planner.analysis.answer import Answer
from planner.choosing import By
from planner.curves import coverage_curve, limits_around
from planner.figures import share_text
from planner.plan import Plan
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Enough(Answer):
    """``frame``: that of :func:`planner.curves.coverage_curve`."""

    words: ClassVar[str] = "ask_enough"
    plan: Plan
    by: By

    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """What the last point comes to."""
        last = self.frame.iloc[-1]
        return (say("ask_enough.most", language, share=share_text(last["covered_share"])),)

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:
        """The services' names."""
        services = self.plan.study.catalog.services
        return {"service": {name: services[name].name.in_language(language) for name in self.plan.services}}

    def figure(self, language: Language | None = None) -> Figure:
        """A line a service."""
        from planner.analysis.drawing import SERIES, in_shares, in_thousands, sheet

        language = language or reader_language()
        names = self.names(language)["service"]
        with sheet() as figure:
            axes = figure.add_subplot()
            for style, (service, points) in zip(SERIES, self.frame.groupby("service", sort=False), strict=False):
                axes.plot(points["limit"], points["covered_share"], label=names[service], **style)
            axes.set_xlabel(say(f"curve.axis_{self.by}", language))
            axes.set_ylabel(say("term.covered_planned", language))
            in_shares(axes.yaxis)
            in_thousands(axes.xaxis)
            axes.legend()
        return figure


def how_much_is_enough(
    plan: Plan,
    service: str | None = None,
    *,
    by: By,
    limits: Sequence[float] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Enough:
    """Coverage against ``limits``, each point planned anew; raises as :func:`planner.curves.coverage_curve`."""
    limits = limits_around(plan, service, by) if limits is None else limits
    return Enough(coverage_curve(plan, service, by=by, limits=limits, progress=progress), plan, by)
