"""A plan on the screen: headline figures, map, documents and tables."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import streamlit as st

from planner.figures import share_text, yuan_text
from planner.intake.study import Study
from planner.plan import Plan, ServicePlan
from planner.report.tables import service_name
from planner.ui import tables
from planner.ui.plain_text import plain
from planner.ui.plans import all_documents, document, map_html
from planner.ui.studies import StudyChoice
from planner.words import Language, say


def show_origin(study: Study, language: Language) -> None:
    """That a street is made up, and which of its files are estimates."""
    if study.made_up:
        st.info(say("term.made_up_note", language))
    missing = study.grids_without_data
    if missing:
        st.warning(say("term.grids_without_data", language, count=missing, of=len(study.grids)))
    if study.estimated_roles:
        roles = [say(f"page.role_{role}", language) for role in study.estimated_roles]
        st.warning(
            say("page.estimated", language, roles=say("map.list_mark", language).join(roles))
            + say("term.estimate_note", language)
        )


def show_figures(plan: Plan, language: Language) -> None:
    """A card a service: covered today and as planned, new sites, cost, proof, and the limits in force."""
    summary = plan.summary().to_dict("index")
    for column, (name, part) in zip(st.columns(len(plan.services)), plan.services.items(), strict=True):
        row = summary[name]
        with column, st.container(border=True, height="stretch", gap="xsmall"):
            st.markdown(f"**{plain(service_name(plan, name, language))}**")
            today, planned = row["covered_share_today"], row["covered_share_planned"]
            st.metric(say("term.covered_planned", language), share_text(planned), _gain(today, planned, language))
            lines = {
                "today": share_text(today),
                "new_sites": row["new_sites"],
                "cost": yuan_text(row["cost_yuan"], language),
                "proof": _proof(part, language),
            }
            st.markdown(say("page.figures", language, **lines))
            if row["open_appeals"]:
                counts = {key: row[f"appeals_answered_{key}"] for key in ("today", "planned")}
                st.markdown(say("page.appeals_answered", language, count=row["open_appeals"], **counts))
            if row["demand_is_estimate"]:
                st.caption(say("page.estimated_share", language, share=share_text(row["estimated_share"])))
            st.caption(say("page.asked", language, limits=_limits(plan, part, language)))


def show_map(choice: StudyChoice, plan: Plan, language: Language) -> None:
    """The map, which carries all it needs and asks no other host."""
    with st.spinner(say("page.drawing", language)):
        drawn = map_html(choice, plan, language)
    st.iframe(drawn, height=640, alt=say("page.map", language))


def show_documents(plan: Plan, language: Language) -> None:
    """Buttons for the report, the map and everything; each is made when it is asked for."""
    name = "".join("-" if letter in '\\/:*?"<>|' else letter for letter in plan.study.name.in_language(language))
    documents = {
        "report": ("text/html", partial(document, plan, language, "html")),
        "map": ("text/html", partial(document, plan, language, "map")),
        "all": ("application/zip", partial(all_documents, plan, language)),
    }
    with st.container(horizontal=True):
        for what, (media_type, make) in documents.items():
            st.download_button(
                say(f"page.download_{what}", language),
                make,
                say(f"page.file_{what}", language, study=name),
                media_type,
                key=f"download_{what}",
                on_click="ignore",
                type="primary" if what == "report" else "secondary",
                help=say(f"page.download_{what}_help", language),
            )


@st.fragment
def show_tables(plan: Plan, language: Language) -> None:
    """The tables of one service, chosen by name."""
    part = plan.services[_choose_service(plan, language)]
    shown = {
        "new_sites": [("new_sites_note", tables.new_site_table(plan, part, language))],
        "gaps": [
            ("gaps_planned", tables.gap_table(plan, part, language, planned=True)),
            ("gaps_today", tables.gap_table(plan, part, language, planned=False)),
        ],
        "periods": [
            ("periods_note", tables.period_table(plan, part, language)),
            ("centres_note", tables.centre_table(plan, part, language)),
        ],
        "grids": [("grids_note", tables.grid_table(plan, part, language))],
        "appeals": [("appeals_note", tables.appeal_table(plan, language))],
        "hot_spots": [("hot_spots_note", tables.hot_spot_table(plan, part, language))],
        "unreached": [("unreached_note", tables.unreached_table(plan, part, language))],
    }
    tabs = st.tabs([say(f"page.tab_{name}", language) for name in shown], key="tables")
    for tab, (name, parts) in zip(tabs, shown.items(), strict=True):
        with tab:
            for note, table in parts:
                st.caption(say(f"page.{note}", language))
                _show_table(table, say(f"page.tab_{name}", language), language)


def _choose_service(plan: Plan, language: Language) -> str:
    services = list(plan.services)
    remembered = st.session_state.get("service")
    chosen = st.segmented_control(
        say("term.service", language),
        services,
        default=remembered if remembered in services else services[0],
        required=True,
        format_func=lambda name: plain(service_name(plan, name, language)),
        key=f"service.{language}.{'.'.join(services)}",
        label_visibility="collapsed",
    )
    st.session_state["service"] = chosen
    return chosen


def _show_table(table: tables.Table, title: str, language: Language) -> None:
    if table.frame.empty:
        st.caption(say("page.nothing", language))
        return
    frame = table.frame.rename(columns=plain)
    written: dict[Any, Any] = {plain(heading): write for heading, write in table.written.items()}
    words = frame.columns.difference(list(written), sort=False)
    st.table(
        frame.assign(**{heading: frame[heading].map(plain) for heading in words}).style.format(written),
        border="horizontal",
        hide_index=True,
        alt=title,
        height=480 if len(frame) > 12 else "content",
    )


def _gain(today: float, planned: float, language: Language) -> str | None:
    """The difference of the two shares as they are shown, so that the three figures agree to the last digit."""
    if math.isnan(planned):
        return None
    return say("page.gained", language, points=100 * (round(planned, 3) - round(today, 3)))


def _proof(part: ServicePlan, language: Language) -> str:
    gap = part.proven.gap
    # Never understated: below a tenth of a percent it is told as a tenth.
    return (
        say("term.status_optimal", language) if gap == 0 else say("term.status_feasible", language, gap=max(gap, 1e-3))
    )


def _limits(plan: Plan, part: ServicePlan, language: Language) -> str:
    """The standard and the limits that this plan was made with."""
    asked, mode = plan.scenario.services[part.service], plan.study.catalog.services[part.service].mode
    words = [
        say(
            f"term.standard_{part.standard.unit}",
            language,
            mode=plain(plan.study.catalog.modes[mode].name.in_language(language)),
            value=part.standard.value,
        )
    ]
    if asked.site_limit is not None:
        words.append(say("page.at_most_sites", language, count=asked.site_limit))
    if asked.budget_yuan is not None:
        words.append(say("page.at_most_yuan", language, money=yuan_text(asked.budget_yuan, language)))
    return say("page.list_mark", language).join(words)
