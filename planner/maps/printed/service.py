"""What a plan adds to a printed map: coverage, coverage gaps, existing centres, new sites and appeals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from planner.maps.printed.parts import Floats, Layer, Look, Marks, MarkShape, Ranked, Sign
from planner.maps.shown import APPEAL_COLOURS, CELL_COLOURS, appeal_looks, cell_classes, service_colour
from planner.maps.wording import Wording
from planner.plan import Plan, ServicePlan

CENTRE_FILL: Final = "#1f2933"
SITE_RADIUS_MM: Final = 2.2
_CELL_OPACITY: Final = {False: 0.62, True: 0.34}
_ORDER: Final = {"site": 0, "centre": 8, "appeal": 12, "cell": 20, "gap": 26}
_APPEALS: Final[Mapping[str, tuple[MarkShape, float]]] = {
    "unanswered": ("alert", 1.5),
    "answered": ("square", 0.95),
    "idle": ("small_square", 0.6),
}
# Cells that touch may lie a little apart by their coordinates.
_SEAM_M: Final = 0.5
_HATCHED: Final = {"none": "#8b1a10"}


def cell_layers(part: ServicePlan, wording: Wording) -> list[Layer]:
    """The cells by whether the plan covers them, paler with a dashed outline where their demand is an estimate."""
    classes = cell_classes(part.planned)
    is_estimate = part.demand.cells["estimated"].to_numpy(dtype=bool)
    shapes = part.demand.cells.geometry.to_numpy()
    layers = []
    for order, (kind, colour) in enumerate(CELL_COLOURS.items(), _ORDER["cell"]):
        sign = Sign(order, wording.words(f"cell_{kind}"))
        for guessed in (False, True):
            look = Look(fill=colour, opacity=_CELL_OPACITY[guessed], hatch=_HATCHED.get(kind))
            name = f"cell-{kind}-estimated" if guessed else f"cell-{kind}"
            layers.append(Layer(name, shapes[(classes == kind) & (is_estimate == guessed)], look, sign))
    guessed = shapes[is_estimate & (classes != "")]
    if len(guessed):
        grown = shapely.union_all(shapely.buffer(guessed, _SEAM_M, join_style="mitre"))
        edge = np.array([shapely.buffer(grown, -_SEAM_M, join_style="mitre")], dtype=object)
        sign = Sign(_ORDER["cell"] + 4, wording.words("cell_estimated"))
        layers.append(Layer("cell-estimated", edge, Look(stroke="#1f2933", width=0.2, dash="0.8 0.8"), sign))
    return [layer for layer in layers if len(layer.shapes)]


def gap_layer(gaps: gpd.GeoDataFrame, wording: Wording) -> tuple[Layer, Ranked]:
    """The coverage gaps, and their ranks."""
    shapes = gaps.geometry.to_numpy()
    look = Look(stroke="#8b1a10", width=0.45, dash="1.6 1")
    sign = Sign(_ORDER["gap"], wording.words("legend_gap"))
    return Layer("gap", shapes, look, sign), Ranked(shapes, [str(rank) for rank in gaps["rank"]])


def centre_marks(plan: Plan, wording: Wording, *, service: str | None) -> list[Marks]:
    """The existing centres; on the map of one service those that do not offer it are small and hollow."""
    centres = plan.study.centres
    offers = np.array([service is None or service in offered for offered in centres["services"]], dtype=bool)
    at = _at(centres)
    offering, other = wording.words("layer_centres"), wording.printed("centre_other")
    return _some(
        Marks("centre-other", at[~offers], "small_diamond", "#ffffff", 1.15, Sign(_ORDER["centre"] + 1, other)),
        Marks("centre", at[offers], "diamond", CENTRE_FILL, 1.75, Sign(_ORDER["centre"], offering)),
    )


def new_site_marks(plan: Plan, service: str, wording: Wording, *, of_service: bool = False) -> list[Marks]:
    """The new sites of a service by their number; those that the planner required are hexagons.

    ``of_service``: the legend names the service, for a map that shows several.
    """
    part = plan.services[service]
    sites, colour = part.new_sites, service_colour(plan, service)
    required = sites["site_id"].isin(plan.scenario.services[service].required).to_numpy(dtype=bool)
    order, labels = _ORDER["site"], (wording.words("legend_site"), wording.live("new_required"))
    if of_service:
        order += 1 + list(plan.services).index(service)
        name = wording.service(service)
        labels = wording.printed("new_of_service", service=name), wording.printed("required_of_service", service=name)
    digits, at = sites["number"].astype(str).to_numpy(), _at(sites)

    def some(kind: str, shape: MarkShape, label: str, which: NDArray[np.bool_]) -> Marks:
        sign, numbers = Sign(order, label), digits[which].tolist()
        return Marks(f"{kind}-{service}", at[which], shape, colour, SITE_RADIUS_MM, sign, numbers, may_move=True)

    return _some(some("site", "circle", labels[0], ~required), some("required", "hexagon", labels[1], required))


def appeal_marks(plan: Plan, wording: Wording, *, service: str | None) -> list[Marks]:
    """The appeals by what the plan does for them: those that call for the service, or all."""
    frame = plan.appeals() if service is None else plan.services[service].appeals
    looks = appeal_looks(frame)
    marks = []
    for order, (look, (shape, radius)) in enumerate(_APPEALS.items(), _ORDER["appeal"]):
        sign = Sign(order, wording.words(f"legend_{look}"))
        marks.append(Marks(f"appeal-{look}", _at(frame[looks == look]), shape, APPEAL_COLOURS[look], radius, sign))
    return _some(*reversed(marks))


def _some(*marks: Marks) -> list[Marks]:
    return [some for some in marks if len(some.at)]


def _at(frame: gpd.GeoDataFrame) -> Floats:
    return np.column_stack([frame.geometry.x, frame.geometry.y]).reshape(-1, 2)
