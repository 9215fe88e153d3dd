"""Appeals, hot spots and the planner's own places and areas on the map."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import folium
import geopandas as gpd
import pandas as pd
import shapely
from folium.utilities import JsCode

from planner.maps.sheet import Sheet, typed
from planner.maps.shown import APPEAL_COLOURS, NO_GO_COLOUR, appeal_looks
from planner.maps.wording import Wording
from planner.plan import Plan, ServicePlan
from planner.scenario import Scenario

APPEAL_LOOKS: Final = {
    "unanswered": 'radius: 6, color: "#fff", weight: 1.5, fillOpacity: 1',
    "answered": 'radius: 6, color: "#fff", weight: 1.5, fillOpacity: 1',
    "idle": 'radius: 4, color: "#52606d", weight: 1.5, fillOpacity: 0.6',
}


def draw_appeals(sheet: Sheet, group: folium.FeatureGroup, plan: Plan, wording: Wording) -> None:
    """Every appeal, by what the plan does for it."""
    titles = {
        "n": wording.words("appeal"), "d": wording.words("appeal_date"), "t": wording.words("appeal_state"),
        "s": wording.words("calls_for"), "a": wording.words("answered_today"), "p": wording.words("answered_planned"),
    }  # fmt: skip
    frame = plan.appeals()
    yes_no = {True: wording.words("yes"), False: wording.words("no")}
    looks = appeal_looks(frame)
    for look, style in APPEAL_LOOKS.items():
        features = []
        for row in _rows(frame[looks == look]):
            told = {
                "n": typed(f"{row.appeal_id} {row.written}"),
                "d": row.date.date().isoformat(),
                "t": wording.words(f"appeal_{row.state}"),
                "s": wording.services(row.services) or wording.words("calls_for_none"),
                "a": yes_no[bool(row.answered_today)] if row.services else "",
                "p": yes_no[bool(row.answered_planned)] if row.services else "",
            }
            features.append(sheet.feature(row.geometry, **told))
        dot = JsCode(
            f'function (feature, at) {{ return L.circleMarker(at, {{{style}, fillColor: "{APPEAL_COLOURS[look]}"}}); }}'
        )
        sheet.add_shapes(group, features, titles, level=9, point_to_layer=dot)


def draw_own_places(sheet: Sheet, group: folium.FeatureGroup, scenario: Scenario, wording: Wording) -> None:
    """The places that the planner proposed, chosen or not."""
    titles = {"n": wording.live("proposed"), "h": wording.term("open_hours")}
    sites = scenario.proposed
    shapes = gpd.GeoSeries(gpd.points_from_xy([one.lon for one in sites], [one.lat for one in sites]), crs=4326)
    told = [{"n": typed(one.name), "h": typed(one.open_hours)} for one in sites]
    sheet.add_markers(group, sheet.features(shapes, told), titles, class_name="planner-own", size=15)


def draw_no_go(sheet: Sheet, group: folium.FeatureGroup, scenario: Scenario, wording: Wording) -> None:
    """The areas that the planner keeps free."""
    titles = {"n": wording.live("no_go"), "s": wording.words("applies_to")}
    areas = scenario.no_go
    shapes = gpd.GeoSeries([shapely.Polygon(area.ring) for area in areas], crs=4326)
    told = [
        {"n": typed(area.name), "s": wording.services(area.services) or wording.words("all_services")} for area in areas
    ]
    style = {"color": NO_GO_COLOUR, "weight": 2, "fill_color": NO_GO_COLOUR, "fill_opacity": 0.2}
    sheet.add_shapes(group, sheet.features(shapes, told), titles, level=6, **style)


def draw_hot_spots(sheet: Sheet, group: folium.FeatureGroup, part: ServicePlan, wording: Wording) -> None:
    """The hot spots of one service, with whether a host is there for them."""
    titles = {
        "n": wording.words("hot_spot"), "w": wording.term("weight_per_day"), "u": wording.words("uncovered_per_day"),
        "v": wording.words("advice"), "h": wording.words("nearest_host"), "g": wording.words("grids_in_gap"),
    }  # fmt: skip
    features = [
        sheet.feature(
            row.geometry,
            n=str(row.rank),
            w=wording.amount(part, row.weight_per_day),
            u=wording.amount(part, row.uncovered_per_day),
            v=wording.words(f"advice_{row.advice}"),
            h=f"{typed(row.nearest_name)} {wording.metres(row.nearest_m)}".strip(),
            g=wording.grids(row.grid_codes),
        )
        for row in _rows(part.hot_spots)
    ]
    style = {"color": "#7b3f00", "weight": 2, "fill_color": "#e8590c", "fill_opacity": 0.28}
    sheet.add_shapes(group, features, titles, level=6, **style)


def _rows(frame: pd.DataFrame) -> Iterable[Any]:
    return frame.itertuples(index=False)
