"""``write_report``: a plan as files that can be handed on: a page, a map, a GeoPackage and tables."""

from planner.report.contents.side_by_side import MOST_PLANS, check_count
from planner.report.files.word import check_word_template
from planner.report.files.word_template import shipped_word_template
from planner.report.options import DATA_SYSTEMS, ReportOptions
from planner.report.write import COMPARISONS, FORMATS, check_formats, write_comparison, write_report

__all__ = [
    "COMPARISONS",
    "DATA_SYSTEMS",
    "FORMATS",
    "MOST_PLANS",
    "ReportOptions",
    "check_count",
    "check_formats",
    "check_word_template",
    "shipped_word_template",
    "write_comparison",
    "write_report",
]
