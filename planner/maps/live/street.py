"""What a map shows of a street before any plan: ground, streets, boundary, grids, restricted areas, centres."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import shapely

from planner.figures import share_text
from planner.intake.study import Study
from planner.maps.ground import MARGIN_M, ground_shapes, street_shapes
from planner.maps.live.layers import LiveLayer, Sign, Style, facts_body, shapes_body, state_body
from planner.maps.wording import Wording
from planner.sites import open_in_periods
from planner.today import ServiceToday
from planner.words import Language

# Small things drop out when a reader zooms out: from which zoom on each is drawn.
_GROUND_FROM: Final = {"building": 15.0, "stream": 13.0, "railway": 12.0}
_STREET_FROM: Final = {0: 15.0, 1: 14.0, 2: 12.5}
_CENTRE: Final = Style(stroke="#ffffff", width=2, fill="#1f2933", shape="diamond")
_RESTRICTED: Final = Style(stroke="#5b4636", width=1.2, fill="#5b4636", opacity=0.22, hatch="/")


def street_layers(study: Study, language: Language) -> tuple[LiveLayer, ...]:
    """Ground, streets, boundary, restricted areas and existing centres; the same until the study changes."""
    wording = Wording(study, language, markup=False)
    layers = [*_ground(study, wording), _streets(study, wording), *_boundary(study, wording)]
    if len(study.restricted):
        layers.append(_restricted(study, wording))
    return (*layers, _centres(study, wording))


def grid_layers(study: Study, services: Mapping[str, ServiceToday], language: Language) -> tuple[LiveLayer, ...]:
    """The grids, each with its covered share today of every service."""
    wording = Wording(study, language, markup=False)
    grids, communities = study.grids, study.communities.set_index("community_code")["name"]
    rows = {
        wording.term("grid"): [wording.grid(code) for code in grids["grid_code"]],
        wording.live("code"): list(grids["grid_code"]),
        wording.term("community"): [str(communities.get(code, "")) for code in grids["community_code"]],
    }
    for name, part in services.items():
        shares = part.today.by_group(part.demand.cells["grid_code"].to_numpy())["covered_share"]
        title = wording.live("covered_today_of", service=wording.service(name))
        rows[title] = [share_text(float(shares.get(code, np.nan))) for code in grids["grid_code"]]
    layer = LiveLayer(
        name="grids",
        level=40,
        kind="grid",
        label=wording.words("layer_grids"),
        heading=wording.words("ground"),
        signs=(Sign(wording.words("layer_grids")),),
        shapes=shapes_body(grids.geometry.to_numpy(), study.metric_crs),
        styles=(Style(stroke="#52606d", width=0.8, opacity=0.8),),
        facts=facts_body(grids["grid_code"], rows),
    )
    return (layer,)


def _ground(study: Study, wording: Wording) -> list[LiveLayer]:
    """Only buildings can be switched; the legend names the others, streams being water."""
    names = {"building": wording.words("layer_buildings"), "stream": ""}
    layers = []
    for level, (kind, (shape, style)) in enumerate(ground_shapes(study).items()):
        name = names.get(kind) or ("" if kind in names else wording.words(f"legend_{kind}"))
        layers.append(
            LiveLayer(
                name=kind,
                level=level,
                label=name if kind == "building" else "",
                heading=wording.words("ground"),
                signs=(Sign(name),) if name else (),
                shapes=shapes_body(shapely.get_parts(shape), study.metric_crs),
                styles=(_style(style, from_zoom=_GROUND_FROM.get(kind, 0.0)),),
            )
        )
    return layers


def _streets(study: Study, wording: Wording) -> LiveLayer:
    """All streets as one layer, a line's state being the rank of its class."""
    found = street_shapes(study)
    lines = {rank: shapely.get_parts(shape) for rank, (shape, _) in found.items()}
    ranks = np.repeat(list(lines), [len(some) for some in lines.values()]).astype(np.int64)
    styles = [Style()] * (max(found, default=0) + 1)
    for rank, (_, style) in found.items():
        styles[rank] = _style(style, from_zoom=_STREET_FROM.get(rank, 0.0))
    signs = [Sign(wording.words("legend_street"), max(found))] if found else []
    signs += [Sign(wording.words("legend_path"), 0)] if 0 in found else []
    return LiveLayer(
        name="streets",
        level=20,
        label=wording.words("legend_street"),
        heading=wording.words("ground"),
        signs=tuple(signs),
        shapes=shapes_body(np.concatenate([*lines.values(), np.empty(0, dtype=object)]), study.metric_crs),
        styles=tuple(styles),
        state=state_body(ranks),
        credit="" if study.made_up else wording.words("credit"),
    )


def _boundary(study: Study, wording: Wording) -> list[LiveLayer]:
    around = shapely.box(*shapely.bounds(shapely.buffer(study.boundary, 5 * MARGIN_M)))
    outside = np.array([around.difference(study.boundary)], dtype=object)
    edge = np.array([study.boundary], dtype=object)
    return [
        LiveLayer(
            name="outside",
            level=25,
            shapes=shapes_body(outside, study.metric_crs),
            styles=(Style(fill="#f6f4ef", opacity=0.6),),
        ),
        LiveLayer(
            name="boundary",
            level=80,
            heading=wording.words("ground"),
            signs=(Sign(wording.words("legend_boundary")),),
            shapes=shapes_body(edge, study.metric_crs),
            styles=(Style(stroke="#3e4c59", width=3),),
        ),
    ]


def _restricted(study: Study, wording: Wording) -> LiveLayer:
    rows = {
        wording.words("layer_restricted"): list(study.restricted["name"]),
        wording.words("reason"): list(study.restricted["reason"]),
        wording.words("applies_to"): [
            wording.services(some) or wording.words("all_services") for some in study.restricted["services"]
        ],
    }
    return LiveLayer(
        name="restricted",
        level=50,
        label=wording.words("layer_restricted"),
        heading=wording.words("ground"),
        shown=False,
        signs=(Sign(wording.words("layer_restricted")),),
        shapes=shapes_body(study.restricted.geometry.to_numpy(), study.metric_crs),
        styles=(_RESTRICTED,),
        facts=facts_body(study.restricted["name"], rows),
    )


def _centres(study: Study, wording: Wording) -> LiveLayer:
    centres = study.centres
    is_open = open_in_periods(centres["open_hours"], study.catalog)
    rows = {
        wording.term("existing_centre"): list(centres["name"]),
        wording.words("service_list"): [wording.services(some) for some in centres["services"]],
        wording.term("open_hours"): list(centres["open_hours"]),
        wording.words("open_in"): [wording.periods(there) for there in is_open],
    }
    return LiveLayer(
        name="centres",
        level=130,
        kind="centre",
        label=wording.words("layer_centres"),
        heading=wording.live("sites"),
        signs=(Sign(wording.words("layer_centres")),),
        shapes=shapes_body(centres.geometry.to_numpy(), study.metric_crs),
        styles=(_CENTRE,),
        facts=facts_body(centres["centre_id"], rows),
    )


def _style(folium_style: Mapping[str, Any], *, from_zoom: float) -> Style:
    """A style of the report's map for this one."""
    is_stroked = folium_style.get("stroke", True)
    return Style(
        stroke=folium_style.get("color", "") if is_stroked else "",
        width=float(folium_style.get("weight", 1.0)) if is_stroked else 0.0,
        dash=tuple(float(part) for part in str(folium_style.get("dash_array", "")).split()),
        fill=folium_style.get("fill_color", "") if folium_style.get("fill", False) else "",
        from_zoom=from_zoom,
    )
