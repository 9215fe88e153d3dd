"""One budget for several services: what it covers, and what more of one thing costs the other."""

from planner.analysis.one_budget.question import one_budget
from planner.analysis.one_budget.services_front import services_front
from planner.analysis.one_budget.walk_front import walk_front

__all__ = ["one_budget", "services_front", "walk_front"]
