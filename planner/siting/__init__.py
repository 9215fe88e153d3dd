"""The optimizer: arrays in, :class:`Solution` out; it knows no maps, no frames and no files."""

from planner.siting.alternatives import Alternative, alternatives
from planner.siting.capacitated.capacitated_cover import capacitated_cover
from planner.siting.capacitated.capacitated_median import capacitated_median
from planner.siting.capacitated.problem import CapacitatedSolution
from planner.siting.center.p_center import p_center
from planner.siting.covering.fair_cover import FairSolution, fair_cover
from planner.siting.covering.max_cover import max_cover
from planner.siting.covering.set_cover import set_cover
from planner.siting.explain import Explanation, explain
from planner.siting.median.p_median import p_median
from planner.siting.solution import Solution
from planner.siting.stopping import stop_when, watch
from planner.siting.unmet import SmallestLimit, SmallestRadius, Unmet, smallest_limit, smallest_radius, unmet

__all__ = [
    "Alternative",
    "CapacitatedSolution",
    "Explanation",
    "FairSolution",
    "SmallestLimit",
    "SmallestRadius",
    "Solution",
    "Unmet",
    "alternatives",
    "capacitated_cover",
    "capacitated_median",
    "explain",
    "fair_cover",
    "max_cover",
    "p_center",
    "p_median",
    "set_cover",
    "smallest_limit",
    "smallest_radius",
    "stop_when",
    "unmet",
    "watch",
]
