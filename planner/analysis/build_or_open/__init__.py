"""Build or open: longer hours, opened rooms, merchants' corners or new stations."""

from planner.analysis.build_or_open.question import build_or_open

__all__ = ["build_or_open"]
