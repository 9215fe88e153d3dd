"""The optimizer: arrays in, :class:`Solution` out; it knows no maps, no frames and no files."""

from planner.siting.alternatives import Alternative, alternatives
from planner.siting.capacitated.capacitated_cover import capacitated_cover
from planner.siting.capacitated.capacitated_median import capacitated_median
from planner.siting.capacitated.problem import CapacitatedSolution
from planner.siting.center.p_center import p_center
from planner.siting.covering.fair_cover.fair_cover import FairSolution, fair_cover
from planner.siting.covering.hierarchical_cover.hierarchical_cover import HierarchicalSolution, hierarchical_cover
from planner.siting.covering.hosted_cover.hosted_cover import HostedSolution, hosted_cover
from planner.siting.covering.max_cover.max_cover import max_cover
from planner.siting.covering.max_cover.max_cover_curve import max_cover_curve
from planner.siting.covering.max_cover.repeated_cover import RepeatedSolution, repeated_cover
from planner.siting.covering.phased_cover.phased_cover import PhasedSolution, phased_cover
from planner.siting.covering.robust_cover.robust_cover import RobustSolution, robust_cover
from planner.siting.covering.set_cover.set_cover import set_cover
from planner.siting.explain import Explanation, explain
from planner.siting.median.p_median import p_median
from planner.siting.solution import Solution
from planner.siting.stopping import stop_when, watch
from planner.siting.stretch.warm_street import StretchChoice, WarmStreets, warm_street
from planner.siting.unmet import SmallestLimit, SmallestRadius, Unmet, smallest_limit, smallest_radius, unmet

__all__ = [
    "Alternative",
    "CapacitatedSolution",
    "Explanation",
    "FairSolution",
    "HierarchicalSolution",
    "HostedSolution",
    "PhasedSolution",
    "RepeatedSolution",
    "RobustSolution",
    "SmallestLimit",
    "SmallestRadius",
    "Solution",
    "StretchChoice",
    "Unmet",
    "WarmStreets",
    "alternatives",
    "capacitated_cover",
    "capacitated_median",
    "explain",
    "fair_cover",
    "hierarchical_cover",
    "hosted_cover",
    "max_cover",
    "max_cover_curve",
    "p_center",
    "p_median",
    "phased_cover",
    "repeated_cover",
    "robust_cover",
    "set_cover",
    "smallest_limit",
    "smallest_radius",
    "stop_when",
    "unmet",
    "warm_street",
    "watch",
]
