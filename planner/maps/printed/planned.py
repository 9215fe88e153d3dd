"""``printed_map``: what the map of a plan shows, and its sheet."""

from __future__ import annotations

from planner.errors import UnknownNameError
from planner.maps.ground import MARGIN_M
from planner.maps.printed.paper import Box
from planner.maps.printed.parts import MapContents, Ranked, area_of
from planner.maps.printed.service import appeal_marks, cell_layers, centre_marks, gap_layer, new_site_marks
from planner.maps.printed.sheet import Margin, sheet_svg
from planner.maps.printed.street import (
    community_layer,
    community_names,
    edge_layers,
    grid_names,
    ground_around,
    ground_layers,
    network_layers,
    street_names,
)
from planner.maps.wording import Wording
from planner.plan import Plan
from planner.words import Language


def printed_map(
    plan: Plan,
    service: str | None,
    *,
    language: Language,
    width_mm: float,
    height_mm: float,
    title: str | None = None,
    review_number: str = "",
    internal: bool = False,
) -> str:
    """A map of one service as planned, or of all services (``None``), as SVG of ``width_mm`` by ``height_mm``.

    It is a whole sheet: title (``None``: the map's own; an empty one leaves it out), map with frame, legend of what is
    drawn, north arrow, scale bar, the line for the map review number and, where ``internal``, the mark of internal
    material. The scale it states is true when it is printed at its width. Metric coordinates go straight to paper; true
    north is where the arrow points. Texts ask for the fonts of ``svg.FONTS``, and all of it is plain SVG 1.1. The same
    plan gives the same bytes.

    Raises ``UnknownNameError`` for a service that the plan does not have, ``ArgumentError`` below ``LEAST_MM``.
    """
    if service is not None and service not in plan.services:
        raise UnknownNameError("unknown_service", service=service, known=", ".join(plan.services))
    wording = Wording(plan.study, language, markup=False)
    margin = Margin(
        title=_title(plan, service, wording) if title is None else title,
        review_number=review_number,
        internal=internal,
        notes=_notes(plan, service, wording),
    )
    contents = map_contents(plan, service, wording, Box(0.0, 0.0, width_mm, height_mm))
    return sheet_svg(contents, margin, wording, width_mm=width_mm, height_mm=height_mm)


def map_contents(plan: Plan, service: str | None, wording: Wording, page: Box) -> MapContents:
    """All that the map shows, the lowest first: what was there before the plan lies below what the plan changes."""
    study = plan.study
    names = [service] if service is not None else list(plan.services)
    marks = [
        *(appeal_marks(plan, wording, service=service) if service is not None else []),
        *centre_marks(plan, wording, service=service),
        *(some for name in names for some in new_site_marks(plan, name, wording, of_service=service is None)),
    ]
    area = area_of(study.boundary, marks, margin_m=MARGIN_M)
    around, smooth_m = ground_around(area, page)
    layers = ground_layers(study, wording, around=around, smooth_m=smooth_m)
    ranked = Ranked()
    network = network_layers(study, wording, around=around, smooth_m=smooth_m)
    edges = edge_layers(study, wording, around=around)
    if service is None:
        layers += [*network, *edges, *community_layer(study, wording)]
    else:
        part = plan.services[service]
        gaps, ranked = gap_layer(part.gaps_planned, wording)
        layers += [*cell_layers(part, wording), *network, *edges, gaps]
    return MapContents(
        crs=study.metric_crs,
        area=area,
        layers=layers,
        marks=marks,
        ranked=ranked,
        street_names=street_names(study),
        area_names=community_names(study) if service is None else grid_names(study),
        credit="" if study.made_up else wording.words("credit"),
    )


def _title(plan: Plan, service: str | None, wording: Wording) -> str:
    street = plan.study.name.in_language(wording.language)
    scenario = plan.scenario.name.in_language(wording.language)
    if service is None:
        return wording.printed("title_all", street=street, scenario=scenario)
    return wording.printed("title_service", street=street, scenario=scenario, service=wording.service(service))


def _notes(plan: Plan, service: str | None, wording: Wording) -> tuple[str, ...]:
    notes = [wording.term("made_up_note")] if plan.study.made_up else []
    parts = [plan.services[service]] if service is not None else list(plan.services.values())
    if plan.study.estimated_roles or any(part.demand.estimated_share > 0 for part in parts):
        notes.append(wording.words("estimated_here"))
    if service is not None:
        notes.append(wording.printed("no_demand"))
    return tuple(notes)
