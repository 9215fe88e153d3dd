"""Enough places: how large each station must be, and the street in all."""

from planner.analysis.sizing.question import enough_places

__all__ = ["enough_places"]
