"""What was clicked on the map: its figures, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

import numpy as np
import pandas as pd
import streamlit as st

from planner.details import demand_by_period, points_in_grid, points_of_cell, reach_per_day
from planner.figures import NOTHING, amount_text, share_text, yuan_text
from planner.maps.live import MapEvent
from planner.plan import Plan, ServicePlan
from planner.report.tables import grid_names, unit_of
from planner.sites import open_in_periods
from planner.ui.plain_text import plain
from planner.ui.plan_view import show_table
from planner.ui.tables import Table
from planner.words import Language, say

When = Literal["today", "planned"]


def show_details(plan: Plan, service: str, event: MapEvent | None, language: Language, *, when: When) -> None:
    """The figures of what was clicked; where nothing was, what can be clicked."""
    with st.container(border=True, key="details"):
        show = _SHOWN.get(event.kind) if event is not None else None
        if event is None or show is None or not show(plan, plan.services[service], event.id, language, when):
            st.markdown(f"**{say('details.nothing', language)}**")
            st.caption(say("details.hint", language))


def _grid(plan: Plan, part: ServicePlan, code: str, language: Language, when: When) -> bool:
    grids = plan.study.grids[plan.study.grids["grid_code"] == code]
    if grids.empty:
        return False
    points = points_in_grid(part, code)
    communities = plan.study.communities.set_index("community_code")["name"]
    community = str(communities.get(grids["community_code"].iloc[0], ""))
    _title(say("term.grid", language), grid_names(plan)[code])
    _facts({say("term.community", language): community, say("page.grid_code", language): code})
    _periods(plan, part, points, language, when)
    return True


def _cell(plan: Plan, part: ServicePlan, cell_id: str, language: Language, when: When) -> bool:
    points = points_of_cell(part, cell_id)
    if not points.any():
        return False
    code = str(part.demand.cells["grid_code"].to_numpy()[points][0])
    _title(say("map.cell", language), cell_id)
    _facts({say("term.grid", language): grid_names(plan).get(code, code)})
    _periods(plan, part, points, language, when)
    return True


def _gap(plan: Plan, part: ServicePlan, rank: str, language: Language, when: When) -> bool:
    gaps = part.gaps_today if when == "today" else part.gaps_planned
    found = gaps[gaps["rank"].astype(str) == rank]
    if found.empty:
        return False
    gap, unit = found.iloc[0], unit_of(plan, part, language)
    names = grid_names(plan)
    _title(say("term.coverage_gap", language), say("map.rank", language, rank=rank))
    facts = {
        say("map.uncovered_per_day", language): amount_text(gap["uncovered_per_day"], unit),
        say("map.area", language): say("map.area_hectares", language, value=gap["area_m2"] / 10_000),
        say("map.grids_in_gap", language): say("map.list_mark", language).join(names[c] for c in gap["grid_codes"]),
    }
    for column, period in enumerate(plan.study.catalog.periods.values()):
        facts[period.name.in_language(language)] = amount_text(gap[f"uncovered_{column}"], unit)
    _facts(facts)
    return True


def _centre(plan: Plan, part: ServicePlan, centre_id: str, language: Language, _: When) -> bool:
    centres = plan.study.centres[plan.study.centres["centre_id"] == centre_id]
    if centres.empty:
        return False
    centre, catalog = centres.iloc[0], plan.study.catalog
    is_open = open_in_periods(centres["open_hours"], catalog)[0]
    services = [catalog.services[name].name.in_language(language) for name in centre["services"]]
    _title(say("term.existing_centre", language), centre["name"])
    facts = {
        say("map.service_list", language): say("map.list_mark", language).join(services),
        say("term.open_hours", language): centre["open_hours"],
        say("map.open_in", language): _open_in(plan, is_open, language),
        say("details.address", language): str(centre["address"]) or NOTHING,
    }
    if part.service in centre["services"]:
        site = int(np.flatnonzero((part.sites.frame["site_id"] == centre_id).to_numpy())[0])
        facts |= _reach(plan, part, site, language)
    _facts(facts)
    return True


def _place(plan: Plan, part: ServicePlan, site_id: str, language: Language, _: When) -> bool:
    """A candidate, a proposed place or a new site."""
    found = np.flatnonzero((part.sites.frame["site_id"] == site_id).to_numpy())
    if not len(found):
        return _rejected(plan, part, site_id, language, _)
    site = int(found[0])
    row = part.sites.frame.iloc[site]
    is_new = site in set(part.new_sites["site"])
    _title(say("term.new_site" if is_new else "term.candidate", language), row["name"])
    facts = {
        say("map.host_kind", language): plan.study.catalog.host_kinds[row["kind"]].name.in_language(language),
        say("term.open_hours", language): row["open_hours"],
        say("map.open_in", language): _open_in(plan, part.sites.open[site], language),
        say("map.yearly_cost", language): yuan_text(row["cost_yuan"], language),
    }
    _facts(facts | _reach(plan, part, site, language))
    return True


def _rejected(_: Plan, part: ServicePlan, host_id: str, language: Language, __: When) -> bool:
    found = part.sites.rejected[part.sites.rejected["host_id"] == host_id]
    if found.empty:
        return False
    _title(say("live.rejected", language), found["name"].iloc[0])
    _facts({say("map.reason", language): say(f"live.rule_{found['rule'].iloc[0]}", language)})
    return True


def _appeal(plan: Plan, _: ServicePlan, appeal_id: str, language: Language, __: When) -> bool:
    found = plan.study.appeals[plan.study.appeals["appeal_id"] == appeal_id]
    if found.empty:
        return False
    appeal = found.iloc[0]
    _title(say("details.appeal", language), appeal["written"])
    _facts({say("page.id", language): appeal_id, say("details.date", language): _day(appeal["date"], language)})
    return True


_SHOWN: Final[Mapping[str, Callable[[Plan, ServicePlan, str, Language, When], bool]]] = {
    "grid": _grid,
    "cell": _cell,
    "gap": _gap,
    "centre": _centre,
    "candidate": _place,
    "new_site": _place,
    "proposed": _place,
    "rejected": _rejected,
    "appeal": _appeal,
}


def _title(kind: str, name: str) -> None:
    st.caption(kind)
    st.markdown(f"#### {plain(name)}")


def _facts(facts: Mapping[str, str]) -> None:
    st.markdown("  \n".join(f"{plain(name)}　**{plain(value)}**" for name, value in facts.items() if value))


def _reach(plan: Plan, part: ServicePlan, site: int, language: Language) -> dict[str, str]:
    return {say("map.within_reach", language): amount_text(reach_per_day(part, site), unit_of(plan, part, language))}


def _day(when: object, language: Language) -> str:
    """A day as offices write it."""
    day = pd.to_datetime(str(when), errors="coerce")
    return NOTHING if pd.isna(day) else say("details.day", language, year=day.year, month=day.month, day=day.day)


def _open_in(plan: Plan, is_open: np.ndarray, language: Language) -> str:
    periods = plan.study.catalog.periods.values()
    names = [period.name.in_language(language) for period, there in zip(periods, is_open, strict=True) if there]
    return say("map.list_mark", language).join(names) or NOTHING


def _periods(plan: Plan, part: ServicePlan, points: np.ndarray, language: Language, when: When) -> None:
    """Demand and coverage of some points by period."""
    told = demand_by_period(part, points)
    names = [period.name.in_language(language) for period in plan.study.catalog.periods.values()]
    heading = say(
        "page.heading_with_unit", language, heading=say("term.demand", language), unit=unit_of(plan, part, language)
    )
    frame = pd.DataFrame({say("term.period", language): names, heading: told["weight_per_day"].to_numpy()})
    written: dict[str, Callable[[float], str]] = {heading: amount_text}
    for kind in ("today", "planned") if when == "planned" else ("today",):
        column = say(f"term.covered_{kind}", language)
        frame[column] = told[f"covered_share_{kind}"].to_numpy()
        written[column] = share_text
    show_table(Table(frame, written), say("term.period", language), language)
