"""The places of a service: what could be built, what was required or forbidden, what breaks a rule, what is new."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from planner.figures import yuan_text
from planner.intake.study import Study
from planner.maps.live.layers import LiveLayer, Sign, Style, facts_body, shapes_body, state_body
from planner.maps.shown import NO_GO_COLOUR, OWN_COLOUR, service_colour
from planner.maps.wording import Wording
from planner.plan import Plan
from planner.scenario import Scenario
from planner.today import ServiceToday
from planner.words import Language

WGS84: Final = CRS.from_epsg(4326)
_OPEN, _REQUIRED, _FORBIDDEN, _HIDDEN = 0, 1, 2, 7
_CANDIDATE: Final = Style(stroke="#1f5f8b", width=1.6, fill="#ffffff", shape="ring")
_STYLE_REQUIRED: Final = Style(stroke="#ffffff", width=1.5, fill="#0b6e4f", shape="check")
_STYLE_FORBIDDEN: Final = Style(stroke="#9b2226", width=2.4, fill="#ffffff", shape="slash")
_REJECTED: Final = Style(stroke="#6b7280", width=1.4, opacity=0.55, shape="cross", from_zoom=14.5)


def site_layers(
    part: ServiceToday, scenario: Scenario, language: Language, *, chosen: NDArray[np.int64] | None = None
) -> tuple[LiveLayer, ...]:
    """Candidates, those that the scenario requires or forbids, and the hosts that break a siting rule.

    ``chosen`` are the indices in ``part.sites`` that a plan has chosen: they are drawn as new sites, not here.
    """
    wording = Wording(part.study, language, markup=False)
    frame = part.sites.frame
    own = {site.site_id for site in scenario.proposed}
    which = np.flatnonzero(~frame["existing"].to_numpy(dtype=bool) & ~frame["site_id"].isin(own).to_numpy())
    limits = scenario.services.get(part.service)
    styles = np.full(len(which), _OPEN)
    ids = frame["site_id"].iloc[which]
    if limits is not None:
        styles[ids.isin(limits.required)] = _REQUIRED
        styles[ids.isin(limits.forbidden)] = _FORBIDDEN
    if chosen is not None:
        styles[np.isin(which, chosen)] = _HIDDEN
    layers = _candidates(part, which, styles, wording)
    rejected = _rejected(part, wording)
    return layers if rejected is None else (*layers, rejected)


def new_site_layers(plan: Plan, service: str, language: Language, *, shown: bool = True) -> tuple[LiveLayer, ...]:
    """The new sites by their number; those that the planner required have a mark of their own."""
    part, wording = plan.services[service], Wording(plan.study, language, markup=False)
    sites = part.new_sites
    colour = service_colour(plan, service)
    rows = {
        wording.term("new_site"): [f"{n} {name}" for n, name in zip(sites["number"], sites["name"], strict=True)],
        wording.words("host_kind"): [_kind(plan.study, kind, wording) for kind in sites["kind"]],
        wording.term("open_hours"): list(sites["open_hours"]),
        wording.words("open_in"): [wording.periods(part.sites.open[site]) for site in sites["site"]],
        wording.words("yearly_cost"): [yuan_text(cost, language) for cost in sites["cost_yuan"]],
        wording.words("within_reach"): [wording.amount(part, value) for value in sites["within_reach_per_day"]],
        wording.words("only_here"): [wording.amount(part, value) for value in sites["only_here_per_day"]],
        wording.term("grid"): [wording.grid(code) for code in sites["grid_code"]],
    }
    required = sites["site_id"].isin(plan.scenario.services[service].required).to_numpy(dtype=bool)
    signs = [Sign(wording.words("legend_site"))]
    if required.any():
        signs.append(Sign(wording.live("new_required"), _REQUIRED))
    layer = LiveLayer(
        name=f"{service}.new_sites",
        level=150,
        kind="new_site",
        label=wording.words("layer_new_sites"),
        heading=wording.service(service),
        shown=shown,
        signs=tuple(signs),
        shapes=shapes_body(sites.geometry.to_numpy(), plan.study.metric_crs),
        styles=tuple(Style(stroke="#ffffff", width=2, fill=colour, shape=shape) for shape in ("number", "badge")),
        facts=facts_body(sites["site_id"], rows, digits=[int(number) for number in sites["number"]]),
        state=state_body(np.where(required, _REQUIRED, _OPEN)),
    )
    return (layer,)


def proposal_layers(study: Study, scenario: Scenario, language: Language) -> tuple[LiveLayer, ...]:
    """The sites that the planner proposes, and the areas where the planner wants nothing."""
    wording = Wording(study, language, markup=False)
    layers = []
    if scenario.no_go:
        layers.append(_no_go(scenario, wording))
    if scenario.proposed:
        layers.append(_proposed(study, scenario, wording))
    return tuple(layers)


def _candidates(
    part: ServiceToday, which: NDArray[np.int64], styles: NDArray[np.int64], wording: Wording
) -> tuple[LiveLayer, ...]:
    """One set of bodies, drawn as two layers, so that what was decided stays when the candidates are switched off."""
    study, frame = part.study, part.sites.frame.iloc[which]
    rows = {
        wording.term("candidate"): list(frame["name"]),
        wording.words("host_kind"): [_kind(study, kind, wording) for kind in frame["kind"]],
        wording.term("open_hours"): list(frame["open_hours"]),
        wording.words("open_in"): _open_in(part.sites.open[which], wording),
        wording.words("yearly_cost"): [yuan_text(cost, wording.language) for cost in frame["cost_yuan"]],
    }
    shapes = shapes_body(frame.geometry.to_numpy(), study.metric_crs)
    facts, state = facts_body(frame["site_id"], rows), state_body(styles)
    signs = {
        _REQUIRED: Sign(wording.live("required"), _REQUIRED),
        _FORBIDDEN: Sign(wording.live("forbidden"), _FORBIDDEN),
    }
    return (
        LiveLayer(
            name=f"{part.service}.candidates",
            level=120,
            kind="candidate",
            label=wording.live("candidates"),
            heading=wording.live("sites"),
            signs=(Sign(wording.live("candidates")),),
            shapes=shapes,
            styles=(_CANDIDATE,),
            facts=facts,
            state=state,
        ),
        LiveLayer(
            name=f"{part.service}.decided",
            level=140,
            kind="candidate",
            label=wording.live("decided"),
            heading=wording.live("sites"),
            signs=tuple(signs.values()),
            shapes=shapes,
            styles=(Style(), _STYLE_REQUIRED, _STYLE_FORBIDDEN),
            facts=facts,
            state=state,
        ),
    )


def _rejected(part: ServiceToday, wording: Wording) -> LiveLayer | None:
    """The hosts that break a siting rule, with the rule; a proposed site that breaks one is drawn as proposed."""
    study = part.study
    told = part.sites.rejected[part.sites.rejected["host_id"].isin(study.hosts["host_id"])]
    if not len(told):
        return None
    hosts = study.hosts.set_index("host_id").loc[told["host_id"]]
    rows = {
        wording.live("rejected"): list(told["name"]),
        wording.words("host_kind"): [_kind(study, kind, wording) for kind in hosts["kind"]],
        wording.words("reason"): [wording.live(f"rule_{rule}") for rule in told["rule"]],
    }
    return LiveLayer(
        name=f"{part.service}.rejected",
        level=110,
        kind="rejected",
        label=wording.live("rejected"),
        heading=wording.live("sites"),
        shown=False,
        signs=(Sign(wording.live("rejected")),),
        shapes=shapes_body(hosts.geometry.to_numpy(), study.metric_crs),
        styles=(_REJECTED,),
        facts=facts_body(told["host_id"], rows),
    )


def _proposed(study: Study, scenario: Scenario, wording: Wording) -> LiveLayer:
    sites = scenario.proposed
    rows = {
        wording.live("proposed"): [site.name for site in sites],
        wording.words("host_kind"): [_kind(study, site.kind, wording) for site in sites],
        wording.term("open_hours"): [site.open_hours for site in sites],
        wording.words("area"): [wording.live("square_metres", value=site.area_m2) for site in sites],
        wording.words("yearly_cost"): [yuan_text(site.yearly_cost_yuan, wording.language) for site in sites],
    }
    points = gpd.points_from_xy([site.lon for site in sites], [site.lat for site in sites])
    return LiveLayer(
        name="proposed",
        level=145,
        kind="proposed",
        label=wording.live("proposed"),
        heading=wording.live("sites"),
        signs=(Sign(wording.live("proposed")),),
        shapes=shapes_body(np.asarray(points), WGS84),
        styles=(Style(stroke="#ffffff", width=1.5, fill=OWN_COLOUR, shape="triangle"),),
        facts=facts_body([site.site_id for site in sites], rows),
    )


def _no_go(scenario: Scenario, wording: Wording) -> LiveLayer:
    areas = scenario.no_go
    rows = {
        wording.live("no_go"): [area.name for area in areas],
        wording.words("applies_to"): [
            wording.services(area.services) or wording.words("all_services") for area in areas
        ],
    }
    return LiveLayer(
        name="no_go",
        level=55,
        kind="no_go",
        label=wording.live("no_go"),
        heading=wording.live("sites"),
        signs=(Sign(wording.live("no_go")),),
        shapes=shapes_body(np.array([shapely.Polygon(area.ring) for area in areas], dtype=object), WGS84),
        styles=(Style(stroke=NO_GO_COLOUR, width=2, fill=NO_GO_COLOUR, opacity=0.2, hatch="\\"),),
        facts=facts_body([area.name for area in areas], rows),
    )


def _kind(study: Study, kind: str, wording: Wording) -> str:
    known = study.catalog.host_kinds.get(kind)
    return kind if known is None else known.name.in_language(wording.language)


def _open_in(is_open: NDArray[np.bool_], wording: Wording) -> list[str]:
    """The periods in which each site is open; thousands of sites keep few different hours."""
    different, number = np.unique(is_open, axis=0, return_inverse=True)
    texts = [wording.periods(there) for there in different]
    return [texts[i] for i in number.ravel()]
