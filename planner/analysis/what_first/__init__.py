"""What first: which sites to open in which year."""

from planner.analysis.what_first.question import what_first

__all__ = ["what_first"]
