"""``Plan`` → a map for paper: one SVG with frame, legend, north arrow and a scale that is true at the printed size."""

from planner.maps.printed.planned import printed_map
from planner.maps.printed.small import small_map
from planner.maps.printed.stations import STATION_COLOURS, station_map

__all__ = ["STATION_COLOURS", "printed_map", "small_map", "station_map"]
