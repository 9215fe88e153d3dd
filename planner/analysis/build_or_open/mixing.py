"""The mix of ways to open that covers the most for a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.analysis.build_or_open.ways import WaysToOpen
from planner.coverage import Coverage, measure_coverage
from planner.decided import decided
from planner.plan import Plan, ServicePlan
from planner.siting import HostedSolution, hosted_cover

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Mixing:
    """The existing centres as they are, and the options beside them, as one covering problem."""

    plan: Plan
    part: ServicePlan
    options: WaysToOpen

    def solve(self, budget_yuan: float, ways: Sequence[str]) -> HostedSolution:
        """The options of these ways that cover the most for the budget."""
        frame, centres = self.options.frame, len(self.part.sites.existing)
        scenario = self.plan.scenario
        kept_out = np.isin(frame["site"], decided(self.part, scenario).forbidden) | ~frame["way"].isin(ways)
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
        """Who is covered with these centres and options."""
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
        """What a solution comes to, as a row of the answer's ``alone``."""
        return {
            "way": way,
            "covered_share": self.coverage(solution.selected).covered_share,
            "cost_yuan": solution.spent,
            "places": len(self._new(solution)),
            "optimality_gap": solution.gap,
        }

    def spent_by_way(self, budget_yuan: float, solution: HostedSolution, ways: Sequence[str]) -> pd.DataFrame:
        """What a mix spends on each way, as rows of the answer's ``by_budget``."""
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
