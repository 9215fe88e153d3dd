"""A plan on the screen: where its data come from, headline figures, tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import streamlit as st

from planner.figures import share_text, yuan_text
from planner.intake.study import Study
from planner.plan import Plan, ServicePlan
from planner.report.tables import service_name
from planner.ui import tables
from planner.ui.plain_text import plain
from planner.words import Language, say

Tables = Callable[[Plan, ServicePlan, Language], list[tuple[str, tables.Table]]]

# A tab's name → its notes and tables.
_TABS: Final[dict[str, Tables]] = {
    "new_sites": lambda plan, part, language: [("new_sites_note", tables.new_site_table(plan, part, language))],
    "gaps_today": lambda plan, part, language: [
        ("gaps_today", tables.gap_table(plan, part, language, planned=False)),
    ],
    "gaps": lambda plan, part, language: [
        ("gaps_planned", tables.gap_table(plan, part, language, planned=True)),
    ],
    "periods_today": lambda plan, part, language: [
        ("periods_note", tables.period_table(plan, part, language, planned=False)),
        ("centres_note", tables.centre_table(plan, part, language)),
    ],
    "periods": lambda plan, part, language: [("periods_note", tables.period_table(plan, part, language))],
    "grids_today": lambda plan, part, language: [
        ("grids_today_note", tables.grid_table(plan, part, language, planned=False)),
    ],
    "grids": lambda plan, part, language: [("grids_note", tables.grid_table(plan, part, language))],
    "appeals": lambda plan, _, language: [("appeals_note", tables.appeal_table(plan, language))],
    "hot_spots": lambda plan, part, language: [("hot_spots_note", tables.hot_spot_table(plan, part, language))],
    "unreached": lambda plan, part, language: [("unreached_note", tables.unreached_table(plan, part, language))],
}
TODAY_TABS: Final = ("gaps_today", "periods_today", "grids_today", "appeals", "hot_spots", "unreached")
PLAN_TABS: Final = ("new_sites", "gaps", "periods", "grids", "appeals", "hot_spots", "unreached")


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
                "proof": proof_text(part, language),
            }
            st.markdown(say("page.figures", language, **lines))
            if row["open_appeals"]:
                counts = {key: row[f"appeals_answered_{key}"] for key in ("today", "planned")}
                st.markdown(say("page.appeals_answered", language, count=row["open_appeals"], **counts))
            if row["demand_is_estimate"]:
                st.caption(say("page.estimated_share", language, share=share_text(row["estimated_share"])))
            st.caption(say("page.asked", language, limits=_limits(plan, part, language)))


def show_tables(plan: Plan, service: str, tabs: Sequence[str], language: Language) -> None:
    """The tables of one service, a tab each."""
    places = st.tabs([say(f"page.tab_{name}", language) for name in tabs], key=f"tables.{tabs[0]}")
    for place, name in zip(places, tabs, strict=True):
        with place:
            for note, table in _TABS[name](plan, plan.services[service], language):
                st.caption(say(f"page.{note}", language))
                show_table(table, say(f"page.tab_{name}", language), language)


def choose_service(plan: Plan, language: Language) -> str:
    """The service that the map and the tables are about; the same on every page."""
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


def show_table(table: tables.Table, title: str, language: Language) -> None:
    """One table, or that there is nothing in it."""
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


def proof_text(part: ServicePlan, language: Language) -> str:
    """How well the choice of sites is proven."""
    if part.is_proven_best:
        return say("term.status_optimal", language)
    # Never understated: below a tenth of a percent it is told as a tenth.
    return say("term.status_feasible", language, gap=max(part.proven.gap, 1e-3))


def _gain(today: float, planned: float, language: Language) -> str | None:
    """The difference of the two shares as they are shown, so that the three figures agree to the last digit."""
    if math.isnan(planned):
        return None
    return say("page.gained", language, points=100 * (round(planned, 3) - round(today, 3)))


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
    if plan.scenario.budget_yuan is not None:
        words.append(say("page.shared_yuan", language, money=yuan_text(plan.scenario.budget_yuan, language)))
    return say("page.list_mark", language).join(words)
