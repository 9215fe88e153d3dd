"""Three tiers: street-level centres, stations and caring merchants, planned together."""

from planner.analysis.three_tiers.question import three_tiers

__all__ = ["three_tiers"]
