"""Which sheets a workbook has and what stands in them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.plan import Plan
from planner.report.contents.basis import basis_of
from planner.report.contents.demand_section import DemandSection
from planner.report.contents.printed import PrintedTable
from planner.report.contents.sources_section import SourcesSection
from planner.report.demand_tables import appeal_table, coverage_by_period_table, hot_spot_table
from planner.report.files.map_layers import degrees_of
from planner.report.headings import column_headings
from planner.report.options import ReportOptions
from planner.report.tables import (
    coverage_by_grid_table,
    gap_table,
    grid_names,
    service_name,
    site_table,
    unreached_table,
)
from planner.words import Language, say

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Sheet:
    """``frame`` under its ``headings`` (column → words). ``estimated``: column → the rows in which it is an estimate.

    ``if_empty`` is told where there are no rows.
    """

    name: str
    frame: pd.DataFrame
    headings: dict[str, str]
    estimated: dict[str, Flags] = field(default_factory=dict)
    if_empty: str = ""


def workbook_sheets(plan: Plan, language: Language, options: ReportOptions) -> list[Sheet]:
    """All sheets after the first, in their order; columns without anything to tell are left out."""
    return [
        _sites(plan, language, options),
        _grids(plan, language),
        _periods(plan, language),
        _gaps(plan, language),
        _appeals(plan, language, options),
        _hot_spots(plan, language, options),
        _unreached(plan, language),
        _basis(plan, language),
        _sources(plan, language),
    ]


def _sites(plan: Plan, language: Language, options: ReportOptions) -> Sheet:
    frame = site_table(plan, language)
    words = {"new": say("term.new_site", language), "existing": say("term.existing_centre", language)}
    frame["status"] = frame["status"].map(words)
    opens = [column for column in frame.columns if column.startswith("open_") and column != "open_hours"]
    columns = ["service_name", "status", "number", "name", "kind_name", "grid_name", "open_hours", *opens, "cost_yuan"]
    columns += ["within_reach_per_day", "estimated_share", "only_here_per_day", "unit"]
    columns += ["lon", "lat", "grid_code", "site_id"]
    partly = {"within_reach_per_day": _partly(frame)}
    return _sheet("tab_sites", _with_places(frame, options)[columns], partly, plan, language, options)


def _grids(plan: Plan, language: Language) -> Sheet:
    columns = ["service_name", "grid_name", "grid_code", "weight_per_day", "weight_low_per_day", "weight_high_per_day"]
    columns += ["covered_today_per_day", "covered_planned_per_day", "uncovered_per_day"]
    columns += ["covered_share_today", "covered_share_planned", "unit"]
    frame = coverage_by_grid_table(plan, language)
    is_estimate = frame["demand_is_estimate"].to_numpy(dtype=bool)
    amounts = [column for column in columns if column.endswith("_per_day")]
    return _sheet("tab_grids", frame[columns], dict.fromkeys(amounts, is_estimate), plan, language)


def _periods(plan: Plan, language: Language) -> Sheet:
    frame = coverage_by_period_table(plan, language)
    columns = ["service_name", "period_name", "start", "end", "weight_per_day", "estimated_share"]
    columns += ["covered_share_today", "covered_share_planned", "sites_open_today", "sites_open_planned", "unit"]
    return _sheet("tab_periods", frame[columns], {"weight_per_day": _partly(frame)}, plan, language)


def _gaps(plan: Plan, language: Language) -> Sheet:
    frame = gap_table(plan, language)
    words = {"today": say("workbook.today", language), "planned": say("workbook.planned", language)}
    frame["stage"] = frame["stage"].map(words)
    amounts = [column for column in frame.columns if column.startswith("uncovered_")]
    columns = ["service_name", "stage", "rank", *amounts, "estimated_share", "unit", "area_m2", "grid_names"]
    frame["grid_names"] = _listed_grids(plan, frame, language)
    none = say("report.no_gaps", language)
    partly = {"uncovered_per_day": _partly(frame)}
    return _sheet("tab_gaps", frame[columns], partly, plan, language, if_empty=none)


def _appeals(plan: Plan, language: Language, options: ReportOptions) -> Sheet:
    frame = appeal_table(plan, language)
    mark = say("map.list_mark", language)
    frame["services"] = [
        mark.join(service_name(plan, service, language) for service in plan.services if service in keys.split(";"))
        for keys in frame["services"]
    ]
    frame["date"] = pd.to_datetime(frame["date"])
    columns = ["appeal_id", "category", "date", "state_name", "services", "answered_today", "answered_planned"]
    return _sheet("tab_appeals", _with_places(frame, options)[[*columns, "lon", "lat"]], {}, plan, language, options)


def _hot_spots(plan: Plan, language: Language, options: ReportOptions) -> Sheet:
    frame = hot_spot_table(plan, language)
    frame = frame.set_geometry(frame.geometry.representative_point())
    columns = ["service_name", "rank", "weight_per_day", "estimated_share", "uncovered_per_day", "unit"]
    columns += ["reachable_share", "advice_text", "nearest_name", "nearest_m", "grid_names"]
    columns += ["nearest_id", "lon", "lat"]
    frame["grid_names"] = _listed_grids(plan, frame, language)
    partly = {"weight_per_day": _partly(frame)}
    return _sheet("tab_hot_spots", _with_places(frame, options)[columns], partly, plan, language, options)


def _unreached(plan: Plan, language: Language) -> Sheet:
    frame = unreached_table(plan, language)
    frame["what"] = [say(f"map.what_{what}", language) for what in frame["what"]]
    frame["fault"] = [say(f"map.fault_{fault}", language) for fault in frame["fault"]]
    columns = ["service_name", "what", "id", "name", "fault", "off_road_m", "weight_per_day", "unit"]
    is_estimate = frame["demand_is_estimate"].to_numpy(dtype=bool)
    none = say("report.no_unreached", language)
    return _sheet("tab_unreached", frame[columns], {"weight_per_day": is_estimate}, plan, language, if_empty=none)


def _basis(plan: Plan, language: Language) -> Sheet:
    heads = [
        say("workbook.heading", language),
        *(say(f"report.{key}", language) for key in ("item", "figure", "source")),
    ]
    rows = [[fact.heading, fact.item, fact.figure, fact.source] for fact in basis_of(plan, language)]
    return _printed("tab_basis", PrintedTable(heads, rows), language)


def _sources(plan: Plan, language: Language) -> Sheet:
    table = SourcesSection(plan, DemandSection(plan, language), language).sources()
    sheet = _printed("tab_sources", table, language)
    (rows,) = table.numeric
    counted = sheet.frame.assign(**{f"column_{rows}": [source.rows for source in plan.study.sources]})
    return replace(sheet, frame=counted)


def _printed(tab: str, table: PrintedTable, language: Language) -> Sheet:
    columns = [f"column_{number}" for number in range(len(table.heads))]
    headings = dict(zip(columns, table.heads, strict=True))
    return Sheet(say(f"workbook.{tab}", language), pd.DataFrame(table.rows, columns=columns), headings)


def _sheet(
    tab: str,
    frame: pd.DataFrame,
    estimated: dict[str, Flags],
    plan: Plan,
    language: Language,
    options: ReportOptions = ReportOptions(),
    *,
    if_empty: str = "",
) -> Sheet:
    kept = frame.drop(columns=[column for column in _IF_ESTIMATED if column in frame and not frame[column].gt(0).any()])
    headings = column_headings(kept.columns, plan, language, system=options.data_system)
    return Sheet(say(f"workbook.{tab}", language), pd.DataFrame(kept), headings, estimated, if_empty)


_IF_ESTIMATED = ("estimated_share", "weight_low_per_day", "weight_high_per_day")


def _partly(frame: pd.DataFrame) -> Flags:
    """The rows of which all or a share is an estimate."""
    return np.asarray(frame["estimated_share"].astype(float) > 0, dtype=bool)


def _listed_grids(plan: Plan, frame: pd.DataFrame, language: Language) -> list[str]:
    names, mark = grid_names(plan), say("map.list_mark", language)
    return [mark.join(names.get(code, code) for code in codes.split(";")) for codes in frame["grid_codes"]]


def _with_places(frame: gpd.GeoDataFrame, options: ReportOptions) -> pd.DataFrame:
    places = gpd.GeoSeries(degrees_of(frame, options.data_system), index=frame.index)
    return pd.DataFrame(frame.drop(columns="geometry")).assign(lon=places.x.round(6), lat=places.y.round(6))
