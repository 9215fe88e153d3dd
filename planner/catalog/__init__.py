"""The services, their standards and siting rules, and every factor behind them, read from ``catalog.toml``.

A study lays its own figures over the shipped ones table by table: :func:`load_catalog` takes them as ``overrides``. It
may also carry a whole catalog of its own, so that it is read a year later with the figures it was planned with.
"""

from planner.catalog.entries import Estimate, HostKind, Mode, NotNegative, Positive, Standard, Unit
from planner.catalog.questions import CatchmentZone, Sizing, SizingNeed
from planner.catalog.services import NearRoads, Service, SitingRules, Tier
from planner.catalog.whole import CATALOG_NAME, Catalog, combining_of, load_catalog, shipped_catalog

__all__ = [
    "CATALOG_NAME",
    "Catalog",
    "CatchmentZone",
    "Estimate",
    "HostKind",
    "Mode",
    "NearRoads",
    "NotNegative",
    "Positive",
    "Service",
    "SitingRules",
    "Sizing",
    "SizingNeed",
    "Standard",
    "Tier",
    "Unit",
    "combining_of",
    "load_catalog",
    "shipped_catalog",
]
