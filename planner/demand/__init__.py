"""A study's deliveries and appeals → :class:`Demand`: how much each point needs of a service, when.

``points`` says where demand is; ``deliveries`` puts cells and grid totals there, by ``spreading`` what is known of a
grid and ``learning`` what is not; ``appeals`` weighs the appeals; ``combine`` makes one demand of the parts.
"""

from planner.demand.appeals import appeal_states, calls_for
from planner.demand.combine import Demand, demand_for
from planner.demand.deliveries import Deliveries, deliveries_of

__all__ = ["Deliveries", "Demand", "appeal_states", "calls_for", "deliveries_of", "demand_for"]
