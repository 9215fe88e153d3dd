"""A small program with the page's map, for the tests in a browser: ``streamlit run tests/live_map_program.py``."""

from pathlib import Path

import streamlit as st

from planner import load_study, make_plan
from planner.maps import live
from planner.scenario import NoGoArea, ProposedSite, Scenario
from planner.ui.live_map import live_map

DEMO = Path(__file__).parent.parent / "data" / "demo"
SERVICE = "rest_station"


@st.cache_resource
def demo_study():
    return load_study(DEMO)


@st.cache_resource
def planned(site_limit, required, forbidden):
    study = demo_study()
    at = study.grids.to_crs(4326).geometry.iloc[0].representative_point()
    own = ProposedSite(
        site_id="OWN1", name="<b>自提</b>", lon=at.x, lat=at.y, kind="shop", area_m2=80, yearly_cost_yuan=90000,
        open_hours="06:00-23:00",
    )  # fmt: skip
    ring = ((at.x + 0.002, at.y), (at.x + 0.004, at.y), (at.x + 0.004, at.y + 0.002), (at.x + 0.002, at.y + 0.002))
    scenario = Scenario.model_validate(
        {
            "services": {SERVICE: {"site_limit": site_limit, "required": required, "forbidden": forbidden}},
            "proposed": (own,),
            "no_go": (NoGoArea(name="工地", ring=ring),),
        }
    )
    return make_plan(study, scenario)


@st.cache_resource
def fixed_layers(language):
    study = demo_study()
    plan = planned(6, (), ())
    return (*live.street_layers(study, language), *live.grid_layers(study, plan.services, language))


def show_map():
    language = st.radio("language", ["zh", "en"], horizontal=True)
    mode = st.radio("mode", ["look", "choose", "point", "area"], horizontal=True)
    site_limit = st.radio("limit", [6, 3], horizontal=True)
    st.button("again")
    required = tuple(st.session_state.get("required", ()))
    plan = planned(site_limit, required, ())
    part = plan.services[SERVICE]
    layers = [
        *fixed_layers(language),
        *live.today_layers(part, language, shown=False),
        *live.planned_layers(plan, SERVICE, language),
        *live.site_layers(part, plan.scenario, language, chosen=part.solution.selected),
        *live.proposal_layers(plan.study, plan.scenario, language),
        *live.new_site_layers(plan, SERVICE, language),
        *live.appeal_layers(plan, language),
        *live.hot_spot_layers(plan, SERVICE, language),
    ]
    event = live_map(layers, key="map", mode=mode, language=language, marked=st.session_state.get("marked"))
    if event is not None:
        st.session_state["last"] = event
        if mode == "choose" and event.kind == "candidate":
            st.session_state["required"] = [event.id]
            st.rerun()
    last = st.session_state.get("last")
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    st.text(f"run {st.session_state['runs']}")
    st.text("" if last is None else f"event {last.kind} {last.id} {last.lon:.6f} {last.lat:.6f} {len(last.ring)}")


def show_other():
    st.text("another page")


st.set_page_config(layout="wide")
st.navigation([st.Page(show_map, title="map", default=True), st.Page(show_other, title="other")]).run()
