"""A card for each new site: where it is, why there, whom it serves, when, for how much, and what it needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from planner.crs import in_crs
from planner.details import share_of_all
from planner.figures import NOTHING, amount_text, share_text, yuan_text
from planner.plan import Plan, ServicePlan
from planner.reasons import served_grids
from planner.report.contents.basis import standard_text
from planner.report.contents.parts import SiteCard
from planner.report.tables import grid_names, unit_of
from planner.sites import hosts_of
from planner.words import Language, say

GRIDS_NAMED: Final = 3
# A street further away than this is not where a site is.
STREET_WITHIN_M: Final = 150.0


class SiteCards:
    """The new sites of one service in the words of one language."""

    def __init__(self, plan: Plan, part: ServicePlan, language: Language) -> None:
        self.plan, self.part, self.study, self.language = plan, part, plan.study, language
        self.rules = plan.study.catalog.services[part.service]
        self.unit = unit_of(plan, part, language)
        self.names = grid_names(plan)
        self.hosts = hosts_of(plan.study, plan.scenario).set_index("host_id")
        communities = plan.study.communities
        names = dict(zip(communities["community_code"], communities["name"], strict=True))
        codes = zip(plan.study.grids["grid_code"], plan.study.grids["community_code"], strict=True)
        self.community_of = {str(grid): str(names.get(community, community)) for grid, community in codes}

    def all(self) -> list[SiteCard]:
        """A card each, in the order of their numbers."""
        records = self.part.new_sites.to_dict("records")
        streets, degrees = self._streets(), in_crs(self.part.new_sites.geometry, "EPSG:4326")
        return [
            SiteCard(
                number=str(site["number"]),
                name=str(site["name"]),
                facts=[
                    (self._say("where"), self._where(site, street)),
                    (self._say("coordinates"), self._say("degrees", lon=place.x, lat=place.y)),
                    (self._say("host"), self._host(site)),
                    (self._say("serves"), self._serves(site)),
                    *self._answers(site["site"]),
                    (self._say("open"), self._open(site)),
                    (self._say("cost"), self._cost(site["cost_yuan"])),
                    (self._say("needs"), self._needs()),
                ],
                why=self._why(site),
            )
            for site, street, place in zip(records, streets, degrees, strict=True)
        ]

    def periods_open(self, site: int) -> str:
        """The periods in which a site counts as open."""
        keys = [k for k, there in zip(self.part.demand.periods, self.part.sites.open[site], strict=True) if there]
        return self._listed(self.study.catalog.periods[k].name.in_language(self.language) for k in keys) or NOTHING

    def _streets(self) -> list[str]:
        """The nearest street with a name for each new site, empty where none is near."""
        edges = self.study.streets.edges
        named = edges[(edges["name"] != "").to_numpy()]
        found = [""] * len(self.part.new_sites)
        if named.empty or not found:
            return found
        site, edge = named.sindex.nearest(
            self.part.new_sites.geometry.to_numpy(), return_all=False, max_distance=STREET_WITHIN_M
        )
        for i, name in zip(site, named["name"].to_numpy()[edge], strict=True):
            found[i] = str(name)
        return found

    def _where(self, site: dict[str, Any], street: str) -> str:
        grid, code = self.names.get(site["grid_code"], site["grid_code"]), site["grid_code"]
        community = self.community_of.get(code, "")
        place = self._say("in_grid", grid=grid, community=community) if community else grid
        return self._say("by_street", street=street, place=place) if street else place

    def _host(self, site: dict[str, Any]) -> str:
        host = self.hosts.loc[site["site_id"]]
        told = [self.study.catalog.host_kinds[site["kind"]].name.in_language(self.language)]
        if np.isfinite(host["floor"]):
            told.append(self._say("floor_is", floor=host["floor"]))
        told.append(self._say("area_is", area=host["area_m2"]))
        return self._listed(told)

    def _serves(self, site: dict[str, Any]) -> str:
        within = site["within_reach_per_day"]
        grids = [self.names.get(code, code) for code in served_grids(self.part, site["site"]).index[:GRIDS_NAMED]]
        return self._say(
            "serves_grids",
            amount=amount_text(within, self.unit),
            share=share_text(share_of_all(self.part, within)),
            grids=self._listed(grids) or NOTHING,
        )

    def _answers(self, site: int) -> list[tuple[str, str]]:
        count = int(self.part.appeal_covers[:, [site]].sum())
        return [(self._say("answers"), self._say("answers_is", count=count))] if count else []

    def _open(self, site: dict[str, Any]) -> str:
        return self._say("open_is", hours=str(site["open_hours"]), periods=self.periods_open(site["site"]))

    def _cost(self, cost_yuan: float) -> str:
        fit_out = self.rules.fit_out_yuan_per_year
        costs = {"cost": cost_yuan, "rent": cost_yuan - fit_out, "fit_out": fit_out}
        return self._say("cost_is", **{name: yuan_text(value, self.language) for name, value in costs.items()})

    def _needs(self) -> str:
        catalog = self.study.catalog
        kinds = self._listed(catalog.host_kinds[kind].name.in_language(self.language) for kind in self.rules.host_kinds)
        needs = [self._say("needs_area", area=self.rules.area_m2)]
        needs += [self._say("needs_ground_floor")] if self.rules.ground_floor_only else []
        needs += [self._say("needs_kinds", kinds=kinds), self._say("needs_free")]
        needs += [self._say("needs_street", value=catalog.rules.max_off_road_m.value)]
        if self.rules.near_roads is not None:
            needs += [self._say("needs_roads", value=self.rules.near_roads.within_m)]
        return self._say("needs_met", needs=say("report.conditions_mark", self.language).join(needs))

    def _why(self, site: dict[str, Any]) -> str:
        """Why a site is in the plan, in a sentence or two."""
        values = {
            "standard": standard_text(self.study.catalog, self.part.standard, self.part.service, self.language),
            "within": amount_text(site["within_reach_per_day"], self.unit),
            "only": amount_text(site["only_here_per_day"], self.unit),
        }
        reason = say(f"report.why_{'alone' if site['only_here_per_day'] > 0 else 'shared'}", self.language, **values)
        for gap in self.part.gaps_today.to_dict("records"):
            if gap["geometry"].covers(site["geometry"]):
                lost = amount_text(gap["uncovered_per_day"], self.unit)
                return reason + say("report.why_gap", self.language, rank=gap["rank"], uncovered=lost)
        return reason

    def _listed(self, texts: Iterable[str]) -> str:
        return say("map.list_mark", self.language).join(texts)

    def _say(self, key: str, **values: object) -> str:
        return say(f"card.{key}", self.language, **values)
