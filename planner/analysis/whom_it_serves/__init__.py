"""Whom does it serve: coverage and accessibility by community and grid, and what floors cost."""

from planner.analysis.whom_it_serves.question import whom_it_serves

__all__ = ["whom_it_serves"]
