"""``plan_map``: a plan as a map that needs no other file and no other host."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import folium
import geopandas as gpd
import pandas as pd
import shapely
from folium.utilities import JsCode

from planner.figures import amount_text, share_text, yuan_text
from planner.maps.cells import CellLayer, CellTable
from planner.maps.ground import ground_shapes, street_shapes
from planner.maps.marks import draw_appeals, draw_hot_spots, draw_no_go, draw_own_places
from planner.maps.panel import html_lang, panel_html
from planner.maps.sheet import Sheet, typed
from planner.maps.shown import SERVICE_COLOURS
from planner.maps.wording import Wording
from planner.plan import Plan, ServicePlan
from planner.sites import open_in_periods
from planner.words import Language, reader_language, say


def plan_map(plan: Plan, *, language: Language | None = None) -> folium.Map:
    """The plan on a map of its streets: coverage, gaps and sites, today and planned, a layer each.

    Only the first service's planned layers are switched on at first. The map is complete in itself: Leaflet is inside,
    there are no tiles, and the same plan gives the same bytes. Names are shown as they were typed, never as markup.
    """
    return _Drawing(plan, language or reader_language()).map()


class _Drawing:
    """One map in the making: its folium map, its language and the shapes from the lowest to the highest."""

    def __init__(self, plan: Plan, language: Language) -> None:
        self.plan, self.study, self.language = plan, plan.study, language
        self.wording, self.plain = Wording(plan.study, language), Wording(plan.study, language, markup=False)
        self.ground = ground_shapes(self.study)
        self.has_unreached = any(len(part.unreached) for part in plan.services.values())
        title = say("map.title", language, street=self.study.name, scenario=plan.scenario.name)
        self.sheet = Sheet(self.study.boundary, self.study.metric_crs, title=title)

    def map(self) -> folium.Map:
        """Every layer, then the panel, then names that do not change."""
        self._ground()
        for number, part in enumerate(self.plan.services.values()):
            self._service(number, part)
        return self.sheet.finish(panel_html(self.plan, self.wording, self.ground), lang=html_lang(self.language))

    # The ground: what is there before any plan.

    def _ground(self) -> None:
        scenario = self.plan.scenario
        always = self.sheet.group(None, show=True)
        for kind, (shape, style) in self.ground.items():
            if kind != "building":
                self.sheet.add_shapes(always, [self.sheet.feature(shape)], level=0, interactive=False, **style)
        for shape, style in street_shapes(self.study).values():
            self.sheet.add_shapes(always, [self.sheet.feature(shape)], level=2, interactive=False, fill=False, **style)
        frame = shapely.box(*shapely.bounds(shapely.buffer(self.study.boundary, 3000)))
        outside = self.sheet.feature(frame.difference(self.study.boundary))
        self.sheet.add_shapes(
            always, [outside], level=3, interactive=False, stroke=False, fill_color="#f6f4ef", fill_opacity=0.6
        )
        edge = self.sheet.feature(self.study.boundary)
        self.sheet.add_shapes(always, [edge], level=8, interactive=False, fill=False, color="#3e4c59", weight=3)

        self._centres(self.sheet.group(self._layer_name("map.layer_centres", heading=self.wording.words("ground"))))
        grids = self.sheet.group(self._layer_name("map.layer_grids"))
        areas = [
            self.sheet.feature(shape, n=typed(name), c=typed(code))
            for shape, name, code in zip(
                self.study.grids.geometry, self.study.grids["name"], self.study.grids["grid_code"], strict=True
            )
        ]
        titles = {"n": self.wording.term("grid"), "c": ""}
        self.sheet.add_shapes(grids, areas, titles, level=4, stroke=False, fill_opacity=0)
        lines = self.sheet.feature(shapely.union_all(shapely.boundary(self.study.grids.geometry.to_numpy())))
        self.sheet.add_shapes(
            grids, [lines], level=6, interactive=False, fill=False, color="#52606d", weight=0.7, opacity=0.8
        )
        if "building" in self.ground:
            shape, style = self.ground["building"]
            houses = self.sheet.group(self._layer_name("map.layer_buildings"))
            self.sheet.add_shapes(houses, [self.sheet.feature(shape)], level=1, interactive=False, **style)
        if len(self.study.restricted):
            self._restricted(self.sheet.group(self._layer_name("map.layer_restricted"), show=False))
        for key, drawn, some in (
            ("no_go", draw_no_go, scenario.no_go),
            ("proposed", draw_own_places, scenario.proposed),
        ):
            if some:
                drawn(self.sheet, self.sheet.group(self._layer_name(f"live.{key}")), scenario, self.wording)
        if len(self.study.appeals):
            group = self.sheet.group(self._layer_name("map.layer_appeals"), show=False)
            draw_appeals(self.sheet, group, self.plan, self.wording)
        if self.has_unreached:
            self._unreached(self.sheet.group(self._layer_name("map.layer_unreached"), show=False))

    def _centres(self, group: folium.FeatureGroup) -> None:
        titles = {
            "n": self.wording.term("existing_centre"), "s": self.wording.words("service_list"),
            "h": self.wording.term("open_hours"), "p": self.wording.words("open_in"),
        }  # fmt: skip
        is_open = open_in_periods(self.study.centres["open_hours"], self.study.catalog)
        features = [
            self.sheet.feature(
                row.geometry,
                n=typed(row.name),
                s=self.wording.services(row.services),
                h=typed(row.open_hours),
                p=self.wording.periods(periods),
            )
            for row, periods in zip(_rows(self.study.centres), is_open, strict=True)
        ]
        self.sheet.add_markers(group, features, titles, class_name="planner-centre", size=13)

    def _restricted(self, group: folium.FeatureGroup) -> None:
        titles = {
            "n": self.wording.words("layer_restricted"),
            "r": self.wording.words("reason"),
            "s": self.wording.words("applies_to"),
        }
        features = [
            self.sheet.feature(
                row.geometry,
                n=typed(row.name),
                r=typed(row.reason),
                s=self.wording.services(row.services) or self.wording.words("all_services"),
            )
            for row in _rows(self.study.restricted)
        ]
        style = {"color": "#5b4636", "weight": 1, "fill_color": "#5b4636", "fill_opacity": 0.25}
        self.sheet.add_shapes(group, features, titles, level=5, **style)

    def _unreached(self, group: folium.FeatureGroup) -> None:
        """Every point that some service's streets do not reach, once for each fault, with the services."""
        place = {
            "demand": {
                name: shapely.Point(xy)
                for part in self.plan.services.values()
                for name, xy in zip(part.demand.cells["cell_id"], part.demand.xy, strict=True)
            },
            "centre": dict(zip(self.study.centres["centre_id"], self.study.centres.geometry, strict=True)),
            "candidate": dict(zip(self.study.hosts["host_id"], self.study.hosts.geometry, strict=True)),
        }
        found: dict[tuple[str, str, str], tuple[float, list[str]]] = {}
        for service, part in self.plan.services.items():
            for row in _rows(part.unreached):
                found.setdefault((str(row.what), str(row.id), str(row.fault)), (float(row.off_road_m), []))[1].append(
                    service
                )
        titles = {
            "n": "",
            "f": self.wording.words("fault"),
            "d": self.wording.words("off_road"),
            "s": self.wording.words("applies_to"),
        }
        features = [
            self.sheet.feature(
                place[what][name],
                n=f"{self.wording.words(f'what_{what}')} {typed(name)}",
                f=self.wording.words(f"fault_{fault}"),
                d=self.wording.metres(off_road_m),
                s=self.wording.services(services),
            )
            for (what, name, fault), (off_road_m, services) in found.items()
        ]
        look = 'radius: 5, color: "#111", weight: 2, fillColor: "#fff", fillOpacity: 1'
        dot = JsCode(f"function (feature, at) {{ return L.circleMarker(at, {{{look} }}); }}")
        self.sheet.add_shapes(group, features, titles, level=9, point_to_layer=dot)

    # One service: coverage and gaps, today and planned, and the new sites.

    def _service(self, number: int, part: ServicePlan) -> None:
        name = self.study.catalog.services[part.service].name.in_language(self.language)
        is_first = number == 0
        table = CellTable(part, self.sheet.in_degrees(part.demand.cells.geometry), self.plain)
        self.sheet.drawn.add_child(table)
        sites = self.sheet.group(self._layer_name("map.layer_new_sites", of=name, heading=name), show=is_first)
        for when, coverage, gaps in (
            ("planned", part.planned, part.gaps_planned),
            ("today", part.today, part.gaps_today),
        ):
            show = is_first and when == "planned"
            cells = self.sheet.group(self._layer_name(f"map.layer_cells_{when}", of=name), show=show)
            self.sheet.add_layer(cells, CellLayer(table, coverage), level=5)
            self._gaps(self.sheet.group(self._layer_name(f"map.layer_gaps_{when}", of=name), show=show), part, gaps)
        self._new_sites(sites, number, part)
        if len(part.hot_spots):
            group = self.sheet.group(self._layer_name("map.layer_hot_spots", of=name), show=False)
            draw_hot_spots(self.sheet, group, part, self.wording)

    def _gaps(self, group: folium.FeatureGroup, part: ServicePlan, gaps: gpd.GeoDataFrame) -> None:
        titles = {"n": self.wording.term("coverage_gap"), "w": self.wording.words("uncovered_per_day")}
        titles |= {f"p{j}": self.wording.period(key) for j, key in enumerate(part.demand.periods)}
        titles |= {"a": self.wording.words("area"), "g": self.wording.words("grids_in_gap")}
        if part.demand.estimated_share > 0:
            titles["e"] = self.wording.words("estimated_of_it")
        features, labels = [], []
        for row in gaps.to_dict("records"):
            told = {
                "n": self.wording.words("rank", rank=row["rank"]),
                "w": self.wording.amount(part, row["uncovered_per_day"]),
                "a": self.wording.words("area_hectares", value=row["area_m2"] / 10_000),
                "g": self.wording.grids(row["grid_codes"]),
            }
            told |= {f"p{j}": amount_text(row[f"uncovered_{j}"]) for j in range(len(part.demand.periods))}
            if "e" in titles:
                told["e"] = share_text(row["estimated_share"])
            features.append(self.sheet.feature(row["geometry"], **told))
            labels.append(self.sheet.feature(row["geometry"].representative_point(), digits=int(row["rank"])))
        style = {"color": "#8b1a10", "weight": 2, "dash_array": "6 4", "fill_opacity": 0}
        self.sheet.add_shapes(group, features, titles, level=7, **style)
        self.sheet.add_markers(group, labels, {}, class_name="planner-rank", size=18, above=1, interactive=False)

    def _new_sites(self, group: folium.FeatureGroup, number: int, part: ServicePlan) -> None:
        titles = {
            "n": self.wording.term("new_site"),
            "k": self.wording.words("host_kind"),
            "h": self.wording.term("open_hours"),
            "p": self.wording.words("open_in"),
            "y": self.wording.words("yearly_cost"),
            "w": self.wording.words("within_reach"),
            "o": self.wording.words("only_here"),
            "g": self.wording.term("grid"),
        }
        features = [
            self.sheet.feature(
                row.geometry,
                digits=int(row.number),
                n=f"{row.number} {typed(row.name)}",
                k=typed(self.study.catalog.host_kinds[row.kind].name.in_language(self.language)),
                h=typed(row.open_hours),
                p=self.wording.periods(part.sites.open[row.site]),
                y=typed(yuan_text(row.cost_yuan, self.language)),
                w=self.wording.amount(part, row.within_reach_per_day),
                o=self.wording.amount(part, row.only_here_per_day),
                g=self.wording.grid(row.grid_code),
            )
            for row in _rows(part.new_sites)
        ]
        colour = f"planner-site planner-s{number % len(SERVICE_COLOURS)}"
        self.sheet.add_markers(group, features, titles, class_name=colour, size=26, above=2)

    # The panel.

    def _layer_name(self, key: str, *, of: str = "", heading: str = "") -> str:
        """A layer's name in the layer box; the heading of a service stands above its first layer."""
        group = f'<b class="planner-group">{typed(heading)}</b>' if heading else ""
        service = f'<span class="planner-of">{typed(of)} </span>' if of else ""
        return f'{group}<span class="planner-name">{service}{say(key, self.language)}</span>'


def _rows(frame: pd.DataFrame) -> Iterable[Any]:
    return frame.itertuples(index=False)
