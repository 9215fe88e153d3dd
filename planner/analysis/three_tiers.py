"""Three tiers: street-level centres, stations and caring merchants, planned together and one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.analysis.answer import Answer
from planner.analysis.tier_world import TierWorld, tier_world
from planner.errors import ArgumentError, UnknownNameError
from planner.figures import amount_text, share_text, yuan_text
from planner.plan import Plan
from planner.siting import hierarchical_cover
from planner.siting.covering.hierarchical_cover import HierarchicalSolution
from planner.siting.solution import proven_gap
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ThreeTiers(Answer):
    """``frame``: a row a tier, the highest first, with what its own level of the need comes to: ``tier``,
    ``level_per_day``, ``covered_share_today``, ``covered_share_in_turn`` (the tiers planned from the highest down, each
    with the money that it has in the joint plan), ``covered_share`` (the joint plan), ``new_sites`` and ``cost_yuan``.

    ``sites``: the sites that the joint plan opens, the highest tier first: ``tier``, ``site_id``, ``name``, ``kind``,
    ``open_hours`` (of the host), ``cost_yuan``, ``geometry``. ``solution``: the joint plan and its proof. The covered
    shares of the whole need: ``share_today``, ``share_planned``, ``share_in_turn``, and ``share_evenly``, in turn with
    the same money for each tier. ``in_turn_proven``: whether each step of those two is the best of its kind.
    """

    words: ClassVar[str] = "ask_three_tiers"
    plan: Plan
    service: str
    budget_yuan: float
    sites: gpd.GeoDataFrame
    world: TierWorld
    solution: HierarchicalSolution
    share_today: float
    share_planned: float
    share_in_turn: float
    share_evenly: float
    in_turn_proven: bool

    def told(self, language: Language | None = None) -> tuple[str, ...]:
        """What the money buys, how well that is proven, what planning together brings, and what is assumed."""
        language = language or reader_language()
        return (
            self._opened(language),
            self._proof(language),
            *self._against_in_turn(language),
            *self._when_shut(language),
            say("ask_three_tiers.existing", language, tier=self._tier(self._holding, language),
                count=len(self.world.existing)),
            say("ask_three_tiers.assumed", language, levels=self._levels(language)),
        )  # fmt: skip

    def names(self, language: Language) -> Mapping[str, Mapping[object, str]]:
        """The tiers' names, and the kinds of hosts."""
        catalog = self.plan.study.catalog
        kinds: dict[object, str] = {key: kind.name.in_language(language) for key, kind in catalog.host_kinds.items()}
        return {"tier": {name: self._tier(name, language) for name in self.world.names}, "kind": kinds}

    def behind(self, language: Language) -> Mapping[str, pd.DataFrame]:
        """The chosen sites."""
        frame = pd.DataFrame(self.sites.drop(columns=["geometry", "site_id"]))
        return {say("ask_three_tiers.sites", language): self.read(frame, language)}

    def figure(self, language: Language | None = None) -> Figure:
        """Where the sites stand, and what of each level is covered today, planned in turn and planned together."""
        from planner.analysis.tier_figure import draw_tiers

        return draw_tiers(self, language or reader_language())

    @property
    def _holding(self) -> str:
        tiers = self.plan.study.catalog.tiers[self.service]
        return next(name for name, tier in tiers.items() if tier.holds_existing_centres)

    def _tier(self, name: str, language: Language) -> str:
        return self.plan.study.catalog.tiers[self.service][name].name.in_language(language)

    def _opened(self, language: Language) -> str:
        counts = self.frame[self.frame["new_sites"] > 0]
        listed = [
            say("ask_three_tiers.of_tier", language, count=row["new_sites"], tier=self._tier(row["tier"], language))
            for row in counts.to_dict("records")
        ]
        if not listed:
            return say("ask_three_tiers.nothing", language, budget=yuan_text(self.budget_yuan, language))
        return say(
            "ask_three_tiers.opened", language, budget=yuan_text(self.budget_yuan, language),
            cost=yuan_text(float(self.frame["cost_yuan"].sum()), language),
            sites=say("map.list_mark", language).join(listed),
            today=share_text(self.share_today), planned=share_text(self.share_planned),
        )  # fmt: skip

    def _proof(self, language: Language) -> str:
        if self.solution.gap == 0:
            return say("ask_three_tiers.proven", language)
        most = self.solution.bound / max(float(self.world.weight.sum()), 1e-12)
        return say(
            "ask_three_tiers.not_proven", language, most=share_text(most), planned=share_text(self.share_planned)
        )

    def _against_in_turn(self, language: Language) -> tuple[str, ...]:
        if not len(self.sites):
            return ()
        unit = self.plan.study.catalog.demands[self.plan.study.catalog.services[self.service].demand].unit
        more = (self.share_planned - self.share_in_turn) * float(self.world.weight.sum())
        figures = {
            "in_turn": share_text(self.share_in_turn), "evenly": share_text(self.share_evenly),
            "planned": share_text(self.share_planned), "more": amount_text(more, unit.in_language(language)),
        }  # fmt: skip
        told = "in_turn" if self.in_turn_proven else "in_turn_not_proven"
        no_more = self.share_planned - self.share_in_turn <= 1e-9
        return (
            say(f"ask_three_tiers.{told}", language, **figures),
            say("ask_three_tiers.no_more" if no_more else "ask_three_tiers.more", language, **figures),
        )

    def _when_shut(self, language: Language) -> tuple[str, ...]:
        """What is covered in the periods in which none of a tier's places is open."""
        world, sentences = self.world, []
        catalog = self.plan.study.catalog
        covered = np.where(world.covered(self.solution.tier), world.weights, 0.0).sum(axis=(0, 1))
        whole = world.weights.sum(axis=(0, 1))
        for at, period in enumerate(world.periods):
            shut = [
                self._tier(name, language)
                for name, may, is_open in zip(world.names, world.allowed, world.open[:, :, at], strict=True)
                if may.any() and not is_open[may].any()
            ]
            if shut and whole[at] > 0:
                listed, share = say("map.list_mark", language).join(shut), share_text(covered[at] / whole[at])
                name = catalog.periods[period].name
                sentences.append(say("ask_three_tiers.shut", language, period=name, tiers=listed, share=share))
        return tuple(sentences)

    def _levels(self, language: Language) -> str:
        tiers = self.plan.study.catalog.tiers[self.service]
        told = [
            say("ask_three_tiers.level", language, tier=tier.name, share=share_text(tier.level_share),
                standard=say(f"ask_three_tiers.within_{tier.standard.unit}", language, value=tier.standard.value),
                source=tier.level_source)
            for tier in reversed(tiers.values())
        ]  # fmt: skip
        return say("ask_three_tiers.level_mark", language).join(told)


def three_tiers(
    plan: Plan,
    service: str | None = None,
    *,
    budget_yuan: float | None = None,
    at_least: Mapping[str, int] | None = None,
    site_limits: Mapping[str, int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ThreeTiers:
    """The best sites of every tier of ``service`` for ``budget_yuan`` a year, all planned together.

    By default the service is the first of the plan that the catalog has tiers for, and the money what the plan spends
    on it. ``at_least`` and ``site_limits``: tier → how many new sites must and may open; the catalog says how many must
    of a tier that ``at_least`` does not name. The demand, the planner's own places, the areas ruled out
    and the forbidden candidates are those of the plan; its required candidates are not, since they have no tier.
    ``progress(done, of)`` is called before each of the problems.

    Raises ``UnknownNameError`` for a service that the plan or a tier that the catalog has not, ``ArgumentError`` where
    no service of the plan has tiers, and as :func:`planner.siting.hierarchical_cover` for limits that cannot be met.
    """
    service = _service(plan, service)
    part = plan.services[service]
    tiers = plan.study.catalog.tiers[service]
    for name in {**(site_limits or {}), **(at_least or {})}:
        if name not in tiers:
            raise UnknownNameError("unknown_tier", tier=name, known=", ".join(tiers))
    budget = float(part.new_sites["cost_yuan"].sum()) if budget_yuan is None else budget_yuan
    world = tier_world(part, plan.scenario)
    least = [(at_least or {}).get(name, tier.at_least) for name, tier in tiers.items()]
    planner = _Planner(world, plan, service, [(site_limits or {}).get(name) for name in tiers], least, progress)
    joint = planner.plan(budget, world.existing, world.standing, range(len(tiers)))
    spent = [float(world.cost[number, joint.tier == number].sum()) for number in range(len(tiers))]
    in_turn, surely = planner.in_turn(spent)
    evenly, also_surely = planner.in_turn(_evenly(world, budget, least))
    planner.tell()
    if joint.gap > 0:  # out of time: what was found in turn may be better
        joint = planner.better(joint, [in_turn, evenly])
    now = np.full(len(world.sites), -1, dtype=np.int64)
    now[world.existing] = world.standing
    return ThreeTiers(
        frame=_frame(world, now, in_turn, joint.tier),
        plan=plan,
        service=service,
        budget_yuan=budget,
        sites=_sites(world, joint.tier),
        world=world,
        solution=joint,
        share_today=_share(world, now),
        share_planned=_share(world, joint.tier),
        share_in_turn=_share(world, in_turn),
        share_evenly=_share(world, evenly),
        in_turn_proven=surely and also_surely,
    )


class _Planner:
    """Plans the tiers of one world, telling how many of the problems are done."""

    def __init__(
        self,
        world: TierWorld,
        plan: Plan,
        service: str,
        site_limits: list[int | None],
        at_least: list[int],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._world, self._scenario, self._progress = world, plan.scenario, progress
        self._limits, self._least = site_limits, at_least
        shut = plan.scenario.services[service].forbidden
        self._forbidden = np.flatnonzero(world.sites["site_id"].isin(shut) & ~world.sites["existing"])
        self._done = 0

    def tell(self) -> None:
        """How far it is."""
        if self._progress is not None:
            self._progress(self._done, 1 + 2 * len(self._world.names))

    def plan(self, budget: float, stands: Ints, with_tier: Ints, tiers: range) -> HierarchicalSolution:
        """The best new sites of these tiers beside those that stand."""
        self.tell()
        self._done += 1
        world = self._world
        among = np.isin(np.arange(len(world.names)), tiers)
        least = np.where(among, self._least, 0)
        return hierarchical_cover(
            world.covers, world.weight, world.level,
            cost=world.cost, budget=budget, site_limits=self._limits, at_least=least.tolist(),
            allowed=world.allowed & among[:, None],
            fixed=stands, fixed_tier=with_tier, forbidden=np.setdiff1d(self._forbidden, stands),
            time_limit_s=self._scenario.time_limit_s, gap=self._scenario.optimality_gap, seed=self._scenario.seed,
        )  # fmt: skip

    def better(self, joint: HierarchicalSolution, others: list[Ints]) -> HierarchicalSolution:
        """The best of a plan and of others within its limits, with the bound that is proven for it."""
        world = self._world
        best = max(others, key=lambda tier: _share(world, tier))
        if _share(world, best) <= _share(world, joint.tier):
            return joint
        sites = np.flatnonzero(best >= 0)
        found = hierarchical_cover(
            world.covers, world.weight, world.level, cost=world.cost, budget=0, fixed=sites, fixed_tier=best[sites],
            allowed=np.zeros_like(world.allowed),
        )  # fmt: skip
        gap, bound = proven_gap(found.objective, joint.bound, maximise=True)
        is_best = gap <= self._scenario.optimality_gap
        return replace(found, gap=gap, bound=bound, status="optimal" if is_best else "feasible", method=joint.method)

    def in_turn(self, budgets: list[float]) -> tuple[Ints, bool]:
        """The tier of each site where the highest tier is planned first, each with its money and what was left over;
        and whether each step is proven the best. Each step counts every level that its tier offers.
        """
        world, left, surely = self._world, 0.0, True
        stands, with_tier = world.existing, world.standing
        for number in reversed(range(len(world.names))):
            left += budgets[number]
            step = self.plan(left, stands, with_tier, range(number, number + 1))
            left -= float(world.cost[number, np.setdiff1d(step.selected, stands)].sum())
            left = max(left, 0.0)
            stands, with_tier = step.selected, step.tier[step.selected]
            surely &= step.gap == 0
        tier = np.full(len(world.sites), -1, dtype=np.int64)
        tier[stands] = with_tier
        return tier, surely


def _evenly(world: TierWorld, budget: float, at_least: list[int]) -> list[float]:
    """What each tier has where the money is split evenly, but for what the sites that must open cost at the least."""
    least = [
        float(np.sort(world.cost[number, world.allowed[number]])[:count].sum()) for number, count in enumerate(at_least)
    ]
    rest = max(0.0, budget - sum(least)) / len(at_least)
    return [some + rest for some in least]


def _service(plan: Plan, service: str | None) -> str:
    tiers = plan.study.catalog.tiers
    if service is None:
        service = next((name for name in plan.services if name in tiers), None)
        if service is None:
            raise ArgumentError("no_tiers", known=", ".join(tiers))
    if service not in plan.services:
        raise UnknownNameError("unknown_service", service=service, known=", ".join(plan.services))
    if service not in tiers:
        raise ArgumentError("no_tiers", known=", ".join(tiers))
    return service


def _share(world: TierWorld, tier: Ints) -> float:
    whole = float(world.weight.sum())
    return float(world.weights[world.covered(tier)].sum()) / whole if whole > 0 else float("nan")


def _frame(world: TierWorld, now: Ints, in_turn: Ints, planned: Ints) -> pd.DataFrame:
    whole = world.weights.sum(axis=(1, 2))
    shares = [
        np.divide(np.where(world.covered(tier), world.weights, 0.0).sum(axis=(1, 2)), whole,
                  out=np.full(len(whole), np.nan), where=whole > 0)
        for tier in (now, in_turn, planned)
    ]  # fmt: skip
    new = np.where(world.sites["existing"].to_numpy(dtype=bool), -1, planned)
    numbers = np.arange(len(world.names))
    frame = pd.DataFrame(
        {
            "tier": world.names,
            "level_per_day": whole,
            "covered_share_today": shares[0],
            "covered_share_in_turn": shares[1],
            "covered_share": shares[2],
            "new_sites": [int((new == number).sum()) for number in numbers],
            "cost_yuan": [float(world.cost[number, new == number].sum()) for number in numbers],
        }
    )
    return frame.iloc[::-1].reset_index(drop=True)


def _sites(world: TierWorld, tier: Ints) -> gpd.GeoDataFrame:
    new = np.flatnonzero((tier >= 0) & ~world.sites["existing"].to_numpy(dtype=bool))
    frame = world.sites.iloc[new].drop(columns="existing").assign(cost_yuan=world.cost[tier[new], new])
    frame.insert(0, "tier", np.array(world.names, dtype=object)[tier[new]])
    columns = ["tier", "site_id", "name", "kind", "open_hours", "cost_yuan", "geometry"]
    order = np.lexsort((frame["site_id"], -tier[new]))
    return frame[columns].iloc[order].reset_index(drop=True)
