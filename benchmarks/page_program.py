"""What the browser of ``benchmarks.page`` looks at: a map, a choice between two plans, and the last event."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.district import district_of
from planner import Plan, Scenario, Study, load_study, make_plan
from planner.maps import live
from planner.ui.live_map import live_map

SERVICE = "rest_station"
LIMITS = {"demo": (6, 5), "district": (60, 59)}


@st.cache_resource
def study_of(street: str) -> Study:
    """The demo street, or the district made of it."""
    demo = load_study(Path(__file__).parent.parent / "data" / "demo")
    return demo if street == "demo" else district_of(demo)


@st.cache_resource
def plan_of(street: str, site_limit: int) -> Plan:
    """A plan of one service, near enough to the best for a picture."""
    service = {"site_limit": site_limit}
    return make_plan(
        study_of(street),
        Scenario.model_validate({"services": {SERVICE: service}, "time_limit_s": 10, "optimality_gap": 0.05}),
    )


@st.cache_resource
def street_of(street: str) -> tuple[tuple[live.LiveLayer, ...], float]:
    """The layers of the street, and the seconds that coding them took."""
    study = study_of(street)
    started = time.perf_counter()
    layers = live.street_layers(study, "zh")
    return layers, time.perf_counter() - started


@st.cache_resource
def cells_of(street: str) -> live.CellBodies:
    """What the page keeps of the cells from plan to plan."""
    return live.cell_bodies(plan_of(street, LIMITS[street][0]).services[SERVICE], "zh")


@st.cache_resource
def service_of(street: str, site_limit: int) -> tuple[tuple[live.LiveLayer, ...], float]:
    """The layers of the service, and the seconds that coding them took."""
    plan = plan_of(street, site_limit)
    part = plan.services[SERVICE]
    _ = part.gaps_planned, part.gaps_today, part.new_sites  # found when first asked for: not the map's work
    cells = cells_of(street)
    started = time.perf_counter()
    layers = (
        *live.grid_layers(plan.study, plan.services, "zh"),
        *live.today_layers(part, "zh", cells=cells, shown=False),
        *live.planned_layers(plan, SERVICE, "zh", cells=cells),
        *live.site_layers(part, plan.scenario, "zh", chosen=part.solution.selected),
        *live.new_site_layers(plan, SERVICE, "zh"),
    )
    return layers, time.perf_counter() - started


st.set_page_config(layout="wide")
street = st.query_params.get("street", "demo")
more, fewer = LIMITS[street]
for limit in (fewer, more):
    service_of(street, limit)
site_limit = more if st.toggle("more", value=True) else fewer
(ground, street_s), (service, service_s) = street_of(street), service_of(street, site_limit)
event = live_map([*ground, *service], key="map", language="zh", height_px=700)
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
study = study_of(street)
st.text(f"coded {street_s:.2f} {service_s:.2f}")
st.text(f"of {len(study.cells)} {len(study.hosts)} {len(study.streets.edges)}")
st.text(f"run {st.session_state['runs']} {'' if event is None else event.kind}")
