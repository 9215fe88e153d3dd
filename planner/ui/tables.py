"""The tables of one service's plan, with headings and names in the reader's language.

Streamlit's own interactive tables speak English only and export cells that a spreadsheet takes for formulas, so these
are made for a plain table; the documents carry the same data for further work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from planner.figures import NOTHING, amount_text, interval_text, share_text
from planner.plan import Plan, ServicePlan
from planner.report import tables as report_tables
from planner.report.demand_tables import appeal_counts
from planner.words import Language, say

Words = tuple[str, Iterable[str]]
Figures = tuple[str, Iterable[float], Callable[[float], str]]


@dataclass(frozen=True)
class Table:
    """A table for the screen: ``frame`` with the reader's headings, and how the numbers of a column are ``written``."""

    frame: pd.DataFrame
    written: Mapping[str, Callable[[float], str]]


def new_site_table(plan: Plan, part: ServicePlan, language: Language) -> Table:
    """A row a new site, the most useful first."""
    sites, kinds = part.new_sites, plan.study.catalog.host_kinds
    return _table(
        words=[
            (say("page.number", language), [str(number) for number in sites["number"]]),
            (say("term.site", language), sites["name"]),
            (say("map.host_kind", language), [kinds[kind].name.in_language(language) for kind in sites["kind"]]),
            (say("term.grid", language), _grid_names(plan, sites["grid_code"])),
            (say("term.open_hours", language), sites["open_hours"]),
            (say("map.open_in", language), [_periods(plan, part.sites.open[site], language) for site in sites["site"]]),
            *_estimated(sites, language),
        ],
        figures=[
            (say("term.cost_yuan", language), sites["cost_yuan"], amount_text),
            (_per_day("map.within_reach", plan, part, language), sites["within_reach_per_day"], amount_text),
            (_per_day("map.only_here", plan, part, language), sites["only_here_per_day"], amount_text),
        ],
    )


def gap_table(plan: Plan, part: ServicePlan, language: Language, *, planned: bool) -> Table:
    """A row a coverage gap, the one with most demand first; as today, or as planned."""
    gaps = part.gaps_planned if planned else part.gaps_today
    mark = say("map.list_mark", language)
    return _table(
        words=[
            (say("page.number", language), [str(rank) for rank in gaps["rank"]]),
            (say("map.grids_in_gap", language), [mark.join(_grid_names(plan, codes)) for codes in gaps["grid_codes"]]),
            *_estimated(gaps, language),
        ],
        figures=[
            (_per_day("map.uncovered_per_day", plan, part, language), gaps["uncovered_per_day"], amount_text),
            (say("map.area", language), gaps["area_m2"], partial(_hectares, language)),
        ],
    )


def period_table(plan: Plan, part: ServicePlan, language: Language, *, planned: bool = True) -> Table:
    """A row a period of the day: demand and the covered share, today and, if it is asked, as planned."""
    periods = plan.study.catalog.periods.values()
    return _table(
        words=[
            (say("term.period", language), [period.name.in_language(language) for period in periods]),
            (say("page.hours", language), [f"{period.start}-{period.end}" for period in periods]),
            *_estimated(pd.DataFrame({"estimated_share": part.demand.estimated_share_by_period()}), language),
        ],
        figures=[
            (_per_day("term.demand", plan, part, language), part.demand.weight.sum(axis=0), amount_text),
            (say("term.covered_today", language), part.today.share_by_period(), share_text),
            *([(say("term.covered_planned", language), part.planned.share_by_period(), share_text)] if planned else []),
        ],
    )


def centre_table(plan: Plan, part: ServicePlan, language: Language) -> Table:
    """A row a centre that offers the service, with the periods in which it counts as open."""
    existing = part.sites.existing
    centres = part.sites.frame.iloc[existing]
    return _table(
        words=[
            (say("term.existing_centre", language), centres["name"]),
            (say("term.open_hours", language), centres["open_hours"]),
            (say("map.open_in", language), [_periods(plan, part.sites.open[site], language) for site in existing]),
        ],
        figures=[],
    )


def appeal_table(plan: Plan, language: Language) -> Table:
    """A row a category of appeals: how many are open, and how many of these are answered."""
    counts = appeal_counts(plan, language)
    mark = say("map.list_mark", language)
    services = [mark.join(report_tables.service_name(plan, s, language) for s in some) for some in counts["services"]]
    return _table(
        words=[
            (say("report.appeal_category", language), counts["category_name"]),
            (say("report.appeal_services", language), services),
        ],
        figures=[
            (say(f"report.appeal_{heading}", language), counts[column], _whole)
            for heading, column in (
                ("open", "open"),
                ("today", "answered_today"),
                ("planned", "answered_planned"),
                ("closed", "closed"),
                ("not_counted", "not_counted"),
            )
        ],
    )


def hot_spot_table(plan: Plan, part: ServicePlan, language: Language) -> Table:
    """A row a hot spot of demand, with the nearest host and what to do about it."""
    spots = part.hot_spots
    mark = say("map.list_mark", language)
    return _table(
        words=[
            (say("page.number", language), [str(rank) for rank in spots["rank"]]),
            (say("map.grids_in_gap", language), [mark.join(_grid_names(plan, codes)) for codes in spots["grid_codes"]]),
            (say("map.nearest_host", language), spots["nearest_name"]),
            (say("map.advice", language), [say(f"map.advice_{advice}", language) for advice in spots["advice"]]),
            *_estimated(spots, language),
        ],
        figures=[
            (_per_day("term.demand", plan, part, language), spots["weight_per_day"], amount_text),
            (_per_day("map.uncovered_per_day", plan, part, language), spots["uncovered_per_day"], amount_text),
            (say("report.nearest_m", language), spots["nearest_m"], amount_text),
        ],
    )


def grid_table(plan: Plan, part: ServicePlan, language: Language, *, planned: bool = True) -> Table:
    """A row a grid, the most uncovered first: demand and the covered share, today and, if it is asked, as planned."""
    grids = report_tables.grid_table(plan, part.service)
    communities = plan.study.communities.set_index("community_code")["name"]
    community = plan.study.grids.set_index("grid_code")["community_code"].map(communities).fillna("")
    return _table(
        words=[
            (say("term.grid", language), grids["grid_name"]),
            (say("term.community", language), community.loc[grids["grid_code"]]),
            (say("page.grid_code", language), grids["grid_code"]),
            *([(say("map.nature", language), _nature(grids, language))] if grids["demand_is_estimate"].any() else []),
        ],
        figures=[
            (_per_day("term.demand", plan, part, language), grids["weight_per_day"], amount_text),
            (say("term.covered_today", language), grids["covered_share_today"], share_text),
            *([(say("term.covered_planned", language), grids["covered_share_planned"], share_text)] if planned else []),
        ],
    )


def unreached_table(plan: Plan, part: ServicePlan, language: Language) -> Table:
    """A row a point that the main street network does not reach, or that is too far from every street."""
    points = part.unreached
    return _table(
        words=[
            (say("page.what", language), [say(f"map.what_{what}", language) for what in points["what"]]),
            (say("page.id", language), points["id"]),
            (say("map.fault", language), [say(f"map.fault_{fault}", language) for fault in points["fault"]]),
        ],
        figures=[
            (say("page.off_road_m", language), points["off_road_m"], amount_text),
            (_per_day("term.demand", plan, part, language), points["weight_per_day"], amount_text),
        ],
    )


def _table(*, words: Sequence[Words], figures: Sequence[Figures]) -> Table:
    texts = {heading: [str(value) for value in values] for heading, values in words}
    numbers = {heading: np.fromiter(values, dtype=float) for heading, values, _ in figures}
    return Table(pd.DataFrame({**texts, **numbers}), {heading: written for heading, _, written in figures})


def _estimated(frame: pd.DataFrame, language: Language) -> list[Words]:
    """A column with the share that is an estimate, where any is."""
    shares = frame["estimated_share"]
    if not (shares > 0).any():
        return []
    return [(say("map.estimated_of_it", language), [share_text(share) if share > 0 else "" for share in shares])]


def _nature(grids: pd.DataFrame, language: Language) -> list[str]:
    """Data, or an estimate with its interval."""
    told = []
    for is_estimate, low, high in zip(
        grids["demand_is_estimate"], grids["weight_low_per_day"], grids["weight_high_per_day"], strict=True
    ):
        bounds = interval_text(low, high)
        estimate = say("term.estimate", language)
        told.append((f"{estimate} {bounds}" if bounds != NOTHING else estimate) if is_estimate else "")
    return told


def _periods(plan: Plan, is_open: Iterable[bool], language: Language) -> str:
    periods = plan.study.catalog.periods.values()
    names = [period.name.in_language(language) for period, there in zip(periods, is_open, strict=True) if there]
    return say("map.list_mark", language).join(names) or NOTHING


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _grid_names(plan: Plan, codes: Iterable[str]) -> list[str]:
    names = report_tables.grid_names(plan)
    return [names[code] for code in codes]


def _per_day(key: str, plan: Plan, part: ServicePlan, language: Language) -> str:
    """A heading with the unit of the service's demand."""
    unit = report_tables.unit_of(plan, part, language)
    return say("page.heading_with_unit", language, heading=say(key, language), unit=unit)


def _hectares(language: Language, area_m2: float) -> str:
    return say("map.area_hectares", language, value=area_m2 / 10_000)
