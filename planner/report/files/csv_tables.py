"""Tables for a spreadsheet: UTF-8 with a mark so that Excel reads Chinese, and text that stays text."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from planner.crs import in_crs
from planner.plan import Plan
from planner.report.demand_tables import appeal_table, coverage_by_period_table, hot_spot_table
from planner.report.options import ReportOptions
from planner.report.tables import coverage_by_grid_table, gap_table, site_table, summary_table, unreached_table
from planner.words import Language

# A spreadsheet takes a cell that begins so for a formula.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def write_csv(plan: Plan, folder: Path, language: Language, _: ReportOptions) -> None:
    """``summary.csv``, ``sites.csv``, ``gaps.csv``, ``coverage_by_grid.csv``, ``coverage_by_period.csv``,
    ``appeals.csv``, ``hot_spots.csv`` and ``unreached.csv`` in ``folder``.

    Column names are those of :mod:`planner.report.tables` in either language; places are WGS-84 degrees.
    """
    hot_spots = hot_spot_table(plan, language)
    tables = {
        "summary": summary_table(plan, language),
        "sites": _with_degrees(site_table(plan, language)),
        "gaps": gap_table(plan, language).drop(columns="geometry"),
        "coverage_by_grid": coverage_by_grid_table(plan, language),
        "coverage_by_period": coverage_by_period_table(plan, language),
        "appeals": _with_degrees(appeal_table(plan, language)),
        "hot_spots": _with_degrees(hot_spots.set_geometry(hot_spots.geometry.representative_point())),
        "unreached": unreached_table(plan, language),
    }
    for name, table in tables.items():
        (folder / f"{name}.csv").write_bytes(csv_bytes(table))


def csv_bytes(table: pd.DataFrame) -> bytes:
    """A table as a file that a spreadsheet reads right."""
    text = safe_for_spreadsheets(table).to_csv(index=False, lineterminator="\r\n", float_format="%.10g")
    return text.encode("utf-8-sig")


def _with_degrees(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    degrees = in_crs(frame.geometry, "EPSG:4326")
    return pd.DataFrame(frame.drop(columns="geometry")).assign(lon=degrees.x.round(6), lat=degrees.y.round(6))


def safe_for_spreadsheets(table: pd.DataFrame) -> pd.DataFrame:
    """The table with an apostrophe before each text that a spreadsheet would run as a formula."""
    safe = table.copy()
    for column in safe.columns:
        if safe[column].map(lambda value: isinstance(value, str)).any():
            safe[column] = safe[column].map(_as_text)
    return safe


def _as_text(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
