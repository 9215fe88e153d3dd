"""What is found of three tiers: the sites of each, what planning them together brings, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import geopandas as gpd
import numpy as np
import pandas as pd

from planner.analysis.answer import Answer
from planner.analysis.three_tiers.world import TierWorld
from planner.figures import amount_text, share_text, yuan_text
from planner.plan import Plan
from planner.siting.covering.hierarchical_cover.hierarchical_cover import HierarchicalSolution
from planner.words import Language, reader_language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
        from planner.analysis.three_tiers.figure import draw_tiers

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
