"""``write_report``: a plan as files that can be handed on: a page, a map, a GeoPackage and tables."""

from planner.report.options import DATA_SYSTEMS, ReportOptions
from planner.report.write import COMPARISONS, FORMATS, check_formats, write_comparison, write_report

__all__ = [
    "COMPARISONS",
    "DATA_SYSTEMS",
    "FORMATS",
    "ReportOptions",
    "check_formats",
    "write_comparison",
    "write_report",
]
