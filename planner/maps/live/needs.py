"""What people ask for and where demand is densest: appeals and hot spots."""

from __future__ import annotations

from typing import Final

import numpy as np

from planner.maps.live.layers import LiveLayer, Sign, Style, facts_body, shapes_body, state_body
from planner.maps.shown import APPEAL_COLOURS, appeal_looks
from planner.maps.wording import Wording
from planner.plan import Plan
from planner.words import Language

_APPEALS: Final = {
    "unanswered": Style(stroke="#ffffff", width=1.5, fill=APPEAL_COLOURS["unanswered"], shape="alert"),
    "answered": Style(stroke="#ffffff", width=1.5, fill=APPEAL_COLOURS["answered"], shape="square"),
    "idle": Style(
        stroke="#52606d", width=1.5, fill=APPEAL_COLOURS["idle"], opacity=0.7, shape="small_square", from_zoom=14.0
    ),
}


def appeal_layers(plan: Plan, language: Language) -> tuple[LiveLayer, ...]:
    """Every appeal, by what the plan does for it; none where the study has none."""
    wording, frame = Wording(plan.study, language, markup=False), plan.appeals()
    if not len(frame):
        return ()
    yes_no = {True: wording.words("yes"), False: wording.words("no")}
    rows = {
        wording.words("appeal"): [f"{i} {text}" for i, text in zip(frame["appeal_id"], frame["written"], strict=True)],
        wording.words("appeal_date"): [day.date().isoformat() for day in frame["date"]],
        wording.words("appeal_state"): [wording.words(f"appeal_{state}") for state in frame["state"]],
        wording.words("calls_for"): [wording.services(s) or wording.words("calls_for_none") for s in frame["services"]],
    }
    for when in ("answered_today", "answered_planned"):
        told = zip(frame[when], frame["services"], strict=True)
        rows[wording.words(when)] = [yes_no[bool(answered)] if services else "" for answered, services in told]
    looks = appeal_looks(frame)
    styles = np.select([looks == look for look in _APPEALS], range(len(_APPEALS)))
    layer = LiveLayer(
        name="appeals",
        level=100,
        kind="appeal",
        label=wording.words("layer_appeals"),
        heading=wording.live("needs"),
        shown=False,
        signs=tuple(Sign(wording.words(f"legend_{look}"), number) for number, look in enumerate(_APPEALS)),
        shapes=shapes_body(frame.geometry.to_numpy(), plan.study.metric_crs),
        styles=tuple(_APPEALS.values()),
        facts=facts_body(frame["appeal_id"], rows),
        state=state_body(styles),
    )
    return (layer,)


def hot_spot_layers(plan: Plan, service: str, language: Language) -> tuple[LiveLayer, ...]:
    """Where the demand for a service is densest, and whether a host is there for it; finding them takes a moment."""
    part, wording = plan.services[service], Wording(plan.study, language, markup=False)
    spots = part.hot_spots
    nearest = zip(spots["nearest_name"], spots["nearest_m"], strict=True)
    rows = {
        wording.words("hot_spot"): [str(rank) for rank in spots["rank"]],
        wording.term("weight_per_day"): [wording.amount(part, value) for value in spots["weight_per_day"]],
        wording.words("uncovered_per_day"): [wording.amount(part, value) for value in spots["uncovered_per_day"]],
        wording.words("advice"): [wording.words(f"advice_{advice}") for advice in spots["advice"]],
        wording.words("nearest_host"): [f"{name} {wording.metres(far)}".strip() for name, far in nearest],
        wording.words("grids_in_gap"): [wording.grids(codes) for codes in spots["grid_codes"]],
    }
    layer = LiveLayer(
        name=f"{service}.hot_spots",
        level=60,
        label=wording.words("layer_hot_spots"),
        heading=wording.live("needs"),
        shown=False,
        signs=(Sign(wording.words("layer_hot_spots")),),
        shapes=shapes_body(spots.geometry.to_numpy(), plan.study.metric_crs),
        styles=(Style(stroke="#7b3f00", width=2, dash=(1.0, 3.0), fill="#e8590c", opacity=0.28),),
        facts=facts_body(spots["rank"], rows),
    )
    return (layer,)
