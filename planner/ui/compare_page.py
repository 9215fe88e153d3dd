"""The fifth step: saved plans, two of them side by side, and what more would bring."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pandas as pd
import streamlit as st

from planner.comparison import compare_plans, compare_sites
from planner.errors import PlannerError
from planner.figures import NOTHING, share_text
from planner.plan import Plan
from planner.store import SavedPlan, Store
from planner.ui.comparison_box import show_comparison_box
from planner.ui.curve_view import show_curve
from planner.ui.desk import Desk, desk
from planner.ui.error_view import show_error
from planner.ui.language import chosen_language
from planner.ui.plain_text import plain
from planner.ui.plan_map import show_plan_map
from planner.ui.plan_view import choose_service, show_table
from planner.ui.saved import plan_label, reopened, saved_line, saved_work
from planner.ui.tables import Table
from planner.words import Language, say

_DRAFT = "draft"


@dataclass(frozen=True)
class _Side:
    """One of the two plans and what it is called."""

    name: str
    plan: Plan


def show_compare_page() -> None:
    """Two plans, map and figures, and the curve of the plan in hand."""
    language = chosen_language()
    hand = desk(language)
    if hand is None:
        return
    plan = hand.plan()
    if plan is None:
        return
    store = saved_work(language)
    sides = [] if store is None else _choose_sides(hand, plan, store)
    if len(sides) == 2:
        left, right = sides
        service = choose_service(left.plan, language)
        for column, side, key in zip(st.columns(2), sides, ("left", "right"), strict=True):
            with column:
                st.markdown(f"**{plain(side.name)}**")
                if service in side.plan.services:
                    show_plan_map(hand, side.plan, service, when="planned", key=f"map_{key}", height_px=460)
        _show_figures(left, right, language)
        _show_sites(left, right, language)
    show_curve(hand, plan)
    if store is not None:
        show_comparison_box(plan, store, language)


def _choose_sides(hand: Desk, plan: Plan, store: Store) -> list[_Side]:
    """The two plans that are compared: the one in hand and saved ones of any study with the same name."""
    language = hand.language
    try:
        saved = {one.id: one for one in store.plans()}
    except PlannerError as error:
        show_error(error, language)
        return []
    if not saved:
        st.info(say("compare.none_saved", language))
        return []
    options = [_DRAFT, *saved]

    def label(name: str) -> str:
        if name == _DRAFT:
            return say("compare.draft", language, name=plan.scenario.name)
        line = saved_line(saved[name], language)
        return say("compare.saved", language, name=plan_label(saved[name], language), line=line)

    sides = []
    # Two saved plans, the earlier first; or the one there is beside the plan in hand.
    shown = (options[2], options[1]) if len(saved) > 1 else (options[1], _DRAFT)
    for column, which, first in zip(st.columns(2), ("left", "right"), shown, strict=True):
        with column:
            chosen = st.selectbox(
                say(f"compare.{which}", language),
                options,
                options.index(first),
                format_func=label,
                key=f"compare.{which}.{language}",
            )
            side = _side(saved.get(chosen), plan, store, language)
            if side is not None:
                sides.append(side)
    return sides


def _side(saved: SavedPlan | None, plan: Plan, store: Store, language: Language) -> _Side | None:
    if saved is None:
        return _Side(say("compare.draft", language, name=plan.scenario.name), plan)
    try:
        with st.spinner(say("saved.opening", language)):
            opened = reopened(store, saved)
    except PlannerError as error:
        show_error(error, language)
        return None
    st.caption(plain(saved.note) if saved.note else "")
    return _Side(plan_label(saved, language), opened)


def _show_figures(left: _Side, right: _Side, language: Language) -> None:
    st.subheader(say("compare.figures", language), anchor=False)
    services = {**right.plan.study.catalog.services, **left.plan.study.catalog.services}
    told = compare_plans(left.plan, right.plan)
    figures = [str(figure) for figure in told["figure"]]
    frame = pd.DataFrame(
        {
            say("term.service", language): [services[str(name)].name.in_language(language) for name in told["service"]],
            say("compare.figure", language): [say(f"compare.figure_{figure}", language) for figure in figures],
            f"A　{left.name}": list(map(partial(_written, language), figures, told["left"])),
            f"B　{right.name}": list(map(partial(_written, language), figures, told["right"])),
            say("compare.difference", language): list(map(partial(_difference, language), figures, told["difference"])),
        }
    )
    show_table(Table(frame, {}), say("compare.figures", language), language)


def _show_sites(left: _Side, right: _Side, language: Language) -> None:
    """Which new sites both have, and which only one of them."""
    st.subheader(say("compare.sites", language), anchor=False)
    told = compare_sites(left.plan, right.plan)
    known = {**right.plan.study.catalog.services, **left.plan.study.catalog.services}
    yes_no = {True: say("compare.yes", language), False: NOTHING}
    frame = pd.DataFrame(
        {
            say("term.service", language): [known[name].name.in_language(language) for name in told["service"]],
            say("term.new_site", language): told["name"],
            "A": told["in_left"].map(yes_no),
            "B": told["in_right"].map(yes_no),
        }
    )
    show_table(Table(frame, {}), say("compare.sites", language), language)


def _written(language: Language, figure: str, value: float) -> str:
    if pd.isna(value):
        return NOTHING
    if figure.startswith("covered_share"):
        return share_text(value)
    return say("term.unit_yuan", language, value=value) if figure == "cost_yuan" else f"{value:,.0f}"


def _difference(language: Language, figure: str, value: float) -> str:
    if pd.isna(value):
        return NOTHING
    if figure.startswith("covered_share"):
        return say("page.gained", language, points=100 * value)
    return f"{value:+,.0f}"
