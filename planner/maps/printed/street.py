"""What a printed map shows of a street before any plan: ground, streets, boundary, grids, and their names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from planner.intake.study import Study
from planner.maps.ground import Bounds, ground_shapes, street_ranks, street_shapes
from planner.maps.printed.paper import SMOOTH_MM, Box, paper_for
from planner.maps.printed.parts import AreaName, Layer, Look, Sign, StreetName
from planner.maps.wording import Wording

# A pixel of the maps on a screen, in mm on a map of few square kilometres.
_PIXEL_MM: Final = 0.23
_PAPER: Final = "#ffffff"
_COMMUNITY: Final = "#5b3a8c"
# A map takes at least this part of its page each way: how far the ground may have to reach beyond what must be shown.
_LEAST_PART: Final = 0.6
# On a small scale, paths and then small streets would only darken the paper.
_STREETS_UNTIL: Final = {0: 40_000, 1: 150_000}
_SIGN_OF: Final = {"building": "layer_buildings", "stream": "legend_water"}
_ORDER: Final = {"boundary": 30, "community": 31, "grid": 32, "street": 40, "path": 47, "railway": 48, "water": 49}


def ground_around(area: Bounds, page: Box) -> tuple[Bounds, float]:
    """How far the ground may be seen on a page that shows ``area``, and by how many metres it may be smoothed."""
    paper = paper_for(area, page, padding_mm=0.0)
    wide, high = (side * paper.metres_per_mm / _LEAST_PART / 2 for side in (page.width, page.height))
    bounds = (paper.x_m - wide, paper.y_m - high, paper.x_m + wide, paper.y_m + high)
    return bounds, SMOOTH_MM * paper.metres_per_mm


def ground_layers(study: Study, wording: Wording, *, around: Bounds, smooth_m: float) -> list[Layer]:
    """Water, green, buildings and railways within ``around``, the lowest first."""
    layers = []
    for kind, (shape, style) in ground_shapes(study, around=around, smooth_m=smooth_m).items():
        sign = Sign(_ORDER.get(kind, 50), wording.words(_SIGN_OF.get(kind, f"legend_{kind}")))
        layers.append(Layer(kind, shapely.get_parts(shape), _look(style), sign, is_ground=True))
    return layers


def network_layers(study: Study, wording: Wording, *, around: Bounds, smooth_m: float) -> list[Layer]:
    """The streets within ``around``, paths first, a layer for each class."""
    layers = []
    for rank, (shape, style) in street_shapes(study, around=around, smooth_m=smooth_m).items():
        sign = Sign(_ORDER["street"] + 6 - rank, wording.words("legend_street"))
        if rank == 0:
            sign = Sign(_ORDER["path"], wording.words("legend_path"))
        until = _STREETS_UNTIL.get(rank, math.inf)
        layers.append(
            Layer(f"street-{rank}", shapely.get_parts(shape), _look(style), sign, is_ground=True, until=until)
        )
    return layers


def edge_layers(study: Study, wording: Wording, *, around: Bounds, grids: bool = True) -> list[Layer]:
    """What lies outside, faded; the grids; the boundary."""
    outside = np.array([shapely.box(*around).difference(study.boundary)], dtype=object)
    edge = Look(stroke="#3e4c59", width=0.7, dash="3 0.9 0.7 0.9")
    sign = Sign(_ORDER["boundary"], wording.words("legend_boundary"))
    return [
        Layer("outside", outside, Look(fill=_PAPER, opacity=0.66)),
        *([_grid_layer(study, wording)] if grids else []),
        Layer("boundary", np.array([study.boundary], dtype=object), edge, sign),
    ]


def _grid_layer(study: Study, wording: Wording) -> Layer:
    lines = shapely.line_merge(shapely.union_all(shapely.boundary(study.grids.geometry.to_numpy())))
    look = Look(stroke="#52606d", width=0.14, opacity=0.9)
    return Layer("grid", np.array([lines], dtype=object), look, Sign(_ORDER["grid"], wording.words("layer_grids")))


def street_names(study: Study) -> list[StreetName]:
    """The named streets for cars, each with all its lines."""
    edges = study.streets.edges
    ranks = street_ranks(study)
    named = pd.DataFrame({"name": edges["name"].to_numpy(), "rank": ranks, "line": edges.geometry.to_numpy()})
    named = named[(named["name"] != "") & (named["rank"] > 0)]
    return [
        StreetName(str(name), int(group["rank"].max()), np.asarray(group["line"].to_numpy(), dtype=object))
        for name, group in named.groupby("name", sort=True)
    ]


def grid_names(study: Study) -> list[AreaName]:
    """The grids by name, or code."""
    grids = study.grids
    return [
        AreaName(str(name or code), shape, letters_mm=1.75, colour="#3e4c59")
        for name, code, shape in zip(grids["name"], grids["grid_code"], grids.geometry, strict=True)
    ]


def community_layer(study: Study, wording: Wording) -> list[Layer]:
    """The borders of the communities."""
    lines = shapely.boundary(study.communities.geometry.to_numpy())
    if not len(lines):
        return []
    joined = np.array([shapely.line_merge(shapely.union_all(lines))], dtype=object)
    look = Look(stroke=_COMMUNITY, width=0.35, dash="1.6 0.8")
    return [Layer("community", joined, look, Sign(_ORDER["community"], wording.printed("community")))]


def community_names(study: Study) -> list[AreaName]:
    """The communities by name."""
    named = zip(study.communities["name"], study.communities.geometry, strict=True)
    return [AreaName(str(name), shape, letters_mm=2.6, colour=_COMMUNITY) for name, shape in named if name]


def _look(style: Mapping[str, Any]) -> Look:
    """A style of the maps on a screen for this one."""
    is_stroked = style.get("stroke", True)
    dash = style.get("dash_array")
    return Look(
        stroke=style.get("color") if is_stroked else None,
        width=float(style.get("weight", 1.0)) * _PIXEL_MM if is_stroked else 0.0,
        dash=" ".join(f"{float(part) * _PIXEL_MM:.2f}" for part in dash.split()) if dash else None,
        fill=style.get("fill_color") if style.get("fill") else None,
    )
