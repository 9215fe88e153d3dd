"""The fourth step: why these sites, and why not another."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from planner.details import share_of_all
from planner.figures import amount_text, share_text, yuan_text
from planner.plan import Plan, ServicePlan
from planner.reasons import Reason, served_grids, served_periods, why_not
from planner.report.tables import grid_names, unit_of
from planner.ui.desk import Desk, desk
from planner.ui.language import chosen_language
from planner.ui.plain_text import plain
from planner.ui.plan_map import new_click, show_plan_map
from planner.ui.plan_view import choose_service, show_table
from planner.ui.tables import Table
from planner.ui.work import Stopped, done
from planner.words import Language, say

_PLACES = ("new_site", "candidate", "proposed", "rejected", "centre")


def show_why_page() -> None:
    """How well the plan is proven; then one place, chosen by name or on the map, and what speaks for or against it."""
    language = chosen_language()
    hand = desk(language)
    if hand is None:
        return
    event = new_click(hand)
    if event is not None:
        _take(hand, event.kind, event.id)
    plan = hand.plan()
    if plan is None:
        return
    service = choose_service(plan, language)
    part = plan.services[service]
    st.markdown(_proof(part, language))
    left, right = st.columns([58, 42], gap="medium")
    with left:
        show_plan_map(hand, plan, service, when="planned")
    with right:
        site_id = _choose_place(hand, part)
        if site_id is None:
            st.info(say("why.no_places", language))
        elif site_id in set(part.new_sites["site_id"]):
            _show_new_site(plan, part, site_id, language)
        else:
            _show_other(hand, plan, part, site_id)


def _proof(part: ServicePlan, language: Language) -> str:
    """What is proven, in a sentence."""
    if part.is_proven_best:
        return say("why.proven_joint" if part.joint else "why.proven", language)
    return say("why.bounded", language, gap=max(part.proven.gap, 1e-3))


def _choose_place(hand: Desk, part: ServicePlan) -> str | None:
    """The place in question: the one clicked last, or chosen by its name; else the first new site."""
    language, new = hand.language, part.new_sites
    labels = {
        row.site_id: say("why.new_site", language, number=row.number, name=row.name)
        for row in new[["site_id", "number", "name"]].itertuples(index=False)
    }
    frame = part.sites.frame
    for site_id, name, exists in zip(frame["site_id"], frame["name"], frame["existing"], strict=True):
        word = "existing" if exists else "candidate"
        labels.setdefault(site_id, say(f"why.{word}", language, name=name))
    for site_id, name in zip(part.sites.rejected["host_id"], part.sites.rejected["name"], strict=True):
        labels.setdefault(site_id, say("why.rejected", language, name=name))
    if not labels:
        return None
    wish, options = st.session_state.get(_held(hand)), list(labels)
    key = f"{_held(hand)}.{part.service}.{language}"
    index = options.index(wish) if wish in labels else 0
    if st.session_state.get(key) != options[index]:
        st.session_state[key] = options[index]
    chosen: str = st.selectbox(
        say("why.place", language),
        options,
        format_func=labels.__getitem__,
        key=key,
        on_change=lambda: _take(hand, "candidate", st.session_state[key]),
        help=say("why.place_help", language),
    )
    return chosen


def _show_new_site(plan: Plan, part: ServicePlan, site_id: str, language: Language) -> None:
    row = part.new_sites.set_index("site_id").loc[site_id]
    unit = unit_of(plan, part, language)
    kind = plan.study.catalog.host_kinds[row["kind"]].name.in_language(language)
    about = {"name": plain(row["name"]), "kind": plain(kind), "hours": plain(row["open_hours"])}
    st.markdown(say("why.site", language, number=row["number"], cost=yuan_text(row["cost_yuan"], language), **about))
    columns = st.columns(2)
    for column, key in zip(columns, ("within_reach_per_day", "only_here_per_day"), strict=True):
        label = say("page.heading_with_unit", language, heading=say(f"why.{key}", language), unit=unit)
        share = say("why.of_all", language, share=share_text(share_of_all(part, row[key])))
        column.metric(label, amount_text(row[key]), share, delta_color="off", delta_arrow="off")
    st.markdown(say("why.loss", language, amount=amount_text(row["only_here_per_day"], unit)))
    periods = [period.name.in_language(language) for period in plan.study.catalog.periods.values()]
    grids = served_grids(part, int(row["site"]))
    names = grid_names(plan)
    _show_served(served_periods(part, int(row["site"])), say("term.period", language), periods, language)
    _show_served(grids, say("term.grid", language), [names[code] for code in grids.index], language)


def _show_served(served: pd.DataFrame, heading: str, names: list[str], language: Language) -> None:
    written = {}
    frame = pd.DataFrame({heading: names})
    for column in ("within_reach_per_day", "only_here_per_day"):
        title = say(f"why.{column}", language)
        frame[title] = served[column].to_numpy()
        written[title] = amount_text
    show_table(Table(frame, written), heading, language)


def _show_other(hand: Desk, plan: Plan, part: ServicePlan, site_id: str) -> None:
    language = hand.language
    key = (hand.choice.identity, plan.scenario.model_dump_json(), part.service, site_id)
    try:
        reason = done("why", key, lambda _: why_not(plan, part.service, site_id), language)
    except Stopped:
        return
    if reason is None:
        return
    st.markdown(_told(plan, part, reason, language))
    if reason.with_it is not None:
        _show_with(plan, reason, language)
        had = hand.picks.verdict(part.service, site_id)
        st.button(
            say("tools.undo_require" if had == "required" else "tools.require", language),
            on_click=lambda: hand.pick(hand.picks.toggled(part.service, site_id, "required")),
            key="why.require",
        )


def _told(plan: Plan, part: ServicePlan, reason: Reason, language: Language) -> str:
    unit = unit_of(plan, part, language)
    amounts = {"reach": amount_text(reason.reach_per_day, unit), "gain": amount_text(reason.gain_per_day, unit)}
    if reason.why == "rule":
        return say("why.rule", language, rule=say(f"live.rule_{reason.rule}", language))
    return say(f"why.because_{reason.why}", language, **amounts)


def _show_with(plan: Plan, reason: Reason, language: Language) -> None:
    """The best plan with the place, beside the plan."""
    assert reason.with_it is not None
    mine, theirs = plan.summary(), reason.with_it.summary()
    for service in theirs.index:
        name = plain(plan.study.catalog.services[service].name.in_language(language))
        shares = {
            "share": share_text(mine.loc[service, "covered_share_planned"]),
            "then": share_text(theirs.loc[service, "covered_share_planned"]),
        }
        st.markdown(say("why.with_it", language, service=name, **shares))
    if reason.dropped:
        names = say("map.list_mark", language).join(plain(name) for name in reason.dropped)
        st.markdown(say("why.dropped", language, names=names))


def _take(hand: Desk, kind: str, site_id: str) -> None:
    if kind in _PLACES:
        st.session_state[_held(hand)] = site_id


def _held(hand: Desk) -> str:
    return f"why.{hand.choice.key}"
