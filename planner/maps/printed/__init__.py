"""``Plan`` → a map for paper: one SVG with frame, legend, north arrow and a scale that is true at the printed size."""

from planner.maps.printed.planned import printed_map

__all__ = ["printed_map"]
