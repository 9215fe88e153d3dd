"""``write_report``: a plan as files that can be handed on: a page, a map, a GeoPackage and tables."""

from planner.report.options import DATA_SYSTEMS, ReportOptions
from planner.report.write import FORMATS, write_report

__all__ = ["DATA_SYSTEMS", "FORMATS", "ReportOptions", "write_report"]
