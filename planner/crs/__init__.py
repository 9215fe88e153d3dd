"""Coordinate systems met in Chinese files, brought to WGS-84 degrees and back, and the metric system of a place."""

from planner.crs.city_grid import CityGrid, fit_city_grid
from planner.crs.projected import gauss_kruger_name, metric_crs, to_metric
from planner.crs.shapes import in_crs
from planner.crs.systems import (
    DEGREE_SYSTEMS,
    SYSTEMS,
    Degrees,
    System,
    check_system,
    from_wgs84,
    is_in_metres,
    to_wgs84,
)

__all__ = [
    "DEGREE_SYSTEMS",
    "SYSTEMS",
    "CityGrid",
    "Degrees",
    "System",
    "check_system",
    "fit_city_grid",
    "from_wgs84",
    "gauss_kruger_name",
    "in_crs",
    "is_in_metres",
    "metric_crs",
    "to_metric",
    "to_wgs84",
]
