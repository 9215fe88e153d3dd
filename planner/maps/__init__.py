"""``Plan`` → a folium map that asks nothing of any other host."""

from planner.maps.layers import plan_map

__all__ = ["plan_map"]
